#include <randomio/backends/local/block_device.hpp>

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>

#include <cstdlib>
#include <iostream>
#include <memory>

#include <randomio/core/runtime/sync_wait.hpp>
#include <randomio/local.hpp>

#include "inline_await.hpp"
#include "tests/support/scratch_directory.hpp"

namespace randomio::local::test {

using testing::scratch_directory;

namespace {

/// A file of 1 MiB as a block device with sectors of 4096 bytes, where the machine has loop devices to spare.
class loop_device {
 public:
  explicit loop_device(const std::string& file) {
    const auto why = configure(file);
    if (!why.empty()) std::cout << "SKIPPED: " << why << "\n";
  }
  [[nodiscard]] explicit operator bool() const { return static_cast<bool>(device_); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  /// Returns: why it cannot be had; nothing when it can.
  std::string configure(const std::string& file) {
    const descriptor control(::open("/dev/loop-control", O_RDWR | O_CLOEXEC));
    if (!control) return "/dev/loop-control cannot be opened";
    for (int attempt = 0; attempt < 8; ++attempt) {  // Others may take the free one first.
      const int number = ::ioctl(control.get(), LOOP_CTL_GET_FREE);
      if (number < 0) return "there is no free loop device";
      path_ = "/dev/loop" + std::to_string(number);
      const descriptor backing(::open(file.c_str(), O_RDWR | O_CLOEXEC));
      descriptor device(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
      if (!device) return path_ + " cannot be opened";
      loop_config config{};
      config.fd = static_cast<unsigned>(backing.get());
      config.block_size = 4096;
      config.info.lo_flags = LO_FLAGS_AUTOCLEAR;  // Gone with its last descriptor, also when the test dies.
      if (::ioctl(device.get(), LOOP_CONFIGURE, &config) != 0) continue;
      device_ = std::move(device);
      return {};
    }
    return "a loop device cannot be configured";
  }

  std::string path_;
  descriptor device_;
};

constexpr std::size_t device_bytes = 1 << 20;

struct fixture {
  scratch_directory dir;
  std::unique_ptr<loop_device> device;
  fixture() {
    dir.put("image", std::string(device_bytes, '\0'));
    device = std::make_unique<loop_device>(dir / "image");
  }
};

struct aligned_page {
  alignas(4096) std::byte bytes[8192];
};

}  // namespace

TEST_CASE("a block device says its size and its alignment, and holds to both") {
  const fixture t;
  if (!*t.device) return;
  const bool direct = GENERATE(false, true);
  const auto how = open_options().read().write().direct(direct);
  auto device = value_of(block_device<sync_file>::open(t.device->path(), how));
  CHECK(device.size() == device_bytes);
  CHECK(device.abilities().alignment == 4096);
  CHECK(device.abilities().file_bytes_max == device_bytes);
  CHECK(value_of(now(device.stat())).size == device_bytes);
  CHECK(value_of(now(device.stat())).type == file_type::block_device);

  const auto page = std::make_unique<aligned_page>();
  const std::span<std::byte> all(page->bytes);
  std::ranges::fill(all, std::byte{'x'});
  value_of(now(device.write_at(4096, all)));
  value_of(now(device.sync()));
  std::ranges::fill(all, std::byte{'?'});
  CHECK(value_of(now(device.read_at(0, all))) == 8192);
  CHECK(all[0] == std::byte{0});
  CHECK(all[4096] == std::byte{'x'});

  CHECK(now(device.read_at(512, all)).error() == errc::invalid);
  CHECK(now(device.read_at(0, all.first(100))).error() == errc::invalid);
  CHECK(now(device.write_at(1, all)).error() == errc::invalid);
  CHECK(now(device.write_at(0, all.first(4095))).error() == errc::invalid);
  CHECK(value_of(now(device.read_at(device_bytes - 4096, all))) == 4096);
  CHECK(value_of(now(device.read_at(device_bytes, all))) == 0);
  CHECK(now(device.write_at(device_bytes - 4096, all)).error() == errc::no_space);
  CHECK(now(device.write_at(device_bytes, all.first(4096))).error() == errc::no_space);
  CHECK(now(device.append(all)).error() == errc::no_space);
  CHECK(value_of(now(device.seek(4096, seek_target::data))) == 4096);
  CHECK(value_of(now(device.seek(0, seek_target::hole))) == device_bytes);
  value_of(now(device.allocate(allocate_mode::zero, 4096, 4096)));
  CHECK(value_of(now(device.read_at(4096, all))) == 8192);
  CHECK(all[0] == std::byte{0});
  CHECK(all[4096] == std::byte{'x'});
}

TEST_CASE("a block device over io_uring and over a pool, static and erased") {
  const fixture t;
  if (!*t.device) return;
  blocking_pool pool(1);
  const auto how = open_options().read().write().direct();
  const auto page = std::make_unique<aligned_page>();
  const std::span<std::byte> all(page->bytes);
  const auto check = [&](loop& runs, auto device) {
    std::ranges::fill(all, std::byte{'y'});
    value_of(sync_wait(runs, device.write_at(0, all)));
    CHECK(value_of(sync_wait(runs, device.read_at(0, all))) == 8192);
    CHECK(sync_wait(runs, device.read_at(1, all)).error() == errc::invalid);
    dyn_file erased(std::move(device));
    CHECK(value_of(sync_wait(runs, erased.read_at(0, all))) == 8192);
    CHECK(sync_wait(runs, erased.write_at(0, all.first(1))).error() == errc::invalid);
    value_of(sync_wait(runs, erased.sync()));
  };
  const auto uring = value_of(make_loop(loop::kind::uring));
  const auto epoll = value_of(make_loop(loop::kind::epoll));
  check(*uring, value_of(block_device<uring_file>::open(t.device->path(), how, pool)));
  check(*epoll, value_of(block_device<pool_file>::open(t.device->path(), how, pool)));
}

TEST_CASE("a node of a block device knows its size once it is open") {
  const fixture t;
  if (!*t.device) return;
  const scratch_directory dir;
  auto files = value_of(tree::open(dir.path()));
  struct stat s{};
  REQUIRE(::stat(t.device->path().c_str(), &s) == 0);
  REQUIRE(::mknod((dir / "b").c_str(), S_IFBLK | 0600, s.st_rdev) == 0);
  auto opened = files->open_at(*files->root(), "b", open_options().read());
  if (!opened) {
    std::cout << "SKIPPED: devices cannot be opened under " << dir.path() << "\n";
    return;
  }
  CHECK(value_of(opened->stat()).size == device_bytes);
}

TEST_CASE("what is no block device is refused") {
  const scratch_directory dir;
  dir.put("f", "x");
  CHECK(block_device<sync_file>::open(dir / "f", {}).error() == errc::invalid);
  CHECK(block_device<sync_file>::open(dir / "missing", {}).error() == errc::not_found);
}

}  // namespace randomio::local::test
