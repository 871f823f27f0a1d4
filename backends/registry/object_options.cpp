#include <randomio/backends/registry/object_options.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <memory>
#include <utility>

#include <randomio/backends/object/names.hpp>
#include <randomio/backends/object/upload_journal.hpp>
#include <randomio/backends/registry/conflict_policy.hpp>
#include <randomio/backends/registry/metadata_dialect.hpp>

namespace randomio {
namespace {

constexpr int slots_max = 64;  // Programs that use one bucket on one host at a time.

template <class Names, class T>
result<T> take_choice(settings& from, std::string_view key, const Names& names, T otherwise) {
  const auto given = from.take(key);
  if (!given) return otherwise;
  std::string known;
  for (const auto& [name, value] : names) {
    if (*given == name) return value;
    known.append(known.empty() ? "" : ", ").append(name);
  }
  return unexpected(error(errc::invalid, operation::configure).with_key(key).with_message("expected one of: " + known));
}

result<std::uint32_t> take_mode(settings& from, std::string_view key, std::uint32_t otherwise) {
  const auto given = from.take(key);
  if (!given) return otherwise;
  std::uint32_t mode = 0;
  const auto [end, problem] = std::from_chars(given->data(), given->data() + given->size(), mode, 8);
  if (problem != std::errc() || end != given->data() + given->size() || mode > 07777) {
    return unexpected(
        error(errc::invalid, operation::configure).with_key(key).with_message("expected an octal mode, like 0644"));
  }
  return mode;
}

/// A journal of uploads, and the lock that keeps other programs from taking it for one of the dead.
struct locked_journal {
  int lock = -1;
  std::unique_ptr<object::upload_journal> journal;

  locked_journal() = default;
  locked_journal(const locked_journal&) = delete;
  locked_journal& operator=(const locked_journal&) = delete;
  ~locked_journal() {
    journal.reset();
    if (lock >= 0) static_cast<void>(::close(lock));
  }
};

result<std::shared_ptr<object::upload_journal>> open_journal(const std::string& directory, std::string_view name,
                                                             blocking_pool& pool) {
  auto held = std::make_shared<locked_journal>();
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, object::number_of(name), 16).ptr;
  const auto base = directory + "/uploads-" + std::string(digits, end) + '-';
  for (int slot = 0; slot < slots_max; ++slot) {
    const auto path = base + std::to_string(slot);
    held->lock = ::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (held->lock < 0) break;
    if (::flock(held->lock, LOCK_EX | LOCK_NB) != 0) {
      static_cast<void>(::close(std::exchange(held->lock, -1)));
      continue;
    }
    auto opened = object::upload_journal::open(path, pool);
    if (!opened) return unexpected(std::move(opened).error());
    held->journal = std::move(*opened);
    auto* const journal = held->journal.get();
    return std::shared_ptr<object::upload_journal>(std::move(held), journal);
  }
  return unexpected(error(errc::io_failure, operation::configure)
                        .with_key(directory)
                        .with_message("the journal of uploads cannot be opened"));
}

}  // namespace

result<object::options> object_options(std::string name, settings& from, const environment& in) {
  object::options how;
  const auto dialect = take_choice(from, "metadata", metadata_dialects, in.metadata.value_or(how.dialect));
  if (!dialect) return unexpected(dialect.error());
  const auto policy = take_choice(from, "on_conflict", conflict_policies, in.on_conflict.value_or(how.on_conflict));
  if (!policy) return unexpected(policy.error());
  const auto file_mode = take_mode(from, "file_mode", how.file_mode);
  if (!file_mode) return unexpected(file_mode.error());
  const auto directory_mode = take_mode(from, "directory_mode", how.directory_mode);
  if (!directory_mode) return unexpected(directory_mode.error());
  const auto commit_ids = from.take_bool("commit_ids", how.commit_ids);
  if (!commit_ids) return unexpected(commit_ids.error());
  const auto hole_bytes_max = from.take_bytes("hole_max", how.hole_bytes_max);
  if (!hole_bytes_max) return unexpected(hole_bytes_max.error());
  const auto commit_timeout = from.take_time("commit_timeout", how.commit_timeout);
  if (!commit_timeout) return unexpected(commit_timeout.error());
  const auto early_publish = from.take_bool("early_publish", how.early_publish);
  if (!early_publish) return unexpected(early_publish.error());
  how.dialect = *dialect;
  how.on_conflict = *policy;
  how.file_mode = *file_mode;
  how.directory_mode = *directory_mode;
  how.commit_ids = *commit_ids;
  how.hole_bytes_max = *hole_bytes_max;
  how.commit_timeout = *commit_timeout;
  how.early_publish = *early_publish;
  how.owner = {.uid = ::geteuid(), .gid = ::getegid()};
  how.attr_ttl = in.attr_ttl;
  how.memory = in.memory;
  how.spill = in.spill;
  how.state_dir = in.state_dir;
  if (in.notice)
    how.notice = [tell = in.notice, name](std::string_view line) { tell(name + ": " + std::string(line)); };
  char host[256] = {};
  if (::gethostname(host, sizeof host - 1) == 0 && host[0] != '\0') how.host = host;
  if (!in.state_dir.empty()) {
    std::error_code problem;
    std::filesystem::create_directories(in.state_dir, problem);
    if (problem) {
      return unexpected(error(errc::io_failure, operation::configure)
                            .with_key(in.state_dir)
                            .with_message("the state directory cannot be made: " + problem.message()));
    }
    auto journal = open_journal(in.state_dir, name, in.pool);
    if (!journal) return unexpected(std::move(journal).error());
    how.journal = std::move(*journal);
  }
  how.name = std::move(name);
  return how;
}

}  // namespace randomio
