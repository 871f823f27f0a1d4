// Every change of a file is what the oracle says: its bytes, its size, what lies beside it, and nothing when it
// fails. Over memory::device and memory::file, with and without a bound on their size.

#include <optional>

#include <randomio/memory.hpp>

#include "tests/fuzz/input.hpp"
#include "tests/fuzz/oracle.hpp"

using namespace randomio;
using fuzz::require;

namespace {

template <class D>
void compare(D& device, const fuzz::oracle& model) {
  for (const auto& [offset, len] : model.interesting()) {
    std::vector<std::byte> out(len + 8, std::byte{0xa5});
    const auto count = device.read_at(offset, std::span(out).first(len)).await_resume();
    const auto expected = model.read(offset, len);
    require(count.has_value() && *count == expected.size(), "a read is short only at the end");
    require(std::equal(expected.begin(), expected.end(), out.begin()), "the bytes are those of the oracle");
    require(std::all_of(out.begin() + static_cast<std::ptrdiff_t>(expected.size()), out.end(),
                        [](std::byte b) { return b == std::byte{0xa5}; }),
            "a read writes only what it counts");
  }
}

/// One write. Returns: whether it took place.
template <class D>
void write(D& device, fuzz::oracle& model, std::uint64_t offset, std::span<const std::byte> data, bool bounded) {
  const auto written = device.write_at(offset, data).await_resume();
  const bool fits = fuzz::oracle::fits(offset, data.size());
  require(fits || !written.has_value(), "what ends past every file fails");
  require(!fits || written.has_value() || (bounded && written.error() == errc::no_space),
          "a write fails only for want of space");
  if (written) model.write(offset, data);
}

void run_device(fuzz::input& in, std::uint64_t size_max) {
  memory::device device(size_max);
  fuzz::oracle model;
  for (int ops = 0; !in.empty() && ops < 25 && model.written() < 300'000; ++ops) {
    const auto offset = in.byte() % 2 == 0 ? in.near_offset() : in.offset();
    write(device, model, offset, in.pattern(in.len()), size_max != memory::unbounded);
    require(device.size() == model.size(), "the size is the oracle's");
    require(device.allocated() <= size_max, "the bound holds");
    compare(device, model);
  }
}

/// fallocate as the oracle has it. Reserving never changes a byte.
void allocate(memory::file& f, fuzz::oracle& model, fuzz::input& in) {
  const auto mode = static_cast<allocate_mode>(in.byte() % 5);
  const auto offset = in.near_offset();
  const std::uint64_t len = in.len();
  const auto done = f.allocate(mode, offset, len).await_resume();
  if (len == 0) {
    require(!done.has_value(), "allocating nothing fails");
    return;
  }
  if (!done) {
    require(done.error() == errc::no_space, "allocating fails only for want of space");
    return;
  }
  const bool zeroes = mode == allocate_mode::punch || mode == allocate_mode::zero || mode == allocate_mode::zero_keep;
  if (zeroes) model.zero(offset, offset + len);
  if (mode == allocate_mode::extend || mode == allocate_mode::zero) model.grow(offset + len);
}

void copy(memory::file& f, fuzz::oracle& model, fuzz::input& in) {
  const auto from = in.near_offset(), to = in.near_offset();
  const auto len = in.len();
  const auto copied = memory::filesystem::copy_range(f, from, f, to, len).await_resume();
  const auto source = model.read(from, len);
  const bool overlaps = from < to + source.size() && to < from + source.size();
  if (overlaps && !source.empty()) {
    require(!copied.has_value(), "a file is not copied onto itself");
    return;
  }
  if (!copied) {
    require(copied.error() == errc::no_space, "copying fails only for want of space");
    return;
  }
  require(*copied == source.size(), "a copy is short only at the end");
  model.write(to, source);
}

void seek(memory::file& f, const fuzz::oracle& model, fuzz::input& in) {
  const auto offset = in.near_offset();
  const auto data = f.seek(offset, seek_target::data).await_resume();
  const auto hole = f.seek(offset, seek_target::hole).await_resume();
  require(hole.has_value() == (offset < model.size()), "every file has its hole at its end");
  if (hole) require(*hole >= offset && *hole <= model.size(), "a hole lies ahead");
  if (data) require(model.next_not_zero(offset) >= *data, "no data is skipped");
  if (!data) require(model.next_not_zero(offset) >= model.size(), "no data is missed");
}

void run_file(fuzz::input& in, std::uint64_t size_max) {
  memory::filesystem fs({.size = size_max});
  const auto root = fs.root();
  auto f = *fs.open(*root, "f", open_options().read().write().create()).await_resume();
  fuzz::oracle model;
  for (int ops = 0; !in.empty() && ops < 25 && model.written() < 300'000; ++ops) {
    switch (in.byte() % 8) {
      case 0: write(f, model, in.offset(), in.pattern(in.len()), size_max != memory::unbounded); break;
      case 1: {
        const auto data = in.pattern(in.len());
        const auto at = f.append(data).await_resume();
        if (at) {
          require(*at == model.size(), "append goes to the end");
          model.write(model.size(), data);
        }
        break;
      }
      case 2: {
        const auto size = in.byte() % 2 == 0 ? in.near_offset() : in.offset();
        const auto changed = f.set_attributes({.size = size}).await_resume();
        require(changed.has_value() == (size <= fuzz::oracle::size_max), "any legal size can be had");
        if (changed) model.resize(size);
        break;
      }
      case 3: allocate(f, model, in); break;
      case 4: copy(f, model, in); break;
      case 5: seek(f, model, in); break;
      default: write(f, model, in.near_offset(), in.pattern(in.len()), size_max != memory::unbounded); break;
    }
    const auto attrs = *f.stat().await_resume();
    require(attrs.size == model.size(), "the size is the oracle's");
    require(attrs.blocks * 512 <= size_max, "the bound holds");
    compare(f, model);
  }
  f = *fs.open(*root, "f", open_options().truncate()).await_resume();
  const auto usage = *fs.usage(*root).await_resume();
  require(usage.blocks_free == usage.blocks, "an empty file takes no space");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const auto what = in.byte();
  const std::uint64_t size_max = (what & 2U) == 0 ? memory::unbounded : (in.byte() + 1U) * 4096ULL;
  if ((what & 1U) == 0) {
    run_device(in, size_max);
  } else {
    run_file(in, size_max);
  }
  return 0;
}
