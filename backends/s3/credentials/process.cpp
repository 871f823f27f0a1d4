#include <randomio/backends/s3/credentials/process.hpp>

#include <chrono>
#include <utility>

#include <randomio/backends/s3/credentials/json_credentials.hpp>
#include <randomio/backends/s3/credentials/refusal.hpp>
#include <randomio/backends/s3/credentials/subprocess.hpp>
#include <randomio/backends/s3/credentials/words.hpp>

namespace randomio::s3 {
namespace {

constexpr std::chrono::seconds time_for_program{60};
constexpr std::size_t output_bytes_max = std::size_t{64} << 10;

// Of what it complained, the end: the start may be a stack trace's.
std::string_view last_line(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  const auto from = text.rfind('\n');
  return from == std::string_view::npos ? text : text.substr(from + 1);
}

}  // namespace

std::string process_provider::describe() const {
  const auto words = split_words(command_);
  return words && !words->empty() ? "credential_process '" + words->front() + "'" : "credential_process";
}

task<result<credentials>> process_provider::get() {
  const auto words = split_words(command_);
  if (!words || words->empty())
    co_return refuse(errc::invalid, "credential_process is no command, or a quote in it has no end");
  auto ran = co_await in_.pool.run([&] { return run_program(*words, time_for_program, output_bytes_max); });
  if (!ran) co_return unexpected(in_context(ran.error(), "credential_process"));
  const auto output = secret::taken_from(ran->out);
  if (ran->status != 0) {
    std::string message = describe() + " ended with status " + std::to_string(ran->status);
    if (const auto said = quotable_without_tokens(last_line(ran->errors)); !said.empty())
      message.append(": ").append(said);
    co_return refuse(errc::unauthenticated, message);
  }
  auto found = credentials_from_json(output.reveal());
  if (!found) co_return unexpected(in_context(found.error(), "the output of " + describe()));
  found->origin = describe();
  co_return found;
}

}  // namespace randomio::s3
