// The shared config and credentials files, and the commands in them: a text is read as sections or refused by its line
// without a word of it; reading what was read gives the same; words that are quoted are the same words.

#include <cstdint>
#include <string>
#include <string_view>

#include <randomio/backends/s3/credentials/ini.hpp>
#include <randomio/backends/s3/credentials/shared_config.hpp>
#include <randomio/backends/s3/credentials/words.hpp>

#include "tests/fuzz/input.hpp"

using namespace randomio;
using fuzz::require;

namespace {

void check_sections(std::string_view text) {
  const auto sections = s3::read_ini(text);
  const auto with_newline = s3::read_ini(std::string(text) + "\n\n# comment\n");
  require(sections.has_value() == with_newline.has_value(), "a comment at the end changes nothing");
  if (!sections) {
    const auto message = sections.error().message();
    require(message.starts_with("line ") && message.size() < 100, "an error says the line and nothing of it");
    return;
  }
  require(sections->size() == with_newline->size(), "a comment is no section");
  for (const auto& one : *sections) {
    require(one.kind.find('\n') == std::string::npos && one.name.find('\n') == std::string::npos,
            "a section's name is in one line");
  }
}

void check_profiles(std::string_view text) {
  s3::shared_config config;
  const bool config_read = config.read_config(text).has_value();
  const bool credentials_read = config.read_credentials(text).has_value();
  require(config_read == credentials_read, "both files are written alike");
  if (const auto* profile = config.profile("default")) {
    for (const auto* key : {"aws_access_key_id", "role_arn", "source_profile"}) {
      require(profile->has(key) == !profile->get(key).empty(), "a setting that is there has a value");
    }
  }
}

void check_words(std::string_view text) {
  const auto words = s3::split_words(text);
  if (!words) return;
  std::string quoted;
  for (const auto& word : *words) {
    quoted += " '";
    for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    quoted += "'";
  }
  const auto again = s3::split_words(quoted);
  require(again.has_value() && *again == *words, "quoted words are the same words");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_sections(text);
  check_profiles(text);
  check_words(text);
  return 0;
}
