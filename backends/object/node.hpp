#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <randomio/backends/object/content.hpp>
#include <randomio/backends/object/metadata/posix.hpp>
#include <randomio/backends/object/properties.hpp>
#include <randomio/core/runtime/gate.hpp>

namespace randomio::object {

class node_table;
using steady_time = std::chrono::steady_clock::time_point;

/// The bytes that handles have open. A file that another machine replaced gets another edition, for those who open it
/// from then on; a rename gives the same edition another content.
struct edition {
  std::shared_ptr<content> bytes;
  unsigned handles = 0;
};

/// What is known of a file, as last seen in the store or changed here.
struct facts {
  metadata::posix said;               ///< What its metadata says, and what was changed here since.
  std::optional<description> object;  ///< Of a directory: its marker. Empty: nothing is published.
  std::string object_key;             ///< Of a directory: its marker's key, which need not end in a slash.
  bool whole = false;                 ///< Its metadata was read.
  bool listed = false;                ///< In a listing, which shows metadata and no other properties.
};

/// A file or directory for as long as anybody holds it.
///
/// Threads: `mutex` guards what stands below it, and is never held while a content is called or anything awaited.
///          `gate` is held by whoever changes bytes, name or metadata.
class node : public std::enable_shared_from_this<node> {
 public:
  node(std::shared_ptr<node_table> table, std::string key, file_type type, std::uint64_t ino)
      : type(type), ino(ino), key_(std::move(key)), table_(std::move(table)) {}
  ~node();
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  [[nodiscard]] bool is_directory() const noexcept { return type == file_type::directory; }
  [[nodiscard]] bool is_root() const { return is_directory() && key().empty(); }
  [[nodiscard]] std::string key() const {
    const std::scoped_lock lock(mutex);
    return key_;
  }
  [[nodiscard]] bool removed() const {
    const std::scoped_lock lock(mutex);
    return is_removed;
  }
  [[nodiscard]] std::shared_ptr<content> bytes() const {
    const std::scoped_lock lock(mutex);
    return open ? open->bytes : nullptr;
  }
  [[nodiscard]] bool changed_since(steady_time when) const {
    const std::scoped_lock lock(mutex);
    return changed >= when;
  }
  /// True when who was too late for what had this name before would be so again.
  [[nodiscard]] bool comes_too_late() const {
    const std::scoped_lock lock(mutex);
    return is_leaving && awaited > 0;
  }
  /// True when this mount knows better than the store: something is not published yet.
  [[nodiscard]] bool is_local_truth() const;

  const file_type type;
  const std::uint64_t ino;
  async_gate gate;
  std::atomic<std::uint64_t> edits{0};  ///< Counts changes of the bytes, before and after each.

  mutable std::mutex mutex;
  facts known;
  steady_time checked = {};       ///< When `known` was true in the store.
  steady_time answered = {};      ///< When the store last said so.
  steady_time searched = {};      ///< When nothing else was found under its key.
  steady_time changed = {};       ///< When it was last changed here.
  std::shared_ptr<edition> open;  ///< While it is open, or dirty.
  unsigned handles = 0;           ///< Of all editions.
  unsigned openers = 0;           ///< Who waits for the gate to get a handle.
  steady_time opened = {};        ///< When somebody last got one.
  unsigned awaited = 0;           ///< Who was too late for what had this name before, and comes again.
  bool is_leaving = false;        ///< Another file gets its name, and nothing of it is kept.
  unsigned writers = 0;
  bool is_pending = false;  ///< Made here, and never published.
  bool is_removed = false;
  std::optional<std::string> target;  ///< Of a symbolic link, once read.
  std::string last_error;

 private:
  friend class node_table;
  std::string key_;
  std::shared_ptr<node_table> table_;
};

/// A file's identity in the table: directories end in a slash, so that `a` and `a/` differ.
[[nodiscard]] std::string identity_of(std::string_view key, bool is_directory);

}  // namespace randomio::object
