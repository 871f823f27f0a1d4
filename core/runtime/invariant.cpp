#include <randomio/core/runtime/invariant.hpp>

#include <cstdio>
#include <cstdlib>

namespace randomio::detail {

void broken_invariant(const char* what) noexcept {
  std::fprintf(stderr, "randomio: broken invariant: %s\n", what);
  std::abort();
}

}  // namespace randomio::detail
