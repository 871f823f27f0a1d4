// An operation that is asked to stop completes exactly once, not after it was destroyed; its range is old or new
// byte by byte, everything else untouched, and a retry does what the first try would have done. Over a device
// that completes when it is told to, and over io_uring.

#include <string>

#include <randomio/io.hpp>

#include "tests/core/io/awaiting.hpp"
#include "tests/core/io/pumped_device.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/oracle.hpp"
#ifdef FUZZ_URING
#include "tests/fuzz/uring_cancellation.hpp"
#endif

using namespace randomio;
using fuzz::require;

namespace {

/// Pumps until the operation is over, asking for a stop before turn `stop_at`. Returns: whether it failed.
template <class Operation>
bool run(pumped_device& device, stop_source& source, unsigned stop_at, Operation operation) {
  int completions = 0;
  bool failed = false;
  const auto done = [&](auto outcome) {
    ++completions;
    failed = !outcome.has_value();
    if (failed) require(outcome.error() == errc::cancelled, "a stopped operation fails as cancelled");
  };
  if (stop_at == 0) source.request_stop();
  start(operation, done);
  for (unsigned turn = 1; device.waiting() > 0; ++turn) {
    require(completions == 0, "an operation that waits has not completed");
    if (turn == stop_at) source.request_stop();
    device.pump();
  }
  require(completions == 1, "an operation completes exactly once");
  for (int i = 0; i < 3; ++i) device.pump();
  require(completions == 1, "a completion is the last that is heard of it");
  require(!device.destroyed_in_flight, "an operation outlives its flight");
  return failed;
}

std::vector<std::byte> content(pumped_device& device, std::uint64_t offset, std::size_t len) {
  std::vector<std::byte> out(len);
  stop_source never;
  run(device, never, ~0U, [&] { return device.read_at(offset, out, never.token()); });
  return out;
}

void one_write(pumped_device& device, fuzz::oracle& model, fuzz::input& in) {
  const auto offset = in.near_offset();
  auto bytes = std::make_unique<std::vector<std::byte>>(in.pattern(in.len()));
  const auto len = bytes->size();
  device.turns_per_operation = in.byte() % 8;
  const unsigned stop_at = in.byte() % 12;
  dyn_write writer(device);
  stop_source source;
  const bool failed = run(device, source, stop_at, [&] { return writer.write_at(offset, *bytes, source.token()); });
  if (!failed) model.write(offset, *bytes);
  // Read around it: each byte of the range is old or new, the rest is old.
  const auto from = offset - std::min<std::uint64_t>(offset, 50);
  const auto seen = content(device, from, static_cast<std::size_t>(offset - from) + len + 50);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const auto at = from + i;
    const bool inside = at >= offset && at < offset + len;
    const bool is_new = inside && seen[i] == (*bytes)[static_cast<std::size_t>(at - offset)];
    require(is_new || seen[i] == model.at(at), "each byte is old or new");
  }
  if (!failed) return;
  stop_source second;
  const bool again = run(device, second, ~0U, [&] { return writer.write_at(offset, *bytes, second.token()); });
  require(!again, "a retry succeeds");
  model.write(offset, *bytes);
  require(content(device, offset, len) == *bytes, "a retry does the whole work");
}

void one_read(pumped_device& device, const fuzz::oracle& model, fuzz::input& in) {
  const auto offset = in.near_offset();
  const auto len = in.len();
  device.turns_per_operation = in.byte() % 8;
  dyn_read reader(device);
  stop_source source;
  {
    // The buffer dies with the operation: AddressSanitizer sees whoever still writes to it.
    std::vector<std::byte> out(len);
    run(device, source, in.byte() % 12, [&] { return reader.read_at(offset, out, source.token()); });
  }
  const auto expected = model.read(offset, len);
  const auto seen = content(device, offset, len);
  require(std::equal(expected.begin(), expected.end(), seen.begin()), "reading changes nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
#ifdef FUZZ_URING
  if (in.byte() % 2 == 0) return fuzz::cancel_on_uring(in), 0;
#endif
  pumped_device device;
  fuzz::oracle model;
  for (int ops = 0; !in.empty() && ops < 20 && model.written() < 200'000; ++ops) {
    if (in.byte() % 3 == 0) {
      one_read(device, model, in);
    } else {
      one_write(device, model, in);
    }
  }
  return 0;
}
