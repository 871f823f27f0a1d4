#include <catch2/catch.hpp>
#include <map>

#include <randomio/backends/s3/setup.hpp>

using namespace randomio;
using namespace std::chrono_literals;

namespace {

using texts = std::map<std::string, std::string, std::less<>>;

result<s3::setup> setup_of(texts settings, texts variables = {},
                           const result<s3::profile_location>& profile = s3::profile_location()) {
  settings.try_emplace("bucket", "b");
  const auto in = [](const texts& all) {
    return [&all](std::string_view key) -> std::optional<std::string> {
      const auto at = all.find(key);
      return at == all.end() ? std::nullopt : std::optional(at->second);
    };
  };
  return s3::setup::from(in(settings), in(variables), [&](std::string_view) { return profile; });
}

std::string refused(texts settings, texts variables = {}) {
  const auto made = setup_of(std::move(settings), std::move(variables));
  return made ? "taken" : std::string(made.error().key());
}

}  // namespace

TEST_CASE("nothing but a bucket is needed, and the defaults are safe") {
  const auto made = setup_of({});
  REQUIRE(made);
  CHECK(made->what.bucket == "b");
  CHECK(made->what.checksum == s3::checksum_algorithm::crc64nvme);
  CHECK_FALSE(made->how.transport.allow_http);
  CHECK(made->how.transport.verify_tls);
  CHECK_FALSE(made->what.unsafe_without_conditions);
  CHECK_FALSE(made->who.skip_signature);
  CHECK(refused({{"bucket", ""}}) == "bucket");
}

TEST_CASE("settings go before variables, and variables in their order") {
  const texts variables{{"AWS_REGION", "eu-west-1"},
                        {"AWS_DEFAULT_REGION", "eu-west-2"},
                        {"AWS_ENDPOINT_URL", "https://all"},
                        {"AWS_ENDPOINT_URL_S3", "https://s3"},
                        {"AWS_CHECKSUM_ALGORITHM", "SHA256"},
                        {"AWS_SERVER_SIDE_ENCRYPTION", "aws:kms"},
                        {"AWS_SSE_KMS_KEY_ID", "key"},
                        {"AWS_DISABLE_TAGGING", "true"},
                        {"AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "true"},
                        {"AWS_ALLOW_INVALID_CERTIFICATES", "true"},
                        {"AWS_MAX_ATTEMPTS", "3"}};
  const auto made = setup_of({}, variables);
  REQUIRE(made);
  CHECK(made->what.region == "eu-west-1");
  CHECK(made->what.endpoint == "https://s3");
  CHECK(made->what.checksum == s3::checksum_algorithm::sha256);
  CHECK(made->what.sse.what == s3::encryption::kind::kms);
  CHECK(made->what.sse.kms_key_id == "key");
  CHECK_FALSE(made->what.tagging);
  CHECK(made->what.style == s3::addressing::virtual_host);
  CHECK_FALSE(made->how.transport.verify_tls);
  CHECK(made->how.retry.attempts_max == 3);

  const auto other = setup_of({{"region", "r"},
                               {"tagging", "true"},
                               {"verify_tls", ""},
                               {"connect_timeout", "500ms"},
                               {"timeout", "2min"},
                               {"idle_timeout", "7"}},
                              variables);
  REQUIRE(other);
  CHECK(other->what.region == "r");
  CHECK(other->what.tagging);
  CHECK(other->how.transport.verify_tls);
  CHECK(other->how.transport.connect_timeout == 500ms);
  CHECK(other->how.transport.total_timeout == 120s);
  CHECK(other->how.transport.idle_timeout == 7s);
}

TEST_CASE("region and endpoint may be the profile's, after settings and variables") {
  const s3::profile_location profile{.region = "eu-west-3", .endpoint = "https://own"};
  const auto made = setup_of({}, {}, profile);
  REQUIRE(made);
  CHECK(made->what.region == "eu-west-3");
  CHECK(made->what.endpoint == "https://own");
  CHECK(made->who.region == "eu-west-3");
  const texts variables{{"AWS_DEFAULT_REGION", "eu-west-2"}, {"AWS_ENDPOINT_URL", "https://all"}};
  const auto by_variables = setup_of({}, variables, profile);
  REQUIRE(by_variables);
  CHECK(by_variables->what.region == "eu-west-2");
  CHECK(by_variables->what.endpoint == "https://all");
  const auto by_settings = setup_of({{"region", "r"}, {"endpoint", "https://said"}}, variables, profile);
  REQUIRE(by_settings);
  CHECK(by_settings->what.region == "r");
  CHECK(by_settings->what.endpoint == "https://said");
  SECTION("and an endpoint may be for the settings alone to name") {
    const s3::profile_location ignoring{.ignores_endpoints = true};
    CHECK(setup_of({}, variables, ignoring)->what.endpoint.empty());
    CHECK(setup_of({{"endpoint", "https://said"}}, variables, ignoring)->what.endpoint == "https://said");
  }
  SECTION("of the profile that the settings name") {
    std::string asked;
    const auto named = s3::setup::from(
        [](std::string_view key) -> std::optional<std::string> {
          if (key == "bucket") return "b";
          if (key == "profile") return "dev";
          return std::nullopt;
        },
        [](std::string_view) { return std::nullopt; },
        [&](std::string_view name) -> result<s3::profile_location> {
          asked = name;
          return unexpected(error(errc::invalid).with_message("line 3"));
        });
    CHECK(asked == "dev");
    REQUIRE_FALSE(named);
    CHECK(named.error().message() == "line 3");
  }
  SECTION("which cannot be read, but is not needed") {
    const unexpected broken(error(errc::invalid).with_message("line 3"));
    const texts keys{{"access_key_id", "A"}, {"secret_access_key", "S"}};
    texts key_variables{{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "S"}};
    CHECK(setup_of(keys, {}, broken)->remark == "what profiles say is left aside: line 3");
    CHECK(setup_of({}, key_variables, broken).has_value());
    CHECK(setup_of({{"skip_signature", "true"}}, {}, broken).has_value());
    CHECK(setup_of({}, {{"AWS_SKIP_SIGNATURE", "true"}}, broken).has_value());
    CHECK_FALSE(setup_of({}, {}, broken).has_value());
    CHECK_FALSE(setup_of({{"profile", "dev"}}, key_variables, broken).has_value());
    key_variables["AWS_PROFILE"] = "dev";
    CHECK_FALSE(setup_of({}, key_variables, broken).has_value());
  }
  CHECK(refused({}, {}) == "taken");
  CHECK(setup_of({}, {}, s3::profile_location{.endpoint = "http://plain"}).error().key() == "endpoint");
}

TEST_CASE("a mistake is named by its setting or variable") {
  CHECK(refused({{"checksum", "md5"}}) == "checksum");
  CHECK(refused({{"requester_pays", "maybe"}}) == "requester_pays");
  CHECK(refused({{"connections", "0"}}) == "connections");
  CHECK(refused({{"timeout", "soon"}}) == "timeout");
  CHECK(refused({{"timeout", "99999999999999999999s"}}) == "timeout");
  CHECK(refused({}, {{"AWS_ALLOW_HTTP", "perhaps"}}) == "AWS_ALLOW_HTTP");
  CHECK(refused({{"access_key_id", "A"}}) == "secret_access_key");
  CHECK(refused({{"secret_access_key", "S"}}) == "access_key_id");
  CHECK(refused({{"endpoint", "http://h"}}) == "endpoint");
  CHECK(refused({{"endpoint", "http://h"}, {"allow_http", "true"}}) == "taken");
}

TEST_CASE("a customer key is 32 bytes, and never in a message") {
  blocking_pool pool(1);
  auto made = setup_of({{"sse_customer_key", "c2VjcmV0"}});
  REQUIRE(made);
  CHECK(made->what.sse.what == s3::encryption::kind::customer);
  const auto opened = (*std::move(made)).open(pool);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().key() == "sse_customer_key");
  CHECK_FALSE(opened.error().describe().contains("c2VjcmV0"));
}

TEST_CASE("a customer key travels over https, or inside this machine") {
  const auto at = [](const char* endpoint) {
    return setup_of({{"sse_customer_key", "c2VjcmV0"}, {"endpoint", endpoint}, {"allow_http", "true"}});
  };
  for (const auto* guarded : {"https://other.example", "http://127.0.0.1:8333", "http://[::1]", "http://localhost:1"}) {
    CAPTURE(guarded);
    CHECK(at(guarded).has_value());
  }
  for (const auto* open : {"http://other.example", "HTTP://10.0.0.1", "http://127.0.0.1.example"}) {
    CAPTURE(open);
    REQUIRE_FALSE(at(open));
    CHECK(at(open).error().key() == "sse_customer_key");
  }
}
