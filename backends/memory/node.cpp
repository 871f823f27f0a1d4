#include <randomio/backends/memory/node.hpp>

#include <algorithm>
#include <utility>

namespace randomio::memory {

result<std::shared_ptr<node>> node::make(std::shared_ptr<volume> from, const birth& what,
                                         const creation& made) noexcept {
  if (!from->take_file()) return fail(errc::no_space, operation::create);
  auto* const v = from.get();
  auto born = out_of_memory_is_error(operation::create, [&]() -> result<std::shared_ptr<node>> {
    return std::make_shared<node>(std::move(from), what, made, v->now());
  });
  if (!born) v->give_file();
  return born;
}

node::node(std::shared_ptr<volume> from, const birth& what, const creation& made, timestamp now)
    : volume_(std::move(from)),
      bytes_(*volume_),
      entries_(what.type == file_type::directory ? std::make_unique<directory>(what.parent) : nullptr),
      target_(what.target),
      linkable_(what.linkable) {
  const auto owner = made.owner.value_or(ownership{});
  attributes_.type = what.type;
  attributes_.mode = made.mode & 07777;
  attributes_.uid = owner.uid;
  attributes_.gid = owner.gid;
  attributes_.ino = volume_->next_ino();
  attributes_.nlink = is_directory() ? 2 : what.named ? 1 : 0;
  attributes_.block_size = page_bytes;
  attributes_.device = what.device;
  attributes_.atime = attributes_.mtime = attributes_.ctime = now;
  attributes_.btime = now;
}

node::~node() {
  if (xattrs_ != nullptr) volume_->give_bytes(xattr_bytes());
  volume_->give_file();
  if (!is_directory()) return;
  // A tree may be deeper than the stack: what only this directory held is emptied before it is destroyed.
  // Merging moves the maps' own nodes, so that tearing down needs no memory.
  std::multimap<std::string, directory::slot, std::less<>> doomed;
  doomed.merge(entries_->take_all());
  while (!doomed.empty()) {
    const auto last = std::move(doomed.begin()->second.node);
    doomed.erase(doomed.begin());
    if (last.use_count() == 1 && last->is_directory()) doomed.merge(last->entries_->take_all());
  }
}

attributes node::snapshot() const noexcept {
  auto now = attributes_;
  switch (now.type) {
    case file_type::regular:
      now.size = bytes_.size();
      now.blocks = bytes_.allocated() / 512;
      break;
    case file_type::symlink: now.size = target_.size(); break;
    case file_type::directory: now.size = page_bytes; break;
    case file_type::fifo:
    case file_type::socket:
    case file_type::char_device:
    case file_type::block_device: break;
  }
  return now;
}

attributes node::describe() noexcept {
  const shared_guard held(mutex_);
  return snapshot();
}

void node::bytes_changed() noexcept {
  attributes_.mtime = attributes_.ctime = volume_->now();
  ++content_version_;
}

result<attributes> node::change(const attribute_change& what) noexcept {
  const exclusive_guard held(mutex_);
  if (what.size) {
    if (is_directory()) return fail(errc::is_directory, operation::set_attributes);
    if (type() != file_type::regular) return fail(errc::invalid, operation::set_attributes);
    if (auto resized = bytes_.resize(*what.size); !resized) return unexpected(std::move(resized).error());
    bytes_changed();
  }
  const auto now = volume_->now();
  auto& own = attributes_;
  if (what.mode) own.mode = *what.mode & 07777;
  if (what.uid) own.uid = *what.uid;
  if (what.gid) own.gid = *what.gid;
  if (what.drop_privileges && !is_directory()) {
    own.mode &= ~set_user_id;
    if ((own.mode & group_execute) != 0) own.mode &= ~set_group_id;
  }
  if (what.atime) own.atime = *what.atime;
  if (what.mtime) own.mtime = *what.mtime;
  if (what.atime_now) own.atime = now;
  if (what.mtime_now) own.mtime = now;
  own.ctime = now;
  return snapshot();
}

void node::linked(int names, timestamp now) noexcept {
  const exclusive_guard held(mutex_);
  attributes_.nlink += static_cast<std::uint64_t>(names);
  attributes_.ctime = now;
  if (names > 0) linkable_ = false;
}

void node::entries_changed(int subdirectories, timestamp now) noexcept {
  const exclusive_guard held(mutex_);
  attributes_.nlink += static_cast<std::uint64_t>(subdirectories);
  attributes_.mtime = attributes_.ctime = now;
}

void node::removed(timestamp now) noexcept {
  const exclusive_guard held(mutex_);
  attributes_.nlink = 0;
  attributes_.ctime = now;
}

result<entry<node>> entry_from(result<std::shared_ptr<node>> n) noexcept {
  if (!n) return unexpected(std::move(n).error());
  const auto attrs = (*n)->describe();
  return entry<node>{std::move(*n), attrs};
}

}  // namespace randomio::memory
