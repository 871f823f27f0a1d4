#include <randomio/backends/s3/xml.hpp>

#include <algorithm>
#include <charconv>

namespace randomio::s3 {
namespace {

// The largest replies are listings: 1,000 keys of 1,024 bytes, percent-encoded, with a dozen elements each.
constexpr std::size_t bytes_max = std::size_t{16} << 20;
constexpr std::ptrdiff_t tags_max = 200'000;

}  // namespace

std::optional<std::uint64_t> xml_element::number() const noexcept {
  const auto digits = text();
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failure != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

result<xml_reply> xml_reply::parse(std::string_view text, std::string_view root) {
  const auto refuse = [&](std::string_view why) {
    return unexpected(
        error(errc::corrupt)
            .with_message(std::string("the reply is no <") + std::string(root) + ">: " + std::string(why)));
  };
  if (text.size() > bytes_max || std::ranges::count(text, '<') > tags_max) return refuse("too large");
  xml_reply reply;
  // Values keep their spaces: keys may start and end with them.
  constexpr unsigned options = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_ws_pcdata_single;
  const auto parsed = reply.document_->load_buffer(text.data(), text.size(), options, pugi::encoding_utf8);
  if (!parsed) return refuse(parsed.description());
  if (reply.root().name() != root) return refuse("it is <" + std::string(reply.root().name()) + ">");
  return reply;
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

}  // namespace randomio::s3
