#pragma once

#include <string>
#include <string_view>

namespace randomio::s3 {

/// A metadata value as a header field can carry it: printable ASCII goes as it is; anything else, also a value that
/// has spaces at its ends or would itself be taken for an encoded word, as encoded words in UTF-8. That is how the
/// service itself hands out values that ASCII cannot hold, so all of its clients know it.
///
/// Source: RFC 2047 §2, §4.1; Amazon S3 User Guide, "Working with object metadata".
[[nodiscard]] std::string field_value_of(std::string_view text);

/// The opposite. Encoded words in UTF-8, US-ASCII or ISO-8859-1 are decoded, in either encoding; what is not one, or
/// is in another character set, stays as it came.
[[nodiscard]] std::string text_of_field_value(std::string_view value);

}  // namespace randomio::s3
