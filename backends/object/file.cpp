#include <randomio/backends/object/file.hpp>

#include <algorithm>
#include <atomic>
#include <limits>
#include <utility>

#include <randomio/backends/object/read_ahead.hpp>

namespace randomio::object {

class file::handle {
 public:
  handle(std::shared_ptr<volume> in, std::shared_ptr<node> of, std::shared_ptr<edition> open, const open_options& how)
      : in(std::move(in)),
        of(std::move(of)),
        open(std::move(open)),
        reads(how.reads()),
        writes(how.writes()),
        ahead(std::make_shared<read_ahead>(*this->in, this->of)) {}
  handle(const handle&) = delete;
  handle& operator=(const handle&) = delete;
  ~handle() {
    if (!is_closed) in->abandon(std::move(of), std::move(open), writes, std::move(ahead));
  }

  [[nodiscard]] std::shared_ptr<content> bytes() const {
    const std::scoped_lock lock(of->mutex);
    return open->bytes;
  }
  [[nodiscard]] result<void> may_write(operation what) const {
    if (!writes || is_closed) return fail(errc::permission_denied, what);
    return {};
  }
  /// Errors: too_large, when a range would end past what an object can hold.
  [[nodiscard]] result<void> fits(std::uint64_t offset, std::uint64_t len, operation what) const {
    const auto last = std::min<std::uint64_t>(in->allows().object_bytes_max, std::numeric_limits<std::int64_t>::max());
    if (len > last || offset > last - len) return fail(errc::too_large, what);
    return {};
  }

  const std::shared_ptr<volume> in;
  std::shared_ptr<node> of;
  std::shared_ptr<edition> open;
  const bool reads, writes;
  std::shared_ptr<read_ahead> ahead;
  std::atomic<bool> is_closed{false};
};

namespace {

/// Counts an edit of the bytes, at its beginning and at its end.
class counted_edit {
 public:
  explicit counted_edit(node& n) noexcept : node_(n) { node_.edits.fetch_add(1, std::memory_order_acq_rel); }
  ~counted_edit() { node_.edits.fetch_add(1, std::memory_order_acq_rel); }
  counted_edit(const counted_edit&) = delete;
  counted_edit& operator=(const counted_edit&) = delete;

 private:
  node& node_;
};

}  // namespace

file::file(std::shared_ptr<volume> in, std::shared_ptr<node> of, std::shared_ptr<edition> open, const open_options& how)
    : handle_(std::make_shared<handle>(std::move(in), std::move(of), std::move(open), how)) {}
file::file(file&&) noexcept = default;
file& file::operator=(file&&) noexcept = default;
file::~file() = default;

task<result<std::size_t>> file::read_at(std::uint64_t offset, mutable_buffer out, stop_token stop) {
  auto& h = *handle_;
  if (!h.reads) co_return fail(errc::permission_denied, operation::read);
  for (;;) {
    auto bytes = h.bytes();
    auto count = co_await h.ahead->read(bytes, offset, out.bytes(), stop);
    if (count || count.error() == errc::cancelled) co_return count;
    // A rename or an unlink may be giving the bytes another place in the middle of this.
    if (count.error() == errc::precondition_failed) static_cast<void>(co_await h.of->gate.lock());
    if (bytes == h.bytes()) co_return count;
  }
}

task<result<void>> file::write_at(std::uint64_t offset, const_buffer data) {
  auto& h = *handle_;
  if (auto may = h.may_write(operation::write); !may) co_return may;
  if (data.size() == 0) co_return result<void>{};
  if (auto fits = h.fits(offset, data.size(), operation::write); !fits) co_return fits;
  const auto alone = co_await h.of->gate.lock();
  const counted_edit counted(*h.of);
  auto written = co_await h.bytes()->write(offset, data.bytes());
  if (written) h.in->touched(*h.of, true);
  co_return written;
}

task<result<std::uint64_t>> file::append(const_buffer data) {
  auto& h = *handle_;
  if (auto may = h.may_write(operation::append); !may) co_return unexpected(std::move(may).error());
  const auto alone = co_await h.of->gate.lock();
  const auto bytes = h.bytes();
  if (data.size() == 0) co_return bytes->size();
  if (auto fits = h.fits(bytes->size(), data.size(), operation::append); !fits) {
    co_return unexpected(std::move(fits).error());
  }
  const counted_edit counted(*h.of);
  auto landed = co_await bytes->append(data.bytes());
  if (landed) h.in->touched(*h.of, true);
  co_return landed;
}

task<result<void>> file::flush() {
  auto& h = *handle_;
  if (!h.writes && !h.of->is_local_truth()) co_return result<void>{};
  co_return co_await h.in->publish(h.of, h.bytes());
}

task<result<void>> file::sync(bool) {
  return flush();
}

task<result<attributes>> file::stat() {
  auto& h = *handle_;
  auto fresh = co_await h.in->refresh(*h.of, h.in->how().attr_ttl);
  if (!fresh && fresh.error() != errc::not_found) co_return unexpected(std::move(fresh).error());
  co_return h.in->describe(*h.of);
}

task<result<attributes>> file::set_attributes(attribute_change change) {
  auto& h = *handle_;
  if (change.size && !h.writes) co_return fail(errc::permission_denied, operation::set_attributes);
  if (change.size) {
    if (auto fits = h.fits(*change.size, 0, operation::set_attributes); !fits) {
      co_return unexpected(std::move(fits).error());
    }
  }
  co_return co_await h.in->set_attributes(h.of, change);
}

task<result<void>> file::allocate(allocate_mode mode, std::uint64_t offset, std::uint64_t len) {
  auto& h = *handle_;
  if (auto may = h.may_write(operation::allocate); !may) co_return may;
  if (len == 0) co_return fail(errc::invalid, operation::allocate);
  if (auto fits = h.fits(offset, len, operation::allocate); !fits) co_return fits;
  const bool zeros = mode == allocate_mode::punch || mode == allocate_mode::zero || mode == allocate_mode::zero_keep;
  const bool grows = mode == allocate_mode::extend || mode == allocate_mode::zero;
  const auto alone = co_await h.of->gate.lock();
  const auto bytes = h.bytes();
  const auto size = bytes->size();
  const auto end = offset + len;
  const counted_edit counted(*h.of);
  if (zeros && offset < size) {
    auto done = co_await bytes->make_hole(*range::make(offset, std::min(end, size)));
    if (!done) co_return done;
    h.in->touched(*h.of, true);
  }
  if (grows && end > size) {
    auto done = co_await bytes->resize(end);
    if (!done) co_return done;
    h.in->touched(*h.of, true);
  }
  co_return result<void>{};
}

task<result<std::uint64_t>> file::seek(std::uint64_t offset, seek_target target) {
  co_return handle_->bytes()->seek(offset, target);
}

std::shared_ptr<node> file::of() const {
  return handle_->of;
}

void file::start_with(first_read first) {
  handle_->ahead->start_with(handle_->bytes(), std::move(first));
}

task<result<std::uint64_t>> file::copy(file& from, std::uint64_t from_offset, file& to, std::uint64_t to_offset,
                                       std::uint64_t len) {
  auto& source = *from.handle_;
  auto& target = *to.handle_;
  if (!source.reads) co_return fail(errc::permission_denied, operation::copy);
  if (auto may = target.may_write(operation::copy); !may) co_return unexpected(std::move(may).error());
  const auto alone = co_await target.of->gate.lock();
  const auto source_bytes = source.bytes(), bytes = target.bytes();
  const auto size = source_bytes->size();
  if (from_offset >= size || len == 0) co_return std::uint64_t{0};
  len = std::min(len, size - from_offset);
  if (auto fits = target.fits(to_offset, len, operation::copy); !fits) co_return unexpected(std::move(fits).error());
  const bool overlaps = from_offset < to_offset + len && to_offset < from_offset + len;
  if (source.of == target.of && overlaps) co_return fail(errc::invalid, operation::copy);
  const counted_edit counted(*target.of);
  auto copied = co_await bytes->copy_from(*source_bytes, from_offset, to_offset, len);
  if (copied && *copied > 0) target.in->touched(*target.of, true);
  co_return copied;
}

task<result<void>> file::close() {
  auto& h = *handle_;
  if (h.is_closed.exchange(true)) co_return result<void>{};
  co_await h.ahead->close();
  auto done = co_await h.in->publish(h.of, h.bytes());
  co_await h.in->close(h.of, h.open, h.writes);
  co_return done;
}

}  // namespace randomio::object
