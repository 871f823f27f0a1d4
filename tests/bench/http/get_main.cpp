// bench.http_get ORIGIN: CPU time of this process for GETs from tests/support/http/server.py, by curl_client on each
// loop and by a plain curl_multi_poll loop with the same options, buffers and easy handles used again.

#include <curl/curl.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <randomio/http.hpp>
#include <randomio/runtime.hpp>

using namespace randomio;

namespace {

constexpr unsigned at_once = 8;

struct load {
  const char* name;
  std::string url;
  std::size_t size;
  unsigned count;
};

// User and system time. Units: seconds.
double cpu_time() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](timeval t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "bench.http_get: %s\n", what);
  std::exit(1);
}

struct room {
  std::vector<std::byte> bytes;
  std::size_t received = 0;
};

std::size_t take(char* data, std::size_t, std::size_t count, void* to) {
  auto& into = *static_cast<room*>(to);
  if (count > into.bytes.size() - into.received) return 0;
  std::memcpy(into.bytes.data() + into.received, data, count);
  into.received += count;
  return count;
}

class bare_curl {
 public:
  explicit bare_curl(const load& what) {
    for (auto& [easy, into] : handles_) {
      into.bytes.resize(what.size);
      easy = curl_easy_init();
      curl_easy_setopt(easy, CURLOPT_URL, what.url.c_str());
      curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take);
      curl_easy_setopt(easy, CURLOPT_WRITEDATA, &into);
      curl_easy_setopt(easy, CURLOPT_PRIVATE, &into);
      curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, what.size > 65'536 ? 512L << 10 : 16L << 10);
      curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
      curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    }
  }
  ~bare_curl() {
    for (auto& [easy, into] : handles_) curl_easy_cleanup(easy);
    curl_multi_cleanup(multi_);
  }

  void run(const load& what) {
    unsigned begun = 0;
    unsigned done = 0;
    for (auto& [easy, into] : handles_) {
      into.received = 0;
      curl_multi_add_handle(multi_, easy);
      ++begun;
    }
    while (done < what.count) {
      int running = 0;
      curl_multi_perform(multi_, &running);
      int left = 0;
      while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        CURL* easy = message->easy_handle;
        room* into = nullptr;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &into);
        require(message->data.result == CURLE_OK && into->received == what.size, "a bare request failed");
        curl_multi_remove_handle(multi_, easy);
        ++done;
        if (begun < what.count) {
          into->received = 0;
          curl_multi_add_handle(multi_, easy);
          ++begun;
        }
      }
      if (done < what.count) curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
    }
  }

 private:
  CURLM* multi_ = curl_multi_init();
  std::array<std::pair<CURL*, room>, at_once> handles_;
};

class ours {
 public:
  ours(loop::kind kind, const load& what) : loop_(std::move(make_loop(kind).value())), client_(options()) {
    for (auto& room : rooms_) room.resize(what.size);
  }

  void run(const load& what) { sync_wait(*loop_, all(*this, what)); }

 private:
  static http::curl_options options() {
    http::curl_options made;
    made.allow_http = true;
    return made;
  }
  static task<void> all(ours& self, const load& what) {
    task_scope scope;
    for (unsigned i = 0; i < at_once; ++i) scope.spawn(some(self, what, what.count / at_once, self.rooms_[i]));
    co_await scope.join();
  }
  static task<void> some(ours& self, const load& what, unsigned count, std::vector<std::byte>& into) {
    http::request request;
    request.url = what.url;
    request.into = into;
    for (unsigned i = 0; i < count; ++i) {
      const auto got = co_await self.client_.send(request);
      require(got && got->received == what.size, "a request failed");
    }
  }

  std::unique_ptr<loop> loop_;
  http::curl_client client_;
  std::array<std::vector<std::byte>, at_once> rooms_;
};

double median(std::vector<double> of) {
  std::ranges::sort(of);
  return of[of.size() / 2];
}

template <class Runs>
void measure(Runs& runs, const load& what, std::vector<double>& out) {
  const double before = cpu_time();
  runs.run(what);
  out.push_back((cpu_time() - before) / what.count * 1e6);
}

}  // namespace

int main(int count, char** words) {
  require(count == 2, "expected the origin of the server");
  const std::string origin = words[1];
  const std::array loads{load{"4 KiB", origin + "/bytes/4096", 4096, 1600},
                         load{"8 MiB", origin + "/bytes/8388608", 8 << 20, 40}};
  std::puts("| GET | bare, CPU us | uring | ratio | epoll | ratio |\n|---|---|---|---|---|---|");
  for (const auto& what : loads) {
    bare_curl bare(what);
    ours uring(loop::kind::uring, what);
    ours epoll(loop::kind::epoll, what);
    std::array<std::vector<double>, 3> times;
    for (int round = 0; round < 8; ++round) {
      if (round == 1) times = {};  // The first one connects.
      measure(bare, what, times[0]);
      measure(uring, what, times[1]);
      measure(epoll, what, times[2]);
    }
    const double base = median(times[0]);
    std::printf("| %s | %.0f | %.0f | %.2f | %.0f | %.2f |\n", what.name, base, median(times[1]),
                median(times[1]) / base, median(times[2]), median(times[2]) / base);
  }
}
