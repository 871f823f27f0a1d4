#pragma once

#include <cstddef>
#include <cstdint>

namespace randomiofs::fuse {

class interruption;
class pending_requests;

/// What a request's header says of it. Source: linux/fuse.h, fuse_in_header.
struct request_header {
  std::uint64_t unique = 0;
  std::uint32_t opcode = 0;
  std::uint64_t number = 0;  ///< Of the inode that it is about, as the kernel knows it.
  std::int32_t thread = 0;   ///< Of the caller; 0: not known, for instance because it is in another namespace.
};

/// One request of the kernel's, from the moment it was read until its handler ends: a link in its loop's list.
///
/// Threads: the loop's.
class pending_request {
 public:
  pending_request(pending_requests& among, request_header what) noexcept;
  /// Takes the other one's place.
  pending_request(pending_request&& other) noexcept;
  ~pending_request() { unlink(); }

  const request_header header;
  interruption* ends_by = nullptr;  ///< What ends it when its caller dies; null: nothing does, or it is answered.
  bool is_interrupted = false;      ///< The kernel said so, and will not say it again.

 private:
  friend class pending_requests;
  explicit pending_request(pending_request* self) noexcept : next_(self), previous_(self) {}
  void link_after(pending_request& place) noexcept;
  void unlink() noexcept;

  pending_request* next_;
  pending_request* previous_;
};

/// The requests of one loop, in the order of their arrival.
///
/// Threads: the loop's.
class pending_requests {
 public:
  pending_requests() = default;
  pending_requests(const pending_requests&) = delete;
  pending_requests& operator=(const pending_requests&) = delete;

  /// Calls `visit(request)` for each. It may answer requests, not end their handlers.
  template <class Visit>
  void for_each(Visit visit) {
    for (auto* one = ends_.next_; one != &ends_; one = one->next_) visit(*one);
  }

  std::size_t given_up = 0;  ///< Those that were answered while their operation went on.

 private:
  friend class pending_request;
  pending_request ends_{&ends_};
};

inline pending_request::pending_request(pending_requests& among, request_header what) noexcept : header(what) {
  link_after(*among.ends_.previous_);
}

inline pending_request::pending_request(pending_request&& other) noexcept
    : header(other.header), ends_by(other.ends_by), is_interrupted(other.is_interrupted) {
  link_after(other);
  other.unlink();
}

inline void pending_request::link_after(pending_request& place) noexcept {
  previous_ = &place;
  next_ = place.next_;
  next_->previous_ = this;
  place.next_ = this;
}

inline void pending_request::unlink() noexcept {
  next_->previous_ = previous_;
  previous_->next_ = next_;
  next_ = previous_ = this;
}

}  // namespace randomiofs::fuse
