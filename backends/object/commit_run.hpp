#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <randomio/backends/object/generation.hpp>
#include <randomio/backends/object/splice_plan.hpp>
#include <randomio/backends/object/staging.hpp>

namespace randomio::object {

/// The engine: publishes one generation of a content on top of its base, under the condition that the base is still
/// there, and finds out what happened when that is not clear.
///
/// A request of which nobody told what became may arrive at any time, as long as the object has the version that it was
/// sent for. So it is sent again as it was, with the same id and under the same condition, of which the store lets one
/// take place; and once the object has another version, whose ids tell that it did not take place, it never will.
///
/// Errors: precondition_failed and already_exists, when it lost to somebody else; outcome_unknown.
class commit_run {
 public:
  struct outcome {
    description now;  ///< What the store holds.
    /// What somebody else published comes before these bytes, so that they are `shift` further on, and what was before
    /// them in the generation is not what there is now.
    std::uint64_t shifted_from = 0;
    std::int64_t shift = 0;
    bool leaves_properties = false;  ///< Those that were changed are not published yet.
    /// What somebody else said about the object, which a stream could not be completed with: to be published next.
    std::optional<properties> owes = std::nullopt;
    bool is_elsewhere = false;  ///< The edit was kept beside the object, which is somebody else's.
  };

  commit_run(editing& with, staging& staged, std::string key, std::optional<description> base, generation& what);

  /// After a failure that leaves it open, once more, to find out, and else to go on.
  [[nodiscard]] task<result<outcome>> run(bool is_preserved);
  /// After a failure: true when the generation may have been published, or may yet be.
  [[nodiscard]] bool is_open() const { return may_have_happened_; }
  /// True when a copy of the lost edit was kept.
  [[nodiscard]] bool has_preserved() const { return has_preserved_; }

 private:
  enum class step : std::uint8_t { done, again, failed };

  [[nodiscard]] task<result<published>> attempt();
  [[nodiscard]] task<result<published>> publish_properties();
  [[nodiscard]] task<result<published>> publish_bytes(const std::string& key, const precondition& when);
  [[nodiscard]] task<result<published>> publish_put(const std::string& key, const precondition& when);
  [[nodiscard]] task<result<published>> publish_parts(const splice_plan& plan, const std::string& key,
                                                      const precondition& when);
  [[nodiscard]] task<result<published>> publish_stream();
  [[nodiscard]] task<result<std::vector<std::uint32_t>>> send_head(tail_stream& stream);
  [[nodiscard]] task<void> send_rest(tail_stream& stream);
  [[nodiscard]] task<result<void>> learn_parts(const std::string& key);
  [[nodiscard]] const part& part_at(std::uint64_t offset) const;
  [[nodiscard]] task<result<std::vector<std::uint32_t>>> keep_base(tail_stream& stream);
  [[nodiscard]] bool is_base_intact(const std::vector<part>& parts) const;
  [[nodiscard]] task<result<published>> complete(part_upload& upload, const std::vector<std::uint32_t>& numbers,
                                                 const precondition& when);

  [[nodiscard]] bool is_in_place() const;
  [[nodiscard]] task<result<published>> append_in_place();
  [[nodiscard]] task<step> resolve_append(const error& why);
  [[nodiscard]] task<result<bool>> has_arrived(const description& there);

  [[nodiscard]] task<step> recall();
  [[nodiscard]] task<step> resolve(const error& why);
  [[nodiscard]] task<step> judge(std::optional<description> now, const error& why);
  [[nodiscard]] step happened(description there);
  [[nodiscard]] task<result<std::optional<description>>> look();
  step unknown(const error& why);
  [[nodiscard]] task<step> settle_conflict(std::optional<description> now, const error& why);
  [[nodiscard]] bool is_whole_stream() const;
  [[nodiscard]] task<result<void>> keep_theirs(const description& theirs);
  [[nodiscard]] task<result<void>> preserve();
  [[nodiscard]] task<void> follow(std::optional<description> now);

  [[nodiscard]] task<result<void>> prepare_properties();
  [[nodiscard]] bool has_lost_properties() const;
  void note_arrival(const part_upload& by);
  [[nodiscard]] bool is_overdue() const;
  [[nodiscard]] step give_up();
  [[nodiscard]] precondition condition() const;
  [[nodiscard]] plan_terms terms() const;
  [[nodiscard]] bool is_readable() const;
  [[nodiscard]] task<void> end_stream();

  editing& with_;
  staging& staged_;
  const std::string key_;
  generation& what_;
  std::optional<description> target_;     ///< What must be in the store.
  std::shared_ptr<const origin> source_;  ///< Where the base ranges of `list_` are.
  std::optional<description> first_;      ///< The base that the generation was edited on.
  extents list_;
  /// The parts of the base that can be published again, and where each ends; of the version that has this tag.
  std::vector<part> base_parts_;
  std::vector<std::uint64_t> part_ends_;
  std::string parts_tag_;
  properties held_;
  conditions honoured_;
  const std::size_t streamed_parts_;  ///< Of the stream, when this began: those behind them are sent by this.
  bool may_have_happened_ = false;    ///< A request was sent, for `target_`, whose fate nobody told.
  bool has_preserved_ = false;
  bool has_followed_ = false;
  std::chrono::steady_clock::time_point moved_;  ///< When this began, or something of it arrived.
  unsigned attempts_ = 0;
  unsigned unanswered_ = 0;
  outcome outcome_;
  std::optional<error> why_;
};

}  // namespace randomio::object
