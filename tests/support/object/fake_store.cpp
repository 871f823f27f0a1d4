#include "tests/support/object/fake_store.hpp"

#include <algorithm>
#include <utility>

#include <randomio/core/runtime/sleep.hpp>

namespace randomio::testing {

using object::description;
using object::properties;
using object::published;
using object::source;

namespace {

rope gathered(object::pieces content) {
  rope bytes;
  for (const auto& piece : content) bytes.append(piece);
  return bytes;
}

}  // namespace

fake_store::fake_store(settings with) : set_(std::move(with)), random_(set_.seed) {}

fake_store::settings fake_store::uniform() {
  settings made;
  made.allowed.uniform_parts = true;
  made.honoured.remove = false;
  return made;
}

fake_store::settings fake_store::block_lists() {
  settings made;
  made.allowed.part_bytes_min = 1;
  made.allowed.reuses_parts = made.allowed.publication_ends_uploads = true;
  made.allowed.append_bytes_max = std::uint64_t{100} << 20;
  made.lists_metadata = true;
  return made;
}

// ---- What a test does

std::size_t fake_store::uploads_open() const {
  const std::scoped_lock lock(mutex_);
  return static_cast<std::size_t>(std::ranges::count_if(uploads_, [this](const auto& one) {
    return !one.second.is_orphan && !(set_.allowed.reuses_parts && one.second.parts.empty());
  }));
}

void fake_store::end_upload(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  uploads_.erase(id);
}

usage fake_store::used() const {
  const std::scoped_lock lock(mutex_);
  return used_;
}

void fake_store::forget_usage() {
  const std::scoped_lock lock(mutex_);
  used_ = {};
}

void fake_store::set_faults(const faults& goes_wrong) {
  const std::scoped_lock lock(mutex_);
  set_.goes_wrong = goes_wrong;
}

void fake_store::set_conditions(const object::conditions& honoured) {
  const std::scoped_lock lock(mutex_);
  set_.honoured = honoured;
}

void fake_store::before_each(hook call) {
  const std::scoped_lock lock(mutex_);
  hook_ = std::move(call);
}

void fake_store::next(request what, const fate& has) {
  const std::scoped_lock lock(mutex_);
  scripted_[what].push_back(has);
}

// ---- The way there and back

fate fake_store::draw(request what, std::string_view key, bool is_conditional) {
  hook call;
  fate drawn;
  std::vector<std::function<void()>> due;
  {
    const std::scoped_lock lock(mutex_);
    ++used_.requests;
    std::erase_if(late_, [&](late_request& one) {
      if (one.due > used_.requests) return false;
      due.push_back(std::move(one.act));
      return true;
    });
    ++used_.of[static_cast<std::size_t>(what)];
    const auto& wrong = set_.goes_wrong;
    const auto happens = [this](unsigned thousandths) { return random_() % 1000 < thousandths; };
    const auto time = [&] {
      return std::chrono::microseconds(random_() % static_cast<std::uint64_t>(wrong.delay_max.count() + 1));
    };
    drawn.is_lost = happens(wrong.lost_replies);
    drawn.fails = happens(wrong.failures);
    drawn.is_unanswered = is_conditional && happens(wrong.unanswered);
    drawn.is_busy = is_conditional && happens(wrong.busy);
    // Without it nothing is drawn, so that seeds mean what they meant.
    if (wrong.late > 0 && is_conditional && happens(wrong.late)) {
      drawn.late = 1 + static_cast<unsigned>(random_() % wrong.late_max);
    }
    if (happens(wrong.delays)) drawn.before = time();
    if (happens(wrong.delays)) drawn.after = time();
    if (auto& waiting = scripted_[what]; !waiting.empty()) {
      drawn = waiting.front();
      waiting.erase(waiting.begin());
    }
    call = hook_;
  }
  for (const auto& act : due) act();
  if (call) call(what, key);
  return drawn;
}

void fake_store::forget_scripts() {
  const std::scoped_lock lock(mutex_);
  scripted_.clear();
}

void fake_store::carry_out_late() {
  std::vector<late_request> all;
  {
    const std::scoped_lock lock(mutex_);
    all = std::exchange(late_, {});
  }
  for (const auto& one : all) one.act();
}

task<result<void>> fake_store::arrive(request what, std::string_view key, const fate& has) {
  if (has.before.count() > 0) static_cast<void>(co_await sleep_for(has.before));
  if (has.is_unanswered) co_return unexpected(error(errc::outcome_unknown).with_message("no reply"));
  if (has.fails) co_return unexpected(refused(errc::unreachable, key, "made to fail", 503, operation::none));
  if (has.is_busy) {
    if (what == request::complete) {
      const std::scoped_lock lock(mutex_);
      if (set_.goes_wrong.busy_ends_upload) {
        std::erase_if(uploads_, [&](const auto& one) { return one.second.about.key == key; });
      }
    }
    co_return unexpected(refused(errc::busy, key, "ConditionalRequestConflict", 409));
  }
  co_return result<void>{};
}

// ---- Requests

task<result<object::conditions>> fake_store::honours() {
  const std::scoped_lock lock(mutex_);
  co_return set_.claimed.value_or(set_.honoured);
}

task<result<description>> fake_store::head(std::string_view key, stop_token stop) {
  static_cast<void>(stop);
  const auto fate = draw(request::head, key, false);
  auto arrived = co_await arrive(request::head, key, fate);
  if (!arrived) co_return unexpected(std::move(arrived).error());
  result<description> outcome = fail(errc::not_found, operation::head, 404);
  {
    const std::scoped_lock lock(mutex_);
    if (const auto* found = find(key)) {
      outcome = found->about;
      if (outcome->tags > 0) outcome->held.tags.reset();
    }
  }
  co_return co_await answer(fate, std::move(outcome), false);
}

task<result<object::got>> fake_store::get(std::string_view key, std::uint64_t offset, std::span<std::byte> out,
                                          const version& expected, stop_token stop) {
  static_cast<void>(stop);
  const auto fate = draw(request::get, key, false);
  auto arrived = co_await arrive(request::get, key, fate);
  if (!arrived) co_return unexpected(std::move(arrived).error());
  result<object::got> outcome = fail(errc::not_found, operation::get, 404);
  {
    const std::scoped_lock lock(mutex_);
    const auto* found = find(key);
    if (found != nullptr && !expected.tag.empty() && found->about.current != expected) {
      outcome = fail(errc::precondition_failed, operation::get, 412);
    } else if (found != nullptr) {
      outcome = object::got{.count = found->bytes.read(offset, out), .object = found->about};
      if (outcome->object.tags > 0) outcome->object.held.tags.reset();
      used_.bytes_down += outcome->count;
    }
  }
  co_return co_await answer(fate, std::move(outcome), false);
}

task<result<properties::texts>> fake_store::tags(std::string_view key) {
  const auto fate = draw(request::tags, key, false);
  auto arrived = co_await arrive(request::tags, key, fate);
  if (!arrived) co_return unexpected(std::move(arrived).error());
  result<properties::texts> outcome = fail(errc::not_found, operation::get, 404);
  {
    const std::scoped_lock lock(mutex_);
    if (const auto* found = find(key)) outcome = found->about.held.tags.value_or(properties::texts{});
  }
  co_return co_await answer(fate, std::move(outcome), false);
}

task<result<object::list_page>> fake_store::list(const object::list_request& which, stop_token stop) {
  static_cast<void>(stop);
  const auto fate = draw(request::list, which.prefix, false);
  auto arrived = co_await arrive(request::list, which.prefix, fate);
  if (!arrived) co_return unexpected(std::move(arrived).error());
  object::list_page page;
  {
    const std::scoped_lock lock(mutex_);
    const auto& after = std::max(which.start_after, which.continuation);
    std::string last_prefix;
    for (auto at = objects_.lower_bound(which.prefix); at != objects_.end(); ++at) {
      const auto& key = at->first;
      if (!key.starts_with(which.prefix)) break;
      auto shown = key;
      const auto slash = which.delimited ? key.find('/', which.prefix.size()) : std::string::npos;
      const bool is_prefix = slash != std::string::npos;
      if (is_prefix) shown.resize(slash + 1);
      // A common prefix that was on the page before stays there, whatever of it comes after.
      if (shown <= after || (is_prefix && (shown == last_prefix || after.starts_with(shown)))) continue;
      if (page.found.size() == which.keys_max) {
        page.continuation = page.found.back().key;
        break;
      }
      if (is_prefix) {
        last_prefix = shown;
        page.found.push_back({.key = shown, .is_prefix = true, .size = 0, .current = {}});
      } else {
        const auto& about = at->second.front().about;
        page.found.push_back({.key = shown, .size = about.size, .current = about.current, .modified = about.modified});
        if (set_.lists_metadata) page.found.back().metadata = about.held.metadata;
      }
    }
  }
  co_return co_await answer(fate, result<object::list_page>(std::move(page)), false);
}

task<result<published>> fake_store::put(std::string_view key, object::pieces content, const properties& with,
                                        const precondition& when) {
  const auto fate = draw(request::put, key, when.what() != precondition::kind::none);
  auto arrived = co_await arrive(request::put, key, fate);
  if (!arrived) co_return unexpected(std::move(arrived).error());
  auto act = [this, key = std::string(key), bytes = gathered(content), with, when]() -> result<published> {
    const std::scoped_lock lock(mutex_);
    used_.bytes_up += bytes.size();
    if (bytes.size() > set_.allowed.put_bytes_max) {
      return unexpected(refused(errc::too_large, key, "EntityTooLarge"));
    }
    if (auto named = check_name(key, with); !named) return unexpected(std::move(named).error());
    if (auto held = check(key, when, set_.honoured.put); !held) return unexpected(std::move(held).error());
    return publish(key, bytes, with, tag_of(bytes));
  };
  co_return co_await carry_out(fate, std::move(act));
}

task<result<published>> fake_store::copy(const source& from, std::string_view to, const properties* with,
                                         const precondition& when) {
  const auto fate = draw(request::copy, to, when.what() != precondition::kind::none);
  auto arrived = co_await arrive(request::copy, to, fate);
  if (!arrived) co_return unexpected(std::move(arrived).error());
  auto act = [this, from, to = std::string(to), with = with != nullptr ? std::optional(*with) : std::nullopt,
              when]() -> result<published> {
    const std::scoped_lock lock(mutex_);
    auto found = find_source(from, set_.honoured.copy_source);
    if (!found) return unexpected(std::move(found).error());
    if ((*found)->bytes.size() > set_.allowed.copy_bytes_max) {
      return unexpected(refused(errc::too_large, to, "copy source is too large", 400, operation::copy));
    }
    const auto held = with ? *with : (*found)->about.held;
    if (auto named = check_name(to, held); !named) return unexpected(std::move(named).error());
    if (auto met = check(to, when, set_.honoured.copy); !met) return unexpected(std::move(met).error());
    auto bytes = (*found)->bytes;
    auto parts = (*found)->parts;
    used_.bytes_copied += bytes.size();
    auto tag = tag_of(bytes);
    return publish(to, std::move(bytes), held, std::move(tag), std::move(parts));
  };
  co_return co_await carry_out(fate, std::move(act));
}

task<result<void>> fake_store::remove(std::string_view key, const precondition& when) {
  const auto fate = draw(request::remove, key, when.what() != precondition::kind::none);
  auto arrived = co_await arrive(request::remove, key, fate);
  if (!arrived) co_return unexpected(std::move(arrived).error());
  auto act = [this, key = std::string(key), when]() -> result<void> {
    const std::scoped_lock lock(mutex_);
    if (auto held = check(key, when, set_.honoured.remove); !held) return unexpected(std::move(held).error());
    if (const auto found = objects_.find(key); found != objects_.end()) objects_.erase(found);
    return {};
  };
  co_return co_await carry_out(fate, std::move(act));
}

task<result<std::vector<error>>> fake_store::remove_all(std::span<const std::string> keys) {
  const auto fate =
      draw(request::remove_all, keys.empty() ? std::string_view{} : std::string_view(keys.front()), false);
  auto arrived = co_await arrive(request::remove_all, {}, fate);
  if (!arrived) co_return unexpected(std::move(arrived).error());
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& key : keys) objects_.erase(key);
  }
  co_return co_await answer(fate, result<std::vector<error>>{}, true);
}

}  // namespace randomio::testing
