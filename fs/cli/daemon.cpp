#include "fs/cli/daemon.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include <randomio/core/runtime/uring_loop.hpp>

#include "fs/cli/daemon_record.hpp"
#include "fs/cli/mount_table.hpp"
#include "fs/cli/service.hpp"
#include "fs/cli/stores.hpp"
#include "fs/cli/termination.hpp"
#include "fs/fuse/session.hpp"
#include "fs/telemetry/log.hpp"

namespace randomiofs::cli {
namespace {

constexpr unsigned blocking_threads_min = 4;
constexpr unsigned blocking_threads_per_core = 2;

/// Stops the log, and so writes what is queued, whichever way the daemon ends.
struct log_session {
  log_session() = default;
  log_session(const log_session&) = delete;
  log_session& operator=(const log_session&) = delete;
  ~log_session() { log::stop(); }
};

outcome<void> start_log(const config::daemon& how, bool in_background) {
  log::options options{.least = how.log, .to = log::usual_destination(in_background), .file = how.log_file};
  if (!how.log_file.empty()) {
    options.to = log::destination::file;
    options.file = std::filesystem::absolute(how.log_file);
  }
  if (auto started = log::start(options); !started) {
    return fail(code_for(started.error()), how.log_file + ": " + std::string(started.error().message()));
  }
  return {};
}

/// Local files are held by descriptor: as many as this user may have.
void raise_open_files_limit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

randomio::loop::kind loops_for(config::loop_choice wanted) {
  if (wanted == config::loop_choice::epoll) return randomio::loop::kind::epoll;
  if (wanted == config::loop_choice::uring || randomio::uring_loop::make()) return randomio::loop::kind::uring;
  log::info("the kernel refuses io_uring: using epoll");  // Containers often forbid it.
  return randomio::loop::kind::epoll;
}

std::string_view name_of(randomio::loop::kind loops) {
  return loops == randomio::loop::kind::uring ? "uring" : "epoll";
}

fuse::session_options options_for(const plan& wanted, randomio::loop::kind loops) {
  fuse::session_options options{.mountpoint = wanted.mountpoint,
                                .source = wanted.source,
                                .threads = wanted.config.daemon.threads,
                                .loops = loops,
                                .mount_options = wanted.kernel_options};
  if (wanted.view.read_only) options.mount_options.emplace_back("ro");
  if (wanted.allow_other) options.mount_options.emplace_back("allow_other");
  return options;
}

/// Files that would not close are still in use, and with them all that this process would now take down.
[[noreturn]] void end_now() {
  log::stop();
  std::_Exit(static_cast<int>(exit_code::system));
}

outcome<void> run(fuse::session& mounted, const plan& wanted, randomio::loop::kind loops,
                  const std::function<void()>& ready) {
  const auto entry = mount_at(wanted.mountpoint);
  const daemon_record record(entry ? entry->device : "unknown");
  log::info("mounted", {{"source", wanted.source}, {"mountpoint", wanted.mountpoint}, {"loop", name_of(loops)}});
  const termination at_signal([&](int signal) {
    log::info("stopping", {{"signal", ::strsignal(signal)}});
    notify_service("STOPPING=1");
    mounted.stop();
  });
  ready();
  notify_service("READY=1\nSTATUS=" + wanted.source + " mounted at " + wanted.mountpoint);
  if (auto served = mounted.run(); !served) {
    log::error("serving failed", {{"mountpoint", wanted.mountpoint}, {"error", served.error().describe()}});
    if (served.error() == randomio::errc::timed_out) end_now();
    return fail(exit_code::system, wanted.mountpoint + ": serving failed: " + served.error().describe());
  }
  log::info("unmounted", {{"source", wanted.source}, {"mountpoint", wanted.mountpoint}});
  return {};
}

}  // namespace

outcome<void> serve(const plan& wanted, const randomio::registry& known, bool in_background,
                    const std::function<void()>& ready) {
  termination::block_signals();
  if (auto logging = start_log(wanted.config.daemon, in_background); !logging) return logging;
  const log_session until_the_end;
  raise_open_files_limit();
  ::umask(0);  // The kernel applies the caller's before a mode gets here.

  const auto loops = loops_for(wanted.config.daemon.loop);
  randomio::blocking_pool pool(
      std::max(blocking_threads_min, blocking_threads_per_core * std::thread::hardware_concurrency()));
  randomio::environment environment{.pool = pool,
                                    .loops = loops,
                                    .state_dir = wanted.config.daemon.state_dir,
                                    .metadata = wanted.metadata,
                                    .on_conflict = wanted.on_conflict,
                                    .attr_ttl = wanted.view.attr_ttl,
                                    .notice = [](std::string_view line) { log::warning(line); }};
  environment.share(wanted.config.daemon.memory, wanted.config.daemon.spill);
  auto stores = make_stores(wanted, known, environment);
  if (!stores) return std::unexpected(std::move(stores).error());
  auto tree = filesystem::make(*std::move(stores), wanted.view);
  if (!tree) return fail(code_for(tree.error()), wanted.source + ": " + config::in_words(tree.error()));
  auto mounted = fuse::session::mount(**tree, options_for(wanted, loops));
  if (!mounted) {
    return fail(code_for(mounted.error()), wanted.mountpoint + ": " + std::string(mounted.error().message()));
  }
  return run(**mounted, wanted, loops, ready);
}

}  // namespace randomiofs::cli
