#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <randomio/backends/object/segment.hpp>
#include <randomio/core/runtime/gate.hpp>
#include <randomio/core/runtime/task_scope.hpp>

namespace randomio::object {

/// One multipart upload in flight: parts that are sent or copied side by side, a bounded number at once.
///
/// Threads: one caller at a time, on loops. `complete` or `abort` comes last, and `join` before `complete`.
class part_upload {
 public:
  part_upload(editing& with, std::string key);
  part_upload(const part_upload&) = delete;
  part_upload& operator=(const part_upload&) = delete;
  ~part_upload();

  [[nodiscard]] task<result<void>> begin(const properties& with);

  /// Called when a part has arrived, on the loop that sent it. May call nothing of this.
  using arrived = std::function<void(std::uint32_t number)>;
  /// Sends a part in the background, as soon as fewer than the most are in flight.
  [[nodiscard]] task<void> send(std::uint32_t number, std::vector<segment> content, arrived then = {});
  [[nodiscard]] task<void> copy(std::uint32_t number, std::shared_ptr<const origin> from, range bytes);
  /// Has a part of the object as it is published again. Returns: the number that it has here, which no other has.
  [[nodiscard]] std::uint32_t keep(const part& what);
  /// Waits until the oldest part that is sent has ended. Returns: false when none is in flight.
  [[nodiscard]] task<bool> wait_for_one();
  /// Waits until no part is being sent or copied, but for those of `copy_behind`.
  [[nodiscard]] task<void> join_sent();
  /// Waits until no part is in flight.
  [[nodiscard]] task<void> join();

  struct copied_range {
    std::uint32_t number = 0;
    range bytes;
  };
  /// Copies ranges of an object while other parts are sent, as many at once as are sent. The first that fails ends the
  /// rest. What an earlier call began has ended: see `end_copies`.
  void copy_behind(std::shared_ptr<const origin> from, std::deque<copied_range> ranges);
  /// Begins no more copies of those, and waits for the ones in flight.
  [[nodiscard]] task<void> end_copies();
  /// True when one of those failed.
  [[nodiscard]] bool has_lost_copies() const;

  [[nodiscard]] bool has(std::uint32_t number) const;
  /// True when a part was tried and did not arrive.
  [[nodiscard]] bool has_failed() const;
  /// Why a part did not arrive, if it was tried and did not.
  [[nodiscard]] std::optional<error> failure(std::uint32_t number) const;
  /// The first failure of those, after a join.
  [[nodiscard]] result<void> arrived_all(const std::vector<std::uint32_t>& numbers) const;
  void forget(std::uint32_t number);

  /// When the last part arrived, or was copied; if any was.
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> last_arrival() const;
  /// Those parts, as the store told of them.
  [[nodiscard]] std::vector<part> made(const std::vector<std::uint32_t>& numbers) const;
  /// Publishes those parts; ends the upload when it succeeds.
  [[nodiscard]] task<result<published>> complete(const std::vector<std::uint32_t>& numbers, const precondition& when);
  /// True when the store still lists the upload: then it was not completed.
  [[nodiscard]] task<result<bool>> is_listed();
  [[nodiscard]] task<void> abort();

 private:
  struct outcome {
    part made;
    std::optional<error> why;
  };
  struct slot {
    async_gate taken;
    std::uint64_t turn = 0;  ///< Of the part that took it last.
  };
  /// A free slot, or else the one that has been taken for longest.
  [[nodiscard]] slot& next_slot();
  [[nodiscard]] task<async_gate::guard> take_slot();
  [[nodiscard]] task<void> send_one(std::uint32_t number, std::vector<segment> content, arrived then,
                                    async_gate::guard inside);
  [[nodiscard]] task<void> copy_one(std::uint32_t number, std::shared_ptr<const origin> from, range bytes,
                                    async_gate::guard inside);
  [[nodiscard]] task<void> copy_next(std::shared_ptr<const origin> from);
  [[nodiscard]] std::optional<copied_range> next_copy();
  void note(std::uint32_t number, result<part> made);

  editing& with_;
  upload upload_;
  task_scope scope_;
  task_scope copies_;
  std::vector<std::unique_ptr<slot>> slots_;
  std::uint64_t turns_ = 0;
  mutable std::mutex mutex_;
  std::map<std::uint32_t, outcome> parts_;
  std::deque<copied_range> to_copy_;
  bool has_lost_copies_ = false;
  std::optional<std::chrono::steady_clock::time_point> last_arrival_;
  std::size_t failed_ = 0;
  std::uint32_t kept_ = 0;  ///< Their numbers follow those that the store allows.
  bool open_ = false;
};

}  // namespace randomio::object
