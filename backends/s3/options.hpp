#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <randomio/backends/http/credentials/secret.hpp>
#include <randomio/backends/object/limits.hpp>
#include <randomio/backends/s3/checksum.hpp>
#include <randomio/backends/s3/endpoint.hpp>

namespace randomio::s3 {

/// Who encrypts what the service keeps, with which key.
/// Source: Amazon S3 User Guide, "Protecting data with encryption".
struct encryption {
  enum class kind : std::uint8_t {
    unspecified,  ///< As the bucket is set up.
    s3,           ///< SSE-S3: the service's own key.
    kms,          ///< SSE-KMS, and in two layers.
    kms_dsse,
    customer,  ///< SSE-C: a key that travels with each request and that the service forgets.
  };

  kind what = kind::unspecified;
  std::string kms_key_id = {};     ///< Empty: the account's default one.
  bool bucket_key = false;         ///< Fewer calls to KMS, at less cost.
  http::secret customer_key = {};  ///< 32 bytes in base64.
};

/// Their names in settings.
inline constexpr std::array<std::pair<std::string_view, encryption::kind>, 4> encryption_names{
    {{"AES256", encryption::kind::s3},
     {"aws:kms", encryption::kind::kms},
     {"aws:kms:dsse", encryption::kind::kms_dsse},
     {"sse-c", encryption::kind::customer}}};

/// One bucket, or what lies below a prefix in it.
struct options {
  std::string bucket = {};
  std::string prefix = {};    ///< Ends in a `/` or is empty; keys of the store are below it and do not show it.
  std::string region = {};    ///< Empty: found out from the service.
  std::string endpoint = {};  ///< A URL; empty: AWS.
  addressing style = addressing::automatic;

  checksum_algorithm checksum = checksum_algorithm::crc64nvme;
  std::string storage_class = {};  ///< Of new objects; empty: the service's default.
  encryption sse = {};
  bool requester_pays = false;
  bool tagging = true;      ///< Tags are kept. Without it they are neither read nor written.
  bool bulk_delete = true;  ///< Many deletes are one request, where the service has that.

  /// Treat conditions as honoured that are not: two writers then overwrite each other silently.
  bool unsafe_without_conditions = false;

  // What is different with services that are not quite S3.
  object::limits allows = {};
  std::optional<object::conditions> honours = {};  ///< Absent: known for AWS, probed elsewhere.
  /// Precedes `if-match` and `if-none-match` in the fields that are about the destination of a copy.
  std::string copy_condition_prefix = {};
  bool keep_service_fields = true;           ///< Encryption, object lock and redirects are given again with new bytes.
  std::string accept_encoding = "identity";  ///< So that nobody on the way unpacks what was stored packed.
};

}  // namespace randomio::s3
