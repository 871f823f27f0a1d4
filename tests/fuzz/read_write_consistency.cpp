// What was written is read back the same through every view of one file: static, erased, erased twice, a cursor,
// an owned buffer; exact reads fail exactly when they end past the file; nothing beside the buffer is touched.

#include <optional>
#include <string>

#include <randomio/io.hpp>
#include <randomio/memory.hpp>

#include "tests/core/io/awaiting.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/oracle.hpp"

using namespace randomio;
using fuzz::require;

namespace {

constexpr std::byte canary{0xc5};
constexpr std::size_t margin = 32;

/// A read of `len` bytes through `read`, in a buffer between canaries.
template <class Read>
void check_read(const fuzz::oracle& model, std::uint64_t offset, std::size_t len, Read read) {
  std::vector<std::byte> out(margin + len + margin, canary);
  const std::size_t count = read(std::span(out).subspan(margin, len));
  const auto expected = model.read(offset, len);
  require(count == expected.size(), "every view counts the same");
  require(std::equal(expected.begin(), expected.end(), out.begin() + margin), "every view sees the same bytes");
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i < margin || i >= margin + count) require(out[i] == canary, "bytes outside the read stay");
  }
}

template <class A>
auto now(A&& operation) {
  require(operation.await_ready(), "memory is ready at once");
  return operation.await_resume();
}

void check_views(dyn_file& erased, const fuzz::oracle& model, std::uint64_t offset, std::size_t len) {
  auto& native = *erased.target<memory::file>();
  dyn_read twice(erased);
  dyn_read once(native);
  check_read(model, offset, len, [&](auto out) { return *now(native.read_at(offset, out)); });
  check_read(model, offset, len, [&](auto out) { return *now(erased.read_at(offset, out)); });
  check_read(model, offset, len, [&](auto out) { return *now(once.read_at(offset, out)); });
  check_read(model, offset, len, [&](auto out) { return *now(twice.read_at(offset, out)); });
  check_read(model, offset, len, [&](auto out) {
    cursor at(once, offset);
    const auto count = *now(at.read(out));
    require(at.position() == offset + count, "a cursor moves by what it read");
    return count;
  });
  check_read(model, offset, len, [&](std::span<std::byte> out) {
    auto owned = now(read_at_owned(native, offset, std::vector<std::byte>(out.begin(), out.end())));
    require(owned.buffer.size() == out.size(), "the buffer comes back whole");
    std::ranges::copy(owned.buffer, out.begin());
    return *owned.outcome;
  });
  std::vector<std::byte> out(len);
  const auto exact = now(read_exact_at(twice, offset, out));
  const bool whole = model.read(offset, len).size() == len;
  require(exact.has_value() == whole, "an exact read is whole or fails");
  if (!whole) require(exact.error() == errc::end_of_file, "it fails with end_of_file");
  if (whole) require(out == model.read(offset, len), "an exact read sees the same bytes");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  memory::filesystem fs;
  const auto root = fs.root();
  dyn_file f(*fs.open(*root, "f", open_options().read().write().create()).await_resume());
  fuzz::oracle model;
  std::vector<std::pair<std::uint64_t, std::size_t>> written;
  for (int ops = 0; !in.empty() && ops < 20 && model.written() < 200'000; ++ops) {
    const auto offset = in.byte() % 3 == 0 ? in.offset() : in.near_offset();
    const auto bytes = in.pattern(in.len());
    dyn_write writer(f);
    const auto done = in.byte() % 2 == 0 ? now(f.write_at(offset, bytes)) : now(writer.write_at(offset, bytes));
    require(done.has_value() == fuzz::oracle::fits(offset, bytes.size()), "a write that fits succeeds");
    if (done) {
      model.write(offset, bytes);
      written.emplace_back(offset, bytes.size());
    }
    if (written.empty()) continue;
    const auto [start, len] = written[in.below(static_cast<unsigned>(written.size()))];
    const auto skip = in.below(static_cast<unsigned>(len) + 10);
    check_views(f, model, start + skip, in.len());
    check_views(f, model, in.offset(), in.len());
  }
  return 0;
}
