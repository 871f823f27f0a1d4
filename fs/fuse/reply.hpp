#pragma once

#define FUSE_USE_VERSION 314
#include <fuse3/fuse_lowlevel.h>

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include <randomio/core/io/attributes.hpp>
#include <randomio/core/io/error.hpp>
#include <randomio/core/runtime/invariant.hpp>

#include "fs/filesystem.hpp"
#include "fs/fuse/pending_requests.hpp"

namespace randomiofs::fuse {

/// The filesystem that a request is for.
[[nodiscard]] inline filesystem& filesystem_of(fuse_req_t request) noexcept {
  return *static_cast<filesystem*>(fuse_req_userdata(request));
}

/// The number by which the kernel knows an inode: its address, and 1 for the root.
[[nodiscard]] inline fuse_ino_t number_of(filesystem& fs, const inode& node) noexcept {
  return &node == &fs.root() ? fuse_ino_t{FUSE_ROOT_ID} : reinterpret_cast<fuse_ino_t>(&node);
}
[[nodiscard]] inline inode& inode_of(filesystem& fs, fuse_ino_t number) noexcept {
  return number == FUSE_ROOT_ID ? fs.root() : *reinterpret_cast<inode*>(number);
}

[[nodiscard]] struct stat stat_of(const randomio::attributes& attrs) noexcept;

/// One request of the kernel's and the duty to answer it exactly once.
///
/// Threads: the loop that read the request.
class reply {
 public:
  /// For the request that this thread's channel has just read.
  reply(filesystem& fs, fuse_req_t request) noexcept;
  reply(reply&& other) noexcept
      : fs_(other.fs_), request_(std::exchange(other.request_, nullptr)), place_(std::move(other.place_)) {}
  ~reply() { randomio::detail::require(request_ == nullptr, "a request of the kernel was not answered"); }

  [[nodiscard]] caller who() const noexcept;
  /// The request, until it is answered.
  [[nodiscard]] fuse_req_t request() const noexcept { return request_; }
  /// False when an interruption has answered: then the answers below do nothing.
  [[nodiscard]] bool is_awaited() const noexcept { return request_ != nullptr; }

  void error(const randomio::error& failure);
  void done();
  /// Answers with success or the failure.
  void outcome(const randomio::result<void>& what);
  /// Takes the found inode's lookup back when the kernel no longer wants the answer.
  void entry(const randomio::result<found_inode>& found);
  void attributes(const randomio::result<randomio::attributes>& attrs);
  void bytes(std::span<const std::byte> data);
  void text(std::string_view target);
  void count(std::size_t written);
  void xattr_size(std::size_t size);
  void offset(std::uint64_t at);
  void usage(const randomio::space_usage& space);
  /// Returns: false when the kernel no longer wants the answer, and nothing was opened.
  [[nodiscard]] bool opened(const fuse_file_info& info);
  [[nodiscard]] bool created(const found_inode& found, const fuse_file_info& info);

  [[nodiscard]] fuse_entry_param entry_param(const found_inode& found) const;

 private:
  friend class interruption;
  [[nodiscard]] fuse_req_t take() noexcept;
  [[nodiscard]] double ttl_seconds() const noexcept;

  filesystem& fs_;
  fuse_req_t request_;
  pending_request place_;
};

}  // namespace randomiofs::fuse
