// Directories and symbolic links as the programs of Azure mark them, and listings that carry metadata.
#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <thread>

#include "tests/backends/object/filesystem_fixture.hpp"
#include "tests/conformance/fixture.hpp"

using namespace randomio;
using namespace conformance;
using testing::request;
using objects = testing::object_fixture<testing::block_list_service>;

namespace {

const object::properties folder{.metadata = {{"hdi_isfolder", "true"}}};

struct container {
  objects from;
  tree<objects> t{from};
  testing::fake_store& store = *from.stores.front();

  void plant(const std::string& key, std::string_view text = {}, object::properties with = {}) const {
    store.plant(key, testing::rope(text), std::move(with));
  }
  [[nodiscard]] std::uint64_t heads() const { return store.used().count(request::head); }
  [[nodiscard]] std::string said(const std::string& key, const std::string& name) const {
    const auto found = store.peek(key);
    REQUIRE(found.has_value());
    const auto at = found->about.held.metadata.find(name);
    return at != found->about.held.metadata.end() ? at->second : std::string("nothing");
  }
};

}  // namespace

TEST_CASE_METHOD(container, "a blob that marks a directory is that directory, with and without children") {
  plant("full", {}, folder);
  plant("full-stop", "a file between the two");
  plant("full/file", "text");
  plant("empty", {}, {.metadata = {{"hdi_isfolder", "true"}, {"file_permissions", "0040700"}}});
  plant("plain", "a file");
  CHECK(t.names("") == std::vector<std::string>{"empty", "full-stop", "full", "plain"});
  CHECK(t.names("full") == std::vector<std::string>{"file"});
  CHECK(t.names("empty").empty());
  CHECK(ok(t.stat("full")).type == file_type::directory);
  CHECK(ok(t.stat("empty")).type == file_type::directory);
  CHECK(ok(t.stat("empty")).mode == 0700);
  CHECK(ok(t.stat("full-stop")).type == file_type::regular);
  CHECK(from.notices.empty());  // Nothing is shadowed.
}

TEST_CASE_METHOD(container, "a file beside a directory is no mark") {
  plant("a", "a file");
  plant("a/b", "text");
  CHECK(t.names("") == std::vector<std::string>{"a~object", "a"});
}

TEST_CASE_METHOD(container, "a marked directory is removed with its mark") {
  plant("d", {}, folder);
  plant("d/", {}, folder);
  plant("d/file", "text");
  ok(t.remove("d/file"));
  ok(t.remove_dir("d"));
  CHECK(t.names("").empty());
  CHECK(store.keys().empty());
}

TEST_CASE_METHOD(container, "a marked directory is there when its last file is gone, and gets no other mark") {
  plant("d", {}, folder);
  plant("d/file", "text");
  ok(t.remove("d/file"));
  CHECK(ok(t.stat("d")).type == file_type::directory);
  CHECK(store.keys() == std::vector<std::string>{"d"});
}

TEST_CASE_METHOD(container, "a marked directory moves with its mark, and so do those in it") {
  plant("d", {}, folder);
  plant("d/e", {}, folder);
  plant("d/e/file", "text");
  ok(t.rename("d", "f"));
  CHECK(t.content("f/e/file") == "text");
  CHECK(store.keys() == std::vector<std::string>{"f", "f/e", "f/e/file"});
  CHECK(said("f", "hdi_isfolder") == "true");
  CHECK(said("f/e", "hdi_isfolder") == "true");
  CHECK(t.names("") == std::vector<std::string>{"f"});
}

TEST_CASE_METHOD(container, "directories and symbolic links are marked") {
  ok(t.create_dir("d", {.mode = 0750}));
  ok(t.symlink("d/link", "../target"));
  CHECK(said("d/", "hdi_isfolder") == "true");
  CHECK(said("d/", "file_permissions") == "0040750");
  CHECK(said("d/link", "is_symlink") == "true");
  CHECK(store.text("d/link") == "../target");
  plant("theirs", "elsewhere", {.metadata = {{"is_symlink", "true"}}});
  CHECK(ok(t.stat("theirs")).type == file_type::symlink);
  CHECK(ok(t.read_link("theirs")) == "elsewhere");
}

TEST_CASE_METHOD(container, "a listing tells modes and types, so that nothing is asked for each file") {
  for (int i = 0; i < 20; ++i) {
    plant("d/" + std::to_string(i), "text", {.metadata = {{"file_permissions", "0100640"}}});
  }
  plant("d/link", "target", {.metadata = {{"is_symlink", "true"}}});
  store.forget_usage();
  CHECK(t.names("d").size() == 21);
  const auto before = heads();
  for (int i = 0; i < 20; ++i) CHECK(ok(t.stat("d/" + std::to_string(i))).mode == 0640);
  CHECK(ok(t.stat("d/link")).type == file_type::symlink);
  CHECK(heads() == before);
}

TEST_CASE_METHOD(container, "what only a listing told is asked for before it is edited") {
  plant("file", "text", {.content = {{"content-type", "text/plain"}}, .metadata = {{"theirs", "kept"}}});
  CHECK(t.names("") == std::vector<std::string>{"file"});
  ok(t.change("file", {.mode = 0600}));
  const auto now = store.peek("file");
  CHECK(now->about.held.content.at("content-type") == "text/plain");
  CHECK(now->about.held.metadata.at("theirs") == "kept");
  CHECK(now->about.held.metadata.at("file_permissions") == "0100600");
  CHECK(store.text("file") == "text");
}
