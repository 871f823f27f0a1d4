// What is asked of the store to find a name, and what is known already.
#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/backends/object/bucket.hpp"

using namespace randomio;
using namespace conformance;
using testing::bucket;
using testing::request;

TEST_CASE_METHOD(bucket, "how many requests it takes") {
  plant("f", "text");
  plant("d/g", "text");
  ok(t.lookup("d"));
  store.forget_usage();
  ok(t.stat("f"));
  CHECK(store.used().count(request::head) == 1);
  CHECK(store.used().count(request::list) == 1);
  store.forget_usage();
  ok(t.stat("f"));  // Within the ttl.
  CHECK(store.used().requests == 0);
  CHECK_FALSE(t.has("missing"));
  CHECK(store.used().requests == 2);
  CHECK_FALSE(t.has("missing"));
  CHECK(store.used().requests == 2);
  t.names("d", {}, 100);
  store.forget_usage();
  ok(t.stat("d/g"));  // Listed just now: only its metadata is asked for.
  CHECK(store.used().count(request::head) == 1);
  CHECK(store.used().requests == 1);
  ok(t.open("g", open_options().create().exclusive()));
  CHECK(store.used().count(request::put) == 1);
}

TEST_CASE_METHOD(bucket, "many lookups in one directory list it once") {
  plant("d/there", "text");
  store.forget_usage();
  for (int i = 0; i < 50; ++i) CHECK_FALSE(t.has("d/missing" + std::to_string(i)));
  CHECK(store.used().requests < 15);
  CHECK(t.has("d/there"));
  // What changes here is known at once, listed or not.
  auto f = t.make_file("d/missing7", "new");
  CHECK(t.has("d/missing7"));
  ok(t.close(f));
  CHECK(t.has("d/missing7"));
  ok(t.rename("d/missing7", "d/missing8"));
  CHECK(t.content("d/missing8") == "new");
  store.forget_usage();
  CHECK_FALSE(t.has("d/missing7"));
  CHECK(store.used().requests == 0);
  ok(t.remove("d/missing8"));
  CHECK_FALSE(t.has("d/missing8"));
  ok(t.create_dir("d/missing9"));
  CHECK(t.has("d/missing9"));
  ok(t.rename("d", "e"));
  CHECK(t.names("e") == std::vector<std::string>{"missing9", "there"});
  CHECK(t.has("e/missing9"));
  CHECK_FALSE(t.has("d"));
}

TEST_CASE_METHOD(bucket, "what was found is asked for alone, and what a listing shows unchanged not at all") {
  constexpr auto past_the_ttl = std::chrono::milliseconds(1100);
  plant("d/old", "text");
  plant("d/", "");
  std::this_thread::sleep_for(std::chrono::seconds(3));  // Publications within two seconds may look the same.
  const auto d = ok(t.lookup("d")).node, old = ok(t.lookup("d/old")).node;
  std::this_thread::sleep_for(past_the_ttl);
  store.forget_usage();
  ok(t.stat("d/old"));
  CHECK(store.used().count(request::head) == 2);
  CHECK(store.used().requests == 2);
  std::this_thread::sleep_for(past_the_ttl);
  ok(t.stat("d"));
  CHECK(t.names("d") == std::vector<std::string>{"old"});
  store.forget_usage();
  ok(t.stat("d/old"));
  CHECK(store.used().requests == 0);
  plant("d/old", "changed");
  std::this_thread::sleep_for(past_the_ttl);
  CHECK(t.names("d") == std::vector<std::string>{"old"});
  CHECK(ok(t.stat("d/old")).size == 7);
}

TEST_CASE_METHOD(bucket, "what a listing showed is asked for alone after the ttl, too") {
  plant("d/", "");
  for (const auto* name : {"d/there", "d/gone", "d/became/inside"}) plant(name, "text");
  const auto d = ok(t.lookup("d")).node;
  CHECK(t.names("d").size() == 3);
  store.erase("d/gone");
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  store.forget_usage();
  CHECK(ok(t.stat("d/there")).size == 4);
  CHECK(store.used().count(request::head) == 2);  // Of the directory, and of the file.
  CHECK(store.used().requests == 2);
  CHECK_FALSE(t.has("d/gone"));
  CHECK(ok(t.stat("d/became")).type == file_type::directory);
}

TEST_CASE_METHOD(bucket, "a directory that others make beside an object is found by a listing") {
  plant("a", "object");
  const auto before = ok(t.lookup("a"));
  CHECK(before.attrs.type == file_type::regular);
  plant("a/inside", "x");
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // The ttl.
  CHECK(t.names("") == std::vector<std::string>{"a~object", "a"});
  CHECK(ok(t.lookup("a")).attrs.type == file_type::directory);
  ok(t.remove("a~object"));
  CHECK(ok(t.lookup("a")).attrs.type == file_type::directory);
}
