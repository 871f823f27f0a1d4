#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include <randomio/backends/s3/credentials/credentials.hpp>

namespace randomio::s3 {

/// A time as signatures have it: `20130524T000000Z`, whose first eight characters are the date.
[[nodiscard]] std::string signing_time(timestamp at);

/// The key of one day, region and service, from the secret access key.
/// Source: AWS General Reference, "Create a signed AWS API request", step 3.
[[nodiscard]] secret signing_key(const secret& secret_access_key, std::string_view date, std::string_view region,
                                 std::string_view service);

/// The last key, since requests use the same one all day. Region and service are the owner's, and do not change.
///
/// Threads: any.
class signing_key_cache {
 public:
  [[nodiscard]] secret get(const credentials& with, std::string_view date, std::string_view region,
                           std::string_view service);

 private:
  std::mutex mutex_;
  secret from_;
  std::string date_;
  secret key_;
};

}  // namespace randomio::s3
