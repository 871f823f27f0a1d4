// Machines that edit the same objects through a store that loses replies, fails, reorders and races.
//
// A failure prints RapidCheck's seed and the smallest scenario that still fails; RC_PARAMS="reproduce=…" runs it again,
// RC_PARAMS="max_success=5000" runs longer.
#include <rapidcheck.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <randomio/backends/object/content.hpp>
#include <randomio/backends/object/upload_journal.hpp>
#include <randomio/core/runtime/loop.hpp>
#include <randomio/core/runtime/sleep.hpp>
#include <randomio/core/runtime/sync_wait.hpp>
#include <randomio/core/runtime/task_scope.hpp>

#include "tests/support/object/fake_store.hpp"

using namespace randomio;
using namespace randomio::testing;

namespace {

struct step {
  unsigned what = 0;  ///< See `take`.
  unsigned len = 0;
};
struct scenario {
  std::uint64_t seed = 0;
  bool uniform = false;
  bool versioned = false;
  unsigned first_bytes = 0;
  faults goes_wrong;
  std::vector<std::vector<step>> machines;
};

void showValue(const scenario& what, std::ostream& to) {
  to << "seed " << what.seed << (what.uniform ? " uniform" : "") << (what.versioned ? " versioned" : "") << " first "
     << what.first_bytes << " lost " << what.goes_wrong.lost_replies << " fails " << what.goes_wrong.failures
     << " busy " << what.goes_wrong.busy << " delays " << what.goes_wrong.delays;
  for (const auto& one : what.machines) {
    to << "\n  machine:";
    for (const auto& each : one) to << " " << each.what << "/" << each.len;
  }
}

rc::Gen<scenario> some_scenario() {
  return rc::gen::exec([] {
    scenario made;
    made.seed = *rc::gen::arbitrary<std::uint32_t>();
    made.uniform = *rc::gen::arbitrary<bool>();
    made.versioned = *rc::gen::arbitrary<bool>();
    made.first_bytes = *rc::gen::element(0U, 3U, 40U, 200U);
    made.goes_wrong.lost_replies = *rc::gen::element(0U, 20U, 150U);
    made.goes_wrong.failures = *rc::gen::element(0U, 20U, 100U);
    made.goes_wrong.busy = *rc::gen::element(0U, 100U);
    made.goes_wrong.delays = *rc::gen::element(0U, 200U, 700U);
    made.goes_wrong.busy_ends_upload = *rc::gen::arbitrary<bool>();
    const auto steps = rc::gen::container<std::vector<step>>(
        rc::gen::construct<step>(rc::gen::inRange(0U, 8U), rc::gen::inRange(0U, 60U)));
    made.machines = *rc::gen::container<std::vector<std::vector<step>>>(3, steps);
    return made;
  });
}

std::string record(unsigned machine, unsigned number, unsigned len) {
  auto text = "[" + std::to_string(machine) + "." + std::to_string(number) + ":";
  return text + std::string(len, static_cast<char>('a' + number % 26)) + "]";
}

/// The names of the records in a text, in order; a torn one shows as what it is.
std::vector<std::string> records_in(std::string_view text) {
  std::vector<std::string> found;
  for (auto begin = text.find('['); begin != std::string_view::npos; begin = text.find('[', begin)) {
    const auto end = text.find(']', begin);
    found.emplace_back(text.substr(begin, end == std::string_view::npos ? end : end - begin + 1));
    if (end == std::string_view::npos) break;
    begin = end;
  }
  return found;
}

constexpr std::uint64_t memory_bytes = 4096;
constexpr std::size_t count_len = 4;

class one_machine {
 public:
  one_machine(fake_store& store, unsigned number)
      : store_(store),
        number_(number),
        memory_(memory_bytes),
        spill_("/tmp", 1 << 20),
        path_("/tmp/randomio-model-" + std::to_string(::getpid()) + "-" + std::to_string(number)),
        with_{.to = store, .memory = memory_, .spill = spill_, .pool = pool_} {
    ::unlink(path_.c_str());
    journal_ = std::move(*object::upload_journal::open(path_, pool_));
    with_.journal = journal_.get();
    with_.part_bytes = 64;
    with_.chunk_bytes = 32;
    with_.transfers_max = 3;
    with_.host = "m" + std::to_string(number);
  }
  ~one_machine() { ::unlink(path_.c_str()); }

  task<void> run(std::vector<step> steps) {
    for (const auto& each : steps) co_await take(each);
    co_await finish();
  }
  /// What a new process does with what this one left.
  void recover() {
    journal_.reset();
    journal_ = std::move(*object::upload_journal::open(path_, pool_));
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
      case 2: {
        const auto text = record(number_, next_++, what.len);
        given.insert(text);
        if (co_await log_->append(bytes_of(text))) waiting_.insert(text);
        break;
      }
      case 3: {  // Long enough to be streamed.
        for (unsigned i = 0; i < 8; ++i) {
          const auto text = record(number_, next_++, 40);
          given.insert(text);
          if (co_await log_->append(bytes_of(text))) waiting_.insert(text);
        }
        break;
      }
      case 4: co_await commit_log(7); break;
      case 5: co_await commit_log(1); break;
      case 6: co_await edit_doc(what.len); break;
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
  /// With one try, what failed is left for the next commit, which finds more appended; with many, it is given up.
  task<void> commit_log(int tries) {
    if (!log_) co_return;
    const auto done = co_await commit(*log_, tries);
    if (done) {
      promised.insert(waiting_.begin(), waiting_.end());
    } else if (tries == 1 && may_help(done.error())) {
      co_return;
    } else {
      co_await log_->discard();
      log_.reset();
    }
    waiting_.clear();
  }
  task<void> read_log() {
    std::string text(log_->size(), '?');
    const auto count = co_await log_->read(0, std::as_writable_bytes(std::span(text)));
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

  fake_store& store_;
  const unsigned number_;
  object::memory_budget memory_;
  object::spill_space spill_;
  std::string path_;
  blocking_pool pool_{1};
  std::unique_ptr<object::upload_journal> journal_;
  object::editing with_;
  std::unique_ptr<object::content> log_;
  std::set<std::string> waiting_;
  unsigned next_ = 0;
};

task<void> run_all(std::vector<std::unique_ptr<one_machine>>& machines, const scenario& what) {
  task_scope scope;
  for (std::size_t i = 0; i < machines.size(); ++i) scope.spawn(machines[i]->run(what.machines[i]));
  co_await scope.join();
}

void check(const scenario& what) {
  auto with = what.uniform ? fake_store::uniform() : fake_store::settings();
  with.allowed.part_bytes_min = 16;
  with.allowed.part_bytes_max = 512;
  with.allowed.parts_max = 100;
  with.allowed.put_bytes_max = 512;
  with.is_versioned = what.versioned;
  with.seed = what.seed;
  with.goes_wrong = what.goes_wrong;
  fake_store store(with);
  const auto start = std::string(what.first_bytes, '#');
  if (what.first_bytes > 0) store.plant("log", rope(start));

  std::vector<std::unique_ptr<one_machine>> machines;
  for (unsigned i = 0; i < what.machines.size(); ++i) machines.push_back(std::make_unique<one_machine>(store, i));
  auto runs = std::move(*make_loop(loop::kind::epoll));
  sync_wait(*runs, run_all(machines, what));

  const auto log = store.text("log");
  const auto doc = store.text("doc");
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
  if (!doc.empty()) RC_ASSERT((std::stoul(doc.substr(0, count_len)) == in_doc.size()));
  for (const auto& one : machines) {
    for (const auto& text : one->promised) RC_ASSERT(std::ranges::count(in_log, text) == 1);
    for (const auto& text : one->promised_doc) RC_ASSERT(std::ranges::count(in_doc, text) == 1);
    RC_ASSERT(one->memory().used_max() <= memory_bytes);
    RC_ASSERT(one->memory().used() == 0U);
  }
  store.set_faults({});
  for (auto& one : machines) one->recover();
  RC_ASSERT(store.uploads_open() == 0U);
}

}  // namespace

TEST_CASE("machines that edit the same objects lose nothing that was acknowledged") {
  CHECK(rc::check([] { check(*some_scenario()); }));
}
