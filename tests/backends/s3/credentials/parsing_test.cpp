#include <sstream>
#include <type_traits>

#include <catch2/catch.hpp>

#include <randomio/backends/s3/credentials/expiration.hpp>
#include <randomio/backends/s3/credentials/json_credentials.hpp>
#include <randomio/backends/s3/credentials/refusal.hpp>
#include <randomio/backends/s3/credentials/shared_config.hpp>
#include <randomio/backends/s3/credentials/sso.hpp>
#include <randomio/backends/s3/credentials/sts_reply.hpp>
#include <randomio/backends/s3/credentials/words.hpp>

using namespace randomio;

TEST_CASE("times of expiry") {
  using s3::parse_expiration;
  const timestamp expected{.seconds = 1893499200};
  CHECK(parse_expiration("2030-01-01T12:00:00Z") == expected);
  CHECK(parse_expiration("2030-01-01T12:00:00.123456Z") == expected);
  CHECK(parse_expiration("2030-01-01T14:00:00+02:00") == expected);
  CHECK(parse_expiration("2030-01-01T06:30:00-0530") == expected);
  CHECK(parse_expiration("2030-01-01T12:00:00UTC") == expected);
  for (const auto* wrong : {"", "2030", "2030-13-01T12:00:00Z", "2030-02-30T12:00:00Z", "2030-01-01T24:00:00Z",
                            "2030-01-01T12:00:00", "2030-01-01T12:00:00Zx", "2030-01-01T12:00:00+", "1893499200"}) {
    CHECK_FALSE(parse_expiration(wrong));
  }
}

TEST_CASE("commands are split as AWS's tools split them") {
  using words = std::vector<std::string>;
  CHECK(s3::split_words("a b\t c") == words{"a", "b", "c"});
  CHECK(s3::split_words(R"(/opt/my\ tool --name 'a b' "c d")") == words{"/opt/my tool", "--name", "a b", "c d"});
  CHECK(s3::split_words(R"("a\"b\\c\d" 'e\f' '')") == words{R"(a"b\c\d)", R"(e\f)", ""});
  CHECK(s3::split_words("a$HOME;b|c>d `e`") == words{"a$HOME;b|c>d", "`e`"});
  CHECK(s3::split_words("  ") == words{});
  CHECK_FALSE(s3::split_words("'a"));
  CHECK_FALSE(s3::split_words("a\\"));
}

TEST_CASE("the shared config file") {
  s3::shared_config config;
  REQUIRE(config.read_config(R"(
# A comment.
[default]
Region = eu-west-1   ; another
[profile dev]
aws_access_key_id=AKIA#1
role_arn = arn:aws:iam::1:role/x # comment
s3 =
    addressing_style = path
  max = 3
; comment
output =
[ profile "two words" ]
region = r2
[sso-session corp]
sso_region = us-east-1
[services x]
region = nowhere
[unknown]
region = nowhere
)"));
  REQUIRE(config.profile("default") != nullptr);
  CHECK(config.profile("default")->get("region") == "eu-west-1");
  const auto& dev = *config.profile("dev");
  CHECK(dev.get("aws_access_key_id") == "AKIA#1");
  CHECK(dev.get("role_arn") == "arn:aws:iam::1:role/x");
  CHECK(dev.get("s3") == "\naddressing_style = path\nmax = 3");
  CHECK_FALSE(dev.has("output"));
  CHECK(config.profile("two words")->get("region") == "r2");
  CHECK(config.sso_session("corp")->get("sso_region") == "us-east-1");
  CHECK(config.profile("unknown") == nullptr);
  CHECK(config.profile("x") == nullptr);

  REQUIRE(config.read_credentials("[dev]\r\naws_access_key_id = AKIA2\r\n[plain]\r\naws_secret_access_key = s\r\n"));
  CHECK(config.profile("dev")->get("aws_access_key_id") == "AKIA2");
  CHECK(config.profile("dev")->has("role_arn"));
  CHECK(config.profile("plain")->get("aws_secret_access_key") == "s");
}

TEST_CASE("[profile default] wins over [default]") {
  s3::shared_config config;
  REQUIRE(config.read_config("[profile default]\nregion = a\n[default]\nregion = b\n"));
  CHECK(config.profile("default")->get("region") == "a");
}

TEST_CASE("what is wrong in a shared file is said by its line, not by its text") {
  s3::shared_config config;
  const auto said = [&](std::string_view text) {
    const auto done = config.read_credentials(text);
    REQUIRE_FALSE(done);
    return std::string(done.error().message());
  };
  CHECK(said("[a]\nSECRETSECRET\n") == "line 2: expected KEY = VALUE");
  CHECK(said("\nkey = SECRET") == "line 2: a setting before the first [section]");
  CHECK(said("[a\nkey = SECRET") == "line 1: expected a section like [profile NAME]");
  CHECK(said("[]") == "line 1: expected a section like [profile NAME]");
}

TEST_CASE("credentials in JSON") {
  const auto got = s3::credentials_from_json(
      R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"S","SessionToken":"T","Expiration":"2030-01-01T12:00:00Z",
          "list":[{"AccessKeyId":"B"}],"deep":{"SecretAccessKey":"no"}})");
  REQUIRE(got);
  CHECK(got->access_key_id == "A");
  CHECK(got->secret_access_key == s3::secret{"S"});
  CHECK(got->session_token == s3::secret{"T"});
  CHECK(got->expires == timestamp{.seconds = 1893499200});

  const auto said = [](std::string_view text) {
    const auto wrong = s3::credentials_from_json(text);
    REQUIRE_FALSE(wrong);
    return std::string(wrong.error().message());
  };
  CHECK(said("") == "no JSON object as expected");
  CHECK(said("[1]") == "no JSON object as expected");
  CHECK(said(R"({"AccessKeyId":"SECRET)") == "no JSON object as expected");
  CHECK(said(R"({"SecretAccessKey":"S"})") == "no AccessKeyId in it");
  CHECK(said(R"({"AccessKeyId":"A"})") == "no SecretAccessKey in it");
  CHECK(said(R"({"Version":2,"AccessKeyId":"A","SecretAccessKey":"S"})") == "a Version other than 1");
  CHECK(said(R"({"AccessKeyId":"A","SecretAccessKey":"S","Expiration":"soon"})") == "its Expiration is no time");
  CHECK(said(R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"not allowed"})").ends_with("not allowed"));
  CHECK(said(std::string(100, '[') + std::string(100, ']')) == "no JSON object as expected");
}

TEST_CASE("credentials of IAM Identity Center") {
  const auto got = s3::credentials_from_sso(
      R"({"roleCredentials":{"accessKeyId":"A","secretAccessKey":"S","sessionToken":"T","expiration":1893499200000}})");
  REQUIRE(got);
  CHECK(got->expires == timestamp{.seconds = 1893499200});
  CHECK(got->session_token == s3::secret{"T"});
  CHECK(s3::credentials_from_sso("{}").error() == errc::corrupt);
  CHECK(s3::credentials_from_sso(R"({"roleCredentials":{"accessKeyId":"A","secretAccessKey":"S","sessionToken":"T"}})")
            .error() == errc::corrupt);
  // Of AWS's own documentation of the cache.
  CHECK(s3::sso_cache_name("https://d-92671207e4.awsapps.com/start") ==
        "13f9d35043871d073ab260e020f0ffde092cb14b.json");
}

namespace {

result<s3::credentials> sts(int status, std::string body, std::span<const s3::secret> sent = {}) {
  http::reply reply;
  reply.status = status;
  reply.body = std::move(body);
  auto out = s3::credentials_from_sts(reply, sent);
  CHECK(reply.body.empty());
  return out;
}

}  // namespace

TEST_CASE("credentials of STS") {
  const auto* action = GENERATE("AssumeRole", "AssumeRoleWithWebIdentity");
  const std::string name = action;
  const auto got =
      sts(200, "<" + name + R"(Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><)" + name +
                   "Result><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>S&amp;/+</SecretAccessKey>"
                   "<SessionToken>T</SessionToken><Expiration>2030-01-01T12:00:00Z</Expiration></Credentials></" +
                   name + "Result></" + name + "Response>");
  REQUIRE(got);
  CHECK(got->access_key_id == "A");
  CHECK(got->secret_access_key == s3::secret{"S&/+"});
  CHECK(got->session_token == s3::secret{"T"});
  CHECK(got->expires == timestamp{.seconds = 1893499200});
}

TEST_CASE("what STS refuses keeps its code, message and request id") {
  const std::array sent = {s3::secret{"TOKENTOKEN"}, s3::secret{}};
  const auto got = sts(403,
                       "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not TOKENTOKEN\n"
                       "at all</Message></Error><RequestId>id-1</RequestId></ErrorResponse>",
                       sent);
  REQUIRE_FALSE(got);
  CHECK(got.error() == errc::unauthenticated);
  CHECK(got.error().vendor_code() == 403);
  CHECK(got.error().message() == "AccessDenied: not […] at all");
  CHECK(got.error().request_id() == "id-1");
  CHECK(sts(503, "").error() == errc::unreachable);
  CHECK(sts(400, "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>").error() == errc::throttled);
  CHECK(sts(403, "<html>").error().message() == "refused");
  CHECK(sts(200, "").error() == errc::corrupt);
  CHECK(sts(200, "<AssumeRoleResponse/>").error() == errc::corrupt);
  CHECK(sts(200, "<Response><Result/></Response>").error() == errc::corrupt);
}

TEST_CASE("words of others are quoted in one line, short, and without what looks like a key") {
  CHECK(s3::quotable(" a\n\tb\x01 c ") == "a b c");
  CHECK(s3::quotable("aäb", {}, 2) == "a…");
  CHECK(s3::quotable_without_tokens("login failed for wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY, sorry") ==
        "login failed for […], sorry");
  CHECK(s3::quotable_without_tokens("AKIAIOSFODNN7EXAMPLE") == "[…]");
  CHECK(s3::quotable_without_tokens("Token has expired and refresh failed") == "Token has expired and refresh failed");
}

namespace {

template <class T>
concept printable = requires(std::ostringstream& out, const T& value) { out << value; };

}  // namespace

TEST_CASE("a secret cannot be printed, and tells only whether another is the same") {
  STATIC_REQUIRE_FALSE(printable<s3::secret>);
  STATIC_REQUIRE(printable<std::string>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<s3::secret, std::string_view>);
  const s3::secret one{"abc"}, other{"abd"};
  const auto copy = one;
  CHECK((copy == one));
  CHECK_FALSE((one == other));
  CHECK_FALSE((one == s3::secret{}));
  CHECK((s3::secret{} == s3::secret{""}));
  CHECK(s3::secret{}.empty());
}

TEST_CASE("what a secret was taken from is overwritten") {
  std::string text = "a text that is longer than a small string is";
  const char* const at = text.data();
  const auto size = text.size();
  const auto taken = s3::secret::taken_from(text);
  CHECK(text.empty());
  CHECK(text.data() == at);
  CHECK(std::string(at, size) == std::string(size, '\0'));
  CHECK(taken.reveal() == "a text that is longer than a small string is");
}
