#include <randomio/backends/http/curl_transfer.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <exception>
#include <utility>

#include <randomio/backends/http/curl_driver.hpp>

namespace randomio::http {
namespace {

// HTTP/1.1 200 OK. Source: RFC 9112 §4.
int status_of(std::string_view line) noexcept {
  const auto space = line.find(' ');
  int status = 0;
  if (space != std::string_view::npos) {
    std::from_chars(line.data() + space + 1, line.data() + line.size(), status);
  }
  return status;
}

std::string_view trimmed(std::string_view text) noexcept {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

constexpr bool is_success(int status) noexcept {
  return status >= 200 && status <= 299;
}

}  // namespace

bool curl_transfer::await_ready() noexcept {
  if (!what_.stop.stop_requested()) return false;
  failure_.emplace(errc::cancelled);
  return true;
}

void curl_transfer::await_suspend(std::coroutine_handle<> h) noexcept {
  waiting_ = h;
  arm(driver_.home());
  driver_.submit(*this);
}

result<reply> curl_transfer::await_resume() noexcept {
  if (failure_) return unexpected(std::move(*failure_));
  return std::move(reply_);
}

void curl_transfer::finish(CURLcode code) noexcept {
  if (code != CURLE_OK && !failure_) {
    failure_.emplace(curl_error(code, handle_->failure(), how_far()));
  }
  over();
}

void curl_transfer::fail_with(error why) noexcept {
  if (!failure_) failure_.emplace(std::move(why));
  over();
}

// The frame resumes from the loop's queue and not from here, where curl or the driver are in the middle of something.
void curl_transfer::over() noexcept {
  over_ = true;
  if (!disarm()) home().post(*this);
}

void curl_transfer::woken(loop_work& self) noexcept {
  auto& transfer = static_cast<curl_transfer&>(self);
  if (!transfer.over_) {
    static_cast<void>(transfer.disarm());
    transfer.over_ = true;
    transfer.failure_.emplace(when_sent(error(errc::cancelled), transfer.how_far()));
    transfer.driver_.abandon(transfer);
  }
  transfer.waiting_.resume();
}

// curl sends a request again by itself when a kept connection turns out to be dead. What may have been carried out
// must not be; 417 is a refusal, after which curl sends the body unasked.
bool curl_transfer::about_to_send() noexcept {
  if (sent_ && what_.again == repeatable::if_refused && reply_.status != 417) {
    failure_.emplace(
        when_sent(error(errc::unreachable).with_message("the connection closed without a reply"), how_far()));
    return false;
  }
  sent_ = true;
  return true;
}

std::size_t curl_transfer::read_body(std::span<char> out) noexcept {
  std::size_t done = 0;
  while (done < out.size() && piece_ < what_.body.size()) {
    const auto left = what_.body[piece_].subspan(in_piece_);
    const auto count = std::min(left.size(), out.size() - done);
    if (count != 0) std::memcpy(out.data() + done, left.data(), count);
    done += count;
    in_piece_ += count;
    if (count == left.size()) {
      ++piece_;
      in_piece_ = 0;
    }
  }
  return done;
}

bool curl_transfer::rewind_body(std::uint64_t offset) noexcept {
  for (piece_ = 0; piece_ < what_.body.size() && offset >= what_.body[piece_].size(); ++piece_) {
    offset -= what_.body[piece_].size();
  }
  in_piece_ = static_cast<std::size_t>(offset);
  return piece_ < what_.body.size() || offset == 0;
}

bool curl_transfer::take_line(std::string_view line) noexcept {
  try {
    if (line.starts_with("HTTP/")) {  // Also after an interim reply, whose fields nobody asked for.
      reply_.status = status_of(line);
      reply_.headers = fields();
    } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
      reply_.headers.add(line.substr(0, colon), trimmed(line.substr(colon + 1)));
    }
    return true;
  } catch (const std::exception&) {
    failure_.emplace(errc::out_of_memory);
    return false;
  }
}

bool curl_transfer::take_body(std::string_view bytes) noexcept {
  if (!what_.into.empty() && is_success(reply_.status)) {
    if (bytes.size() <= what_.into.size() - reply_.received) {
      std::memcpy(what_.into.data() + reply_.received, bytes.data(), bytes.size());
      reply_.received += bytes.size();
      return true;
    }
  } else {
    try {
      if (collect(bytes)) return true;
    } catch (const std::exception&) {
      failure_.emplace(errc::out_of_memory);
      return false;
    }
  }
  failure_.emplace(
      error(errc::too_large, operation::none, reply_.status).with_message("the reply is larger than expected"));
  return false;
}

bool curl_transfer::collect(std::string_view bytes) {
  if (bytes.size() > what_.collected_bytes_max - reply_.body.size()) return false;
  if (reply_.body.empty()) {
    curl_off_t announced = -1;
    curl_easy_getinfo(handle_->easy(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
    if (announced > 0) {
      reply_.body.reserve(std::min(static_cast<std::size_t>(announced), what_.collected_bytes_max));
    }
  }
  reply_.body.append(bytes);
  return true;
}

}  // namespace randomio::http
