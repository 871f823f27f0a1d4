#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "fs/file/open_directory.hpp"
#include "fs/file/open_file.hpp"

namespace randomiofs {

/// What is open on behalf of somebody who holds only a number: from the answer to an open until its release. The
/// releases of what is open when a mount ends never come, so what is left in here then is still to be closed.
///
/// Reads and writes do not touch it.
///
/// Threads: safe; sharded by address.
class open_table {
 public:
  open_file& keep(std::unique_ptr<open_file> file) { return files_.keep(std::move(file)); }
  open_directory& keep(std::unique_ptr<open_directory> directory) { return directories_.keep(std::move(directory)); }
  /// Gives back what was kept. Once for each.
  [[nodiscard]] std::unique_ptr<open_file> release(open_file& file) { return files_.release(file); }
  [[nodiscard]] std::shared_ptr<open_directory> release(open_directory& directory) {
    return directories_.release(directory);
  }
  [[nodiscard]] std::vector<std::unique_ptr<open_file>> release_files() { return files_.release_all(); }
  [[nodiscard]] std::vector<std::shared_ptr<open_directory>> release_directories() {
    return directories_.release_all();
  }
  [[nodiscard]] std::size_t size() const { return files_.size() + directories_.size(); }

 private:
  template <class Open, class Owner>
  class kept {
   public:
    Open& keep(Owner open);
    Owner release(Open& open);
    std::vector<Owner> release_all();
    std::size_t size() const;

   private:
    struct shard {
      mutable std::mutex mutex;
      std::unordered_map<const Open*, Owner> open;
    };
    shard& shard_of(const Open* open) noexcept;

    std::array<shard, 16> shards_;
  };

  kept<open_file, std::unique_ptr<open_file>> files_;
  kept<open_directory, std::shared_ptr<open_directory>> directories_;
};

}  // namespace randomiofs
