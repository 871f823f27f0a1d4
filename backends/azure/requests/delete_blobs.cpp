#include <array>

#include <randomio/backends/azure/digest.hpp>
#include <randomio/backends/azure/requests/batch.hpp>
#include <randomio/backends/azure/shared_key.hpp>
#include <randomio/backends/http/url.hpp>

namespace randomio::azure {
namespace {

// A request inside of a request: its line and header fields. The version is the outer one's.
result<std::string> part_text(const service& at, const target& blob, const credentials& with, timestamp now) {
  auto one = at.where().to_blob(http::method::del, blob.full);
  if (auto done = authorise(one, with, now); !done) return unexpected(std::move(done).error());
  one.headers.remove("x-ms-version");
  // The signature covers what is sent, and the version is not.
  if (with.what == credentials::kind::shared_key) {
    if (auto done = sign(one, with); !done) return unexpected(std::move(done).error());
  }
  const auto where = http::url::parse(one.url);
  if (!where) return unexpected(where.error());
  auto text = "DELETE " + where->path + (where->query.empty() ? "" : "?" + where->query) + " HTTP/1.1\r\n";
  for (const auto& [name, value] : one.headers) text.append(name).append(": ").append(value).append("\r\n");
  text += "Content-Length: 0\r\n\r\n";
  return text;
}

std::string boundary() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "batch_";
  for (const unsigned char one : random_bytes(16)) {
    text += digits[one >> 4U];
    text += digits[one & 15U];
  }
  return text;
}

}  // namespace

task<result<std::vector<std::optional<error>>>> delete_blobs(const service& at, std::span<const target> blobs,
                                                             const credentials& with, timestamp now) {
  const asked about{.op = operation::remove};
  const auto between = boundary();
  std::string text;
  for (std::size_t i = 0; i < blobs.size(); ++i) {
    auto one = part_text(at, blobs[i], with, now);
    if (!one) co_return unexpected(std::move(one).error());
    text += "--" + between + "\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: " +
            std::to_string(i) + "\r\n\r\n" + *one + "\r\n";
  }
  text += "--" + between + "--\r\n";

  const std::array<std::span<const std::byte>, 1> body{std::as_bytes(std::span(text))};
  auto what =
      at.where().to_container(http::method::post, http::query().add("restype", "container").add("comp", "batch"));
  what.headers.add("Content-Type", "multipart/mixed; boundary=" + between);
  what.body = body;
  const auto got = co_await at.send(what, about);
  if (!got) co_return unexpected(got.error());
  auto replies = parse_batch(got->headers.find("Content-Type").value_or(""), got->body, blobs.size());
  if (!replies) co_return unexpected(unreadable(*got, about, replies.error().message()));
  std::vector<std::optional<error>> out;
  for (std::size_t i = 0; i < blobs.size(); ++i) {
    out.emplace_back();
    if (auto& one = (*replies)[i]; one.status / 100 != 2) {
      out.back() = error_of(one, {.op = operation::remove, .key = blobs[i].key});
    }
  }
  co_return out;
}

}  // namespace randomio::azure
