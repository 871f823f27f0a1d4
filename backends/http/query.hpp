#pragma once

#include <string>
#include <string_view>

namespace randomio::http {

/// The query of a URL, put together in order. Source: RFC 3986 §3.4.
class query {
 public:
  /// Both as plain text; they are percent-encoded here.
  query& add(std::string_view name, std::string_view value = {});
  /// From its `?` on; empty when nothing was added.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
};

}  // namespace randomio::http
