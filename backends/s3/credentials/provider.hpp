#pragma once

#include <randomio/backends/http/credentials/provider.hpp>
#include <randomio/backends/s3/credentials/credentials.hpp>

namespace randomio::s3 {

using provider = http::provider<credentials>;
using http::process_variables;
using http::provider_context;
using http::system_wall_clock;
using http::variable_lookup;
using http::wall_clock;

}  // namespace randomio::s3
