#pragma once

#include <concepts>
#include <coroutine>
#include <cstdint>
#include <span>
#include <utility>

#include <randomio/core/io/awaitable.hpp>
#include <randomio/core/io/buffer.hpp>
#include <randomio/core/io/error.hpp>
#include <randomio/core/io/stop.hpp>

namespace randomio {

/// Reads bytes at an offset: `co_await device.read_at(offset, out)`.
///
/// Units:   bytes.
/// Returns: the count read; short only at end of file, 0 beyond it.
/// Errors:  the backend's; after one, bytes of `out` are unspecified.
/// Borrows: `out` until completion, which comes exactly once, also after a stop request.
/// Threads: any number of operations may be in flight on one device; whether calls from several threads
///          are safe is the backend's promise.
/// Source:  pread(2).
template <class D>
concept async_random_read = requires(D& device, std::uint64_t offset, std::span<std::byte> out) {
  { device.read_at(offset, out) } -> awaitable_of<result<std::size_t>>;
};

/// Writes all of `data` at an offset, or fails: `co_await device.write_at(offset, data)`.
///
/// Units:   bytes.
/// Returns: nothing; a device grows as needed and reads the gap as zeros.
/// Errors:  the backend's. After an error or a cancel each byte of the operation's own range is old or
///          new, and every byte outside is untouched.
/// Borrows: `data` until completion.
/// Threads: as for reads. `flush()` hands over what the backend holds, `sync()` makes it durable and
///          published.
/// Source:  pwrite(2), fsync(2).
template <class D>
concept async_random_write = requires(D& device, std::uint64_t offset, std::span<const std::byte> data) {
  { device.write_at(offset, data) } -> awaitable_of<result<void>>;
  { device.flush() } -> awaitable_of<result<void>>;
  { device.sync() } -> awaitable_of<result<void>>;
};

/// A device whose reads listen to a stop token.
template <class D>
concept cancellable_random_read =
    async_random_read<D> && requires(D& device, std::uint64_t offset, std::span<std::byte> out, stop_token stop) {
      { device.read_at(offset, out, stop) } -> awaitable_of<result<std::size_t>>;
    };

/// A device whose writes listen to a stop token.
template <class D>
concept cancellable_random_write = async_random_write<D> && requires(D& device, std::uint64_t offset,
                                                                     std::span<const std::byte> data, stop_token stop) {
  { device.write_at(offset, data, stop) } -> awaitable_of<result<void>>;
};

namespace detail {

/// The operation that `make()` returns, driven in place, with its result passed through `Then`. Lives in the
/// awaiting frame.
template <class A, class Then>
class [[nodiscard]] then_op {
 public:
  template <class Make>
  then_op(Make& make, Then then) : operation_(make), then_(std::move(then)) {}
  then_op(const then_op&) = delete;
  then_op& operator=(const then_op&) = delete;

  bool await_ready() { return operation_.await_ready(); }
  template <class H>
  auto await_suspend(H h) {
    return operation_.await_suspend(h);
  }
  auto await_resume() { return then_(operation_.await_resume()); }

 private:
  pinned<A> operation_;
  Then then_;
};

template <immediate_awaitable A, class Then>
class [[nodiscard]] then_op<A, Then> : public ready_op<std::invoke_result_t<Then&, await_result_t<A>>> {
 public:
  template <class Make>
  then_op(Make& make, Then then)
      : ready_op<std::invoke_result_t<Then&, await_result_t<A>>>(then(make().await_resume())) {}
};

template <class Make, class Then>
auto then(Make make, Then then_function) {
  return then_op<std::invoke_result_t<Make&>, Then>(make, std::move(then_function));
}

}  // namespace detail

/// Reads with a stop token where the device listens to one, and without where it does not.
template <async_random_read D>
[[nodiscard]] auto read_at(D& device, std::uint64_t offset, mutable_buffer out, stop_token stop) {
  if constexpr (cancellable_random_read<D>) {
    return device.read_at(offset, out.bytes(), stop);
  } else {
    return device.read_at(offset, out.bytes());
  }
}

/// Writes with a stop token where the device listens to one, and without where it does not.
template <async_random_write D>
[[nodiscard]] auto write_at(D& device, std::uint64_t offset, const_buffer data, stop_token stop) {
  if constexpr (cancellable_random_write<D>) {
    return device.write_at(offset, data.bytes(), stop);
  } else {
    return device.write_at(offset, data.bytes());
  }
}

/// Fills all of `out`.
///
/// Returns: nothing.
/// Errors:  end_of_file when the device ends first (the bytes before the end are in `out`); the device's.
/// Borrows: `device` and `out` until completion.
template <async_random_read D>
[[nodiscard]] auto read_exact_at(D& device, std::uint64_t offset, mutable_buffer out) {
  return detail::then([&device, offset, out]() -> decltype(auto) { return device.read_at(offset, out.bytes()); },
                      [size = out.size()](result<std::size_t> read) -> result<void> {
                        if (!read) return unexpected(std::move(read).error());
                        if (*read < size) return fail(errc::end_of_file, operation::read);
                        return {};
                      });
}

/// What an owned operation gives back: its outcome and, always, the buffer.
template <class T, class B>
struct [[nodiscard]] owned_result {
  result<T> outcome;
  B buffer;
};

namespace detail {

template <class A, class T, class B>
class [[nodiscard]] owned_op {
 public:
  template <class Start>
  owned_op(B buffer, Start start)
      : buffer_(std::move(buffer)), operation_([&]() -> decltype(auto) { return start(buffer_); }) {}
  owned_op(const owned_op&) = delete;
  owned_op& operator=(const owned_op&) = delete;

  bool await_ready() { return operation_.await_ready(); }
  template <class H>
  auto await_suspend(H h) {
    return operation_.await_suspend(h);
  }
  owned_result<T, B> await_resume() {
    result<T> outcome = operation_.await_resume();
    return owned_result<T, B>{std::move(outcome), std::move(buffer_)};
  }

 private:
  B buffer_;
  pinned<A> operation_;
};

}  // namespace detail

/// Reads into a buffer that the operation owns, up to its current size, and hands it back with the outcome.
template <async_random_read D, io_buf_mut B>
[[nodiscard]] auto read_at_owned(D& device, std::uint64_t offset, B buffer) {
  auto start = [&device, offset](B& own) -> decltype(auto) { return device.read_at(offset, mutable_bytes_of(own)); };
  return detail::owned_op<decltype(start(buffer)), std::size_t, B>(std::move(buffer), start);
}

/// Writes a buffer that the operation owns and hands it back with the outcome.
template <async_random_write D, io_buf B>
[[nodiscard]] auto write_at_owned(D& device, std::uint64_t offset, B buffer) {
  auto start = [&device, offset](B& own) -> decltype(auto) { return device.write_at(offset, bytes_of(own)); };
  return detail::owned_op<decltype(start(buffer)), void, B>(std::move(buffer), start);
}

}  // namespace randomio
