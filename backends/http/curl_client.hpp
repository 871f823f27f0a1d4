#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <randomio/backends/http/client.hpp>

namespace randomio::http {

struct curl_options {
  bool allow_http = false;  ///< Take http:// URLs too: everything in them can be read and changed on the way.
  bool verify_tls = true;   ///< Check that the server is who it claims to be.
  std::string ca_file;      ///< Certificates to trust, PEM; empty: the system's.
  std::string ca_dir;       ///< A directory of them, made by openssl-rehash(1).

  /// A URL; empty: none. Absent: from http_proxy, https_proxy, all_proxy and no_proxy in the environment, in
  /// lower or upper case.
  std::optional<std::string> proxy = {};
  std::optional<std::string> no_proxy = {};  ///< Hosts to reach directly, separated by commas.

  /// Requests in flight, and so connections, of one loop; what exceeds them waits in order.
  unsigned connections_max = 64;
  unsigned connections_per_host_max = 32;

  std::chrono::milliseconds connect_timeout{10'000};  ///< Name resolution, TCP and TLS.
  /// Without a byte either way, and up to 6 s more; a request with a `work_time` gets that on top; 0: for ever.
  std::chrono::seconds idle_timeout{60};
  std::chrono::milliseconds total_timeout{0};  ///< Of one request once it is begun; 0: none.

  /// Larger bodies wait for the server's consent, so that one it refuses does not travel. Source: RFC 9110 §10.1.1.
  std::size_t expect_continue_above = std::size_t{1} << 20;
  std::string user_agent = "randomio";
};

/// A client over libcurl: HTTP/1.1 on connections that are kept and used again. Each loop that sends gets its own
/// connections, when it first does, and keeps them until this client ends; they ask nothing of a loop, and so may
/// outlive it, while no request is in flight. Redirects are replies as any other. Bodies go from and to the
/// caller's buffers, as fast as both sides take them.
///
/// Errors:  as `client`; invalid, for a URL or header field that cannot be sent, or one that `allow_http` forbids;
///          unauthenticated, when the server cannot prove that it is who it should be.
///          A request that may be repeated `if_refused` and was sent, but then timed out or was cancelled before
///          the reply, is outcome_unknown too.
/// Threads: as `client`; requests must be over before it ends, on whichever thread.
/// Source:  libcurl-multi(3).
class curl_client final : public client {
 public:
  explicit curl_client(curl_options options = {});
  ~curl_client() override;
  curl_client(const curl_client&) = delete;
  curl_client& operator=(const curl_client&) = delete;

  [[nodiscard]] task<result<reply>> send(const request& what) override;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace randomio::http
