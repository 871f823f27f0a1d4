#pragma once

#define FUSE_USE_VERSION 314
#include <fuse3/fuse_lowlevel.h>

#include <randomio/core/io/stop.hpp>

namespace randomiofs::fuse {

/// Turns the kernel's word that a caller was interrupted into a stop request. Lives in the handler of one
/// request, and must end before the request is answered.
///
/// Threads: the word may come on any loop.
/// Source:  FUSE_INTERRUPT.
class interruption {
 public:
  explicit interruption(fuse_req_t request) : request_(request) {
    fuse_req_interrupt_func(
        request_, [](fuse_req_t, void* self) { static_cast<interruption*>(self)->stop_.request_stop(); }, this);
  }
  interruption(const interruption&) = delete;
  interruption& operator=(const interruption&) = delete;
  ~interruption() { fuse_req_interrupt_func(request_, nullptr, nullptr); }

  [[nodiscard]] randomio::stop_token token() noexcept { return stop_.token(); }

 private:
  fuse_req_t request_;
  randomio::stop_source stop_;
};

}  // namespace randomiofs::fuse
