// Appends to objects whose checksum the store tells: what it has copied is what there was.
#include "tests/backends/object/streams.hpp"

using namespace randomio;
using namespace randomio::testing;

namespace {

fake_store::settings with_checksums() {
  auto with = small(false);
  with.allowed.part_bytes_max = 100;  // So that the copies are several.
  with.allowed.put_bytes_max = 100;
  with.has_checksums = true;
  return with;
}

}  // namespace

TEST_CASE("an append behind a copy that is not what it was copied from fails, and publishes nothing") {
  const bool is_streamed = GENERATE(false, true);
  const bool is_second = GENERATE(false, true);  // Its base is what an append before it has published.
  fake_store store(with_checksums());
  auto start = text_of(250);
  store.plant("a", rope(start));
  machine here(store, 8192, "");
  shrink(here);
  auto opened = here.open("a");
  if (is_second) {
    append(*opened, "more");
    commit(*opened);
    start += "more";
  }
  const auto tail = text_of(is_streamed ? 700 : 20);
  store.next(request::copy_part, {});
  store.next(request::copy_part, {.corrupts = true});
  write_in_pieces(*opened, tail, 0, 10, true);
  const auto failed = sync_wait(opened->commit());
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.error() == errc::corrupt);
  CHECK(store.text("a") == start);
  REQUIRE(here.notices.size() == 1);
  CHECK(here.notices.front().find("does not have its checksum") != std::string::npos);
  // Copied anew, it is published.
  commit(*opened);
  CHECK(store.text("a") == start + tail);
  CHECK(store.uploads_open() == 0);
}

TEST_CASE("what has no checksum of its own, and what is no append, is published without that") {
  auto with = with_checksums();
  with.has_checksums = GENERATE(false, true);
  fake_store store(with);
  store.plant("a", rope(text_of(250)));
  machine here(store, 8192, "");
  shrink(here);
  auto opened = here.open("a");
  if (with.has_checksums) {
    write(*opened, 240, "0123456789ab");
  } else {
    append(*opened, "ab");
  }
  commit(*opened);
  CHECK(store.peek("a")->about.size == 252);
}
