#pragma once

#include <catch2/catch.hpp>
#include <cstdlib>
#include <random>
#include <string>

/// The random numbers of a test: from RANDOMIO_SEED when it is set, else new ones; every failure prints the seed.
class seeded {
 public:
  seeded() : seed(from_environment()), numbers(seed) {}
  unsigned below(unsigned bound) { return static_cast<unsigned>(numbers() % bound); }
  [[nodiscard]] std::string text() const { return "RANDOMIO_SEED=" + std::to_string(seed); }

  const std::uint64_t seed;
  std::mt19937_64 numbers;

 private:
  static std::uint64_t from_environment() {
    const char* set = std::getenv("RANDOMIO_SEED");
    return set != nullptr ? std::strtoull(set, nullptr, 10) : std::random_device()();
  }
};
