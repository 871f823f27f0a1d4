#define TOML_IMPLEMENTATION
#include "fs/config/toml.hpp"
