// AddressSanitizer must stop this program: it reads memory that it freed.
#include <cstdio>

int main(int argc, char**) {
  int* freed = new int{argc};
  delete freed;
  const int read = *freed;
  std::printf("nobody noticed: %d\n", read);
}
