#pragma once

#include <string>

#include <randomio/backends/s3/credentials/provider.hpp>
#include <randomio/backends/s3/credentials/shared_config.hpp>

namespace randomio::s3 {

/// Where AWS's files are. Source: AWS SDKs and Tools Reference Guide, "Location of the shared files".
struct shared_files {
  std::string config;
  std::string credentials;
  std::string sso_cache;  ///< A directory.

  /// The given paths, else AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, else below `~/.aws`. A leading `~/` is
  /// the home directory: HOME, or what the user database says. May block.
  [[nodiscard]] static shared_files of(const variable_lookup& variables, std::string config, std::string credentials);

  /// Reads both; one that is missing, or cannot be opened, says nothing. Blocks.
  ///
  /// Errors: invalid, with the file and the line.
  [[nodiscard]] result<shared_config> read() const;
};

}  // namespace randomio::s3
