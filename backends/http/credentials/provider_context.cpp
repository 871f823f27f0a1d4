#include <randomio/backends/http/credentials/provider.hpp>

#include <chrono>
#include <cstdlib>

namespace randomio::http {

variable_lookup process_variables() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
}

wall_clock system_wall_clock() {
  return [] {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    return timestamp{.seconds = seconds.count(),
                     .nanoseconds = static_cast<std::uint32_t>(std::chrono::nanoseconds(since - seconds).count())};
  };
}

std::optional<std::string> provider_context::variable(std::initializer_list<std::string_view> names) const {
  for (const auto name : names) {
    if (auto value = variables(name); value && !value->empty()) return value;
  }
  return std::nullopt;
}

}  // namespace randomio::http
