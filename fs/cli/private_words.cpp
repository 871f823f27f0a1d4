#include "fs/cli/private_words.hpp"

#include <sys/prctl.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "fs/cli/option_list.hpp"
#include "fs/config/secret.hpp"

namespace randomiofs::cli {
namespace {

/// One word may be a list of options.
void hide_in(std::span<char> list) noexcept {
  for (const auto& each : split_options({list.data(), list.size()})) {
    if (!each.value || !config::is_secret(each.key)) continue;
    const auto value = list.subspan(each.value_begins, each.value_ends - each.value_begins);
    if (!config::is_reference({value.data(), value.size()})) std::ranges::fill(value, '*');
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
