#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <span>
#include <string_view>
#include <type_traits>

namespace randomio {

/// A type whose values may stand for raw bytes: `std::byte` and the character types.
template <class T>
concept byte_like = std::same_as<std::remove_cv_t<T>, std::byte> || std::same_as<std::remove_cv_t<T>, char> ||
                    std::same_as<std::remove_cv_t<T>, unsigned char> || std::same_as<std::remove_cv_t<T>, char8_t>;

namespace detail {

template <class B>
concept byte_range =
    std::ranges::contiguous_range<B> && std::ranges::sized_range<B> && byte_like<std::ranges::range_value_t<B>>;

template <class B>
concept mutable_byte_range =
    byte_range<B> && !std::is_const_v<std::remove_reference_t<std::ranges::range_reference_t<B>>>;

}  // namespace detail

/// How a third-party buffer joins in: specialise this for the type with `static std::span<const std::byte>
/// bytes(const B&)` and, when it can be written to, `static std::span<std::byte> mutable_bytes(B&)`.
template <class B>
struct buffer_traits;

namespace detail {

template <class B>
concept adapted = requires(const B& b) {
  { buffer_traits<B>::bytes(b) } -> std::same_as<std::span<const std::byte>>;
};

template <class B>
concept adapted_mutable = adapted<B> && requires(B& b) {
  { buffer_traits<B>::mutable_bytes(b) } -> std::same_as<std::span<std::byte>>;
};

}  // namespace detail

/// Bytes that can be read from: spans, vectors, strings, arrays, string views, adapted third-party types.
template <class B>
concept io_buf = detail::byte_range<std::remove_cvref_t<B>> || detail::adapted<std::remove_cvref_t<B>>;

/// Bytes that can be written into. A resizable buffer is filled up to its current size and never resized.
template <class B>
concept io_buf_mut =
    detail::mutable_byte_range<std::remove_reference_t<B>&> || detail::adapted_mutable<std::remove_reference_t<B>>;

/// The bytes of a buffer. Borrows: the buffer.
template <io_buf B>
[[nodiscard]] constexpr std::span<const std::byte> bytes_of(const B& buffer) noexcept {
  if constexpr (detail::adapted<B>) {
    return buffer_traits<B>::bytes(buffer);
  } else {
    return std::as_bytes(std::span(std::ranges::data(buffer), std::ranges::size(buffer)));
  }
}

/// How many bytes a buffer has; unlike `bytes_of`, also in constant expressions.
template <io_buf B>
[[nodiscard]] constexpr std::size_t size_of(const B& buffer) noexcept {
  if constexpr (detail::adapted<B>) {
    return buffer_traits<B>::bytes(buffer).size();
  } else {
    return std::ranges::size(buffer);  // Each element is one byte.
  }
}

/// The writable bytes of a buffer. Borrows: the buffer.
template <io_buf_mut B>
[[nodiscard]] constexpr std::span<std::byte> mutable_bytes_of(B& buffer) noexcept {
  if constexpr (detail::adapted_mutable<std::remove_cvref_t<B>>) {
    return buffer_traits<B>::mutable_bytes(buffer);
  } else {
    return std::as_writable_bytes(std::span(std::ranges::data(buffer), std::ranges::size(buffer)));
  }
}

namespace detail {

/// True for a buffer that dies with the full-expression: borrowing it across a suspension would dangle.
template <class B>
concept dangling = !std::is_lvalue_reference_v<B> && !std::ranges::borrowed_range<std::remove_cvref_t<B>>;

}  // namespace detail

/// A view of bytes to write, for the parameter list of an operation: it converts from any named buffer
/// and from spans, and refuses a temporary container, which would be gone before the operation ends.
///
/// Borrows: the bytes, until the operation completes.
class const_buffer {
 public:
  constexpr const_buffer() noexcept = default;
  template <class B>
    requires(io_buf<B> && !detail::dangling<B> && !std::same_as<std::remove_cvref_t<B>, const_buffer>)
  constexpr const_buffer(B&& buffer) noexcept : bytes_(bytes_of(buffer)) {}
  template <class B>
    requires(io_buf<B> && detail::dangling<B> && !std::same_as<std::remove_cvref_t<B>, const_buffer>)
  const_buffer(B&& temporary) = delete;

  [[nodiscard]] constexpr std::span<const std::byte> bytes() const noexcept { return bytes_; }
  constexpr operator std::span<const std::byte>() const noexcept { return bytes_; }
  [[nodiscard]] constexpr const std::byte* data() const noexcept { return bytes_.data(); }
  [[nodiscard]] constexpr std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] constexpr bool empty() const noexcept { return bytes_.empty(); }

 private:
  std::span<const std::byte> bytes_;
};

/// A view of bytes to fill, for the parameter list of an operation; otherwise as `const_buffer`.
class mutable_buffer {
 public:
  constexpr mutable_buffer() noexcept = default;
  template <class B>
    requires(io_buf_mut<B> && !detail::dangling<B> && !std::same_as<std::remove_cvref_t<B>, mutable_buffer>)
  constexpr mutable_buffer(B&& buffer) noexcept : bytes_(mutable_bytes_of(buffer)) {}
  template <class B>
    requires(io_buf_mut<B> && detail::dangling<B> && !std::same_as<std::remove_cvref_t<B>, mutable_buffer>)
  mutable_buffer(B&& temporary) = delete;

  [[nodiscard]] constexpr std::span<std::byte> bytes() const noexcept { return bytes_; }
  constexpr operator std::span<std::byte>() const noexcept { return bytes_; }
  [[nodiscard]] constexpr std::byte* data() const noexcept { return bytes_.data(); }
  [[nodiscard]] constexpr std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] constexpr bool empty() const noexcept { return bytes_.empty(); }

 private:
  std::span<std::byte> bytes_;
};

}  // namespace randomio
