// Writes in flight that overlap, completed in any order: the device holds what completing them one after the other
// gives, so each byte is some writer's whole value; and the same input gives the same bytes again.

#include <memory>
#include <optional>
#include <thread>

#include <randomio/io.hpp>
#include <randomio/memory.hpp>

#include "tests/core/io/awaiting.hpp"
#include "tests/core/io/pumped_device.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/oracle.hpp"

using namespace randomio;
using fuzz::require;

namespace {

constexpr std::size_t device_bytes = 300'000;

struct writer {
  std::uint64_t offset;
  std::vector<std::byte> bytes;
  int completions = 0;
};

std::vector<writer> some_writers(fuzz::input& in) {
  std::vector<writer> all;
  const auto count = 2U + in.byte() % 12U;
  for (unsigned i = 0; i < count; ++i) {
    // Close together, so that most overlap; the length leaves room for none to reach past the device.
    const std::uint64_t offset = in.below(2000) * 37ULL;
    all.push_back({offset, in.pattern(in.len())});
  }
  return all;
}

/// All writes in flight at once, completed in the order that the input chooses.
std::vector<std::byte> run(fuzz::input in) {
  auto writers = some_writers(in);
  pumped_device device;
  fuzz::oracle model;
  std::vector<writer*> waiting;
  for (auto& w : writers) {
    start([&] { return device.write_at(w.offset, w.bytes); },
          [&w](result<void> written) {
            require(written.has_value(), "a write succeeds");
            ++w.completions;
          });
    waiting.push_back(&w);
  }
  while (!waiting.empty()) {
    const auto next = in.below(static_cast<unsigned>(waiting.size()));
    device.complete_one(next);
    model.write(waiting[next]->offset, waiting[next]->bytes);
    waiting.erase(waiting.begin() + next);
  }
  for (const auto& w : writers) require(w.completions == 1, "each write completes exactly once");
  std::vector<std::byte> seen(device_bytes, std::byte{0xee});
  std::optional<std::size_t> count;
  start([&] { return device.read_at(0, seen); }, [&](result<std::size_t> read) { count = *read; });
  device.complete_one(0);
  require(count == model.size(), "the size is that of the furthest write");
  seen.resize(*count);
  require(seen == model.read(0, device_bytes), "the last to complete wins, byte by byte");
  return seen;
}

/// The same writes by two threads at once: whoever wins, each write lands whole, so each byte is some writer's.
void run_threads(fuzz::input in) {
  auto writers = some_writers(in);
  memory::device device;
  const auto half = [&](std::size_t first) {
    for (auto i = first; i < writers.size(); i += 2) {
      require(device.write_at(writers[i].offset, writers[i].bytes).await_resume().has_value(), "a write succeeds");
    }
  };
  std::thread other([&] { half(1); });
  half(0);
  other.join();
  std::vector<std::byte> seen(device_bytes);
  const auto count = *device.read_at(0, seen).await_resume();
  for (std::size_t at = 0; at < count; ++at) {
    bool known = false, covered = false;
    for (const auto& w : writers) {
      if (at < w.offset || at - w.offset >= w.bytes.size()) continue;
      covered = true;
      known = known || w.bytes[at - w.offset] == seen[at];
    }
    require(covered ? known : seen[at] == std::byte{}, "each byte is some writer's, or was never written");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::input in(data, size);
  require(run(in) == run(in), "the same input gives the same bytes");
  if (size % 16 == 0) run_threads(in);
  return 0;
}
