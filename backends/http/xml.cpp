#include <randomio/backends/http/xml.hpp>

#include <algorithm>
#include <charconv>

#include <pugixml.hpp>

namespace randomio::http {
namespace {

/// The node itself or the first after it that is an element, not text; null when there is none.
pugi::xml_node_struct* first_element(pugi::xml_node from) noexcept {
  while (from && from.type() != pugi::node_element) from = from.next_sibling();
  return from.internal_object();
}

}  // namespace

xml_reply::xml_reply() : document_(std::make_unique<pugi::xml_document>()) {}
xml_reply::xml_reply(xml_reply&&) noexcept = default;
xml_reply& xml_reply::operator=(xml_reply&&) noexcept = default;
xml_reply::~xml_reply() = default;

xml_element xml_reply::root() const noexcept {
  return xml_element(document_->document_element().internal_object());
}

std::string_view xml_element::name() const noexcept {
  return pugi::xml_node(node_).name();
}

std::string_view xml_element::text() const noexcept {
  return pugi::xml_node(node_).child_value();
}

std::string_view xml_element::attribute(const char* name) const noexcept {
  return pugi::xml_node(node_).attribute(name).value();
}

xml_element xml_element::child(const char* name) const noexcept {
  return xml_element(pugi::xml_node(node_).child(name).internal_object());
}

xml_element xml_element::first() const noexcept {
  return xml_element(first_element(pugi::xml_node(node_).first_child()));
}

xml_element xml_element::next() const noexcept {
  return xml_element(first_element(pugi::xml_node(node_).next_sibling()));
}

std::optional<std::uint64_t> xml_element::number() const noexcept {
  const auto digits = text();
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failure != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

result<xml_reply> xml_reply::parse(std::string_view text, std::string_view root, const xml_limits& most) {
  const auto refuse = [&](std::string_view why) {
    return unexpected(
        error(errc::corrupt)
            .with_message(std::string("the reply is no <") + std::string(root) + ">: " + std::string(why)));
  };
  if (text.size() > most.bytes_max || std::ranges::count(text, '<') > most.tags_max) return refuse("too large");
  xml_reply reply;
  // Values keep their spaces: keys may start and end with them.
  constexpr unsigned options = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_ws_pcdata_single;
  const auto parsed = reply.document_->load_buffer(text.data(), text.size(), options, pugi::encoding_utf8);
  if (!parsed) return refuse(parsed.description());
  if (reply.root().name() != root) return refuse("it is <" + std::string(reply.root().name()) + ">");
  return reply;
}

xml_text& xml_text::declare() {
  text_ = R"(<?xml version="1.0" encoding="utf-8"?>)";
  return *this;
}

xml_text& xml_text::open(std::string_view name) {
  text_.append("<").append(name).append(">");
  return *this;
}

xml_text& xml_text::close(std::string_view name) {
  text_.append("</").append(name).append(">");
  return *this;
}

xml_text& xml_text::element(std::string_view name, std::string_view text) {
  open(name);
  for (const char c : text) {
    switch (c) {
      case '&': text_ += "&amp;"; break;
      case '<': text_ += "&lt;"; break;
      case '>': text_ += "&gt;"; break;
      case '"': text_ += "&quot;"; break;
      case '\r': text_ += "&#13;"; break;  // A parser would read it as a newline.
      default: text_ += c;
    }
  }
  return close(name);
}

bool xml_can_hold(std::string_view text) noexcept {
  // U+FFFE and U+FFFF are no characters of it either.
  return std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 && c != '\t' && c != '\n' && c != '\r'; }) &&
         !text.contains("\xEF\xBF\xBE") && !text.contains("\xEF\xBF\xBF");
}

}  // namespace randomio::http
