#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace randomio::http {

/// Overwrites a text that held a secret on its way, in a manner that the compiler keeps, and empties it.
void wipe(std::string& text) noexcept;
void wipe(std::span<char> bytes) noexcept;

/// A text that must not be seen: it lies in pages of its own that core dumps leave out, and that are overwritten when
/// the last copy goes. It cannot be printed or formatted, and compares in constant time. Copies share the pages.
///
/// A library must not forbid core dumps to the program it is in (prctl(2), PR_SET_DUMPABLE), so what passes through
/// buffers of others is left to them: a reply with fresh credentials for the moment until it is parsed, and the session
/// token, worthless without the key, in each request.
///
/// Threads: copies may be used from different threads.
/// Source:  madvise(2), MADV_DONTDUMP.
class secret {
 public:
  secret() noexcept = default;
  explicit secret(std::string_view text);
  /// Takes a text over and wipes where it was.
  [[nodiscard]] static secret taken_from(std::string& text);

  [[nodiscard]] bool empty() const noexcept { return reveal().empty(); }
  /// The text. Borrowed while a copy of this secret lives. Whoever copies it answers for the copy.
  [[nodiscard]] std::string_view reveal() const noexcept;

  friend bool operator==(const secret& a, const secret& b) noexcept;
  template <class Stream>
  friend Stream& operator<<(Stream&, const secret&) = delete;

 private:
  class pages;
  std::shared_ptr<const pages> pages_;
};

}  // namespace randomio::http
