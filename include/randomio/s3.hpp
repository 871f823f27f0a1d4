#pragma once

/// Amazon S3 and services that speak its protocol: link `randomio::s3`.

#include <randomio/backends/s3/credentials/credentials.hpp>
#include <randomio/backends/s3/credentials/secret.hpp>
#include <randomio/backends/s3/sigv4.hpp>
