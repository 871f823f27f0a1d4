#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <randomio/core/io/attributes.hpp>
#include <randomio/core/io/conditional.hpp>

namespace randomio::object {

/// What an object has beside its bytes, and keeps when its bytes are edited.
struct properties {
  using texts = std::map<std::string, std::string, std::less<>>;

  texts content = {};              ///< Content headers by lower-case name: content-type, cache-control, expires, …
  texts metadata = {};             ///< User metadata by lower-case name, without the service's prefix.
  std::optional<texts> tags = {};  ///< Empty: not known. `get` and `head` leave it so when the object has tags.
  std::string storage_class = {};  ///< As the service calls it; empty: its default.
  texts service = {};              ///< What only the service understands and must be given again, by header name.

  friend bool operator==(const properties&, const properties&) = default;
};

/// What a service lets anybody change of an object's bytes.
enum class editable : std::uint8_t {
  all,   ///< They are replaced as a whole, by a publication.
  end,   ///< Bytes are added behind them: `store::append`.
  none,  ///< Not by what a store can do.
};

/// An object as its store describes it.
struct description {
  std::uint64_t size = 0;       ///< Bytes.
  version current = {};         ///< Its ETag, with quotes.
  std::string version_id = {};  ///< In a versioned store.
  timestamp modified = {};      ///< When it was published, by the store's clock, to the second.
  std::uint32_t tags = 0;       ///< How many tags it has.
  properties held = {};
  editable bytes = editable::all;
  std::string checksum = {};  ///< Of all its bytes, as the service writes it; empty where it is not known.
};

/// The outcome of a publication.
struct published {
  version current = {};
  std::string version_id = {};
  std::string checksum = {};  ///< As in `description`.
};

}  // namespace randomio::object
