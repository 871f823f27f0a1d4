#include <cstdio>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "fs/cli/commands.hpp"
#include "fs/cli/private_words.hpp"
#include "fs/config/suggestion.hpp"

namespace randomiofs::cli {
namespace {

/// Each adds one subcommand; the function it returns does what was asked.
using action = std::function<outcome<void>()>;

action add_mount(CLI::App& app, mount_request& to) {
  auto* command = app.add_subcommand("mount", "Mount a tree of backends, or one backend, at a directory");
  command
      ->add_option("SOURCE", to.source,
                   "A [mount.NAME] of the configuration, or a URI: s3://BUCKET/PREFIX, az://ACCOUNT/CONTAINER, "
                   "file:///DIR, memory:")
      ->required();
  command->add_option("MOUNTPOINT", to.mountpoint, "An empty directory; default: the mount's key 'mountpoint'");
  command->add_flag("-f,--foreground", to.foreground, "Stay in the foreground, and log to the terminal");
  command->add_option("-c,--config", to.config,
                      "The configuration; default: /etc/randomiofs.toml, then ~/.config/randomiofs.toml");
  command->add_option("-o,--options", to.options, "Comma-separated options, as of mount(8)")->allow_extra_args(false);
  command->add_flag("-v,--verbose", to.verbose, "Log more");
  command->add_flag("-s,--sloppy", to.sloppy, "Ignore options that are not known");
  command->footer(
      "Options for -o:\n"
      "  ro, rw, nosuid, nodev, noexec, noatime, sync, allow_other, uid=N, gid=N, umask=OCTAL\n"
      "  attr_ttl=DURATION    how long attributes may be reused (default 1s)\n"
      "  mount_timeout=DURATION    how long a store may take to answer until mounting is given up (default 30s)\n"
      "  unmount_timeout=DURATION  how long a store may take for what is left at the end (default 4min)\n"
      "  nonempty             mount over a directory that is not empty\n"
      "  log=LEVEL, log_file=FILE, threads=N, loop=auto|uring|epoll, config=FILE\n"
      "  KEY=VALUE            a setting of a URI's backend\n"
      "  NAME.KEY=VALUE       a setting of the backend NAME of a tree\n"
      "  _netdev, nofail, noauto, user, x-systemd.* and other x-*: for mount(8) and systemd, ignored here\n\n"
      "Examples:\n"
      "  randomiofs mount memory: /mnt/scratch -o size=1GiB\n"
      "  randomiofs mount file:///srv/files /mnt/files -o ro\n"
      "  randomiofs mount -c ./randomiofs.toml data /mnt/data -o scratch.size=2GiB\n"
      "  mount -t randomiofs data /mnt/data\n"
      "In /etc/fstab:\n"
      "  data  /mnt/data  randomiofs  _netdev,nofail,x-systemd.automount  0 0\n\n"
      "Exit codes are those of mount(8): 0 mounted, 1 usage, configuration or permission, 2 system, 32 mount failure.");
  return [&to] { return run_mount(to); };
}

action add_umount(CLI::App& app, umount_request& to) {
  auto* command = app.add_subcommand("umount", "Unmount");
  command->add_option("MOUNTPOINT", to.target, "Where it is mounted, or a [mount.NAME] with a mountpoint")->required();
  command->add_flag("--wait", to.wait, "Return only when the process that served it has ended: all is written then");
  command->add_flag("--lazy", to.lazy, "Detach now, even if files are open; they go on working until they are closed");
  command->add_option("-c,--config", to.config, "The configuration, where a name is looked up");
  command->footer(
      "Examples:\n"
      "  randomiofs umount /mnt/data\n"
      "  randomiofs umount --wait data");
  return [&to] { return run_umount(to); };
}

action add_check(CLI::App& app, check_request& to) {
  auto* command = app.add_subcommand("check", "Check a configuration, and that its backends can be made");
  command->add_option("-c,--config", to.config,
                      "The configuration; default: /etc/randomiofs.toml, then ~/.config/randomiofs.toml");
  command->footer(
      "Examples:\n"
      "  randomiofs check\n"
      "  randomiofs check -c ./randomiofs.toml");
  return [&to] { return run_check(to); };
}

CLI::App* add_uploads_form(CLI::App& uploads, const char* name, const char* what, const std::string& example,
                           uploads_request& to) {
  auto* command = uploads.add_subcommand(name, what);
  command->add_option("SOURCE", to.source, "A [mount.NAME] of the configuration, or a URI")->required();
  command->add_option("-c,--config", to.config, "The configuration, where a name is looked up");
  command->add_option("-o,--options", to.options, "Comma-separated settings, as of mount")->allow_extra_args(false);
  command->footer("Example:\n  " + example);
  return command;
}

action add_uploads(CLI::App& app, uploads_request& to) {
  auto* uploads = app.add_subcommand("uploads", "List, or end, uploads to object stores that were never finished");
  uploads->require_subcommand(1);
  auto* list = add_uploads_form(*uploads, "list", "Print each unfinished upload: when it began, its key, its id",
                                "randomiofs uploads list s3://bucket/prefix --older-than 1d", to);
  list->add_option("--older-than", to.older_than, "Only uploads that began at least so long ago: 30min, 12h, 1d");
  auto* abort = add_uploads_form(*uploads, "abort", "End unfinished uploads, whoever began them",
                                 "randomiofs uploads abort s3://bucket/prefix --older-than 1d", to);
  abort->add_option("--older-than", to.older_than, "Only uploads that began at least so long ago: 30min, 12h, 1d")
      ->required();
  uploads->footer(
      "A store keeps, and bills, the parts of an upload until it is completed or ended. A mount ends its own when it\n"
      "fails or starts again; these are for what other programs left. An upload in progress looks the same: choose an\n"
      "age that none of yours reaches. On Azure they can be listed only: the service discards them after a week.\n\n"
      "Examples:\n"
      "  randomiofs uploads list s3://bucket/prefix\n"
      "  randomiofs uploads abort data --older-than 1d");
  return [&to, list] { return list->parsed() ? run_uploads_list(to) : run_uploads_abort(to); };
}

int report(exit_code code, const std::string& line) {
  print({code, line});
  return static_cast<int>(code);
}

/// The first line of what the parser says, and where more is to be read.
int report_usage(const CLI::App& app, const CLI::ParseError& problem) {
  std::string said = problem.what();
  said.resize(std::min(said.find('\n'), said.size()));
  std::string help = "randomiofs";
  for (const auto* in = &app; !in->get_subcommands().empty();) {
    in = in->get_subcommands().front();
    help += ' ' + in->get_name();
  }
  return report(exit_code::usage, said + "; see `" + help + " --help`");
}

int run(int count, char** words) {
  forbid_core_dumps();
  CLI::App app("Mount memory, directories and object stores as one tree.", "randomiofs");
  app.set_version_flag("--version", "randomiofs " RANDOMIOFS_VERSION);
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);
  app.footer(
      "Examples:\n  randomiofs mount memory: /mnt/scratch\n  randomiofs umount /mnt/scratch\n  randomiofs mount "
      "--help");
  mount_request mount;
  umount_request umount;
  check_request check;
  uploads_request uploads;
  const std::map<std::string, action> actions{{"mount", add_mount(app, mount)},
                                              {"umount", add_umount(app, umount)},
                                              {"check", add_check(app, check)},
                                              {"uploads", add_uploads(app, uploads)}};

  if (count > 1 && words[1][0] != '-' && !actions.contains(words[1])) {
    const std::string word = words[1];
    const auto meant = config::did_you_mean(word, {"mount", "umount", "check", "uploads"});
    return report(exit_code::usage,
                  "unknown command '" + word + '\'' + (meant.empty() ? "; see `randomiofs --help`" : meant));
  }
  try {
    app.parse(count, words);
  } catch (const CLI::Success& asked) {  // --help, --version
    return app.exit(asked);
  } catch (const CLI::ParseError& problem) {
    return report_usage(app, problem);
  }
  hide_secrets(std::span(words, static_cast<std::size_t>(count)));
  const auto done = actions.at(app.get_subcommands().front()->get_name())();
  return done ? 0 : report(done.error().code, done.error().line);
}

}  // namespace
}  // namespace randomiofs::cli

int main(int count, char** words) {
  try {
    return randomiofs::cli::run(count, words);
  } catch (const std::exception& unexpected) {  // Out of memory, most likely: nothing of ours throws.
    return randomiofs::cli::report(randomiofs::cli::exit_code::internal, unexpected.what());
  }
}
