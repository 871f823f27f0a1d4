#include <randomio/backends/http/curl_handle.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <numeric>

namespace randomio::http {
namespace {

// Pieces in which curl reads and writes large bodies; its own default (16 and 64 KiB) serves small ones. curl reads up
// to 100 pieces at a go while more comes in, and the loop waits for that: larger pieces to read cost no less time in
// all, but hold it up for longer.
constexpr long large_read_bytes = 64L << 10;
constexpr long large_write_bytes = 512L << 10;
constexpr std::size_t large_body_bytes = 64UL << 10;

std::uint64_t body_size(const request& what) noexcept {
  return std::accumulate(what.body.begin(), what.body.end(), std::uint64_t{0},
                         [](std::uint64_t sum, std::span<const std::byte> piece) { return sum + piece.size(); });
}

curl_sink& sink_of(void* handle) noexcept {
  return static_cast<curl_handle*>(handle)->sink();
}

extern "C" {

std::size_t randomio_curl_header(char* data, std::size_t, std::size_t count, void* handle) {
  std::string_view line(data, count);
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  return sink_of(handle).take_line(line) ? count : 0;
}
std::size_t randomio_curl_write(char* data, std::size_t, std::size_t count, void* handle) {
  return sink_of(handle).take_body(std::string_view(data, count)) ? count : 0;
}
std::size_t randomio_curl_read(char* out, std::size_t size, std::size_t count, void* handle) {
  return sink_of(handle).read_body(std::span(out, size * count));
}
int randomio_curl_seek(void* handle, curl_off_t offset, int origin) {
  if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_FAIL;
  return sink_of(handle).rewind_body(static_cast<std::uint64_t>(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}
int randomio_curl_about_to_send(void* handle, char*, char*, int, int) {
  return sink_of(handle).about_to_send() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

}  // extern "C"

/// Sets options until one is refused.
class setter {
 public:
  explicit setter(CURL* easy) noexcept : easy_(easy) {}
  template <class T>
  setter& operator()(CURLoption option, T value) noexcept {
    if (code_ == CURLE_OK) code_ = curl_easy_setopt(easy_, option, value);
    return *this;
  }
  [[nodiscard]] CURLcode code() const noexcept { return code_; }

 private:
  CURL* easy_;
  CURLcode code_ = CURLE_OK;
};

bool can_be_sent(std::string_view text) noexcept {
  return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

/// curl itself takes the proxy of plain http from http_proxy in lower case only: in a CGI program the other one is what
/// a client of the web server says it is. Other programs take both. Source: CVE-2016-5385; Python's urllib.request.
const char* upper_case_proxy(std::string_view url) noexcept {
  constexpr std::string_view plain = "http:";
  if (!same_name(url.substr(0, plain.size()), plain)) return nullptr;
  if (std::getenv("http_proxy") != nullptr || std::getenv("REQUEST_METHOD") != nullptr) return nullptr;
  return std::getenv("HTTP_PROXY");
}

const char* verb_name(method verb) noexcept {
  switch (verb) {
    case method::get: return "GET";
    case method::head: return "HEAD";
    case method::put: return "PUT";
    case method::post: return "POST";
    case method::del: return "DELETE";
  }
  return "GET";
}

}  // namespace

std::unique_ptr<curl_handle> curl_handle::make(const curl_options& options, CURLSH* share) {
  std::unique_ptr<curl_handle> made(new curl_handle);
  made->easy_ = curl_easy_init();
  if (made->easy_ == nullptr || !made->set_constants(options, share)) return nullptr;
  return made;
}

curl_handle::~curl_handle() {
  curl_easy_cleanup(easy_);
}

bool curl_handle::set_constants(const curl_options& options, CURLSH* share) noexcept {
  setter set(easy_);
  set(CURLOPT_PRIVATE, static_cast<void*>(this))(CURLOPT_ERRORBUFFER, failure_.data());
  set(CURLOPT_HEADERFUNCTION, &randomio_curl_header)(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, &randomio_curl_write)(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_READFUNCTION, &randomio_curl_read)(CURLOPT_READDATA, static_cast<void*>(this));
  set(CURLOPT_SEEKFUNCTION, &randomio_curl_seek)(CURLOPT_SEEKDATA, static_cast<void*>(this));
  set(CURLOPT_PREREQFUNCTION, &randomio_curl_about_to_send)(CURLOPT_PREREQDATA, static_cast<void*>(this));
  set(CURLOPT_SHARE, share);

  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  // Names of objects may hold `..`, which is theirs to keep.
  set(CURLOPT_PATH_AS_IS, 1L)(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_NOSIGNAL, 1L)(CURLOPT_TCP_KEEPALIVE, 1L)(CURLOPT_USERAGENT, options.user_agent.c_str());
  set(CURLOPT_PROTOCOLS_STR, options.allow_http ? "https,http" : "https");
#if CURL_AT_LEAST_VERSION(7, 87, 0)
  // A transfer that ends while its host's name is looked up would wait for that, and the loop with it.
  set(CURLOPT_QUICK_EXIT, 1L);
#endif

  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, options.verify_tls ? 1L : 0L)(CURLOPT_SSL_VERIFYHOST, options.verify_tls ? 2L : 0L);
  if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
  if (!options.ca_dir.empty()) {
    set(CURLOPT_CAPATH, options.ca_dir.c_str());
    if (options.ca_file.empty()) set(CURLOPT_CAINFO, static_cast<char*>(nullptr));
  } else if (!options.ca_file.empty() || curl_version_info(CURLVERSION_NOW)->cainfo != nullptr) {
    // curl keeps parsed certificates from connection to connection, but only when they come from a file alone.
    set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  }

  if (options.proxy) set(CURLOPT_PROXY, options.proxy->c_str());
  if (options.no_proxy) set(CURLOPT_NOPROXY, options.no_proxy->c_str());

  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.total_timeout.count()));
  if (options.idle_timeout.count() > 0) set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  return set.code() == CURLE_OK;
}

result<void> curl_handle::prepare(const request& what, const curl_options& options, curl_sink& sink) {
  sink_ = &sink;
  failure_.front() = '\0';
  const std::uint64_t size = body_size(what);
  const bool has_body = what.verb == method::put || what.verb == method::post || size != 0;

  setter set(easy_);
  set(CURLOPT_URL, what.url.c_str());
  if (!options.proxy) set(CURLOPT_PROXY, upper_case_proxy(what.url));  // Null: as the environment says.
  if (options.idle_timeout.count() > 0) {
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>((options.idle_timeout + what.work_time).count()));
  }
  // In this order: setting one method takes back what the one before implied.
  set(CURLOPT_NOBODY, 0L)(CURLOPT_HTTPGET, 1L)(CURLOPT_CUSTOMREQUEST, static_cast<char*>(nullptr));
  if (what.verb == method::head) set(CURLOPT_NOBODY, 1L);
  if (has_body) {
    set(CURLOPT_UPLOAD, 1L)(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(size));
    set(CURLOPT_UPLOAD_BUFFERSIZE, size > large_body_bytes ? large_write_bytes : 64L << 10);
  }
  if (what.verb == method::post || what.verb == method::del || (has_body && what.verb != method::put)) {
    set(CURLOPT_CUSTOMREQUEST, verb_name(what.verb));
  }
  set(CURLOPT_BUFFERSIZE, what.into.size() > large_body_bytes ? large_read_bytes : 16L << 10);
  if (set.code() != CURLE_OK) {
    return unexpected(error(set.code() == CURLE_OUT_OF_MEMORY ? errc::out_of_memory : errc::invalid)
                          .with_message(curl_easy_strerror(set.code())));
  }
  return set_headers(what, options);
}

result<void> curl_handle::set_headers(const request& what, const curl_options& options) {
  header_text_.clear();
  header_lines_.clear();
  std::size_t count = 1;
  for (const auto& [name, value] : what.headers) {
    if (name.empty() || name.find_first_of(": \t") != std::string::npos || !can_be_sent(name) || !can_be_sent(value)) {
      return unexpected(error(errc::invalid).with_message("header field '" + name + "' cannot be sent"));
    }
    if (same_name(name, "content-length") || same_name(name, "expect")) continue;  // They follow from the body.
    // A field without a value is written with a semicolon. Source: CURLOPT_HTTPHEADER(3).
    header_text_.append(name).append(value.empty() ? ";" : ": ").append(value).push_back('\0');
    ++count;
  }
  // With a colon and nothing else: curl's own idea of when to expect is turned off.
  header_text_.append(body_size(what) > options.expect_continue_above ? "Expect: 100-continue" : "Expect:");
  header_text_.push_back('\0');

  header_lines_.reserve(count);
  for (std::size_t at = 0; at < header_text_.size(); at = header_text_.find('\0', at) + 1) {
    header_lines_.push_back({.data = header_text_.data() + at, .next = nullptr});
  }
  for (std::size_t i = 1; i < header_lines_.size(); ++i) header_lines_[i - 1].next = &header_lines_[i];
  if (curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, header_lines_.data()) != CURLE_OK) return fail(errc::out_of_memory);
  return {};
}

}  // namespace randomio::http
