#include "fs/file/open_file.hpp"

#include <utility>

namespace randomiofs {

using randomio::result;
using randomio::task;
using randomio::unexpected;

task<result<std::uint64_t>> open_file::write(std::uint64_t offset, randomio::const_buffer data, write_source from) {
  if (appends() && from == write_source::call) co_return co_await file_.append(data);
  auto written = co_await file_.write_at(offset, data);
  if (!written) co_return unexpected(std::move(written).error());
  co_return offset;
}

}  // namespace randomiofs
