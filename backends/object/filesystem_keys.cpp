// The objects as a conditional_store: whole values by key.
#include <algorithm>
#include <utility>

#include <randomio/backends/object/filesystem.hpp>
#include <randomio/backends/object/names.hpp>

namespace randomio::object {

namespace {

constexpr std::size_t first_read_bytes = 64 * 1024;

}  // namespace

task<result<versioned_content>> filesystem::get(std::string_view key) {
  if (auto good = check_key(key, volume_->allows()); !good) co_return fail(errc::not_found, operation::get);
  versioned_content value;
  value.content.resize(first_read_bytes);
  auto got = co_await volume_->store().get(key, 0, value.content);
  if (!got) co_return unexpected(std::move(got).error());
  value.content.resize(got->object.size);
  value.current = std::move(got->object.current);
  if (got->count < value.content.size()) {
    const auto rest = std::span(value.content).subspan(got->count);
    auto more = co_await volume_->store().get(key, got->count, rest, value.current);
    if (!more) co_return unexpected(std::move(more).error());
    if (more->count != rest.size()) co_return fail(errc::corrupt, operation::get);
  }
  co_return value;
}

task<result<version>> filesystem::put(std::string_view key, const_buffer value, precondition when) {
  if (auto good = check_key(key, volume_->allows()); !good) co_return unexpected(std::move(good).error());
  auto ready = co_await volume_->prepare();
  if (!ready) co_return unexpected(std::move(ready).error());
  const auto bytes = value.bytes();
  auto put = co_await volume_->store().put(key, pieces(&bytes, 1), {}, when);
  volume_->changed_behind(key);
  if (!put) {
    const bool gone = when.what() == precondition::kind::matches && put.error() == errc::not_found;
    if (gone) co_return fail(errc::precondition_failed, operation::put);
    co_return unexpected(std::move(put).error());
  }
  co_return std::move(put->current);
}

task<result<void>> filesystem::remove_if(std::string_view key, precondition when) {
  if (auto good = check_key(key, volume_->allows()); !good) co_return fail(errc::not_found, operation::remove);
  auto ready = co_await volume_->prepare();
  if (!ready) co_return ready;
  const bool matches = when.what() == precondition::kind::matches;
  // Services do not tell whether there was anything to remove.
  auto head = co_await volume_->store().head(key);
  if (!head) {
    if (head.error() == errc::not_found && matches) co_return fail(errc::precondition_failed, operation::remove);
    co_return unexpected(std::move(head).error());
  }
  if (matches && head->current != when.expected()) co_return fail(errc::precondition_failed, operation::remove);
  auto removed = co_await volume_->remove_object(std::string(key), matches ? when.expected() : version{});
  volume_->changed_behind(key);
  co_return removed;
}

}  // namespace randomio::object
