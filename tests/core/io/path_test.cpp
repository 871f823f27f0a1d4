#include <rapidcheck.h>
#include <string>

#include <catch2/catch.hpp>

#include <randomio/core/io/path.hpp>

using randomio::errc;
using randomio::path;

TEST_CASE("path: parse takes text as it is and refuses what no key may hold") {
  CHECK(path::parse("a/b")->str() == "a/b");
  CHECK(path::parse("/a/b/")->str() == "a/b");
  CHECK(path::parse("")->empty());
  CHECK(path::parse("/")->empty());
  CHECK(path::parse("a%2Fb")->str() == "a%2Fb");
  CHECK(path::parse("grün/ü")->str() == "grün/ü");
  for (const std::string_view bad : {"a//b", "///", ".", "..", "a/./b", "a/..", "a\nb", "\x7f", "a//"}) {
    INFO(bad);
    REQUIRE_FALSE(path::parse(bad).has_value());
    CHECK(path::parse(bad).error() == errc::invalid);
    CHECK_FALSE(path::parse(bad).error().message().empty());
  }
}

TEST_CASE("path: from encodes what parse or a URL would not take") {
  CHECK(path::from("a b").str() == "a b");
  CHECK(path::from("a//b/").str() == "a/b");
  CHECK(path::from("a/../b").str() == "a/%2E%2E/b");
  CHECK(path::from("50%").str() == "50%25");
  CHECK(path::from("ü").str() == "%C3%BC");
  CHECK(path::from("a#b?c").str() == "a%23b%3Fc");
  CHECK(path::from_parts({"a/b", "", "c"}).str() == "a%2Fb/c");
  CHECK(path::from_url_path("a%20b/c")->str() == "a b/c");
  CHECK(path::from_url_path("%41")->str() == "A");
  for (const auto* bad : {"a%", "a%2", "%zz", "a%00b"}) CHECK(path::from_url_path(bad).error() == errc::invalid);
}

TEST_CASE("path: parts") {
  const auto p = *path::parse("dir/sub/file.tar.gz");
  CHECK(p.parts().size() == 3);
  CHECK(p.filename() == "file.tar.gz");
  CHECK(p.extension() == "gz");
  CHECK(p.parent().str() == "dir/sub");
  CHECK(p.parent().parent().parent().empty());
  CHECK(path::parse("a/b")->extension().empty());
  CHECK(p.child("more").str() == "dir/sub/file.tar.gz/more");
  CHECK(path().child("x").str() == "x");
  CHECK(p.strip_prefix(*path::parse("dir"))->str() == "sub/file.tar.gz");
  CHECK_FALSE(p.strip_prefix(*path::parse("di")).has_value());
  CHECK(p.strip_prefix(p)->empty());
  CHECK(*p.strip_prefix(path()) == p);
}

TEST_CASE("path: properties of any text") {
  CHECK(rc::check("from gives what parse takes unchanged", [](const std::string& text) {
    const auto made = path::from(text);
    const auto parsed = path::parse(made.str());
    RC_ASSERT(parsed.has_value());
    RC_ASSERT(*parsed == made);
  }));
  CHECK(rc::check("from_url_path undoes the encoding of one segment", [] {
    const auto text = *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange<char>(0x20, 0x7f)));
    RC_PRE(text.find('/') == std::string::npos && text != "." && text != "..");
    RC_ASSERT(path::from_url_path(path::from_parts({text}).str())->str() == text);
  }));
  CHECK(rc::check("child and parent, joining and splitting", [](const std::string& base, const std::string& name) {
    RC_PRE(!name.empty());
    const auto p = path::from(base);
    const auto child = p.child(name);
    RC_ASSERT(child.parent() == p);
    RC_ASSERT(child.parts().size() == p.parts().size() + 1);
    RC_ASSERT(child.strip_prefix(p)->parts().size() == 1);
    std::string joined;
    for (const auto part : child.parts()) {
      if (!joined.empty()) joined += '/';
      joined += part;
    }
    RC_ASSERT(joined == child.str());
  }));
  CHECK(rc::check("parse never keeps a bad segment", [] {
    const auto text = *rc::gen::container<std::string>(rc::gen::element('a', '/', '.', '\n', '%', '\x7f'));
    const auto parsed = path::parse(text);
    if (!parsed) return;
    for (const auto part : parsed->parts()) {
      RC_ASSERT(!part.empty());
      RC_ASSERT(part != "." && part != "..");
      RC_ASSERT(part.find('\n') == std::string_view::npos && part.find('\x7f') == std::string_view::npos);
    }
  }));
}
