#include "open_root.hpp"

namespace randomio::local {

namespace {

template <class Filesystem>
result<dyn_fs> open_erased(std::string_view directory, blocking_pool& pool) {
  auto opened = open_root<Filesystem>(directory, pool);
  if (!opened) return unexpected(std::move(opened).error());
  return dyn_fs(std::move(*opened));
}

}  // namespace

result<dyn_fs> open_root(std::string_view directory, blocking_pool& pool, loop::kind loops) {
  if (loops == loop::kind::uring) return open_erased<uring_filesystem>(directory, pool);
  return open_erased<pool_filesystem>(directory, pool);
}

}  // namespace randomio::local
