// LeakSanitizer must fail this program at its exit: nothing points to the allocation any more.
#include <cstdio>

namespace {
[[gnu::noinline]] void lose(int count) {
  volatile char* lost = new char[static_cast<unsigned>(count) * 1000];
  lost[0] = 1;
}
[[gnu::noinline]] void overwrite_stack() {
  volatile char noise[4096];
  for (unsigned i = 0; i < sizeof noise; ++i) noise[i] = 0;
}
}  // namespace

int main(int argc, char**) {
  for (int i = 0; i < 8; ++i) lose(argc);
  overwrite_stack();
  std::puts("lost");
}
