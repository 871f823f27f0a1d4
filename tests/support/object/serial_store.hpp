#pragma once

#include <randomio/backends/object/store.hpp>
#include <randomio/core/runtime/gate.hpp>

namespace randomio::testing {

/// A store whose publications go to the service one after another: for machines of one test that race on a server whose
/// conditions are not checked and carried out in one step (tests/support/servers/seaweed.py says which).
class serial_store final : public object::store {
 public:
  explicit serial_store(object::store& to) : to_(to) {}

  [[nodiscard]] const object::limits& allows() const noexcept override { return to_.allows(); }
  [[nodiscard]] task<result<object::conditions>> honours() override { return to_.honours(); }
  [[nodiscard]] task<result<object::description>> head(std::string_view key, stop_token stop) override {
    return to_.head(key, stop);
  }
  [[nodiscard]] task<result<object::got>> get(std::string_view key, std::uint64_t offset, std::span<std::byte> out,
                                              const version& expected, stop_token stop) override {
    return to_.get(key, offset, out, expected, stop);
  }
  [[nodiscard]] task<result<object::properties::texts>> tags(std::string_view key) override { return to_.tags(key); }
  [[nodiscard]] task<result<object::list_page>> list(const object::list_request& which, stop_token stop) override {
    return to_.list(which, stop);
  }
  [[nodiscard]] task<result<object::published>> put(std::string_view key, object::pieces content,
                                                    const object::properties& with, const precondition& when) override {
    const auto alone = co_await publishing_.lock();
    co_return co_await to_.put(key, content, with, when);
  }
  [[nodiscard]] task<result<object::published>> copy(const object::source& from, std::string_view to,
                                                     const object::properties* with,
                                                     const precondition& when) override {
    const auto alone = co_await publishing_.lock();
    co_return co_await to_.copy(from, to, with, when);
  }
  [[nodiscard]] task<result<void>> remove(std::string_view key, const precondition& when) override {
    const auto alone = co_await publishing_.lock();
    co_return co_await to_.remove(key, when);
  }
  [[nodiscard]] task<result<std::vector<error>>> remove_all(std::span<const std::string> keys) override {
    return to_.remove_all(keys);
  }
  [[nodiscard]] task<result<object::upload>> begin_upload(std::string_view key,
                                                          const object::properties& with) override {
    return to_.begin_upload(key, with);
  }
  [[nodiscard]] task<result<object::part>> upload_part(const object::upload& to, std::uint32_t number,
                                                       object::pieces content) override {
    return to_.upload_part(to, number, content);
  }
  [[nodiscard]] task<result<object::part>> copy_part(const object::upload& to, std::uint32_t number,
                                                     const object::source& from, range bytes) override {
    return to_.copy_part(to, number, from, bytes);
  }
  [[nodiscard]] task<result<object::published>> complete(const object::upload& what,
                                                         std::span<const object::part> parts,
                                                         const precondition& when) override {
    const auto alone = co_await publishing_.lock();
    co_return co_await to_.complete(what, parts, when);
  }
  [[nodiscard]] task<result<void>> abort(const object::upload& what) override { return to_.abort(what); }
  [[nodiscard]] task<result<std::vector<object::upload>>> uploads(std::string_view prefix) override {
    return to_.uploads(prefix);
  }
  [[nodiscard]] task<result<std::vector<object::part>>> published_parts(std::string_view key,
                                                                        const version& expected) override {
    return to_.published_parts(key, expected);
  }

  [[nodiscard]] task<result<object::published>> append(std::string_view key, std::uint64_t position,
                                                       object::pieces content, const version& expected) override {
    return to_.append(key, position, content, expected);
  }

 private:
  object::store& to_;
  async_gate publishing_;
};

}  // namespace randomio::testing
