#include "fs/fuse/interruption.hpp"

#include "fs/fuse/channel.hpp"

namespace randomiofs::fuse {

namespace {

constexpr std::size_t given_up_max = 256;  // On one loop.

}  // namespace

interruption::interruption(reply& of, inode* about, open_directory* directory) noexcept
    : reply_(of), about_(about), directory_(directory) {
  reply_.place_.ends_by = this;
}

interruption::~interruption() {
  reply_.place_.ends_by = nullptr;
  if (!is_given_up_) return;
  --channel::current().pending().given_up;
  held_.reset();
  reply_.fs_.forget(*about_, 1);
}

bool interruption::caller_dies() {
  if (about_ != nullptr) {
    auto& given_up = channel::current().pending().given_up;
    if (given_up == given_up_max) return false;
    ++given_up;
    is_given_up_ = true;
    reply_.fs_.hold(*about_);
    if (directory_ != nullptr) held_ = directory_->shared_from_this();
    reply_.error(randomio::errc::cancelled);
  }
  reply_.place_.ends_by = nullptr;
  stop_.request_stop();
  return true;
}

}  // namespace randomiofs::fuse
