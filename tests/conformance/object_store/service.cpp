#include "tests/conformance/object_store/service.hpp"

namespace object_store_suite {

std::string pattern(std::size_t size, unsigned seed) {
  std::string made(size, '\0');
  for (auto& c : made) {
    seed = seed * 1'664'525U + 1'013'904'223U;
    c = static_cast<char>(seed >> 24U);
  }
  return made;
}

result<object::published> fixture::try_put(std::string_view key, std::string_view content, const object::properties& of,
                                           const precondition& when) {
  const std::array<std::span<const std::byte>, 1> pieces{bytes_of(content)};
  return wait(store->put(key, pieces, of, when));
}

version fixture::put(std::string_view key, std::string_view content, const object::properties& of) {
  auto made = try_put(key, content, of);
  if (!made) FAIL(made.error().describe());
  return made->current;
}

std::string fixture::content(std::string_view key) {
  const auto about = get(store->head(key));
  std::string out(about.size, '\0');
  const auto read = get(store->get(key, 0, bytes_in(out), about.current));
  CHECK(read.count == out.size());
  return out;
}

object::part fixture::upload(const object::upload& to, std::uint32_t number, std::string_view content) {
  const std::array<std::span<const std::byte>, 1> pieces{bytes_of(content)};
  return get(store->upload_part(to, number, pieces));
}

}  // namespace object_store_suite
