#pragma once

/// Azure Blob Storage: link `randomio::azure`.

#include <randomio/backends/azure/connection.hpp>
#include <randomio/backends/azure/connection_string.hpp>
#include <randomio/backends/azure/credentials/chain.hpp>
#include <randomio/backends/azure/credentials/static_provider.hpp>
#include <randomio/backends/azure/options_from.hpp>
#include <randomio/backends/azure/requests/leases.hpp>
#include <randomio/backends/azure/store.hpp>
