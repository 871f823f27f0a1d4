#include <randomio/backends/s3/requests/copy_object.hpp>

#include <randomio/backends/http/xml.hpp>
#include <randomio/backends/s3/object_fields.hpp>

namespace randomio::s3 {

void add_copy_source(http::request& to, const bucket& in, const object::source& from) {
  to.headers.set("x-amz-copy-source", in.copy_source(from.key, from.version_id));
  if (!from.expected.tag.empty()) to.headers.set("x-amz-copy-source-if-match", from.expected.tag);
  in.add_source_customer_key(to.headers);
}

result<http::request> copy_object(const bucket& in, const copy_plan& plan) {
  auto made = in.to_object(http::method::put, plan.to);
  add_copy_source(made, in, plan.from);
  made.work_time = http::time_to_copy(plan.from.size);
  if (plan.replaces) {
    if (auto added = add_properties(made.headers, plan.with, in); !added) return unexpected(std::move(added).error());
    made.headers.set("x-amz-metadata-directive", "REPLACE");
    // Tags that are not known stay what they are.
    if (in.with().tagging && plan.with.tags) made.headers.set("x-amz-tagging-directive", "REPLACE");
  } else {
    add_placement(made.headers, plan.with, in);
    made.headers.set("x-amz-metadata-directive", "COPY");
  }
  const auto checksum = in.with().checksum;
  if (checksum != checksum_algorithm::none) made.headers.set("x-amz-checksum-algorithm", service_name(checksum));
  add_condition(made, plan.when, in.with().copy_condition_prefix);
  return made;
}

result<object::published> copied_object(const http::reply& reply, const asked& what) {
  const auto parsed = http::xml_reply::parse(reply.body, "CopyObjectResult");
  if (!parsed) return unexpected(unreadable(reply, what, parsed.error().message()));
  const auto etag = parsed->root().child("ETag").text();
  if (etag.empty()) return unexpected(unreadable(reply, what, "the reply has no ETag"));
  object::published out{.current = version_of(etag)};
  if (const auto id = reply.headers.find("x-amz-version-id"); id && *id != "null") out.version_id = *id;
  return out;
}

}  // namespace randomio::s3
