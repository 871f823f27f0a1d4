#include "fs/fuse/slow_end.hpp"

#include <linux/fuse.h>

#include "fs/fuse/opcode_name.hpp"
#include "fs/namespace/inode.hpp"
#include "fs/telemetry/log.hpp"

namespace randomiofs::fuse {

namespace {

constexpr auto long_time = std::chrono::seconds(10);
constexpr std::size_t told_max = 20;

/// What stat(2) shows. A request holds the inode that it names.
std::uint64_t shown_number(std::uint64_t number) noexcept {
  return number == FUSE_ROOT_ID ? number : reinterpret_cast<const inode*>(number)->ino;
}

}  // namespace

slow_end::slow_end(randomio::loop& home, pending_requests& those)
    : timer([](timer& self) noexcept { static_cast<slow_end&>(self).tell(); }), home_(home), requests_(those) {
  home_.timers().add(*this, began_ + long_time);
}

void slow_end::tell() {
  const auto waited = std::chrono::duration_cast<std::chrono::seconds>(clock::now() - began_).count();
  std::size_t count = 0;
  requests_.for_each([&](const pending_request& one) {
    if (++count > told_max) return;
    log::warning("the end of the mount waits for a request", {{"operation", opcode_name(one.header.opcode)},
                                                              {"inode", shown_number(one.header.number)},
                                                              {"pid", one.header.thread},
                                                              {"seconds", waited}});
  });
  if (count > told_max) log::warning("the end of the mount waits for more requests", {{"count", count - told_max}});
  home_.timers().add(*this, clock::now() + std::chrono::seconds(waited));  // Ever less often.
}

}  // namespace randomiofs::fuse
