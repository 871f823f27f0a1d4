// Content.
#include <fcntl.h>
#include <linux/falloc.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "fs/fuse/channel.hpp"
#include "fs/fuse/interruption.hpp"
#include "fs/fuse/notifier.hpp"
#include "fs/fuse/ops.hpp"
#include "fs/fuse/reply.hpp"

namespace randomiofs::fuse {

using randomio::errc;
using randomio::error;
using randomio::task;

namespace {

open_file& file_of(const fuse_file_info& info) {
  return *reinterpret_cast<open_file*>(info.fh);
}

randomio::open_options options_of(int flags) {
  randomio::open_options how;
  how.read((flags & O_ACCMODE) != O_WRONLY).write((flags & O_ACCMODE) != O_RDONLY);
  how.append((flags & O_APPEND) != 0 && (flags & O_ACCMODE) != O_RDONLY);
  how.exclusive((flags & O_EXCL) != 0).truncate((flags & O_TRUNC) != 0);
  return how;
}

/// What the kernel may keep of the file, and when it has to tell us of a close.
void set_handling(fuse_file_info& info, const open_file& file) {
  const bool exclusive = file.node().store->fs.abilities().exclusive;
  // Everything, when nobody else can change the store behind it. When somebody can, appended bytes may land elsewhere
  // than where the kernel would cache them.
  info.keep_cache = exclusive;
  info.direct_io = file.appends() && !exclusive && channel::current().agreed().maps_direct_io;
  info.noflush = !file.publishes_on_flush();
}

/// Before the content changes for somebody who may not keep the file's set-id bits. The kernel, which has left this to
/// us, is told at once, because it would let the file be executed with the bits it remembers.
task<randomio::result<void>> clear_set_id(filesystem& fs, open_file& file, notifier& kernel) {
  const randomio::attribute_change dropped{.drop_privileges = true};
  const auto done = co_await fs.set_attributes(file.node(), &file, dropped);
  if (!done) co_return randomio::unexpected(done.error());
  kernel.invalidate_attributes(file.node());
  co_return randomio::result<void>{};
}

bool has_set_id(const open_file& file) noexcept {
  return file.node().set_id.load(std::memory_order_relaxed);
}

/// For the requests that say nothing of it: only root may change what has set-id bits and keep them.
bool clears_set_id(const reply& answer, const open_file& file) noexcept {
  return has_set_id(file) && channel::current().agreed().clears_set_id && answer.who().uid != 0;
}

task<void> open(filesystem& fs, reply answer, inode& node, fuse_file_info info) {
  interruption ends(answer, node);  // Nothing changes: the kernel creates and cuts by other requests.
  auto opened = co_await fs.open(node, options_of(info.flags), answer.who(), ends.token());
  if (!opened) co_return answer.error(opened.error());
  // The kernel would show the size that it remembers, and end reads there.
  if (co_await fs.is_news(**opened)) channel::current().kernel().invalidate_attributes(node);
  // Before the answer: the release may come on another loop at once.
  auto& file = fs.opened().keep(std::move(*opened));
  set_handling(info, file);
  info.fh = reinterpret_cast<std::uintptr_t>(&file);
  if (answer.opened(info)) co_return;
  const auto unwanted = fs.opened().release(file);
  static_cast<void>(co_await unwanted->close());
}

task<void> create(filesystem& fs, reply answer, inode& parent, std::string name, mode_t mode, fuse_file_info info,
                  bool temporary) {
  const auto how = options_of(info.flags);
  auto made = temporary ? co_await fs.create_temporary(parent, how, mode, answer.who())
                        : co_await fs.create(parent, name, how, mode, answer.who());
  if (!made) co_return answer.error(made.error());
  auto& file = fs.opened().keep(std::move(made->file));
  set_handling(info, file);
  info.fh = reinterpret_cast<std::uintptr_t>(&file);
  if (answer.created(made->entry, info)) co_return;
  auto unwanted = fs.opened().release(file);
  static_cast<void>(co_await unwanted->close());
  unwanted.reset();
  fs.forget(*made->entry.node, 1);
}

task<void> read(reply answer, open_file& file, std::size_t size, std::uint64_t offset) {
  const auto room = channel::current().buffers().take(size);
  if (!room) co_return answer.error(errc::out_of_memory);
  const auto out = room.bytes().first(size);
  interruption ends(answer);
  const auto got = co_await file.file().read_at(offset, out, ends.token());
  if (!got) co_return answer.error(got.error());
  answer.bytes(out.first(*got));
}

task<void> write(filesystem& fs, reply answer, open_file& file, buffer_pool::lease request,
                 std::span<const std::byte> data, std::uint64_t offset, write_source from, notifier& kernel,
                 bool clears) {
  if (clears && has_set_id(file)) {
    const auto cleared = co_await clear_set_id(fs, file, kernel);
    if (!cleared) co_return answer.error(cleared.error());
  }
  const auto landed = co_await file.write(offset, data, from);
  if (!landed) co_return answer.error(landed.error());
  // The kernel cached these bytes at the offset that it believed was the end.
  if (*landed != offset) kernel.invalidate(file.node());
  answer.count(data.size());
}

task<void> flush(reply answer, open_file& file) {
  answer.outcome(co_await file.flush(answer.who().thread));
}

task<void> release(reply answer, std::unique_ptr<open_file> file) {
  static_cast<void>(co_await file->close());
  file.reset();
  answer.done();  // The kernel asks nobody to hear of a failure.
}

task<void> sync(reply answer, open_file& file, bool data_only) {
  answer.outcome(co_await file.file().sync(data_only));
}

std::optional<randomio::allocate_mode> allocate_mode_of(int mode) {
  switch (mode) {
    case 0: return randomio::allocate_mode::extend;
    case FALLOC_FL_KEEP_SIZE: return randomio::allocate_mode::keep_size;
    case FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE: return randomio::allocate_mode::punch;
    case FALLOC_FL_ZERO_RANGE: return randomio::allocate_mode::zero;
    case FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE: return randomio::allocate_mode::zero_keep;
    default: return std::nullopt;
  }
}

task<void> allocate(filesystem& fs, reply answer, open_file& file, int mode, std::uint64_t offset, std::uint64_t len) {
  const auto what = allocate_mode_of(mode);
  if (!what) co_return answer.error(error(errc::unsupported, randomio::operation::allocate));
  if (clears_set_id(answer, file)) {
    const auto cleared = co_await clear_set_id(fs, file, channel::current().kernel());
    if (!cleared) co_return answer.error(cleared.error());
  }
  answer.outcome(co_await file.file().allocate(*what, offset, len));
}

task<void> seek(reply answer, open_file& file, std::uint64_t offset, int whence) {
  const auto target = whence == SEEK_HOLE ? randomio::seek_target::hole : randomio::seek_target::data;
  const auto at = co_await file.file().seek(offset, target);
  if (!at) co_return answer.error(at.error());
  answer.offset(*at);
}

task<void> copy_range(filesystem& fs, reply answer, open_file& from, std::uint64_t from_offset, open_file& to,
                      std::uint64_t to_offset, std::size_t len) {
  if (clears_set_id(answer, to)) {
    const auto cleared = co_await clear_set_id(fs, to, channel::current().kernel());
    if (!cleared) co_return answer.error(cleared.error());
  }
  const auto copied = co_await fs.copy_range(from, from_offset, to, to_offset, len);
  if (!copied) co_return answer.error(copied.error());
  answer.count(*copied);
}

}  // namespace

void add_io_ops(fuse_lowlevel_ops& ops) {
  ops.open = [](fuse_req_t request, fuse_ino_t number, fuse_file_info* info) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(open(fs, {fs, request}, inode_of(fs, number), *info));
  };
  ops.create = [](fuse_req_t request, fuse_ino_t parent, const char* name, mode_t mode, fuse_file_info* info) {
    auto& fs = filesystem_of(request);
    auto& here = channel::current();
    here.spawn(create(fs, {fs, request}, inode_of(fs, parent), name, mode, *info, here.makes_temporary()));
  };
  ops.read = [](fuse_req_t request, fuse_ino_t, std::size_t size, off_t offset, fuse_file_info* info) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(read({fs, request}, file_of(*info), size, static_cast<std::uint64_t>(offset)));
  };
  ops.write = [](fuse_req_t request, fuse_ino_t, const char* data, std::size_t size, off_t offset,
                 fuse_file_info* info) {
    auto& fs = filesystem_of(request);
    auto& here = channel::current();
    const auto from = info->writepage ? write_source::page_cache : write_source::call;
    auto& file = file_of(*info);
    if (from == write_source::call) file.set_appends((info->flags & O_APPEND) != 0);
    here.spawn(write(fs, {fs, request}, file, here.keep_request(), std::as_bytes(std::span(data, size)),
                     static_cast<std::uint64_t>(offset), from, here.kernel(), here.clears_set_id()));
  };
  ops.flush = [](fuse_req_t request, fuse_ino_t, fuse_file_info* info) {
    channel::current().spawn(flush({filesystem_of(request), request}, file_of(*info)));
  };
  ops.release = [](fuse_req_t request, fuse_ino_t, fuse_file_info* info) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(release({fs, request}, fs.opened().release(file_of(*info))));
  };
  ops.fsync = [](fuse_req_t request, fuse_ino_t, int data_only, fuse_file_info* info) {
    channel::current().spawn(sync({filesystem_of(request), request}, file_of(*info), data_only != 0));
  };
  ops.fallocate = [](fuse_req_t request, fuse_ino_t, int mode, off_t offset, off_t len, fuse_file_info* info) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(allocate(fs, {fs, request}, file_of(*info), mode, static_cast<std::uint64_t>(offset),
                                      static_cast<std::uint64_t>(len)));
  };
  ops.lseek = [](fuse_req_t request, fuse_ino_t, off_t offset, int whence, fuse_file_info* info) {
    channel::current().spawn(
        seek({filesystem_of(request), request}, file_of(*info), static_cast<std::uint64_t>(offset), whence));
  };
  ops.copy_file_range = [](fuse_req_t request, fuse_ino_t, off_t from_offset, fuse_file_info* from, fuse_ino_t,
                           off_t to_offset, fuse_file_info* to, std::size_t len, int) {
    auto& fs = filesystem_of(request);
    channel::current().spawn(copy_range(fs, {fs, request}, file_of(*from), static_cast<std::uint64_t>(from_offset),
                                        file_of(*to), static_cast<std::uint64_t>(to_offset), len));
  };
}

}  // namespace randomiofs::fuse
