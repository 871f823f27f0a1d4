#include <randomio/backends/object/volume.hpp>

#include <chrono>
#include <random>
#include <utility>

#include <randomio/backends/object/move_journal.hpp>
#include <randomio/backends/object/names.hpp>
#include <randomio/backends/object/read_ahead.hpp>
#include <randomio/backends/object/upload_journal.hpp>

namespace randomio::object {

namespace {

constexpr std::uint64_t memory_usual = std::uint64_t{256} << 20;
constexpr std::size_t noticed_max = 4096;
constexpr std::size_t entries_changed_max = 65'536;

options complete(options how) {
  if (!how.memory) how.memory = std::make_shared<memory_budget>(memory_usual);
  if (!how.spill) how.spill = std::make_shared<spill_space>(std::string(), 0);
  if (!how.notice) how.notice = [](std::string_view) {};
  if (how.fan_out == 0) how.fan_out = 1;
  return how;
}

editing editing_of(store& to, blocking_pool& pool, const options& how) {
  editing with{.to = to, .memory = *how.memory, .spill = *how.spill, .pool = pool};
  with.journal = how.journal.get();
  with.cost = how.cost;
  with.on_conflict = how.on_conflict;
  with.commit_ids = how.commit_ids;
  with.hole_bytes_max = how.hole_bytes_max;
  with.commit_timeout = how.commit_timeout;
  with.early_publish = how.early_publish;
  with.unsafe_without_conditions = how.unsafe_without_conditions;
  with.host = how.host;
  with.notice = how.notice;
  return with;
}

editing strict(editing with) {
  with.on_conflict = conflict_policy::estale;
  return with;
}

}  // namespace

volume::volume(std::shared_ptr<object::store> store, blocking_pool& pool, options how)
    : store_(std::move(store)),
      pool_(pool),
      how_(complete(std::move(how))),
      editing_(editing_of(*store_, pool, how_)),
      strict_(strict(editing_)),
      cache_(how_.attr_ttl),
      root_(table_->get("", file_type::directory).first) {
  root_->known.whole = true;
  root_->known.said.type = file_type::directory;
}

volume::~volume() {
  for (const auto& [identity, n] : unpublished_) {
    const auto bytes = n->bytes();
    if (bytes && bytes->dirty()) notice(identity + ": what was written is lost: it was never published");
  }
}

timestamp volume::now() noexcept {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const auto whole = std::chrono::floor<std::chrono::seconds>(since);
  return {.seconds = whole.count(),
          .nanoseconds = static_cast<std::uint32_t>(std::chrono::nanoseconds(since - whole).count())};
}

void volume::notice_once(std::string line) {
  {
    const std::scoped_lock lock(mutex_);
    if (noticed_.size() >= noticed_max || !noticed_.insert(line).second) return;
  }
  notice(line);
}

task<result<void>> volume::prepare() {
  if (is_prepared_.load(std::memory_order_acquire)) co_return result<void>{};
  const auto alone = co_await preparing_.lock();
  if (is_prepared_.load(std::memory_order_acquire)) co_return result<void>{};
  if (how_.honoured) {
    honours_ = *how_.honoured;
  } else {
    auto asked = co_await store_->honours();
    if (!asked) co_return unexpected(std::move(asked).error());
    honours_ = *asked;
  }
  if (!(honours_.put && honours_.complete) && !how_.unsafe_without_conditions) {
    constexpr std::string_view why =
        "the store ignores conditions, so that writers could silently overwrite each other: nothing can be changed; "
        "unsafe_without_conditions = true allows it all the same";
    notice_once(std::string(why));
    co_return unexpected(error(errc::read_only).with_message(why));
  }
  if (how_.journal) {
    auto aborted = co_await how_.journal->recover(*store_);
    if (!aborted) co_return unexpected(std::move(aborted).error());
    if (*aborted > 0) notice("aborted " + std::to_string(*aborted) + " uploads that an earlier mount left behind");
  }
  auto finished = co_await finish_moves();
  if (!finished) co_return finished;
  co_await remove_stale();
  is_prepared_.store(true, std::memory_order_release);
  co_return result<void>{};
}

task<result<void>> volume::recover() {
  co_await tell_what_was_kept();
  bool is_anything_left = how_.journal != nullptr && how_.journal->left_behind() > 0;
  if (!how_.state_dir.empty()) {
    const move_journal journal(how_.state_dir, how_.name);
    const bool has_moves = co_await pool_.run([&] { return !journal.left_over().empty(); });
    is_anything_left = is_anything_left || has_moves;
  }
  if (!is_anything_left) co_return result<void>{};
  co_return co_await prepare();
}

attributes volume::describe(const facts& known, file_type type, std::uint64_t ino) const {
  const auto& said = known.said;
  attributes shown;
  shown.type = type;
  shown.ino = ino;
  shown.mode = said.mode.value_or(type == file_type::directory ? how_.directory_mode
                                  : type == file_type::symlink ? 0777
                                                               : how_.file_mode);
  shown.uid = said.uid.value_or(how_.owner.uid);
  shown.gid = said.gid.value_or(how_.owner.gid);
  shown.device = said.device.value_or(0);
  if (type != file_type::directory && known.object) shown.size = known.object->size;
  if (type == file_type::symlink && said.link_target) shown.size = said.link_target->size();
  const auto published = known.object ? known.object->modified : started_;
  shown.mtime = said.mtime.value_or(published);
  shown.ctime = said.ctime.value_or(std::max(published, shown.mtime));
  shown.atime = said.atime.value_or(shown.mtime);
  shown.blocks = (shown.size + 511) / 512;
  return shown;
}

attributes volume::describe(const node& n) const {
  facts known;
  std::shared_ptr<content> bytes;
  bool is_removed = false;
  {
    const std::scoped_lock lock(n.mutex);
    known = n.known;
    if (n.open) bytes = n.open->bytes;
    is_removed = n.is_removed;
  }
  auto shown = describe(known, n.type, n.ino);
  if (bytes && n.type == file_type::regular) {
    shown.size = bytes->size();
    shown.blocks = (shown.size + 511) / 512;
  }
  if (is_removed) shown.nlink = 0;
  if (n.is_directory()) {
    const auto key = n.key();
    const std::scoped_lock lock(mutex_);
    if (const auto at = entries_changed_.find(key); at != entries_changed_.end()) {
      shown.mtime = std::max(shown.mtime, at->second);
      shown.ctime = std::max(shown.ctime, at->second);
    }
  }
  return shown;
}

void volume::entries_changed(std::string_view directory) {
  const std::scoped_lock lock(mutex_);
  if (entries_changed_.size() >= entries_changed_max) entries_changed_.clear();
  entries_changed_.insert_or_assign(std::string(directory), now());
}

std::string volume::hidden_key() {
  static thread_local std::mt19937_64 random{std::random_device{}()};
  std::string digits;
  for (int i = 0; i < 24; ++i) digits += "0123456789abcdef"[random() % 16];
  return std::string(hidden_prefix) + "unlinked/" + how_.host + "-" + digits;
}

std::vector<std::shared_ptr<node>> volume::pending_in(std::string_view directory, bool deep) const {
  const auto prefix = marker_of(directory);
  std::vector<std::shared_ptr<node>> found;
  const std::scoped_lock lock(mutex_);
  for (auto at = unpublished_.lower_bound(prefix); at != unpublished_.end() && at->first.starts_with(prefix); ++at) {
    if (!deep && at->first.find('/', prefix.size()) != std::string::npos) continue;
    const std::scoped_lock held(at->second->mutex);
    if (at->second->is_pending) found.push_back(at->second);
  }
  return found;
}

void volume::unpublished(const std::shared_ptr<node>& n) {
  auto identity = identity_of(n->key(), n->is_directory());
  const std::scoped_lock lock(mutex_);
  unpublished_.insert_or_assign(std::move(identity), n);
}

void volume::forget_unpublished(const node& n) {
  std::shared_ptr<node> last;  // It may end here, which takes locks of its own.
  const auto identity = identity_of(n.key(), n.is_directory());
  const std::scoped_lock lock(mutex_);
  const auto at = unpublished_.find(identity);
  if (at == unpublished_.end() || at->second.get() != &n) return;
  last = std::move(at->second);
  unpublished_.erase(at);
}

}  // namespace randomio::object
