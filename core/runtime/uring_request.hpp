#pragma once

#include <cstdint>

struct io_uring_sqe;

namespace randomio {

class uring_loop;

/// One request to io_uring; it lives in whatever waits for it. `uring_operation` is the one to use; this is
/// what it is made of.
///
/// Borrows: itself, from `uring_loop::submit` until the completion without IORING_CQE_F_MORE.
class uring_request {
 public:
  struct actions {
    /// Fills the entry, all but its user_data. Runs once a submission, soon after `submit`.
    void (*prepare)(uring_request&, io_uring_sqe&) noexcept;
    /// Runs on the loop's thread for each completion; may end the request's life. `outcome` is the CQE's
    /// res: a count, or a negative errno.
    void (*complete)(uring_request&, std::int32_t outcome, std::uint32_t flags) noexcept;
    /// The loop's own standing requests may be in flight when it ends; nobody else's.
    bool standing = false;
  };
  uring_request(const uring_request&) = delete;
  uring_request& operator=(const uring_request&) = delete;

 protected:
  explicit uring_request(const actions& does) noexcept : does_(&does) {}
  ~uring_request() = default;

 private:
  friend class uring_loop;
  const actions* does_;
  uring_request* next_ = nullptr;
};

}  // namespace randomio
