#include <randomio/backends/azure/options_from.hpp>

#include <algorithm>
#include <array>
#include <optional>

#include <randomio/backends/azure/connection_string.hpp>
#include <randomio/backends/http/fields.hpp>
#include <randomio/backends/http/letter_case.hpp>

namespace randomio::azure {
namespace {

// One setting: its short name, and the variables that stand for it, the first that is set wins.
struct known_setting {
  std::string_view name;
  std::array<std::string_view, 4> variables;
};

constexpr auto texts = std::to_array<known_setting>({
    {"account", {"AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT"}},
    {"container", {"AZURE_CONTAINER_NAME"}},
    {"prefix", {}},
    {"endpoint", {"AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"}},
    {"endpoint_suffix", {}},
    {"access_tier", {}},
    {"credential_type", {"AZURE_CREDENTIAL_TYPE"}},
    {"account_key",
     {"AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_ACCESS_KEY", "AZURE_STORAGE_MASTER_KEY", "AZURE_STORAGE_KEY"}},
    {"sas_token", {"AZURE_STORAGE_SAS_KEY", "AZURE_STORAGE_SAS_TOKEN"}},
    {"token", {"AZURE_STORAGE_TOKEN"}},
    {"client_id", {"AZURE_STORAGE_CLIENT_ID", "AZURE_CLIENT_ID"}},
    {"client_secret", {"AZURE_STORAGE_CLIENT_SECRET", "AZURE_CLIENT_SECRET"}},
    {"tenant_id", {"AZURE_STORAGE_TENANT_ID", "AZURE_STORAGE_AUTHORITY_ID", "AZURE_TENANT_ID", "AZURE_AUTHORITY_ID"}},
    {"authority_host", {"AZURE_STORAGE_AUTHORITY_HOST", "AZURE_AUTHORITY_HOST"}},
    {"federated_token_file", {"AZURE_FEDERATED_TOKEN_FILE"}},
    {"msi_endpoint", {"AZURE_MSI_ENDPOINT", "AZURE_IDENTITY_ENDPOINT", "IDENTITY_ENDPOINT"}},
    {"identity_header", {"IDENTITY_HEADER"}},
    {"object_id", {"AZURE_OBJECT_ID"}},
    {"msi_resource_id", {"AZURE_MSI_RESOURCE_ID"}},
    {"connection_string", {"AZURE_STORAGE_CONNECTION_STRING"}},
});
constexpr auto switches = std::to_array<known_setting>({
    {"use_emulator", {"AZURE_STORAGE_USE_EMULATOR"}},
    {"allow_http", {"AZURE_ALLOW_HTTP"}},
    {"use_azure_cli", {"AZURE_USE_AZURE_CLI"}},
    {"skip_signature", {"AZURE_SKIP_SIGNATURE"}},
    {"disable_tagging", {"AZURE_DISABLE_TAGGING"}},
    {"unsafe_without_conditions", {}},
});
// What we do not do is refused rather than ignored. The lower-case forms of the variables count, too.
constexpr auto unsupported = std::to_array<std::string_view>(
    {"AZURE_STORAGE_ENCRYPTION_KEY", "AZURE_USE_FABRIC_ENDPOINT", "AZURE_FABRIC_TOKEN_SERVICE_URL"});

class reader {
 public:
  reader(std::map<std::string, std::string>& values, const http::variable_lookup& variables)
      : values_(values), variables_(variables) {}

  [[nodiscard]] std::optional<std::string> read(const known_setting& what) const {
    std::optional<std::string> found = take(what.name);
    for (const auto variable : what.variables) {
      if (variable.empty()) continue;
      auto given = take(http::lower_case(variable));
      if (!found) found = std::move(given);
    }
    for (const auto variable : what.variables) {
      if (variable.empty() || found) continue;
      if (auto set = variables_(variable); set && !set->empty()) found = std::move(set);
    }
    return found;
  }

  [[nodiscard]] std::string text(std::string_view name) const {
    return read(*std::ranges::find(texts, name, &known_setting::name)).value_or("");
  }
  [[nodiscard]] secret hidden(std::string_view name) const {
    auto found = text(name);
    return secret::taken_from(found);
  }
  [[nodiscard]] result<bool> flag(std::string_view name) const {
    const auto found = read(*std::ranges::find(switches, name, &known_setting::name));
    if (!found) return false;
    const auto value = http::lower_case(*found);
    if (value == "true" || value == "1" || value == "yes" || value == "on") return true;
    if (value == "false" || value == "0" || value == "no" || value == "off") return false;
    return unexpected(error(errc::invalid, operation::configure).with_key(name).with_message("expected true or false"));
  }

 private:
  [[nodiscard]] std::optional<std::string> take(std::string_view key) const {
    const auto at = values_.find(std::string(key));
    if (at == values_.end()) return std::nullopt;
    auto value = std::move(at->second);
    values_.erase(at);
    return value;
  }

  std::map<std::string, std::string>& values_;
  const http::variable_lookup& variables_;
};

}  // namespace

std::string known_settings() {
  std::string all;
  for (const auto& one : texts) all.append(all.empty() ? "" : ", ").append(one.name);
  for (const auto& one : switches) all.append(", ").append(one.name);
  return all;
}

result<options> options_from(std::map<std::string, std::string>& values, const http::variable_lookup& variables) {
  for (const auto name : unsupported) {
    if (values.contains(http::lower_case(name)) || variables(name).value_or("").size() > 0) {
      return unexpected(error(errc::unsupported, operation::configure).with_key(name).with_message("is not supported"));
    }
  }
  const reader from(values, variables);
  options out{.account = from.text("account"),
              .container = from.text("container"),
              .prefix = from.text("prefix"),
              .endpoint = from.text("endpoint"),
              .endpoint_suffix = from.text("endpoint_suffix")};
  out.access_tier = from.text("access_tier");
  out.authorised_by = {.type = http::lower_case(from.text("credential_type")),
                       .account_key = from.hidden("account_key"),
                       .sas = from.hidden("sas_token"),
                       .token = from.hidden("token"),
                       .client_id = from.text("client_id"),
                       .client_secret = from.hidden("client_secret"),
                       .tenant_id = from.text("tenant_id"),
                       .authority_host = from.text("authority_host"),
                       .federated_token_file = from.text("federated_token_file"),
                       .msi_endpoint = from.text("msi_endpoint"),
                       .identity_header = from.hidden("identity_header"),
                       .object_id = from.text("object_id"),
                       .msi_resource_id = from.text("msi_resource_id")};
  const auto connection = from.hidden("connection_string");

  bool disable_tagging = false;
  const std::array<std::pair<std::string_view, bool*>, 6> flags{
      {{"use_emulator", &out.use_emulator},
       {"allow_http", &out.allow_http},
       {"use_azure_cli", &out.authorised_by.use_azure_cli},
       {"skip_signature", &out.authorised_by.skip_signature},
       {"disable_tagging", &disable_tagging},
       {"unsafe_without_conditions", &out.unsafe_without_conditions}}};
  for (const auto& [name, to] : flags) {
    const auto value = from.flag(name);
    if (!value) return unexpected(value.error());
    *to = *value;
  }
  out.tagging = !disable_tagging;
  if (!connection.empty()) {
    if (auto done = apply_connection_string(connection.reveal(), out); !done) {
      return unexpected(std::move(done).error().with_key("connection_string"));
    }
  }
  if (out.use_emulator && out.endpoint.empty()) {
    // As object_store and the SDKs have it: the account is part of the path.
    if (out.account.empty()) out.account = "devstoreaccount1";
    auto base = variables("AZURITE_BLOB_STORAGE_URL").value_or("http://127.0.0.1:10000");
    while (base.ends_with('/')) base.pop_back();
    out.endpoint = base + "/" + out.account;
    out.allow_http = true;
    if (out.authorised_by.account_key.empty() && out.authorised_by.sas.empty()) {
      // Known to all; of the one account that every Azurite has. Source: Azurite's documentation.
      out.authorised_by.account_key =
          secret("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==");
    }
  }
  if (!out.prefix.empty() && !out.prefix.ends_with('/')) out.prefix += '/';
  return out;
}

result<void> apply_location(std::string_view account, std::string_view path,
                            std::map<std::string, std::string>& values) {
  while (path.starts_with('/')) path.remove_prefix(1);
  const auto container = path.substr(0, path.find('/'));
  if (account.empty() || container.empty()) {
    return unexpected(error(errc::invalid, operation::configure)
                          .with_message("expected az://ACCOUNT/CONTAINER or az://ACCOUNT/CONTAINER/PREFIX"));
  }
  path.remove_prefix(std::min(container.size() + 1, path.size()));
  values.insert_or_assign("account", std::string(account));
  values.insert_or_assign("container", std::string(container));
  if (!path.empty()) values.insert_or_assign("prefix", std::string(path));
  return {};
}

}  // namespace randomio::azure
