#pragma once

#include <string>

#include <randomio/backends/s3/credentials/provider.hpp>
#include <randomio/backends/s3/credentials/shared_files.hpp>

namespace randomio::s3 {

/// A profile of the shared config and credentials files, which are read anew each time.
class profile_provider : public provider {
 public:
  struct options {
    std::string profile = {};  ///< Empty: AWS_PROFILE, AWS_DEFAULT_PROFILE, or "default".
    std::string config = {};   ///< Paths; empty: as `shared_files::of`.
    std::string credentials = {};
    std::string region = {};  ///< Where STS is; empty: the profile's.
  };

  profile_provider(const provider_context& in, options with);

  /// Errors: as `profile_source::of`; a profile that somebody named and that is not there is invalid.
  [[nodiscard]] task<result<credentials>> get() override;
  [[nodiscard]] std::string describe() const override { return "profile '" + profile_ + "'"; }

 private:
  provider_context in_;
  options with_;
  std::string profile_;
  bool named_;
};

}  // namespace randomio::s3
