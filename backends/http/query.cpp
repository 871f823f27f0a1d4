#include <randomio/backends/http/percent.hpp>
#include <randomio/backends/http/query.hpp>

namespace randomio::http {

query& query::add(std::string_view name, std::string_view value) {
  text_ += text_.empty() ? '?' : '&';
  append_percent_encoded(text_, name);
  text_ += '=';
  append_percent_encoded(text_, value);
  return *this;
}

}  // namespace randomio::http
