#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <randomio/core/io/error.hpp>

namespace randomio::s3 {

/// The settings of one section; they may be secrets: they are wiped at the end.
class config_section {
 public:
  config_section() = default;
  config_section(config_section&&) noexcept = default;
  config_section& operator=(config_section&&) noexcept = default;
  ~config_section();

  /// Empty when it is not set.
  [[nodiscard]] std::string_view get(std::string_view key) const noexcept;
  /// A setting within a setting, on a line of its own: `s3 =` and, indented, `endpoint_url = https://…`. The last one
  /// of a key wins; empty when it is not set.
  [[nodiscard]] std::string_view nested(std::string_view key, std::string_view inner) const noexcept;
  [[nodiscard]] bool has(std::string_view key) const noexcept { return !get(key).empty(); }
  /// Keys are lower case. The last one of a key wins.
  void set(std::string key, std::string value);
  /// A further line of a setting.
  void append_line(std::string_view key, std::string_view line);
  /// Takes over all settings of another.
  void merge(config_section from);

 private:
  std::map<std::string, std::string, std::less<>> all_;
};

/// What the shared config and credentials files say: profiles, SSO sessions and services by name.
///
/// Source:  AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
class shared_config {
 public:
  /// `[profile NAME]`, `[default]`, `[sso-session NAME]`, `[services NAME]`. Other sections are passed over.
  /// Errors: invalid; the message says which line, never what stands in it.
  [[nodiscard]] result<void> read_config(std::string_view text);
  /// `[NAME]`. What it says wins over the config file.
  [[nodiscard]] result<void> read_credentials(std::string_view text);

  /// Null when there is none. Borrowed.
  [[nodiscard]] const config_section* profile(std::string_view name) const noexcept;
  [[nodiscard]] const config_section* sso_session(std::string_view name) const noexcept;
  [[nodiscard]] const config_section* services(std::string_view name) const noexcept;

 private:
  using sections = std::map<std::string, config_section, std::less<>>;
  static const config_section* find(const sections& in, std::string_view name) noexcept;

  sections profiles_;
  sections sso_sessions_;
  sections services_;
};

}  // namespace randomio::s3
