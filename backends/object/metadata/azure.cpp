// What blobfuse, AzCopy and WASB keep in the metadata of blobs.
#include <randomio/backends/object/metadata/formats.hpp>

namespace randomio::object::metadata {

namespace {

constexpr std::string_view is_folder = "hdi_isfolder", is_link = "is_symlink";

bool says_true(const texts& from, std::string_view name) {
  const auto text = value_of(from, name);
  return text == "true" || text == "True";
}

void read(const texts& from, posix& into) {
  if (says_true(from, is_folder)) fill(into.type, std::optional(file_type::directory));
  if (says_true(from, is_link)) fill(into.type, std::optional(file_type::symlink));
}

void refresh(const posix&, texts&, extent_of_writing) {}

}  // namespace

void mark_type(file_type type, texts& to) {
  if (type == file_type::directory) to.insert_or_assign(std::string(is_folder), "true");
  if (type == file_type::symlink) to.insert_or_assign(std::string(is_link), "true");
}

bool marks_directory(const texts& from) {
  return says_true(from, is_folder);
}

const format azure_format{.read = read, .write = refresh};

}  // namespace randomio::object::metadata
