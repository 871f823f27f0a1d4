#pragma once

#include <sys/uio.h>

#include <randomio/core/io/error.hpp>

struct fuse_session;
struct fuse_conn_info;

namespace randomiofs::fuse {

/// What the kernel agreed to, beyond what every supported kernel does.
struct agreement {
  bool maps_direct_io = false;  ///< Files that are open for direct I/O can be mapped shared.
  /// Set-id bits are ours to clear when a file changes hands or content. The kernel then need not ask before each
  /// write whether the file has capabilities, which only an answer of ours would tell it.
  bool clears_set_id = false;
};

/// What we ask for: libfuse's `init` callback.
void negotiate(void*, ::fuse_conn_info* connection);

/// Answers the kernel's first request, which fixes what both sides can do.
///
/// Errors: timed_out, io_failure, with the reason as message.
[[nodiscard]] randomio::result<agreement> shake_hands(::fuse_session* codec);

/// Adds to a reply, when this thread is shaking hands, what libfuse 3.14 cannot say. Returns: what to write instead.
/// Borrows: `parts`; the result is good until the next call.
[[nodiscard]] const iovec* completed(const iovec* parts, int count) noexcept;

}  // namespace randomiofs::fuse
