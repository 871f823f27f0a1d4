#pragma once

#include <memory>
#include <utility>
#include <vector>

#include <randomio/backends/object/filesystem.hpp>
#include <randomio/core/runtime/sync_wait.hpp>

#include "tests/support/object/fake_store.hpp"

namespace randomio::testing {

/// S3's limits and conditions.
struct strict_service {
  static fake_store::settings settings() { return {}; }
  static object::options options() { return {}; }
};
/// R2's: uniform parts, and no conditional delete.
struct uniform_service {
  static fake_store::settings settings() { return fake_store::uniform(); }
  static object::options options() { return {}; }
};
/// Azure's: block lists, metadata in listings, marked directories.
struct block_list_service {
  static fake_store::settings settings() { return fake_store::block_lists(); }
  static object::options options() { return {.dialect = object::metadata::dialect::azure, .marks_types = true}; }
};

/// Filesystems over fake stores, driven on one loop.
template <class Service, loop::kind Kind = loop::kind::epoll>
struct object_fixture {
  using filesystem_type = object::filesystem;

  std::shared_ptr<filesystem_type> make() { return make(Service::options()); }
  std::shared_ptr<filesystem_type> make(object::options how) {
    stores.push_back(std::make_shared<fake_store>(Service::settings()));
    return over(stores.back(), std::move(how));
  }
  /// Another mount of a store.
  std::shared_ptr<filesystem_type> over(std::shared_ptr<fake_store> store, object::options how = Service::options()) {
    if (!how.honoured) how.honoured = Service::settings().honoured;
    how.name = "fake://bucket";
    how.notice = [this](std::string_view line) { notices.emplace_back(line); };
    return std::make_shared<filesystem_type>(std::move(store), pool, std::move(how));
  }
  template <class T>
  T run(task<T> t) {
    return sync_wait(*runs, std::move(t));
  }

  std::unique_ptr<loop> runs = std::move(*make_loop(Kind));
  blocking_pool pool{2};
  std::vector<std::string> notices;
  std::vector<std::shared_ptr<fake_store>> stores;
};

}  // namespace randomio::testing
