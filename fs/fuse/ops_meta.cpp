// Names and attributes.
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <linux/fs.h>

#include <string>
#include <utility>

#include "fs/fuse/channel.hpp"
#include "fs/fuse/interruption.hpp"
#include "fs/fuse/ops.hpp"
#include "fs/fuse/reply.hpp"

namespace randomiofs::fuse {

using randomio::errc;
using randomio::error;
using randomio::task;

namespace {

open_file* file_of(const fuse_file_info* info) {
  return info == nullptr ? nullptr : reinterpret_cast<open_file*>(info->fh);
}

randomio::file_type type_of(mode_t mode) noexcept {
  using randomio::file_type;
  switch (mode & S_IFMT) {
    case S_IFDIR: return file_type::directory;
    case S_IFLNK: return file_type::symlink;
    case S_IFIFO: return file_type::fifo;
    case S_IFSOCK: return file_type::socket;
    case S_IFCHR: return file_type::char_device;
    case S_IFBLK: return file_type::block_device;
    default: return file_type::regular;
  }
}

task<void> lookup(filesystem& fs, reply answer, inode& parent, std::string name) {
  interruption ends(answer, parent);
  answer.entry(co_await fs.lookup(parent, name, ends.token()));
}

task<void> get_attributes(filesystem& fs, reply answer, inode& node) {
  interruption ends(answer, node);
  answer.attributes(co_await fs.stat(node, ends.token()));
}

task<void> set_attributes(filesystem& fs, reply answer, inode& node, open_file* through,
                          randomio::attribute_change change) {
  answer.attributes(co_await fs.set_attributes(node, through, change));
}

task<void> read_link(filesystem& fs, reply answer, inode& node) {
  interruption ends(answer, node);
  const auto target = co_await fs.read_link(node, ends.token());
  if (!target) co_return answer.error(target.error());
  answer.text(*target);
}

task<void> make_node(filesystem& fs, reply answer, inode& parent, std::string name, mode_t mode, dev_t device) {
  const auto number = std::uint64_t{major(device)} << 32 | minor(device);
  answer.entry(co_await fs.make_node(parent, name, type_of(mode), number, mode, answer.who()));
}

task<void> make_directory(filesystem& fs, reply answer, inode& parent, std::string name, mode_t mode) {
  answer.entry(co_await fs.make_directory(parent, name, mode, answer.who()));
}

task<void> make_symlink(filesystem& fs, reply answer, std::string target, inode& parent, std::string name) {
  answer.entry(co_await fs.make_symlink(parent, name, target, answer.who()));
}

task<void> make_link(filesystem& fs, reply answer, inode& existing, inode& parent, std::string name) {
  answer.entry(co_await fs.make_link(existing, parent, name));
}

task<void> remove(filesystem& fs, reply answer, inode& parent, std::string name) {
  answer.outcome(co_await fs.remove(parent, name));
}

task<void> remove_directory(filesystem& fs, reply answer, inode& parent, std::string name) {
  answer.outcome(co_await fs.remove_directory(parent, name));
}

task<void> rename(filesystem& fs, reply answer, inode& from, std::string from_name, inode& to, std::string to_name,
                  unsigned flags) {
  auto mode = randomio::rename_mode::replace;
  switch (flags) {
    case 0: break;
    case RENAME_NOREPLACE: mode = randomio::rename_mode::no_replace; break;
    case RENAME_EXCHANGE: mode = randomio::rename_mode::exchange; break;
    default: co_return answer.error(error(errc::invalid, randomio::operation::rename));
  }
  answer.outcome(co_await fs.rename(from, from_name, to, to_name, mode));
}

task<void> get_xattr(filesystem& fs, reply answer, inode& node, std::string key, std::size_t size) {
  interruption ends(answer, node);
  if (size == 0) {
    const auto needed = co_await fs.get_xattr(node, key, {}, ends.token());
    if (!needed) co_return answer.error(needed.error());
    co_return answer.xattr_size(*needed);
  }
  const auto room = channel::current().buffers().take(size);
  if (!room) co_return answer.error(errc::out_of_memory);
  const auto out = room.bytes().first(size);
  const auto got = co_await fs.get_xattr(node, key, out, ends.token());
  if (!got) co_return answer.error(got.error());
  answer.bytes(out.first(*got));
}

task<void> set_xattr(filesystem& fs, reply answer, inode& node, std::string key, std::string value,
                     randomio::xattr_mode mode) {
  answer.outcome(co_await fs.set_xattr(node, key, value, mode));
}

task<void> list_xattr(filesystem& fs, reply answer, inode& node, std::size_t size) {
  interruption ends(answer, node);
  const auto names = co_await fs.list_xattr(node, ends.token());
  if (!names) co_return answer.error(names.error());
  std::string joined;
  for (const auto& name : *names) joined.append(name).push_back('\0');
  if (size == 0) co_return answer.xattr_size(joined.size());
  if (joined.size() > size) co_return answer.error(errc::range);
  answer.bytes(std::as_bytes(std::span(joined)));
}

task<void> remove_xattr(filesystem& fs, reply answer, inode& node, std::string key) {
  answer.outcome(co_await fs.remove_xattr(node, key));
}

task<void> usage(filesystem& fs, reply answer, inode& node) {
  const interruption ends(answer, node);
  const auto space = co_await fs.usage(node);
  if (!space) co_return answer.error(space.error());
  answer.usage(*space);
}

randomio::attribute_change change_of(const struct stat& wanted, int which) {
  randomio::attribute_change change;
  const auto when = [](const timespec& t) {
    return randomio::timestamp{t.tv_sec, static_cast<std::uint32_t>(t.tv_nsec)};
  };
  if (which & FUSE_SET_ATTR_MODE) change.mode = wanted.st_mode & 07777;
  if (which & FUSE_SET_ATTR_UID) change.uid = wanted.st_uid;
  if (which & FUSE_SET_ATTR_GID) change.gid = wanted.st_gid;
  if (which & FUSE_SET_ATTR_SIZE) change.size = static_cast<std::uint64_t>(wanted.st_size);
  if (which & FUSE_SET_ATTR_ATIME_NOW) {
    change.atime_now = true;
  } else if (which & FUSE_SET_ATTR_ATIME) {
    change.atime = when(wanted.st_atim);
  }
  if (which & FUSE_SET_ATTR_MTIME_NOW) {
    change.mtime_now = true;
  } else if (which & FUSE_SET_ATTR_MTIME) {
    change.mtime = when(wanted.st_mtim);
  }
  return change;
}

}  // namespace

void add_meta_ops(fuse_lowlevel_ops& ops) {
  ops.lookup = [](fuse_req_t request, fuse_ino_t parent, const char* name) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(lookup(fs, {fs, request}, inode_of(fs, parent), name));
  };
  ops.forget = [](fuse_req_t request, fuse_ino_t number, std::uint64_t lookups) {
    auto& fs = filesystem_of(request);
    fs.forget(inode_of(fs, number), lookups);
    fuse_reply_none(request);
  };
  ops.forget_multi = [](fuse_req_t request, std::size_t count, fuse_forget_data* forgets) {
    auto& fs = filesystem_of(request);
    for (const auto& one : std::span(forgets, count)) fs.forget(inode_of(fs, one.ino), one.nlookup);
    fuse_reply_none(request);
  };
  ops.getattr = [](fuse_req_t request, fuse_ino_t number, fuse_file_info*) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(get_attributes(fs, {fs, request}, inode_of(fs, number)));
  };
  ops.setattr = [](fuse_req_t request, fuse_ino_t number, struct stat* wanted, int which, fuse_file_info* info) {
    auto& fs = filesystem_of(request);
    auto& here = channel::current();
    auto change = change_of(*wanted, which);
    // A new owner gets no set-id bits, whoever gives the file away. Source: chown(2).
    const bool new_owner = (change.uid || change.gid) && !change.mode && here.agreed().clears_set_id;
    change.drop_privileges = new_owner || here.clears_set_id();
    here.spawn(set_attributes(fs, {fs, request}, inode_of(fs, number), file_of(info), change));
  };
  ops.readlink = [](fuse_req_t request, fuse_ino_t number) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(read_link(fs, {fs, request}, inode_of(fs, number)));
  };
  ops.mknod = [](fuse_req_t request, fuse_ino_t parent, const char* name, mode_t mode, dev_t device) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(make_node(fs, {fs, request}, inode_of(fs, parent), name, mode, device));
  };
  ops.mkdir = [](fuse_req_t request, fuse_ino_t parent, const char* name, mode_t mode) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(make_directory(fs, {fs, request}, inode_of(fs, parent), name, mode));
  };
  ops.symlink = [](fuse_req_t request, const char* target, fuse_ino_t parent, const char* name) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(make_symlink(fs, {fs, request}, target, inode_of(fs, parent), name));
  };
  ops.link = [](fuse_req_t request, fuse_ino_t existing, fuse_ino_t parent, const char* name) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(make_link(fs, {fs, request}, inode_of(fs, existing), inode_of(fs, parent), name));
  };
  ops.unlink = [](fuse_req_t request, fuse_ino_t parent, const char* name) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(remove(fs, {fs, request}, inode_of(fs, parent), name));
  };
  ops.rmdir = [](fuse_req_t request, fuse_ino_t parent, const char* name) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(remove_directory(fs, {fs, request}, inode_of(fs, parent), name));
  };
  ops.rename = [](fuse_req_t request, fuse_ino_t from, const char* from_name, fuse_ino_t to, const char* to_name,
                  unsigned flags) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(
        rename(fs, {fs, request}, inode_of(fs, from), from_name, inode_of(fs, to), to_name, flags));
  };
  ops.getxattr = [](fuse_req_t request, fuse_ino_t number, const char* key, std::size_t size) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(get_xattr(fs, {fs, request}, inode_of(fs, number), key, size));
  };
  ops.setxattr = [](fuse_req_t request, fuse_ino_t number, const char* key, const char* value, std::size_t size,
                    int flags) {
    auto& fs = filesystem_of(request);
    const auto mode = flags == XATTR_CREATE    ? randomio::xattr_mode::create
                      : flags == XATTR_REPLACE ? randomio::xattr_mode::replace
                                               : randomio::xattr_mode::set;
    channel::current().spawn(set_xattr(fs, {fs, request}, inode_of(fs, number), key, std::string(value, size), mode));
  };
  ops.listxattr = [](fuse_req_t request, fuse_ino_t number, std::size_t size) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(list_xattr(fs, {fs, request}, inode_of(fs, number), size));
  };
  ops.removexattr = [](fuse_req_t request, fuse_ino_t number, const char* key) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(remove_xattr(fs, {fs, request}, inode_of(fs, number), key));
  };
  ops.statfs = [](fuse_req_t request, fuse_ino_t number) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(usage(fs, {fs, request}, inode_of(fs, number)));
  };
}

}  // namespace randomiofs::fuse
