#include <randomio/backends/http/url.hpp>

#include <string>

#include <catch2/catch.hpp>

using namespace randomio;
using randomio::http::url;

TEST_CASE("a URL is taken apart and put together") {
  const auto all = url::parse("HTTPS://me:pw%21@Example.COM:8443/a%20b/../c?x=1&y=%2F/?").value();
  REQUIRE(all.scheme == "https");
  REQUIRE(all.userinfo == "me:pw%21");
  REQUIRE(all.host == "example.com");
  REQUIRE(all.port == 8443);
  REQUIRE(all.path == "/a%20b/../c");
  REQUIRE(all.query == "x=1&y=%2F/?");
  REQUIRE(all.authority() == "example.com:8443");
  REQUIRE(all.text() == "https://me:pw%21@example.com:8443/a%20b/../c?x=1&y=%2F/?");

  const auto least = url::parse("http://h").value();
  REQUIRE(least.path.empty());
  REQUIRE(least.port_or_default() == 80);
  REQUIRE(least.text() == "http://h");
  REQUIRE(url::parse("https://h?q").value().query == "q");
  REQUIRE(url::parse("https://h:/p").value().port_or_default() == 443);
  REQUIRE(url::parse("https://h:443/p").value().authority() == "h");
  REQUIRE(url::parse("http://h:443/p").value().authority() == "h:443");
  REQUIRE(url::parse("socks5h://127.0.0.1").value().port_or_default() == 1080);
}

TEST_CASE("a host may be an IPv6 address") {
  const auto one = url::parse("http://[2001:DB8::1]:9000/x").value();
  REQUIRE(one.host == "2001:db8::1");
  REQUIRE(one.origin() == "http://[2001:db8::1]:9000");
  REQUIRE(url::parse("http://[::1]").value().authority() == "[::1]");
  REQUIRE(url::parse("http://[fe80::1%25eth0]:1").value().text() == "http://[fe80::1%25eth0]:1");
}

TEST_CASE("what is no URL is an error that shows the text and no password") {
  for (const std::string text : {"",
                                 "localhost:8333",
                                 "http:/x",
                                 "http://",
                                 "http:///x",
                                 "1http://h",
                                 "http://h:0",
                                 "http://h:65536",
                                 "http://h:80x",
                                 "http://h:-1",
                                 "http://[::1",
                                 "http://[::g]",
                                 "http://[1.2.3.4]",
                                 "http://[::1]80",
                                 "http://[]",
                                 "http://h/a b",
                                 "http://h/%zz",
                                 "http://h/%2",
                                 "http://h?a=\"",
                                 "http://h/#f",
                                 "http://h/\n",
                                 "http://h\\x",
                                 "http://a b",
                                 "http://h%/",
                                 "http://ü/",
                                 "http://h:80:80/",
                                 "http://[::1%25]"}) {
    INFO(text);
    const auto parsed = url::parse(text);
    REQUIRE_FALSE(parsed);
    REQUIRE(parsed.error() == errc::invalid);
    REQUIRE(parsed.error().message().contains("'" + text + "'"));
  }
  for (const std::string_view text : {std::string_view("http://[::1\0x]", 14), std::string_view("http://h\0x", 10)}) {
    REQUIRE_FALSE(url::parse(text));
  }
  const auto secret = url::parse("http://me:hunter2@h:x/");
  REQUIRE_FALSE(secret);
  REQUIRE_FALSE(secret.error().message().contains("hunter2"));
  REQUIRE(secret.error().message().contains("@h:x/"));
}
