// The end of a filesystem: what could not be published is kept, and the next one tells of it.
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include <randomio/backends/object/commit_id.hpp>
#include <randomio/backends/object/kept_edit.hpp>
#include <randomio/backends/object/names.hpp>
#include <randomio/backends/object/volume.hpp>

namespace randomio::object {

namespace {

namespace stdfs = std::filesystem;
constexpr std::string_view manifest_suffix = ".manifest";

/// The key in a manifest of `keep_edit`.
std::string key_in(const stdfs::path& manifest) {
  std::ifstream file(manifest, std::ios::binary);
  return kept_key(file);
}

}  // namespace

/// Of the files that hold what was not published to this store.
std::string volume::kept_prefix() const {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, number_of(how_.name), 16).ptr;
  return "unpublished-" + std::string(digits, end) + '-';
}

task<void> volume::keep_unpublished(std::shared_ptr<node> n, std::shared_ptr<content> bytes) {
  const auto key = n->key();
  std::string why;
  {
    const std::scoped_lock lock(n->mutex);
    why = n->last_error.empty() ? "" : " (" + n->last_error + ")";
  }
  if (!bytes->bytes_dirty() && bytes->base()) {
    notice(key + ": a change of its attributes is lost: it could not be published" + why);
  } else {
    const auto path = how_.state_dir + '/' + kept_prefix() + fresh_commit_id();
    const auto lost = co_await bytes->keep(path);
    if (!lost) {
      notice(key + ": what was written is lost: it could not be published" + why +
             ", nor kept: " + std::string(lost.error().message()));
    } else {
      notice(key + ": could not be published" + why +
             (*lost == 0 ? "" : "; " + std::to_string(*lost) + " bytes had been sent already, and are lost") +
             "; what was written is kept in " + path + ".data");
    }
  }
  co_await bytes->discard();
  forget_unpublished(*n);
}

task<std::size_t> volume::finish() {
  co_await settle();
  static_cast<void>(co_await publish_all());
  std::vector<std::shared_ptr<node>> left;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [identity, n] : unpublished_) left.push_back(n);
  }
  std::size_t count = 0;
  for (auto& n : left) {
    const auto bytes = n->bytes();
    if (!bytes || !bytes->dirty() || n->removed()) continue;
    ++count;
    co_await keep_unpublished(n, bytes);
  }
  co_return count;
}

task<void> volume::tell_what_was_kept() {
  if (how_.state_dir.empty()) co_return;
  const auto prefix = kept_prefix();
  const auto manifests = co_await pool_.run([&] {
    std::vector<stdfs::path> found;
    std::error_code problem;
    for (stdfs::directory_iterator at(how_.state_dir, problem), end; !problem && at != end; at.increment(problem)) {
      const auto name = at->path().filename().string();
      if (name.starts_with(prefix) && name.ends_with(manifest_suffix)) found.push_back(at->path());
    }
    std::ranges::sort(found);
    return found;
  });
  for (const auto& one : manifests) {
    auto data = one;
    notice(co_await pool_.run([&] { return key_in(one); }) +
           ": could not be published by an earlier mount; what was written is kept in " +
           data.replace_extension(".data").string());
  }
}

}  // namespace randomio::object
