#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include <randomio/core/io/dyn_filesystem.hpp>
#include <randomio/core/runtime/task.hpp>
#include <randomio/io.hpp>

/// One suite per concept, the same for every backend. A backend joins with a fixture:
///
///     struct memory_fixture {
///       using filesystem_type = randomio::memory::filesystem;
///       std::shared_ptr<filesystem_type> make();     // a new, empty filesystem; each call another one
///       template <class T> T run(randomio::task<T>);  // drives the task to its end, on the backend's loop
///     };
///     CONFORMANCE_SUITE("memory", memory_fixture)     // in one source file, with conformance.hpp
///
/// The fixture lives for one Catch2 section; its destructor removes what `make` made. What a backend cannot do
/// it says in `abilities()`: the checks of that part then expect `unsupported` or are left out. Checks run as
/// whoever runs the test and leave out what only root may do when it is refused. Where the test's server, not the
/// backend, loses what is said about directories, the fixture says so: `bool keeps_directory_attributes()`.
namespace conformance {

using namespace randomio;

template <class R, class Make>
task<R> as_task(Make& make) {
  co_return co_await make();
}

/// Awaits what `make()` returns, through the fixture.
template <class Fixture, class Make>
auto await(Fixture& fixture, Make make) {
  using R = await_result_t<std::invoke_result_t<Make&>>;
  return fixture.run(as_task<R>(make));
}

/// The value of a result that must be one.
template <class T>
T ok(result<T> outcome) {
  if (!outcome) FAIL("unexpected failure: " << outcome.error().describe());
  if constexpr (!std::is_void_v<T>) return std::move(*outcome);
}

/// How it failed, by name, or "success".
template <class T>
std::string failure(const result<T>& outcome) {
  return outcome ? "success" : std::string(name(outcome.error().code()));
}

/// The name of an expected failure, to compare with `failure`.
inline std::string is(errc code) {
  return std::string(name(code));
}

template <class Fixture>
bool keeps_directory_attributes(Fixture& fixture) {
  if constexpr (requires { fixture.keeps_directory_attributes(); }) return fixture.keeps_directory_attributes();
  return true;
}

/// Lets the clocks of all filesystems tick: Linux stamps files with a clock of up to 10 ms.
inline void let_time_pass() {
  std::this_thread::sleep_for(std::chrono::milliseconds(25));
}

inline std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A filesystem of the fixture with blocking calls, paths from its root unless a node is given.
template <class Fixture>
class tree {
 public:
  using fs_type = typename Fixture::filesystem_type;
  using node_type = typename fs_type::node_type;
  using file_type = typename fs_type::file_type;
  using listing_type = typename fs_type::listing_type;
  using found = entry<node_type>;

  explicit tree(Fixture& from) : fixture(from), fs(from.make()), root(fs->root()) {}

  [[nodiscard]] const capabilities& can() const { return fs->abilities(); }
  [[nodiscard]] bool has(std::string_view p) { return stat(p).has_value(); }

  auto lookup(std::string_view p) { return lookup(*root, p); }
  result<found> lookup(node_type& at, std::string_view p) {
    return await(fixture, [&]() -> decltype(auto) { return fs->lookup(at, p); });
  }
  result<found> entry_of(file_type& f) {
    return await(fixture, [&]() -> decltype(auto) { return fs->entry_of(f); });
  }
  auto stat(std::string_view p) { return stat(*root, p); }
  result<attributes> stat(node_type& at, std::string_view p) {
    return await(fixture, [&]() -> decltype(auto) { return fs->stat(at, p); });
  }
  auto change(std::string_view p, const attribute_change& what) { return change(*root, p, what); }
  result<attributes> change(node_type& at, std::string_view p, const attribute_change& what) {
    return await(fixture, [&]() -> decltype(auto) { return fs->set_attributes(at, p, what); });
  }
  auto open(std::string_view p, const open_options& how) { return open(*root, p, how); }
  result<file_type> open(node_type& at, std::string_view p, const open_options& how) {
    return await(fixture, [&]() -> decltype(auto) { return fs->open(at, p, how); });
  }
  auto list(std::string_view p, const list_options& which = {}) { return list(*root, p, which); }
  result<listing_type> list(node_type& at, std::string_view p, const list_options& which = {}) {
    return await(fixture, [&]() -> decltype(auto) { return fs->list(at, p, which); });
  }
  result<std::vector<directory_entry>> page(listing_type& l, std::uint64_t position, std::size_t limit) {
    return await(fixture, [&]() -> decltype(auto) { return l.read(position, limit); });
  }
  auto create_dir(std::string_view p, const creation& made = {.mode = 0755, .owner = {}}) {
    return create_dir(*root, p, made);
  }
  result<found> create_dir(node_type& at, std::string_view p, const creation& made = {.mode = 0755, .owner = {}}) {
    return await(fixture, [&]() -> decltype(auto) { return fs->create_dir(at, p, made); });
  }
  result<found> create_node(std::string_view p, randomio::file_type type, std::uint64_t device, const creation& made) {
    return await(fixture, [&]() -> decltype(auto) { return fs->create_node(*root, p, type, device, made); });
  }
  result<found> symlink(std::string_view p, std::string_view target) {
    const creation made;  // Borrowed until completion: it must outlive the lambda.
    return await(fixture, [&]() -> decltype(auto) { return fs->symlink(*root, p, target, made); });
  }
  auto link(std::string_view from, std::string_view to) { return link(*root, from, *root, to); }
  result<found> link(node_type& from, std::string_view from_path, node_type& to, std::string_view to_path) {
    return await(fixture, [&]() -> decltype(auto) { return fs->link(from, from_path, to, to_path); });
  }
  result<std::string> read_link(std::string_view p) {
    return await(fixture, [&]() -> decltype(auto) { return fs->read_link(*root, p); });
  }
  auto remove(std::string_view p) { return remove(*root, p); }
  result<void> remove(node_type& at, std::string_view p) {
    return await(fixture, [&]() -> decltype(auto) { return fs->remove(at, p); });
  }
  result<void> remove_dir(std::string_view p) {
    return await(fixture, [&]() -> decltype(auto) { return fs->remove_dir(*root, p); });
  }
  auto rename(std::string_view from, std::string_view to, rename_mode mode = rename_mode::replace) {
    return rename(*root, from, *root, to, mode);
  }
  result<void> rename(node_type& from, std::string_view from_path, node_type& to, std::string_view to_path,
                      rename_mode mode = rename_mode::replace) {
    return await(fixture, [&]() -> decltype(auto) { return fs->rename(from, from_path, to, to_path, mode); });
  }
  result<std::uint64_t> copy_range(file_type& from, std::uint64_t at, file_type& to, std::uint64_t to_at,
                                   std::uint64_t len) {
    return await(fixture, [&]() -> decltype(auto) { return fs->copy_range(from, at, to, to_at, len); });
  }
  result<std::size_t> get_xattr(std::string_view p, std::string_view key, std::span<std::byte> out) {
    return await(fixture, [&]() -> decltype(auto) { return fs->get_xattr(*root, p, key, out); });
  }
  result<void> set_xattr(std::string_view p, std::string_view key, std::string_view value,
                         xattr_mode mode = xattr_mode::set) {
    return await(fixture, [&]() -> decltype(auto) { return fs->set_xattr(*root, p, key, bytes_of(value), mode); });
  }
  result<std::vector<std::string>> list_xattr(std::string_view p) {
    return await(fixture, [&]() -> decltype(auto) { return fs->list_xattr(*root, p); });
  }
  result<void> remove_xattr(std::string_view p, std::string_view key) {
    return await(fixture, [&]() -> decltype(auto) { return fs->remove_xattr(*root, p, key); });
  }
  result<void> sync(std::string_view p) {
    auto at = ok(lookup(p)).node;
    return await(fixture, [&]() -> decltype(auto) { return fs->sync(*at); });
  }
  result<space_usage> usage() {
    return await(fixture, [&]() -> decltype(auto) { return fs->usage(*root); });
  }

  template <class D>
  result<std::string> read(D& f, std::uint64_t offset, std::size_t len) {
    std::vector<std::byte> out(len);
    auto count = await(fixture, [&]() -> decltype(auto) { return f.read_at(offset, std::span(out)); });
    if (!count) return unexpected(std::move(count).error());
    return text_of(std::span(out).first(*count));
  }
  template <class D>
  result<void> write(D& f, std::uint64_t offset, std::string_view data) {
    return await(fixture, [&]() -> decltype(auto) { return f.write_at(offset, bytes_of(data)); });
  }
  result<std::uint64_t> append(file_type& f, std::string_view data) {
    return await(fixture, [&]() -> decltype(auto) { return f.append(bytes_of(data)); });
  }
  result<attributes> stat_file(file_type& f) {
    return await(fixture, [&]() -> decltype(auto) { return f.stat(); });
  }
  result<attributes> change_file(file_type& f, const attribute_change& what) {
    return await(fixture, [&]() -> decltype(auto) { return f.set_attributes(what); });
  }
  result<void> allocate(file_type& f, allocate_mode mode, std::uint64_t offset, std::uint64_t len) {
    return await(fixture, [&]() -> decltype(auto) { return f.allocate(mode, offset, len); });
  }
  result<std::uint64_t> seek(file_type& f, std::uint64_t offset, seek_target target) {
    return await(fixture, [&]() -> decltype(auto) { return f.seek(offset, target); });
  }
  template <class D>
  result<void> sync_file(D& f) {
    return await(fixture, [&]() -> decltype(auto) { return f.sync(); });
  }
  template <class D>
  result<void> flush(D& f) {
    return await(fixture, [&]() -> decltype(auto) { return f.flush(); });
  }
  result<void> close(file_type& f) {
    return await(fixture, [&]() -> decltype(auto) { return f.close(); });
  }

  /// A file opened for reading and writing, made when missing.
  file_type make_file(std::string_view p, std::string_view content = {}) {
    auto f = ok(open(p, open_options().read().write().create().with({.mode = 0644, .owner = {}})));
    if (!content.empty()) ok(write(f, 0, content));
    return f;
  }
  std::string content(std::string_view p) {
    auto f = ok(open(p, open_options().read()));
    return ok(read(f, 0, static_cast<std::size_t>(ok(stat_file(f)).size) + 1));
  }
  /// All names of a directory, in pages.
  std::vector<std::string> names(std::string_view p, const list_options& which = {}, std::size_t limit = 3) {
    auto l = ok(list(p, which));
    std::vector<std::string> all;
    for (std::uint64_t position = 0;;) {
      const auto some = ok(page(l, position, limit));
      if (some.empty()) return all;
      CHECK(some.size() <= limit);
      for (const auto& one : some) all.push_back(one.name);
      position = some.back().next;
    }
  }

  Fixture& fixture;
  std::shared_ptr<fs_type> fs;
  std::shared_ptr<node_type> root;
};

/// The same backend behind the erased interface.
template <class Fixture>
struct erased {
  using filesystem_type = dyn_fs;
  std::shared_ptr<dyn_fs> make() { return std::make_shared<dyn_fs>(inner.make()); }
  template <class T>
  T run(task<T> t) {
    return inner.run(std::move(t));
  }
  Fixture inner;
};

}  // namespace conformance
