#pragma once

#include <randomio/backends/http/credentials/secret.hpp>

namespace randomio::s3 {

using http::secret;
using http::wipe;

}  // namespace randomio::s3
