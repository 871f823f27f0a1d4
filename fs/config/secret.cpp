#include "fs/config/secret.hpp"

#include <cstdlib>

#include "fs/config/text_file.hpp"

namespace randomiofs::config {
namespace {

constexpr std::size_t secret_bytes_max = 64 << 10;

randomio::unexpected refuse(std::string_view why) {
  return randomio::unexpected(
      randomio::error(randomio::errc::invalid, randomio::operation::configure).with_message(why));
}

randomio::result<std::string> from_file(std::string_view path, std::string_view directory) {
  if (path.empty()) return refuse("expected a path after 'file:'");
  std::string full(path);
  if (!path.starts_with('/')) full = std::string(directory).append("/").append(path);
  auto text = read_text_file(full, secret_bytes_max);
  if (!text) return randomio::unexpected(std::move(text).error());
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  return text;
}

}  // namespace

randomio::result<std::string> resolve_secret(std::string_view value, std::string_view directory) {
  if (value.starts_with("env:")) {
    const std::string name(value.substr(4));
    const char* found = std::getenv(name.c_str());
    if (found == nullptr) return refuse("the environment variable '" + name + "' is not set");
    return std::string(found);
  }
  if (value.starts_with("file:")) return from_file(value.substr(5), directory);
  if (value.starts_with("credential:")) {
    const auto name = value.substr(11);
    if (name.empty() || name.find('/') != std::string_view::npos) return refuse("expected a name after 'credential:'");
    const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
    if (credentials == nullptr) {
      return refuse("there are no credentials: set LoadCredential= in the systemd unit, or use env: or file:");
    }
    return from_file(name, credentials);
  }
  return std::string(value);
}

bool is_secret(std::string_view key) noexcept {
  if (key.ends_with("_file")) return false;
  for (const std::string_view word : {"secret", "token", "password", "connection_string"}) {
    if (key.contains(word)) return true;
  }
  // A proxy's URL may have a password in it.
  return key == "proxy" || key.ends_with(".proxy") || key.ends_with("account_key") || key.ends_with("customer_key");
}

bool is_reference(std::string_view value) noexcept {
  return value.starts_with("env:") || value.starts_with("file:") || value.starts_with("credential:");
}

}  // namespace randomiofs::config
