// Many threads on one filesystem: run under ThreadSanitizer too.

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include <randomio/memory.hpp>

using namespace randomio;

namespace {

constexpr int threads = 4;

template <class F>
void at_once(F f) {
  std::vector<std::thread> all;
  for (int i = 0; i < threads; ++i) all.emplace_back(f, i);
  for (auto& t : all) t.join();
}

}  // namespace

TEST_CASE("memory: appends of many threads land whole, each once") {
  memory::filesystem fs;
  const auto root = fs.root();
  constexpr int records = 500;
  at_once([&](int who) {
    auto f = *fs.open(*root, "log", open_options().append().create()).await_resume();
    const std::string record(97, static_cast<char>('a' + who));
    for (int i = 0; i < records; ++i) {
      if (!f.append(record).await_resume()) std::abort();
    }
  });
  const auto all = fs.get("log").await_resume()->content;
  REQUIRE(all.size() == 97U * threads * records);
  std::array<int, threads> count{};
  for (std::size_t at = 0; at < all.size(); at += 97) {
    REQUIRE(std::all_of(all.begin() + static_cast<std::ptrdiff_t>(at),
                        all.begin() + static_cast<std::ptrdiff_t>(at) + 97, [&](std::byte b) { return b == all[at]; }));
    ++count[static_cast<std::size_t>(all[at]) - 'a'];
  }
  for (const int c : count) CHECK(c == records);
}

TEST_CASE("memory: a read sees each write whole or not at all") {
  memory::device device;
  std::atomic<bool> done{false};
  std::atomic<int> torn{0};
  std::thread writer([&] {
    for (int i = 0; i < 300; ++i) {
      const std::vector<std::byte> data(70'000, static_cast<std::byte>(i));
      if (!device.write_at(1000, data).await_resume()) std::abort();
    }
    done = true;
  });
  std::vector<std::byte> out(70'000);
  while (!done) {
    const auto count = device.read_at(1000, out).await_resume();
    if (*count != 0 && std::ranges::any_of(out, [&](std::byte b) { return b != out[0]; })) ++torn;
  }
  writer.join();
  CHECK(torn == 0);
}

TEST_CASE("memory: of puts under one condition exactly one wins") {
  memory::filesystem fs;
  for (int round = 0; round < 100; ++round) {
    const auto key = "k" + std::to_string(round);
    std::atomic<int> created{0}, swapped{0};
    at_once([&](int who) {
      const auto mine = std::to_string(who);
      if (fs.put(key, mine, precondition::absent()).await_resume()) ++created;
    });
    const auto seen = fs.get(key).await_resume()->current;
    at_once([&](int who) {
      const auto mine = std::to_string(who);
      if (fs.put(key, mine, precondition::matches(seen)).await_resume()) ++swapped;
    });
    REQUIRE(created == 1);
    REQUIRE(swapped == 1);
  }
}

TEST_CASE("memory: names, bytes, attributes and listings at once") {
  memory::filesystem fs({.size = 8 << 20});
  const auto root = fs.root();
  for (const auto* d : {"a", "b"}) REQUIRE(fs.create_dir(*root, d, {.mode = 0755}).await_resume());
  at_once([&](int who) {
    const std::string mine = "f" + std::to_string(who);
    std::vector<std::byte> data(5000, static_cast<std::byte>(who)), out(5000);
    for (int i = 0; i < 300; ++i) {
      const std::string here = (i % 2 == 0 ? "a/" : "b/") + mine, there = (i % 2 == 0 ? "b/" : "a/") + mine;
      {
        auto f = fs.open(*root, here, open_options().read().write().create()).await_resume();
        if (!f) std::abort();
        (void)f->write_at(static_cast<std::uint64_t>(i) * 100, data).await_resume();
        (void)f->read_at(0, out).await_resume();
        (void)f->set_attributes({.mode = 0600U + static_cast<unsigned>(i % 8)}).await_resume();
      }
      // Another thread may have exchanged the directories since: then the name is in the other one.
      const auto renamed = fs.rename(*root, here, *root, there, rename_mode::replace).await_resume();
      if (!renamed && renamed.error() != errc::not_found) std::abort();
      (void)fs.rename(*root, "a", *root, "b", rename_mode::exchange).await_resume();
      (void)fs.link(*root, there, *root, "a/shared").await_resume();
      (void)fs.remove(*root, "b/shared").await_resume();
      (void)fs.set_xattr(*root, "a", "user.k", std::string_view("v"), xattr_mode::set).await_resume();
      auto l = fs.list(*root, "", {.recursive = true}).await_resume();
      for (std::uint64_t position = 0; l;) {
        const auto page = l->read(position, 3).await_resume();
        if (!page || page->empty()) break;
        position = page->back().next;
      }
      // Whichever directory it is in by now, it goes.
      if (!fs.remove(*root, "a/" + mine).await_resume() && !fs.remove(*root, "b/" + mine).await_resume()) {
        (void)fs.remove(*root, "a/" + mine).await_resume();
      }
    }
  });
  for (int who = 0; who < threads; ++who) {
    for (const auto* d : {"a/", "b/"}) (void)fs.remove(*root, d + ("f" + std::to_string(who))).await_resume();
  }
  for (const auto* d : {"a/shared", "b/shared"}) (void)fs.remove(*root, d).await_resume();
  (void)fs.set_xattr(*root, "a", "user.k", std::string_view(), xattr_mode::set).await_resume();
  CHECK(fs.stat(*root, "a").await_resume()->nlink == 2);
  const auto usage = *fs.usage(*root).await_resume();
  CHECK(usage.files - usage.files_free == 3);
  CHECK(usage.blocks - usage.blocks_free <= 1);
}
