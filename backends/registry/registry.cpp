#include <randomio/backends/registry/registry.hpp>

#include <algorithm>
#include <cctype>

#include <randomio/backends/registry/built_in.hpp>

namespace randomio {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string lower_scheme(std::string_view uri) {
  std::string scheme;
  for (const unsigned char c : uri.substr(0, uri.find(':'))) scheme += static_cast<char>(std::tolower(c));
  return scheme;
}

}  // namespace

registry registry::with_built_in() {
  registry built_in;
#if RANDOMIO_HAS_MEMORY
  built_in.types_.emplace("memory", memory_type());
#endif
#if RANDOMIO_HAS_LOCAL
  built_in.types_.emplace("local", local_type());
#endif
#if RANDOMIO_HAS_S3
  built_in.types_.emplace("s3", s3_type());
#endif
#if RANDOMIO_HAS_R2
  built_in.types_.emplace("r2", r2_type());
#endif
#if RANDOMIO_HAS_AZURE
  built_in.types_.emplace("azure", azure_type());
#endif
  return built_in;
}

result<void> registry::add(backend_type type) {
  const auto same_scheme = [&](const auto& known) { return known.second.scheme == type.scheme; };
  if (types_.contains(type.type)) {
    return unexpected(error(errc::already_exists, operation::configure)
                          .with_key(type.type)
                          .with_message("a backend of this type is registered already"));
  }
  if (!type.scheme.empty() && std::ranges::any_of(types_, same_scheme)) {
    return unexpected(error(errc::already_exists, operation::configure)
                          .with_key(type.scheme)
                          .with_message("a backend with this scheme is registered already"));
  }
  auto name = type.type;
  types_.emplace(std::move(name), std::move(type));
  return {};
}

result<settings> registry::parse(std::string_view uri) const {
  if (!looks_like_uri(uri)) {
    return unexpected(
        error(errc::invalid, operation::configure).with_key(uri).with_message("expected a URI: SCHEME:…"));
  }
  const auto scheme = lower_scheme(uri);
  const auto at = std::ranges::find_if(types_, [&](const auto& known) { return known.second.scheme == scheme; });
  if (at == types_.end() || !at->second.parse_uri) {
    return unexpected(error(errc::invalid, operation::configure)
                          .with_key(uri)
                          .with_message("unknown scheme '" + scheme + "'; known are: " + joined(schemes())));
  }
  auto parsed = at->second.parse_uri(uri);
  if (parsed) parsed->type = at->first;
  return parsed;
}

result<dyn_fs> registry::make(settings from, const environment& in) const {
  const auto at = types_.find(from.type);
  if (at == types_.end()) {
    return unexpected(error(errc::invalid, operation::configure)
                          .with_key("type")
                          .with_message("unknown type \"" + from.type + "\"; known are: " + joined(types())));
  }
  return at->second.make(std::move(from), in);
}

std::vector<std::string> registry::schemes() const {
  std::vector<std::string> all;
  for (const auto& [name, type] : types_) {
    if (!type.scheme.empty()) all.push_back(type.scheme);
  }
  std::ranges::sort(all);
  return all;
}

std::vector<std::string> registry::types() const {
  std::vector<std::string> all;
  for (const auto& [name, type] : types_) all.push_back(name);
  return all;
}

bool registry::looks_like_uri(std::string_view text) noexcept {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const auto scheme = text.substr(0, colon);  // RFC 3986 §3.1.
  return std::isalpha(static_cast<unsigned char>(scheme.front())) != 0 &&
         std::ranges::all_of(scheme,
                             [](unsigned char c) { return std::isalnum(c) || c == '+' || c == '-' || c == '.'; });
}

}  // namespace randomio
