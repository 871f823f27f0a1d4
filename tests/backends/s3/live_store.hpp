#pragma once

#include <memory>
#include <string>

#include <randomio/backends/s3/connection.hpp>
#include <randomio/backends/s3/options.hpp>

#include "tests/conformance/object_store/service.hpp"
#include "tests/support/object/live_store.hpp"

namespace live {

using namespace object_store_suite;

/// The value of a variable that tests/support/servers/with_s3.py sets.
std::string variable(const char* name);
/// A prefix that no other store of this program has.
std::string own_prefix();
/// A store with the keys that the variables say.
std::unique_ptr<s3::store> open_store(s3::options with, http::retry_options retry = {});

/// Where the service under test keeps what it is given, as the options of a store. One for each service.
s3::options service_options();
/// A store on the service under test.
std::unique_ptr<object::store> make_store(s3::options with);

}  // namespace live
