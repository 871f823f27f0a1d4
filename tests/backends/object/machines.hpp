#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <ostream>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <randomio/backends/object/content.hpp>
#include <randomio/backends/object/upload_journal.hpp>
#include <randomio/core/runtime/blocking_pool.hpp>
#include <randomio/core/runtime/sleep.hpp>
#include <randomio/core/runtime/sync_wait.hpp>
#include <randomio/core/runtime/task_scope.hpp>

#include "tests/support/scratch_directory.hpp"

namespace randomio::testing {

struct step {
  unsigned what = 0;  ///< See `take`.
  unsigned len = 0;
};
inline void showValue(const step& what, std::ostream& to) {
  to << what.what << "/" << what.len;
}
/// How large what machines handle is. Units: bytes.
struct machine_sizes {
  std::uint64_t memory = 4096;
  std::uint64_t part = 64;
  std::uint64_t chunk = 32;
  unsigned record_max = 60;
  unsigned streamed_record = 40;  ///< Eight of them are streamed.
  std::uint64_t small_part = 24;  ///< As in the cost model, where parts are published again.
  std::uint32_t small_parts = 6;
};

inline std::string record(unsigned machine, unsigned number, unsigned len) {
  auto text = "[" + std::to_string(machine) + "." + std::to_string(number) + ":";
  return text + std::string(len, static_cast<char>('a' + number % 26)) + "]";
}

/// The names of the records in a text, in order; a torn one shows as what it is.
inline std::vector<std::string> records_in(std::string_view text) {
  std::vector<std::string> found;
  for (auto begin = text.find('['); begin != std::string_view::npos; begin = text.find('[', begin)) {
    const auto end = text.find(']', begin);
    found.emplace_back(text.substr(begin, end == std::string_view::npos ? end : end - begin + 1));
    if (end == std::string_view::npos) break;
    begin = end;
  }
  return found;
}

inline constexpr std::size_t count_len = 4;  ///< At the start of `doc`.

/// One machine of several: appends records to `log`, adds and counts records in `doc`.
class one_machine {
 public:
  one_machine(object::store& store, unsigned number, const machine_sizes& sizes)
      : store_(store),
        number_(number),
        sizes_(sizes),
        memory_(sizes.memory),
        spill_(scratch_.path(), sizes.memory * 256),
        with_{.to = store, .memory = memory_, .spill = spill_, .pool = pool_} {
    journal_ = std::move(*object::upload_journal::open(scratch_ / "uploads", pool_));
    with_.journal = journal_.get();
    with_.part_bytes = sizes.part;
    with_.chunk_bytes = sizes.chunk;
    with_.transfers_max = 3;
    with_.host = "m" + std::to_string(number);
    with_.cost.small_part_bytes = sizes.small_part;
    with_.cost.small_parts_max = sizes.small_parts;
  }

  task<void> run(std::vector<step> steps) {
    for (auto each : steps) {
      each.len = each.len * sizes_.record_max / 60;
      co_await take(each);
    }
    co_await finish();
  }
  /// What a new process does with what this one left.
  void recover() {
    journal_.reset();
    journal_ = std::move(*object::upload_journal::open(scratch_ / "uploads", pool_));
    RC_ASSERT(sync_wait(journal_->recover(store_)).has_value());
  }
  [[nodiscard]] const object::memory_budget& memory() const { return memory_; }

  std::set<std::string> promised;      ///< Records of `log` whose commit succeeded.
  std::set<std::string> promised_doc;  ///< Of `doc`.
  std::set<std::string> given;         ///< All that were ever written.

 private:
  task<void> take(const step& what) {
    if (!log_) co_await open("log", log_);
    if (!log_) co_return;
    switch (what.what) {
      case 0:
      case 1:
      case 2: co_await append_record(what.len); break;
      case 3:  // Long enough to be streamed.
        for (unsigned i = 0; i < 8; ++i) co_await append_record(sizes_.streamed_record);
        break;
      case 4:
        co_await commit_log(7);
        co_await open_anew();
        break;
      case 5:
        co_await commit_log(1);
        co_await open_anew();
        break;
      case 6: co_await edit_doc(what.len); break;
      case 7: {  // Appends while a commit is in flight.
        task_scope scope;
        scope.spawn(commit_log(1));
        for (unsigned i = 0; i < 3; ++i) {
          co_await append_record(what.len);
          static_cast<void>(co_await sleep_for(std::chrono::microseconds(what.len)));
        }
        co_await scope.join();
        co_await open_anew();
        break;
      }
      default: co_await read_log(); break;
    }
  }
  task<void> finish() {
    co_await commit_log(7);
    if (log_) co_await log_->discard();
  }
  task<void> open(const char* key, std::unique_ptr<object::content>& into) {
    for (int i = 0; i < 20 && !into; ++i) {
      const auto found = co_await store_.head(key, {});
      if (found) {
        into = std::make_unique<object::content>(with_, key, *found, found->held);
      } else if (found.error() == errc::not_found) {
        into = std::make_unique<object::content>(with_, key, std::nullopt, object::properties{});
      }
    }
  }
  /// Tries again what may be tried again.
  task<result<void>> commit(object::content& what, int tries) {
    for (int i = 1;; ++i) {
      auto done = co_await what.commit();
      if (done || i == tries || !may_help(done.error())) co_return done;
    }
  }
  static bool may_help(const error& why) { return why == errc::outcome_unknown || why == errc::unreachable; }
  task<void> append_record(unsigned len) {
    const auto text = record(number_, next_++, len);
    given.insert(text);
    if (co_await log_->append(bytes_of(text))) waiting_.insert(text);
  }
  /// With one try, what failed is left for the next commit, which finds more appended; with many, it is given up.
  task<void> commit_log(int tries) {
    if (!log_) co_return;
    const auto asked = waiting_;
    const auto done = co_await commit(*log_, tries);
    if (done) {
      promised.insert(asked.begin(), asked.end());
      for (const auto& one : asked) waiting_.erase(one);
    } else {
      is_given_up_ = tries > 1 || !may_help(done.error());
    }
  }
  task<void> open_anew() {
    if (!log_ || !std::exchange(is_given_up_, false)) co_return;
    co_await log_->discard();
    log_.reset();
    waiting_.clear();
  }
  task<void> read_log() {
    std::string text(log_->size(), '?');
    const auto count = co_await log_->read(0, std::as_writable_bytes(std::span(text)));
    // To read what it has streamed it publishes, behind whatever somebody else has appended.
    if (log_->size() != text.size()) co_return;
    // The base may have been replaced; otherwise, own records are there, whole.
    if (!count) co_return;
    text.resize(*count);
    for (const auto& one : waiting_) {
      if (log_->dirty()) detail::require(text.find(one) != std::string::npos, "a machine does not read its own append");
    }
  }
  /// Adds a record at the end and counts it at the start: whoever was not first hears of it, and nothing is mixed.
  task<void> edit_doc(unsigned len) {
    std::unique_ptr<object::content> doc;
    co_await open("doc", doc);
    if (!doc) co_return;
    std::string count(count_len, '0');
    const auto read = co_await doc->read(0, std::as_writable_bytes(std::span(count)));
    if (!read) co_return co_await doc->discard();
    const auto next = std::to_string(std::stoul(count) + 1);
    count.replace(count_len - next.size(), next.size(), next);
    const auto text = record(number_, next_++, len);
    given.insert(text);
    auto written = co_await doc->write(0, bytes_of(count));
    if (written) written = co_await doc->write(doc->size(), bytes_of(text));
    const auto done = written ? co_await commit(*doc, 7) : written;
    if (done) promised_doc.insert(text);
    co_await doc->discard();
  }

  static std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

  object::store& store_;
  const unsigned number_;
  const machine_sizes sizes_;
  object::memory_budget memory_;
  const scratch_directory scratch_;
  object::spill_space spill_;
  blocking_pool pool_{1};
  std::unique_ptr<object::upload_journal> journal_;
  object::editing with_;
  std::unique_ptr<object::content> log_;
  std::set<std::string> waiting_;
  bool is_given_up_ = false;
  unsigned next_ = 0;
};

inline task<void> run_all(std::vector<std::unique_ptr<one_machine>>& machines,
                          const std::vector<std::vector<step>>& what) {
  task_scope scope;
  for (std::size_t i = 0; i < machines.size(); ++i) scope.spawn(machines[i]->run(what[i]));
  co_await scope.join();
}

/// Everything that was acknowledged is there once, and nothing that was not given.
inline void check_objects(const std::vector<std::unique_ptr<one_machine>>& machines, std::string_view start,
                          std::string_view log, std::string_view doc) {
  const auto in_log = records_in(log);
  const auto in_doc = records_in(doc);
  RC_ASSERT(log.substr(0, start.size()) == start || log.empty());
  std::set<std::string> given;
  for (const auto& one : machines) given.insert(one->given.begin(), one->given.end());
  std::size_t bytes = start.size();
  for (const auto* list : {&in_log, &in_doc}) {
    for (const auto& one : *list) {
      RC_ASSERT(given.contains(one));  // Not torn, not made up.
      RC_ASSERT(std::ranges::count(*list, one) == 1);
      if (list == &in_log) bytes += one.size();
    }
  }
  if (!log.empty()) RC_ASSERT((bytes == log.size()));
  if (!doc.empty()) RC_ASSERT((std::stoul(std::string(doc.substr(0, count_len))) == in_doc.size()));
  for (const auto& one : machines) {
    for (const auto& text : one->promised) RC_ASSERT(std::ranges::count(in_log, text) == 1);
    for (const auto& text : one->promised_doc) RC_ASSERT(std::ranges::count(in_doc, text) == 1);
    RC_ASSERT(one->memory().used_max() <= one->memory().total());
    RC_ASSERT(one->memory().used() == 0U);
  }
}

}  // namespace randomio::testing
