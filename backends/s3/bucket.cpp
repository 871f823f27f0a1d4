#include <randomio/backends/s3/bucket.hpp>

#include <algorithm>

#include <randomio/backends/http/percent.hpp>
#include <randomio/backends/object/base64.hpp>
#include <randomio/backends/object/names.hpp>

namespace randomio::s3 {
namespace {

unexpected refuse_key(errc code, std::string_view key, std::string_view why) {
  return unexpected(error(code).with_key(key).with_message(why));
}

}  // namespace

result<bucket> bucket::of(options what) {
  while (what.prefix.starts_with('/')) what.prefix.erase(0, 1);
  if (!what.prefix.empty() && !what.prefix.ends_with('/')) what.prefix += '/';
  std::string key_md5;
  if (what.sse.what == encryption::kind::customer) {
    const auto key = object::base64_decoded(what.sse.customer_key.reveal());
    if (!key || key->size() != 32) {
      return unexpected(error(errc::invalid, operation::configure)
                            .with_key("sse_customer_key")
                            .with_message("expected 32 bytes in base64"));
    }
    key_md5 = md5_base64(*key);
  }
  auto where = endpoint::of({what.bucket, what.region, what.endpoint, what.style});
  if (!where) return unexpected(std::move(where).error());
  bucket made(std::move(what), *std::move(where));
  made.customer_key_md5_ = std::move(key_md5);
  return made;
}

result<bucket> bucket::in_region(std::string_view region) const {
  auto there = options_;
  there.region = region;
  return of(std::move(there));
}

result<std::string> bucket::full_key(std::string_view key) const {
  auto full = options_.prefix + std::string(key);
  if (full.empty()) return refuse_key(errc::invalid, key, "a key cannot be empty");
  if (full.size() > options_.allows.key_bytes_max) {
    return refuse_key(errc::name_too_long, key,
                      "keys have at most " + std::to_string(options_.allows.key_bytes_max) + " bytes");
  }
  if (!object::is_utf8(full)) return refuse_key(errc::bad_sequence, key, "keys are UTF-8");
  return full;
}

std::optional<std::string_view> bucket::own_key(std::string_view full) const noexcept {
  if (!full.starts_with(options_.prefix)) return std::nullopt;
  return full.substr(options_.prefix.size());
}

http::request bucket::to_bucket(http::method verb, const http::query& what) const {
  http::request made;
  made.verb = verb;
  made.url = endpoint_.bucket_url() + what.text();
  made.failed_inside = failed_inside_for_now;
  // Source: Amazon S3 User Guide, "Using Requester Pays buckets".
  if (options_.requester_pays) made.headers.add("x-amz-request-payer", "requester");
  return made;
}

http::request bucket::to_object(http::method verb, std::string_view full_key, const http::query& what) const {
  auto made = to_bucket(verb, {});
  made.url = endpoint_.object_url(full_key) + what.text();
  return made;
}

void bucket::retarget(http::request& what, const bucket& from) const {
  // A request is about the bucket or an object in it, so its URL starts with that of the bucket.
  what.url.replace(0, from.endpoint_.bucket_url().size(), endpoint_.bucket_url());
}

std::string bucket::copy_source(std::string_view full_key, std::string_view version_id) const {
  auto out = "/" + options_.bucket + "/";
  http::append_percent_encoded(out, full_key, http::slash::kept);
  if (!version_id.empty()) out += http::query().add("versionId", version_id).text();
  return out;
}

void bucket::add_customer_key(http::fields& to, std::string_view prefix) const {
  if (options_.sse.what != encryption::kind::customer) return;
  const std::string start(prefix);
  to.set(start + "algorithm", "AES256");
  to.set(start + "key", options_.sse.customer_key.reveal());
  to.set(start + "key-md5", customer_key_md5_);
}

void add_condition(http::request& to, const precondition& when, std::string_view prefix) {
  if (when.what() == precondition::kind::none) return;
  to.again = http::repeatable::if_refused;
  if (when.what() == precondition::kind::absent) {
    to.headers.set(std::string(prefix) + "if-none-match", "*");
  } else {
    to.headers.set(std::string(prefix) + "if-match", when.expected().tag);
  }
}

version version_of(std::string_view etag) {
  if (etag.empty() || etag.starts_with('"') || etag.starts_with("W/")) return {std::string(etag)};
  return {'"' + std::string(etag) + '"'};
}

}  // namespace randomio::s3
