#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <pugixml.hpp>

#include <randomio/core/io/error.hpp>

namespace randomio::s3 {

/// An element of a reply. Borrowed from its document; one that is missing reads as empty.
class xml_element {
 public:
  explicit xml_element(pugi::xml_node node) noexcept : node_(node) {}

  [[nodiscard]] explicit operator bool() const noexcept { return !node_.empty(); }
  [[nodiscard]] std::string_view name() const noexcept { return node_.name(); }
  [[nodiscard]] std::string_view text() const noexcept { return node_.child_value(); }
  /// Nothing for what is not a number of 64 bits.
  [[nodiscard]] std::optional<std::uint64_t> number() const noexcept;
  [[nodiscard]] xml_element child(const char* name) const noexcept { return xml_element(node_.child(name)); }
  /// Calls `each(xml_element)` for the children of this name, in order.
  template <class F>
  void for_each(const char* name, F&& each) const {
    for (auto at = node_.child(name); at; at = at.next_sibling(name)) each(xml_element(at));
  }

 private:
  pugi::xml_node node_;
};

/// The body of a reply. Document types are not read, so nothing is expanded or fetched; size and number of elements
/// are bounded.
class xml_reply {
 public:
  /// Errors: corrupt, for what is not XML, too large, or has another root than `root`.
  [[nodiscard]] static result<xml_reply> parse(std::string_view text, std::string_view root);

  [[nodiscard]] xml_element root() const noexcept { return xml_element(document_->document_element()); }

 private:
  std::unique_ptr<pugi::xml_document> document_ = std::make_unique<pugi::xml_document>();
};

/// Builds the body of a request.
class xml_text {
 public:
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

}  // namespace randomio::s3
