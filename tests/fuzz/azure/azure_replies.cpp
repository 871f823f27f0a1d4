// Replies from a service that means no good, and settings from whoever writes them: lists of blocks and of blobs,
// batches, tokens, connection strings. None crashes; a batch answers everything that was asked or is refused; a
// connection string that is refused is not shown.

#include <cstdint>
#include <string>
#include <string_view>

#include <randomio/backends/azure/connection_string.hpp>
#include <randomio/backends/azure/credentials/token_reply.hpp>
#include <randomio/backends/azure/requests/batch.hpp>
#include <randomio/backends/azure/requests/blocks.hpp>
#include <randomio/backends/azure/requests/listing.hpp>
#include <randomio/backends/azure/sas.hpp>

#include "tests/fuzz/input.hpp"

using namespace randomio;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 6) {
    case 0: static_cast<void>(azure::parse_block_list(text)); break;
    case 1:
      if (const auto read = azure::parse_listing(text)) {
        for (const auto& one : read->found) require(!one.name.empty(), "what is listed has a name");
      }
      break;
    case 2:
      if (const auto read = azure::parse_batch("multipart/mixed; boundary=x", text, 2)) {
        for (const auto& one : *read) require(one.status >= 100 && one.status <= 599, "a reply has a status");
      }
      break;
    case 3: static_cast<void>(azure::parse_token(text, {}, "fuzz")); break;
    case 4: {
      // A mark that no message of ours has: a text alone may be a piece of one.
      constexpr std::string_view mark = "\x01mark\x02";
      azure::options out;
      if (const auto done = azure::apply_connection_string(std::string(text).append(mark), out); !done) {
        require(!done.error().describe().contains(mark), "a refusal does not show the text");
      }
      break;
    }
    default:
      if (const auto tidy = azure::tidy_sas(text)) {
        require(azure::tidy_sas(*tidy) == *tidy, "what is tidy stays so");
        static_cast<void>(azure::sas_expiry(*tidy));
      }
  }
  return 0;
}
