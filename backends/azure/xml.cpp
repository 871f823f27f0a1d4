#include <randomio/backends/azure/xml.hpp>

#include <algorithm>
#include <charconv>

namespace randomio::azure {
namespace {

// The largest replies are listings of 5,000 blobs with metadata, and lists of 100,000 blocks.
constexpr std::size_t bytes_max = std::size_t{64} << 20;
constexpr std::ptrdiff_t tags_max = 1'000'000;

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
        error(errc::corrupt).with_message("the reply is no <" + std::string(root) + ">: " + std::string(why)));
  };
  if (text.size() > bytes_max || std::ranges::count(text, '<') > tags_max) return refuse("too large");
  xml_reply reply;
  // Values keep their blanks: names may start and end with them.
  constexpr unsigned options = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_ws_pcdata_single;
  const auto parsed = reply.document_->load_buffer(text.data(), text.size(), options, pugi::encoding_utf8);
  if (!parsed) return refuse(parsed.description());
  if (reply.root().name() != root) return refuse("it is <" + std::string(reply.root().name()) + ">");
  return reply;
}

void append_element(std::string& to, std::string_view name, std::string_view text) {
  to.append("<").append(name).append(">");
  for (const char c : text) {
    switch (c) {
      case '&': to += "&amp;"; break;
      case '<': to += "&lt;"; break;
      case '>': to += "&gt;"; break;
      case '"': to += "&quot;"; break;
      case '\r': to += "&#13;"; break;  // A parser would read it as a newline.
      default: to += c;
    }
  }
  to.append("</").append(name).append(">");
}

}  // namespace randomio::azure
