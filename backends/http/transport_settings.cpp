#include <randomio/backends/http/transport_settings.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace randomio::http {

void read_transport(setting_reader& from, std::string_view prefix, curl_options& transport, retry_options& retry) {
  const auto variable = [&](std::string_view name) { return std::string(prefix).append(name); };
  transport.verify_tls = from.flag_unless("verify_tls", {variable("ALLOW_INVALID_CERTIFICATES")});
  transport.ca_file = from.text("ca_file", {variable("CA_BUNDLE")});
  transport.ca_dir = from.text("ca_dir");
  if (auto proxy = from.text("proxy", {variable("PROXY_URL")}); !proxy.empty()) transport.proxy = std::move(proxy);
  if (auto none = from.text("no_proxy", {variable("PROXY_EXCLUDES")}); !none.empty()) {
    transport.no_proxy = std::move(none);
  }
  transport.connections_max = from.count("connections", transport.connections_max);
  transport.connections_per_host_max = transport.connections_max;
  transport.connect_timeout = from.time("connect_timeout", transport.connect_timeout, {variable("CONNECT_TIMEOUT")});
  transport.idle_timeout = std::chrono::ceil<std::chrono::seconds>(
      from.time("idle_timeout", transport.idle_timeout, {variable("READ_TIMEOUT")}));
  transport.total_timeout = from.time("timeout", transport.total_timeout, {variable("TIMEOUT")});
  if (auto agent = from.text("user_agent", {variable("USER_AGENT")}); !agent.empty()) {
    transport.user_agent = std::move(agent);
  }
  retry.attempts_max = from.count("retries", retry.attempts_max, {variable("MAX_ATTEMPTS")});
  retry.time_max = from.time("retry_timeout", retry.time_max);
}

}  // namespace randomio::http
