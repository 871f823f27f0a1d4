#include "fs/config/sections.hpp"
#include "fs/config/table_reader.hpp"

namespace randomiofs::config {

randomio::result<daemon> read_daemon(const toml::table& table, const std::string& file) {
  constexpr unsigned threads_max = 1024;
  static constexpr table_reader::choice<log::level> levels[] = {
      {"trace", log::level::trace},     {"debug", log::level::debug}, {"info", log::level::info},
      {"warning", log::level::warning}, {"error", log::level::error}, {"off", log::level::off}};
  static constexpr table_reader::choice<loop_choice> loops[] = {
      {"auto", loop_choice::automatic}, {"uring", loop_choice::uring}, {"epoll", loop_choice::epoll}};

  daemon out;
  table_reader from(table, "daemon", file);
  // With less, parts of the least size that S3 takes have no room beside what is staged.
  from.read_bytes("memory", out.memory, table_reader::mebibytes(32));
  from.read_bytes("spill", out.spill);
  from.read_absolute_path("state_dir", out.state_dir);
  from.read("threads", out.threads, threads_max);
  from.read_choice("log", out.log, levels);
  from.read_absolute_path("log_file", out.log_file);
  from.read_choice("loop", out.loop, loops);
  if (auto whole = from.finish(); !whole) return randomio::unexpected(std::move(whole).error());
  return out;
}

}  // namespace randomiofs::config
