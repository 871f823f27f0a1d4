#pragma once

#include <string>

#include <randomio/backends/s3/credentials/provider.hpp>

namespace randomio::s3 {

/// A program that prints credentials: a profile's credential_process. Run without a shell.
/// Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
class process_provider : public provider {
 public:
  process_provider(const provider_context& in, std::string command) : in_(in), command_(std::move(command)) {}

  /// Errors: unauthenticated, with the end of what the program complained, less what looks like a secret.
  [[nodiscard]] task<result<credentials>> get() override;
  /// Names the program, not its arguments, which may be secrets.
  [[nodiscard]] std::string describe() const override;

 private:
  provider_context in_;
  std::string command_;
};

}  // namespace randomio::s3
