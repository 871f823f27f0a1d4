#include <randomio/backends/object/kept_edit.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <span>
#include <vector>

#include <randomio/backends/object/segment.hpp>

namespace randomio::object {

namespace {

bool save(const std::string& path, std::span<const std::byte> data) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  const bool is_saved = ::write(fd, data.data(), data.size()) == static_cast<ssize_t>(data.size()) && ::fsync(fd) == 0;
  return ::close(fd) == 0 && is_saved;
}

unexpected cannot(std::string_view why) {
  return unexpected(error(errc::no_space, operation::write).with_message(why));
}

constexpr std::string_view key_word = "key ";

std::string escaped(std::string_view key) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f && c != '%') {
      out += c;
    } else {
      out += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
  }
  return out;
}

std::string line_of(const extent& one) {
  const auto place = std::to_string(one.at.start()) + " " + std::to_string(one.at.len());
  switch (one.what) {
    case extent::kind::bytes: return "bytes " + place + "\n";
    case extent::kind::hole: return "hole " + place + "\n";
    case extent::kind::remote:
      return "copy " + place + " " + std::to_string(one.from) + " " + escaped(one.of->object.key) + "\n";
    case extent::kind::sent: return "lost " + place + "\n";
    case extent::kind::base: break;
  }
  return {};
}

}  // namespace

task<result<std::uint64_t>> keep_edit(editing& with, const staging& staged, kept_edit what, std::string path) {
  if (with.spill.directory().empty()) co_return cannot("there is no state_dir to keep it in");
  auto manifest = std::string(key_word) + escaped(what.key) + "\nbase " +
                  (what.base ? what.base->current.tag : std::string("none")) + "\nsize " +
                  std::to_string(what.list.size()) + "\n";
  const auto data = path + ".data";
  std::uint64_t lost = 0;
  for (const auto& one : what.list.all()) {
    manifest += line_of(one);
    if (one.what == extent::kind::sent) lost += one.at.len();
    if (one.what != extent::kind::bytes) continue;
    for (auto at = one.at.start(); at < one.at.end();) {
      const auto len = std::min<std::uint64_t>(one.at.end() - at, with.chunk_bytes);
      std::vector<std::byte> bytes(len);
      auto read = co_await fill(with, segments_of(what.list.within(*range::from_len(at, len)), staged, nullptr), bytes);
      if (!read) co_return unexpected(std::move(read).error());
      if (!co_await with.pool.run([&] { return save(data, bytes); })) co_return cannot("cannot write " + data);
      at += len;
    }
  }
  const auto text = std::as_bytes(std::span(manifest));
  if (!co_await with.pool.run([&] { return save(path + ".manifest", text); })) {
    co_return cannot("cannot write " + path + ".manifest");
  }
  co_return lost;
}

std::string kept_key(std::istream& manifest) {
  std::string line;
  std::getline(manifest, line);
  if (!line.starts_with(key_word)) return {};
  std::string key;
  for (std::size_t at = key_word.size(); at < line.size(); ++at) {
    unsigned char byte = 0;
    const auto* code = line.data() + at + 1;
    if (line[at] == '%' && at + 2 < line.size() && std::from_chars(code, code + 2, byte, 16).ptr == code + 2) {
      key += static_cast<char>(byte);
      at += 2;
    } else {
      key += line[at];
    }
  }
  return key;
}

}  // namespace randomio::object
