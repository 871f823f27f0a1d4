#include <randomio/backends/http/curl_driver.hpp>

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>

#include <randomio/backends/http/curl_transfer.hpp>
#include <randomio/core/runtime/invariant.hpp>

namespace randomio::http {
namespace {

constexpr unsigned events_max = 64;
// What else the loop serves must not wait longer while fast bodies travel.
constexpr std::chrono::microseconds drain_time_max{300};

}  // namespace

curl_driver::curl_driver(loop& home, const curl_options& options, int epoll) noexcept
    : fd_watch(epoll, [](fd_watch& self) noexcept { static_cast<curl_driver&>(self).drain(); }),
      timer([](timer& self) noexcept { static_cast<curl_driver&>(self).expired(); }),
      home_(home),
      options_(options),
      epoll_(epoll) {}

result<std::unique_ptr<curl_driver>> curl_driver::make(loop& home, const curl_options& options) {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return unexpected(error(errc::too_many_open).with_message("no descriptor for an epoll set"));
  std::unique_ptr<curl_driver> made(new curl_driver(home, options, epoll));
  if (!made->open()) return fail(errc::out_of_memory);
  return made;
}

bool curl_driver::open() noexcept {
  multi_ = curl_multi_init();
  share_ = curl_share_init();
  if (multi_ == nullptr || share_ == nullptr) return false;
  curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &curl_driver::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &curl_driver::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
  // Connections kept for later, whatever the number of handles.
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(options_.connections_max));
  return true;
}

curl_driver::~curl_driver() {
  detail::require(in_flight_ == 0 && queue_first_ == nullptr, "an HTTP client ends before its requests have");
  idle_handles_.clear();
  if (multi_ != nullptr) {
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, nullptr);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, nullptr);
    curl_multi_cleanup(multi_);
  }
  if (share_ != nullptr) curl_share_cleanup(share_);
  ::close(epoll_);
}

void curl_driver::submit(curl_transfer& transfer) noexcept {
  if (has_room(transfer.host_)) {
    begin(transfer);
    return;
  }
  transfer.next_ = nullptr;
  (queue_last_ != nullptr ? queue_last_->next_ : queue_first_) = &transfer;
  queue_last_ = &transfer;
}

bool curl_driver::has_room(std::string_view host) const noexcept {
  if (in_flight_ >= std::max(options_.connections_max, 1U)) return false;
  const auto at = std::ranges::find(hosts_, host, [](const auto& one) -> std::string_view { return one.first; });
  return at == hosts_.end() || at->second < std::max(options_.connections_per_host_max, 1U);
}

void curl_driver::count(std::string_view host) {
  const auto at = std::ranges::find(hosts_, host, [](const auto& one) -> std::string_view { return one.first; });
  if (at != hosts_.end()) {
    ++at->second;
  } else {
    hosts_.emplace_back(host, 1U);
  }
}

void curl_driver::begin(curl_transfer& transfer) noexcept {
  if (auto begun = try_begin(transfer); !begun) transfer.fail_with(std::move(begun).error());
}

result<void> curl_driver::try_begin(curl_transfer& transfer) try {
  auto handle = idle_handles_.empty() ? curl_handle::make(options_, share_) : std::move(idle_handles_.back());
  if (!idle_handles_.empty()) idle_handles_.pop_back();
  if (handle == nullptr) return fail(errc::out_of_memory);
  if (auto prepared = handle->prepare(transfer.what_, options_, transfer); !prepared) return prepared;

  idle_handles_.reserve(in_flight_ + 1);  // So that giving handles back needs no memory.
  if (in_flight_ == 0) {
    if (auto watched = home_.watch(*this); !watched) return watched;
  }
  count(transfer.host_);
  ++in_flight_;
  transfer.handle_ = std::move(handle);
  if (curl_multi_add_handle(multi_, transfer.handle_->easy()) != CURLM_OK) {
    leave(transfer);
    return fail(errc::out_of_memory);
  }
  return {};
} catch (const std::exception&) {
  if (in_flight_ == 0) home_.unwatch(*this);
  return fail(errc::out_of_memory);
}

// Those whose host is busy are passed by.
void curl_driver::begin_queued() noexcept {
  curl_transfer* before = nullptr;
  for (auto* at = queue_first_; at != nullptr && in_flight_ < std::max(options_.connections_max, 1U);) {
    auto* const after = at->next_;
    if (has_room(at->host_)) {
      (before != nullptr ? before->next_ : queue_first_) = after;
      if (queue_last_ == at) queue_last_ = before;
      begin(*at);
    } else {
      before = at;
    }
    at = after;
  }
}

void curl_driver::leave(curl_transfer& transfer) noexcept {
  curl_multi_remove_handle(multi_, transfer.handle_->easy());
  // curl 7.88 refuses a handle whose host could not be resolved before: "bad argument".
  if (transfer.failure_) {
    transfer.handle_.reset();
  } else {
    idle_handles_.push_back(std::move(transfer.handle_));
  }
  const auto at =
      std::ranges::find(hosts_, transfer.host_, [](const auto& one) -> std::string_view { return one.first; });
  if (--at->second == 0) {
    std::swap(*at, hosts_.back());
    hosts_.pop_back();
  }
  if (--in_flight_ != 0) return;
  home_.unwatch(*this);
  home_.timers().remove(*this);
  curl_deadline_.reset();
  undrained_ = false;
}

void curl_driver::abandon(curl_transfer& transfer) noexcept {
  if (transfer.handle_ != nullptr) {
    leave(transfer);
    begin_queued();
    return;
  }
  curl_transfer* before = nullptr;
  for (auto* at = queue_first_; at != &transfer; at = at->next_) before = at;
  (before != nullptr ? before->next_ : queue_first_) = transfer.next_;
  if (queue_last_ == &transfer) queue_last_ = before;
}

int curl_driver::on_socket(CURL*, curl_socket_t fd, int wanted, void* self, void* known) {
  auto& driver = *static_cast<curl_driver*>(self);
  if (wanted == CURL_POLL_REMOVE) {
    epoll_event ignored{};
    ::epoll_ctl(driver.epoll_, EPOLL_CTL_DEL, fd, &ignored);
    return 0;
  }
  epoll_event event{.events = 0, .data = {.fd = fd}};
  if ((wanted & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
  if ((wanted & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
  // curl closes some sockets without saying so, and says nothing new about one whose number came back.
  const int first = known != nullptr ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  const int second = known != nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  if (::epoll_ctl(driver.epoll_, first, fd, &event) != 0 && ::epoll_ctl(driver.epoll_, second, fd, &event) != 0) {
    return -1;
  }
  if (known == nullptr) curl_multi_assign(driver.multi_, fd, self);
  return 0;
}

int curl_driver::on_timer(CURLM*, long timeout_ms, void* self) {
  auto& driver = *static_cast<curl_driver*>(self);
  if (timeout_ms < 0) {
    driver.curl_deadline_.reset();
  } else {
    driver.curl_deadline_ = timer::clock::now() + std::chrono::milliseconds(timeout_ms);
  }
  driver.arm_timer();
  return 0;
}

void curl_driver::arm_timer() noexcept {
  home_.timers().remove(*this);
  if (undrained_) {
    home_.timers().add(*this, timer::clock::now());  // In the next turn: this one's timers are due by an earlier time.
  } else if (curl_deadline_) {
    home_.timers().add(*this, *curl_deadline_);
  }
}

// The set must be found empty once, or its next event is no edge and the loop does not hear of it.
void curl_driver::drain() noexcept {
  undrained_ = false;
  const auto until = timer::clock::now() + drain_time_max;
  do {
    std::array<epoll_event, events_max> events;
    const int ready = ::epoll_wait(epoll_, events.data(), events_max, 0);
    if (ready <= 0) return;
    for (const auto& event : std::span(events).first(static_cast<std::size_t>(ready))) {
      int what = 0;
      if ((event.events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) what |= CURL_CSELECT_IN;
      if ((event.events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0) what |= CURL_CSELECT_OUT;
      int running = 0;
      curl_multi_socket_action(multi_, event.data.fd, what, &running);
    }
    take_finished();
    if (in_flight_ == 0) return;
  } while (timer::clock::now() < until);
  undrained_ = true;
  arm_timer();
}

void curl_driver::expired() noexcept {
  if (undrained_) drain();
  if (in_flight_ != 0 && curl_deadline_ && *curl_deadline_ <= timer::clock::now()) {
    curl_deadline_.reset();
    int running = 0;
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    take_finished();
  }
  if (in_flight_ != 0) arm_timer();
}

void curl_driver::take_finished() noexcept {
  int left = 0;
  bool any = false;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;  // Gone with the handle.
    void* handle = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &handle);
    auto& transfer = static_cast<curl_transfer&>(static_cast<curl_handle*>(handle)->sink());
    transfer.finish(code);
    leave(transfer);
    any = true;
  }
  if (any) begin_queued();
}

}  // namespace randomio::http
