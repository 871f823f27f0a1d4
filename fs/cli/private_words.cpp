#include "fs/cli/private_words.hpp"

#include <sys/prctl.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "fs/config/secret.hpp"

namespace randomiofs::cli {
namespace {

/// One word may be a list of options, as `split_options` reads it.
void hide_in(std::span<char> list) noexcept {
  bool quoted = false, in_value = false, hidden = false;
  std::size_t begins = 0;  // The option that `i` is in.
  for (std::size_t i = 0; i < list.size(); ++i) {
    const char c = list[i];
    const bool escapes = c == '\\' && i + 1 < list.size();
    if (c == '"') quoted = !quoted;
    if (c == ',' && !quoted) {
      begins = i + 1;
      in_value = hidden = false;
      continue;
    }
    if (c == '=' && !in_value) {
      in_value = true;
      const std::string_view rest(list.data() + i + 1, list.size() - i - 1);
      std::string_view key(list.data() + begins, i - begins);
      while (key.starts_with('"')) key.remove_prefix(1);
      hidden = config::is_secret(key) && !config::is_reference(rest);
      continue;
    }
    if (hidden) list[i] = '*';
    if (escapes) {
      ++i;
      if (hidden) list[i] = '*';
    }
  }
}

}  // namespace

void hide_secrets(std::span<char*> words) noexcept {
  for (char* word : words) {
    std::span<char> list(word, std::strlen(word));
    for (const std::string_view flag : {"--options=", "-o"}) {
      if (std::string_view(word).starts_with(flag)) {
        list = list.subspan(flag.size());
        break;
      }
    }
    hide_in(list);
  }
}

void forbid_core_dumps() noexcept {
  static_cast<void>(::prctl(PR_SET_DUMPABLE, 0));
}

}  // namespace randomiofs::cli
