#include <randomio/core/runtime/epoll_loop.hpp>
#include <randomio/core/runtime/loop.hpp>
#include <randomio/core/runtime/uring_loop.hpp>

namespace randomio {

result<std::unique_ptr<loop>> make_loop(loop::kind kind) {
  switch (kind) {
    case loop::kind::uring: return uring_loop::make();
    case loop::kind::epoll: return epoll_loop::make();
  }
  return fail(errc::invalid, operation::configure);
}

}  // namespace randomio
