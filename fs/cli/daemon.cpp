#include "fs/cli/daemon.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <thread>

#include <randomio/core/runtime/uring_loop.hpp>

#include "fs/cli/daemon_record.hpp"
#include "fs/cli/mount_table.hpp"
#include "fs/cli/service.hpp"
#include "fs/cli/stores.hpp"
#include "fs/cli/termination.hpp"
#include "fs/cli/time_limit.hpp"
#include "fs/fuse/session.hpp"
#include "fs/telemetry/log.hpp"

namespace randomiofs::cli {
namespace {

constexpr unsigned blocking_threads_min = 4;
constexpr unsigned blocking_threads_per_core = 2;
constexpr auto grace = std::chrono::seconds(10);  // For what a time that is over cuts off, to say so.

/// Stops the log, and so writes what is queued, whichever way the daemon ends.
struct log_session {
  log_session() = default;
  log_session(const log_session&) = delete;
  log_session& operator=(const log_session&) = delete;
  ~log_session() { log::stop(); }
};

/// Returns: where the log is.
outcome<log::destination> start_log(const config::daemon& how, bool in_background) {
  log::options options{.least = how.log, .to = log::usual_destination(in_background), .file = how.log_file};
  if (!how.log_file.empty()) {
    options.to = log::destination::file;
    options.file = std::filesystem::absolute(how.log_file);
  }
  if (auto started = log::start(options); !started) {
    return fail(code_for(started.error()), how.log_file + ": " + std::string(started.error().message()));
  }
  return options.to;
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
  if (wanted.unmount_timeout.count() > 0) options.close_bound = wanted.unmount_timeout + grace;
  return options;
}

std::string in_seconds(std::chrono::nanoseconds time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count()) + " s";
}

/// Files that would not close are still in use, and with them all that this process would now take down.
[[noreturn]] void end_now() {
  log::stop();
  std::_Exit(static_cast<int>(exit_code::system));
}

/// Makes the stores, in at most `mount_timeout`.
outcome<std::vector<mounted_backend>> make_stores_in_time(const plan& wanted, const randomio::registry& known,
                                                          const randomio::environment& environment,
                                                          randomio::stop_source& requests, const mount_waiter& waiter) {
  const auto given_up = "gave up after " + in_seconds(wanted.mount_timeout) + " (mount_timeout)";
  const time_limit limit(
      wanted.mount_timeout, [&] { requests.request_stop(); }, grace,
      [&] {
        waiter.has_given_up({exit_code::mount_failed, wanted.source + ": no answer; " + given_up});
        std::_Exit(static_cast<int>(exit_code::mount_failed));
      });
  auto stores = make_stores(wanted, known, environment);
  if (!stores && limit.is_over()) stores.error().line += "; " + given_up;
  return stores;
}

outcome<void> run(fuse::session& mounted, const plan& wanted, randomio::loop::kind loops, const object_stores& stores,
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
  const auto unpublished = finish(stores, loops);
  log::info("unmounted", {{"source", wanted.source}, {"mountpoint", wanted.mountpoint}});
  if (unpublished == 0) return {};
  const auto said = std::to_string(unpublished) + " files were not published; the log says where they are kept";
  record.leave(said);
  return fail(exit_code::system, wanted.mountpoint + ": " + said);
}

}  // namespace

outcome<void> serve(const plan& wanted, const randomio::registry& known, bool in_background,
                    const mount_waiter& waiter) {
  termination::block_signals();
  const auto logging = start_log(wanted.config.daemon, in_background);
  if (!logging) return std::unexpected(logging.error());
  const log_session until_the_end;
  raise_open_files_limit();
  ::umask(0);  // The kernel applies the caller's before a mode gets here.

  const auto loops = loops_for(wanted.config.daemon.loop);
  randomio::blocking_pool pool(
      std::max(blocking_threads_min, blocking_threads_per_core * std::thread::hardware_concurrency()));
  randomio::stop_source requests;  // Of all stores.
  randomio::environment environment{.pool = pool,
                                    .loops = loops,
                                    .state_dir = wanted.config.daemon.state_dir,
                                    .metadata = wanted.metadata,
                                    .on_conflict = wanted.on_conflict,
                                    .attr_ttl = wanted.view.attr_ttl,
                                    .notice = [](std::string_view line) { log::warning(line); },
                                    .stop = requests.token()};
  environment.share(wanted.config.daemon.memory, wanted.config.daemon.spill);
  auto stores = make_stores_in_time(wanted, known, environment, requests, waiter);
  if (!stores) {
    // Who reads standard error gets the failure's own line there.
    if (*logging != log::destination::standard_error) {
      log::error("not mounted", {{"source", wanted.source}, {"error", stores.error().cause}});
    }
    return std::unexpected(std::move(stores).error());
  }
  const auto objects = object_stores_in(*stores);
  auto tree = filesystem::make(*std::move(stores), wanted.view);
  if (!tree) return fail(code_for(tree.error()), wanted.source + ": " + config::in_words(tree.error()));
  std::optional<time_limit> ending;
  auto options = options_for(wanted, loops);
  options.ending = [&] {
    const auto give_up = [&] {
      log::error("the stores are not waited for any longer", {{"unmount_timeout", in_seconds(wanted.unmount_timeout)}});
      requests.request_stop();
    };
    ending.emplace(wanted.unmount_timeout, give_up, grace, [] { end_now(); });
  };
  auto mounted = fuse::session::mount(**tree, std::move(options));
  if (!mounted) {
    return fail(code_for(mounted.error()), wanted.mountpoint + ": " + std::string(mounted.error().message()));
  }
  return run(**mounted, wanted, loops, objects, waiter.ready);
}

}  // namespace randomiofs::cli
