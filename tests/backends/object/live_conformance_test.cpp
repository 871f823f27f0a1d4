#include "tests/conformance/conformance.hpp"

#include <randomio/backends/object/filesystem.hpp>
#include <randomio/core/runtime/blocking_pool.hpp>
#include <randomio/core/runtime/sync_wait.hpp>

#include "tests/support/object/live_store.hpp"

// What every filesystem promises, held by objects in a real service.

namespace {

struct live_objects {
  using filesystem_type = randomio::object::filesystem;

  std::shared_ptr<filesystem_type> make() {
    auto store = live::make_store();
    static const auto honoured = conformance::ok(run(store->honours()));
    auto how = live::filesystem_options();
    how.name = "live";
    how.honoured = honoured;
    return std::make_shared<filesystem_type>(std::move(store), pool, std::move(how));
  }
  /// Whether the server keeps the metadata of objects whose key ends in a slash.
  bool keeps_directory_attributes() {
    static const bool keeps = probe();
    return keeps;
  }
  template <class T>
  T run(randomio::task<T> t) {
    return sync_wait(*runs, std::move(t));
  }

  bool probe() {
    const auto store = live::make_store();
    const randomio::object::properties with{.metadata = {{"key", "value"}}};
    conformance::ok(run(store->put("marker/", {}, with, randomio::precondition::none())));
    return conformance::ok(run(store->head("marker/"))).held.metadata == with.metadata;
  }

  std::unique_ptr<randomio::loop> runs = std::move(*randomio::make_loop(randomio::loop::kind::epoll));
  randomio::blocking_pool pool{2};
};

}  // namespace

CONFORMANCE_SUITE("objects in a service", live_objects)
