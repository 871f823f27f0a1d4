#pragma once

#include <memory>

#include <randomio/backends/azure/connection.hpp>
#include <randomio/backends/azure/options_from.hpp>

#include "tests/conformance/object_store/service.hpp"

namespace azure_test {

using namespace object_store_suite;

/// The options that the environment of with_azure.py says, below a prefix of their own.
azure::options service_options();
std::unique_ptr<azure::store> make_store(azure::options with);

/// What all stores are tested with, and what only this one has.
struct blob_fixture : fixture {
  blob_fixture() : blob_fixture(service_options()) {}

  const azure::options with;
  azure::store& blobs;

 private:
  explicit blob_fixture(const azure::options& options) : blob_fixture(options, make_store(options)) {}
  blob_fixture(const azure::options& options, std::unique_ptr<azure::store> opened)
      : fixture(nullptr), with(options), blobs(*opened) {
    store = std::move(opened);
  }
};

}  // namespace azure_test
