#include "tests/conformance/conformance.hpp"

#include "tests/backends/object/filesystem_fixture.hpp"

using randomio::testing::object_fixture;
using strict_objects = object_fixture<randomio::testing::strict_service>;

CONFORMANCE_SUITE("objects, erased", conformance::erased<strict_objects>)
