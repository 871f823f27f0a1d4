// What blobfuse, AzCopy and WASB keep in the metadata of blobs.
#include <randomio/backends/object/metadata/formats.hpp>

namespace randomio::object::metadata {

namespace {

bool says_true(const texts& from, std::string_view name) {
  const auto text = value_of(from, name);
  return text == "true" || text == "True";
}

void read(const texts& from, posix& into) {
  if (says_true(from, "hdi_isfolder")) fill(into.type, std::optional(file_type::directory));
  if (says_true(from, "is_symlink")) fill(into.type, std::optional(file_type::symlink));
}

void refresh(const posix&, texts&, extent_of_writing) {}

}  // namespace

const format azure_format{.read = read, .write = refresh};

}  // namespace randomio::object::metadata
