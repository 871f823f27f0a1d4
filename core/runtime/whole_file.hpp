#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <randomio/core/io/rooted.hpp>
#include <randomio/core/runtime/task.hpp>

namespace randomio {

/// Makes a directory and those above it; what is there already is right.
///
/// Errors: not_directory, when a file is in the way; the filesystem's.
template <filesystem F>
task<result<void>> create_dirs(rooted<F>& files, const path& p, const creation& made = {.mode = 0755}) {
  path above;
  for (const auto part : p.parts()) {
    above = above.empty() ? *path::parse(part) : *path::parse(above.str() + "/" + std::string(part));
    auto created = co_await files.create_dir(above, made);
    if (created) continue;
    if (created.error() != errc::already_exists) co_return unexpected(std::move(created).error());
    auto there = co_await files.stat(above);
    if (!there) co_return unexpected(std::move(there).error());
    if (there->type == file_type::regular) co_return fail(errc::not_directory, operation::create);
  }
  co_return result<void>{};
}

/// Makes `to` a copy of `from`: inside the store where it can, through memory where it cannot. An existing file is
/// overwritten; a copy that fails may leave part of it.
///
/// Returns: the bytes copied.
/// Errors:  the filesystem's.
template <filesystem F>
task<result<std::uint64_t>> copy_file(rooted<F>& files, const path& from, const path& to) {
  auto source = co_await files.open(from);
  if (!source) co_return unexpected(std::move(source).error());
  auto before = co_await source->stat();
  if (!before) co_return unexpected(std::move(before).error());
  const auto how = open_options().write().create().truncate().with({.mode = before->mode});
  auto target = co_await files.open(to, how);
  if (!target) co_return unexpected(std::move(target).error());

  constexpr std::uint64_t step = std::uint64_t{1} << 30;
  std::uint64_t done = 0;
  for (bool inside = files.abilities().copy_range; inside;) {
    auto copied = co_await files.copy_range(*source, done, *target, done, step);
    if (copied && *copied > 0) {
      done += *copied;
      continue;
    }
    const bool unable = !copied && (copied.error() == errc::unsupported || copied.error() == errc::cross_device);
    if (!copied && !unable) co_return unexpected(std::move(copied).error());
    inside = false;
  }
  // What is left: nothing, after a copy inside the store, except what was appended meanwhile.
  std::vector<std::byte> buffer(std::size_t{1} << 20);
  for (;;) {
    auto read = co_await source->read_at(done, std::span(buffer));
    if (!read) co_return unexpected(std::move(read).error());
    if (*read == 0) break;
    auto written = co_await target->write_at(done, std::span<const std::byte>(buffer).first(*read));
    if (!written) co_return unexpected(std::move(written).error());
    done += *read;
  }
  auto closed = co_await target->close();
  if (!closed) co_return unexpected(std::move(closed).error());
  co_return done;
}

}  // namespace randomio
