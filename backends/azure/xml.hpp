#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <pugixml.hpp>

#include <randomio/core/io/error.hpp>

namespace randomio::azure {

/// An element of a reply, or none: one that is missing has no text and no children.
class xml_element {
 public:
  explicit xml_element(pugi::xml_node node) noexcept : node_(node) {}

  [[nodiscard]] bool exists() const noexcept { return !node_.empty(); }
  [[nodiscard]] std::string_view name() const noexcept { return node_.name(); }
  [[nodiscard]] std::string_view text() const noexcept { return node_.text().get(); }
  [[nodiscard]] std::string_view attribute(const char* name) const noexcept { return node_.attribute(name).value(); }
  [[nodiscard]] std::optional<std::uint64_t> number() const noexcept;
  [[nodiscard]] xml_element child(const char* name) const noexcept { return xml_element(node_.child(name)); }
  /// Calls `each(xml_element)` for all children that are elements, in order.
  template <class F>
  void for_each(F&& each) const {
    for (const auto at : node_.children()) {
      if (at.type() == pugi::node_element) each(xml_element(at));
    }
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

/// An element with its text, escaped.
void append_element(std::string& to, std::string_view name, std::string_view text);

}  // namespace randomio::azure
