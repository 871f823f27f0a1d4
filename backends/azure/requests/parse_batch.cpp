#include <algorithm>

#include <randomio/backends/azure/requests/batch.hpp>
#include <randomio/backends/http/content_range.hpp>

namespace randomio::azure {
namespace {

unexpected refuse(std::string_view why) {
  return unexpected(error(errc::corrupt).with_message(why));
}

// Takes a line, which ends in CRLF or, from some servers, in LF.
std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

http::fields take_fields(std::string_view& text) {
  http::fields out;
  while (!text.empty()) {
    const auto line = take_line(text);
    if (line.empty()) break;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    auto value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    while (value.ends_with(' ')) value.remove_suffix(1);
    out.add(line.substr(0, colon), value);
  }
  return out;
}

std::string boundary_of(std::string_view content_type) {
  constexpr std::string_view name = "boundary=";
  const auto at = content_type.find(name);
  if (at == std::string_view::npos) return {};
  auto value = content_type.substr(at + name.size());
  value = value.substr(0, value.find(';'));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  return std::string(value);
}

struct numbered_reply {
  std::optional<std::uint64_t> number;
  http::reply reply;
};

result<numbered_reply> read_part(std::string_view part) {
  const auto outer = take_fields(part);
  numbered_reply out;
  if (const auto id = outer.find("Content-ID")) out.number = http::parse_decimal(*id);
  const auto status_line = take_line(part);  // HTTP/1.1 202 Accepted
  const auto space = status_line.find(' ');
  if (!status_line.starts_with("HTTP/") || space == std::string_view::npos) return refuse("a part is no reply");
  const auto status = http::parse_decimal(status_line.substr(space + 1, 3));
  if (!status || *status < 100 || *status > 599) return refuse("a reply in the batch has no status");
  out.reply.status = static_cast<int>(*status);
  out.reply.headers = take_fields(part);
  while (part.ends_with('\n') || part.ends_with('\r')) part.remove_suffix(1);
  out.reply.body = part;
  return out;
}

}  // namespace

result<std::vector<http::reply>> parse_batch(std::string_view content_type, std::string_view body, std::size_t count) {
  const auto boundary = boundary_of(content_type);
  if (boundary.empty()) return refuse("the reply to the batch has no boundary");
  const auto between = "--" + boundary;
  std::vector<http::reply> out(count);
  std::vector<bool> seen(count);
  auto at = body.find(between);
  bool ended = false;
  while (at != std::string_view::npos && !ended) {
    body.remove_prefix(at + between.size());
    ended = body.starts_with("--");
    if (ended) break;
    take_line(body);
    at = body.find(between);
    auto one = read_part(body.substr(0, at));
    if (!one) return unexpected(std::move(one).error());
    // A failure of the whole batch comes as one part without a number.
    if (!one->number && count != 1 && one->reply.status / 100 != 2)
      return refuse("the whole batch failed: " + one->reply.body);
    const auto number = one->number.value_or(0);
    if (number >= count || seen[number]) return refuse("a reply in the batch is to nothing that was asked");
    seen[number] = true;
    out[number] = std::move(one->reply);
  }
  if (std::ranges::find(seen, false) != seen.end()) return refuse("the batch was not answered in full");
  return out;
}

}  // namespace randomio::azure
