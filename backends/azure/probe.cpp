// Finds out which conditions a service honours that is not Azure itself.
#include <array>

#include <randomio/backends/azure/store.hpp>

namespace randomio::azure {
namespace {

template <class T>
bool refused(const result<T>& outcome, errc expected) {
  return !outcome && outcome.error() == expected;
}

}  // namespace

task<result<object::conditions>> store::probe() {
  // Hidden from directories, and nobody else's: the random bytes of an upload's id.
  const auto key = ".randomiofs/probe-" + block_ids::fresh(block_ids::bytes_default).text();
  const auto other_key = key + "-copy";
  const std::array<std::span<const std::byte>, 1> content{std::as_bytes(std::span("probe", 5))};
  const object::properties plain;
  const auto absent = precondition::absent(), always = precondition::none();
  const auto another = precondition::matches({"\"0x0000000000000\""});

  const auto first = co_await put(key, content, plain, absent);
  if (!first) co_return unexpected(first.error());
  object::conditions out;
  out.put = refused(co_await put(key, content, plain, absent), errc::already_exists) &&
            refused(co_await put(key, content, plain, another), errc::precondition_failed);

  if (auto begun = co_await begin_upload(key, plain)) {
    if (const auto part = co_await upload_part(*begun, 1, content)) {
      const std::array parts{*part};
      out.complete = refused(co_await complete(*begun, parts, absent), errc::already_exists) &&
                     refused(co_await complete(*begun, parts, another), errc::precondition_failed);
    }
    static_cast<void>(co_await abort(*begun));
  }
  if (co_await copy({.key = key, .expected = {}}, other_key, nullptr, always)) {
    out.copy = refused(co_await copy({.key = key, .expected = {}}, other_key, nullptr, absent), errc::already_exists);
    const object::source changed{.key = key, .expected = another.expected()};
    out.copy_source = refused(co_await copy(changed, other_key, nullptr, always), errc::precondition_failed);
    static_cast<void>(co_await remove(other_key, always));
  }
  out.remove = refused(co_await remove(key, another), errc::precondition_failed);
  static_cast<void>(co_await remove(key, always));
  co_return out;
}

}  // namespace randomio::azure
