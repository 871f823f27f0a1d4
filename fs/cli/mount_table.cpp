#include "fs/cli/mount_table.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace randomiofs::cli {
namespace {

/// Space, tab, newline and backslash are written as three octal digits.
std::string unescaped(std::string_view text) {
  const auto octal = [](char c) { return c >= '0' && c <= '7'; };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && octal(text[i + 1]) && octal(text[i + 2]) && octal(text[i + 3])) {
      out += static_cast<char>((text[i + 1] - '0') << 6 | (text[i + 2] - '0') << 3 | (text[i + 3] - '0'));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::optional<mount_entry> parse_mountinfo(std::string_view line) {
  std::istringstream fields{std::string(line)};
  std::string id, parent, device, root, mountpoint, options, optional, type, source;
  fields >> id >> parent >> device >> root >> mountpoint >> options;
  while (fields >> optional && optional != "-") {
  }
  if (!(fields >> type >> source)) return std::nullopt;
  return mount_entry{device, unescaped(mountpoint), unescaped(type), unescaped(source)};
}

std::vector<mount_entry> mounted_now() {
  std::ifstream table("/proc/self/mountinfo");
  std::vector<mount_entry> all;
  for (std::string line; std::getline(table, line);) {
    if (auto entry = parse_mountinfo(line)) all.push_back(*std::move(entry));
  }
  return all;
}

std::optional<mount_entry> mount_at(std::string_view mountpoint) {
  auto all = mounted_now();
  const auto topmost = std::ranges::find(all.rbegin(), all.rend(), mountpoint, &mount_entry::mountpoint);
  if (topmost == all.rend()) return std::nullopt;
  return *topmost;
}

}  // namespace randomiofs::cli
