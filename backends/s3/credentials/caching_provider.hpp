#pragma once

#include <randomio/backends/http/credentials/caching_provider.hpp>
#include <randomio/backends/s3/credentials/provider.hpp>

namespace randomio::s3 {

using http::caching_options;
using caching_provider = http::caching_provider<credentials>;

}  // namespace randomio::s3
