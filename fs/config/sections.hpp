#pragma once

#include <string>

#include <randomio/core/io/error.hpp>

#include "fs/config/config.hpp"
#include "fs/config/toml.hpp"

/// One reader for each kind of table in the file.
namespace randomiofs::config {

[[nodiscard]] randomio::result<daemon> read_daemon(const toml::table& table, const std::string& file);
[[nodiscard]] randomio::result<backend> read_backend(const std::string& name, const toml::table& table,
                                                     const std::string& file);
/// `known` has the backends that the mount may name.
[[nodiscard]] randomio::result<mount> read_mount(const std::string& name, const toml::table& table, const file& known);

}  // namespace randomiofs::config
