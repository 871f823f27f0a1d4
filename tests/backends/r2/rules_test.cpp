#include "tests/backends/s3/live_store.hpp"

using namespace live;

// What the stand-in refuses, a store that passes the other tests has not merely been lucky with.

TEST_CASE_METHOD(fixture, "parts of different sizes are refused, copied ones too") {
  const auto base = put("base", pattern(12 * MiB));
  const auto up = get(store->begin_upload("a", {}));
  const auto copied = get(store->copy_part(up, 1, {"base", base}, *range::make(0, 6 * MiB)));
  const auto same = upload(up, 2, pattern(6 * MiB)), smaller = upload(up, 3, pattern(5 * MiB));
  const auto last = upload(up, 4, "tail"), larger = upload(up, 5, pattern(6 * MiB + 1));
  const auto outcome = [&](std::vector<object::part> parts) {
    const auto done = wait(store->complete(up, parts, precondition::none()));
    return done ? "published" : std::string(name(done.error().code()));
  };
  CHECK(outcome({copied, smaller, last}) == "invalid");
  CHECK(outcome({smaller, same, last}) == "invalid");
  CHECK(outcome({copied, same, larger}) == "invalid");
  CHECK(outcome({copied, same, last}) == "published");
}

TEST_CASE_METHOD(fixture, "the limits are the service's") {
  CHECK(store->allows().uniform_parts);
  CHECK(store->allows().part_bytes_max == 5'363'466'240);        // 4.995 GiB
  CHECK(store->allows().object_bytes_max == 5'492'189'429'760);  // 4.995 TiB
}

TEST_CASE_METHOD(fixture, "tags are neither sent nor asked for") {
  put("a", "x", {.tags = object::properties::texts{{"k", "v"}}});
  CHECK(get(store->tags("a")).empty());
}
