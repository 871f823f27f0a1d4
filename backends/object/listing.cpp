#include <randomio/backends/object/listing.hpp>

#include <algorithm>
#include <set>
#include <unordered_set>
#include <utility>

#include <randomio/backends/object/names.hpp>

namespace randomio::object {

namespace {

/// The greatest character: after a prefix and it, a listing goes on behind all that starts with the prefix.
constexpr std::string_view greatest = "\xf4\x8f\xbf\xbf";

}  // namespace

class listing::state {
 public:
  state(std::shared_ptr<volume> in, std::shared_ptr<node> directory, list_options which)
      : volume_(std::move(in)), directory_(std::move(directory)), which_(std::move(which)) {}

  task<result<page>> read(std::uint64_t position, std::size_t limit, stop_token stop) {
    const auto alone = co_await gate_.lock();
    if (position == 0) restart();
    if (which_.recursive) co_return co_await read_tree(position, limit, stop);
    if (!is_started_) start();
    if (limit == 0 || position > names_.size()) co_return page();
    if (position < window_start_ || position > cursor_) go_to(position);
    while ((window_.empty() || window_.back().next <= position) && !is_at_end_) {
      auto more = co_await fetch(stop);
      if (!more) co_return unexpected(std::move(more).error());
    }
    page some;
    for (auto at = window_.begin(); at != window_.end() && some.size() < limit; ++at) {
      if (at->next > position) some.push_back(*at);
    }
    co_return some;
  }

 private:
  void restart() {
    names_.clear();
    window_.clear();
    continuation_.clear();
    after_.clear();
    tree_.clear();
    window_start_ = cursor_ = early_ = 0;
    is_started_ = is_at_end_ = false;
  }

  /// What is not published yet is listed first: it may be published while the store is being listed.
  void start() {
    is_started_ = true;
    prefix_ = marker_of(directory_->key());
    for (const auto& n : volume_->pending_in(directory_->key(), false)) names_.emplace_back(last_segment(n->key()));
    early_ = names_.size();
    go_to(0);
  }

  void go_to(std::uint64_t position) {
    window_.clear();
    window_start_ = cursor_ = position;
    continuation_.clear();
    after_ = position <= early_ ? std::string() : after(names_[position - 1]);
    is_at_end_ = false;
    for (; cursor_ < early_; ++cursor_) add_early(names_[cursor_]);
  }

  void add_early(const std::string& name) {
    const auto key = key_below(directory_->key(), name);
    directory_entry entry;
    entry.name = name;
    entry.next = cursor_ + 1;
    entry.ino = volume_->table().number_for(key, false);
    if (const auto live = volume_->table().find(key, false)) {
      entry.type = live->type;
      entry.attrs = volume_->describe(*live);
    }
    window_.push_back(std::move(entry));
  }

  [[nodiscard]] std::string after(const std::string& name) const {
    return prefix_ + name + (name.ends_with('/') ? std::string(greatest) : std::string());
  }

  /// The next page of the store, behind what the window has.
  task<result<void>> fetch(stop_token stop) {
    const list_request which{.prefix = {}, .start_after = after_, .continuation = continuation_};
    auto listed = co_await volume_->list_directory(directory_->key(), which, stop);
    if (!listed) co_return unexpected(std::move(listed).error());
    auto shadowed = co_await shadowed_in(*listed, stop);
    if (!shadowed) co_return unexpected(std::move(shadowed).error());
    window_start_ = cursor_;
    window_.clear();
    continuation_ = listed->continuation;
    after_.clear();
    is_at_end_ = continuation_.empty();
    for (std::size_t at = 0; at < listed->found.size(); ++at) add(listed->found[at], (*shadowed)[at]);
    co_return result<void>{};
  }

  /// Which objects of a page have the name of a directory.
  task<result<std::vector<bool>>> shadowed_in(const list_page& listed, stop_token stop) {
    std::unordered_set<std::string_view> directories;
    for (const auto& one : listed.found) {
      if (one.is_prefix) directories.insert(std::string_view(one.key).substr(0, one.key.size() - 1));
    }
    const bool is_last_page = listed.continuation.empty();
    std::vector<bool> shadowed(listed.found.size());
    for (std::size_t at = 0; at < listed.found.size(); ++at) {
      const auto& one = listed.found[at];
      if (one.is_prefix) continue;
      const auto& last = listed.found.back().key;
      shadowed[at] = directories.contains(one.key);
      // Only keys that the page's last one starts with may have their directory on a later page.
      if (shadowed[at] || is_last_page || !last.starts_with(one.key) || marker_of(one.key) <= last) continue;
      const list_request which{.prefix = marker_of(one.key), .keys_max = 1};
      const auto later = co_await volume_->store().list(which, stop);
      if (!later) co_return unexpected(later.error());
      shadowed[at] = !later->found.empty();
    }
    co_return shadowed;
  }

  void add(const listed& one, bool shadowed) {
    if (one.key == prefix_) return;  // The directory's own marker.
    const auto key = one.is_prefix ? one.key.substr(0, one.key.size() - 1) : one.key;
    const auto segment = key.substr(std::min(prefix_.size(), key.size()));
    if (is_hidden(one.key)) return;
    if (!is_nameable(segment)) {
      volume_->notice_once(one.key + ": no file can be called so; it is not shown");
      return;
    }
    // As it is remembered: a directory with its slash, a shadowed object by what it is shown as.
    auto name = segment;
    if (one.is_prefix) name += '/';
    const bool is_mark = volume::marks_directory(one);
    if (shadowed && is_mark) return;  // Of the directory that is shown.
    if (shadowed) {
      volume_->notice_once(key + ": an object of this name is beside the directory; it is shown as " + segment +
                           std::string(shadowed_suffix));
    }
    const auto position = place_of(name);
    if (!position) return;
    directory_entry entry;
    entry.name = shadowed ? segment + std::string(shadowed_suffix) : segment;
    entry.next = *position + 1;
    entry.ino = volume_->table().number_for(key, one.is_prefix || is_mark);
    if (one.is_prefix) {
      entry.type = file_type::directory;
    } else {
      describe(key, one, entry);
    }
    window_.push_back(std::move(entry));
  }

  /// Where an entry is shown, if at all: what was shown before keeps its position, and new ones come behind all that
  /// ever was.
  std::optional<std::uint64_t> place_of(const std::string& name) {
    const auto from = names_.begin() + static_cast<std::ptrdiff_t>(cursor_);
    const auto known = std::find(from, names_.end(), name);
    if (known != names_.end()) {
      cursor_ = static_cast<std::uint64_t>(known - names_.begin()) + 1;
      return cursor_ - 1;
    }
    const auto early_end = names_.begin() + static_cast<std::ptrdiff_t>(early_);
    if (from != names_.end() || std::find(names_.begin(), early_end, name) != early_end) return std::nullopt;
    names_.push_back(name);
    return cursor_++;
  }

  void describe(const std::string& key, const listed& one, directory_entry& entry) {
    constexpr std::uint64_t target_bytes_max = 4096;
    const auto live = volume_->table().find(key, volume::marks_directory(one));
    if (live && !live->removed() && (live->is_local_truth() || is_known(*live, one))) {
      entry.type = live->type;
      entry.attrs = volume_->describe(*live);
      return;
    }
    const auto known = volume_->cache().find(key, one.size, one.current, one.modified).value_or(volume::facts_of(one));
    if (known.whole || volume_->how().dialect == metadata::dialect::none) {
      entry.type = known.said.type.value_or(file_type::regular);
      entry.attrs = volume_->describe(known, entry.type, entry.ino);
    } else {
      entry.type_known = one.size > target_bytes_max;  // No link and no special file is that long.
    }
  }

  [[nodiscard]] bool is_known(const node& live, const listed& one) const {
    const std::scoped_lock lock(live.mutex);
    return live.known.whole && live.known.object && live.known.object->current == one.current &&
           live.known.object->size == one.size;
  }

  task<result<page>> read_tree(std::uint64_t position, std::size_t limit, stop_token stop) {
    if (!is_started_) {
      auto whole = co_await gather(stop);
      if (!whole) co_return unexpected(std::move(whole).error());
      is_started_ = true;
    }
    page some;
    for (auto at = position; at < tree_.size() && some.size() < limit; ++at) some.push_back(tree_[at]);
    co_return some;
  }

  task<result<void>> gather(stop_token stop) {
    prefix_ = marker_of(directory_->key());
    std::set<std::string> seen;
    const auto type_of = [&](const listed& one) -> std::optional<file_type> {
      if (one.metadata) return metadata::read(*one.metadata).type.value_or(file_type::regular);
      if (volume_->how().dialect == metadata::dialect::none) return file_type::regular;
      return std::nullopt;
    };
    const auto add_path = [&](std::string path, file_type type, bool type_known) {
      if (path <= which_.start_after || !seen.insert(path).second) return;
      directory_entry entry;
      entry.ino = volume_->table().number_for(prefix_ + path, type == file_type::directory);
      const auto live = volume_->table().find(prefix_ + path, type == file_type::directory);
      entry.type = live ? live->type : type;
      entry.type_known = type_known || live;
      entry.name = std::move(path);
      tree_.push_back(std::move(entry));
    };
    const auto add_key = [&](const std::string& path, file_type type, bool type_known) {
      for (std::size_t at = 0; at < path.size();) {
        const auto slash = path.find('/', at);
        if (slash == std::string::npos) return add_path(path, type, type_known);
        if (!is_nameable(path.substr(at, slash - at))) return;
        add_path(path.substr(0, slash), file_type::directory, true);
        at = slash + 1;
      }
    };
    list_request which{.prefix = prefix_};
    if (!which_.start_after.empty()) which.start_after = prefix_ + which_.start_after;
    do {
      auto listed = co_await volume_->store().list(which, stop);
      if (!listed) co_return unexpected(std::move(listed).error());
      for (const auto& one : listed->found) {
        if (one.key == prefix_ || is_hidden(one.key)) continue;
        const auto type = type_of(one);
        add_key(one.key.substr(prefix_.size()), type.value_or(file_type::regular), type.has_value());
      }
      which.continuation = listed->continuation;
      which.start_after.clear();
    } while (!which.continuation.empty());
    for (const auto& n : volume_->pending_in(directory_->key(), true)) {
      add_key(n->key().substr(prefix_.size()), n->type, true);
    }
    std::ranges::sort(tree_, {}, &directory_entry::name);
    for (std::size_t at = 0; at < tree_.size(); ++at) tree_[at].next = at + 1;
    co_return result<void>{};
  }

  const std::shared_ptr<volume> volume_;
  const std::shared_ptr<node> directory_;
  const list_options which_;
  async_gate gate_;
  std::string prefix_;
  std::vector<std::string> names_;  ///< Of all entries ever given, by position.
  std::uint64_t early_ = 0;         ///< How many of them were not in the store.
  page window_;                     ///< Entries of the positions from `window_start_` up to `cursor_`.
  std::uint64_t window_start_ = 0;
  std::uint64_t cursor_ = 0;
  std::string continuation_, after_;
  bool is_started_ = false, is_at_end_ = false;
  page tree_;
};

listing::listing(std::shared_ptr<volume> in, std::shared_ptr<node> directory, list_options which)
    : state_(std::make_shared<state>(std::move(in), std::move(directory), std::move(which))) {}
listing::listing(listing&&) noexcept = default;
listing& listing::operator=(listing&&) noexcept = default;
listing::~listing() = default;

task<result<listing::page>> listing::read(std::uint64_t position, std::size_t limit, stop_token stop) {
  return state_->read(position, limit, stop);
}

}  // namespace randomio::object
