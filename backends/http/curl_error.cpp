#include <randomio/backends/http/curl_error.hpp>

#include <string>

namespace randomio::http {
namespace {

errc meaning(CURLcode code, bool sent) noexcept {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return errc::timed_out;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CERTPROBLEM: return errc::unauthenticated;
    case CURLE_URL_MALFORMAT:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_UNKNOWN_OPTION:
    case CURLE_NOT_BUILT_IN: return errc::invalid;
    // Also what curl calls a reply that has no status line, as in HTTP/0.9.
    case CURLE_UNSUPPORTED_PROTOCOL: return sent ? errc::corrupt : errc::invalid;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_PARTIAL_FILE:
    case CURLE_BAD_CONTENT_ENCODING: return errc::corrupt;
    case CURLE_FILESIZE_EXCEEDED: return errc::too_large;
    case CURLE_OUT_OF_MEMORY: return errc::out_of_memory;
    default: return errc::unreachable;
  }
}

std::string_view advice(CURLcode code) noexcept {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
      return ": if this is the right server, trust its certificate authority by ca_file, and check this machine's "
             "clock";
    case CURLE_SSL_CACERT_BADFILE: return ": check ca_file and ca_dir";
    default: return "";
  }
}

}  // namespace

error curl_error(CURLcode code, std::string_view text, const curl_progress& how_far) {
  // curl quotes such a URL, and its password with it.
  if (text.starts_with("Unsupported proxy")) {
    return error(errc::invalid)
        .with_message("the URL of the proxy cannot be used: check proxy, and https_proxy, http_proxy and all_proxy");
  }
  std::string message(text.empty() ? std::string_view(curl_easy_strerror(code)) : text);
  while (message.ends_with('\n') || message.ends_with('.')) message.pop_back();
  message += advice(code);
  return when_sent(error(meaning(code, how_far.sent), operation::none, how_far.status).with_message(message), how_far);
}

error when_sent(error failure, const curl_progress& how_far) {
  if (!how_far.sent || how_far.repeatable) return failure;
  std::string message(name(failure.code()));
  message.append(" after the request was sent, which may have been carried out: ").append(failure.message());
  return error(errc::outcome_unknown, failure.op(), failure.vendor_code()).with_message(message);
}

}  // namespace randomio::http
