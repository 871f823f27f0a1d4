#include "fs/cli/plan.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "fs/cli/config_file.hpp"
#include "fs/config/secret.hpp"
#include "fs/config/suggestion.hpp"

namespace randomiofs::cli {
namespace {

/// The single backend of a URI, and its settings from `-o KEY=VALUE`.
outcome<void> add_uri(plan& to, const mount_settings& given, const randomio::registry& known) {
  auto parsed = known.parse(to.source);
  if (!parsed) {
    return fail(code_for(parsed.error()),
                std::string(parsed.error().key()) + ": " + std::string(parsed.error().message()));
  }
  for (const auto& [key, value] : parsed->values) {
    if (!config::is_secret(key) || config::is_reference(value)) continue;
    return fail(exit_code::usage, to.source.substr(0, to.source.find('?')) +
                                      ": everybody can see the URI of a mount: '" + key +
                                      "' belongs into a configuration, or into -o " + key + "=env:NAME");
  }
  plan::store store{.path = "/",
                    .backend = {.name = parsed->type, .settings = *std::move(parsed), .at = {}, .where = {}},
                    .overridden = {},
                    .uri = to.source.substr(0, to.source.find('?'))};
  for (const auto& each : given.backend) {
    store.backend.settings.values.insert_or_assign(each.key, each.value.value_or(""));
    store.overridden.push_back(each.key);
  }
  to.stores.push_back(std::move(store));
  return {};
}

std::string backends_of(const plan& in) {
  std::string list;
  for (const auto& each : in.stores) list += (list.empty() ? "" : ", ") + each.backend.name;
  return list;
}

/// `-o NAME.KEY=VALUE`: a setting of one backend of the tree.
outcome<void> override_setting(plan& to, const option& given, bool sloppy) {
  const auto dot = given.key.find('.');
  if (dot == std::string::npos) {
    if (sloppy) return {};
    return fail(exit_code::usage,
                "option '" + given.key + "': not known" + config::did_you_mean(given.key, option_names()) +
                    "; a backend's setting is NAME.KEY=VALUE, where NAME is one of: " + backends_of(to));
  }
  const auto name = given.key.substr(0, dot), key = given.key.substr(dot + 1);
  const auto at =
      std::ranges::find(to.stores, name, [](const plan::store& s) -> const std::string& { return s.backend.name; });
  if (at == to.stores.end() || key.empty() || key == "type") {
    return fail(exit_code::usage,
                "option '" + given.key + "': expected NAME.KEY=VALUE, where NAME is one of: " + backends_of(to));
  }
  at->backend.settings.values.insert_or_assign(key, given.value.value_or(""));
  at->overridden.push_back(key);
  return {};
}

outcome<void> add_tree(plan& to, const config::mount& tree, const mount_settings& given, bool sloppy) {
  for (const auto& place : tree.places) {
    to.stores.push_back(
        {.path = place.path, .backend = to.config.backends.find(place.backend)->second, .overridden = {}});
  }
  for (const auto& each : given.backend) {
    if (auto done = override_setting(to, each, sloppy); !done) return done;
  }
  if (to.mountpoint.empty()) to.mountpoint = tree.mountpoint;
  to.view = {
      .read_only = tree.read_only, .uid = tree.uid, .gid = tree.gid, .umask = tree.umask, .attr_ttl = tree.attr_ttl};
  to.allow_other = tree.allow_other;
  to.on_conflict = tree.on_conflict;
  to.metadata = tree.metadata;
  to.mount_timeout = tree.mount_timeout;
  to.unmount_timeout = tree.unmount_timeout;
  return {};
}

/// Where a daemon keeps what must outlive it. Source: file-hierarchy(7), XDG Base Directory Specification.
std::string usual_state_dir() {
  if (::geteuid() == 0) return "/var/lib/randomiofs";
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/') return std::string(state) + "/randomiofs";
  const char* home = std::getenv("HOME");
  return home != nullptr && *home == '/' ? std::string(home) + "/.local/state/randomiofs" : std::string();
}

/// Memory and local directories keep no state of their own.
bool needs_state(const plan& in) {
  return std::ranges::any_of(in.stores, [](const plan::store& s) {
    return s.backend.settings.type != "memory" && s.backend.settings.type != "local";
  });
}

/// The command line wins over the configuration.
void apply(plan& to, const mount_settings& given) {
  if (given.read_only) to.view.read_only = *given.read_only;
  if (given.uid) to.view.uid = given.uid;
  if (given.gid) to.view.gid = given.gid;
  if (given.umask) to.view.umask = given.umask;
  if (given.attr_ttl) to.view.attr_ttl = *given.attr_ttl;
  if (given.mount_timeout) to.mount_timeout = *given.mount_timeout;
  if (given.unmount_timeout) to.unmount_timeout = *given.unmount_timeout;
  if (given.allow_other) to.allow_other = *given.allow_other;
  auto& daemon = to.config.daemon;
  if (given.threads) daemon.threads = *given.threads;
  if (given.log) daemon.log = *given.log;
  if (given.loop) daemon.loop = *given.loop;
  if (!given.log_file.empty()) daemon.log_file = given.log_file;
  if (daemon.state_dir.empty() && needs_state(to)) daemon.state_dir = usual_state_dir();
  to.nonempty = given.nonempty;
  to.kernel_options = given.kernel;
}

}  // namespace

outcome<plan> plan::of_stores(const mount_request& request, const randomio::registry& known) {
  auto given = mount_settings::from(request.options);
  if (!given) return std::unexpected(std::move(given).error());
  const auto& named = request.config.empty() ? given->config : request.config;

  plan out;
  out.source = request.source;
  out.mountpoint = request.mountpoint;
  const bool is_uri = randomio::registry::looks_like_uri(request.source);
  if (!is_uri || !named.empty()) {
    auto file = find_config(named, is_uri ? "" : request.source);
    if (!file) return std::unexpected(std::move(file).error());
    out.config = *std::move(file);
  }
  const auto added = is_uri ? add_uri(out, *given, known)
                            : add_tree(out, out.config.mounts.find(request.source)->second, *given, request.sloppy);
  if (!added) return std::unexpected(added.error());
  apply(out, *given);
  if (request.verbose) out.config.daemon.log = std::min(out.config.daemon.log, log::level::debug);
  return out;
}

outcome<plan> plan::make(const mount_request& request, const randomio::registry& known) {
  auto out = of_stores(request, known);
  if (out && out->mountpoint.empty()) {
    const bool is_uri = randomio::registry::looks_like_uri(request.source);
    return fail(exit_code::usage, is_uri ? "no MOUNTPOINT given: randomiofs mount " + out->source + " MOUNTPOINT"
                                         : out->config.path + ": [mount." + out->source +
                                               "] has no key 'mountpoint'; set it or give a MOUNTPOINT");
  }
  return out;
}

}  // namespace randomiofs::cli
