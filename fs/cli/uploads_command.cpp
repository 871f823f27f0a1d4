#include <chrono>
#include <cstdio>
#include <ctime>
#include <functional>

#include <randomio/backends/object/filesystem.hpp>
#include <randomio/core/runtime/blocking_pool.hpp>
#include <randomio/core/runtime/sync_wait.hpp>

#include <randomio/backends/registry/duration.hpp>
#include "fs/cli/commands.hpp"
#include "fs/cli/stores.hpp"

namespace randomiofs::cli {
namespace {

using randomio::object::upload;

constexpr unsigned blocking_threads = 2;

/// What one upload comes to: printed, or ended and printed. Its failure ends the command.
struct visitor {
  bool ends_it;
  std::function<randomio::result<void>(randomio::loop&, randomio::object::store&, const upload&)> visit;
};

std::string in_utc(randomio::timestamp at) {
  const std::time_t seconds = at.seconds;
  std::tm parts{};
  char text[sizeof "1970-01-01T00:00:00Z"];
  ::gmtime_r(&seconds, &parts);
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

/// A key on one line and in one column, whatever is in it.
std::string escaped(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c == '\\') {
      out += "\\\\";
    } else if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
      char code[sizeof "\\x00"];
      std::snprintf(code, sizeof code, "\\x%02x", static_cast<unsigned>(c));
      out += code;
    } else {
      out += c;
    }
  }
  return out;
}

void print(const upload& one) {
  std::printf("%s\t%s\t%s\n", in_utc(one.started).c_str(), escaped(one.key).c_str(), one.id.c_str());
}

/// Uploads that began after this moment are left alone. Units: seconds since the Unix epoch.
outcome<std::int64_t> began_before(const std::string& older_than) {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  if (older_than.empty()) return now;
  const auto age = randomio::parse_duration(older_than);
  if (!age) return fail(exit_code::usage, "--older-than: " + std::string(age.error().message()));
  return now - std::chrono::duration_cast<std::chrono::seconds>(*age).count();
}

std::string name_of(const plan::store& one) {
  return one.uri.empty() ? one.backend.name : one.uri;
}

std::string in_words(const plan::store& from, const randomio::error& problem) {
  return name_of(from) + ": " + problem.describe();
}

outcome<void> visit(const plan::store& from, randomio::object::store& objects, randomio::loop& on, std::int64_t before,
                    const visitor& each) {
  if (each.ends_it && objects.allows().publication_ends_uploads) {
    return fail(exit_code::usage,
                name_of(from) +
                    ": uploads cannot be ended here: what was sent goes when its object is published, "
                    "or after a week, by the service itself");
  }
  const auto found = randomio::sync_wait(on, objects.uploads(""));
  if (!found) return fail(code_for(found.error()), in_words(from, found.error()));
  for (const auto& one : *found) {
    if (one.started.seconds > before) continue;
    if (const auto done = each.visit(on, objects, one); !done)
      return fail(code_for(done.error()), in_words(from, done.error()));
  }
  return {};
}

outcome<void> visit_all(const uploads_request& request, const visitor& each) {
  const auto before = began_before(request.older_than);
  if (!before) return std::unexpected(before.error());
  const auto known = randomio::registry::with_built_in();
  const auto from = plan::of_stores(
      {.source = request.source, .mountpoint = {}, .config = request.config, .options = request.options}, known);
  if (!from) return std::unexpected(from.error());
  const auto loop = randomio::make_loop(randomio::loop::kind::epoll);
  if (!loop) return fail(exit_code::system, loop.error().describe());
  randomio::blocking_pool pool(blocking_threads);
  bool any = false;
  for (const auto& store : from->stores) {
    const auto made = make_store(store, from->config, known, {.pool = pool, .loops = randomio::loop::kind::epoll});
    if (!made) return std::unexpected(made.error());
    const auto objects = made->target<randomio::object::filesystem>();
    if (objects == nullptr) continue;
    any = true;
    if (auto done = visit(store, objects->store(), **loop, *before, each); !done) return done;
  }
  if (!any) return fail(exit_code::usage, "'" + request.source + "' holds no object store, so there are no uploads");
  return {};
}

}  // namespace

outcome<void> run_uploads_list(const uploads_request& request) {
  const auto show = [](randomio::loop&, randomio::object::store&, const upload& one) -> randomio::result<void> {
    print(one);
    return {};
  };
  return visit_all(request, {.ends_it = false, .visit = show});
}

outcome<void> run_uploads_abort(const uploads_request& request) {
  const auto end = [](randomio::loop& on, randomio::object::store& objects, const upload& one) {
    auto done = randomio::sync_wait(on, objects.abort(one));
    if (done) print(one);
    return done;
  };
  return visit_all(request, {.ends_it = true, .visit = end});
}

}  // namespace randomiofs::cli
