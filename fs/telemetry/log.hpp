#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include <randomio/core/io/error.hpp>

#include "fs/telemetry/level.hpp"

/// The log: what happened, for an operator. One message is a constant text plus fields, `mounted source=data
/// mountpoint=/mnt`; in the journal each field is a journal field (SOURCE=data), so that it can be searched.
///
/// Writing never waits for a disk or a terminal: a queue of bounded length takes the line and a thread of the
/// log writes it. When the queue is full the oldest line is dropped; the count of dropped lines is logged.
///
/// Threads: `write` and its shorthands from any thread; `start` and `stop` while no other thread logs.
namespace randomiofs::log {

/// One fact of a message. Borrows its texts until the call returns.
class field {
 public:
  field(std::string_view key, std::string_view value) : key_(key), value_(value) {}
  field(std::string_view key, const char* value) : key_(key), value_(std::string_view(value)) {}
  field(std::string_view key, const std::string& value) : key_(key), value_(std::string_view(value)) {}
  template <std::integral Number>
  field(std::string_view key, Number value) : key_(key) {
    if constexpr (std::signed_integral<Number>) {
      value_ = static_cast<std::int64_t>(value);
    } else {
      value_ = static_cast<std::uint64_t>(value);
    }
  }

  [[nodiscard]] std::string_view key() const noexcept { return key_; }
  [[nodiscard]] std::string text() const;

 private:
  std::string_view key_;
  std::variant<std::string_view, std::int64_t, std::uint64_t> value_;
};

enum class destination : std::uint8_t { standard_error, file, journal, syslog };

struct options {
  level least = level::info;
  destination to = destination::standard_error;
  std::string file;  ///< With destination::file: appended to.
};

/// Where a process logs when nothing else is said: the journal when standard error is connected to it or when
/// nobody watches (`in_background`), else the terminal.
[[nodiscard]] destination usual_destination(bool in_background);

/// Starts the log's thread, so call it after fork(2). Until then lines go to standard error at once, from
/// `warning` up.
///
/// Errors: permission_denied, not_found: the file, as key.
[[nodiscard]] randomio::result<void> start(const options& how);
/// Writes what is queued and ends the thread.
void stop();

[[nodiscard]] bool enabled(level what) noexcept;
void write(level what, std::string_view message, std::initializer_list<field> fields = {});

inline void trace(std::string_view message, std::initializer_list<field> fields = {}) {
  write(level::trace, message, fields);
}
inline void debug(std::string_view message, std::initializer_list<field> fields = {}) {
  write(level::debug, message, fields);
}
inline void info(std::string_view message, std::initializer_list<field> fields = {}) {
  write(level::info, message, fields);
}
inline void warning(std::string_view message, std::initializer_list<field> fields = {}) {
  write(level::warning, message, fields);
}
inline void error(std::string_view message, std::initializer_list<field> fields = {}) {
  write(level::error, message, fields);
}

}  // namespace randomiofs::log
