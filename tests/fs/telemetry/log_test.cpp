#include "fs/telemetry/log.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/scratch_directory.hpp"

using namespace randomiofs;

namespace {

struct log_file {
  randomio::testing::scratch_directory directory;
  std::string path = directory / "log";
  [[nodiscard]] std::vector<std::string> lines() const {
    std::ifstream in(path);
    std::vector<std::string> all;
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
  }
};

}  // namespace

TEST_CASE("a line in a file has a time, a level, the message and its fields") {
  log_file file;
  REQUIRE(log::start({.least = log::level::info, .to = log::destination::file, .file = file.path}));
  CHECK(log::enabled(log::level::info));
  CHECK(!log::enabled(log::level::debug));
  log::debug("not shown");
  log::info("mounted", {{"source", "data"}, {"mountpoint", "/mnt/a b"}});
  log::error("failed");
  log::stop();
  const auto lines = file.lines();
  REQUIRE(lines.size() == 2);
  CHECK(std::regex_match(
      lines[0],
      std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info mounted source=data mountpoint="/mnt/a b")")));
  CHECK(lines[1].ends_with(" error failed"));
}

TEST_CASE("what is queued when the log stops is written, from every thread") {
  log_file file;
  REQUIRE(log::start({.least = log::level::info, .to = log::destination::file, .file = file.path}));
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([i] {
      for (int n = 0; n < 1000; ++n) log::info("line", {{"writer", i}, {"n", n}});
    });
  }
  for (auto& each : writers) each.join();
  log::stop();
  CHECK(file.lines().size() == 4000);  // Less than the queue holds, so none is dropped.
}

TEST_CASE("a flood loses lines rather than time, and says how many") {
  log_file file;
  REQUIRE(log::start({.least = log::level::info, .to = log::destination::file, .file = file.path}));
  constexpr std::size_t written = 300'000;
  for (std::size_t n = 0; n < written; ++n) log::info("line", {{"n", n}});
  log::stop();
  const auto lines = file.lines();
  const std::string last = lines.back();
  if (lines.size() == written) return;  // The disk kept up: nothing was to be dropped.
  REQUIRE(last.find("log lines were dropped") != std::string::npos);
  const auto count = std::stoul(last.substr(last.find("count=") + 6));
  CHECK(lines.size() - 1 + count >= written);
}

TEST_CASE("a log file that cannot be is an error") {
  const auto started =
      log::start({.least = log::level::info, .to = log::destination::file, .file = "/nonexistent/log"});
  REQUIRE(!started);
  CHECK(started.error() == randomio::errc::not_found);
  CHECK(started.error().key() == "/nonexistent/log");
}

TEST_CASE("a process in the background does not log to a terminal") {
  ::unsetenv("JOURNAL_STREAM");
  CHECK(log::usual_destination(false) == log::destination::standard_error);
  CHECK(log::usual_destination(true) != log::destination::standard_error);
  ::setenv("JOURNAL_STREAM", "1:1", 1);  // Somebody else's: standard error is not connected to it.
  CHECK(log::usual_destination(false) == log::destination::standard_error);
  ::unsetenv("JOURNAL_STREAM");
}
