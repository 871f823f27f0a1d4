#include <randomio/backends/s3/credentials/text_file.hpp>

#include <filesystem>
#include <fstream>
#include <utility>

#include <randomio/backends/s3/credentials/secret.hpp>

namespace randomio::s3 {
namespace {

unexpected failed(errc why, const std::string& path, std::string_view message) {
  return unexpected(error(why).with_key(path).with_message(message));
}

}  // namespace

result<std::string> read_text_file(const std::string& path, std::size_t bytes_max) {
  std::error_code unknown;
  const auto what = std::filesystem::status(path, unknown);
  if (what.type() == std::filesystem::file_type::not_found)
    return failed(errc::not_found, path, "there is no such file");
  if (std::filesystem::is_directory(what)) return failed(errc::is_directory, path, "a directory, not a file");
  std::ifstream in;
  in.rdbuf()->pubsetbuf(nullptr, 0);
  in.open(path, std::ios::binary);
  if (!in) return failed(errc::permission_denied, path, "the file cannot be opened");
  // Room for all that is taken and one more: a buffer that grows would leave copies behind.
  std::string text(bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  const auto count = static_cast<std::size_t>(in.gcount());
  if (in.bad()) {
    wipe(text);
    return failed(errc::io_failure, path, "the file cannot be read");
  }
  if (count > bytes_max) {
    wipe(text);
    return failed(errc::too_large, path, "more than " + std::to_string(bytes_max) + " bytes");
  }
  text.resize(count);
  return text;
}

}  // namespace randomio::s3
