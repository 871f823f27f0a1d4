// What happens to a name while something else that concerns it is under way: a request that was sent before a change
// and is answered after it.
#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <randomio/core/runtime/sleep.hpp>
#include <randomio/core/runtime/task_scope.hpp>

#include "tests/backends/object/filesystem_fixture.hpp"
#include "tests/conformance/fixture.hpp"

using namespace randomio;
using namespace conformance;
using testing::request;
using objects = testing::object_fixture<testing::strict_service>;

namespace {

constexpr std::chrono::milliseconds late{60}, soon{10};

template <class T>
task<void> into(task<T> from, std::optional<T>* out) {
  out->emplace(co_await std::move(from));
}

/// `first`, and a moment later, while it waits, `second`.
template <class A, class B>
task<void> overlapping(task<A> first, std::optional<A>* first_out, task<B> second, std::optional<B>* second_out) {
  task_scope both;
  both.spawn(into(std::move(first), first_out));
  static_cast<void>(co_await sleep_for(soon));
  both.spawn(into(std::move(second), second_out));
  co_await both.join();
}

struct racing {
  objects from;
  tree<objects> t{from};
  testing::fake_store& store = *from.stores.front();
  object::filesystem& fs = *t.fs;
  object::filesystem::node_type& root = *t.root;

  template <class A, class B>
  std::pair<A, B> race(task<A> first, task<B> second) {
    std::optional<A> a;
    std::optional<B> b;
    from.run(overlapping(std::move(first), &a, std::move(second), &b));
    return {std::move(*a), std::move(*b)};
  }
  /// What the kernel does with an open: by the node that a lookup gave, and when that is too late, once more by name.
  task<result<object::file>> open_as_kernel(std::shared_ptr<object::node> looked_up) const {
    const auto reads = open_options().read();
    auto opened = co_await fs.open(*looked_up, "", reads);
    if (opened || opened.error() != errc::precondition_failed) co_return opened;
    auto again = co_await fs.lookup(root, "f");
    if (!again) co_return unexpected(std::move(again).error());
    co_return co_await fs.open(*again->node, "", reads);
  }
  /// Its first half.
  task<result<std::shared_ptr<object::node>>> look_again(std::shared_ptr<object::node> looked_up) const {
    auto opened = co_await fs.open(*looked_up, "", open_options().read());
    if (opened) co_return fail(errc::invalid);
    auto again = co_await fs.lookup(root, "f");
    if (!again) co_return unexpected(std::move(again).error());
    co_return std::move(again->node);
  }
  void plant(const std::string& key, std::string_view text) const { store.plant(key, testing::rope(text)); }
};

}  // namespace

TEST_CASE_METHOD(racing, "a file that is removed while it is being published is gone", "[race]") {
  const std::string text = GENERATE(std::string(), std::string("text"), std::string(3 << 20, 'x'));
  const bool is_open = GENERATE(true, false);
  auto f = t.make_file("f", text);
  std::optional<object::file> other;
  if (is_open) other = ok(t.open("f", open_options().read()));
  const bool is_late = GENERATE(true, false);
  store.next(request::put, is_late ? testing::fate{.before = late} : testing::fate{.after = late});
  auto [closed, removed] = race(f.close(), fs.remove(root, "f"));
  ok(std::move(closed));
  ok(std::move(removed));
  CHECK_FALSE(t.has("f"));
  CHECK(t.names("").empty());
  if (other) {
    CHECK(ok(t.stat_file(*other)).nlink == 0);
    CHECK((ok(t.read(*other, 0, text.size() + 1)) == text));
    ok(t.close(*other));
  }
  CHECK(store.keys() == std::vector<std::string>{});
  CHECK(store.uploads_open() == 0);
}

TEST_CASE_METHOD(racing, "a file that is removed while its parts leave is gone", "[race]") {
  const std::string part(20 << 20, 'p');
  auto f = ok(t.open("f", open_options().create().read().write()));
  for (int i = 0; i < 3; ++i) ok(t.write(f, static_cast<std::uint64_t>(i) * part.size(), part));
  CHECK(store.used().count(request::begin) == 1);
  ok(t.remove("f"));
  CHECK_FALSE(t.has("f"));
  CHECK((ok(t.read(f, part.size() - 1, part.size())) == part));
  ok(t.close(f));
  CHECK(store.keys().empty());
  CHECK(store.uploads_open() == 0);
}

TEST_CASE_METHOD(racing, "an unlinked file that is too large for memory leaves nothing behind", "[race]") {
  const std::string part(20 << 20, 'p');
  auto f = ok(t.open("f", open_options().create().read().write()));
  ok(t.remove("f"));
  for (int i = 0; i < 3; ++i) ok(t.write(f, static_cast<std::uint64_t>(i) * part.size(), part));
  CHECK((ok(t.read(f, part.size() - 1, part.size())) == part));
  ok(t.close(f));
  CHECK(store.keys().empty());
  CHECK(store.uploads_open() == 0);
}

TEST_CASE_METHOD(racing, "a file that is renamed or replaced while it is being published is one file", "[race]") {
  auto f = t.make_file("f", "new");
  const bool is_late = GENERATE(true, false);
  const auto fate = is_late ? testing::fate{.before = late} : testing::fate{.after = late};
  SECTION("renamed") {
    store.next(request::put, fate);
    auto [closed, moved] = race(f.close(), fs.rename(root, "f", root, "g", rename_mode::replace));
    ok(std::move(closed));
    ok(std::move(moved));
    CHECK(store.keys() == std::vector<std::string>{"g"});
    CHECK(t.content("g") == "new");
  }
  SECTION("replaced by what is published") {
    plant("g", "old");
    store.next(request::put, fate);
    auto [closed, moved] = race(f.close(), fs.rename(root, "g", root, "f", rename_mode::replace));
    ok(std::move(closed));
    ok(std::move(moved));
    CHECK(store.keys() == std::vector<std::string>{"f"});
    CHECK(t.content("f") == "old");
  }
  SECTION("replaced by what is not published") {
    auto g = t.make_file("g", "newer");
    store.next(request::put, fate);
    auto [closed, moved] = race(f.close(), fs.rename(root, "g", root, "f", rename_mode::replace));
    ok(std::move(closed));
    ok(std::move(moved));
    ok(t.close(g));
    CHECK(store.keys() == std::vector<std::string>{"f"});
    CHECK(t.content("f") == "newer");
  }
}

TEST_CASE_METHOD(racing, "a lookup that was asked before a removal or a rename does not bring the name back",
                 "[race]") {
  plant("f", "text");
  const auto slow = GENERATE(request::head, request::list);
  const testing::fate told_late{.after = late};
  SECTION("removal") {
    store.next(slow, told_late);
    auto [seen, removed] = race(fs.lookup(root, "f"), fs.remove(root, "f"));
    ok(std::move(removed));
    CHECK(failure(seen) == is(errc::not_found));
    CHECK_FALSE(t.has("f"));
  }
  SECTION("rename") {
    store.next(slow, told_late);
    auto [seen, moved] = race(fs.lookup(root, "f"), fs.rename(root, "f", root, "g", rename_mode::replace));
    ok(std::move(moved));
    CHECK(failure(seen) == is(errc::not_found));
    CHECK_FALSE(t.has("f"));
    CHECK(t.content("g") == "text");
  }
  SECTION("replacement") {
    plant("g", "other one");
    store.next(slow, told_late);
    auto [seen, moved] = race(fs.lookup(root, "f"), fs.rename(root, "g", root, "f", rename_mode::replace));
    ok(std::move(moved));
    CHECK(ok(std::move(seen)).attrs.size == 9);
    CHECK(t.content("f") == "other one");
  }
}

TEST_CASE_METHOD(racing, "a lookup in a directory that is renamed meanwhile finds what is there now", "[race]") {
  plant("d/f", "text");
  const auto d = ok(t.lookup("d")).node;
  store.next(request::head, {.after = late});
  auto [seen, moved] = race(fs.lookup(*d, "f"), fs.rename(root, "d", root, "e", rename_mode::replace));
  ok(std::move(moved));
  CHECK(ok(std::move(seen)).attrs.size == 4);
  CHECK_FALSE(t.has("d/f"));
  CHECK(t.content("e/f") == "text");
  CHECK(t.names("") == std::vector<std::string>{"e"});
}

TEST_CASE_METHOD(racing, "a directory that is removed is not found by a lookup from before", "[race]") {
  ok(t.create_dir("d"));
  const auto old = ok(t.lookup("d")).node;
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // The ttl.
  store.next(request::head, {.after = late});
  auto [seen, removed] = race(fs.lookup(root, "d"), fs.remove_dir(root, "d"));
  ok(std::move(removed));
  CHECK(failure(seen) == is(errc::not_found));
  CHECK_FALSE(t.has("d"));
}

TEST_CASE_METHOD(racing, "a listing that was asked before a change does not hide or bring back a name", "[race]") {
  for (int i = 0; i < 3; ++i) plant("d/" + std::to_string(i), "text");
  auto listed = ok(t.list("d"));
  store.next(request::list, {.after = late});
  SECTION("removal") {
    auto [page, removed] = race(listed.read(0, 100), fs.remove(root, "d/1"));
    ok(std::move(removed));
    CHECK_FALSE(t.has("d/1"));
  }
  SECTION("creation") {
    auto [page, made] = race(listed.read(0, 100), fs.symlink(root, "d/new", "target", {}));
    ok(std::move(made));
    CHECK(t.has("d/new"));
  }
}

TEST_CASE_METHOD(racing, "who opens a file that is replaced gets it, or finds what is there now", "[race]") {
  const testing::fate late_copy{.before = late};
  const bool is_small = GENERATE(true, false);
  const std::string text(is_small ? 1 << 20 : 2 << 20, 'f');
  for (const auto* name : {"f", "g", "h"}) plant(name, text);
  const auto f = ok(t.lookup("f")).node, g = ok(t.lookup("g")).node;  // As the kernel, which does not forget them.
  const auto reads = open_options().read();
  std::string_view itself;
  SECTION("in use lately") {
    auto used = ok(t.open("f", reads));
    ok(t.close(used));
    store.next(request::copy, late_copy);
    auto [moved, opened] = race(fs.rename(root, "g", root, "f", rename_mode::replace), fs.open(*f, itself, reads));
    ok(std::move(moved));
    if (is_small) {
      auto held = ok(std::move(opened));
      CHECK((ok(t.read(held, 0, text.size())) == text));
      // And a moment later, because who has looked it up may still come.
      auto again = ok(t.open(*f, itself, reads));
      CHECK((ok(t.read(again, 0, text.size())) == text));
    } else {
      CHECK(failure(opened) == is(errc::precondition_failed));
    }
  }
  SECTION("not in use: the next replacement waits for them") {
    store.next(request::copy, late_copy);
    auto [moved, opened] = race(fs.rename(root, "g", root, "f", rename_mode::replace), fs.open(*f, itself, reads));
    ok(std::move(moved));
    CHECK(failure(opened) == is(errc::precondition_failed));
    CHECK(ok(t.lookup("f")).node == g);
    auto [again, reopened] = race(fs.rename(root, "h", root, "f", rename_mode::replace), fs.open(*g, itself, reads));
    ok(std::move(again));
    auto held = ok(std::move(reopened));
    CHECK((ok(t.read(held, 0, text.size() + 1)) == text));
  }
}

TEST_CASE_METHOD(racing, "who was too late for a replaced file is not too late for the next one", "[race]") {
  const std::string text(1 << 20, 'f');
  for (const auto* name : {"f", "g", "h"}) plant(name, text);
  const auto f = ok(t.lookup("f")).node, g = ok(t.lookup("g")).node;
  ok(from.run(fs.rename(root, "g", root, "f", rename_mode::replace)));
  SECTION("that is being replaced itself: the lookup waits for what comes after it") {
    store.next(request::copy, {.before = late});
    auto [moved, opened] = race(fs.rename(root, "h", root, "f", rename_mode::replace), open_as_kernel(f));
    ok(std::move(moved));
    auto held = ok(std::move(opened));
    CHECK((ok(t.read(held, 0, text.size() + 1)) == text));
  }
  SECTION("that is about to be replaced: it is kept for a moment") {
    auto written = ok(t.open("h", open_options().write()));
    ok(t.write(written, 0, "new"));
    store.next(request::put, {.before = late});
    auto [moved, found] = race(fs.rename(root, "h", root, "f", rename_mode::replace), look_again(f));
    ok(std::move(moved));
    REQUIRE(ok(std::move(found)) == g);
    auto held = ok(t.open(*g, "", open_options().read()));
    CHECK((ok(t.read(held, 0, text.size() + 1)) == text));
    ok(t.close(written));
  }
}

TEST_CASE_METHOD(racing, "what is copied within a file that is being published can be published, too", "[race]") {
  constexpr std::uint64_t mib = std::uint64_t{1} << 20;
  const std::string text(12 * mib, 'f');
  plant("f", text);
  auto f = ok(t.open("f", open_options().read().write()));
  ok(t.write(f, 0, "new"));
  store.next(request::complete, {.before = late});
  auto [published, copied] = race(f.sync(), fs.copy_range(f, 6 * mib, f, 20 * mib, 6 * mib));
  ok(std::move(published));
  CHECK(ok(std::move(copied)) == 6 * mib);
  ok(from.run(f.sync()));
  ok(t.close(f));
  CHECK((store.text("f") == "new" + text.substr(3) + std::string(8 * mib, '\0') + text.substr(0, 6 * mib)));
}
