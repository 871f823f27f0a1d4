#pragma once

#include <randomio/backends/http/client.hpp>
#include <randomio/backends/http/fields.hpp>
