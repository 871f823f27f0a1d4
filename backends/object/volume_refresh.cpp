// What is known of a node, asked for again.
#include <utility>

#include <randomio/backends/object/names.hpp>
#include <randomio/backends/object/volume.hpp>

namespace randomio::object {

/// What has this key; with `first` its beginning too, for which one request is enough. Who may not read it yet, because
/// it is archived, may still open it.
task<result<description>> volume::ask_file(std::string key, first_read* first, stop_token stop) {
  if (first == nullptr || !first->memory) co_return co_await store_->head(key, stop);
  auto got = co_await store_->get_whole(key, first->memory->bytes(), {}, stop);
  if (got) {
    first->count = got->count;
    first->current = got->object.current;
    co_return std::move(got->object);
  }
  first->memory.reset();
  if (got.error() == errc::not_found) co_return unexpected(std::move(got).error());
  co_return co_await store_->head(key, stop);
}

task<result<void>> volume::refresh(node& n, std::chrono::nanoseconds age_max, stop_token stop, first_read* first) {
  if (n.is_root() || n.is_local_truth()) co_return result<void>{};
  const auto asked = std::chrono::steady_clock::now();
  std::string object_key;
  steady_time searched;
  {
    const std::scoped_lock lock(n.mutex);
    if (n.is_removed || (n.known.whole && asked - n.checked < age_max)) co_return result<void>{};
    object_key = n.known.object_key;
    searched = n.searched;
  }
  const auto key = n.key();
  if (n.is_directory() && !object_key.empty()) {  // While its marker is there, it is.
    auto head = co_await store_->head(object_key, stop);
    if (!head && !is_missing(head.error())) co_return unexpected(std::move(head).error());
    if (head && (object_key == marker_of(key) || facts_of(key, *head).said.type == file_type::directory)) {
      auto known = facts_of(object_key, std::move(*head));
      known.said.type = file_type::directory;
      apply(n, std::move(known), asked);
      co_return result<void>{};
    }
  }
  if (n.is_directory()) {
    auto found = co_await ask_directory(key, stop);
    if (!found) co_return unexpected(std::move(found).error());
    if (*found && !(*found)->object) {
      auto mark = co_await ask_mark(key, stop);
      if (!mark) co_return unexpected(std::move(mark).error());
      if (*mark) *found = std::move(*mark);
    }
    if (*found) {
      apply(n, std::move(**found), asked);
      co_return result<void>{};
    }
    if (object_key.ends_with('/') || object_key.empty()) object_key = key;
  }
  auto head = co_await ask_file(n.is_directory() ? object_key : key, first, stop);
  if (!head && !is_missing(head.error())) co_return unexpected(std::move(head).error());
  if (head) {
    auto known = facts_of(key, std::move(*head));
    if (known.said.type.value_or(file_type::regular) == n.type) {
      if (!n.is_directory()) {
        cache_.put(key, {.what = finding::kind::object, .known = known, .searched = searched}, asked);
      }
      apply(n, std::move(known), asked);
      co_return result<void>{};
    }
  }
  if (n.is_local_truth()) co_return result<void>{};
  if (n.changed_since(asked)) co_return result<void>{};
  cache_.invalidate(key);
  gone(n);
  co_return fail(errc::not_found);
}

task<result<void>> volume::refresh_to_open(node& n, steady_time began, bool was_named, first_read* first,
                                           stop_token stop) {
  // The kernel asks for a name, then opens what it got. What was asked in the same call need not be asked again; that
  // somebody publishes and tells the caller of it between the answer and this takes longer.
  constexpr auto at_once = std::chrono::milliseconds(1);
  constexpr std::uint64_t first_bytes_max = 128 << 10;  // What the kernel asks for at once.
  std::uint64_t size = 0;
  {
    const std::scoped_lock lock(n.mutex);
    const bool was_asked = was_named ? n.checked >= began : n.answered >= began - at_once;
    if (n.known.whole && was_asked) co_return result<void>{};
    if (n.known.object) size = n.known.object->size;
  }
  if (first != nullptr && size > 0 && size <= first_bytes_max) first->memory = read_room::take(*this, size);
  co_return co_await refresh(n, std::chrono::nanoseconds(0), stop, first);
}

}  // namespace randomio::object
