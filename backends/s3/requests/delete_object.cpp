#include <randomio/backends/s3/requests/delete_object.hpp>

namespace randomio::s3 {

http::request delete_object(const bucket& in, std::string_view full_key, const precondition& when) {
  auto made = in.to_object(http::method::del, full_key);
  add_condition(made, when);
  return made;
}

}  // namespace randomio::s3
