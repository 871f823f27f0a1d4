#pragma once

#include <string>
#include <string_view>

#include <randomio/backends/registry/registry.hpp>
#include <randomio/backends/s3/setup.hpp>

namespace randomio {

/// What settings say of a store, with AWS_* variables for what they do not say. Takes what it knows of them.
///
/// Errors: invalid, naming the key or variable.
[[nodiscard]] result<s3::setup> take_s3_setup(settings& from);
/// The same on R2, with the keys `account` and `jurisdiction`.
[[nodiscard]] result<s3::setup> take_r2_setup(settings& from);

/// Files in directories on that store, called `name` in messages. Takes `object_keys` from the settings too, and
/// refuses what is left of them. Asks nothing of the service yet.
///
/// Errors:  invalid, naming the key.
/// Borrows: the environment's pool, for the backend's life.
[[nodiscard]] result<dyn_fs> make_on_store(s3::setup with, std::string name, settings from, std::string_view known_keys,
                                           const environment& in);

}  // namespace randomio
