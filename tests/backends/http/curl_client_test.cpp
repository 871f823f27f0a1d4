#include <randomio/backends/http/curl_client.hpp>

#include <catch2/catch.hpp>

#include "sending.hpp"

using namespace sending;
using namespace randomio::http;

TEST_CASE("a reply's status, headers and body arrive, also into the caller's buffer") {
  test_server server;
  auto loop = each_loop();
  curl_client client(plain());

  auto got = sync_wait(*loop, client.send(get(server.at("/status/404?x-one=1&body=nothing%20here"))));
  REQUIRE(got);
  REQUIRE(got->status == 404);
  REQUIRE(got->headers.find("X-One") == "1");
  REQUIRE(got->body == "nothing here");

  std::string room(100'000, '?');
  auto large = get(server.at("/bytes/90000"));
  large.into = std::as_writable_bytes(std::span(room));
  got = sync_wait(*loop, client.send(large));
  REQUIRE(got);
  REQUIRE(got->status == 200);
  REQUIRE(got->received == 90'000);
  REQUIRE(got->body.empty());
  REQUIRE(room == pattern(90'000) + std::string(10'000, '?'));
}
