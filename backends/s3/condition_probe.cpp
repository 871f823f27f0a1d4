#include <randomio/backends/s3/condition_probe.hpp>

#include <random>

namespace randomio::s3 {
namespace {

// An ETag that no content has.
const version& wrong_version() {
  static const version wrong{"\"00000000000000000000000000000000\""};
  return wrong;
}

std::string fresh_key() {
  // Chance keeps the probes of several machines apart.
  std::random_device chance;
  return ".randomio-probe-" + std::to_string(chance()) + std::to_string(chance());
}

template <class T>
result<void> without_value(const result<T>& outcome) {
  if (!outcome) return unexpected(outcome.error());
  return {};
}

}  // namespace

condition_probe::condition_probe(store& of) : store_(of), key_(fresh_key()), other_(key_ + "-copy") {}

task<bool> condition_probe::refused(result<void> outcome, std::string_view key, const version& unchanged) {
  if (outcome) co_return false;
  if (outcome.error() != errc::precondition_failed && outcome.error() != errc::already_exists) co_return false;
  const auto now = co_await store_.head(key);
  co_return now && now->current == unchanged;
}

task<result<version>> condition_probe::publish(std::string_view key, char content) {
  const std::span<const std::byte> pieces[] = {std::as_bytes(std::span(&content, 1))};
  const auto made = co_await store_.put_now(key, pieces, {}, precondition::none());
  if (!made) co_return unexpected(made.error());
  co_return made->current;
}

task<result<bool>> condition_probe::put() {
  const auto first = co_await publish(key_, '1');
  if (!first) co_return unexpected(first.error());
  const char content = '2';
  const std::span<const std::byte> pieces[] = {std::as_bytes(std::span(&content, 1))};
  const object::properties none;
  const auto absent = precondition::absent(), wrong = precondition::matches(wrong_version());
  const auto right = precondition::matches(*first);
  const auto created = co_await store_.put_now(key_, pieces, none, absent);
  if (!co_await refused(without_value(created), key_, *first)) co_return false;
  const auto replaced = co_await store_.put_now(key_, pieces, none, wrong);
  if (!co_await refused(without_value(replaced), key_, *first)) co_return false;
  // A service that refuses them all is of no use either.
  const auto rightly = co_await store_.put_now(key_, pieces, none, right);
  co_return rightly.has_value();
}

task<result<bool>> condition_probe::complete() {
  const auto before = co_await publish(key_, '3');
  if (!before) co_return unexpected(before.error());
  const char content = '4';
  const std::span<const std::byte> pieces[] = {std::as_bytes(std::span(&content, 1))};
  const object::properties none;
  const auto begun = co_await store_.begin_upload(key_, none);
  if (!begun) co_return unexpected(begun.error());
  bool honoured = false;
  const auto part = co_await store_.upload_part(*begun, 1, pieces);
  if (part) {
    const std::array parts{*part};
    const auto wrong = precondition::matches(wrong_version()), absent = precondition::absent();
    const auto replaced = co_await store_.complete_now(*begun, parts, wrong);
    honoured = co_await refused(without_value(replaced), key_, *before);
    if (honoured) {
      const auto created = co_await store_.complete_now(*begun, parts, absent);
      honoured = co_await refused(without_value(created), key_, *before);
    }
  }
  static_cast<void>(co_await store_.abort(*begun));
  if (!part) co_return unexpected(part.error());
  co_return honoured;
}

task<result<bool>> condition_probe::copy() {
  const auto before = co_await publish(other_, '5');
  if (!before) co_return unexpected(before.error());
  const object::source from{.key = key_};
  const auto wrong = precondition::matches(wrong_version()), absent = precondition::absent();
  const auto created = co_await store_.copy_now(from, other_, nullptr, absent);
  if (!co_await refused(without_value(created), other_, *before)) co_return false;
  const auto replaced = co_await store_.copy_now(from, other_, nullptr, wrong);
  co_return co_await refused(without_value(replaced), other_, *before);
}

task<result<bool>> condition_probe::copy_source() {
  const auto before = co_await publish(other_, '6');
  if (!before) co_return unexpected(before.error());
  const object::source changed{.key = key_, .expected = wrong_version()};
  const object::properties none;
  // With properties of its own, so that no look at the source comes before the copy.
  const auto copied = co_await store_.copy_now(changed, other_, &none, precondition::none());
  if (!co_await refused(without_value(copied), other_, *before)) co_return false;
  const auto begun = co_await store_.begin_upload(other_, none);
  if (!begun) co_return unexpected(begun.error());
  const auto part = co_await store_.copy_part(*begun, 1, changed, *range::make(0, 1));
  static_cast<void>(co_await store_.abort(*begun));
  co_return !part && part.error() == errc::precondition_failed;
}

task<result<bool>> condition_probe::remove() {
  const auto before = co_await publish(other_, '7');
  if (!before) co_return unexpected(before.error());
  const auto wrong = precondition::matches(wrong_version());
  const auto removed = co_await store_.remove_now(other_, wrong);
  co_return co_await refused(removed, other_, *before);
}

task<result<object::conditions>> condition_probe::run() {
  object::conditions found;
  result<void> outcome;
  const auto note = [&](bool object::conditions::* which, const result<bool>& honoured) {
    if (honoured) {
      found.*which = *honoured;
    } else if (outcome) {
      outcome = unexpected(honoured.error());
    }
    return honoured.has_value();
  };
  // The plain upload comes first: when that is forbidden, so is all the rest.
  if (note(&object::conditions::put, co_await put())) {
    note(&object::conditions::complete, co_await complete());
    note(&object::conditions::copy, co_await copy());
    note(&object::conditions::copy_source, co_await copy_source());
    note(&object::conditions::remove, co_await remove());
  }
  const auto none = precondition::none();
  static_cast<void>(co_await store_.remove_now(other_, none));
  static_cast<void>(co_await store_.remove_now(key_, none));
  if (!outcome) co_return unexpected(std::move(outcome).error());
  co_return found;
}

task<result<object::conditions>> store::honours() {
  const auto known = [this] {
    const std::scoped_lock lock(mutex_);
    return conditions_;
  };
  if (const auto conditions = known()) co_return *conditions;
  // Who comes second finds what the first has found.
  const auto alone = co_await probing_.lock();
  if (const auto conditions = known()) co_return *conditions;
  condition_probe probe(*this);
  auto found = co_await probe.run();
  if (!found) co_return unexpected(std::move(found).error());
  if (here()->with().unsafe_without_conditions) found->put = found->complete = true;
  const std::scoped_lock lock(mutex_);
  conditions_ = *found;
  co_return *found;
}

}  // namespace randomio::s3
