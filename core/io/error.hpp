#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace randomio {

/// What went wrong, in terms every backend shares. The names are POSIX's and HTTP's; how each maps to an
/// errno is decided in one place per program, never here.
enum class errc : std::uint8_t {
  not_found = 1,
  already_exists,
  is_directory,
  not_directory,
  not_empty,
  permission_denied,
  unauthenticated,
  read_only,
  invalid,
  name_too_long,
  too_large,
  no_space,
  precondition_failed,
  unsupported,
  timed_out,
  cancelled,
  throttled,
  unreachable,
  corrupt,
  outcome_unknown,
  end_of_file,
  not_permitted,
  cross_device,
  loop,
  no_attribute,
  range,
  busy,
  would_block,
  deadlock,
  no_such_address,
  too_many_links,
  text_busy,
  bad_sequence,
  not_implemented,
  out_of_memory,
  too_many_open,
  io_failure,
};

/// The operation that failed, for messages and logs.
enum class operation : std::uint8_t {
  none,
  open,
  read,
  write,
  append,
  flush,
  sync,
  stat,
  set_attributes,
  list,
  lookup,
  create,
  remove,
  rename,
  link,
  symlink,
  read_link,
  copy,
  allocate,
  seek,
  xattr,
  get,
  put,
  head,
  configure,
};

[[nodiscard]] std::string_view name(errc code) noexcept;
[[nodiscard]] std::string_view name(operation op) noexcept;

/// A failure: its code, the operation, the backend's own code (an errno, an HTTP status) and, where known,
/// the key and the request id. 16 bytes; the texts live in one shared allocation that only failures make.
///
/// Threads: copies may be used from different threads.
class error {
 public:
  error(errc code, operation op = operation::none, std::int32_t vendor_code = 0) noexcept
      : vendor_code_(vendor_code), code_(code), operation_(op) {}
  error(const error& other) noexcept
      : context_(other.context_), vendor_code_(other.vendor_code_), code_(other.code_), operation_(other.operation_) {
    if (context_ != nullptr) context_->owners.fetch_add(1, std::memory_order_relaxed);
  }
  error(error&& other) noexcept
      : context_(std::exchange(other.context_, nullptr)),
        vendor_code_(other.vendor_code_),
        code_(other.code_),
        operation_(other.operation_) {}
  error& operator=(error other) noexcept {
    std::swap(context_, other.context_);
    vendor_code_ = other.vendor_code_;
    code_ = other.code_;
    operation_ = other.operation_;
    return *this;
  }
  ~error() {
    if (context_ != nullptr) release();
  }

  [[nodiscard]] errc code() const noexcept { return code_; }
  [[nodiscard]] operation op() const noexcept { return operation_; }
  /// The backend's own code: an errno for local files, an HTTP status for object stores, 0 when there is none.
  [[nodiscard]] std::int32_t vendor_code() const noexcept { return vendor_code_; }
  [[nodiscard]] std::string_view key() const noexcept { return context_ ? context_->key : std::string_view{}; }
  [[nodiscard]] std::string_view request_id() const noexcept {
    return context_ ? context_->request_id : std::string_view{};
  }
  [[nodiscard]] std::string_view message() const noexcept { return context_ ? context_->message : std::string_view{}; }

  /// Adds context to this error; what is already known stays (context is added, never narrowed).
  [[gnu::cold]] error with_key(std::string_view key) && { return std::move(edit(&context::key, key)); }
  [[gnu::cold]] error with_request_id(std::string_view id) && { return std::move(edit(&context::request_id, id)); }
  [[gnu::cold]] error with_message(std::string_view text) && { return std::move(edit(&context::message, text)); }

  /// One line for a person: "read: not_found: KEY: MESSAGE (code N, request ID)".
  [[nodiscard]] [[gnu::cold]] std::string describe() const;

  /// Errors compare by code alone: the context is for people.
  friend bool operator==(const error& a, const error& b) noexcept { return a.code_ == b.code_; }
  friend bool operator==(const error& a, errc code) noexcept { return a.code_ == code; }

 private:
  struct context {
    std::atomic<std::uint32_t> owners{1};
    std::string key, request_id, message;
  };

  [[gnu::cold, gnu::noinline]] void release() noexcept {
    if (context_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete context_;
  }
  [[gnu::cold, gnu::noinline]] error& edit(std::string context::* field, std::string_view text) {
    if (context_ == nullptr) {
      context_ = new context;
    } else if (context_->owners.load(std::memory_order_acquire) != 1) {
      auto* own = new context;
      own->key = context_->key;
      own->request_id = context_->request_id;
      own->message = context_->message;
      release();
      context_ = own;
    }
    if ((context_->*field).empty()) context_->*field = text;
    return *this;
  }

  context* context_ = nullptr;
  std::int32_t vendor_code_ = 0;
  errc code_;
  operation operation_;
};

template <class T>
using result = std::expected<T, error>;

using unexpected = std::unexpected<error>;

/// Shorthand for `return fail(errc::not_found, operation::open);`.
[[nodiscard]] inline unexpected fail(errc code, operation op = operation::none, std::int32_t vendor_code = 0) noexcept {
  return unexpected(error(code, op, vendor_code));
}

inline std::string_view name(errc code) noexcept {
  switch (code) {
    case errc::not_found: return "not_found";
    case errc::already_exists: return "already_exists";
    case errc::is_directory: return "is_directory";
    case errc::not_directory: return "not_directory";
    case errc::not_empty: return "not_empty";
    case errc::permission_denied: return "permission_denied";
    case errc::unauthenticated: return "unauthenticated";
    case errc::read_only: return "read_only";
    case errc::invalid: return "invalid";
    case errc::name_too_long: return "name_too_long";
    case errc::too_large: return "too_large";
    case errc::no_space: return "no_space";
    case errc::precondition_failed: return "precondition_failed";
    case errc::unsupported: return "unsupported";
    case errc::timed_out: return "timed_out";
    case errc::cancelled: return "cancelled";
    case errc::throttled: return "throttled";
    case errc::unreachable: return "unreachable";
    case errc::corrupt: return "corrupt";
    case errc::outcome_unknown: return "outcome_unknown";
    case errc::end_of_file: return "end_of_file";
    case errc::not_permitted: return "not_permitted";
    case errc::cross_device: return "cross_device";
    case errc::loop: return "loop";
    case errc::no_attribute: return "no_attribute";
    case errc::range: return "range";
    case errc::busy: return "busy";
    case errc::would_block: return "would_block";
    case errc::deadlock: return "deadlock";
    case errc::no_such_address: return "no_such_address";
    case errc::too_many_links: return "too_many_links";
    case errc::text_busy: return "text_busy";
    case errc::bad_sequence: return "bad_sequence";
    case errc::not_implemented: return "not_implemented";
    case errc::out_of_memory: return "out_of_memory";
    case errc::too_many_open: return "too_many_open";
    case errc::io_failure: return "io_failure";
  }
  return "unknown";
}

inline std::string_view name(operation op) noexcept {
  switch (op) {
    case operation::none: return "";
    case operation::open: return "open";
    case operation::read: return "read";
    case operation::write: return "write";
    case operation::append: return "append";
    case operation::flush: return "flush";
    case operation::sync: return "sync";
    case operation::stat: return "stat";
    case operation::set_attributes: return "set_attributes";
    case operation::list: return "list";
    case operation::lookup: return "lookup";
    case operation::create: return "create";
    case operation::remove: return "remove";
    case operation::rename: return "rename";
    case operation::link: return "link";
    case operation::symlink: return "symlink";
    case operation::read_link: return "read_link";
    case operation::copy: return "copy";
    case operation::allocate: return "allocate";
    case operation::seek: return "seek";
    case operation::xattr: return "xattr";
    case operation::get: return "get";
    case operation::put: return "put";
    case operation::head: return "head";
    case operation::configure: return "configure";
  }
  return "";
}

inline std::string error::describe() const {
  std::string text;
  auto add = [&](std::string_view part) {
    if (part.empty()) return;
    if (!text.empty()) text += ": ";
    text += part;
  };
  add(name(operation_));
  add(name(code_));
  add(key());
  add(message());
  const char* separator = " (";
  auto add_detail = [&](std::string_view what, std::string_view value) {
    text.append(separator).append(what).append(value);
    separator = ", ";
  };
  if (vendor_code_ != 0) add_detail("code ", std::to_string(vendor_code_));
  if (!request_id().empty()) add_detail("request ", request_id());
  if (*separator == ',') text += ')';
  return text;
}

}  // namespace randomio
