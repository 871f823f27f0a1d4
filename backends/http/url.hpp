#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <randomio/core/io/error.hpp>

namespace randomio::http {

/// An absolute URL with a host: of an endpoint, a request or a proxy. Source: RFC 3986 §3.
struct url {
  std::string scheme;    ///< In lower case.
  std::string userinfo;  ///< As written, percent-encoded. A secret.
  std::string host;      ///< In lower case; an IPv6 address without its brackets.
  std::optional<std::uint16_t> port = {};
  std::string path;   ///< As written, percent-encoded; empty or from its `/` on.
  std::string query;  ///< As written, percent-encoded; without its `?`.

  /// Errors: invalid, with the text (without what may be a password) and what is wrong with it. A fragment is wrong:
  ///         it never leaves the client, so it would silently be lost.
  [[nodiscard]] static result<url> parse(std::string_view text);

  /// The port, or its scheme's own; 0 when that has none.
  [[nodiscard]] std::uint16_t port_or_default() const noexcept;
  /// Host and port as the Host field has them: without the scheme's own port. Source: RFC 9110 §7.2.
  [[nodiscard]] std::string authority() const;
  /// Scheme and authority, to which a path can be appended.
  [[nodiscard]] std::string origin() const { return scheme + "://" + authority(); }
  /// All of it.
  [[nodiscard]] std::string text() const;

  friend bool operator==(const url&, const url&) = default;
};

/// Whether a host is this machine, in whatever spelling of its address.
[[nodiscard]] bool is_loopback(const std::string& host);

}  // namespace randomio::http
