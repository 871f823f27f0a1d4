#include <randomio/backends/s3/credentials/assume_role.hpp>

#include <utility>

#include <randomio/backends/s3/credentials/refusal.hpp>

namespace randomio::s3 {

assume_role_provider::assume_role_provider(const provider_context& in, std::unique_ptr<provider> source,
                                           role_request role, sts_endpoint at)
    : in_(in), source_(std::move(source)), role_(std::move(role)), at_(std::move(at)) {}

std::string assume_role_provider::describe() const {
  return "role '" + role_.role_arn + "' assumed with " + source_->describe();
}

task<result<credentials>> assume_role_provider::get() {
  auto with = co_await source_->get();
  if (!with) co_return unexpected(std::move(with).error());
  if (with->anonymous()) co_return refuse(errc::invalid, "a role cannot be assumed anonymously");
  sts_query query("AssumeRole");
  query.add(role_);
  auto assumed = co_await ask_sts(in_, at_, query, *with, {});
  if (!assumed) co_return unexpected(in_context(assumed.error(), "AssumeRole of '" + role_.role_arn + "'"));
  assumed->origin = describe();
  co_return assumed;
}

}  // namespace randomio::s3
