#include "fs/config/table_reader.hpp"

#include <algorithm>
#include <limits>

#include <randomio/backends/registry/quantity.hpp>

#include <randomio/backends/registry/duration.hpp>
#include "fs/config/suggestion.hpp"

namespace randomiofs::config {

std::string shown(const toml::node& node) {
  if (const auto* text = node.as_string()) return '"' + text->get() + '"';
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
  if (node.is_floating_point()) return "a fraction";
  if (node.is_array()) return "an array";
  if (node.is_table()) return "a table";
  return "a date or time";
}

std::string table_reader::full_key(std::string_view key) const {
  return name_.empty() ? std::string(key) : (name_ + '.').append(key);
}

void table_reader::refuse_at(position at, std::string_view problem) {
  if (!problem_) problem_ = problem_at(file_, at, problem);
}

void table_reader::refuse(std::string_view key, const toml::node& node, std::string_view expected) {
  refuse_at(position_of(node.source()),
            "key '" + full_key(key) + "': expected " + std::string(expected) + ", got " + shown(node));
}

const toml::node* table_reader::take(std::string_view key) {
  known_.emplace_back(key);
  return table_.get(key);
}

void table_reader::read(std::string_view key, std::string& to) {
  const auto* node = take(key);
  if (node == nullptr) return;
  if (const auto* text = node->as_string(); text != nullptr && !text->get().empty()) {
    to = text->get();
  } else {
    refuse(key, *node, "a text such as \"abc\"");
  }
}

void table_reader::read(std::string_view key, bool& to) {
  const auto* node = take(key);
  if (node == nullptr) return;
  if (const auto* truth = node->as_boolean()) {
    to = truth->get();
  } else {
    refuse(key, *node, "true or false");
  }
}

void table_reader::read(std::string_view key, unsigned& to, unsigned most) {
  const auto* node = take(key);
  if (node == nullptr) return;
  const auto* number = node->as_integer();
  if (number != nullptr && number->get() >= 0 && number->get() <= most) {
    to = static_cast<unsigned>(number->get());
  } else {
    refuse(key, *node, "a number from 0 to " + std::to_string(most));
  }
}

void table_reader::read(std::string_view key, std::optional<std::uint32_t>& to) {
  constexpr auto most = std::numeric_limits<std::uint32_t>::max() - 1;  // The last one means "no id" to chown(2).
  if (table_.get(key) == nullptr) {
    take(key);
    return;
  }
  unsigned number = 0;
  read(key, number, most);
  to = number;
}

void table_reader::read_bytes(std::string_view key, std::uint64_t& to, mebibytes least) {
  const auto* node = take(key);
  if (node == nullptr) return;
  auto bytes = randomio::result<std::uint64_t>(randomio::fail(randomio::errc::invalid));
  if (const auto* number = node->as_integer(); number != nullptr && number->get() >= 0) {
    bytes = static_cast<std::uint64_t>(number->get());
  } else if (const auto* text = node->as_string()) {
    bytes = randomio::parse_bytes(text->get());
  }
  const auto count = static_cast<std::uint64_t>(least);
  if (!bytes) {
    refuse(key, *node, "a size such as \"256MiB\"");
  } else if (*bytes < count << 20) {
    refuse(key, *node, "at least \"" + std::to_string(count) + "MiB\"");
  } else {
    to = *bytes;
  }
}

void table_reader::read_duration(std::string_view key, std::chrono::nanoseconds& to) {
  const auto* node = take(key);
  if (node == nullptr) return;
  const auto* text = node->as_string();
  const auto parsed = text == nullptr
                          ? randomio::result<std::chrono::nanoseconds>(randomio::fail(randomio::errc::invalid))
                          : randomio::parse_duration(text->get());
  if (parsed) {
    to = *parsed;
  } else {
    refuse(key, *node, "a duration such as \"1s\"");
  }
}

void table_reader::read_mode_bits(std::string_view key, std::optional<std::uint32_t>& to) {
  const auto* node = take(key);
  if (node == nullptr) return;
  const auto* number = node->as_integer();
  // `umask = 22` is decimal in TOML and certainly not what was meant, so octal must be written as such.
  const bool octal = number != nullptr && (number->flags() == toml::value_flags::format_as_octal || number->get() == 0);
  if (octal && number->get() >= 0 && number->get() <= 0777) {
    to = static_cast<std::uint32_t>(number->get());
  } else {
    refuse(key, *node, "an octal mask such as 0o022");
  }
}

void table_reader::read_absolute_path(std::string_view key, std::string& to) {
  const auto* node = take(key);
  if (node == nullptr) return;
  const auto* text = node->as_string();
  if (text != nullptr && text->get().starts_with('/')) {
    to = text->get();
  } else {
    refuse(key, *node, "an absolute path such as \"/srv/dir\"");
  }
}

std::optional<std::size_t> table_reader::index_of_choice(std::string_view key, const std::vector<std::string>& words) {
  const auto* node = take(key);
  if (node == nullptr) return std::nullopt;
  const auto* text = node->as_string();
  const auto at = text == nullptr ? words.end() : std::ranges::find(words, text->get());
  if (at != words.end()) return at - words.begin();
  std::string expected;
  for (const auto& word : words) {
    if (!expected.empty()) expected += &word == &words.back() ? " or " : ", ";
    expected += '"' + word + '"';
  }
  refuse(key, *node, expected);
  return std::nullopt;
}

const toml::table* table_reader::read_table(std::string_view key, std::string_view expected) {
  const auto* node = take(key);
  if (node == nullptr) return nullptr;
  if (!node->is_table()) refuse(key, *node, expected);
  return node->as_table();
}

randomio::result<void> table_reader::finish() {
  // In the order of the file, so that the first mistake is reported first.
  const toml::key* first = nullptr;
  for (const auto& [key, value] : table_) {
    if (std::ranges::find(known_, key.str()) != known_.end()) continue;
    if (first == nullptr || key.source().begin < first->source().begin) first = &key;
  }
  if (first != nullptr) {
    refuse_at(position_of(first->source()),
              "key '" + full_key(first->str()) + "': unknown key" + did_you_mean(first->str(), known_));
  }
  if (problem_) return randomio::unexpected(*std::move(problem_));
  return {};
}

}  // namespace randomiofs::config
