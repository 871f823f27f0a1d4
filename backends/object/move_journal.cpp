#include <randomio/backends/object/move_journal.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <randomio/backends/object/names.hpp>

namespace randomio::object {

namespace {

namespace stdfs = std::filesystem;

/// Fields end in NUL, which no key has.
constexpr std::size_t fields = 3;

bool write_whole(const std::string& file, std::string_view text) {
  const int to = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (to < 0) return false;
  bool good = true;
  while (good && !text.empty()) {
    const auto count = ::write(to, text.data(), text.size());
    good = count > 0;
    if (good) text.remove_prefix(static_cast<std::size_t>(count));
  }
  good = good && ::fsync(to) == 0;
  return ::close(to) == 0 && good;
}

void sync_directory(const std::string& directory) {
  const int at = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (at < 0) return;
  static_cast<void>(::fsync(at));
  static_cast<void>(::close(at));
}

bool is_running(std::string_view pid) {
  std::error_code problem;
  return stdfs::exists("/proc/" + std::string(pid), problem);
}

}  // namespace

move_journal::move_journal(std::string directory, std::string_view store)
    : directory_(std::move(directory)), prefix_("rename-"), store_(store) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, number_of(store), 16).ptr;
  prefix_.append(digits, end) += '-';
}

std::string move_journal::begin(std::string_view from, std::string_view to) const {
  if (directory_.empty()) return {};
  static std::atomic<unsigned> number{0};
  std::error_code problem;
  stdfs::create_directories(directory_, problem);
  auto file = directory_ + '/' + prefix_ + std::to_string(::getpid()) + '-' + std::to_string(number++);
  std::string text;
  for (const auto field : {std::string_view(store_), from, to}) text.append(field) += '\0';
  if (!write_whole(file, text)) {
    static_cast<void>(::unlink(file.c_str()));
    return {};
  }
  sync_directory(directory_);
  return file;
}

void move_journal::end(const std::string& file) noexcept {
  if (!file.empty()) static_cast<void>(::unlink(file.c_str()));
}

std::vector<move_journal::move> move_journal::left_over() const {
  std::vector<move> found;
  if (directory_.empty()) return found;
  std::error_code problem;
  for (stdfs::directory_iterator at(directory_, problem), end; !problem && at != end; at.increment(problem)) {
    const auto name = at->path().filename().string();
    if (!name.starts_with(prefix_)) continue;
    const auto pid = std::string_view(name).substr(prefix_.size());
    if (is_running(pid.substr(0, pid.find('-')))) continue;
    std::ifstream file(at->path(), std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    std::vector<std::string> parts;
    for (std::size_t start = 0; start < text.size();) {
      const auto stop = text.find('\0', start);
      if (stop == std::string::npos) break;  // A record that was not written to its end: nothing was begun.
      parts.push_back(text.substr(start, stop - start));
      start = stop + 1;
    }
    if (parts.size() == fields && parts[0] == store_) {
      found.push_back({std::move(parts[1]), std::move(parts[2]), at->path().string()});
    }
  }
  return found;
}

}  // namespace randomio::object
