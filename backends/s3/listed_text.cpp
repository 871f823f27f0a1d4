#include <randomio/backends/s3/listed_text.hpp>

#include <randomio/backends/http/percent.hpp>

namespace randomio::s3 {

std::optional<std::string> listed_text::of(http::xml_element element) const {
  if (!is_encoded_) return std::string(element.text());
  // The service writes a space as `+`, and a plus as `%2B`.
  auto decoded = http::percent_decode(element.text(), http::plus::space);
  if (!decoded) return std::nullopt;
  return *std::move(decoded);
}

}  // namespace randomio::s3
