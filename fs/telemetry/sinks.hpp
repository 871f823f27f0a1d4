#pragma once

#include <functional>
#include <memory>
#include <string>

#include <spdlog/sinks/sink.h>

/// Where log lines end up. Each runs on the log's thread only.
namespace randomiofs::log {

/// Lines with a UTC time, `2026-01-31T12:00:00.123Z info MESSAGE`, to a descriptor that it owns when `owned`.
[[nodiscard]] std::shared_ptr<spdlog::sinks::sink> text_sink(int fd, bool owned);
/// Journal entries with a field for each field of the message.
[[nodiscard]] std::shared_ptr<spdlog::sinks::sink> journal_sink();
[[nodiscard]] std::shared_ptr<spdlog::sinks::sink> syslog_sink();

/// False when this build has no libsystemd.
[[nodiscard]] bool has_journal() noexcept;

}  // namespace randomiofs::log
