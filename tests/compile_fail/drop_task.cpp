// misuse: a task does nothing until it is awaited or spawned.*-Werror,-Wunused-result
#include <randomio/core/runtime/task.hpp>

randomio::task<> work();

randomio::task<> caller() {
#ifdef MISUSE
  work();
#else
  co_await work();
#endif
}
