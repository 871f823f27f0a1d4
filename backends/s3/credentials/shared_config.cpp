#include <randomio/backends/s3/credentials/shared_config.hpp>

#include <algorithm>
#include <utility>

#include <randomio/backends/s3/credentials/ini.hpp>
#include <randomio/backends/s3/credentials/secret.hpp>

namespace randomio::s3 {
namespace {

std::string_view without_blanks(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

}  // namespace

config_section::~config_section() {
  for (auto& [key, value] : all_) wipe(value);
}

std::string_view config_section::get(std::string_view key) const noexcept {
  const auto at = all_.find(key);
  return at == all_.end() ? std::string_view{} : std::string_view(at->second);
}

std::string_view config_section::nested(std::string_view key, std::string_view inner) const noexcept {
  std::string_view found;
  for (auto rest = get(key); !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const auto equals = std::min(line.find('='), line.size());
    if (without_blanks(line.substr(0, equals)) == inner) {
      found = without_blanks(line.substr(std::min(equals + 1, line.size())));
    }
  }
  return found;
}

void config_section::set(std::string key, std::string value) {
  auto& held = all_[std::move(key)];
  wipe(held);
  held = std::move(value);
}

void config_section::append_line(std::string_view key, std::string_view line) {
  if (const auto at = all_.find(key); at != all_.end()) at->second.append("\n").append(line);
}

void config_section::merge(config_section from) {
  for (auto& [key, value] : from.all_) set(key, std::exchange(value, {}));
}

result<void> shared_config::read_config(std::string_view text) {
  auto sections = read_ini(text);
  if (!sections) return unexpected(std::move(sections).error());
  // `[profile default]` wins over `[default]`, wherever they stand.
  const bool named_default = std::ranges::any_of(
      *sections, [](const ini_section& one) { return one.kind == "profile" && one.name == "default"; });
  for (auto& one : *sections) {
    if (one.kind == "profile") {
      profiles_[one.name].merge(std::move(one.settings));
    } else if (one.kind.empty() && one.name == "default" && !named_default) {
      profiles_[one.name].merge(std::move(one.settings));
    } else if (one.kind == "sso-session") {
      sso_sessions_[one.name].merge(std::move(one.settings));
    } else if (one.kind == "services") {
      services_[one.name].merge(std::move(one.settings));
    }
  }
  return {};
}

result<void> shared_config::read_credentials(std::string_view text) {
  auto sections = read_ini(text);
  if (!sections) return unexpected(std::move(sections).error());
  for (auto& one : *sections) {
    if (one.kind.empty()) profiles_[one.name].merge(std::move(one.settings));
  }
  return {};
}

const config_section* shared_config::find(const sections& in, std::string_view name) noexcept {
  const auto at = in.find(name);
  return at == in.end() ? nullptr : &at->second;
}

const config_section* shared_config::profile(std::string_view name) const noexcept {
  return find(profiles_, name);
}

const config_section* shared_config::sso_session(std::string_view name) const noexcept {
  return find(sso_sessions_, name);
}

const config_section* shared_config::services(std::string_view name) const noexcept {
  return find(services_, name);
}

}  // namespace randomio::s3
