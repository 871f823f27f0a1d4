// The trait layer and memory in WebAssembly: reads, writes, a tree, erased and not. Ends with 0 when all held.

#include <cstdio>
#include <string>
#include <vector>

#include <randomio/io.hpp>
#include <randomio/memory.hpp>

using namespace randomio;

namespace {

int failures = 0;

void check(bool holds, const char* what) {
  if (holds) return;
  std::printf("failed: %s\n", what);
  ++failures;
}

struct started {
  struct promise_type {
    static started get_return_object() noexcept { return {}; }
    static std::suspend_never initial_suspend() noexcept { return {}; }
    static std::suspend_never final_suspend() noexcept { return {}; }
    static void return_void() noexcept {}
    static void unhandled_exception() noexcept { __builtin_trap(); }
  };
};

template <class D>
started read_and_write(D& device, bool& finished) {
  const std::string text = "random access in wasm32";
  auto written = co_await device.write_at(100'000, text);
  check(written.has_value(), "write_at");
  std::vector<std::byte> out(text.size());
  auto read = co_await read_exact_at(device, 100'000, out);
  check(read.has_value() && std::equal(out.begin(), out.end(), bytes_of(text).begin()), "read_exact_at");
  auto past = co_await read_exact_at(device, 100'010, out);
  check(!past && past.error() == errc::end_of_file, "end of file");
  finished = true;
}

started names(bool& finished) {
  const auto fs = std::make_shared<memory::filesystem>(memory::options{.size = 1 << 20});
  dyn_fs erased(fs);
  const auto root = erased.root();
  auto made = co_await erased.create_dir(*root, "dir", {.mode = 0755});
  check(made.has_value(), "create_dir");
  auto f = co_await erased.open(*root, "dir/file", open_options().read().write().create());
  check(f.has_value(), "open");
  auto far = co_await f->write_at(std::uint64_t{5} << 30, std::string_view("past 4 GiB"));
  check(far.has_value(), "write past 4 GiB");
  auto attrs = co_await erased.stat(*root, "dir/file");
  check(attrs && attrs->size == (std::uint64_t{5} << 30) + 10 && attrs->blocks == 8, "sparse size");
  check(attrs && attrs->mtime.seconds > 1'600'000'000, "clock");
  const std::vector<std::byte> large(2 << 20);
  auto full = co_await f->write_at(0, large);
  check(!full && full.error() == errc::no_space, "no_space");
  auto renamed = co_await erased.rename(*root, "dir", *root, "moved", rename_mode::no_replace);
  check(renamed.has_value(), "rename");
  auto l = co_await erased.list(*root, "", {.recursive = true});
  auto page = co_await l->read(0, 10);
  check(page && page->size() == 2 && (*page)[1].name == "moved/file", "list");
  finished = true;
}

}  // namespace

int main() {
  memory::device device;
  dyn_write writer(device);
  bool a = false, b = false;
  read_and_write(device, a);
  names(b);
  check(a && b, "no operation on memory suspends");
  check(path::parse("a/b").has_value() && range::make(1, 2)->len() == 1, "values");
  std::puts(failures == 0 ? "all held" : "not all held");
  return failures == 0 ? 0 : 1;
}
