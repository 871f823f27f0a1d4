// Metadata of other programs, in any dialect, hostile or broken: what is read can be written in each dialect, is then
// written the same way again, and takes no name away that belongs to none of them.

#include <randomio/backends/object/metadata/dialect.hpp>
#include <randomio/backends/object/metadata/xattrs.hpp>

#include "tests/fuzz/input.hpp"

using namespace randomio::object;

namespace {

constexpr const char* foreign = "somebodys-own";

/// One `name: value` a line.
properties::texts texts_of(std::string_view text) {
  properties::texts out;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto colon = line.find(": ");
    if (colon != line.npos && colon != 0) out[std::string(line.substr(0, colon))] = line.substr(colon + 2);
  }
  out[foreign] = "stays";
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto given = texts_of({reinterpret_cast<const char*>(data), size});
  static_cast<void>(metadata::marks_directory(given));
  for (const auto as : {metadata::dialect::aws, metadata::dialect::azure, metadata::dialect::s3fs,
                        metadata::dialect::rclone, metadata::dialect::none}) {
    // Coarser units and bounds of what others said may show the first time.
    auto now = given, before = given;
    for (int i = 0; i < 3; ++i) {
      before = now;
      metadata::write(metadata::read(now), as, now);
    }
    fuzz::require(now == before, "what was read is written the same way again");
    fuzz::require(now.contains(foreign), "names of no dialect stay");
  }
  const auto attributes = metadata::read_xattrs(given);
  auto kept = given;
  if (metadata::write_xattrs(attributes, kept)) {
    fuzz::require(metadata::read_xattrs(kept) == attributes, "extended attributes come back");
  }
  return 0;
}
