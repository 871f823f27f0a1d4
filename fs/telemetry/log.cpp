#include "fs/telemetry/log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <utility>

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/logger.h>

#include "fs/telemetry/record.hpp"
#include "fs/telemetry/sinks.hpp"

namespace randomiofs::log {
namespace {

constexpr std::size_t queued_lines_max = 8192;

spdlog::level::level_enum as_spdlog(level what) noexcept {
  switch (what) {
    case level::trace: return spdlog::level::trace;
    case level::debug: return spdlog::level::debug;
    case level::info: return spdlog::level::info;
    case level::warning: return spdlog::level::warn;
    case level::error: return spdlog::level::err;
    case level::off: return spdlog::level::off;
  }
  return spdlog::level::off;
}

/// The queue and its thread before the logger: the logger holds the queue weakly.
struct running {
  std::shared_ptr<spdlog::details::thread_pool> queue;
  std::shared_ptr<spdlog::logger> logger;
};

running before_start() {
  auto logger = std::make_shared<spdlog::logger>("", text_sink(STDERR_FILENO, false));
  logger->set_level(spdlog::level::warn);
  return {.queue = nullptr, .logger = std::move(logger)};
}

running& state() {
  static running the_one = before_start();
  return the_one;
}

/// Is standard error the journal's own stream? Source: systemd.exec(5), $JOURNAL_STREAM.
bool connected_to_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status{};
  if (stream == nullptr || ::fstat(STDERR_FILENO, &status) != 0) return false;
  return std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino) == stream;
}

randomio::result<std::shared_ptr<spdlog::sinks::sink>> sink_for(const options& how) {
  switch (how.to) {
    case destination::standard_error: return text_sink(STDERR_FILENO, false);
    case destination::journal: return journal_sink();
    case destination::syslog: return syslog_sink();
    case destination::file: break;
  }
  const int fd = ::open(how.file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
  if (fd >= 0) return text_sink(fd, true);
  const auto parent = std::filesystem::path(how.file).parent_path();
  std::error_code ignored;
  const bool there = std::filesystem::is_directory(parent, ignored);
  return randomio::unexpected(
      randomio::error(there ? randomio::errc::permission_denied : randomio::errc::not_found, randomio::operation::open)
          .with_key(how.file)
          .with_message(there ? "the log file cannot be opened for writing"
                              : "the log file's directory does not exist"));
}

}  // namespace

destination usual_destination(bool in_background) {
  if (connected_to_journal() && has_journal()) return destination::journal;
  if (!in_background) return destination::standard_error;
  std::error_code ignored;
  const bool journal_runs = std::filesystem::exists("/run/systemd/journal/socket", ignored);
  return journal_runs && has_journal() ? destination::journal : destination::syslog;
}

randomio::result<void> start(const options& how) {
  auto sink = sink_for(how);
  if (!sink) return randomio::unexpected(std::move(sink).error());
  auto queue = std::make_shared<spdlog::details::thread_pool>(queued_lines_max, 1);
  auto logger = std::make_shared<spdlog::async_logger>("", *std::move(sink), queue,
                                                       spdlog::async_overflow_policy::overrun_oldest);
  logger->set_level(as_spdlog(how.least));
  state() = {.queue = std::move(queue), .logger = std::move(logger)};
  return {};
}

void stop() {
  running ending = std::exchange(state(), before_start());
  if (ending.queue == nullptr) return;
  const auto dropped = ending.queue->overrun_counter();
  ending.queue.reset();  // Writes what is queued, then joins the thread: the sinks are ours alone now.
  if (dropped == 0) return;
  const auto packed = pack("log lines were dropped: the log's queue was full", {{"count", dropped}});
  spdlog::logger direct("", ending.logger->sinks().begin(), ending.logger->sinks().end());
  direct.log(spdlog::level::warn, spdlog::string_view_t(packed.data(), packed.size()));
}

bool enabled(level what) noexcept {
  return state().logger->should_log(as_spdlog(what));
}

void write(level what, std::string_view message, std::initializer_list<field> fields) {
  if (!enabled(what)) return;
  const auto packed = pack(message, fields);
  state().logger->log(as_spdlog(what), spdlog::string_view_t(packed.data(), packed.size()));
}

}  // namespace randomiofs::log
