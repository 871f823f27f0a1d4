#include <randomio/backends/object/commit_run.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

#include <randomio/backends/object/commit_id.hpp>
#include <randomio/backends/object/second_try.hpp>

namespace randomio::object {

namespace {

bool is_same(const std::optional<description>& a, const std::optional<description>& b) {
  if (a.has_value() != b.has_value()) return false;
  return !a || (a->current == b->current && a->version_id == b->version_id);
}

std::shared_ptr<const origin> origin_of(const std::string& key, const std::optional<description>& base) {
  if (!base) return nullptr;
  return std::make_shared<const origin>(
      origin{.object = {.key = key, .expected = base->current, .version_id = base->version_id, .size = base->size},
             .size = base->size});
}

}  // namespace

commit_run::commit_run(editing& with, staging& staged, std::string key, std::optional<description> base,
                       generation& what)
    : with_(with),
      staged_(staged),
      key_(std::move(key)),
      what_(what),
      target_(base),
      source_(origin_of(key_, base)),
      first_(std::move(base)),
      list_(what.list),
      streamed_parts_(what.stream ? what.stream->parts.size() : 0) {}

task<result<commit_run::outcome>> commit_run::run(bool is_preserved) {
  has_preserved_ = is_preserved;
  attempts_ = unanswered_ = 0;
  moved_ = std::chrono::steady_clock::now();
  why_.reset();
  auto honoured = co_await with_.to.honours();
  if (!honoured) co_return unexpected(std::move(honoured).error());
  honoured_ = *honoured;
  if (!(honoured_.put && honoured_.complete) && !with_.unsafe_without_conditions) {
    co_return unexpected(error(errc::unsupported, operation::put)
                             .with_key(key_)
                             .with_message("the store ignores conditions, so that edits could be lost"));
  }
  auto next = may_have_happened_ ? co_await recall() : step::again;
  for (; next == step::again; ++attempts_) {
    if (attempts_ == with_.attempts_max || (attempts_ > 0 && is_overdue())) {
      next = give_up();
      break;
    }
    auto published = co_await attempt();
    if (published) {
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      const auto& held = what_.stream ? what_.stream->with : held_;
      outcome_.now = {.size = list_.size(),
                      .current = std::move(published->current),
                      .version_id = std::move(published->version_id),
                      .modified = {.seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count()},
                      .tags = held.tags ? static_cast<std::uint32_t>(held.tags->size()) : 0,
                      .held = held,
                      .bytes = target_ ? target_->bytes : editable::all,
                      .checksum = std::move(published->checksum)};
      if (has_lost_properties()) outcome_.owes = held_;
      next = step::done;
    } else {
      next = co_await resolve(published.error());
    }
  }
  if (next == step::done) {
    co_await end_stream();
    co_return outcome_;
  }
  if (what_.stream && !what_.stream->has_dropped) co_await end_stream();
  // The short last part must not come before others, should the content grow.
  if (what_.stream && !may_have_happened_) what_.stream->forget_from(streamed_parts_);
  co_return unexpected(std::move(*why_));
}

task<result<published>> commit_run::attempt() {
  auto prepared = co_await prepare_properties();
  if (!prepared) co_return unexpected(std::move(prepared).error());
  if (is_in_place()) co_return co_await append_in_place();
  if (what_.stream) co_return co_await publish_stream();
  if (!what_.bytes_dirty && target_ && list_.is_base(target_->size)) co_return co_await publish_properties();
  co_return co_await publish_bytes(key_, condition());
}

task<result<void>> commit_run::prepare_properties() {
  // An append that comes second leaves alone what the first one said about the object.
  held_ = has_followed_ && target_ && !what_.held_dirty ? target_->held : what_.held;
  if (has_followed_ && *what_.stamp) (*what_.stamp)(held_);
  if (!held_.tags && target_ && target_->tags > 0) {
    auto tags = co_await with_.to.tags(key_);
    if (!tags) co_return unexpected(std::move(tags).error());
    held_.tags = std::move(*tags);
  }
  if (with_.commit_ids) stamp_commit(held_, target_ ? &target_->held : nullptr, what_.id);
  co_return result<void>{};
}

// A stream is completed with the properties that it began with. When it came second, those of the first one are gone
// then, unless only the ids of commits and the time of the last write tell them apart.
bool commit_run::has_lost_properties() const {
  if (!what_.stream || !has_followed_ || !target_) return false;
  const auto comparable = [&](properties held) {
    if (*what_.stamp) (*what_.stamp)(held);
    held.metadata.erase(std::string(commit_ids_name));
    if (!held.tags) held.tags.emplace();
    return held;
  };
  return comparable(what_.stream->with) != comparable(held_);
}

void commit_run::note_arrival(const part_upload& by) {
  moved_ = std::max(moved_, by.last_arrival().value_or(moved_));
}

bool commit_run::is_overdue() const {
  return std::chrono::steady_clock::now() - moved_ >= with_.commit_timeout;
}

commit_run::step commit_run::give_up() {
  if (may_have_happened_) return unknown(error(errc::timed_out));
  if (is_overdue()) {
    why_ = error(errc::timed_out, operation::put)
               .with_key(key_)
               .with_message("it could not be published within commit_timeout");
  } else {
    why_ = error(errc::busy, operation::put).with_key(key_).with_message("lost too many races");
  }
  return step::failed;
}

precondition commit_run::condition() const {
  return target_ ? precondition::matches(target_->current) : precondition::absent();
}

task<result<std::optional<description>>> commit_run::look() {
  auto now = co_await with_.to.head(key_);
  if (now) co_return std::optional(std::move(*now));
  if (now.error() == errc::not_found) co_return std::optional<description>();
  co_return unexpected(std::move(now).error());
}

commit_run::step commit_run::unknown(const error& why) {
  why_ = error(errc::outcome_unknown, operation::put, why.vendor_code())
             .with_key(key_)
             .with_request_id(why.request_id())
             .with_message("it is not known whether the edit was published");
  with_.notice(why_->describe());
  return step::failed;
}

// What an earlier run left open is found out first. Where the object is as it was, the same is sent again.
task<commit_run::step> commit_run::recall() {
  if (is_in_place()) co_return co_await resolve_append(error(errc::precondition_failed));
  auto now = co_await look();
  if (!now) co_return unknown(now.error());
  if (is_same(*now, target_)) co_return step::again;
  co_return co_await judge(std::move(*now), error(errc::precondition_failed));
}

task<commit_run::step> commit_run::resolve(const error& why) {
  if (is_in_place()) co_return co_await resolve_append(why);
  switch (why.code()) {
    case errc::outcome_unknown: may_have_happened_ = true; break;
    case errc::precondition_failed:
    case errc::already_exists:
    case errc::not_found: break;
    case errc::busy:
      // Parts may be gone, of the upload and of the object: what is there now is looked at, the rest sent again.
      parts_tag_.clear();
      if (what_.stream && with_.to.allows().publication_ends_uploads) co_await end_stream();
      co_await pause_before(attempts_);
      co_return step::again;
    default: why_ = why; co_return step::failed;
  }
  auto now = co_await look();
  if (!now) {
    if (may_have_happened_) co_return unknown(why);
    why_ = std::move(now).error();
    co_return step::failed;
  }
  co_return co_await judge(std::move(*now), why);
}

// What follows from what there is now.
task<commit_run::step> commit_run::judge(std::optional<description> now, const error& why) {
  if (now && with_.commit_ids && has_commit(now->held, what_.id)) co_return happened(std::move(*now));
  if (is_same(now, target_) && why == errc::outcome_unknown) {
    // Nothing has changed: either it will not take place, or later. It is sent again under the same condition and id,
    // so that one of the two fails, and the other is found.
    const bool may_be_sent_again = with_.commit_ids && ++unanswered_ < unanswered_max;
    if (!may_be_sent_again) co_return unknown(why);
    co_await pause_before(unanswered_);
    co_return step::again;
  }
  if (is_same(now, target_)) {
    // The upload went, or somebody came and went. What was sent with it and is nowhere else is lost.
    if (what_.stream && why == errc::not_found) {
      if (what_.stream->has_dropped) {
        why_ = error(errc::io_failure, operation::put).with_key(key_).with_message("the upload in flight was aborted");
        with_.notice(why_->describe());
        co_return step::failed;
      }
      co_await end_stream();
    }
    co_await pause_before(attempts_);
    co_return step::again;
  }
  const properties nothing;
  const auto tells = [&] {
    return with_.commit_ids && now && tells_all_since(target_ ? target_->held : nothing, now->held);
  };
  if (may_have_happened_ && !tells()) co_return unknown(why);
  may_have_happened_ = false;  // Nor will it: what it was sent for is gone.
  co_return co_await settle_conflict(std::move(now), why);
}

commit_run::step commit_run::happened(description there) {
  may_have_happened_ = false;
  if (!is_newest_commit(there.held, what_.id)) {
    // Somebody else has published since: what was edited on top of this comes behind theirs, if it can.
    outcome_.shifted_from = what_.list.size();
    outcome_.shift = static_cast<std::int64_t>(there.size) - static_cast<std::int64_t>(what_.list.size());
  }
  outcome_.now = std::move(there);
  return step::done;
}

task<void> commit_run::follow(std::optional<description> now) {
  if (what_.stream && !what_.stream->has_dropped) co_await end_stream();
  target_ = std::move(now);
  source_ = origin_of(key_, target_);
  has_followed_ = true;
  const auto size = target_ ? target_->size : 0;
  list_ = extents(size);
  for (auto one : what_.list.within(*range::make(what_.base_size, what_.list.size()))) {
    one.at = *range::from_len(one.at.start() - what_.base_size + size, one.at.len());
    static_cast<void>(list_.place(one));
  }
  outcome_.shifted_from = what_.base_size;
  outcome_.shift = static_cast<std::int64_t>(list_.size()) - static_cast<std::int64_t>(what_.list.size());
}

task<void> commit_run::end_stream() {
  if (!what_.stream) co_return;
  co_await what_.stream->to.abort();
  what_.stream.reset();
}

}  // namespace randomio::object
