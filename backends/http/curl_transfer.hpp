#pragma once

#include <coroutine>
#include <memory>
#include <optional>
#include <string_view>

#include <randomio/backends/http/client.hpp>
#include <randomio/backends/http/curl_error.hpp>
#include <randomio/backends/http/curl_handle.hpp>
#include <randomio/core/runtime/stop_relay.hpp>

namespace randomio::http {

class curl_driver;

/// One request on its way through a driver. Lives in the frame that awaits it, which resumes on its loop.
class [[nodiscard]] curl_transfer final : private stop_relay, private curl_sink {
 public:
  /// `host`: scheme and authority of the URL, by which connections are counted.
  curl_transfer(curl_driver& driver, const request& what, std::string_view host) noexcept
      : stop_relay(what.stop, &curl_transfer::woken), driver_(driver), what_(what), host_(host) {}

  [[nodiscard]] bool await_ready() noexcept;
  void await_suspend(std::coroutine_handle<> h) noexcept;
  [[nodiscard]] result<reply> await_resume() noexcept;

 private:
  friend class curl_driver;

  /// Ends it; the awaiting coroutine resumes later in this turn or in the next one.
  void finish(CURLcode code) noexcept;
  void fail_with(error why) noexcept;
  void over() noexcept;
  static void woken(loop_work& self) noexcept;
  [[nodiscard]] curl_progress how_far() const noexcept {
    return {.sent = sent_, .repeatable = what_.again == repeatable::always, .status = reply_.status};
  }

  bool about_to_send() noexcept override;
  std::size_t read_body(std::span<char> out) noexcept override;
  bool rewind_body(std::uint64_t offset) noexcept override;
  bool take_line(std::string_view line) noexcept override;
  bool take_body(std::string_view bytes) noexcept override;
  bool collect(std::string_view bytes);

  curl_driver& driver_;
  const request& what_;
  const std::string_view host_;
  std::coroutine_handle<> waiting_;
  std::unique_ptr<curl_handle> handle_;  // None while it waits for its turn.
  curl_transfer* next_ = nullptr;        // In the driver's queue.
  reply reply_;
  std::optional<error> failure_;
  std::size_t piece_ = 0;     // The next byte of the body is in this piece,
  std::size_t in_piece_ = 0;  // at this offset.
  bool sent_ = false;
  bool over_ = false;
};

}  // namespace randomio::http
