#include "tests/backends/azure/fixture.hpp"

#include <atomic>
#include <cstdlib>

#include "tests/support/object/live_store.hpp"

namespace azure_test {

azure::options service_options() {
  static std::atomic<unsigned> next = 0;
  if (std::getenv("AZURE_TEST_CONTAINER") == nullptr) FAIL("run the test with tests/support/servers/with_azure.py");
  std::map<std::string, std::string> values{{"container", std::getenv("AZURE_TEST_CONTAINER")},
                                            {"prefix", "live-" + std::to_string(next++)}};
  auto made = azure::options_from(values, http::process_variables());
  if (!made) FAIL(made.error().describe());
  return *std::move(made);
}

std::unique_ptr<azure::store> make_store(azure::options with) {
  static blocking_pool pool(1);
  auto made = azure::open_store(std::move(with), {}, pool);
  if (!made) FAIL(made.error().describe());
  return *std::move(made);
}

}  // namespace azure_test

std::unique_ptr<randomio::object::store> live::make_store() {
  return azure_test::make_store(azure_test::service_options());
}

randomio::object::options live::filesystem_options() {
  return {.dialect = randomio::object::metadata::dialect::azure, .marks_types = true};
}

const object_store_suite::service& object_store_suite::service_under_test() {
  static const service it{.open = [] { return live::make_store(); },
                          .of_nothing = {"\"0x8000000000000\""},
                          .removes_what_is_not_there = false,
                          .unknown_part = "bm90aGluZyBvZiBtaW5lIQ==",
                          .on_unknown_part = errc::busy};
  return it;
}
