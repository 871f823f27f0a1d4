#include "fs/cli/private_words.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace cli = randomiofs::cli;

namespace {

std::string hidden(std::string word) {
  std::vector<char*> words{word.data()};
  cli::hide_secrets(words);
  return word;
}

}  // namespace

TEST_CASE("secrets among the options are overwritten where they are") {
  CHECK(hidden("secret_access_key=abc") == "secret_access_key=***");
  CHECK(hidden("ro,secret_access_key=abc,uid=5") == "ro,secret_access_key=***,uid=5");
  CHECK(hidden("-osession_token=abc") == "-osession_token=***");
  CHECK(hidden("--options=x.sas_token=a=b&c") == "--options=x.sas_token=*****");
  CHECK(hidden(R"("connection_string=a,b",ro)") == R"("connection_string=****,ro)");
  CHECK(hidden(R"(client_secret=a\,b,ro)") == "client_secret=****,ro");
  CHECK(hidden("proxy=http://u:p@h,media.account_key=abc") == "proxy=************,media.account_key=***");
  CHECK(hidden("sse_customer_key=abc=") == "sse_customer_key=****");
}

TEST_CASE("what may be seen stays as it is") {
  for (const auto* word : {"mount", "s3://bucket/secret", "access_key_id=abc,ro", "secret_access_key=env:NAME",
                           "secret_access_key=file:/run/key,sas_token=credential:sas", "web_identity_token_file=/run/t",
                           "sse_kms_key_id=1", "uid=5,secret", "", "-o"}) {
    CHECK(hidden(word) == word);
  }
}
