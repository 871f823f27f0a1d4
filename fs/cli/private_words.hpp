#pragma once

#include <span>

namespace randomiofs::cli {

/// Overwrites the secrets among the words of a command line (`-o secret_access_key=…`) with stars, where they are, so
/// that ps(1) and /proc/PID/cmdline do not show them any longer than it takes to get here. Before that they can be
/// seen: a secret belongs into `env:`, `file:` or `credential:`, which are left as they are.
///
/// Source: proc(5), /proc/PID/cmdline.
void hide_secrets(std::span<char*> words) noexcept;

/// Keeps what this process holds, its variables above all, out of core dumps, and from other processes of the same
/// user. Source: prctl(2), PR_SET_DUMPABLE.
void forbid_core_dumps() noexcept;

}  // namespace randomiofs::cli
