#include <randomio/backends/object/content.hpp>

#include <catch2/catch.hpp>

#include "tests/backends/object/fixture.hpp"

using namespace randomio;
using namespace randomio::testing;

TEST_CASE("a new object exists only after its commit") {
  fake_store store;
  machine here(store);
  auto made = here.create("a");
  CHECK(made->dirty());
  write(*made, 0, "hello");
  CHECK(read_all(*made) == "hello");
  CHECK(store.keys().empty());
  commit(*made);
  CHECK(store.text("a") == "hello");
  CHECK_FALSE(made->dirty());
  CHECK(made->base()->current == store.peek("a")->about.current);
}

TEST_CASE("an edit keeps the properties") {
  fake_store store;
  object::properties with;
  with.content["content-type"] = "text/plain";
  with.metadata["owner"] = "me";
  with.tags.emplace()["colour"] = "red";
  with.storage_class = "STANDARD_IA";
  store.plant("a", rope("hello"), with);
  machine here(store);
  auto opened = here.open("a");
  append(*opened, " world");
  commit(*opened);
  const auto now = store.peek("a");
  CHECK(now->bytes.text() == "hello world");
  CHECK(now->about.held.content == with.content);
  CHECK(now->about.held.metadata.at("owner") == "me");
  CHECK(now->about.held.tags == with.tags);
  CHECK(now->about.held.storage_class == "STANDARD_IA");
}
