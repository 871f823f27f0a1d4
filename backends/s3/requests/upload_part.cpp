#include <randomio/backends/s3/requests/upload_part.hpp>

namespace randomio::s3 {

http::query part_query(std::string_view upload_id, std::uint32_t number) {
  return http::query().add("partNumber", std::to_string(number)).add("uploadId", upload_id);
}

http::request upload_part(const bucket& in, std::string_view full_key, std::string_view upload_id, std::uint32_t number,
                          object::pieces content) {
  auto made = in.to_object(http::method::put, full_key, part_query(upload_id, number));
  made.body = content;
  const auto checksum = in.with().checksum;
  if (checksum != checksum_algorithm::none) made.headers.set(field_name(checksum), checksum_of(checksum, content));
  in.add_customer_key(made.headers);
  return made;
}

result<object::part> uploaded_part(const http::request& sent, const http::reply& reply, const bucket& in,
                                   std::uint32_t number, const asked& what) {
  const auto etag = reply.headers.find("etag");
  if (!etag) return unexpected(unreadable(reply, what, "the reply has no ETag"));
  object::part made{.number = number, .tag = version_of(*etag).tag};
  for (const auto piece : sent.body) made.size += piece.size();
  if (const auto checksum = sent.headers.find(field_name(in.with().checksum))) made.checksum = *checksum;
  return made;
}

}  // namespace randomio::s3
