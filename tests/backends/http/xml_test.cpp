#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <randomio/backends/http/xml.hpp>

using namespace randomio;
using http::xml_element;
using http::xml_reply;

TEST_CASE("elements, their texts, numbers and attributes are read") {
  const auto read = xml_reply::parse(
      "<?xml version=\"1.0\"?>\n<All xmlns=\"urn:x\"> <One n=\"v\">7</One><Two> &lt;b&gt; </Two><!-- no --> "
      "<One>x<![CDATA[]]></One></All>",
      "All");
  REQUIRE(read);
  const auto root = read->root();
  CHECK(root.child("One").number() == 7);
  CHECK(root.child("One").attribute("n") == "v");
  CHECK(root.child("Two").text() == " <b> ");
  CHECK_FALSE(root.child("Two").number());
  std::vector<std::string> names, texts;
  root.for_each([&](xml_element one) { names.emplace_back(one.name()); });
  root.for_each("One", [&](xml_element one) { texts.emplace_back(one.text()); });
  CHECK(names == std::vector<std::string>{"One", "Two", "One"});
  CHECK(texts == std::vector<std::string>{"7", "x"});
  SECTION("and what is missing is empty, all the way down") {
    const auto none = root.child("None").child("Deeper");
    CHECK_FALSE(none);
    CHECK(none.text().empty());
    CHECK(none.name().empty());
    CHECK(none.attribute("n").empty());
    CHECK_FALSE(none.number());
    none.for_each([](xml_element) { FAIL("there is nothing in it"); });
  }
}

TEST_CASE("replies that are not what was asked for, or too large, are refused") {
  for (const auto* bad : {"", "All", "<All>", "<All></One>", "<Other/>", "<!DOCTYPE All [<!ENTITY e \"x\">]>"}) {
    CAPTURE(bad);
    const auto read = xml_reply::parse(bad, "All");
    REQUIRE_FALSE(read);
    CHECK(read.error() == errc::corrupt);
  }
  CHECK(xml_reply::parse("<All>&e;</All>", "All")->root().text() == "&e;");
  CHECK(xml_reply::parse("<All/>", "All", {.bytes_max = 6, .tags_max = 1}));
  CHECK_FALSE(xml_reply::parse("<All/>", "All", {.bytes_max = 5, .tags_max = 1}));
  CHECK_FALSE(xml_reply::parse("<All/>", "All", {.bytes_max = 6, .tags_max = 0}));
}

TEST_CASE("what XML can hold is written and read back") {
  const std::string text = " <a> & \"b\" 'c'\r\n\tü ";
  REQUIRE(http::xml_can_hold(text));
  http::xml_text written;
  written.declare().open("All").element("One", text).close("All");
  const auto body = std::move(written).take();
  CHECK(body.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?><All><One>"));
  const auto read = xml_reply::parse(body, "All");
  REQUIRE(read);
  CHECK(read->root().child("One").text() == text);
  for (const auto* bad : {"\x01", "a\x1F", "\xEF\xBF\xBE", "\xEF\xBF\xBF"}) CHECK_FALSE(http::xml_can_hold(bad));
}
