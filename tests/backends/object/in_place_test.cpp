// Objects that are only appended to, or only read.
#include <catch2/catch.hpp>

#include "tests/backends/object/fixture.hpp"

using namespace randomio;
using namespace randomio::testing;
using object::editable;

namespace {

struct one_log {
  explicit one_log(editable may = editable::end) { store.plant_editable("log", rope("start "), may); }

  fake_store store{fake_store::block_lists()};
  machine here{store};
};

errc failure(const result<void>& done) {
  REQUIRE_FALSE(done.has_value());
  return done.error().code();
}

}  // namespace

TEST_CASE("an append in place is one request, and sends the new bytes alone") {
  one_log all;
  auto log = all.here.open("log");
  append(*log, "one ");
  append(*log, "two ");
  all.store.forget_usage();
  commit(*log);
  CHECK(all.store.text("log") == "start one two ");
  CHECK(all.store.used().requests == 1);
  CHECK(all.store.used().bytes_up == 8);
  append(*log, "three");
  commit(*log);
  CHECK(read_all(*log) == "start one two three");
  CHECK(all.store.peek("log")->about.bytes == editable::end);
}

TEST_CASE("an append in place follows what somebody else has appended") {
  one_log all;
  machine other(all.store);
  auto ours = all.here.open("log"), theirs = other.open("log");
  append(*ours, "ours ");
  append(*theirs, "theirs ");
  commit(*theirs);
  commit(*ours);
  CHECK(all.store.text("log") == "start theirs ours ");
  CHECK(read_all(*ours) == "start theirs ours ");
}

TEST_CASE("an append in place whose reply is lost is there once") {
  one_log all;
  machine other(all.store);
  auto ours = all.here.open("log"), theirs = other.open("log");
  append(*ours, "ours ");
  all.store.next(request::append, {.is_lost = true});
  SECTION("and found by its bytes") {
    commit(*ours);
    CHECK(all.store.text("log") == "start ours ");
  }
  SECTION("also when somebody else was faster, or follows") {
    bool is_done = false;
    append(*theirs, "theirs ");
    all.store.before_each([&](request what, std::string_view) {
      if (what == request::head && !std::exchange(is_done, true)) commit(*theirs);
    });
    commit(*ours);
    CHECK(is_done);
    CHECK(all.store.text("log") == "start ours theirs ");
  }
  SECTION("and when nobody can be asked, the next commit finds it, and publishes the rest") {
    all.store.next(request::head, {.fails = true});
    CHECK(failure(sync_wait(ours->commit())) == errc::outcome_unknown);
    append(*ours, "more ");
    append(*theirs, "theirs ");
    commit(*theirs);
    commit(*ours);
    CHECK(all.store.text("log") == "start ours theirs more ");
  }
}

TEST_CASE("properties of an object that is appended to in place are published too") {
  one_log all;
  auto log = all.here.open("log");
  append(*log, "more");
  log->edit([](object::properties& of) { of.metadata["a"] = "b"; });
  commit(*log);
  CHECK_FALSE(log->dirty());
  CHECK(all.store.text("log") == "start more");
  CHECK(all.store.peek("log")->about.held.metadata.at("a") == "b");
}

TEST_CASE("any other edit of such an object is refused at once, with a message") {
  const auto may = GENERATE(editable::end, editable::none);
  one_log all(may);
  auto log = all.here.open("log");
  const auto written = sync_wait(log->write(0, bytes_of("x")));
  CHECK(failure(written) == errc::unsupported);
  CHECK_FALSE(written.error().message().empty());
  CHECK(failure(sync_wait(log->resize(1))) == errc::unsupported);
  CHECK(failure(sync_wait(log->make_hole(*range::make(0, 2)))) == errc::unsupported);
  CHECK(sync_wait(log->append(bytes_of("x"))).has_value() == (may == editable::end));
  sync_wait(log->discard());
  CHECK(read_all(*log) == "start ");
}

TEST_CASE("more than one request takes is appended by several, in whole writes") {
  auto with = fake_store::block_lists();
  with.allowed.append_bytes_max = 25;
  fake_store store(with);
  store.plant_editable("log", rope(), editable::end);
  machine here(store);
  auto log = here.open("log");
  std::string expected;
  for (int i = 0; i < 10; ++i) {
    append(*log, "0123456789");
    expected += "0123456789";
  }
  commit(*log);
  CHECK(store.text("log") == expected);
  CHECK(store.used().count(request::append) == 5);
  CHECK(sync_wait(log->append(bytes_of(std::string(26, 'x')))).error() == errc::too_large);
}
