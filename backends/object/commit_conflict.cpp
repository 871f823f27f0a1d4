#include <array>
#include <ctime>
#include <utility>

#include <randomio/backends/object/commit_run.hpp>
#include <randomio/backends/object/kept_edit.hpp>
#include <randomio/backends/object/second_try.hpp>

// What happens when somebody else was first.

namespace randomio::object {

namespace {

std::string time_now() {
  const auto now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts)};
}

}  // namespace

bool commit_run::is_readable() const {
  if (what_.stream && what_.stream->has_dropped) return false;
  return !what_.list.has(extent::kind::base) || !first_->version_id.empty();
}

task<commit_run::step> commit_run::settle_conflict(std::optional<description> now, const error& why) {
  const bool is_stuck = what_.stream && what_.stream->has_dropped && with_.to.allows().uniform_parts;
  if (what_.appends_only && what_.bytes_dirty && !is_stuck) {
    co_await follow(std::move(now));
    co_await pause_before(attempts_);
    co_return step::again;
  }
  const auto policy = with_.on_conflict;
  // Where nothing is any more, nobody is overwritten.
  const bool is_harmless = !now && policy == conflict_policy::keep_both;
  if ((policy == conflict_policy::overwrite || is_harmless) && (is_readable() || is_whole_stream())) {
    with_.notice(key_ + ": overwrites what somebody else published meanwhile");
    if (is_readable() && what_.stream) co_await end_stream();
    target_ = std::move(now);
    co_return step::again;
  }
  if (policy == conflict_policy::keep_both && now && is_whole_stream()) {
    auto kept = co_await keep_theirs(*now);
    if (kept) {
      target_ = std::move(now);
      co_return step::again;
    }
  }
  why_ = error(first_ ? errc::precondition_failed : errc::already_exists, operation::put, why.vendor_code())
             .with_key(key_)
             .with_request_id(why.request_id())
             .with_message("somebody else changed the object meanwhile");
  if (!std::exchange(has_preserved_, true) && what_.bytes_dirty) {
    auto kept = co_await preserve();
    if (!kept) {
      with_.notice(key_ + ": the edit lost to somebody else's and could not be kept: " + kept.error().describe());
      co_return step::failed;
    }
  }
  const bool is_kept_whole = !what_.list.has(extent::kind::sent);
  if (policy != conflict_policy::keep_both || !now || !is_kept_whole) co_return step::failed;
  outcome_.now = std::move(*now);
  outcome_.is_elsewhere = true;
  co_return step::done;
}

/// True of a stream with bytes that are nowhere else, and without a base: it can be completed whatever is there.
bool commit_run::is_whole_stream() const {
  return what_.stream && what_.stream->has_dropped && what_.stream->start == 0;
}

// Parts can be completed under no other name. So where both are to be kept, the other one gives way.
task<result<void>> commit_run::keep_theirs(const description& theirs) {
  const auto name = key_ + ".conflict-" + with_.host + "-" + time_now() + "-" + what_.id;
  const source from{.key = key_, .expected = theirs.current, .version_id = theirs.version_id, .size = theirs.size};
  const auto when = honoured_.copy ? precondition::absent() : precondition::none();
  auto kept = co_await with_.to.copy(from, name, nullptr, when);
  if (!kept) co_return unexpected(std::move(kept).error());
  with_.notice(key_ + ": somebody else published it meanwhile; theirs is kept as " + name);
  co_return result<void>{};
}

task<result<void>> commit_run::preserve() {
  const auto name = key_ + ".conflict-" + with_.host + "-" + time_now();
  if (is_readable()) {
    if (what_.stream) co_await end_stream();
    constexpr int names = 9;
    for (int i = 1; i <= names; ++i) {
      const auto tried = i == 1 ? name : name + "-" + std::to_string(i);
      const auto kept = co_await publish_bytes(tried, precondition::absent());
      if (kept) {
        with_.notice(key_ + ": somebody else changed it meanwhile; the edit is kept as " + tried);
        co_return result<void>{};
      }
      if (kept.error() != errc::already_exists) break;
    }
  }
  const auto path = with_.spill.directory() + "/conflict-" + what_.id;
  const auto lost = co_await keep_edit(with_, staged_, {.key = key_, .base = first_, .list = what_.list}, path);
  if (!lost) co_return unexpected(lost.error());
  with_.notice(key_ + ": somebody else changed it meanwhile; what was written is kept in " + path + ".data" +
               (*lost == 0 ? "" : ", but for " + std::to_string(*lost) + " bytes that had been sent, and are lost"));
  co_return result<void>{};
}

}  // namespace randomio::object
