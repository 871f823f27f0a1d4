#pragma once

#include <string>
#include <string_view>

#include <randomio/backends/s3/sigv4.hpp>

namespace s3_signing {

using namespace randomio;

/// The key of AWS's signature test suite.
inline s3::credentials suite_key() {
  return {.access_key_id = "AKIDEXAMPLE", .secret_access_key = s3::secret{"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}};
}
/// 2015-08-30T12:36:00Z, as everywhere in the suite.
inline constexpr timestamp suite_time{.seconds = 1440938160};

/// The key of the examples in the Amazon S3 API Reference.
inline s3::credentials documentation_key() {
  return {.access_key_id = "AKIAIOSFODNN7EXAMPLE",
          .secret_access_key = s3::secret{"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}};
}
/// 2013-05-24T00:00:00Z.
inline constexpr timestamp documentation_time{.seconds = 1369353600};

/// `NAME` of the Authorization field, up to the comma.
inline std::string authorization(const http::request& what, std::string_view name) {
  const auto field = what.headers.find("Authorization");
  if (!field) return "(no Authorization)";
  const auto at = field->find(std::string(name) + "=");
  if (at == std::string_view::npos) return "(none)";
  const auto rest = field->substr(at + name.size() + 1);
  return std::string(rest.substr(0, rest.find(',')));
}

}  // namespace s3_signing
