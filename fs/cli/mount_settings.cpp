#include "fs/cli/mount_settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string_view>

#include <randomio/backends/registry/duration.hpp>

namespace randomiofs::cli {
namespace {

/// The kernel's or libfuse's: passed on.
constexpr std::array<std::string_view, 14> kernel_options{
    "suid",         "nosuid",  "dev",     "nodev",   "exec",       "noexec",
    "sync",         "async",   "dirsync", "noatime", "nodiratime", "default_permissions",
    "auto_unmount", "max_read"};

/// Read by mount(8) or systemd, or the default anyway: nothing for us to do. `x-` and `X-` options too.
constexpr std::array<std::string_view, 23> ignored_options{
    "defaults", "_netdev",  "nofail",   "auto",       "noauto",      "user",     "nouser",    "users",
    "nousers",  "owner",    "noowner",  "group",      "nogroup",     "comment",  "silent",    "loud",
    "atime",    "diratime", "relatime", "norelatime", "strictatime", "lazytime", "nolazytime"};

/// Ours.
constexpr std::array<std::string_view, 15> own_options{
    "config",  "ro",  "rw",       "allow_other", "uid",  "gid",           "umask",          "attr_ttl",
    "threads", "log", "log_file", "nonempty",    "loop", "mount_timeout", "unmount_timeout"};

template <std::size_t N>
bool among(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

std::unexpected<failure> refuse(const option& given, std::string_view expected) {
  return fail(exit_code::usage, "option '" + given.key + "': expected " + std::string(expected) + ", got \"" +
                                    given.value.value_or("") + '"');
}

template <class Number>
std::optional<Number> number_in(const option& given, int base, Number most) {
  const std::string_view text = given.value ? std::string_view(*given.value) : std::string_view{};
  Number number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (text.empty() || problem != std::errc{} || end != text.data() + text.size() || number > most) return std::nullopt;
  return number;
}

template <class Value, std::size_t N>
std::optional<Value> choice_in(const option& given, const std::array<std::pair<std::string_view, Value>, N>& choices) {
  for (const auto& [word, value] : choices) {
    if (given.value == word) return value;
  }
  return std::nullopt;
}

constexpr std::array<std::pair<std::string_view, log::level>, 6> levels{{{"trace", log::level::trace},
                                                                         {"debug", log::level::debug},
                                                                         {"info", log::level::info},
                                                                         {"warning", log::level::warning},
                                                                         {"error", log::level::error},
                                                                         {"off", log::level::off}}};
constexpr std::array<std::pair<std::string_view, config::loop_choice>, 3> loops{
    {{"auto", config::loop_choice::automatic},
     {"uring", config::loop_choice::uring},
     {"epoll", config::loop_choice::epoll}}};

outcome<void> take_value(mount_settings& to, const option& given) {
  constexpr std::uint32_t id_max = std::numeric_limits<std::uint32_t>::max() - 1;
  constexpr unsigned threads_max = 1024;
  if (given.key == "uid" || given.key == "gid") {
    const auto id = number_in<std::uint32_t>(given, 10, id_max);
    if (!id) return refuse(given, "a numeric id");
    (given.key == "uid" ? to.uid : to.gid) = *id;
  } else if (given.key == "umask") {
    to.umask = number_in<std::uint32_t>(given, 8, 0777);
    if (!to.umask) return refuse(given, "an octal mask such as 022");
  } else if (given.key == "attr_ttl" || given.key == "mount_timeout" || given.key == "unmount_timeout") {
    const auto parsed = randomio::parse_duration(given.value.value_or(""));
    if (!parsed) return refuse(given, "a duration such as \"1s\"");
    (given.key == "attr_ttl"        ? to.attr_ttl
     : given.key == "mount_timeout" ? to.mount_timeout
                                    : to.unmount_timeout) = *parsed;
  } else if (given.key == "threads") {
    to.threads = number_in<unsigned>(given, 10, threads_max);
    if (!to.threads) return refuse(given, "a number from 0 to 1024");
  } else if (given.key == "log") {
    to.log = choice_in(given, levels);
    if (!to.log) return refuse(given, "trace, debug, info, warning, error or off");
  } else if (given.key == "loop") {
    to.loop = choice_in(given, loops);
    if (!to.loop) return refuse(given, "auto, uring or epoll");
  } else {
    if (given.value.value_or("").empty()) return refuse(given, "a file's path");
    (given.key == "config" ? to.config : to.log_file) = *given.value;
  }
  return {};
}

outcome<void> take(mount_settings& to, const option& given) {
  if (given.key.starts_with("x-") || given.key.starts_with("X-") || among(ignored_options, given.key)) return {};
  if (given.key == "remount") {
    return fail(exit_code::usage,
                "option 'remount': a mount's options cannot be changed; unmount it and mount it again");
  }
  if (given.key == "ro" || given.key == "rw") {
    to.read_only = given.key == "ro";
  } else if (given.key == "allow_other") {
    to.allow_other = true;
  } else if (given.key == "nonempty") {
    to.nonempty = true;
  } else if (among(kernel_options, given.key)) {
    to.kernel.push_back(given.text());
  } else if (among(own_options, given.key)) {
    return take_value(to, given);
  } else {
    to.backend.push_back(given);
  }
  return {};
}

}  // namespace

outcome<mount_settings> mount_settings::from(const std::vector<std::string>& lists) {
  mount_settings out;
  for (const auto& list : lists) {
    for (const auto& given : split_options(list)) {
      if (auto taken = take(out, given); !taken) return std::unexpected(std::move(taken).error());
    }
  }
  return out;
}

const std::vector<std::string>& option_names() {
  static const auto all = [] {
    std::vector<std::string> names(own_options.begin(), own_options.end());
    names.insert(names.end(), kernel_options.begin(), kernel_options.end());
    names.insert(names.end(), ignored_options.begin(), ignored_options.end());
    return names;
  }();
  return all;
}

}  // namespace randomiofs::cli
