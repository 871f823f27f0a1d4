#include <randomio/backends/s3/credentials/web_identity.hpp>

#include <utility>

#include <randomio/backends/s3/credentials/refusal.hpp>
#include <randomio/backends/s3/credentials/text_file.hpp>

namespace randomio::s3 {
namespace {

// Source: AWS STS API Reference, AssumeRoleWithWebIdentity, WebIdentityToken: 4 to 20000 characters.
constexpr std::size_t token_bytes_max = 20000;

}  // namespace

web_identity_provider::web_identity_provider(const provider_context& in, options with, sts_endpoint at)
    : in_(in), with_(std::move(with)), at_(std::move(at)) {}

web_identity_provider::options web_identity_provider::with_variables(const provider_context& in, options with) {
  const auto fill = [&](std::string& what, std::string_view name) {
    if (what.empty()) what = in.variable({name}).value_or("");
  };
  fill(with.token_file, "AWS_WEB_IDENTITY_TOKEN_FILE");
  fill(with.role.role_arn, "AWS_ROLE_ARN");
  fill(with.role.session_name, "AWS_ROLE_SESSION_NAME");
  return with;
}

std::string web_identity_provider::describe() const {
  return "role '" + with_.role.role_arn + "' assumed with the web identity in '" + with_.token_file + "'";
}

task<result<credentials>> web_identity_provider::get() {
  if (with_.token_file.empty()) co_return refuse(errc::not_found, "AWS_WEB_IDENTITY_TOKEN_FILE is not set");
  if (with_.role.role_arn.empty()) {
    co_return refuse(errc::invalid, "there is a web identity token file, but no role to assume (AWS_ROLE_ARN)");
  }
  auto text = co_await in_.pool.run([this] { return read_text_file(with_.token_file, token_bytes_max); });
  if (!text) co_return refuse(errc::unauthenticated, "the web identity token: " + text.error().describe());
  while (!text->empty() && static_cast<unsigned char>(text->back()) <= ' ') text->pop_back();
  const auto token = secret::taken_from(*text);
  if (token.empty())
    co_return refuse(errc::unauthenticated, "the web identity token file '" + with_.token_file + "' is empty");
  sts_query query("AssumeRoleWithWebIdentity");
  query.add(with_.role);
  query.add("WebIdentityToken", token.reveal());
  auto assumed = co_await ask_sts(in_, at_, query, {}, token);
  if (!assumed) {
    co_return unexpected(in_context(assumed.error(), "AssumeRoleWithWebIdentity of '" + with_.role.role_arn + "'"));
  }
  assumed->origin = describe();
  co_return assumed;
}

}  // namespace randomio::s3
