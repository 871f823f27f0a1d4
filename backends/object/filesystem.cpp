#include <randomio/backends/object/filesystem.hpp>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include <randomio/backends/object/names.hpp>
#include <randomio/backends/object/resolve.hpp>

namespace randomio::object {

namespace {

capabilities abilities_of(const store& of, const options& how) {
  const bool has_dialect = how.dialect != metadata::dialect::none;
  const auto honoured = how.honoured.value_or(
      conditions{.put = true, .complete = true, .copy = false, .copy_source = false, .remove = false});
  capabilities can;
  can.random_write = true;
  can.atomic_append = true;
  can.modes = can.symlinks = can.xattrs = has_dialect;
  // In rclone's dialect the numbers of some fifos and devices read as something else.
  can.special_files = has_dialect && how.dialect != metadata::dialect::rclone;
  can.rename_no_replace = true;
  can.conditional_put = honoured.put;
  can.conditional_delete = honoured.remove;
  can.copy_range = true;
  can.publishes_on_flush = true;
  can.removed_nodes = false;
  can.file_bytes_max = std::min<std::uint64_t>(of.allows().object_bytes_max, std::numeric_limits<std::int64_t>::max());
  return can;
}

class counted_opener {
 public:
  explicit counted_opener(node& n) : node_(n) {
    const std::scoped_lock lock(node_.mutex);
    ++node_.openers;
  }
  ~counted_opener() {
    const std::scoped_lock lock(node_.mutex);
    --node_.openers;
  }
  counted_opener(const counted_opener&) = delete;
  counted_opener& operator=(const counted_opener&) = delete;

 private:
  node& node_;
};

}  // namespace

filesystem::filesystem(std::shared_ptr<object::store> store, blocking_pool& pool, options how)
    : abilities_(abilities_of(*store, how)) {
  volume_ = std::make_shared<volume>(std::move(store), pool, std::move(how));
}

filesystem::found filesystem::entry_for(std::shared_ptr<node> n) const {
  auto attrs = volume_->describe(*n);
  return {.node = std::move(n), .attrs = attrs};
}

/// The node of a path, with what is known of it younger than the ttl.
task<result<std::shared_ptr<node>>> filesystem::at_path(std::shared_ptr<node> at, std::string path, operation what,
                                                        stop_token stop) {
  auto where = co_await resolve(*volume_, std::move(at), std::move(path), last_component::as_it_is, stop);
  if (!where) co_return unexpected(std::move(where).error());
  if (where->found == nullptr) co_return fail(errc::not_found, what);
  auto fresh = co_await volume_->refresh(*where->found, volume_->how().attr_ttl, stop);
  if (!fresh) co_return unexpected(std::move(fresh).error());
  co_return std::move(where->found);
}

task<result<filesystem::found>> filesystem::lookup(node& at, std::string_view path, stop_token stop) {
  for (;;) {
    auto n = co_await at_path(at.shared_from_this(), std::string(path), operation::lookup, stop);
    if (!n) co_return unexpected(std::move(n).error());
    if (!(*n)->comes_too_late()) co_return entry_for(std::move(*n));
    static_cast<void>(co_await (*n)->gate.lock());  // Until the other file has the name, or this one keeps it.
  }
}

task<result<filesystem::found>> filesystem::entry_of(file_type& open) {
  auto attrs = co_await open.stat();
  if (!attrs) co_return unexpected(std::move(attrs).error());
  co_return found{.node = open.of(), .attrs = *attrs};
}

task<result<attributes>> filesystem::stat(node& at, std::string_view path, stop_token stop) {
  auto n = co_await at_path(at.shared_from_this(), std::string(path), operation::stat, stop);
  if (!n) co_return unexpected(std::move(n).error());
  co_return volume_->describe(**n);
}

task<result<attributes>> filesystem::set_attributes(node& at, std::string_view path, attribute_change change) {
  auto n = co_await at_path(at.shared_from_this(), std::string(path), operation::set_attributes);
  if (!n) co_return unexpected(std::move(n).error());
  co_return co_await volume_->set_attributes(std::move(*n), change);
}

task<result<filesystem::listing_type>> filesystem::list(node& at, std::string_view path, list_options which,
                                                        stop_token stop) {
  auto n = co_await at_path(at.shared_from_this(), std::string(path), operation::list, stop);
  if (!n) co_return unexpected(std::move(n).error());
  if (!(*n)->is_directory()) co_return fail(errc::not_directory, operation::list);
  co_return listing_type(volume_, std::move(*n), std::move(which));
}

task<result<filesystem::file_type>> filesystem::open(node& at, std::string_view path, open_options how,
                                                     stop_token stop) {
  if (how.creates() || how.truncates()) stop = {};  // What changes something is not given up halfway.
  constexpr int attempts_max = 8;  // Each but the last found a file that lost its name before it was open.
  if (how.is_temporary()) co_return fail(errc::unsupported, operation::open);
  const auto from = at.shared_from_this();
  const std::string named(path);
  // Whoever takes a file's name away looks who has it open or is about to: from the first moment that it is known
  // which.
  std::optional<counted_opener> opening;
  if (named.empty()) {
    opening.emplace(*from);
    if (!volume_->still_opens(*from)) co_return fail(errc::precondition_failed, operation::open);
  }
  co_await volume_->settle();
  if (how.writes() || how.creates()) {
    auto ready = co_await volume_->prepare();
    if (!ready) co_return unexpected(std::move(ready).error());
  }
  for (int attempt = 1;; ++attempt) {
    bool is_new = false;
    first_read first;
    auto n = co_await to_open(from, named, how, is_new, first, stop);
    if (!n) co_return unexpected(std::move(n).error());
    const auto found = std::move(*n);
    if (!named.empty()) opening.emplace(*found);
    auto opened = co_await open_node(found, how, is_new, stop);
    if (opened && first.count > 0) opened->start_with(std::move(first));
    if (!named.empty()) opening.reset();
    const bool lost_its_name = !opened && opened.error() == errc::precondition_failed;
    if (!lost_its_name || named.empty() || attempt == attempts_max) co_return opened;
  }
}

/// The file that is to be opened, made when there is none. Errors: is_directory, loop, and no_such_address, when it
/// cannot be opened.
task<result<std::shared_ptr<node>>> filesystem::to_open(std::shared_ptr<node> at, std::string path, open_options how,
                                                        bool& is_new, first_read& first, stop_token stop) {
  const auto began = std::chrono::steady_clock::now();
  const bool anew = how.creates() && how.is_exclusive();
  const auto last = how.follows() && !anew ? last_component::follow : last_component::as_it_is;
  auto where = co_await resolve(*volume_, std::move(at), std::move(path), last, stop);
  if (!where) co_return unexpected(std::move(where).error());
  if (auto n = where->found) {
    if (anew) co_return fail(errc::already_exists, operation::open);
    switch (n->type) {
      case randomio::file_type::regular: break;
      case randomio::file_type::directory: co_return fail(errc::is_directory, operation::open);
      case randomio::file_type::symlink: co_return fail(errc::loop, operation::open);
      default: co_return fail(errc::no_such_address, operation::open);
    }
    const bool only_reads = how.reads() && !how.writes();
    auto fresh =
        co_await volume_->refresh_to_open(*n, began, !where->name.empty(), only_reads ? &first : nullptr, stop);
    if (fresh) co_return n;
    const bool made_anew = fresh.error() == errc::not_found && how.creates() && where->parent != nullptr;
    if (!made_anew) co_return unexpected(std::move(fresh).error());
  }
  if (!how.creates()) co_return fail(errc::not_found, operation::open);
  if (where->directory_wanted) co_return fail(errc::is_directory, operation::open);
  if (where->parent->removed()) co_return fail(errc::not_found, operation::open);
  if (where->name.find('\0') != std::string::npos) co_return fail(errc::invalid, operation::open);
  const auto key = key_below(where->parent->key(), where->name);
  if (auto good = check_key(key, volume_->allows()); !good) co_return unexpected(std::move(good).error());
  auto as = volume_->birth_in(*where->parent, randomio::file_type::regular, how.made_with());
  is_new = true;
  if (!anew) co_return volume_->make_pending(key, as);
  co_return co_await volume_->make_published(key, randomio::file_type::regular, std::move(as), {});
}

/// Errors: precondition_failed, when its name went before it was open.
task<result<filesystem::file_type>> filesystem::open_node(std::shared_ptr<node> n, open_options how, bool is_new,
                                                          stop_token stop) {
  const auto alone = co_await n->gate.lock();
  {
    const std::scoped_lock lock(n->mutex);
    if (n->is_removed && !n->open) co_return fail(errc::precondition_failed, operation::open);
  }
  auto edited = co_await volume_->edition_of(*n, stop);
  if (!edited) co_return unexpected(std::move(edited).error());
  {
    const std::scoped_lock lock(n->mutex);
    if (!n->open) n->open = *edited;
    *edited = n->open;
    ++n->handles;
    ++(*edited)->handles;
    n->writers += how.writes() ? 1 : 0;
    if (n->awaited > 0) --n->awaited;
    n->opened = std::chrono::steady_clock::now();
  }
  file_type opened(volume_, n, *edited, how);
  if (how.truncates() && !is_new) {
    n->edits.fetch_add(1, std::memory_order_acq_rel);
    auto cut = co_await n->bytes()->resize(0);
    n->edits.fetch_add(1, std::memory_order_acq_rel);
    if (!cut) {
      static_cast<void>(co_await opened.close());
      co_return unexpected(std::move(cut).error());
    }
    volume_->touched(*n, true);
  }
  co_return std::move(opened);
}

task<result<std::string>> filesystem::read_link(node& at, std::string_view path, stop_token stop) {
  auto n = co_await at_path(at.shared_from_this(), std::string(path), operation::read_link, stop);
  if (!n) co_return unexpected(std::move(n).error());
  if ((*n)->type != randomio::file_type::symlink) co_return fail(errc::invalid, operation::read_link);
  co_return co_await volume_->target_of(**n, stop);
}

task<result<std::uint64_t>> filesystem::copy_range(file_type& from, std::uint64_t from_offset, file_type& to,
                                                   std::uint64_t to_offset, std::uint64_t len) {
  return file_type::copy(from, from_offset, to, to_offset, len);
}

task<result<void>> filesystem::sync(node& at) {
  const auto n = at.shared_from_this();
  co_await volume_->settle();
  if (n->is_directory()) co_return co_await volume_->publish_all();
  const auto bytes = n->bytes();
  if (!bytes) co_return result<void>{};
  co_return co_await volume_->publish(n, bytes);
}

task<result<space_usage>> filesystem::usage(node&) {
  constexpr std::uint64_t free_bytes = std::uint64_t{1} << 50;  // A store has no end that it would tell.
  space_usage shown;
  shown.blocks = shown.blocks_free = shown.blocks_available = free_bytes / shown.block_size;
  shown.files = shown.files_free = std::uint64_t{1} << 40;
  shown.name_max = name_bytes_max;
  co_return shown;
}

}  // namespace randomio::object
