#include <randomio/backends/object/upload_journal.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <string_view>
#include <utility>

namespace randomio::object {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

/// Keys hold any bytes, a line none that end it.
std::string hex(std::string_view text) {
  std::string out;
  for (const auto c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  return out;
}

std::string unhex(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    out += static_cast<char>((digits.find(text[i]) << 4U) | digits.find(text[i + 1]));
  }
  return out;
}

}  // namespace

result<std::unique_ptr<upload_journal>> upload_journal::open(const std::string& path, blocking_pool& pool) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return unexpected(error(errc::io_failure, operation::open).with_key(path));
  std::unique_ptr<upload_journal> made(new upload_journal(fd, pool));
  if (auto loaded = made->load(); !loaded) return unexpected(std::move(loaded).error().with_key(path));
  return made;
}

upload_journal::~upload_journal() {
  ::close(fd_);
}

result<void> upload_journal::load() {
  std::string text;
  char buffer[4096];
  for (off_t at = 0;;) {
    const auto count = ::pread(fd_, buffer, sizeof buffer, at);
    if (count < 0) return fail(errc::io_failure, operation::read);
    if (count == 0) break;
    text.append(buffer, static_cast<std::size_t>(count));
    at += count;
  }
  // Lines `+KEY ID` and `-ID`, in hexadecimal. A torn last line belongs to an upload without parts, or to an end.
  std::string_view rest(text);
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    const auto space = line.find(' ');
    if (line.starts_with('+') && space != std::string_view::npos) {
      open_[unhex(line.substr(space + 1))] = unhex(line.substr(1, space - 1));
    } else if (line.starts_with('-')) {
      open_.erase(unhex(line.substr(1)));
    }
  }
  for (const auto& [id, key] : open_) left_behind_.push_back({.key = key, .id = id});
  // What is still open is written anew, so that the file does not grow from start to start.
  if (::ftruncate(fd_, 0) != 0) return fail(errc::io_failure, operation::write);
  for (const auto& [id, key] : open_) {
    if (auto kept = add_line("+" + hex(key) + " " + hex(id) + "\n", false); !kept) return kept;
  }
  return ::fsync(fd_) == 0 ? result<void>{} : fail(errc::io_failure, operation::sync);
}

result<void> upload_journal::add_line(const std::string& line, bool durable) {
  const auto written = ::write(fd_, line.data(), line.size());
  if (written != static_cast<ssize_t>(line.size())) {
    // Half a line would spoil the next one.
    const auto end = ::lseek(fd_, 0, SEEK_END);
    if (written > 0) static_cast<void>(::ftruncate(fd_, end - written));
    return fail(errc::no_space, operation::write);
  }
  if (durable && ::fdatasync(fd_) != 0) return fail(errc::io_failure, operation::sync);
  return {};
}

task<result<void>> upload_journal::begin(const upload& what) {
  const auto inside = co_await writing_.lock();
  open_[what.id] = what.key;
  const auto line = "+" + hex(what.key) + " " + hex(what.id) + "\n";
  co_return co_await pool_.run([this, &line] { return add_line(line, true); });
}

task<void> upload_journal::end(const upload& what) {
  const auto inside = co_await writing_.lock();
  open_.erase(what.id);
  // Not durable: an upload that is gone is aborted once more, which is no error. With none open, the file starts anew.
  const auto line = "-" + hex(what.id) + "\n";
  const bool is_last = open_.empty();
  co_await pool_.run(
      [this, &line, is_last] { return is_last && ::ftruncate(fd_, 0) == 0 ? result<void>{} : add_line(line, false); });
}

task<result<std::size_t>> upload_journal::recover(store& from) {
  std::size_t count = 0;
  for (const auto& one : std::exchange(left_behind_, {})) {
    auto aborted = co_await from.abort(one);
    if (!aborted) co_return unexpected(std::move(aborted).error());
    co_await end(one);
    ++count;
  }
  co_return count;
}

}  // namespace randomio::object
