#pragma once

#include <randomio/backends/http/credentials/refusal.hpp>
#include <randomio/backends/s3/credentials/secret.hpp>

namespace randomio::s3 {

using http::in_context;
using http::quotable;
using http::quotable_without_tokens;
using http::refuse;

}  // namespace randomio::s3
