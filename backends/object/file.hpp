#pragma once

#include <cstdint>
#include <memory>

#include <randomio/backends/object/volume.hpp>
#include <randomio/core/io/file.hpp>

namespace randomio::object {

/// An open object. What is written is visible to all handles of this filesystem at once, and published, as one edit,
/// by `flush`, `sync` and `close`: `flush` is what close(2) does on a mount.
///
/// Errors:  permission_denied for what it was not opened for; of publications as `content::commit`; precondition_failed
///          for reads, when another machine replaced the object since it was opened.
/// Threads: concurrent calls are safe.
///
/// One that is destroyed without `close` publishes nothing; what it wrote stays in this filesystem and says so.
class file {
 public:
  file(std::shared_ptr<volume> in, std::shared_ptr<node> of, std::shared_ptr<edition> open, const open_options& how);
  file(file&&) noexcept;
  file& operator=(file&&) noexcept;
  ~file();

  [[nodiscard]] task<result<std::size_t>> read_at(std::uint64_t offset, mutable_buffer out, stop_token stop = {});
  [[nodiscard]] task<result<void>> write_at(std::uint64_t offset, const_buffer data);
  [[nodiscard]] task<result<std::uint64_t>> append(const_buffer data);
  [[nodiscard]] task<result<void>> flush();
  [[nodiscard]] task<result<void>> sync(bool data_only = false);
  [[nodiscard]] task<result<attributes>> stat();
  [[nodiscard]] task<result<attributes>> set_attributes(attribute_change change);
  /// Holes are zeros to readers, and take space in the store like any bytes; reserving reserves nothing.
  [[nodiscard]] task<result<void>> allocate(allocate_mode mode, std::uint64_t offset, std::uint64_t len);
  [[nodiscard]] task<result<std::uint64_t>> seek(std::uint64_t offset, seek_target target);
  /// Publishes what is dirty. Afterwards the file is gone, whatever the outcome, and only reads and stat work.
  [[nodiscard]] task<result<void>> close();

 private:
  friend class filesystem;
  class handle;
  [[nodiscard]] std::shared_ptr<node> of() const;
  /// What was read before it was open.
  void start_with(first_read first);
  /// Errors: invalid, when the ranges overlap in one file.
  [[nodiscard]] static task<result<std::uint64_t>> copy(file& from, std::uint64_t from_offset, file& to,
                                                        std::uint64_t to_offset, std::uint64_t len);
  std::shared_ptr<handle> handle_;
};

static_assert(randomio::file<file>);

}  // namespace randomio::object
