#pragma once

#include <memory>
#include <utility>

#include <randomio/backends/local/descriptor.hpp>
#include <randomio/backends/local/file_status.hpp>

namespace randomio::local {

class node_table;

/// One file of a tree, held by an O_PATH descriptor: it can be neither renamed nor removed away from under it,
/// and its inode number is not given to another file while it lives.
///
/// Threads: immutable.
class node : public std::enable_shared_from_this<node> {
 public:
  node(descriptor fd, file_id id, file_type type, std::shared_ptr<node_table> table) noexcept
      : fd_(std::move(fd)), id_(id), type_(type), table_(std::move(table)) {}
  ~node();
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  [[nodiscard]] const file_id& id() const noexcept { return id_; }
  [[nodiscard]] file_type type() const noexcept { return type_; }

 private:
  descriptor fd_;
  file_id id_;
  file_type type_;
  std::shared_ptr<node_table> table_;
};

}  // namespace randomio::local
