#pragma once

#include <cstdint>
#include <string>
#include <thread>

#include "tests/conformance/fixture.hpp"

namespace conformance {

inline constexpr std::uint64_t mib = 1024 * 1024;

/// What open_options mean.
template <class Fixture>
void check_open(Fixture& fixture) {
  tree t(fixture);
  const creation made{.mode = 0640, .owner = {}};

  SECTION("a missing file is not found, and made only when asked") {
    CHECK(failure(t.open("f", open_options().read())) == is(errc::not_found));
    CHECK(failure(t.open("f", open_options().write())) == is(errc::not_found));
    CHECK_FALSE(t.has("f"));
    ok(t.open("f", open_options().create().with(made)));
    CHECK(ok(t.stat("f")).type == file_type::regular);
    CHECK(ok(t.stat("f")).size == 0);
    if (t.can().modes) CHECK(ok(t.stat("f")).mode == 0640);
  }
  SECTION("create opens what is there; exclusive does not") {
    t.make_file("f", "here");
    auto again = ok(t.open("f", open_options().read().create().with(made)));
    CHECK(ok(t.read(again, 0, 10)) == "here");
    CHECK(failure(t.open("f", open_options().create().exclusive().with(made))) == is(errc::already_exists));
    ok(t.open("g", open_options().create().exclusive().with(made)));
    CHECK(t.has("g"));
  }
  SECTION("truncate empties what is there") {
    t.make_file("f", "long content");
    auto f = ok(t.open("f", open_options().read().truncate()));
    CHECK(ok(t.stat_file(f)).size == 0);
    ok(t.write(f, 0, "new"));
    CHECK(t.content("f") == "new");
  }
  SECTION("a handle does only what it was opened for") {
    t.make_file("f", "data");
    auto reader = ok(t.open("f", open_options().read()));
    CHECK_FALSE(t.write(reader, 0, "x").has_value());
    CHECK_FALSE(t.append(reader, "x").has_value());
    CHECK_FALSE(t.change_file(reader, {.size = 1}).has_value());
    auto writer = ok(t.open("f", open_options().write()));
    CHECK_FALSE(t.read(writer, 0, 1).has_value());
    CHECK(t.content("f") == "data");
  }
  SECTION("directories do not open as files to write") {
    ok(t.create_dir("d"));
    CHECK(failure(t.open("d", open_options().write())) == is(errc::is_directory));
    CHECK(failure(t.open("d/", open_options().create().with(made))) == is(errc::is_directory));
    CHECK_FALSE(t.open("missing/", open_options().create().with(made)).has_value());
  }
  SECTION("a file is no directory on the way") {
    t.make_file("f");
    CHECK(failure(t.open("f/g", open_options().create().with(made))) == is(errc::not_directory));
    CHECK(failure(t.open("f/", open_options().read())) == is(errc::not_directory));
    CHECK(failure(t.open("no/g", open_options().create().with(made))) == is(errc::not_found));
  }
  SECTION("open by node, without a path") {
    t.make_file("f", "by node");
    const auto found = ok(t.lookup("f"));
    auto f = ok(t.open(*found.node, "", open_options().read()));
    CHECK(ok(t.read(f, 0, 20)) == "by node");
    CHECK(ok(t.entry_of(f)).node == found.node);
    CHECK(ok(t.entry_of(f)).attrs.ino == found.attrs.ino);
  }
  if (t.can().symlinks) {
    SECTION("open follows the last link unless told otherwise") {
      t.make_file("f", "target");
      ok(t.symlink("s", "f"));
      CHECK(t.content("s") == "target");
      CHECK(failure(t.open("s", open_options().read().no_follow())) == is(errc::loop));
      CHECK(failure(t.open("s", open_options().create().exclusive().with(made))) == is(errc::already_exists));
      ok(t.symlink("dangling", "made"));
      CHECK(failure(t.open("dangling", open_options().read())) == is(errc::not_found));
      CHECK(failure(t.open("dangling", open_options().create().exclusive().with(made))) == is(errc::already_exists));
      ok(t.open("dangling", open_options().create().with(made)));
      CHECK(ok(t.stat("made")).type == file_type::regular);
      CHECK(ok(t.stat("dangling")).type == file_type::symlink);
    }
  }
}

/// Bytes of an open file: append, size, life after unlink.
template <class Fixture>
void check_file(Fixture& fixture) {
  tree t(fixture);
  auto f = t.make_file("f");

  SECTION("append goes to the end and says where that was") {
    ok(t.write(f, 0, "start"));
    auto a = ok(t.open("f", open_options().append()));
    CHECK(ok(t.append(a, "-one")) == 5);
    CHECK(ok(t.append(a, "-two")) == 9);
    CHECK(ok(t.append(f, "-three")) == 13);
    CHECK(t.content("f") == "start-one-two-three");
  }
  SECTION("appends from two handles never overlap") {
    auto a = ok(t.open("f", open_options().append()));
    auto b = ok(t.open("f", open_options().append()));
    for (int i = 0; i < 50; ++i) {
      CHECK(ok(t.append(a, "aaaa")) == static_cast<std::uint64_t>(i) * 8);
      CHECK(ok(t.append(b, "bbbb")) == static_cast<std::uint64_t>(i) * 8 + 4);
    }
    CHECK(ok(t.stat("f")).size == 400);
  }
  SECTION("truncate cuts, and growing again reads zeros") {
    ok(t.write(f, 0, "0123456789"));
    CHECK(ok(t.change_file(f, {.size = 4})).size == 4);
    CHECK(ok(t.read(f, 0, 20)) == "0123");
    CHECK(ok(t.change_file(f, {.size = 8})).size == 8);
    CHECK(ok(t.read(f, 0, 20)) == std::string("0123\0\0\0\0", 8));
    CHECK(ok(t.change("f", {.size = 0})).size == 0);
    ok(t.write(f, 6, "x"));
    CHECK(ok(t.read(f, 0, 20)) == std::string("\0\0\0\0\0\0x", 7));
  }
  SECTION("two handles see one file") {
    auto other = ok(t.open("f", open_options().read().write()));
    ok(t.write(f, 0, "shared"));
    CHECK(ok(t.read(other, 0, 10)) == "shared");
    ok(t.write(other, 0, "S"));
    CHECK(ok(t.read(f, 0, 10)) == "Shared");
    CHECK(ok(t.stat_file(other)).size == 6);
    CHECK(ok(t.stat_file(other)).ino == ok(t.stat("f")).ino);
  }
  SECTION("an open file lives on when its name is gone") {
    ok(t.write(f, 0, "still here"));
    ok(t.remove("f"));
    CHECK_FALSE(t.has("f"));
    CHECK(ok(t.read(f, 0, 20)) == "still here");
    ok(t.write(f, 10, "!"));
    CHECK(ok(t.stat_file(f)).size == 11);
    CHECK(ok(t.change_file(f, {.size = 5})).size == 5);
    if (t.can().hard_links) CHECK(ok(t.stat_file(f)).nlink == 0);
    auto fresh = t.make_file("f", "new");
    CHECK(ok(t.read(f, 0, 20)) == "still");
    CHECK(ok(t.stat_file(fresh)).ino != ok(t.stat_file(f)).ino);
  }
  SECTION("an open file follows its renames") {
    ok(t.write(f, 0, "moved"));
    ok(t.rename("f", "g"));
    ok(t.write(f, 5, " on"));
    CHECK(t.content("g") == "moved on");
  }
  SECTION("close, sync and flush succeed") {
    ok(t.write(f, 0, "x"));
    ok(t.flush(f));
    ok(t.sync_file(f));
    ok(await(fixture, [&]() -> decltype(auto) { return f.sync(true); }));
    ok(t.close(f));
    CHECK(t.content("f") == "x");
  }
}

/// Holes, allocation and seeking. Only for backends that say `sparse`.
template <class Fixture>
void check_sparse(Fixture& fixture) {
  tree t(fixture);
  if (!t.can().sparse) return;
  auto f = t.make_file("f");
  const std::string page(65'536, 'd');

  SECTION("a hole takes no space") {
    ok(t.write(f, 64 * mib, page));
    const auto attrs = ok(t.stat_file(f));
    CHECK(attrs.size == 64 * mib + page.size());
    CHECK(attrs.blocks * 512 >= page.size());
    CHECK(attrs.blocks * 512 < mib);
  }
  SECTION("seek finds data and holes") {
    ok(t.write(f, mib, page));
    ok(t.write(f, 3 * mib, page));
    ok(t.change_file(f, {.size = 5 * mib}));
    CHECK(ok(t.seek(f, 0, seek_target::data)) == mib);
    CHECK(ok(t.seek(f, mib + 5, seek_target::data)) == mib + 5);
    CHECK(ok(t.seek(f, 0, seek_target::hole)) == 0);
    CHECK(ok(t.seek(f, mib, seek_target::hole)) == mib + page.size());
    CHECK(ok(t.seek(f, mib + page.size(), seek_target::data)) == 3 * mib);
    CHECK(ok(t.seek(f, 3 * mib, seek_target::hole)) == 3 * mib + page.size());
    CHECK(failure(t.seek(f, 4 * mib, seek_target::data)) == is(errc::no_such_address));
    CHECK(ok(t.seek(f, 4 * mib, seek_target::hole)) == 4 * mib);
    CHECK(failure(t.seek(f, 5 * mib, seek_target::data)) == is(errc::no_such_address));
    CHECK(failure(t.seek(f, 5 * mib, seek_target::hole)) == is(errc::no_such_address));
  }
  SECTION("a full file has its hole at its end") {
    ok(t.write(f, 0, page));
    CHECK(ok(t.seek(f, 0, seek_target::hole)) == page.size());
    CHECK(ok(t.seek(f, 100, seek_target::data)) == 100);
  }
  SECTION("punch makes zeros and gives space back") {
    ok(t.write(f, 0, std::string(mib, 'x')));
    ok(t.sync_file(f));
    const auto before = ok(t.stat_file(f)).blocks;
    ok(t.allocate(f, allocate_mode::punch, 100, 512 * 1024));
    ok(t.sync_file(f));
    const auto after = ok(t.stat_file(f));
    CHECK(after.size == mib);
    CHECK(after.blocks + 800 < before);
    CHECK(ok(t.read(f, 98, 4)) == std::string("xx\0\0", 4));
    CHECK(ok(t.read(f, 100 + 512 * 1024 - 2, 4)) == std::string("\0\0xx", 4));
    ok(t.allocate(f, allocate_mode::punch, 10 * mib, mib));
    CHECK(ok(t.stat_file(f)).size == mib);
  }
  SECTION("extend reserves and grows, keep_size only reserves") {
    ok(t.allocate(f, allocate_mode::keep_size, 0, mib));
    CHECK(ok(t.stat_file(f)).size == 0);
    CHECK(ok(t.stat_file(f)).blocks * 512 >= mib);
    ok(t.allocate(f, allocate_mode::extend, mib, 100));
    CHECK(ok(t.stat_file(f)).size == mib + 100);
    CHECK(ok(t.read(f, mib + 90, 20)) == std::string(10, '\0'));
    ok(t.write(f, 10, "kept"));
    ok(t.allocate(f, allocate_mode::extend, 0, 2 * mib));
    CHECK(ok(t.read(f, 10, 4)) == "kept");
  }
  SECTION("zero overwrites with zeros, growing or not") {
    ok(t.write(f, 0, "0123456789"));
    ok(t.allocate(f, allocate_mode::zero_keep, 5, 100));
    CHECK(ok(t.read(f, 0, 20)) == std::string("01234\0\0\0\0\0", 10));
    ok(t.allocate(f, allocate_mode::zero, 3, 20));
    CHECK(ok(t.stat_file(f)).size == 23);
    CHECK(ok(t.read(f, 0, 30)) == "012" + std::string(20, '\0'));
  }
  SECTION("allocate refuses nothing and too much") {
    CHECK(failure(t.allocate(f, allocate_mode::extend, 0, 0)) == is(errc::invalid));
    CHECK_FALSE(t.allocate(f, allocate_mode::extend, std::uint64_t{1} << 63, 1).has_value());
    CHECK(ok(t.stat_file(f)).size == 0);
  }
}

/// copy_range. Only for backends that say so.
template <class Fixture>
void check_copy_range(Fixture& fixture) {
  tree t(fixture);
  if (!t.can().copy_range) return;
  auto from = t.make_file("from", "0123456789");
  auto to = t.make_file("to", "abcdefghij");

  SECTION("copies what was asked, short at the source's end") {
    CHECK(ok(t.copy_range(from, 2, to, 4, 3)) == 3);
    CHECK(t.content("to") == "abcd234hij");
    CHECK(ok(t.copy_range(from, 8, to, 9, 100)) == 2);
    CHECK(t.content("to") == "abcd234hi89");
    CHECK(ok(t.copy_range(from, 10, to, 0, 5)) == 0);
    CHECK(ok(t.copy_range(from, 100, to, 0, 5)) == 0);
    CHECK(ok(t.copy_range(from, 0, to, 0, 0)) == 0);
    CHECK(t.content("from") == "0123456789");
  }
  SECTION("past the end leaves zeros between") {
    CHECK(ok(t.copy_range(from, 0, to, 20, 4)) == 4);
    CHECK(t.content("to") == "abcdefghij" + std::string(10, '\0') + "0123");
  }
  SECTION("within one file, but not onto itself") {
    CHECK(ok(t.copy_range(from, 0, from, 10, 10)) == 10);
    CHECK(t.content("from") == "01234567890123456789");
    CHECK(failure(t.copy_range(from, 0, from, 5, 10)) == is(errc::invalid));
    CHECK(t.content("from") == "01234567890123456789");
  }
  SECTION("large copies with holes are equal") {
    ok(t.write(from, 300'001, std::string(70'000, 'x')));
    ok(t.write(from, 900'000, "end"));
    const auto size = ok(t.stat_file(from)).size;
    std::uint64_t done = 0;
    while (done < size) done += ok(t.copy_range(from, done, to, 17 + done, size - done));
    CHECK(done == size);
    CHECK((t.content("to") == "abcdefghij" + std::string(7, '\0') + t.content("from")));
  }
}

}  // namespace conformance
