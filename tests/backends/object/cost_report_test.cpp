// The table of docs/semantics.md that says what an edit costs. RANDOMIO_WRITE_DOCS=1 writes it; otherwise this
// compares it, so that the document cannot say anything else than the planner does.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <randomio/backends/object/splice_plan.hpp>

using namespace randomio;
using namespace randomio::object;

namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr std::uint64_t gib = std::uint64_t{1} << 30;
constexpr std::uint64_t tib = std::uint64_t{1} << 40;
const std::string begins = "<!-- cost table: begin -->\n";
const std::string ends = "<!-- cost table: end -->\n";

std::string amount(std::uint64_t bytes) {
  char text[32];
  const auto value = static_cast<double>(bytes);
  if (bytes == 0) return "0";
  if (bytes < 10'240) {
    std::snprintf(text, sizeof text, "%llu B", static_cast<unsigned long long>(bytes));
  } else if (bytes < mib / 4) {
    std::snprintf(text, sizeof text, "%.1f KiB", value / 1024);
  } else if (bytes < gib) {
    std::snprintf(text, sizeof text, "%.2f MiB", value / static_cast<double>(mib));
  } else {
    std::snprintf(text, sizeof text, "%.2f GiB", value / static_cast<double>(gib));
  }
  return text;
}

enum class service : std::uint8_t { s3, r2, azure };

std::string name_of(service one) {
  return one == service::s3 ? "S3" : one == service::r2 ? "R2" : "Azure";
}

limits limits_of(service one) {
  // Source: developers.cloudflare.com/r2/platform/limits: 5 TiB, less one part of 5 GiB.
  if (one == service::r2) return {.uniform_parts = true, .object_bytes_max = 5 * tib - 5 * gib};
  if (one == service::s3) return {};
  return {.part_bytes_min = 1,
          .part_bytes_max = 4000 * mib,
          .parts_max = 50'000,
          .reuses_parts = true,
          .object_bytes_max = 50'000 * 4000 * mib};
}

/// A blob in blocks as large as an upload makes them.
std::vector<std::uint64_t> ends_of_blocks(std::uint64_t size) {
  auto block = 8 * mib;
  while (size / block > 37'500) block *= 2;
  std::vector<std::uint64_t> ends;
  for (std::uint64_t at = 0; at < size; ends.push_back(at)) at = std::min(size, at + block);
  return ends;
}

std::string line(const std::string& what, const extents& list, std::uint64_t base, service of, bool fast) {
  const auto allowed = limits_of(of);
  const auto cost = fast ? cost_model::fastest() : cost_model::cheapest();
  const auto ends = of == service::azure ? ends_of_blocks(base) : std::vector<std::uint64_t>();
  const auto plan = plan_splice(list, {.allowed = allowed, .cost = cost, .base_size = base, .part_ends = ends});
  std::string text = "| " + what + " | " + name_of(of) + " | " + (fast ? "fastest" : "cheapest") + " | ";
  if (!plan) return text + "EFBIG | | | |\n";
  const auto& takes = plan->takes;
  return text + std::to_string(takes.requests) + " | " + amount(takes.bytes_up) + " | " + amount(takes.bytes_down) +
         " | " + amount(takes.bytes_copied) + " |\n";
}

std::string table() {
  const std::pair<const char*, std::uint64_t> sizes[] = {
      {"1 MiB", mib}, {"100 MiB", 100 * mib}, {"5 GiB", 5 * gib}, {"100 GiB", 100 * gib}, {"5 TiB", 5 * tib}};
  std::string text =
      "| edit | store | plan | requests | bytes up | bytes down | copied inside |\n|---|---|---|---|---|---|---|\n";
  for (const bool append : {true, false}) {
    for (const auto& [name, size] : sizes) {
      extents list(size);
      const auto at = append ? *range::from_len(size, 1) : *range::from_len(size / 2, 4096);
      static_cast<void>(list.place({.at = at, .what = extent::kind::bytes}));
      const auto what = (append ? "1 byte appended to " : "4 KiB overwritten in the middle of ") + std::string(name);
      for (const auto of : {service::s3, service::r2, service::azure}) {
        for (const bool fast : {false, true}) text += line(what, list, size, of, fast);
      }
    }
  }
  return text;
}

}  // namespace

TEST_CASE("docs/semantics.md says what an edit costs") {
  const std::string path = std::string(RANDOMIO_SOURCE_DIR) + "/docs/semantics.md";
  std::stringstream read;
  read << std::ifstream(path).rdbuf();
  auto text = read.str();
  const auto begin = text.find(begins);
  const auto end = text.find(ends);
  REQUIRE(begin != std::string::npos);
  REQUIRE(end != std::string::npos);
  const auto from = begin + begins.size();
  if (std::getenv("RANDOMIO_WRITE_DOCS") != nullptr) {
    text.replace(from, end - from, table());
    std::ofstream(path) << text;
    return;
  }
  CHECK(text.substr(from, end - from) == table());
}
