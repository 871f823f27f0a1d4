// What a service answers, hostile or broken: every reply is a value or an error, never more than was sent, and keys
// that a listing shows are below the prefix that was asked for. What XML we write, we read back.

#include <randomio/backends/http/xml.hpp>
#include <randomio/backends/s3/encoded_word.hpp>
#include <randomio/backends/s3/refused_signature.hpp>
#include <randomio/backends/s3/requests/complete_multipart_upload.hpp>
#include <randomio/backends/s3/requests/copy_object.hpp>
#include <randomio/backends/s3/requests/create_multipart_upload.hpp>
#include <randomio/backends/s3/requests/delete_objects.hpp>
#include <randomio/backends/s3/requests/get_object.hpp>
#include <randomio/backends/s3/requests/get_object_tagging.hpp>
#include <randomio/backends/s3/requests/head_object.hpp>
#include <randomio/backends/s3/requests/list_multipart_uploads.hpp>
#include <randomio/backends/s3/requests/list_objects.hpp>
#include <randomio/backends/s3/requests/list_parts.hpp>
#include <randomio/backends/s3/requests/upload_part_copy.hpp>

#include "tests/fuzz/input.hpp"

using namespace randomio;

namespace {

const s3::bucket& in() {
  static const auto made = s3::bucket::of({.bucket = "b", .prefix = "p/"});
  return *made;
}

void judge_listing(const http::reply& reply) {
  const auto page = s3::listed_objects(reply, in());
  if (!page) return;
  for (const auto& one : page->found) fuzz::require(!one.key.empty(), "a listed key has a name");
  fuzz::require(page->found.size() <= reply.body.size(), "a listing shows no more than it was sent");
}

/// One `Name: value` a line, up to an empty one; then the body.
http::reply reply_of(std::string_view text) {
  http::reply out;
  out.status = 200;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) break;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    out.headers.add(line.substr(0, colon), line.substr(colon + 1));
  }
  out.body = text;
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto reply = reply_of(text);
  const s3::asked about{operation::get, "k"};
  std::array<std::byte, 16> out{};

  judge_listing(reply);
  static_cast<void>(s3::listed_multipart_uploads(reply, in()));
  static_cast<void>(s3::listed_parts(reply, in(), about));
  static_cast<void>(s3::deleted_objects(reply, in()));
  static_cast<void>(s3::copied_object(reply, about));
  static_cast<void>(s3::copied_part(reply, in(), 1, *range::make(0, 1), about));
  static_cast<void>(s3::created_multipart_upload(reply, about));
  static_cast<void>(s3::completed_multipart_upload({}, reply, in(), about));
  static_cast<void>(s3::got_object_tagging(reply, about));
  static_cast<void>(s3::headed_object(reply, in(), "k"));
  reply.received = std::min<std::size_t>(size, out.size());
  for (const int status : {200, 206, 404, 412, 500}) {
    reply.status = status;
    if (const auto got = s3::got_object(reply, in(), "k", size % 3, out)) {
      fuzz::require(got->count <= out.size(), "no more is read than there is room for");
    }
    fuzz::require(!s3::error_of(reply, about).describe().empty(), "an error says something");
    static_cast<void>(s3::failed_inside_for_now(reply));
    static_cast<void>(s3::asks_to_try_again(reply));
    static_cast<void>(s3::refusal_in(reply));
  }

  static_cast<void>(s3::text_of_field_value(text));
  fuzz::require(s3::text_of_field_value(s3::field_value_of(text)) == text, "metadata comes back");
  if (const auto full = in().full_key(text); full && http::xml_can_hold(*full)) {
    const auto written = http::xml_text().open("r").element("k", *full).close("r");
    const auto read = http::xml_reply::parse(http::xml_text(written).take(), "r");
    fuzz::require(read && read->root().child("k").text() == *full, "a key survives XML");
  }
  return 0;
}
