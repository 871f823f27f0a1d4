#include "fs/config/text_file.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace randomiofs::config {
namespace {

using randomio::errc;

randomio::unexpected refuse(errc code, const std::string& path, std::string_view why) {
  return randomio::unexpected(randomio::error(code, randomio::operation::configure)
                                  .with_key(path)
                                  .with_message(std::string(path).append(": ").append(why)));
}

}  // namespace

randomio::result<std::string> read_text_file(const std::string& path, std::size_t bytes_max) {
  std::error_code problem;
  const auto status = std::filesystem::status(path, problem);
  if (status.type() == std::filesystem::file_type::not_found) return refuse(errc::not_found, path, "no such file");
  if (status.type() == std::filesystem::file_type::directory) {
    return refuse(errc::is_directory, path, "is a directory, expected a file");
  }
  std::ifstream file(path, std::ios::binary);
  if (problem == std::errc::permission_denied || !file) {
    return refuse(errc::permission_denied, path, "cannot be opened for reading: permission denied");
  }
  std::string text;
  std::array<char, 4096> chunk{};
  while (file.read(chunk.data(), chunk.size()), file.gcount() > 0) {
    text.append(chunk.data(), static_cast<std::size_t>(file.gcount()));
    if (text.size() > bytes_max)
      return refuse(errc::too_large, path, "is larger than " + std::to_string(bytes_max) + " bytes");
  }
  if (file.bad()) return refuse(errc::io_failure, path, "cannot be read");
  return text;
}

}  // namespace randomiofs::config
