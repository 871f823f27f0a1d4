// UndefinedBehaviorSanitizer must stop this program: a signed sum leaves its type.
#include <cstdio>
#include <limits>

int main(int argc, char**) {
  volatile int largest = std::numeric_limits<int>::max();
  const int sum = largest + argc;
  std::printf("nobody noticed: %d\n", sum);
}
