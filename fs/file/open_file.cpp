#include "fs/file/open_file.hpp"

#include <utility>

#include "fs/namespace/mount_tree.hpp"
#include "fs/telemetry/log.hpp"

namespace randomiofs {

using randomio::result;
using randomio::task;
using randomio::unexpected;

namespace {

void log_lost(const inode& node, const randomio::error& failure) {
  log::error("a file could not be closed: what was written to it may be lost", {{"operation", name(failure.op())},
                                                                                {"error", failure.describe()},
                                                                                {"path", failure.key()},
                                                                                {"backend", node.store->name},
                                                                                {"inode", node.ino}});
}

}  // namespace

task<result<std::uint64_t>> open_file::write(std::uint64_t offset, randomio::const_buffer data, write_source from) {
  if (appends() && from == write_source::call) co_return co_await file_.append(data);
  auto written = co_await file_.write_at(offset, data);
  if (!written) co_return unexpected(std::move(written).error());
  co_return offset;
}

task<result<void>> open_file::flush(std::int32_t thread) {
  if (!publisher_ || !publisher_->may_be(thread)) co_return result<void>{};
  co_return co_await file_.flush();
}

task<result<void>> open_file::close() {
  auto closed = co_await file_.close();
  if (!closed) log_lost(node_, closed.error());
  co_return closed;
}

}  // namespace randomiofs
