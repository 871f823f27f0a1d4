#pragma once

#include <randomio/core/io/stop.hpp>

namespace randomio {

/// Asks to stop when either of two does.
class either_stop {
 public:
  either_stop(stop_token a, stop_token b) noexcept : first_(a, relay{&source_}), second_(b, relay{&source_}) {}

  [[nodiscard]] stop_token token() noexcept { return source_.token(); }

 private:
  struct relay {
    stop_source* to;
    void operator()() const noexcept { to->request_stop(); }
  };

  stop_source source_;
  stop_callback<relay> first_, second_;
};

}  // namespace randomio
