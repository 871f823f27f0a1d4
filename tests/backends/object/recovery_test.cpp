// What one mount leaves behind and the next one finds.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "tests/backends/object/bucket.hpp"
#include "tests/support/scratch_directory.hpp"

using namespace randomio;
using namespace conformance;
using testing::bucket;
using testing::objects;
using testing::request;

namespace {

/// A mount whose edits go to its state directory when the store is gone, and the next one, which finds them there.
struct keeping {
  testing::scratch_directory scratch;
  const std::string& state = scratch.path();
  objects from;
  object::options how;

  keeping() {
    from.stores.push_back(std::make_shared<testing::fake_store>());
    how.state_dir = state;
    how.spill = std::make_shared<object::spill_space>(state, 0);
  }
};

}  // namespace

TEST_CASE_METHOD(bucket, "a rename that was begun is finished by the next mount") {
  const testing::scratch_directory scratch;
  const auto& state = scratch.path();
  for (int i = 0; i < 40; ++i) plant("from/" + std::to_string(i), std::to_string(i));
  object::options how;
  how.state_dir = state;
  {
    const auto fs = from.over(from.stores.front(), how);
    int copies = 0;
    store.before_each([&](request what, std::string_view) {
      if (what == request::copy && ++copies == 20) store.set_faults({.failures = 1000});
    });
    CHECK_FALSE(from.run(fs->rename(*fs->root(), "from", *fs->root(), "to", rename_mode::replace)).has_value());
    store.before_each({});
    store.set_faults({});
  }
  // As if that process were dead: its record is another's.
  for (const auto& record : std::filesystem::directory_iterator(state)) {
    auto name = record.path().filename().string();
    name = name.substr(0, name.find('-', 8)) + "-4294967295-0";
    std::filesystem::rename(record.path(), state + "/" + name);
  }
  const auto next = from.over(from.stores.front(), how);
  ok(from.run(next->create_dir(*next->root(), "any", {})));
  CHECK(told("finishing the rename of from to to"));
  int moved = 0;
  for (const auto& key : store.keys()) {
    CHECK_FALSE(key.starts_with("from"));
    moved += key.starts_with("to/");
  }
  for (int i = 0; i < 40; ++i) CHECK(store.text("to/" + std::to_string(i)) == std::to_string(i));
  CHECK(moved >= 40);
  CHECK(std::filesystem::is_empty(state));
}

TEST_CASE_METHOD(keeping, "what cannot be published at the end is kept, and the next mount tells of it") {
  auto& store = *from.stores.back();
  const auto said = [&](std::string_view what) {
    return std::ranges::any_of(from.notices, [&](const auto& line) { return line.find(what) != std::string::npos; });
  };
  {
    const auto fs = from.over(from.stores.back(), how);
    auto file = ok(from.run(fs->open(*fs->root(), "f", open_options().write().create())));
    ok(from.run(file.write_at(3, std::string_view("text"))));
    store.set_faults({.failures = 1000});
    CHECK(failure(from.run(file.close())) == is(errc::unreachable));
    CHECK(from.run(fs->finish()) == 1);
    CHECK(said("f: could not be published"));
  }
  CHECK_FALSE(said("is lost"));
  store.set_faults({});
  CHECK(std::system(("test \"$(cat " + state + "/unpublished-*.data)\" = text && grep -qx 'bytes 3 4' " + state +
                     "/*.manifest && grep -qx 'hole 0 3' " + state + "/*.manifest && grep -qx 'base none' " + state +
                     "/*.manifest")
                        .c_str()) == 0);
  from.notices.clear();
  const auto next = from.over(from.stores.back(), how);
  ok(from.run(next->recover()));
  CHECK(said("f: could not be published by an earlier mount"));
  CHECK(from.run(next->finish()) == 0);
}

TEST_CASE_METHOD(keeping, "a key of what is kept is one line, whatever is in it") {
  const std::string name = "two\nlines, a \"quote\", 100%41 and ü\x7f";
  {
    const auto fs = from.over(from.stores.back(), how);
    auto file = ok(from.run(fs->open(*fs->root(), name, open_options().write().create())));
    ok(from.run(file.write_at(0, std::string_view("text"))));
    from.stores.back()->set_faults({.failures = 1000});
    CHECK(failure(from.run(file.close())) == is(errc::unreachable));
    CHECK(from.run(fs->finish()) == 1);
  }
  std::string manifest;
  for (const auto& entry : std::filesystem::directory_iterator(state)) {
    std::ifstream in(entry.path());
    if (entry.path().extension() == ".manifest") manifest.assign(std::istreambuf_iterator<char>(in), {});
  }
  CHECK(manifest == "key two%0Alines, a \"quote\", 100%2541 and ü%7F\nbase none\nsize 4\nbytes 0 4\n");
  from.stores.back()->set_faults({});
  from.notices.clear();
  const auto next = from.over(from.stores.back(), how);
  ok(from.run(next->recover()));
  CHECK(std::ranges::any_of(from.notices, [&](const auto& line) {
    return line.starts_with(name + ": could not be published by an earlier mount");
  }));
  CHECK(from.run(next->finish()) == 0);
}
