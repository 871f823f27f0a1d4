#include "tests/conformance/conformance.hpp"

#include "tests/backends/object/filesystem_fixture.hpp"

using randomio::testing::object_fixture;
using strict_objects = object_fixture<randomio::testing::strict_service>;
using uniform_objects = object_fixture<randomio::testing::uniform_service>;
using block_list_objects = object_fixture<randomio::testing::block_list_service>;

CONFORMANCE_SUITE("objects", strict_objects)
CONFORMANCE_SUITE("objects in uniform parts", uniform_objects)
CONFORMANCE_SUITE("objects in block lists", block_list_objects)
