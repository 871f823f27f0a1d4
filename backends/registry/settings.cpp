#include <randomio/backends/registry/settings.hpp>

#include <randomio/backends/registry/duration.hpp>
#include <randomio/backends/registry/quantity.hpp>

namespace randomio {
namespace {

error bad_setting(std::string_view key, std::string_view message) {
  return error(errc::invalid, operation::configure).with_key(key).with_message(message);
}

}  // namespace

std::optional<std::string> settings::take(std::string_view key) {
  const auto at = values.find(std::string(key));
  if (at == values.end()) return std::nullopt;
  auto value = std::move(at->second);
  values.erase(at);
  return value;
}

result<std::string> settings::take_required(std::string_view key) {
  auto value = take(key);
  if (!value) return unexpected(bad_setting(key, "is required by type \"" + type + '"'));
  if (value->empty()) return unexpected(bad_setting(key, "expected a value, got \"\""));
  return *std::move(value);
}

result<std::uint64_t> settings::take_bytes(std::string_view key, std::uint64_t otherwise) {
  const auto value = take(key);
  if (!value) return otherwise;
  auto bytes = parse_bytes(*value);
  if (!bytes) return unexpected(std::move(bytes).error().with_key(key));
  return *bytes;
}

result<std::chrono::nanoseconds> settings::take_time(std::string_view key, std::chrono::nanoseconds otherwise) {
  const auto value = take(key);
  if (!value) return otherwise;
  auto time = parse_duration(*value);
  if (!time) return unexpected(std::move(time).error().with_key(key));
  return *time;
}

result<bool> settings::take_bool(std::string_view key, bool otherwise) {
  const auto value = take(key);
  if (!value) return otherwise;
  // A mount option without a value (`-o direct`) arrives empty and means yes.
  if (value->empty() || *value == "true" || *value == "yes" || *value == "on" || *value == "1") return true;
  if (*value == "false" || *value == "no" || *value == "off" || *value == "0") return false;
  return unexpected(bad_setting(key, "expected true or false, got \"" + *value + '"'));
}

result<void> settings::finish(std::string_view known_keys) const {
  if (values.empty()) return {};
  return unexpected(
      bad_setting(values.begin()->first, "unknown key; type \"" + type + "\" knows: " + std::string(known_keys)));
}

}  // namespace randomio
