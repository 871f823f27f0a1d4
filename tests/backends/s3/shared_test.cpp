#include "tests/backends/s3/live_store.hpp"

using namespace live;

// Half of shared_test.py, which runs these cases by name and looks at the bucket with another S3 client in between.

namespace {

std::unique_ptr<object::store> shared_store() {
  auto with = service_options();
  with.prefix = "shared/";
  return make_store(with);
}

}  // namespace

TEST_CASE_METHOD(fixture, "writes for another client", "[.write]") {
  store = shared_store();
  object::properties with;
  with.content = {{"content-type", "text/x-test"}, {"cache-control", "no-cache"}};
  with.metadata = {{"name", "value"}, {"unicode", "größe"}};
  put("small é +%", "small content", with);
  const auto up = get(store->begin_upload("large", with));
  const auto base = put("base", pattern(6 * MiB, 3));
  std::vector<object::part> parts;
  parts.push_back(get(store->copy_part(up, 1, {"base", base}, *range::make(0, 5 * MiB))));
  parts.push_back(upload(up, 2, pattern(5 * MiB, 4)));
  parts.push_back(upload(up, 3, "tail"));
  get(store->complete(up, parts, precondition::absent()));
}

TEST_CASE_METHOD(fixture, "reads of another client", "[.read]") {
  store = shared_store();
  CHECK(content("theirs ü&+") == "written by others");
  const auto about = get(store->head("theirs ü&+"));
  CHECK(about.held.metadata == object::properties::texts{{"key", "theirs"}});
  CHECK(about.held.content.at("content-type") == "text/y-test");
  CHECK(about.held.content.at("content-disposition") == "inline");
  CHECK(get(store->tags("theirs ü&+")) ==
        (service_under_test().keeps_tags ? object::properties::texts{{"a", "b"}} : object::properties::texts{}));
  CHECK(get(store->head("theirs large")).size == 12 * MiB);
  CHECK(content("theirs large") == std::string(12 * MiB, 'L'));
}
