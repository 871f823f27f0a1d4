// bench.read run CASE BYTES COUNT     reads COUNT blocks one way: for cachegrind
// bench.read time BYTES COUNT ROUNDS  medians of interleaved rounds, one line a case: NAME BASELINE NANOSECONDS

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "read_case.hpp"

namespace bench {

std::uint64_t offset_of(std::size_t i, std::size_t block) noexcept {
  return (i * 37) % (data_bytes / block) * block;
}

void require_whole(bool whole) noexcept {
  if (whole) [[likely]]
    return;
  std::fputs("a read failed or was short\n", stderr);
  std::abort();
}

namespace {

std::vector<read_case> all_cases() {
  std::vector<read_case> all;
  for (const auto some : {file_cases(), uring_cases(), memory_cases()}) all.insert(all.end(), some.begin(), some.end());
  return all;
}

std::size_t number(const char* text) {
  std::size_t value = 0;
  std::from_chars(text, text + std::strlen(text), value);
  return value;
}

/// The data in a file of its own, gone with the program.
class data_file {
 public:
  data_file() {
    const int fd = ::mkstemp(path_);
    const std::vector<char> data(data_bytes, 1);
    require_whole(fd >= 0 && ::write(fd, data.data(), data.size()) == static_cast<ssize_t>(data.size()));
    ::close(fd);
  }
  ~data_file() { ::unlink(path_); }
  data_file(const data_file&) = delete;
  data_file& operator=(const data_file&) = delete;
  [[nodiscard]] const char* path() const { return path_; }

 private:
  char path_[32] = "/tmp/randomio-bench-XXXXXX";
};

double nanoseconds_of(const read_case& c, const char* file, std::span<std::byte> buffer, std::size_t count) {
  const auto start = std::chrono::steady_clock::now();
  c.run(file, buffer, count);
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  return took.count() / static_cast<double>(count);
}

void print_times(const char* file, std::span<std::byte> buffer, std::size_t count, std::size_t rounds) {
  const auto cases = all_cases();
  std::vector<std::vector<double>> times(cases.size());
  for (std::size_t round = 0; round < rounds + 1; ++round) {  // The first warms up.
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const double took = nanoseconds_of(cases[i], file, buffer, count);
      if (round > 0) times[i].push_back(took);
    }
  }
  for (std::size_t i = 0; i < cases.size(); ++i) {
    std::ranges::nth_element(times[i], times[i].begin() + static_cast<std::ptrdiff_t>(rounds / 2));
    std::printf("%s %s %.1f\n", std::string(cases[i].name).c_str(), std::string(cases[i].baseline).c_str(),
                times[i][rounds / 2]);
  }
}

}  // namespace

}  // namespace bench

int main(int argc, char** argv) {
  using namespace bench;
  if (argc != 5) return 2;
  const bool timing = std::strcmp(argv[1], "time") == 0;
  const std::size_t block = number(argv[timing ? 2 : 3]);
  // Aligned, so that every case copies between the same kinds of addresses.
  const std::unique_ptr<std::byte, void (*)(void*)> memory(
      static_cast<std::byte*>(std::aligned_alloc(4096, (block + 4095) / 4096 * 4096)), std::free);
  const std::span buffer(memory.get(), block);
  const data_file file;
  if (timing) {
    print_times(file.path(), buffer, number(argv[3]), number(argv[4]));
    return 0;
  }
  for (const auto& c : all_cases()) {
    if (c.name != argv[2]) continue;
    c.run(file.path(), buffer, number(argv[4]));
    return 0;
  }
  return 2;
}
