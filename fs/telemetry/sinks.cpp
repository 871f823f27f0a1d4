#include "fs/telemetry/sinks.hpp"

#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <chrono>
#include <ctime>
#include <mutex>
#include <vector>

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include "fs/telemetry/record.hpp"

#if RANDOMIOFS_SYSTEMD
#define SD_JOURNAL_SUPPRESS_LOCATION  // It would be the one below, of every message.
#include <systemd/sd-journal.h>
#endif

namespace randomiofs::log {
namespace {

using single_thread_sink = spdlog::sinks::base_sink<spdlog::details::null_mutex>;

std::string_view payload_of(const spdlog::details::log_msg& entry) {
  return {entry.payload.data(), entry.payload.size()};
}

std::string_view word_for(spdlog::level::level_enum what) {
  constexpr std::array<std::string_view, 7> words{"trace", "debug", "info", "warning", "error", "critical", "off"};
  return words.at(what);
}

/// Source: syslog(3), the levels.
int priority_of(spdlog::level::level_enum what) {
  constexpr std::array<int, 7> priorities{LOG_DEBUG, LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERR, LOG_CRIT, LOG_CRIT};
  return priorities.at(what);
}

/// RFC 3339, milliseconds.
std::string utc_time(std::chrono::system_clock::time_point when) {
  using namespace std::chrono;
  const std::time_t seconds = system_clock::to_time_t(when);
  const auto ms = duration_cast<milliseconds>(when.time_since_epoch()).count() % 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::string out(text.data(), size);
  const auto digits = std::to_string(ms);
  return out.append(".").append(3 - digits.size(), '0').append(digits).append("Z");
}

class text_writer final : public single_thread_sink {
 public:
  text_writer(int fd, bool owned) : fd_(fd), owned_(owned) {}
  text_writer(const text_writer&) = delete;
  text_writer& operator=(const text_writer&) = delete;
  ~text_writer() override {
    if (owned_) ::close(fd_);
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& entry) override {
    std::string line = utc_time(entry.time);
    line.append(" ").append(word_for(entry.level)).append(" ");
    line.append(record::unpack(payload_of(entry)).line()).append("\n");
    // One write for one line keeps lines of several processes apart; a log that cannot be written is no reason to stop.
    [[maybe_unused]] const auto written = ::write(fd_, line.data(), line.size());
  }
  void flush_() override {}

 private:
  const int fd_;
  const bool owned_;
};

class syslog_writer final : public single_thread_sink {
 public:
  syslog_writer() { ::openlog("randomiofs", LOG_PID, LOG_DAEMON); }
  syslog_writer(const syslog_writer&) = delete;
  syslog_writer& operator=(const syslog_writer&) = delete;
  ~syslog_writer() override { ::closelog(); }

 protected:
  void sink_it_(const spdlog::details::log_msg& entry) override {
    ::syslog(priority_of(entry.level), "%s", record::unpack(payload_of(entry)).line().c_str());
  }
  void flush_() override {}
};

#if RANDOMIOFS_SYSTEMD
/// A journal field's name has capitals, digits and underscores only. Source: systemd.journal-fields(7).
std::string journal_name(std::string_view key) {
  std::string name;
  for (const unsigned char c : key) name += std::isalnum(c) ? static_cast<char>(std::toupper(c)) : '_';
  return name;
}

class journal_writer final : public single_thread_sink {
 protected:
  void sink_it_(const spdlog::details::log_msg& entry) override {
    const auto parts = record::unpack(payload_of(entry));
    std::vector<std::string> fields{"MESSAGE=" + parts.line(), "PRIORITY=" + std::to_string(priority_of(entry.level)),
                                    "SYSLOG_IDENTIFIER=randomiofs"};
    for (const auto& [key, value] : parts.fields) fields.push_back(journal_name(key).append("=").append(value));
    std::vector<iovec> vectors;
    for (auto& each : fields) vectors.push_back({.iov_base = each.data(), .iov_len = each.size()});
    ::sd_journal_sendv(vectors.data(), static_cast<int>(vectors.size()));
  }
  void flush_() override {}
};
#endif

}  // namespace

std::shared_ptr<spdlog::sinks::sink> text_sink(int fd, bool owned) {
  return std::make_shared<text_writer>(fd, owned);
}
std::shared_ptr<spdlog::sinks::sink> syslog_sink() {
  return std::make_shared<syslog_writer>();
}

#if RANDOMIOFS_SYSTEMD
std::shared_ptr<spdlog::sinks::sink> journal_sink() {
  return std::make_shared<journal_writer>();
}
bool has_journal() noexcept {
  return true;
}
#else
std::shared_ptr<spdlog::sinks::sink> journal_sink() {
  return syslog_sink();
}
bool has_journal() noexcept {
  return false;
}
#endif

}  // namespace randomiofs::log
