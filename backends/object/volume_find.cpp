// What there is: nodes by name, and what is known of them.
//
// Requests of a lookup that knows nothing: HEAD of the object and LIST of one key below it, at the same time; for a
// directory with a marker, HEAD of the marker after them. What was found is asked for alone later on: a HEAD, or for a
// directory without marker a LIST. What a listing or a lookup within the ttl has shown is not asked again: after a
// readdir a file costs one HEAD, or nothing when it is still the one that a HEAD once told of, and a name that is not
// there nothing. Many lookups in one directory list it first.
#include <utility>

#include <randomio/backends/object/names.hpp>
#include <randomio/backends/object/volume.hpp>
#include <randomio/core/runtime/task_scope.hpp>

namespace randomio::object {

namespace {

constexpr std::size_t target_bytes_max = 4096;  // Source: PATH_MAX, limits.h(0p).
constexpr int searched_for_ttls = 64;           // How long what was found is asked for alone.
constexpr int attempts_max = 8;                 // Of a lookup of a name that changes while it is looked for.

task<void> ask_head(store* from, std::string key, stop_token stop, std::optional<result<description>>* out) {
  out->emplace(co_await from->head(key, stop));
}

}  // namespace

bool volume::is_missing(const error& problem) {
  return problem == errc::not_found || problem == errc::name_too_long || problem == errc::invalid;
}

facts volume::facts_of(std::string key, description object) const {
  facts known;
  known.said = metadata::read(object.held.metadata);
  known.object = std::move(object);
  known.object_key = std::move(key);
  known.whole = true;
  return known;
}

/// The directory of this key, if any key says that there is one. Its marker sorts before all else in it.
task<result<std::optional<facts>>> volume::ask_directory(std::string key, stop_token stop) {
  const auto marker = marker_of(key);
  const list_request which{.prefix = marker, .keys_max = 1};
  auto listed = co_await store_->list(which, stop);
  if (!listed) co_return unexpected(std::move(listed).error());
  // A directory that somebody works in is not gone because one listing is empty: some services list behind their
  // writes.
  if (listed->found.empty() && !table_->find(key, true)) co_return std::optional<facts>();
  facts known;
  known.whole = true;
  if (!listed->found.empty() && listed->found.front().key != marker) co_return known;
  auto head = co_await store_->head(marker, stop);
  if (head) {
    known = facts_of(marker, std::move(*head));
  } else if (!is_missing(head.error())) {
    co_return unexpected(std::move(head).error());
  } else if (listed->found.empty()) {
    co_return std::optional<facts>();
  }
  known.said.type = file_type::directory;
  co_return known;
}

/// The object that marks this key as a directory without a slash at its end, if there is one.
task<result<std::optional<facts>>> volume::ask_mark(std::string key, stop_token stop) {
  if (!how_.marks_types) co_return std::optional<facts>();
  auto head = co_await store_->head(key, stop);
  if (!head && !is_missing(head.error())) co_return unexpected(std::move(head).error());
  if (!head || !metadata::marks_directory(head->held.metadata)) co_return std::optional<facts>();
  auto known = facts_of(key, std::move(*head));
  known.said.type = file_type::directory;
  co_return known;
}

task<result<finding>> volume::ask(std::string key, stop_token stop) {
  const auto asked = std::chrono::steady_clock::now();
  std::optional<result<description>> head;
  task_scope both;
  both.spawn(ask_head(store_.get(), key, stop, &head));
  auto directory = co_await ask_directory(key, stop);
  co_await both.join();
  if (!directory) co_return unexpected(std::move(directory).error());
  if (!*head && !is_missing(head->error())) co_return unexpected(std::move(*head).error());
  finding found;
  found.searched = asked;
  if (*directory) {
    found.what = finding::kind::directory;
    found.known = std::move(**directory);
    found.shadows = head->has_value();
    if (found.shadows && metadata::marks_directory((*head)->held.metadata)) {  // Its mark, and no file beside it.
      found.shadows = false;
      if (!found.known.object) found.known = facts_of(key, std::move(**head));
      found.known.said.type = file_type::directory;
    }
    co_return found;
  }
  if (!*head) co_return found;
  found.known = facts_of(key, std::move(**head));
  // Some tools mark a directory by an object without a slash at its end.
  found.what = found.known.said.type == file_type::directory ? finding::kind::directory : finding::kind::object;
  co_return found;
}

task<result<finding>> volume::find(std::string key, stop_token stop) {
  auto cached = cache_.find(key);
  const auto asked = std::chrono::steady_clock::now();
  const auto oldest = asked - searched_for_ttls * how_.attr_ttl;
  if (cached && cached->what != finding::kind::missing && cached->searched <= oldest) cached.reset();
  if (cached && (cached->what == finding::kind::missing || cached->known.whole)) co_return std::move(*cached);
  if (!cached) {  // An object that was all there was under its name is asked for alone, as long as it is there.
    cached = cache_.seen(key);
    if (cached && (cached->what != finding::kind::object || cached->searched <= oldest)) cached.reset();
  }
  if (cached && !cached->shadows) {  // What was seen, by a listing for one, is the whole name.
    const bool is_prefix = cached->what == finding::kind::directory;
    const auto object_key = is_prefix ? marker_of(key) : key;
    auto head = co_await store_->head(object_key, stop);
    if (!head && !is_missing(head.error())) co_return unexpected(std::move(head).error());
    if (head || is_prefix) {
      cached->known = head ? facts_of(object_key, std::move(*head)) : facts{};
      cached->known.whole = true;
      if (cached->what == finding::kind::object && cached->known.said.type == file_type::directory) {
        cached->what = finding::kind::directory;
      }
      cached->asked = asked;
      cache_.put(key, *cached, asked);
      co_return std::move(*cached);
    }
  }
  auto found = co_await ask(key, stop);
  if (found) {
    found->asked = asked;
    cache_.put(key, *found, asked);
  }
  co_return found;
}

namespace {

bool is_same_version(const facts& known, const facts& now) {
  return known.whole && known.object && now.object && known.object->current == now.object->current;
}

}  // namespace

void volume::apply(node& n, facts known, steady_time asked) {
  if (n.is_local_truth()) return;
  std::shared_ptr<content> bytes = n.bytes();
  bool replaced = false;
  if (bytes) {
    const auto base = bytes->base();
    replaced = !base || !known.object || base->current != known.object->current;
  }
  std::shared_ptr<edition> old;
  const std::scoped_lock lock(n.mutex);
  if (n.changed >= asked || n.is_removed || n.is_pending) return;
  if (replaced) old = std::move(n.open);  // Whoever has it open keeps it.
  if (n.known.object && known.object && n.known.object->current != known.object->current) n.target.reset();
  if (is_same_version(n.known, known) && n.known.said.ctime > known.said.ctime) {
    // What moved its times here, a rename or a read, was not worth a publication.
    known.said.atime = n.known.said.atime;
    known.said.mtime = n.known.said.mtime;
    known.said.ctime = n.known.said.ctime;
  }
  n.known = std::move(known);
  n.checked = asked;
  n.answered = std::chrono::steady_clock::now();
}

void volume::gone(node& n) {
  {
    const std::scoped_lock lock(n.mutex);
    n.is_removed = true;
  }
  table_->detach(n);
}

std::shared_ptr<node> volume::adopt(const std::string& key, finding what, steady_time asked) {
  const bool is_directory = what.what == finding::kind::directory;
  // A directory and an object may live under one key, and one of them may be gone by now.
  if (const auto other = table_->find(key, !is_directory); other && !other->is_local_truth() && !what.shadows) {
    gone(*other);
  }
  const auto type = is_directory ? file_type::directory : what.known.said.type.value_or(file_type::regular);
  auto [n, is_new] = table_->get(key, type);
  apply(*n, std::move(what.known), asked);
  const std::scoped_lock lock(n->mutex);
  n->searched = what.shadows ? steady_time{} : std::max(n->searched, what.searched);
  return n;
}

/// The live node of a key of which what is known is true: because it was seen within the ttl, or because it is here
/// that it changed.
std::shared_ptr<node> volume::fresh_node(std::string_view key) const {
  for (const bool is_directory : {true, false}) {
    auto live = table_->find(key, is_directory);
    if (!live || live->removed()) continue;
    if (live->is_local_truth()) return live;
    const std::scoped_lock lock(live->mutex);
    if (live->known.whole && std::chrono::steady_clock::now() - live->checked < how_.attr_ttl) return live;
  }
  return nullptr;
}

/// The live node of a key, when that was all that a recent search found, and nothing newer is known. That a listing
/// lacks it is not enough: it is asked for.
std::shared_ptr<node> volume::known_place(std::string_view key) const {
  auto file = table_->find(key, false), directory = table_->find(key, true);
  if ((file != nullptr) == (directory != nullptr)) return nullptr;
  auto& one = file ? file : directory;
  const auto cached = cache_.find(key);
  if (cached && cached->what != finding::kind::missing) return nullptr;
  const auto oldest = std::chrono::steady_clock::now() - searched_for_ttls * how_.attr_ttl;
  const std::scoped_lock lock(one->mutex);
  if (one->is_removed || !one->known.whole || (!cached && one->searched <= oldest)) return nullptr;
  return one;
}

task<result<std::shared_ptr<node>>> volume::child(node& directory, std::string name, stop_token stop) {
  if (!is_nameable(name) || !is_utf8(name)) co_return std::shared_ptr<node>();
  for (int attempt = 1;; ++attempt) {
    if (directory.removed()) co_return fail(errc::not_found, operation::lookup);
    const auto above = directory.key();
    auto key = key_below(above, name);
    if (is_hidden(key) || key.size() > allows().key_bytes_max) co_return std::shared_ptr<node>();
    const questions::question about(cache_.asked(), key);
    auto found = co_await look_for(above, std::move(key), stop);
    if (!about.is_outdated()) co_return found;
    if (found && *found) {
      const std::scoped_lock lock((*found)->mutex);
      if ((*found)->changed == steady_time{}) (*found)->checked = {};
    }
    if (attempt == attempts_max) co_return found;
  }
}

/// What has this key. An answer from before a change of the key may not be believed: the caller sees to that.
task<result<std::shared_ptr<node>>> volume::look_for(std::string directory, std::string key, stop_token stop) {
  using found_node = std::shared_ptr<node>;
  if (auto live = fresh_node(key)) co_return live;
  if (!cache_.find(key) && cache_.names().is_worth_listing(directory)) {
    auto listed = co_await list_directory(directory, {}, stop);
    if (!listed) co_return unexpected(std::move(listed).error());
    if (auto live = fresh_node(key)) co_return live;
  }
  if (const auto live = known_place(key)) {
    auto fresh = co_await refresh(*live, std::chrono::nanoseconds(0), stop);
    if (fresh) co_return live;
    if (fresh.error() != errc::not_found) co_return unexpected(std::move(fresh).error());
  }
  const auto asked = std::chrono::steady_clock::now();
  auto found = co_await find(key, stop);
  if (!found) co_return unexpected(std::move(found).error());
  if (found->shadows) {
    notice_once(key + ": an object of this name is beside the directory; it is shown as " +
                std::string(last_segment(key)) + std::string(shadowed_suffix));
  }
  if (found->what != finding::kind::missing) {
    const auto when = found->asked;
    auto n = adopt(key, std::move(*found), when);
    if (when < asked) {  // It was known.
      const std::scoped_lock lock(n->mutex);
      n->answered = {};
    }
    co_return n;
  }
  for (const bool is_directory : {true, false}) {
    if (auto live = table_->find(key, is_directory)) {
      if (live->is_local_truth()) co_return live;  // Made meanwhile.
      if (live->changed_since(asked)) co_return live;
      gone(*live);
    }
  }
  if (!last_segment(key).ends_with(shadowed_suffix)) co_return found_node();
  const auto shadowed = key.substr(0, key.size() - shadowed_suffix.size());
  if (shadowed.empty() || shadowed.ends_with('/')) co_return found_node();
  auto directory_beside = co_await ask_directory(shadowed, stop);
  if (!directory_beside) co_return unexpected(std::move(directory_beside).error());
  if (!*directory_beside) co_return found_node();
  auto head = co_await store_->head(shadowed, stop);
  if (!head) {
    if (is_missing(head.error())) co_return found_node();
    co_return unexpected(std::move(head).error());
  }
  co_return adopt(
      shadowed, {.what = finding::kind::object, .known = facts_of(shadowed, std::move(*head)), .shadows = true}, asked);
}

task<result<std::shared_ptr<node>>> volume::parent(node& of, stop_token stop) {
  if (of.removed()) co_return fail(errc::not_found, operation::lookup);
  const std::string key(parent_of(of.key()));
  if (key.empty()) co_return root_;
  if (auto live = table_->find(key, true); live && !live->removed()) co_return live;
  auto above = root_;
  for (std::size_t at = 0; at <= key.size();) {
    const auto slash = std::min(key.find('/', at), key.size());
    auto next = co_await child(*above, key.substr(at, slash - at), stop);
    if (!next) co_return unexpected(std::move(next).error());
    if (*next == nullptr || !(*next)->is_directory()) co_return fail(errc::not_found, operation::lookup);
    above = std::move(*next);
    at = slash + 1;
  }
  co_return above;
}

task<result<std::string>> volume::target_of(node& link, stop_token stop) {
  std::string key;
  version expected;
  std::uint64_t size = 0;
  {
    const std::scoped_lock lock(link.mutex);
    if (link.target) co_return *link.target;
    if (link.known.said.link_target) co_return *link.known.said.link_target;
    if (!link.known.object) co_return fail(errc::not_found, operation::read_link);
    key = link.known.object_key;
    expected = link.known.object->current;
    size = link.known.object->size;
  }
  if (size > target_bytes_max) co_return fail(errc::name_too_long, operation::read_link);
  std::string text(size, '\0');
  auto got = co_await store_->get_whole(key, std::as_writable_bytes(std::span(text)), expected, stop);
  if (!got) co_return unexpected(std::move(got).error());
  text.resize(got->count);
  const std::scoped_lock lock(link.mutex);
  link.target = text;
  co_return text;
}

}  // namespace randomio::object
