#pragma once

#include <memory>

#include <randomio/backends/object/options.hpp>
#include <randomio/backends/object/store.hpp>

namespace live {

/// A store below a prefix of its own, on the service that the test runs beside (`randomio_test … BESIDE`). One source
/// file for each service defines it; a test that is linked with one runs on that service.
[[nodiscard]] std::unique_ptr<randomio::object::store> make_store();
/// As a mount of that service has them.
[[nodiscard]] randomio::object::options filesystem_options();

}  // namespace live
