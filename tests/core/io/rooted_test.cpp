#include <string>

#include <catch2/catch.hpp>

#include <randomio/core/runtime/whole_file.hpp>
#include <randomio/io.hpp>

#include "tests/backends/memory/fixture.hpp"
#include "tests/conformance/fixture.hpp"

using namespace randomio;
using conformance::await;
using conformance::failure;
using conformance::is;
using conformance::ok;

namespace {

/// One filesystem of the fixture by paths, blocking.
template <class Fixture>
void check_rooted(Fixture& fixture) {
  rooted files(fixture.make());
  const auto run = [&](auto make) { return await(fixture, make); };
  const auto a = *path::parse("dir/sub/a"), b = *path::parse("dir/b"), dir = *path::parse("dir/sub");
  const std::string text = "by path";

  CHECK(failure(fixture.run(create_dirs(files, dir))) == "success");
  CHECK(failure(fixture.run(create_dirs(files, dir))) == "success");
  auto f = ok(run([&]() -> decltype(auto) { return files.open(a, open_options().write().create()); }));
  ok(run([&]() -> decltype(auto) { return f.write_at(3'000'000, bytes_of(text)); }));
  CHECK(ok(run([&]() -> decltype(auto) { return files.stat(a); })).size == 3'000'000 + text.size());
  CHECK(failure(fixture.run(create_dirs(files, a.child("below")))) == is(errc::not_directory));

  CHECK(ok(fixture.run(copy_file(files, a, b))) == 3'000'000 + text.size());
  auto copy = ok(run([&]() -> decltype(auto) { return files.open(b); }));
  std::string out(text.size(), ' ');
  ok(run([&]() -> decltype(auto) { return copy.read_at(3'000'000, mutable_bytes_of(out)); }));
  CHECK(out == text);
  CHECK(failure(fixture.run(copy_file(files, *path::parse("missing"), b))) == is(errc::not_found));

  auto l = ok(run([&]() -> decltype(auto) { return files.list(); }));
  CHECK(ok(run([&]() -> decltype(auto) { return l.read(0, 10); })).size() == 1);
  ok(run([&]() -> decltype(auto) { return files.rename(b, *path::parse("c")); }));
  ok(run([&]() -> decltype(auto) { return files.link(*path::parse("c"), b); }));
  ok(run([&]() -> decltype(auto) { return files.symlink(*path::parse("s"), "dir/b"); }));
  CHECK(ok(run([&]() -> decltype(auto) { return files.read_link(*path::parse("s")); })) == "dir/b");
  CHECK(ok(run([&]() -> decltype(auto) { return files.set_metadata(b, {.mode = 0600}); })).mode == 0600);
  ok(run([&]() -> decltype(auto) { return files.set_xattr(b, "user.k", std::string_view("v")); }));
  CHECK(ok(run([&]() -> decltype(auto) { return files.list_xattr(b); })).size() == 1);
  ok(run([&]() -> decltype(auto) { return files.remove_xattr(b, "user.k"); }));
  ok(run([&]() -> decltype(auto) { return files.remove(b); }));
  CHECK(failure(run([&]() -> decltype(auto) { return files.remove_dir(dir); })) == is(errc::not_empty));
  ok(run([&]() -> decltype(auto) { return files.sync(); }));
  CHECK(ok(run([&]() -> decltype(auto) { return files.usage(); })).blocks > 0);
}

}  // namespace

TEST_CASE("rooted: a filesystem by paths") {
  memory_fixture fixture;
  check_rooted(fixture);
}

TEST_CASE("rooted: an erased one too, by value") {
  conformance::erased<memory_fixture> fixture;
  check_rooted(fixture);
  rooted files(dyn_fs(fixture.inner.make()));
  CHECK(files.abilities().modes);
}
