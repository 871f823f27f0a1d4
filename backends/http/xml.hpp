#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <randomio/core/io/error.hpp>

namespace pugi {
class xml_document;
struct xml_node_struct;
}  // namespace pugi

namespace randomio::http {

/// An element of a reply. Borrowed from its document; one that is missing reads as empty.
class xml_element {
 public:
  [[nodiscard]] explicit operator bool() const noexcept { return node_ != nullptr; }
  [[nodiscard]] std::string_view name() const noexcept;
  [[nodiscard]] std::string_view text() const noexcept;
  [[nodiscard]] std::string_view attribute(const char* name) const noexcept;
  /// Nothing for what is not a number of 64 bits.
  [[nodiscard]] std::optional<std::uint64_t> number() const noexcept;
  [[nodiscard]] xml_element child(const char* name) const noexcept;
  /// Calls `each(xml_element)` for the children that are elements, in order.
  template <class F>
  void for_each(F&& each) const {
    for (auto at = first(); at; at = at.next()) each(at);
  }
  /// The same, for those of this name.
  template <class F>
  void for_each(std::string_view name, F&& each) const {
    for_each([&](xml_element at) {
      if (at.name() == name) each(at);
    });
  }

 private:
  friend class xml_reply;
  explicit xml_element(pugi::xml_node_struct* node) noexcept : node_(node) {}
  [[nodiscard]] xml_element first() const noexcept;
  [[nodiscard]] xml_element next() const noexcept;

  pugi::xml_node_struct* node_;
};

/// How much of a reply is read.
struct xml_limits {
  std::size_t bytes_max;
  std::ptrdiff_t tags_max;  ///< A start and an end count as two.
};

/// Enough for a listing of 1,000 keys of 1,024 bytes, percent-encoded, with a dozen elements each.
inline constexpr xml_limits usual_xml_limits{.bytes_max = std::size_t{16} << 20, .tags_max = 200'000};

/// The body of a reply. Document types are not read, so nothing is expanded or fetched; size and number of elements
/// are bounded.
class xml_reply {
 public:
  /// Errors: corrupt, for what is not XML, beyond the limits, or has another root than `root`.
  [[nodiscard]] static result<xml_reply> parse(std::string_view text, std::string_view root,
                                               const xml_limits& most = usual_xml_limits);
  xml_reply(xml_reply&&) noexcept;
  xml_reply& operator=(xml_reply&&) noexcept;
  ~xml_reply();

  [[nodiscard]] xml_element root() const noexcept;

 private:
  xml_reply();
  std::unique_ptr<pugi::xml_document> document_;
};

/// Builds the body of a request.
class xml_text {
 public:
  /// First of all: version and encoding. Some services want it, though XML does not.
  xml_text& declare();
  xml_text& open(std::string_view name);
  xml_text& close(std::string_view name);
  /// A whole element. What XML cannot hold (`xml_can_hold`) must not be given.
  xml_text& element(std::string_view name, std::string_view text);
  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  std::string text_;
};

/// Whether XML 1.0 has characters for this text: control characters other than tab and newlines it has not.
/// Source: XML 1.0 §2.2.
[[nodiscard]] bool xml_can_hold(std::string_view text) noexcept;

}  // namespace randomio::http
