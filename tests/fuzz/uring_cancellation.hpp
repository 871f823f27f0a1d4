#pragma once

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include <unistd.h>

#include <randomio/core/runtime/sync_wait.hpp>
#include <randomio/core/runtime/task_scope.hpp>
#include <randomio/core/runtime/uring_loop.hpp>
#include <randomio/local.hpp>

#include "tests/fuzz/input.hpp"
#include "tests/fuzz/oracle.hpp"

namespace fuzz {

/// A file without a name and a loop, kept from input to input: making them is what takes time.
class uring_stage {
 public:
  static uring_stage& get() {
    static uring_stage stage;
    return stage;
  }
  uring_stage() {
    std::string name = "/tmp/randomio-fuzz-XXXXXX";
    const int fd = ::mkstemp(name.data());
    require(fd >= 0, "a scratch file can be made");
    ::close(fd);
    auto opened = randomio::local::uring_file::open(name, randomio::open_options().read().write(), pool);
    ::unlink(name.c_str());
    require(opened.has_value(), "the scratch file opens");
    file.emplace(std::move(*opened));
  }

  std::unique_ptr<randomio::loop> loop = std::move(*randomio::make_loop(randomio::loop::kind::uring));
  randomio::blocking_pool pool{1};
  std::optional<randomio::local::uring_file> file;
};

namespace detail {

/// Several operations in flight on ranges that do not touch, some asked to stop at some point.
struct flight {
  std::uint64_t offset;
  std::unique_ptr<std::vector<std::byte>> bytes;
  bool writes;
  unsigned stop_at;  // Which turn of the loop asks; large: none.
  std::unique_ptr<randomio::stop_source> source = std::make_unique<randomio::stop_source>();
  int completions = 0;
  bool failed = false;
};

inline randomio::task<void> fly(randomio::local::uring_file& file, flight& f) {
  if (f.writes) {
    auto written = co_await file.write_at(f.offset, *f.bytes, f.source->token());
    f.failed = !written.has_value();
    if (f.failed) require(written.error() == randomio::errc::cancelled, "a stopped write fails as cancelled");
  } else {
    auto read = co_await file.read_at(f.offset, *f.bytes, f.source->token());
    f.failed = !read.has_value();
    if (f.failed) require(read.error() == randomio::errc::cancelled, "a stopped read fails as cancelled");
  }
  ++f.completions;
}

inline randomio::task<int> fly_all(randomio::local::uring_file& file, std::vector<flight>& flights) {
  randomio::task_scope scope;
  for (auto& f : flights) {
    if (f.stop_at == 0) f.source->request_stop();
    scope.spawn(fly(file, f));
    if (f.stop_at == 1) f.source->request_stop();
  }
  for (auto& f : flights) {
    if (f.stop_at == 2) f.source->request_stop();
  }
  co_await randomio::resume_on(*randomio::loop::current());
  for (auto& f : flights) {
    if (f.stop_at == 3) f.source->request_stop();
  }
  co_await scope.join();
  co_return 0;
}

}  // namespace detail

/// The same promises over io_uring, where the kernel decides who wins.
inline void cancel_on_uring(input& in) {
  using randomio::sync_wait;
  auto& stage = uring_stage::get();
  auto& file = *stage.file;
  constexpr std::uint64_t lane = 100'000;  // Each operation has a range of its own.
  constexpr std::size_t lanes = 6;
  const std::vector<std::byte> old(lane * lanes, std::byte{0x11});
  require(sync_wait(*stage.loop, file.write_at(0, old)).has_value(), "the file can be written");

  std::vector<detail::flight> flights;
  for (std::size_t i = 0; i < lanes && !in.empty(); ++i) {
    const bool writes = in.byte() % 4 != 0;
    auto bytes = std::make_unique<std::vector<std::byte>>(in.pattern(in.len()));
    flights.push_back({i * lane + in.below(1000), std::move(bytes), writes, in.byte() % 6U});
  }
  sync_wait(*stage.loop, detail::fly_all(file, flights));

  std::vector<std::byte> seen(old.size());
  require(sync_wait(*stage.loop, file.read_at(0, seen)) == seen.size(), "the file kept its size");
  std::vector<std::byte> expected = old;
  for (auto& f : flights) {
    require(f.completions == 1, "an operation completes exactly once");
    if (!f.writes) continue;
    for (std::size_t i = 0; i < f.bytes->size(); ++i) {
      const auto now = seen[f.offset + i];
      require(now == (*f.bytes)[i] || (f.failed && now == std::byte{0x11}), "each byte is old or new");
      expected[f.offset + i] = now;
    }
  }
  require(seen == expected, "no byte outside the ranges changed");
  for (auto& f : flights) {
    if (!f.failed) continue;
    if (f.writes) {
      require(sync_wait(*stage.loop, file.write_at(f.offset, *f.bytes)).has_value(), "a retry succeeds");
      std::vector<std::byte> again(f.bytes->size());
      require(sync_wait(*stage.loop, file.read_at(f.offset, again)) == again.size(), "what was retried is there");
      require(again == *f.bytes, "a retry does the whole work");
    } else {
      require(sync_wait(*stage.loop, file.read_at(f.offset, *f.bytes)).has_value(), "a retry succeeds");
    }
  }
}

}  // namespace fuzz
