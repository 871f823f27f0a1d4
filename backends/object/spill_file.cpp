#include <randomio/backends/object/spill_file.hpp>

#include <fcntl.h>
#include <unistd.h>

namespace randomio::object {

spill_file::~spill_file() {
  if (fd_ >= 0) ::close(fd_);
}

std::shared_ptr<spill_file::slot> spill_file::take() {
  if (!space_.try_reserve(slot_bytes_)) return nullptr;
  const std::scoped_lock lock(mutex_);
  auto number = slots_;
  if (free_.empty()) {
    ++slots_;
  } else {
    number = free_.back();
    free_.pop_back();
  }
  return std::make_shared<slot>(shared_from_this(), number);
}

void spill_file::give_back(std::uint64_t number) {
  const std::scoped_lock lock(mutex_);
  free_.push_back(number);
  space_.release(slot_bytes_);
}

result<int> spill_file::opened() {
  const std::scoped_lock lock(mutex_);
  if (fd_ < 0) fd_ = ::open(space_.directory().c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd_ < 0)
    return unexpected(error(errc::no_space, operation::write).with_message("cannot spill to the state directory"));
  return fd_;
}

result<void> spill_file::slot::write(std::uint64_t offset, std::span<const std::byte> data) const {
  auto fd = file_->opened();
  if (!fd) return unexpected(std::move(fd).error());
  auto at = number_ * file_->slot_bytes_ + offset;
  while (!data.empty()) {
    const auto count = ::pwrite(*fd, data.data(), data.size(), static_cast<off_t>(at));
    if (count <= 0) return fail(errc::no_space, operation::write);
    at += static_cast<std::uint64_t>(count);
    data = data.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

result<void> spill_file::slot::read(std::uint64_t offset, std::span<std::byte> out) const {
  auto fd = file_->opened();
  if (!fd) return unexpected(std::move(fd).error());
  auto at = number_ * file_->slot_bytes_ + offset;
  while (!out.empty()) {
    const auto count = ::pread(*fd, out.data(), out.size(), static_cast<off_t>(at));
    if (count <= 0) return fail(errc::io_failure, operation::read);
    at += static_cast<std::uint64_t>(count);
    out = out.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace randomio::object
