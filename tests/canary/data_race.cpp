// ThreadSanitizer must report this program: two threads add to one plain integer.
#include <cstdio>
#include <thread>

int main() {
  int shared = 0;
  const auto add = [](int* to) {
    for (int i = 0; i < 10000; ++i) ++*to;
  };
  std::thread other(add, &shared);
  add(&shared);
  other.join();
  std::printf("%d\n", shared);
}
