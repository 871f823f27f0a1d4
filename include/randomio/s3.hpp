#pragma once

/// Amazon S3 and services that speak its protocol: link `randomio::s3`.

#include <randomio/backends/s3/connection.hpp>
#include <randomio/backends/s3/credentials/caching_provider.hpp>
#include <randomio/backends/s3/credentials/chain.hpp>
#include <randomio/backends/s3/credentials/credentials.hpp>
#include <randomio/backends/s3/credentials/environment.hpp>
#include <randomio/backends/s3/credentials/provider.hpp>
#include <randomio/backends/s3/credentials/secret.hpp>
#include <randomio/backends/s3/credentials/static_provider.hpp>
#include <randomio/backends/s3/options.hpp>
#include <randomio/backends/s3/signing_client.hpp>
#include <randomio/backends/s3/sigv4.hpp>
#include <randomio/backends/s3/store.hpp>
