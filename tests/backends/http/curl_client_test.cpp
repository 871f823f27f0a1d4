#include <randomio/backends/http/curl_client.hpp>

#include <array>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <randomio/core/runtime/task_scope.hpp>

#include "sending.hpp"

using namespace sending;
using namespace randomio::http;

namespace {

std::size_t stat(loop& on, client& through, test_server& server, const std::string& name) {
  const auto text = sync_wait(on, through.send(get(server.at("/stats"))))->body;
  return std::stoul(text.substr(text.find("\"" + name + "\": ") + name.size() + 4));
}

task<void> send_into(client& through, request what, result<reply>& out) {
  out = co_await through.send(what);
}
task<void> send_all(client& through, const std::vector<request>& all, std::vector<result<reply>>& out) {
  task_scope scope;
  for (std::size_t i = 0; i < all.size(); ++i) scope.spawn(send_into(through, all[i], out[i]));
  co_await scope.join();
}

request sending_body(method verb, std::string url, std::span<const std::span<const std::byte>> body) {
  auto made = get(std::move(url));
  made.verb = verb;
  made.body = body;
  return made;
}

}  // namespace

TEST_CASE("a reply's status, headers and body arrive, also into the caller's buffer") {
  test_server server;
  auto loop = each_loop();
  curl_client client(plain());

  auto got = sync_wait(*loop, client.send(get(server.at("/status/404?x-one=1&x-empty=&body=nothing%20here"))));
  REQUIRE(got);
  REQUIRE(got->status == 404);
  REQUIRE(got->headers.find("X-One") == "1");
  REQUIRE(got->headers.find("X-Empty") == "");
  REQUIRE(got->body == "nothing here");

  std::string room(100'000, '?');
  for (const std::string path : {"/bytes/90000", "/chunked/90000"}) {
    room.assign(100'000, '?');
    auto large = get(server.at(path));
    large.into = std::as_writable_bytes(std::span(room));
    got = sync_wait(*loop, client.send(large));
    REQUIRE(got);
    REQUIRE(got->status == 200);
    REQUIRE(got->received == 90'000);
    REQUIRE(got->body.empty());
    REQUIRE(room == pattern(90'000) + std::string(10'000, '?'));
  }
  // The body of an error does not belong into the caller's buffer.
  room.assign(10, '?');
  auto missing = get(server.at("/status/404?body=nothing"));
  missing.into = std::as_writable_bytes(std::span(room));
  got = sync_wait(*loop, client.send(missing));
  REQUIRE(got->body == "nothing");
  REQUIRE(got->received == 0);
  REQUIRE(room == "??????????");
}

TEST_CASE("requests travel as they are") {
  test_server server;
  auto loop = each_loop();
  curl_client client(plain());
  const std::array<std::span<const std::byte>, 4> pieces{bytes_of("one "), bytes_of(""), bytes_of("two "),
                                                         bytes_of("three")};
  struct row {
    method verb;
    std::string name;
    bool with_body;
  };
  for (const auto& [verb, name, with_body] :
       {row{method::get, "GET", false}, row{method::put, "PUT", true}, row{method::put, "PUT", false},
        row{method::post, "POST", true}, row{method::post, "POST", false}, row{method::del, "DELETE", false},
        row{method::del, "DELETE", true}, row{method::get, "GET", false}}) {
    INFO(name << with_body);
    request what = sending_body(verb, server.at("/echo/a/../b//c%20d?uploads&x=%2F&y="), {});
    if (with_body) what.body = pieces;
    what.headers.add("X-Some", "v: w");
    what.headers.add("X-Empty", "");
    what.headers.add("Host", "elsewhere:80");
    what.headers.add("Content-Length", "999");
    const auto got = sync_wait(*loop, client.send(what));
    REQUIRE(got);
    const auto says = [&](const std::string& text) {
      INFO(got->body << " has " << text);
      REQUIRE(got->body.contains(text));
    };
    says("\"method\": \"" + name + "\"");
    says(R"("target": "/echo/a/../b//c%20d?uploads&x=%2F&y=")");
    says(R"(["X-Some", "v: w"])");
    says(R"(["X-Empty", ""])");
    says(R"(["Host", "elsewhere:80"])");
    says(with_body ? "\"size\": 13" : "\"size\": 0");
    if (with_body) {
      says(R"(["Content-Length", "13"])");
      says("6899ee404683a14e8c2a03149860df25d67d34d9cd4dae7350cbe91e4b3976be");
    } else if (verb == method::put || verb == method::post) {
      says(R"(["Content-Length", "0"])");
    }
    REQUIRE_FALSE(got->body.contains("Content-Type"));
    REQUIRE_FALSE(got->body.contains("Expect"));
    REQUIRE_FALSE(got->body.contains("chunked"));
  }
  auto head = get(server.at("/bytes/123456"));
  head.verb = method::head;
  const auto got = sync_wait(*loop, client.send(head));
  REQUIRE(got->status == 200);
  REQUIRE(got->headers.find("content-length") == "123456");
  REQUIRE(got->body.empty());
}

TEST_CASE("large bodies wait for consent, small ones do not") {
  test_server server;
  auto loop = each_loop();
  auto options = plain();
  options.expect_continue_above = 1000;
  curl_client client(options);
  const std::string text = pattern(1001);
  std::array<std::span<const std::byte>, 1> pieces{bytes_of(text)};
  auto what = sending_body(method::put, server.at("/echo"), pieces);
  const auto got = sync_wait(*loop, client.send(what));
  REQUIRE(got->status == 200);
  REQUIRE(got->body.contains(R"(["Expect", "100-continue"])"));
  REQUIRE_FALSE(got->headers.find("X-Interim"));
  what.url = server.at("/refuse_body?status=412");
  REQUIRE(sync_wait(*loop, client.send(what))->status == 412);
  pieces[0] = pieces[0].first(1000);
  what.url = server.at("/echo");
  REQUIRE_FALSE(sync_wait(*loop, client.send(what))->body.contains("Expect"));
}

TEST_CASE("connections are used again, and requests that exceed them wait in order") {
  test_server server;
  auto loop = each_loop();
  auto options = plain();
  options.connections_per_host_max = 4;
  curl_client client(options);
  for (int i = 0; i < 10; ++i) REQUIRE(sync_wait(*loop, client.send(get(server.at("/bytes/10"))))->status == 200);
  REQUIRE(stat(*loop, client, server, "connections") == 1);

  const std::vector<request> all(300, get(server.at("/bytes/2000")));
  std::vector<result<reply>> out(all.size(), reply());
  sync_wait(*loop, send_all(client, all, out));
  for (const auto& one : out) {
    REQUIRE(one);
    REQUIRE(one->body == pattern(2000));
  }
  REQUIRE(stat(*loop, client, server, "connections") <= 4);
}

TEST_CASE("the bound on all connections holds across hosts, and a busy host does not hold up another") {
  test_server one;
  test_server other;
  auto loop = each_loop();
  auto options = plain();
  options.connections_max = 3;
  options.connections_per_host_max = 2;
  options.total_timeout = std::chrono::milliseconds(700);
  curl_client client(options);
  // Two of these fill their host until they time out; two more wait for it.
  std::vector<request> all(4, get(one.at("/hang")));
  for (int i = 0; i < 20; ++i) all.push_back(get(other.at("/bytes/10")));
  std::vector<result<reply>> out(all.size(), reply());
  sync_wait(*loop, send_all(client, all, out));
  for (std::size_t i = 0; i < 4; ++i) REQUIRE(out[i].error() == errc::timed_out);
  for (std::size_t i = 4; i < out.size(); ++i) REQUIRE(out[i]->body == pattern(10));
  curl_client observer(plain());
  REQUIRE(stat(*loop, observer, one, "open_max") <= 2 + 1);
  REQUIRE(stat(*loop, observer, other, "open_max") <= 2 + 1);
}

TEST_CASE("what cannot be sent is refused before anything is") {
  auto loop = each_loop();
  curl_client careful;
  auto got = sync_wait(*loop, careful.send(get("http://127.0.0.1:1/secret?signature=1")));
  REQUIRE(got.error() == errc::invalid);
  REQUIRE(got.error().message() == "http://127.0.0.1:1 is not encrypted: use https, or set allow_http");
  REQUIRE(sync_wait(*loop, careful.send(get("HTTP://127.0.0.1:1/"))).error() == errc::invalid);

  curl_client client(plain());
  for (const char* url : {"", "ftp://h/", "file:///etc/passwd", "http://", "http:///x", "http://?x", "127.0.0.1",
                          "http://me:secret@h/"}) {
    INFO(url);
    got = sync_wait(*loop, client.send(get(url)));
    REQUIRE(got.error() == errc::invalid);
    REQUIRE_FALSE(got.error().message().empty());
    REQUIRE_FALSE(got.error().message().contains("secret"));
  }
  for (const auto& [name, value] :
       {std::pair<std::string, std::string>("a b", "c"), {"a", "b\r\nc: d"}, {"", "x"}, {"a:", "b"}}) {
    auto what = get("http://127.0.0.1:1/");
    what.headers.add(name, value);
    REQUIRE(sync_wait(*loop, client.send(what)).error() == errc::invalid);
  }
}

TEST_CASE("failures say what they are") {
  test_server server;
  auto loop = each_loop();
  curl_client client(plain());
  struct row {
    std::string path;
    errc code;
  };
  for (const auto& [path, code] :
       {row{"/drop", errc::unreachable}, row{"/reset", errc::unreachable}, row{"/reset_early", errc::unreachable},
        row{"/truncated/1000?after=500", errc::corrupt}, row{"/truncated/1000?after=0", errc::corrupt},
        row{"/chunks_cut/10", errc::corrupt}, row{"/reset_body/1000?after=500", errc::unreachable},
        row{"/garbage", errc::corrupt}}) {
    INFO(path);
    auto what = get(server.at(path));
    auto got = sync_wait(*loop, client.send(what));
    REQUIRE_FALSE(got);
    INFO(got.error().describe());
    REQUIRE(got.error() == code);
    REQUIRE_FALSE(got.error().message().empty());
    what.again = repeatable::if_refused;
    got = sync_wait(*loop, client.send(what));
    REQUIRE(got.error() == errc::outcome_unknown);
  }
  auto nowhere = get("http://127.0.0.1:1/");
  REQUIRE(sync_wait(*loop, client.send(nowhere)).error() == errc::unreachable);
  nowhere.again = repeatable::if_refused;  // Never sent, so nothing is unknown.
  REQUIRE(sync_wait(*loop, client.send(nowhere)).error() == errc::unreachable);
  const auto unresolved = sync_wait(*loop, client.send(get("http://host.invalid/")));
  REQUIRE(unresolved.error() == errc::unreachable);
  REQUIRE(unresolved.error().message().contains("host.invalid"));
}

TEST_CASE("a reply that does not fit is an error") {
  test_server server;
  auto loop = each_loop();
  curl_client client(plain());
  auto what = get(server.at("/bytes/1001"));
  what.collected_bytes_max = 1000;
  REQUIRE(sync_wait(*loop, client.send(what)).error() == errc::too_large);
  what.collected_bytes_max = 1001;
  REQUIRE(sync_wait(*loop, client.send(what))->body == pattern(1001));
  std::array<std::byte, 1000> room{};
  what.into = room;
  REQUIRE(sync_wait(*loop, client.send(what)).error() == errc::too_large);
}

TEST_CASE("curl's own repetition on a dead connection is for requests that may be repeated") {
  test_server server;
  auto loop = each_loop();
  curl_client client(plain());
  const std::array<std::span<const std::byte>, 1> pieces{bytes_of("body")};
  auto what = sending_body(method::put, server.at("/echo"), pieces);
  REQUIRE(sync_wait(*loop, client.send(get(server.at("/once_then_dead/bytes/1"))))->status == 200);
  REQUIRE(sync_wait(*loop, client.send(what))->body.contains("\"size\": 4"));

  for (const bool with_body : {true, false}) {
    what.verb = method::post;
    what.again = repeatable::if_refused;
    if (!with_body) what.body = {};
    REQUIRE(sync_wait(*loop, client.send(get(server.at("/once_then_dead/bytes/1"))))->status == 200);
    curl_client observer(plain());
    const auto before = stat(*loop, observer, server, "requests");
    REQUIRE(sync_wait(*loop, client.send(what)).error() == errc::outcome_unknown);
    REQUIRE(stat(*loop, observer, server, "requests") == before + 2);  // The one, and this question.
  }
}

TEST_CASE("a redirect is a reply") {
  test_server server;
  auto loop = each_loop();
  curl_client client(plain());
  const auto got = sync_wait(*loop, client.send(get(server.at("/status/307?Location=http://127.0.0.1:1/"))));
  REQUIRE(got->status == 307);
  REQUIRE(got->headers.find("location") == "http://127.0.0.1:1/");
}

TEST_CASE("a server proves who it is") {
  test_server server(test_server::transport::tls);
  auto loop = each_loop();
  const auto what = get(server.at("/bytes/10"));
  {
    curl_client strangers;
    auto got = sync_wait(*loop, strangers.send(what));
    REQUIRE(got.error() == errc::unauthenticated);
    REQUIRE(got.error().message().contains("ca_file"));
    REQUIRE(got.error().message().contains("clock"));
  }
  curl_options options;
  options.ca_file = server.ca_file();
  {
    curl_client client(options);
    for (int i = 0; i < 3; ++i) REQUIRE(sync_wait(*loop, client.send(what))->body == pattern(10));
    // The name counts too.
    auto other = what;
    other.url = "https://127.0.0.2:" + std::to_string(server.port()) + "/bytes/10";
    const auto got = sync_wait(*loop, client.send(other));
    REQUIRE_FALSE(got);
  }
  {
    curl_options careless;
    careless.verify_tls = false;
    curl_client client(careless);
    REQUIRE(sync_wait(*loop, client.send(what))->body == pattern(10));
  }
  options.ca_file = "/does/not/exist.pem";
  curl_client misled(options);
  const auto got = sync_wait(*loop, misled.send(what));
  REQUIRE(got.error() == errc::invalid);
  REQUIRE(got.error().message().contains("/does/not/exist.pem"));
}

TEST_CASE("a proxy is asked when it is named") {
  test_server server;
  auto loop = each_loop();
  auto options = plain();
  options.proxy = server.at("");
  curl_client client(options);
  REQUIRE(sync_wait(*loop, client.send(get("http://host.invalid/echo")))
              ->body.contains(R"("target": "http://host.invalid/echo")"));
  options.no_proxy = "127.0.0.1";
  curl_client around(options);
  REQUIRE(sync_wait(*loop, around.send(get(server.at("/echo"))))->body.contains(R"("target": "/echo")"));

  ::setenv("http_proxy", server.at("").c_str(), 1);
  curl_client by_environment(plain());
  const auto got = sync_wait(*loop, by_environment.send(get("http://host.invalid/echo")));
  options.proxy = "";
  options.no_proxy.reset();
  curl_client direct(options);
  const auto not_asked = sync_wait(*loop, direct.send(get("http://host.invalid/echo")));
  ::unsetenv("http_proxy");
  REQUIRE(got->status == 200);
  REQUIRE(not_asked.error() == errc::unreachable);

  ::setenv("HTTP_PROXY", server.at("").c_str(), 1);
  const auto by_upper_case = sync_wait(*loop, by_environment.send(get("http://host.invalid/echo")));
  ::setenv("REQUEST_METHOD", "GET", 1);  // As in a CGI program, where a client may have said it.
  const auto not_believed = sync_wait(*loop, by_environment.send(get("http://host.invalid/echo")));
  ::unsetenv("HTTP_PROXY");
  ::unsetenv("REQUEST_METHOD");
  REQUIRE(by_upper_case->status == 200);
  REQUIRE(not_believed.error() == errc::unreachable);
}

TEST_CASE("a proxy's password is in no message") {
  auto loop = each_loop();
  for (const char* proxy : {"http://me:secret@:::", "foo://me:secret@127.0.0.1:1", "http://me:secret@127.0.0.1:1",
                            "http://me:secret@host.invalid", "me:secret@:"}) {
    INFO(proxy);
    auto options = plain();
    options.proxy = proxy;
    curl_client client(options);
    const auto got = sync_wait(*loop, client.send(get("http://host.invalid/")));
    REQUIRE_FALSE(got);
    REQUIRE_FALSE(got.error().describe().contains("secret"));
  }
}
