#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <randomio/backends/http/client.hpp>
#include <randomio/core/io/attributes.hpp>
#include <randomio/core/runtime/blocking_pool.hpp>
#include <randomio/core/runtime/task.hpp>

namespace randomio::http {

/// Where credentials of one kind come from.
template <class Credentials>
class provider {
 public:
  virtual ~provider() = default;

  /// Gets credentials anew; nothing is remembered that may have changed since.
  ///
  /// Errors:  not_found, when this source is not configured, so that another may be asked; invalid, when it is
  ///          configured wrongly; unauthenticated, when it was refused; unreachable, timed_out. The message says
  ///          what and where, and holds no secret.
  /// Threads: on the thread of a loop, one call at a time.
  [[nodiscard]] virtual task<result<Credentials>> get() = 0;

  /// For people, without secrets: "profile 'dev'".
  [[nodiscard]] virtual std::string describe() const = 0;
};

/// Looks up environment variables, or what stands in for them. An empty variable counts as none, as in the SDKs of the
/// clouds.
using variable_lookup = std::function<std::optional<std::string>(std::string_view name)>;
/// Those of the process. Source: environ(7).
[[nodiscard]] variable_lookup process_variables();

using wall_clock = std::function<timestamp()>;
/// The system's. Source: clock_gettime(2), CLOCK_REALTIME.
[[nodiscard]] wall_clock system_wall_clock();

/// What providers use of the program that they run in. Borrowed for their life.
struct provider_context {
  http::client& services;  ///< For the services' own endpoints, over TLS.
  http::client& local;     ///< For addresses of this machine and link: plain http allowed, no proxy, no retry.
  blocking_pool& pool;     ///< For files and processes.
  variable_lookup variables = process_variables();
  wall_clock now = system_wall_clock();

  /// The first of these variables that is there.
  [[nodiscard]] std::optional<std::string> variable(std::initializer_list<std::string_view> names) const;
};

}  // namespace randomio::http
