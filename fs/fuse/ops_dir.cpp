// Directories.
#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <randomio/core/runtime/task_scope.hpp>

#include "fs/fuse/channel.hpp"
#include "fs/fuse/interruption.hpp"
#include "fs/fuse/ops.hpp"
#include "fs/fuse/reply.hpp"

namespace randomiofs::fuse {

using randomio::errc;
using randomio::result;
using randomio::task;

namespace {

open_directory& directory_of(const fuse_file_info& info) {
  return *reinterpret_cast<open_directory*>(info.fh);
}

task<void> open_dir(filesystem& fs, reply answer, inode& node, fuse_file_info info) {
  interruption ends(answer, node);
  auto opened = co_await fs.open_dir(node, ends.token());
  if (!opened) co_return answer.error(opened.error());
  auto& directory = fs.opened().keep(std::move(*opened));
  info.fh = reinterpret_cast<std::uintptr_t>(&directory);
  if (!answer.opened(info)) static_cast<void>(fs.opened().release(directory));
}

/// The entries of one reply, as the kernel wants them packed.
class packed_entries {
 public:
  packed_entries(fuse_req_t request, std::span<std::byte> room, bool plus) noexcept
      : request_(request), room_(room), plus_(plus) {}

  [[nodiscard]] std::size_t size_of(const std::string& name) const {
    return plus_ ? fuse_add_direntry_plus(request_, nullptr, 0, name.c_str(), nullptr, 0)
                 : fuse_add_direntry(request_, nullptr, 0, name.c_str(), nullptr, 0);
  }
  [[nodiscard]] std::size_t room() const noexcept { return room_.size(); }
  void add(const std::string& name, const fuse_entry_param& entry, std::uint64_t next) {
    auto* at = reinterpret_cast<char*>(room_.data() + used_);
    const auto left = room_.size() - used_;
    used_ += plus_ ? fuse_add_direntry_plus(request_, at, left, name.c_str(), &entry, static_cast<off_t>(next))
                   : fuse_add_direntry(request_, at, left, name.c_str(), &entry.attr, static_cast<off_t>(next));
  }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return room_.first(used_); }

 private:
  fuse_req_t request_;
  std::span<std::byte> room_;
  bool plus_;
  std::size_t used_ = 0;
};

/// What readdir(3) shows without a lookup: the type and the inode number.
fuse_entry_param bare_entry(const open_directory::item& item) {
  fuse_entry_param param{};
  param.attr = stat_of({.type = item.type, .ino = item.ino});
  if (!item.type_known) param.attr.st_mode = 0;  // DT_UNKNOWN. Source: readdir(3).
  return param;
}

/// An entry of a reply to be.
struct listed {
  open_directory::item item;
  std::uint64_t next = 0;
  std::optional<result<found_inode>> found;  ///< Set by its lookup, when it needs one.
};

task<void> look_up(filesystem& fs, inode& parent, listed& one, randomio::stop_token stop) {
  one.found.emplace(co_await fs.lookup(parent, one.item.name, stop));
}

/// Looks up what the reply shows with attributes, some at once: each of them may have to ask the store.
task<void> look_up_all(filesystem& fs, inode& parent, std::vector<listed>& all, randomio::stop_token stop) {
  constexpr std::size_t at_once = 16;
  for (std::size_t first = 0; first < all.size(); first += at_once) {
    randomio::task_scope some;
    for (auto& one : std::span(all).subspan(first, std::min(at_once, all.size() - first))) {
      if (!one.item.special) some.spawn(look_up(fs, parent, one, stop));
    }
    co_await some.join();
  }
}

/// Nobody waits for them any more.
void forget_all(filesystem& fs, const std::vector<listed>& all) {
  for (const auto& one : all) {
    if (one.found && *one.found) fs.forget(*(*one.found)->node, 1);
  }
}

task<void> read_dir(filesystem& fs, reply answer, open_directory& directory, std::size_t size, std::uint64_t offset,
                    bool plus) {
  const auto room = channel::current().buffers().take(size);
  if (!room) co_return answer.error(errc::out_of_memory);
  packed_entries packed(answer.request(), room.bytes().first(size), plus);
  interruption ends(answer, directory);
  // An empty reply is the end of the directory, so that one whose entries have all gone by now is not given.
  for (bool is_at_end = false; packed.bytes().empty() && !is_at_end;) {
    std::vector<listed> all;
    std::size_t used = 0;
    for (;; ++offset) {
      auto item = co_await directory.at(offset, ends.token());
      if (!answer.is_awaited()) co_return;
      if (!item && all.empty()) co_return answer.error(item.error());
      is_at_end = !item || !*item;
      if (is_at_end) break;  // What was read before a failure is good; the next call reports it.
      if ((*item)->hidden) continue;
      used += packed.size_of((*item)->name);
      if (used > packed.room()) break;
      all.push_back({.item = std::move(**item), .next = offset + 1, .found = {}});
    }
    if (plus) co_await look_up_all(fs, directory.node(), all, ends.token());
    if (!answer.is_awaited()) co_return forget_all(fs, all);
    for (const auto& one : all) {
      if (!one.found) {
        packed.add(one.item.name, bare_entry(one.item), one.next);
      } else if (*one.found) {
        packed.add(one.item.name, answer.entry_param(**one.found), one.next);
      }  // An entry that went away since it was listed, or cannot be looked up, is not shown here.
    }
    if (all.empty()) break;  // Not even one has room.
  }
  answer.bytes(packed.bytes());
}

task<void> release_dir(reply answer, std::shared_ptr<open_directory> directory) {
  directory.reset();
  answer.done();
  co_return;
}

task<void> sync_dir(filesystem& fs, reply answer, inode& node) {
  answer.outcome(co_await fs.sync_directory(node));
}

void start_read_dir(fuse_req_t request, std::size_t size, off_t offset, const fuse_file_info& info, bool plus) {
  auto& fs = filesystem_of(request);
  channel::current().spawn(
      read_dir(fs, {fs, request}, directory_of(info), size, static_cast<std::uint64_t>(offset), plus));
}

}  // namespace

void add_dir_ops(fuse_lowlevel_ops& ops) {
  ops.opendir = [](fuse_req_t request, fuse_ino_t number, fuse_file_info* info) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(open_dir(fs, {fs, request}, inode_of(fs, number), *info));
  };
  ops.readdir = [](fuse_req_t request, fuse_ino_t, std::size_t size, off_t offset, fuse_file_info* info) {
    start_read_dir(request, size, offset, *info, /*plus=*/false);
  };
  ops.readdirplus = [](fuse_req_t request, fuse_ino_t, std::size_t size, off_t offset, fuse_file_info* info) {
    start_read_dir(request, size, offset, *info, /*plus=*/true);
  };
  ops.releasedir = [](fuse_req_t request, fuse_ino_t, fuse_file_info* info) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(release_dir({fs, request}, fs.opened().release(directory_of(*info))));
  };
  ops.fsyncdir = [](fuse_req_t request, fuse_ino_t number, int, fuse_file_info*) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(sync_dir(fs, {fs, request}, inode_of(fs, number)));
  };
}

}  // namespace randomiofs::fuse
