// When there is little memory and no disk.
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <randomio/backends/object/upload_journal.hpp>

#include "tests/backends/object/streams.hpp"

using namespace randomio;
using namespace randomio::testing;

namespace {

constexpr std::uint32_t parts_max = 1000;

/// Does what a full disk does: no file grows.
class full_disk {
 public:
  full_disk() {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit none{.rlim_cur = 0, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &none);
  }
  ~full_disk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("a part is never too large for the memory") {
  const bool uniform = GENERATE(false, true);
  fake_store store(small(uniform, parts_max));
  machine here(store, 256, "");
  here.with.part_bytes = 200;  // Two of them have no room.
  here.with.chunk_bytes = 16;
  auto made = here.create("a");
  std::string text;
  for (int i = 0; i < 200; ++i) {
    const auto piece = std::to_string(i) + ' ';
    write(*made, text.size(), piece);
    text += piece;
  }
  CHECK(store.keys().empty());
  CHECK(made->early_publications() == 0);
  commit(*made);
  CHECK(store.text("a") == text);
}

TEST_CASE("files that are written at the same time in little memory all arrive") {
  const bool uniform = GENERATE(false, true);
  fake_store store(small(uniform, parts_max));
  machine here(store, 512, "");
  here.with.part_bytes = 64;
  here.with.chunk_bytes = 16;
  std::vector<std::unique_ptr<object::content>> made;
  for (int i = 0; i < 12; ++i) made.push_back(here.create("f" + std::to_string(i)));
  std::string text;
  for (int i = 0; i < 60; ++i) {
    const auto piece = std::to_string(i) + ' ';
    for (auto& one : made) write(*one, text.size(), piece);
    text += piece;
  }
  for (auto& one : made) commit(*one);
  for (int i = 0; i < 12; ++i) CHECK(store.text("f" + std::to_string(i)) == text);
  CHECK(here.memory.used() == 0);
}

TEST_CASE("an edit that neither memory nor disk has room for is published before it is asked for") {
  fake_store store(small(false, parts_max));
  machine here(store, 256, "");
  here.with.part_bytes = 64;
  here.with.chunk_bytes = 16;
  std::string expected(3000, 'a');
  store.plant("a", rope(expected));
  auto opened = here.open("a");
  for (std::size_t at = 0; at < 1500; at += 50) {
    write(*opened, at, "0123456789");
    expected.replace(at, 10, "0123456789");
  }
  CHECK(opened->early_publications() > 0);
  CHECK(read_all(*opened) == expected);
  commit(*opened);
  CHECK(store.text("a") == expected);
}

TEST_CASE("a full disk, on which no upload can be noted, keeps nothing from being published") {
  fake_store store(small(false, parts_max));
  machine here(store, 4096, "");
  here.with.part_bytes = 64;
  here.with.chunk_bytes = 16;
  auto journal = std::move(*object::upload_journal::open(here.scratch / "uploads", here.pool));
  here.with.journal = journal.get();
  const std::string text(1000, 'x');
  auto made = here.create("a");
  {
    const full_disk full;
    for (std::size_t at = 0; at < text.size(); at += 10) write(*made, at, text.substr(at, 10));
    commit(*made);
  }
  CHECK(store.text("a") == text);
  CHECK(here.notices.size() == 1);
}

TEST_CASE("an edit leaves also when memory is full of what other files wait to publish") {
  auto with = small(false, parts_max);
  constexpr std::uint64_t mib = std::uint64_t{1} << 20;
  with.allowed.part_bytes_min = 5 * mib;
  with.allowed.part_bytes_max = 100 * mib;
  with.allowed.put_bytes_max = 100 * mib;
  fake_store store(with);
  store.plant("a", rope(std::string(9 * mib, 'a')));
  machine here(store, 32 * mib, "");
  auto opened = here.open("a");
  write(*opened, 4 * mib, "edited");
  std::uint64_t filled = 0;
  for (; here.memory.try_reserve(mib); filled += mib) {
  }
  commit(*opened);  // Fetches nearly all of it into memory that nothing else may take.
  here.memory.release(filled);
  CHECK(store.text("a").substr(4 * mib, 7) == "editeda");
}
