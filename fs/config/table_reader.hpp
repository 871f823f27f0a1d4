#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <randomio/core/io/error.hpp>

#include "fs/config/position.hpp"
#include "fs/config/toml.hpp"

namespace randomiofs::config {

/// Takes typed values out of one table. The first thing that is wrong stays, everything after it is ignored,
/// so that a section reads as a list of its keys, and `finish` gives the one error.
///
/// Borrows: the table and the file's name.
class table_reader {
 public:
  /// `name` is the table's own: "daemon", "mount.data"; empty at the top.
  table_reader(const toml::table& table, std::string name, const std::string& file)
      : table_(table), name_(std::move(name)), file_(file) {}

  void read(std::string_view key, std::string& to);
  void read(std::string_view key, bool& to);
  void read(std::string_view key, unsigned& to, unsigned most);
  void read(std::string_view key, std::optional<std::uint32_t>& to);
  enum class mebibytes : std::uint64_t {};
  void read_bytes(std::string_view key, std::uint64_t& to, mebibytes least = {});
  void read_duration(std::string_view key, std::chrono::nanoseconds& to);
  void read_mode_bits(std::string_view key, std::optional<std::uint32_t>& to);
  void read_absolute_path(std::string_view key, std::string& to);

  /// A word and what it stands for.
  template <class Enum>
  using choice = std::pair<std::string_view, Enum>;
  template <class Enum, std::size_t N>
  void read_choice(std::string_view key, Enum& to, const choice<Enum> (&choices)[N]) {
    read_choice(key, to, std::to_array(choices));
  }
  template <class Enum, std::size_t N>
  void read_choice(std::string_view key, Enum& to, const std::array<choice<Enum>, N>& choices) {
    std::vector<std::string> words;
    for (const auto& [word, value] : choices) words.emplace_back(word);
    if (const auto which = index_of_choice(key, words)) to = choices[*which].second;
  }

  /// A table within this one; null when it is absent.
  const toml::table* read_table(std::string_view key, std::string_view expected);
  /// Whatever is there, marked as known; null when it is absent.
  const toml::node* take(std::string_view key);

  /// Notes a problem with a key's value (`node`) unless there is one already.
  void refuse(std::string_view key, const toml::node& node, std::string_view expected);
  void refuse_at(position at, std::string_view problem);

  /// Errors: the first problem; else, the first key that nobody took.
  [[nodiscard]] randomio::result<void> finish();

  [[nodiscard]] std::string full_key(std::string_view key) const;
  [[nodiscard]] bool failed() const noexcept { return problem_.has_value(); }

 private:
  std::optional<std::size_t> index_of_choice(std::string_view key, const std::vector<std::string>& words);

  const toml::table& table_;
  std::string name_;
  const std::string& file_;
  std::vector<std::string> known_;
  std::optional<randomio::error> problem_;
};

/// A value as it is shown in a message: `"soon"`, `5`, `true`, `an array`.
[[nodiscard]] std::string shown(const toml::node& node);

}  // namespace randomiofs::config
