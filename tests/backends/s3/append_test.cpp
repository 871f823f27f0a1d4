// An append through the library, without a mount: what leaves when.
#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <randomio/backends/object/filesystem.hpp>
#include <randomio/backends/s3/credentials/static_provider.hpp>
#include <randomio/core/runtime/blocking_pool.hpp>

#include "tests/backends/s3/live_store.hpp"

using namespace live;

namespace {

/// Notes each request as one letter when it leaves: copies of parts, uploads of parts, the completion.
class noting_client final : public http::client {
 public:
  explicit noting_client(std::shared_ptr<http::client> next) : next_(std::move(next)) {}

  [[nodiscard]] task<result<http::reply>> send(const http::request& what) override {
    note(what);
    co_return co_await next_->send(what);
  }
  /// What was noted since this was last called.
  [[nodiscard]] std::string take_order() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(order_, {});
  }

 private:
  void note(const http::request& what) {
    const bool is_part = what.verb == http::method::put && what.url.find("partNumber=") != std::string::npos;
    const bool is_completion = what.verb == http::method::post && what.url.find("uploadId=") != std::string::npos;
    const std::scoped_lock lock(mutex_);
    if (is_part) order_ += what.headers.find("x-amz-copy-source") ? 'c' : 'u';
    if (is_completion) order_ += '!';
  }

  const std::shared_ptr<http::client> next_;
  std::mutex mutex_;
  std::string order_;
};

struct watched_filesystem {
  watched_filesystem() {
    auto with = service_options();
    s3::connection_options how;
    how.transport.allow_http = true;
    how.credentials = [](const s3::provider_context&) {
      return std::make_unique<s3::static_provider>(
          s3::credentials{.access_key_id = variable("AWS_ACCESS_KEY_ID"),
                          .secret_access_key = s3::secret(variable("AWS_SECRET_ACCESS_KEY")),
                          .origin = "the test"});
    };
    client = std::make_shared<noting_client>(std::make_shared<s3::connection>(std::move(how), with.region, pool));
    store = *s3::store::make(std::move(with), client);
    files = std::make_shared<object::filesystem>(store, pool, object::options{.name = "live"});
  }

  blocking_pool pool{2};
  std::shared_ptr<noting_client> client;
  std::shared_ptr<object::store> store;
  std::shared_ptr<object::filesystem> files;
};

}  // namespace

TEST_CASE_METHOD(fixture, "an append through the library streams while the store copies what it is appended to") {
  watched_filesystem at;
  const auto start = pattern(12 * MiB, 7), piece = pattern(MiB, 8);
  get(at.store->put("log", std::array{bytes_of(start)}, {}, precondition::absent()));
  get(at.store->honours());  // It tries out what the service does.
  static_cast<void>(at.client->take_order());
  constexpr std::size_t pieces = 40;
  std::string order;
  {
    auto file = get(at.files->open(*at.files->root(), "log", open_options().write().truncate(false)));
    for (std::size_t i = 0; i < pieces; ++i) {
      const bool by_append = i % 2 == 0;
      if (by_append) {
        CHECK(get(file.append(bytes_of(piece))) == start.size() + i * MiB);
      } else {
        get(file.write_at(start.size() + i * MiB, bytes_of(piece)));
      }
    }
    CHECK(get(at.store->head("log")).size == start.size());  // Nobody sees it yet.
    order = at.client->take_order();
    CHECK(order.starts_with("cuuu"));
    get(file.close());
  }
  order += at.client->take_order();
  INFO(order);
  CHECK(std::ranges::count(order, 'c') == 1);
  CHECK(std::ranges::count(order, 'u') == 5);  // 40 MiB in parts of 8 MiB: none of it twice.
  CHECK(order.ends_with('!'));
  CHECK(get(at.store->head("log")).size == start.size() + pieces * MiB);
  std::string now(start.size() + pieces * MiB, '?');
  CHECK(get(at.store->get("log", 0, bytes_in(now))).count == now.size());
  CHECK(now.substr(0, start.size()) == start);
  for (std::size_t i = 0; i < pieces; ++i) CHECK(now.compare(start.size() + i * MiB, MiB, piece) == 0);
}
