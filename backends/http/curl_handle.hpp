#pragma once

#include <curl/curl.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <randomio/backends/http/client.hpp>
#include <randomio/backends/http/curl_client.hpp>

namespace randomio::http {

/// What a transfer does with what curl reads and wants to write. No call throws, and all run on the loop's thread.
class curl_sink {
 public:
  /// The request is about to be sent, for the first time or once more. Returns: false to give up.
  virtual bool about_to_send() noexcept = 0;
  /// Returns: bytes put into `out`, 0 at the end of the body.
  virtual std::size_t read_body(std::span<char> out) noexcept = 0;
  virtual bool rewind_body(std::uint64_t offset) noexcept = 0;
  /// One line of the head, without its end. Returns: false to give up.
  virtual bool take_line(std::string_view line) noexcept = 0;
  /// Returns: false to give up.
  virtual bool take_body(std::string_view bytes) noexcept = 0;

 protected:
  ~curl_sink() = default;
};

/// A curl easy handle that serves one request after the other: what is the same for all of them is set once.
class curl_handle {
 public:
  /// Null when there is no memory.
  static std::unique_ptr<curl_handle> make(const curl_options& options, CURLSH* share);
  ~curl_handle();
  curl_handle(const curl_handle&) = delete;
  curl_handle& operator=(const curl_handle&) = delete;

  /// Sets what is special to this request. Errors: invalid, out_of_memory.
  /// Borrows: all of it, until the next one.
  result<void> prepare(const request& what, const curl_options& options, curl_sink& sink);

  [[nodiscard]] CURL* easy() const noexcept { return easy_; }
  [[nodiscard]] curl_sink& sink() const noexcept { return *sink_; }
  /// What curl says about a failure; may be empty.
  [[nodiscard]] std::string_view failure() const noexcept { return failure_.data(); }

 private:
  curl_handle() = default;
  bool set_constants(const curl_options& options, CURLSH* share) noexcept;
  result<void> set_headers(const request& what, const curl_options& options);

  CURL* easy_ = nullptr;
  curl_sink* sink_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> failure_{};
  std::string header_text_;               // Lines, each ended by a null character.
  std::vector<curl_slist> header_lines_;  // Into the text.
};

}  // namespace randomio::http
