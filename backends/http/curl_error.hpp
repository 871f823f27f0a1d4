#pragma once

#include <curl/curl.h>

#include <string_view>

#include <randomio/core/io/error.hpp>

namespace randomio::http {

/// How far a request came before it failed.
struct curl_progress {
  bool sent = false;       ///< Some of it may have reached the server.
  bool repeatable = true;  ///< It may be sent again whatever the server did with it.
  int status = 0;          ///< Of the reply, when its first line came.
};

/// What a failed transfer means. `text` is curl's own description. Source: libcurl-errors(3).
[[nodiscard]] error curl_error(CURLcode code, std::string_view text, const curl_progress& how_far);

/// Makes a failure whose request may have been carried out into an outcome_unknown, when that matters.
[[nodiscard]] error when_sent(error failure, const curl_progress& how_far);

}  // namespace randomio::http
