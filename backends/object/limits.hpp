#pragma once

#include <cstdint>

namespace randomio::object {

/// What a service allows. Data, not code: the splice plan obeys whatever stands here. The defaults are S3's.
struct limits {
  std::uint64_t part_bytes_min = std::uint64_t{5} << 20;  ///< Of every part but the last.
  std::uint64_t part_bytes_max = std::uint64_t{5} << 30;
  std::uint32_t parts_max = 10'000;
  /// Every part but the last has the same size, copied ones too, and the last is not larger.
  bool uniform_parts = false;
  /// The parts of an object can be published again without being copied, among those of an upload to the same key
  /// (`store::published_parts`). Such stores have no smallest part.
  bool reuses_parts = false;
  /// Whoever publishes an object discards the parts of all uploads to it that are not completed yet, so that what was
  /// sent may have to be sent again.
  bool publication_ends_uploads = false;
  std::uint64_t append_bytes_max = 0;                     ///< Of one append to an object that has only its end changed.
  std::uint64_t put_bytes_max = std::uint64_t{5} << 30;   ///< Of one whole-object upload.
  std::uint64_t copy_bytes_max = std::uint64_t{5} << 30;  ///< Of one whole-object copy inside the store.
  std::uint64_t object_bytes_max = std::uint64_t{10'000} * (std::uint64_t{5} << 30);
  std::uint32_t key_bytes_max = 1024;
  std::uint32_t metadata_bytes_max = 2048;  ///< Names and values of user metadata together.
};

/// Which conditions a store honours. A condition that a store ignores protects nobody, so what is not known to
/// be honoured counts as ignored.
struct conditions {
  bool put = false;          ///< If-Match and If-None-Match on a whole-object upload.
  bool complete = false;     ///< The same on the completion of a multipart upload.
  bool copy = false;         ///< The same on the destination of a copy.
  bool copy_source = false;  ///< If-Match on the source of a copy, of a part copy too.
  bool remove = false;       ///< If-Match on a delete.
};

}  // namespace randomio::object
