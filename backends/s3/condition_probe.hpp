#pragma once

#include <array>
#include <string>

#include <randomio/backends/object/limits.hpp>
#include <randomio/backends/s3/store.hpp>

namespace randomio::s3 {

/// Finds out which conditions a service honours, by requests that must fail, and by looking at what they have done:
/// a service may answer a condition that it ignores in any way. Uses two objects of its own, and removes them.
class condition_probe {
 public:
  explicit condition_probe(store& of);

  /// Errors: those of the requests that no condition is on, permission_denied above all.
  [[nodiscard]] task<result<object::conditions>> run();
  /// The first of them, on a whole-object upload.
  [[nodiscard]] task<result<bool>> put();

 private:
  /// Whether a request was refused for its condition, and the object is what it was.
  [[nodiscard]] task<bool> refused(result<void> outcome, std::string_view key, const version& unchanged);
  [[nodiscard]] task<result<version>> publish(std::string_view key, char content);

  [[nodiscard]] task<result<bool>> complete();
  [[nodiscard]] task<result<bool>> copy();
  [[nodiscard]] task<result<bool>> copy_source();
  [[nodiscard]] task<result<bool>> remove();

  store& store_;
  const std::string key_, other_;
};

}  // namespace randomio::s3
