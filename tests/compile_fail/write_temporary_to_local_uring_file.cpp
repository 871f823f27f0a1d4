// misuse: (deleted function|call to deleted constructor).*const_buffer
// needs: local
#include <randomio/local.hpp>
#include <vector>

auto write(randomio::local::uring_file& file) {
#ifdef MISUSE
  return file.write_at(0, std::vector<std::byte>(8)).await_resume();
#else
  static std::vector<std::byte> data(8);
  return file.write_at(0, data).await_resume();
#endif
}
