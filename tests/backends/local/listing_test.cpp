#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "open_tree.hpp"

namespace randomio::local::test {

TEST_CASE("listing: every name once, with its type, from every position") {
  open_tree t;
  std::set<std::string> made;
  for (int i = 0; i < 1500; ++i) {
    made.insert("file-" + std::to_string(i));
    t.dir.put("file-" + std::to_string(i), "");
  }
  value_of(t.files->create_dir(t.root, "d", {0755, {}}));
  value_of(t.files->symlink(t.root, "l", "x", {}));
  made.insert({"d", "l"});
  for (const std::size_t page : {1U, 7U, 5000U}) {
    const auto listed = names(*t.files, t.root, {}, page);
    CHECK(listed.size() == made.size());
    CHECK(std::set(listed.begin(), listed.end()) == made);
  }
  auto stream = value_of(t.files->list(t.root, {}, {}));
  const auto all = value_of(stream->read(0, 5000));
  for (const auto& e : all) {
    const auto type = e.name == "d" ? file_type::directory : e.name == "l" ? file_type::symlink : file_type::regular;
    CHECK(e.type == type);
    CHECK(e.ino == t.dir.status(e.name).st_ino);
  }
  const auto again = value_of(stream->read(all[700].next, 10));
  REQUIRE(again.size() == 10);
  CHECK(again[0].name == all[701].name);
}

TEST_CASE("listing while what was listed is removed misses nothing") {
  const std::string base = GENERATE(std::string("/tmp"), std::string("/dev/shm"));
  const scratch_directory dir(base);
  auto files = value_of(tree::open(dir.path()));
  for (int i = 0; i < 3000; ++i) dir.put("file-" + std::to_string(i), "");
  auto stream = value_of(files->list(*files->root(), {}, {}));
  std::set<std::string> seen;
  std::uint64_t position = 0;
  for (;;) {
    const auto page = value_of(stream->read(position, 13));
    if (page.empty()) break;
    for (const auto& e : page) {
      CHECK(seen.insert(e.name).second);
      value_of(files->remove(*files->root(), e.name));
    }
    position = page.back().next;
  }
  CHECK(seen.size() == 3000);
  dir.put("new", "");
  CHECK(value_of(stream->read(0, 10)).size() == 1);
}

TEST_CASE("a recursive listing gives every path in byte order") {
  open_tree t;
  for (const char* d : {"a", "a/b", "a-b", "empty"}) value_of(t.files->create_dir(t.root, d, {0755, {}}));
  for (const char* f : {"a/b/1", "a/b/2", "a/z", "a-b/3", "a.txt", "zz"}) t.dir.put(f, "");
  value_of(t.files->symlink(t.root, "link", "a", {}));
  const std::vector<std::string> all{"a",     "a-b", "a-b/3", "a.txt", "a/b", "a/b/1",
                                     "a/b/2", "a/z", "empty", "link",  "zz"};
  list_options which;
  which.recursive = true;
  for (const std::size_t page : {1U, 3U, 100U}) CHECK(names(*t.files, t.root, which, page) == all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    which.start_after = all[i];
    CHECK(names(*t.files, t.root, which) == std::vector(all.begin() + static_cast<std::ptrdiff_t>(i) + 1, all.end()));
  }
  which.start_after = "a/b/";
  CHECK(names(*t.files, t.root, which).front() == "a/b/1");
  which.start_after = {};
  auto stream = value_of(t.files->list(t.root, {}, which));
  const auto first = value_of(stream->read(0, 4));
  const auto second = value_of(stream->read(first.back().next, 4));
  t.dir.put("a-b/0", "");  // Before the second page: going back to its start must not shift it.
  CHECK(value_of(stream->read(first.back().next, 4)).front().name == second.front().name);
  CHECK(value_of(stream->read(second[1].next, 1)).front().name == second[2].name);
}

}  // namespace randomio::local::test
