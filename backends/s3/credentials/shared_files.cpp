#include <randomio/backends/s3/credentials/shared_files.hpp>

#include <pwd.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include <randomio/backends/s3/credentials/refusal.hpp>
#include <randomio/backends/s3/credentials/text_file.hpp>

namespace randomio::s3 {
namespace {

constexpr std::size_t file_bytes_max = std::size_t{1} << 20;

// HOME is not set in services, nor for mount(8) at boot.
std::string home_directory(const variable_lookup& variables) {
  if (auto set = variables("HOME"); set && !set->empty()) return *set;
  std::vector<char> buffer(std::size_t{16} << 10);
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return {};
  return found->pw_dir == nullptr ? std::string() : found->pw_dir;
}

result<void> read_one(const std::string& path, shared_config& into,
                      result<void> (shared_config::*read)(std::string_view)) {
  if (path.empty()) return {};
  auto text = read_text_file(path, file_bytes_max);
  if (!text) {
    const auto why = text.error().code();
    if (why == errc::not_found || why == errc::permission_denied) return {};
    return refuse(errc::invalid, text.error().describe());
  }
  auto done = (into.*read)(*text);
  wipe(*text);
  if (!done) return unexpected(in_context(done.error(), "'" + path + "'"));
  return {};
}

}  // namespace

shared_files shared_files::of(const variable_lookup& variables, std::string config, std::string credentials) {
  const auto home = home_directory(variables);
  const auto settle = [&](std::string& path, std::string_view variable, std::string_view own) {
    if (path.empty()) path = variables(variable).value_or("");
    if (path.empty() && !home.empty()) path = home + std::string(own);
    if (path.starts_with("~/")) path.replace(0, 1, home);
  };
  settle(config, "AWS_CONFIG_FILE", "/.aws/config");
  settle(credentials, "AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials");
  return {.config = std::move(config), .credentials = std::move(credentials), .sso_cache = home + "/.aws/sso/cache"};
}

result<shared_config> shared_files::read() const {
  shared_config out;
  if (auto done = read_one(config, out, &shared_config::read_config); !done) return unexpected(std::move(done).error());
  if (auto done = read_one(credentials, out, &shared_config::read_credentials); !done) {
    return unexpected(std::move(done).error());
  }
  return out;
}

}  // namespace randomio::s3
