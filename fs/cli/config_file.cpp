#include "fs/cli/config_file.hpp"

#include <cstdlib>

#include "fs/config/suggestion.hpp"

namespace randomiofs::cli {
namespace {

std::vector<std::string> mounts_of(const config::file& in) {
  std::vector<std::string> names;
  for (const auto& [name, mount] : in.mounts) names.push_back(name);
  return names;
}

std::string no_mount_line(const std::string& file, const std::string& mount, const std::vector<std::string>& known) {
  std::string line = file + ": there is no [mount." + mount + ']';
  const auto meant = config::did_you_mean(mount, known);
  if (!meant.empty()) return line + meant;
  if (mount.starts_with('/')) return line + "; for a directory, write file://" + mount;
  std::string list;
  for (const auto& name : known) list += (list.empty() ? "" : ", ") + name;
  return line + (list.empty() ? "; it has no mounts" : "; its mounts are: " + list);
}

}  // namespace

std::vector<std::string> usual_config_files() {
  std::vector<std::string> files{"/etc/randomiofs.toml"};
  const char* xdg = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  if (xdg != nullptr && *xdg == '/') {
    files.push_back(std::string(xdg) + "/randomiofs.toml");
  } else if (home != nullptr && *home == '/') {
    files.push_back(std::string(home) + "/.config/randomiofs.toml");
  }
  return files;
}

outcome<config::file> find_config(const std::string& named, const std::string& mount) {
  const auto candidates = named.empty() ? usual_config_files() : std::vector<std::string>{named};
  std::string missing;  // Names of the files that are not there.
  std::string without;  // The line about the last file that lacks the mount.
  for (const auto& path : candidates) {
    auto loaded = config::load(path);
    if (!loaded) {
      if (named.empty() && loaded.error() == randomio::errc::not_found) {
        missing += (missing.empty() ? "" : " nor ") + path;
        continue;
      }
      std::string line(loaded.error().message());
      if (loaded.error() == randomio::errc::not_found) line += "; give the configuration's path with -c FILE";
      return fail(exit_code::usage, std::move(line));
    }
    if (mount.empty() || loaded->mounts.contains(mount)) return *std::move(loaded);
    without = no_mount_line(path, mount, mounts_of(*loaded));
  }
  if (!without.empty()) return fail(exit_code::usage, without);
  std::string line = "no configuration: there is neither " + missing + "; give one with -c FILE";
  if (!mount.empty()) line += ", or mount a URI such as memory: or file:///DIR instead of '" + mount + '\'';
  return fail(exit_code::usage, std::move(line));
}

}  // namespace randomiofs::cli
