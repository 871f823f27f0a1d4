// Where credentials come from: settings, variables, connection strings, and services that a script stands in for.
#include <catch2/catch.hpp>
#include <cstdio>
#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

#include <randomio/backends/azure/credentials/azure_cli.hpp>
#include <randomio/backends/azure/credentials/chain.hpp>
#include <randomio/backends/azure/credentials/entra.hpp>
#include <randomio/backends/azure/credentials/token_reply.hpp>
#include <randomio/backends/azure/options_from.hpp>
#include <randomio/core/runtime/sync_wait.hpp>

#include "tests/support/scratch_directory.hpp"

using namespace randomio;
using kind = azure::credentials::kind;

namespace {

using texts = std::map<std::string, std::string>;

http::variable_lookup variables(texts known) {
  return [known = std::move(known)](std::string_view name) -> std::optional<std::string> {
    const auto at = known.find(std::string(name));
    return at == known.end() ? std::nullopt : std::optional(at->second);
  };
}

struct scripted : http::client {
  http::request seen;
  std::string body;
  int status = 200;
  std::string answer = R"({"access_token":"t0k3n","expires_in":3600})";
  task<result<http::reply>> send(const http::request& what) override {
    seen = what;
    body.clear();
    for (const auto piece : what.body) {
      body.append(reinterpret_cast<const char*>(piece.data()), piece.size());  // NOLINT: bytes as text.
    }
    http::reply out;
    out.status = status;
    out.body = answer;
    co_return out;
  }
};

struct fixture {
  scripted service;
  blocking_pool pool{1};
  http::provider_context in{
      .services = service, .local = service, .pool = pool, .now = [] { return timestamp{.seconds = 1000}; }};

  result<azure::credentials> ask(const texts& known) {
    texts none;
    const auto options = azure::options_from(none, variables(known));
    if (!options) return unexpected(options.error());
    const auto source = azure::provider_for(*options, in);
    if (!source) return unexpected(source.error());
    return sync_wait((*source)->get());
  }
};

}  // namespace

TEST_CASE("settings win over variables, in all their spellings") {
  texts values{{"account", "mine"}, {"azure_container_name", "c"}, {"prefix", "a/b"}, {"other", "left"}};
  const auto made = azure::options_from(values, variables({{"AZURE_STORAGE_ACCOUNT_NAME", "theirs"},
                                                           {"AZURE_STORAGE_MASTER_KEY", "a2V5"},
                                                           {"AZURE_DISABLE_TAGGING", "true"}}));
  REQUIRE(made);
  CHECK(made->account == "mine");
  CHECK(made->container == "c");
  CHECK(made->prefix == "a/b/");
  CHECK(made->authorised_by.account_key.reveal() == "a2V5");
  CHECK_FALSE(made->tagging);
  CHECK(values == texts{{"other", "left"}});
  texts bad{{"allow_http", "maybe"}};
  CHECK(azure::options_from(bad, variables({})).error().key() == "allow_http");
  texts encrypted{{"azure_storage_encryption_key", "x"}};
  CHECK(azure::options_from(encrypted, variables({})).error() == errc::unsupported);
}

TEST_CASE("the emulator's well-known account") {
  texts values{{"use_emulator", "true"}};
  const auto made = azure::options_from(values, variables({{"AZURITE_BLOB_STORAGE_URL", "http://127.0.0.1:9/"}}));
  REQUIRE(made);
  CHECK(made->endpoint == "http://127.0.0.1:9/devstoreaccount1");
  CHECK(made->allow_http);
  CHECK_FALSE(made->authorised_by.account_key.empty());
}

TEST_CASE("connection strings fill what is not set") {
  texts values{
      {"connection_string",
       "DefaultEndpointsProtocol=https;AccountName=acc;AccountKey=a2V5PT0=;EndpointSuffix=core.chinacloudapi.cn"}};
  const auto made = azure::options_from(values, variables({}));
  REQUIRE(made);
  CHECK(made->account == "acc");
  CHECK(made->authorised_by.account_key.reveal() == "a2V5PT0=");
  CHECK(made->endpoint_suffix == "core.chinacloudapi.cn");
  texts bad{{"connection_string", "AccountKey"}};
  const auto refused = azure::options_from(bad, variables({}));
  CHECK(refused.error() == errc::invalid);
  CHECK(refused.error().key() == "connection_string");
}

TEST_CASE("locations are taken apart") {
  texts values;
  REQUIRE(azure::apply_location("acc", "/cont/a/b", values));
  CHECK(values == texts{{"account", "acc"}, {"container", "cont"}, {"prefix", "a/b"}});
  CHECK(azure::apply_location("acc", "/", values).error() == errc::invalid);
  CHECK(azure::apply_location("", "/c", values).error() == errc::invalid);
}

TEST_CASE_METHOD(fixture, "sources are asked in order") {
  texts all{{"AZURE_STORAGE_TOKEN", "tok"},      {"AZURE_STORAGE_ACCOUNT_KEY", "a2V5"},
            {"AZURE_CLIENT_ID", "app"},          {"AZURE_TENANT_ID", "tenant"},
            {"AZURE_CLIENT_SECRET", "s3cret&="}, {"AZURE_STORAGE_SAS_TOKEN", "sig=x"}};
  CHECK(ask(all)->value.reveal() == "tok");
  all.erase("AZURE_STORAGE_TOKEN");
  CHECK(ask(all)->what == kind::shared_key);
  all.erase("AZURE_STORAGE_ACCOUNT_KEY");
  const auto token = ask(all);
  REQUIRE(token);
  CHECK(token->what == kind::bearer);
  CHECK(token->value.reveal() == "t0k3n");
  CHECK(token->expires == timestamp{.seconds = 4600});
  CHECK(service.seen.url == "https://login.microsoftonline.com/tenant/oauth2/v2.0/token");
  CHECK(service.body ==
        "grant_type=client_credentials&client_secret=s3cret%26%3D&client_id=app"
        "&scope=https%3A%2F%2Fstorage.azure.com%2F.default");
  all["AZURE_CREDENTIAL_TYPE"] = "sas_token";
  CHECK(ask(all)->what == kind::sas);
  all["AZURE_CREDENTIAL_TYPE"] = "access_key";
  CHECK(ask(all).error() == errc::invalid);
  all["AZURE_CREDENTIAL_TYPE"] = "magic";
  CHECK(ask(all).error() == errc::invalid);
  CHECK(ask({{"AZURE_SKIP_SIGNATURE", "true"}})->what == kind::anonymous);
}

TEST_CASE_METHOD(fixture, "a federated token is read from its file each time") {
  const testing::scratch_directory directory;
  const auto path = directory / "token";
  std::ofstream(path) << "jwt.one\n";
  const texts known{{"AZURE_CLIENT_ID", "app"},
                    {"AZURE_TENANT_ID", "t"},
                    {"AZURE_FEDERATED_TOKEN_FILE", path},
                    {"AZURE_AUTHORITY_HOST", "https://login.other/"}};
  REQUIRE(ask(known));
  CHECK(service.seen.url == "https://login.other/t/oauth2/v2.0/token");
  CHECK(service.body.contains("&client_assertion=jwt.one&"));
  std::remove(path.c_str());
  CHECK(ask(known).error() == errc::not_found);
}

TEST_CASE_METHOD(fixture, "managed identities of machines and of services") {
  service.answer = R"({"access_token":"m","expires_in":"86399","expires_on":"7000"})";
  auto got = ask({{"AZURE_CLIENT_ID", "app"}});
  REQUIRE(got);
  CHECK(got->expires == timestamp{.seconds = 7000});
  CHECK(service.seen.url ==
        "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource="
        "https%3A%2F%2Fstorage.azure.com&client_id=app");
  CHECK(service.seen.headers.find("Metadata") == "true");
  got = ask({{"IDENTITY_ENDPOINT", "http://localhost:42/token"}, {"IDENTITY_HEADER", "h3ader"}});
  REQUIRE(got);
  CHECK(service.seen.url ==
        "http://localhost:42/token?api-version=2019-08-01&resource=https%3A%2F%2Fstorage.azure.com");
  CHECK(service.seen.headers.find("X-IDENTITY-HEADER") == "h3ader");
}

TEST_CASE_METHOD(fixture, "a refusal says why, and no secret") {
  service.status = 401;
  service.answer =
      R"({"error":"invalid_client","error_description":"AADSTS7000215: Invalid secret qwertyuiopasdfghjklzxcvbnm123"})";
  const auto refused = ask({{"AZURE_CLIENT_ID", "a"}, {"AZURE_TENANT_ID", "t"}, {"AZURE_CLIENT_SECRET", "s3cret"}});
  CHECK(refused.error() == errc::unauthenticated);
  CHECK(refused.error().message().contains("AADSTS7000215"));
  CHECK_FALSE(refused.error().describe().contains("qwertyuiop"));
  CHECK(azure::parse_token("nonsense", {}, "x").error() == errc::corrupt);
  CHECK(azure::parse_token("{}", {}, "x").error() == errc::corrupt);
}

TEST_CASE_METHOD(fixture, "the az program") {
  const testing::scratch_directory directory;
  const auto path = directory / "az";
  std::ofstream(path) << "#!/bin/sh\necho '{\"accessToken\":\"cli\",\"expires_on\":5000}'\n";
  REQUIRE(::chmod(path.c_str(), 0700) == 0);
  azure::azure_cli_provider source(in, "tenant", path);
  const auto got = sync_wait(source.get());
  REQUIRE(got);
  CHECK(got->value.reveal() == "cli");
  CHECK(got->expires == timestamp{.seconds = 5000});
  std::remove(path.c_str());
  CHECK(sync_wait(source.get()).error() == errc::not_found);
  CHECK(azure::output_of({"false"}, std::chrono::seconds(5)).error() == errc::unauthenticated);
  CHECK(azure::output_of({"sleep", "60"}, std::chrono::milliseconds(100)).error() == errc::timed_out);
}
