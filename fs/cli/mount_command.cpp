#include <filesystem>

#include "fs/cli/background.hpp"
#include "fs/cli/commands.hpp"
#include "fs/cli/daemon.hpp"
#include "fs/cli/mountpoint.hpp"
#include "fs/cli/plan.hpp"

namespace randomiofs::cli {
namespace {

/// In the child: the parent reports what goes wrong, so nothing is left to say here.
void serve_for_parent(const plan& wanted, const randomio::registry& known, background& parent) {
  bool told = false;
  const mount_waiter waiter{.ready =
                                [&] {
                                  told = true;
                                  parent.ready();
                                },
                            .has_given_up = [&](const failure& why) { parent.failed(why); }};
  const auto served = serve(wanted, known, true, waiter);
  if (!served && !told) parent.failed(served.error());
}

}  // namespace

outcome<void> run_mount(const mount_request& request) {
  const auto known = randomio::registry::with_built_in();
  auto wanted = plan::make(request, known);
  if (!wanted) return std::unexpected(std::move(wanted).error());
  wanted->mountpoint = absolute_mountpoint(wanted->mountpoint);
  if (auto& log_file = wanted->config.daemon.log_file; !log_file.empty())
    log_file = std::filesystem::absolute(log_file);
  if (auto place = check_mountpoint(wanted->mountpoint, *wanted); !place) return place;
  if (auto may = check_may_mount(*wanted); !may) return may;
  if (request.foreground) {
    const mount_waiter nobody{.ready = [] {}, .has_given_up = [](const failure& why) { print(why); }};
    return serve(*wanted, known, false, nobody);
  }

  auto parent = background::fork_off();
  if (!parent) return std::unexpected(std::move(parent).error());
  if (parent->in_parent()) return parent->wait_for_child();
  serve_for_parent(*wanted, known, *parent);
  return {};
}

}  // namespace randomiofs::cli
