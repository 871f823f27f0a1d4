// A third party's backend, registered under its own scheme and used through dyn_fs like any other.
#include <cstdio>
#include <memory>
#include <string>

#include <randomio/io.hpp>
#include <randomio/memory.hpp>
#include <randomio/registry.hpp>
#include <randomio/runtime.hpp>

using namespace randomio;

namespace {

/// Greets: a filesystem in memory that holds one file from the start.
task<result<void>> fill(dyn_fs& fs, std::string text) {
  auto root = fs.root();
  const auto how = open_options().write().create();
  auto file = co_await fs.open(*root, "greeting", how);
  if (!file) co_return unexpected(file.error());
  co_return co_await file->write_at(0, std::as_bytes(std::span(text)));
}

result<dyn_fs> make_greeting(settings from, const environment&) {
  auto text = from.take_required("text");
  if (!text) return unexpected(text.error());
  if (auto left = from.finish("text"); !left) return unexpected(left.error());
  dyn_fs fs(std::make_shared<memory::filesystem>());
  if (auto filled = sync_wait(fill(fs, *text)); !filled) return unexpected(filled.error());
  return fs;
}

backend_type greeting_type() {
  return {.type = "greeting",
          .scheme = "greet",
          .parse_uri = [](std::string_view text) -> result<settings> {
            auto parsed = uri::parse(text);
            if (!parsed) return unexpected(parsed.error());
            return settings{.type = "greeting", .values = {{"text", parsed->path}}};
          },
          .make = make_greeting};
}

task<result<std::string>> greeting_of(dyn_fs& fs) {
  auto root = fs.root();
  const auto how = open_options().read();
  auto file = co_await fs.open(*root, "greeting", how);
  if (!file) co_return unexpected(file.error());
  std::string text(64, '\0');
  auto count = co_await file->read_at(0, std::as_writable_bytes(std::span(text)));
  if (!count) co_return unexpected(count.error());
  text.resize(*count);
  co_return text;
}

}  // namespace

int main() {
  auto known = registry::with_built_in();
  if (!known.add(greeting_type())) return 1;
  if (known.add(greeting_type()) != unexpected(error(errc::already_exists))) return 2;
  blocking_pool pool(1);
  const environment in{pool};
  auto parsed = known.parse("greet:hello%20there");
  if (!parsed) return 3;
  auto fs = known.make(*parsed, in);
  if (!fs) return 4;
  const auto text = sync_wait(greeting_of(*fs));
  if (!text) return 5;
  std::puts(text->c_str());
  return known.make({.type = "memory", .values = {}}, in) ? 0 : 6;
}
