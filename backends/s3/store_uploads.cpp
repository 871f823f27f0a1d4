#include <randomio/backends/s3/requests/abort_multipart_upload.hpp>
#include <randomio/backends/s3/requests/complete_multipart_upload.hpp>
#include <randomio/backends/s3/requests/create_multipart_upload.hpp>
#include <randomio/backends/s3/requests/list_multipart_uploads.hpp>
#include <randomio/backends/s3/requests/list_parts.hpp>
#include <randomio/backends/s3/requests/upload_part.hpp>
#include <randomio/backends/s3/requests/upload_part_copy.hpp>
#include <randomio/backends/s3/store.hpp>

namespace randomio::s3 {

task<result<object::upload>> store::begin_upload(std::string_view key, const object::properties& with) {
  const auto in = here();
  const auto full = in->full_key(key);
  if (!full) co_return unexpected(full.error());
  auto what = create_multipart_upload(*in, *full, with);
  if (!what) co_return unexpected(std::move(what).error().with_key(key));
  const asked about{operation::put, key};
  const auto reply = co_await send(*what, in, about);
  if (!reply) co_return unexpected(reply.error());
  auto id = created_multipart_upload(*reply, about);
  if (!id) co_return unexpected(std::move(id).error());
  co_return object::upload{.key = std::string(key), .id = *std::move(id)};
}

task<result<object::part>> store::upload_part(const object::upload& to, std::uint32_t number, object::pieces content) {
  const auto in = here();
  const auto full = in->full_key(to.key);
  if (!full) co_return unexpected(full.error());
  auto what = s3::upload_part(*in, *full, to.id, number, content);
  const asked about{operation::put, to.key};
  const auto reply = co_await send(what, in, about);
  if (!reply) co_return unexpected(reply.error());
  co_return uploaded_part(what, *reply, *in, number, about);
}

task<result<object::part>> store::copy_part(const object::upload& to, std::uint32_t number, const object::source& from,
                                            range bytes) {
  const auto in = here();
  const auto full_to = in->full_key(to.key), full_from = in->full_key(from.key);
  if (!full_to || !full_from) co_return unexpected(full_to ? full_from.error() : full_to.error());
  const asked about{operation::copy, to.key};
  if (bytes.empty()) {
    co_return unexpected(error(errc::invalid, about.op).with_key(to.key).with_message("an empty range is no part"));
  }
  const object::upload full_upload{*full_to, to.id};
  const object::source full_source{*full_from, from.expected, from.version_id, from.size};
  auto what = upload_part_copy(*in, full_upload, number, full_source, bytes);
  const auto reply = co_await send(what, in, about);
  if (!reply) co_return unexpected(reply.error());
  co_return copied_part(*reply, *in, number, bytes, about);
}

std::optional<std::string> store::checksum_of(std::span<const object::part> parts) const {
  if (here()->with().checksum != checksum_algorithm::crc64nvme) return std::nullopt;
  return joined_crc64nvme(parts);
}

task<result<object::published>> store::complete(const object::upload& what, std::span<const object::part> parts,
                                                const precondition& when) {
  if (auto may = co_await require(&object::conditions::complete, when); !may) {
    co_return unexpected(std::move(may).error());
  }
  co_return co_await complete_now(what, parts, when);
}

task<result<object::published>> store::complete_now(const object::upload& what, std::span<const object::part> parts,
                                                    const precondition& when) {
  const auto in = here();
  const auto full = in->full_key(what.key);
  if (!full) co_return unexpected(full.error());
  const auto body = complete_body(*in, parts);
  const std::span<const std::byte> pieces[] = {std::as_bytes(std::span(body))};
  auto request = complete_multipart_upload(*in, *full, what.id, parts, pieces, when);
  const asked about{operation::put, what.key, when.what()};
  const auto reply = co_await send(request, in, about);
  if (!reply) co_return unexpected(reply.error());
  co_return completed_multipart_upload(request, *reply, *in, about);
}

task<result<void>> store::abort(const object::upload& what) {
  const auto in = here();
  const auto full = in->full_key(what.key);
  if (!full) co_return unexpected(full.error());
  auto request = abort_multipart_upload(*in, *full, what.id);
  const auto reply = co_await send(request, in, {operation::remove, what.key});
  if (!reply && reply.error() != errc::not_found) co_return unexpected(reply.error());
  co_return result<void>();
}

task<result<std::vector<object::upload>>> store::uploads(std::string_view prefix) {
  const auto in = here();
  const auto full_prefix = in->with().prefix + std::string(prefix);
  std::vector<object::upload> all;
  upload_marker after;
  while (true) {
    auto what = list_multipart_uploads(*in, full_prefix, after);
    const auto reply = co_await send(what, in, {operation::list, prefix});
    if (!reply) co_return unexpected(reply.error());
    auto page = listed_multipart_uploads(*reply, *in);
    if (!page) co_return unexpected(std::move(page).error());
    for (auto& one : page->found) all.push_back(std::move(one));
    if (page->next_after.empty() || page->next_after == after) co_return all;
    after = std::move(page->next_after);
  }
}

task<result<std::vector<object::part>>> store::parts(const object::upload& of) {
  const auto in = here();
  const auto full = in->full_key(of.key);
  if (!full) co_return unexpected(full.error());
  const asked about{operation::list, of.key};
  std::vector<object::part> all;
  std::uint32_t after = 0;
  do {
    auto what = list_parts(*in, *full, of.id, after);
    const auto reply = co_await send(what, in, about);
    if (!reply) co_return unexpected(reply.error());
    auto page = listed_parts(*reply, *in, about);
    if (!page) co_return unexpected(std::move(page).error());
    for (auto& one : page->found) all.push_back(std::move(one));
    after = page->next_after > after ? page->next_after : 0;
  } while (after != 0);
  co_return all;
}

}  // namespace randomio::s3
