#pragma once

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <randomio/backends/http/curl_client.hpp>
#include <randomio/backends/http/curl_handle.hpp>
#include <randomio/core/runtime/loop.hpp>

namespace randomio::http {

class curl_transfer;

/// The connections and transfers of one client on one loop. curl's sockets are in an epoll set of the driver's own,
/// because it wants to know when they are writable too, level-triggered; the loop watches that set. Watch and timer
/// exist only while transfers are in flight.
///
/// Threads: the loop's; when nothing is in flight, any one.
/// Source:  curl_multi_socket_action(3).
class curl_driver final : private fd_watch, private timer {
 public:
  /// Errors: too_many_open, out_of_memory.
  static result<std::unique_ptr<curl_driver>> make(loop& home, const curl_options& options);
  ~curl_driver();

  [[nodiscard]] loop& home() const noexcept { return home_; }
  /// Begins the transfer, or queues it when there are too many.
  void submit(curl_transfer& transfer) noexcept;
  /// Takes a transfer out that is not over yet, and has nothing more to do with it.
  void abandon(curl_transfer& transfer) noexcept;

 private:
  curl_driver(loop& home, const curl_options& options, int epoll) noexcept;
  bool open() noexcept;

  [[nodiscard]] bool has_room(std::string_view host) const noexcept;
  void count(std::string_view host);
  void begin(curl_transfer& transfer) noexcept;
  result<void> try_begin(curl_transfer& transfer);
  void begin_queued() noexcept;
  void leave(curl_transfer& transfer) noexcept;

  void drain() noexcept;
  void expired() noexcept;
  void take_finished() noexcept;
  void arm_timer() noexcept;

  static int on_socket(CURL* easy, curl_socket_t fd, int wanted, void* self, void* known);
  static int on_timer(CURLM* multi, long timeout_ms, void* self);

  loop& home_;
  const curl_options& options_;
  const int epoll_;
  CURLM* multi_ = nullptr;
  CURLSH* share_ = nullptr;  // TLS sessions, which curl otherwise keeps for each handle by itself.
  std::vector<std::unique_ptr<curl_handle>> idle_handles_;
  std::vector<std::pair<std::string, unsigned>> hosts_;  // Those with requests in flight, and how many.
  unsigned in_flight_ = 0;
  curl_transfer* queue_first_ = nullptr;
  curl_transfer* queue_last_ = nullptr;
  std::optional<timer::clock::time_point> curl_deadline_;
  bool undrained_ = false;
};

}  // namespace randomio::http
