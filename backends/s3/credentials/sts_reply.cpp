#include <randomio/backends/s3/credentials/sts_reply.hpp>

#include <string>
#include <string_view>
#include <utility>

#include <pugixml.hpp>

#include <randomio/backends/s3/credentials/expiration.hpp>
#include <randomio/backends/s3/credentials/refusal.hpp>

namespace randomio::s3 {
namespace {

// The document, parsed in place: what is wiped afterwards is all there is of it.
class reply_document {
 public:
  explicit reply_document(std::string& body) : body_(body) {
    // No document types: parse_minimal and what texts need. Source: XML 1.0 §2.4, §2.11.
    constexpr unsigned options = pugi::parse_minimal | pugi::parse_escapes | pugi::parse_cdata | pugi::parse_eol;
    well_formed =
        static_cast<bool>(document_.load_buffer_inplace(body_.data(), body_.size(), options, pugi::encoding_utf8));
  }
  reply_document(const reply_document&) = delete;
  reply_document& operator=(const reply_document&) = delete;
  ~reply_document() {
    document_.reset();
    wipe(body_);
  }

  [[nodiscard]] pugi::xml_node root() const { return document_.document_element(); }
  bool well_formed = false;

 private:
  std::string& body_;
  pugi::xml_document document_;
};

errc code_of(int status, std::string_view code) {
  if (status == 429 || code == "Throttling" || code == "ThrottlingException") return errc::throttled;
  // IDPCommunicationError says itself that it may go away.
  return status >= 500 || code == "IDPCommunicationError" ? errc::unreachable : errc::unauthenticated;
}

unexpected refused(int status, pugi::xml_node root, std::string_view id, std::span<const secret> sent) {
  const auto said = root.child("Error") ? root.child("Error") : root;
  const std::string_view code = said.child_value("Code");
  std::string message = quotable(code, sent);
  if (message.empty()) message = "refused";
  if (const auto why = quotable(said.child_value("Message"), sent); !why.empty()) message.append(": ").append(why);
  return unexpected(error(code_of(status, code), operation::none, status).with_message(message).with_request_id(id));
}

}  // namespace

result<credentials> credentials_from_sts(http::reply& from, std::span<const secret> sent) {
  const reply_document document(from.body);
  const auto root = document.well_formed ? document.root() : pugi::xml_node();
  auto id = quotable(root.child_value("RequestId"));
  if (id.empty()) id = quotable(root.child("ResponseMetadata").child_value("RequestId"));
  if (from.status != 200) return refused(from.status, root, id, sent);

  // AssumeRoleResponse/AssumeRoleResult, AssumeRoleWithWebIdentityResponse/AssumeRoleWithWebIdentityResult.
  const auto action = std::string_view(root.name());
  pugi::xml_node found;
  if (constexpr std::string_view ending = "Response"; action.ends_with(ending)) {
    const auto result_name = std::string(action.substr(0, action.size() - ending.size())) + "Result";
    found = root.child(result_name.c_str()).child("Credentials");
  }
  const auto incomplete = [&](std::string_view what) {
    return unexpected(error(errc::corrupt, operation::none, from.status).with_message(what).with_request_id(id));
  };
  credentials made{.access_key_id = found.child_value("AccessKeyId"),
                   .secret_access_key = secret{found.child_value("SecretAccessKey")},
                   .session_token = secret{found.child_value("SessionToken")},
                   .expires = parse_expiration(found.child_value("Expiration"))};
  if (made.access_key_id.empty() || made.secret_access_key.empty() || made.session_token.empty()) {
    return incomplete("the reply holds no credentials");
  }
  if (!made.expires) return incomplete("the reply does not say when its credentials expire");
  return made;
}

}  // namespace randomio::s3
