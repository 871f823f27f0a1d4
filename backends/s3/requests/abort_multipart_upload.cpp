#include <randomio/backends/s3/requests/abort_multipart_upload.hpp>

namespace randomio::s3 {

http::request abort_multipart_upload(const bucket& in, std::string_view full_key, std::string_view upload_id) {
  return in.to_object(http::method::del, full_key, http::query().add("uploadId", upload_id));
}

}  // namespace randomio::s3
