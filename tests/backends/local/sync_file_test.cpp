#include <randomio/backends/local/sync_file.hpp>

#include <sys/resource.h>

#include <array>
#include <csignal>
#include <cstring>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "inline_await.hpp"
#include "tests/support/scratch_directory.hpp"

namespace randomio::local::test {

using testing::scratch_directory;

namespace {

std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string read_text(sync_file& f, std::uint64_t offset, std::size_t size) {
  std::string text(size, '?');
  text.resize(value_of(now(f.read_at(offset, std::as_writable_bytes(std::span(text))))));
  return text;
}

sync_file create(const scratch_directory& dir, const std::string& name) {
  return value_of(sync_file::open(dir / name, open_options().read().write().create()));
}

}  // namespace

TEST_CASE("a read is short only at the end of the file") {
  const scratch_directory dir;
  dir.put("f", "0123456789");
  auto f = value_of(sync_file::open(dir / "f"));
  CHECK(read_text(f, 0, 10) == "0123456789");
  CHECK(read_text(f, 4, 100) == "456789");
  CHECK(read_text(f, 10, 5).empty());
  CHECK(read_text(f, 1000, 5).empty());
  CHECK(read_text(f, 3, 0).empty());
}

TEST_CASE("offsets beyond what the kernel counts are past every end, not errors") {
  const scratch_directory dir;
  dir.put("f", "0123456789");
  auto f = value_of(sync_file::open(dir / "f", open_options().read().write()));
  constexpr auto off_max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  for (const auto offset : {off_max - 3, off_max, off_max + 1, ~std::uint64_t{0} - 2, ~std::uint64_t{0}}) {
    CHECK(read_text(f, offset, 16).empty());
    const auto written = now(f.write_at(offset, bytes("0123456789abcdef")));
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error() == errc::too_large);
  }
}

TEST_CASE("writes fill gaps with zeros and leave everything else alone") {
  const scratch_directory dir;
  auto f = create(dir, "f");
  value_of(now(f.write_at(5, bytes("hello"))));
  value_of(now(f.write_at(6, bytes("EL"))));
  CHECK(dir.get("f") == std::string("\0\0\0\0\0hELlo", 10));
  value_of(now(f.flush()));
  value_of(now(f.sync()));
  value_of(now(f.sync(true)));
}

TEST_CASE("files past 4 GiB") {
  const scratch_directory dir;
  auto f = create(dir, "f");
  const std::uint64_t far = (std::uint64_t{5} << 30) + 7;
  value_of(now(f.write_at(far, bytes("tail"))));
  CHECK(value_of(now(f.stat())).size == far + 4);
  CHECK(read_text(f, far, 10) == "tail");
}

TEST_CASE("appends return where they landed, and none is lost or torn") {
  const scratch_directory dir;
  constexpr int threads = 4, records = 500;
  constexpr std::size_t record_bytes = 37;
  create(dir, "f");
  std::vector<std::thread> writers;
  for (int t = 0; t < threads; ++t) {
    writers.emplace_back([&, t] {
      // Half of the writers share nothing, half share a descriptor with their neighbour.
      auto f = *sync_file::open(dir / "f", open_options().read().append());
      auto both = [&, t](int from) {
        for (int i = from; i < records; i += 2) {
          std::string record(record_bytes, static_cast<char>('a' + t));
          record[0] = static_cast<char>('0' + i % 10);
          const auto at = now(f.append(bytes(record)));
          std::string back(record_bytes, '?');
          const auto read = now(f.read_at(*at, std::as_writable_bytes(std::span(back))));
          if (!read || back != record) std::abort();
        }
      };
      std::thread second(both, 1);
      both(0);
      second.join();
    });
  }
  for (auto& w : writers) w.join();
  const auto all = dir.get("f");
  REQUIRE(all.size() == threads * records * record_bytes);
  std::array<int, threads> count{};
  for (std::size_t at = 0; at < all.size(); at += record_bytes) {
    const char who = all[at + 1];
    ++count.at(static_cast<std::size_t>(who - 'a'));
    CHECK(all.substr(at + 1, record_bytes - 1) == std::string(record_bytes - 1, who));
  }
  for (const int c : count) CHECK(c == records);
}

TEST_CASE("an empty append says where the end is") {
  const scratch_directory dir;
  dir.put("f", "abc");
  auto f = value_of(sync_file::open(dir / "f", open_options().append()));
  CHECK(value_of(now(f.append({}))) == 3);
  CHECK(value_of(now(f.append(bytes("d")))) == 3);
  CHECK(value_of(now(f.append({}))) == 4);
}

TEST_CASE("write_at keeps its offset on a file opened for appending") {
  const scratch_directory dir;
  dir.put("f", "abc");
  auto f = value_of(sync_file::open(dir / "f", open_options().append()));
  value_of(now(f.write_at(0, bytes("X"))));
  CHECK(dir.get("f") == "Xbc");
}

TEST_CASE("a file size limit makes a write fail, with nothing outside its range changed") {
  const scratch_directory dir;
  auto f = create(dir, "f");
  value_of(now(f.write_at(0, bytes("0123456789"))));
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit = before;
  limit.rlim_cur = 16;
  ::setrlimit(RLIMIT_FSIZE, &limit);
  const auto written = now(f.write_at(8, bytes("abcdefghijklmnop")));
  ::setrlimit(RLIMIT_FSIZE, &before);
  REQUIRE_FALSE(written.has_value());
  CHECK(written.error() == errc::too_large);
  CHECK(dir.get("f").substr(0, 8) == "01234567");
  CHECK(dir.get("f").size() <= 16);
}

TEST_CASE("seek finds data and holes") {
  const scratch_directory dir;
  auto f = create(dir, "f");
  value_of(now(f.write_at(std::uint64_t{1} << 20, bytes("data"))));
  CHECK(value_of(now(f.seek(0, seek_target::data))) == std::uint64_t{1} << 20);
  CHECK(value_of(now(f.seek(0, seek_target::hole))) == 0);
  CHECK(value_of(now(f.seek(std::uint64_t{1} << 20, seek_target::hole))) == (std::uint64_t{1} << 20) + 4);
  CHECK(now(f.seek(std::uint64_t{2} << 20, seek_target::data)).error() == errc::no_such_address);
  CHECK(now(f.seek(~std::uint64_t{0}, seek_target::data)).error() == errc::no_such_address);
}

TEST_CASE("every mode of allocate, on a disk filesystem and on tmpfs") {
  const std::string base = GENERATE(std::string("/tmp"), std::string("/dev/shm"));
  const scratch_directory dir(base);
  auto f = create(dir, "f");
  const std::string data(16384, 'x');
  value_of(now(f.write_at(0, bytes(data))));
  auto size = [&] { return value_of(now(f.stat())).size; };

  value_of(now(f.allocate(allocate_mode::keep_size, 16384, 16384)));
  CHECK(size() == 16384);
  CHECK(value_of(now(f.stat())).blocks >= 64);
  value_of(now(f.allocate(allocate_mode::extend, 16384, 16384)));
  CHECK(size() == 32768);
  value_of(now(f.allocate(allocate_mode::punch, 4096, 4096)));
  CHECK(size() == 32768);
  CHECK(read_text(f, 4000, 4300) == std::string(96, 'x') + std::string(4096, '\0') + std::string(108, 'x'));
  value_of(now(f.allocate(allocate_mode::zero_keep, 12288, 65536)));
  CHECK(size() == 32768);
  CHECK(read_text(f, 12280, 16) == std::string(8, 'x') + std::string(8, '\0'));
  value_of(now(f.allocate(allocate_mode::zero, 0, 65536)));
  CHECK(size() == 65536);
  CHECK(read_text(f, 0, 65536) == std::string(65536, '\0'));
  CHECK(now(f.allocate(allocate_mode::extend, 0, 0)).error() == errc::invalid);
  CHECK(now(f.allocate(allocate_mode::extend, ~std::uint64_t{0}, 1)).error() == errc::too_large);
}

TEST_CASE("attributes of an open file, also after its name is gone") {
  const scratch_directory dir;
  auto f = create(dir, "f");
  ::unlink((dir / "f").c_str());
  attribute_change change;
  change.mode = 0640;
  change.size = 100;
  change.mtime = timestamp{123456789, 987654321};
  change.atime = timestamp{-5, 1};
  const auto a = value_of(now(f.set_attributes(change)));
  CHECK(a.mode == 0640);
  CHECK(a.size == 100);
  CHECK(a.mtime == timestamp{123456789, 987654321});
  CHECK(a.atime == timestamp{-5, 1});
  CHECK(a.nlink == 0);
  CHECK(a.type == file_type::regular);
  CHECK(a.btime.has_value());
}

TEST_CASE("set-id bits are dropped as a write drops them") {
  const scratch_directory dir;
  auto f = create(dir, "f");
  const auto [before, after] = GENERATE(table<std::uint32_t, std::uint32_t>(
      {{06755, 0755}, {06745, 02745}, {04600, 0600}, {02710, 0710}, {02700, 02700}, {0644, 0644}}));
  attribute_change set;
  set.mode = before;
  value_of(now(f.set_attributes(set)));
  attribute_change drop;
  drop.drop_privileges = true;
  CHECK(value_of(now(f.set_attributes(drop))).mode == after);
  set.drop_privileges = true;
  CHECK(value_of(now(f.set_attributes(set))).mode == after);
}

TEST_CASE("opening: what fails, and with what") {
  const scratch_directory dir;
  dir.put("f", "abc");
  REQUIRE(::symlink("f", (dir / "l").c_str()) == 0);
  REQUIRE(::mkfifo((dir / "p").c_str(), 0600) == 0);
  CHECK(sync_file::open(dir / "missing").error() == errc::not_found);
  CHECK(sync_file::open(dir.path()).error() == errc::is_directory);
  CHECK(sync_file::open(dir / "f", open_options().create().exclusive()).error() == errc::already_exists);
  CHECK(sync_file::open(dir / "l", open_options().no_follow()).error() == errc::loop);
  CHECK(sync_file::open(dir / "f/x").error() == errc::not_directory);
  CHECK(sync_file::open(std::string(5000, 'x')).error() == errc::name_too_long);
  CHECK(sync_file::open(std::string_view("a\0b", 3)).error() == errc::invalid);
  value_of(sync_file::open(dir / "p"));  // Does not wait for a writer.
  auto cut = value_of(sync_file::open(dir / "f", open_options().truncate()));
  CHECK(value_of(now(cut.stat())).size == 0);
  value_of(now(cut.close()));
  CHECK(now(cut.write_at(0, bytes("x"))).error() == errc::invalid);
}

}  // namespace randomio::local::test
