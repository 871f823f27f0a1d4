#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <randomio/backends/object/attribute_cache.hpp>
#include <randomio/backends/object/content.hpp>
#include <randomio/backends/object/node_table.hpp>
#include <randomio/backends/object/options.hpp>
#include <randomio/backends/object/read_room.hpp>
#include <randomio/backends/object/store.hpp>
#include <randomio/core/io/filesystem.hpp>
#include <randomio/core/runtime/blocking_pool.hpp>
#include <randomio/core/runtime/gate.hpp>
#include <randomio/core/runtime/task.hpp>

namespace randomio::object {

class read_ahead;

/// What a filesystem, its open files and its listings share: the store, the nodes, and what is known of both.
///
/// Threads: safe, on the threads of loops.
class volume {
 public:
  volume(std::shared_ptr<object::store> store, blocking_pool& pool, options how);
  ~volume();
  volume(const volume&) = delete;
  volume& operator=(const volume&) = delete;

  [[nodiscard]] object::store& store() noexcept { return *store_; }
  [[nodiscard]] const options& how() const noexcept { return how_; }
  [[nodiscard]] const limits& allows() const noexcept { return store_->allows(); }
  [[nodiscard]] memory_budget& memory() noexcept { return *how_.memory; }
  [[nodiscard]] node_table& table() noexcept { return *table_; }
  [[nodiscard]] attribute_cache& cache() noexcept { return cache_; }
  [[nodiscard]] const std::shared_ptr<node>& root() const noexcept { return root_; }
  [[nodiscard]] static timestamp now() noexcept;

  void notice(std::string_view line) const { how_.notice(line); }
  /// As `notice`, but each line once.
  void notice_once(std::string line);

  /// To be awaited before the first change: asks what the store honours, and finishes what a killed mount began.
  [[nodiscard]] task<result<void>> prepare();
  /// Does so at once when a killed mount left something unfinished.
  [[nodiscard]] task<result<void>> recover();
  [[nodiscard]] const conditions& honours() const noexcept { return honours_; }

  // What there is. Source: volume_find.cpp.
  /// Returns: null when there is nothing of that name. Errors: not_found, when the directory itself is gone.
  [[nodiscard]] task<result<std::shared_ptr<node>>> child(node& directory, std::string name, stop_token stop = {});
  /// A page of the names in a directory, which is remembered. `which` says where it starts, and how long it is.
  [[nodiscard]] task<result<list_page>> list_directory(std::string directory, list_request which, stop_token stop = {});
  /// The directory that a node is in. Errors: not_found.
  [[nodiscard]] task<result<std::shared_ptr<node>>> parent(node& of, stop_token stop = {});
  /// Makes sure that what is known of the node is younger than `age_max`. Errors: not_found, when it is gone.
  [[nodiscard]] task<result<void>> refresh(node& n, std::chrono::nanoseconds age_max, stop_token stop = {},
                                           first_read* first = nullptr);
  /// True of an object that marks a directory without a slash at the end of its key, as far as the listing tells.
  [[nodiscard]] static bool marks_directory(const listed& one);
  /// What a listing tells of an object.
  [[nodiscard]] static facts facts_of(const listed& one);
  /// As `refresh`, for an open that `began` then, by a name or by the node: what another machine published until then
  /// is seen. With `first` the bytes of a small file are read in the same request.
  [[nodiscard]] task<result<void>> refresh_to_open(node& n, steady_time began, bool was_named, first_read* first,
                                                   stop_token stop);
  [[nodiscard]] attributes describe(const node& n) const;
  [[nodiscard]] attributes describe(const facts& known, file_type type, std::uint64_t ino) const;
  [[nodiscard]] task<result<std::string>> target_of(node& link, stop_token stop = {});

  // What is edited. Source: volume_edit.cpp, volume_properties.cpp, volume_attributes.cpp.
  struct birth {
    metadata::posix said;
    properties with;
  };
  /// Of a new marker: what services and other programs call a directory.
  [[nodiscard]] properties marker_properties() const;
  /// Writes what is said of a file as the mount's dialect does.
  void write_said(const metadata::posix& said, properties::texts& to) const;
  /// What a new file in a directory is made with.
  [[nodiscard]] birth birth_in(const node& directory, file_type type, const creation& made, std::uint64_t device = 0);
  /// A file that exists here, and in the store from its first publication on; or the one that is there already.
  [[nodiscard]] std::shared_ptr<node> make_pending(const std::string& key, const birth& as);
  /// Publishes an object where there must be none. Errors: already_exists.
  [[nodiscard]] task<result<std::shared_ptr<node>>> make_published(std::string key, file_type type, birth as,
                                                                   std::string body);
  [[nodiscard]] task<result<std::shared_ptr<edition>>> edition_of(node& n, stop_token stop = {});
  [[nodiscard]] task<result<void>> publish(std::shared_ptr<node> n, std::shared_ptr<content> bytes);
  /// Changes what is known and held of a node, and publishes that unless its bytes wait to be published too.
  /// Requires: the node's gate.
  using property_change = std::function<result<void>(metadata::posix&, properties&)>;
  [[nodiscard]] task<result<void>> change(std::shared_ptr<node> n, const property_change& edit);
  /// Errors: is_directory; invalid; not_permitted, when the dialect has no place for it.
  [[nodiscard]] task<result<attributes>> set_attributes(std::shared_ptr<node> n, attribute_change what);
  /// What the object holds beside its bytes, edited or not.
  [[nodiscard]] task<result<properties>> held_by(node& n, stop_token stop = {});
  /// A handle is gone. What is dirty after the last one waits for `publish_all`, or for the next publication.
  [[nodiscard]] task<void> close(std::shared_ptr<node> n, std::shared_ptr<edition> open, bool writes);
  /// As `close`, for a handle that is destroyed unclosed: what has to be awaited is left to `settle`.
  void abandon(std::shared_ptr<node> n, std::shared_ptr<edition> open, bool writes,
               std::shared_ptr<read_ahead> reads) noexcept;
  /// Ends what handles that were destroyed left behind.
  [[nodiscard]] task<void> settle();
  /// Publishes whatever closed files left behind.
  [[nodiscard]] task<result<void>> publish_all();
  /// The last call: publishes whatever is left, and keeps in `state_dir` what cannot be published. What becomes of each
  /// file is noticed. Returns: how many were not published.
  [[nodiscard]] task<std::size_t> finish();
  void touched(node& n, bool content);

  // Names. Source: volume_names.cpp, volume_rename.cpp.
  /// A file whose name is about to go.
  struct leaving {
    std::shared_ptr<content> before;  ///< What its handles had open until now, if they have something else now.
    bool is_stored = true;            ///< Something may be in the store under its name.
  };
  /// Lets the bytes of an open file outlive its name, which is about to go, and ends its publications. The caller
  /// discards what they were before once the name is gone, or calls `name_stays`. A small file that was in use lately
  /// is kept too when it is `replaced`: who opens it at that moment has no other name to look for. Requires: the node's
  /// gate.
  [[nodiscard]] task<result<leaving>> keep_alive(std::shared_ptr<node> n, bool replaced = false);
  /// False for a node that lost its name before and was not kept: whoever opens it will come again for the name.
  [[nodiscard]] bool still_opens(const node& n);
  /// To be awaited before a file is replaced, without its gate: lets those in who were too late for the one before.
  [[nodiscard]] static task<void> let_in(std::shared_ptr<node> n);
  /// The name could not be taken away. Requires: the node's gate.
  [[nodiscard]] task<void> name_stays(std::shared_ptr<node> n, std::shared_ptr<content> before);
  /// Requires: the node's gate.
  [[nodiscard]] task<result<void>> unlink(std::shared_ptr<node> n);
  [[nodiscard]] task<result<void>> remove_directory(std::shared_ptr<node> n);
  /// Requires: the gates of both nodes. `over` is what is known to be there already, and loses its name; without it
  /// only with `replaces` may there be something.
  [[nodiscard]] task<result<void>> move_file(std::shared_ptr<node> n, std::string to, bool replaces,
                                             std::shared_ptr<node> over = nullptr);
  [[nodiscard]] task<result<void>> move_directory(std::shared_ptr<node> n, std::string to);
  /// Writes the marker of a directory that has none, so that it outlives its last entry.
  [[nodiscard]] task<result<void>> hold_directory(std::string key);
  [[nodiscard]] task<result<bool>> is_empty(const std::string& directory);
  /// The node has no name any more.
  void gone(node& n);
  void name_removed(const node& n, const std::string& key, steady_time asked);
  /// Somebody changed an object by its key.
  void changed_behind(std::string_view key);
  void entries_changed(std::string_view directory);
  /// Nodes that are not in the store yet, directly in a directory or (`deep`) anywhere below.
  [[nodiscard]] std::vector<std::shared_ptr<node>> pending_in(std::string_view directory, bool deep) const;
  [[nodiscard]] task<result<void>> remove_object(std::string key, version expected);

  std::atomic<std::uint64_t> read_ahead_bytes{0};  ///< Of all handles.

 private:
  [[nodiscard]] task<result<std::shared_ptr<node>>> look_for(std::string directory, std::string key, stop_token stop);
  [[nodiscard]] task<result<finding>> find(std::string key, stop_token stop);
  [[nodiscard]] task<result<finding>> ask(std::string key, stop_token stop);
  [[nodiscard]] std::shared_ptr<node> fresh_node(std::string_view key) const;
  [[nodiscard]] std::shared_ptr<node> known_place(std::string_view key) const;
  void learn(const std::string& directory, const list_page& page, bool is_whole, steady_time asked);
  void learn_object(const listed& one, steady_time asked);
  [[nodiscard]] task<result<std::optional<facts>>> ask_directory(std::string key, stop_token stop);
  [[nodiscard]] task<result<std::optional<facts>>> ask_mark(std::string key, stop_token stop = {});
  [[nodiscard]] task<result<description>> ask_file(std::string key, first_read* first, stop_token stop);
  [[nodiscard]] task<result<void>> remove_mark(std::string key);
  /// Errors that mean that there is none. A key that the service cannot hold is not there either.
  [[nodiscard]] static bool is_missing(const error& problem);
  [[nodiscard]] facts facts_of(std::string key, description object) const;
  [[nodiscard]] std::shared_ptr<node> adopt(const std::string& key, finding what, steady_time asked);
  void apply(node& n, facts known, steady_time asked);
  [[nodiscard]] std::shared_ptr<content> content_for(node& n, editing& with, std::string key,
                                                     std::optional<description> base, properties held);
  struct departure {
    std::shared_ptr<content> bytes;
    bool is_last = false;   ///< Of the handles that share the bytes.
    bool is_ended = false;  ///< Nobody can read or write these bytes any more.
  };
  /// Counts a handle out.
  [[nodiscard]] static departure let_go(node& n, edition& open, bool writes);
  [[nodiscard]] task<leaving> withdraw(std::shared_ptr<node> n, std::shared_ptr<content> bytes);
  [[nodiscard]] task<void> bury(std::shared_ptr<content> bytes);
  /// Drops clean bytes that no handle has open.
  static void drop_unused(node& n);
  void note_published(node& n, const std::shared_ptr<content>& bytes);
  static void adopt_times(const properties& stamped, const properties& published, metadata::posix& said);
  /// Another machine's version is the truth now: who has the edit open that lost against it keeps it to himself.
  [[nodiscard]] task<void> lost(std::shared_ptr<node> n, std::shared_ptr<content> bytes);
  void unpublished(const std::shared_ptr<node>& n);
  void forget_unpublished(const node& n);
  [[nodiscard]] task<result<version>> put_new(std::string key, properties with, std::string body);
  [[nodiscard]] task<result<void>> change_marker(std::shared_ptr<node> n, const property_change& edit);
  [[nodiscard]] task<result<void>> remove_published(std::shared_ptr<node> n, std::string key);
  /// `heir`: the file that has the name now.
  [[nodiscard]] task<void> name_gone(std::shared_ptr<node> n, std::shared_ptr<content> before,
                                     std::shared_ptr<node> heir = nullptr);
  void retire(std::shared_ptr<node> n);
  [[nodiscard]] std::vector<std::shared_ptr<content>> no_longer_retired();
  [[nodiscard]] task<result<description>> published_form(std::shared_ptr<node> n);
  [[nodiscard]] task<result<void>> move_published(std::shared_ptr<node> n, std::string to, bool replaces,
                                                  std::shared_ptr<node> over, std::optional<leaving> left);
  [[nodiscard]] task<result<published>> copy_object(std::string from, description what, std::string to, bool replaces);
  [[nodiscard]] task<result<published>> copy_marker(std::string from, std::string to);
  [[nodiscard]] task<void> move_one(std::string from, listed what, std::string to, result<void>* outcome);
  /// Moves objects to keys that begin with `to` where theirs begin with `from`. Borrows: all, until completion.
  [[nodiscard]] task<result<void>> move_some(std::span<const listed> some, const std::string& from,
                                             const std::string& to);
  [[nodiscard]] task<result<void>> move_all(std::string from, std::string to);
  [[nodiscard]] task<result<void>> finish_moves();
  [[nodiscard]] task<void> remove_stale();
  [[nodiscard]] std::string kept_prefix() const;
  [[nodiscard]] task<void> keep_unpublished(std::shared_ptr<node> n, std::shared_ptr<content> bytes);
  [[nodiscard]] task<void> tell_what_was_kept();
  [[nodiscard]] std::string hidden_key();

  const std::shared_ptr<object::store> store_;
  blocking_pool& pool_;
  options how_;
  editing editing_;
  editing strict_;  ///< Never keeps both sides of a conflict.
  const std::shared_ptr<node_table> table_ = std::make_shared<node_table>();
  attribute_cache cache_;
  std::shared_ptr<node> root_;
  conditions honours_;
  std::atomic<bool> is_prepared_{false};
  async_gate preparing_;
  const timestamp started_ = now();

  mutable std::mutex mutex_;                                  ///< Of what follows.
  std::map<std::string, std::shared_ptr<node>> unpublished_;  ///< By identity: pending, or dirty without a handle.
  std::vector<std::shared_ptr<content>> graves_;              ///< To be buried.
  std::vector<std::shared_ptr<read_ahead>> ended_;            ///< To be joined.
  std::deque<std::pair<std::shared_ptr<node>, steady_time>> retired_;  ///< Replaced, and kept until then.
  std::unordered_set<std::string> noticed_;
  std::unordered_map<std::string, timestamp> entries_changed_;  ///< Directories, by key.
};

}  // namespace randomio::object
