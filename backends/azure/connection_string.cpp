#include <randomio/backends/azure/connection_string.hpp>

#include <map>

#include <randomio/backends/http/credentials/refusal.hpp>
#include <randomio/backends/http/fields.hpp>

namespace randomio::azure {
namespace {

void fill(std::string& empty, std::string_view value) {
  if (empty.empty()) empty = value;
}
void fill(secret& empty, std::string_view value) {
  if (empty.empty()) empty = secret(value);
}

}  // namespace

result<void> apply_connection_string(std::string_view text, options& to) {
  std::string protocol = "https";
  bool any = false;
  while (!text.empty()) {
    const auto one = text.substr(0, text.find(';'));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    if (one.find_first_not_of(" \t\r\n") == std::string_view::npos) continue;
    const auto equals = one.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return http::refuse(errc::invalid, "a connection string is NAME=VALUE;NAME=VALUE;…");
    }
    const auto name = one.substr(one.find_first_not_of(" \t\r\n"), equals - one.find_first_not_of(" \t\r\n"));
    const auto value = one.substr(equals + 1);
    any = true;
    if (http::same_name(name, "AccountName")) {
      fill(to.account, value);
    } else if (http::same_name(name, "AccountKey")) {
      fill(to.authorised_by.account_key, value);
    } else if (http::same_name(name, "SharedAccessSignature")) {
      fill(to.authorised_by.sas, value);
    } else if (http::same_name(name, "BlobEndpoint")) {
      fill(to.endpoint, value);
    } else if (http::same_name(name, "EndpointSuffix")) {
      fill(to.endpoint_suffix, value);
    } else if (http::same_name(name, "DefaultEndpointsProtocol")) {
      protocol = value;
    } else if (http::same_name(name, "UseDevelopmentStorage")) {
      to.use_emulator = http::same_name(value, "true");
    }
    // Those of queues, tables and files are none of ours.
  }
  if (!any) return http::refuse(errc::invalid, "the connection string is empty");
  if (http::same_name(protocol, "http")) {
    to.allow_http = true;
    if (to.endpoint.empty() && !to.account.empty()) {
      to.endpoint = "http://" + to.account + ".blob." +
                    (to.endpoint_suffix.empty() ? std::string("core.windows.net") : to.endpoint_suffix);
    }
  } else if (!http::same_name(protocol, "https")) {
    return http::refuse(errc::invalid, "DefaultEndpointsProtocol in the connection string is neither https nor http");
  }
  return {};
}

}  // namespace randomio::azure
