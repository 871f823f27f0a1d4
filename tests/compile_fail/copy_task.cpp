// misuse: call to (implicitly-)?deleted (copy )?constructor of 'randomio::task
#include <randomio/core/runtime/task.hpp>
#include <utility>

randomio::task<> twice(randomio::task<> work) {
#ifdef MISUSE
  auto other = work;
#else
  auto other = std::move(work);
#endif
  co_await other;
}
