#include <randomio/backends/s3/credentials/ini.hpp>

#include <algorithm>
#include <optional>
#include <utility>

#include <randomio/backends/http/letter_case.hpp>
#include <randomio/backends/s3/credentials/refusal.hpp>

namespace randomio::s3 {
namespace {

constexpr bool blank(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// Up to a comment that follows a blank.
std::string_view without_comment(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] == '#' || text[i] == ';') && (i == 0 || blank(text[i - 1]))) return trimmed(text.substr(0, i));
  }
  return trimmed(text);
}

std::string_view unquoted(std::string_view name) noexcept {
  if (name.size() >= 2 && (name.front() == '"' || name.front() == '\'') && name.back() == name.front()) {
    return name.substr(1, name.size() - 2);
  }
  return name;
}

// The line as a header, its bracket included; nothing when it is malformed.
std::optional<ini_section> header(std::string_view line) {
  const auto close = line.find(']');
  if (close == std::string_view::npos || !without_comment(line.substr(close + 1)).empty()) return std::nullopt;
  const auto inside = trimmed(line.substr(1, close - 1));
  if (inside.empty()) return std::nullopt;
  const auto space = static_cast<std::size_t>(std::ranges::find_if(inside, blank) - inside.begin());
  const bool quoted = inside.front() == '"' || inside.front() == '\'';
  ini_section made;
  if (space == inside.size() || quoted) {
    made.name = unquoted(inside);
  } else {
    made.kind = inside.substr(0, space);
    made.name = unquoted(trimmed(inside.substr(space)));
  }
  return made;
}

unexpected wrong(std::size_t number, std::string_view what) {
  return refuse(errc::invalid, "line " + std::to_string(number) + ": " + std::string(what));
}

}  // namespace

result<std::vector<ini_section>> read_ini(std::string_view text) {
  std::vector<ini_section> sections;
  std::string last_key;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // A byte order mark.
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto content = trimmed(line);
    if (content.empty() || content.front() == '#' || content.front() == ';') continue;

    if (blank(line.front()) && !last_key.empty()) {
      sections.back().settings.append_line(last_key, content);
      continue;
    }
    if (content.front() == '[') {
      auto made = header(content);
      if (!made) return wrong(number, "expected a section like [profile NAME]");
      sections.push_back(std::move(*made));
      last_key.clear();
      continue;
    }
    const auto equals = content.find('=');
    const auto key = trimmed(content.substr(0, equals));
    if (equals == std::string_view::npos || key.empty()) return wrong(number, "expected KEY = VALUE");
    if (sections.empty()) return wrong(number, "a setting before the first [section]");
    last_key = http::lower_case(key);
    sections.back().settings.set(last_key, std::string(without_comment(content.substr(equals + 1))));
  }
  return sections;
}

}  // namespace randomio::s3
