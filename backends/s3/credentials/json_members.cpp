#include <randomio/backends/s3/credentials/json_members.hpp>

#include <cstdint>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <randomio/backends/s3/credentials/refusal.hpp>
#include <randomio/backends/s3/credentials/secret.hpp>

namespace randomio::s3 {

namespace {
constexpr std::size_t depth_max = 8;
constexpr std::size_t members_max = 256;
constexpr std::size_t text_bytes_max = std::size_t{256} << 10;
}  // namespace

// Takes the events of nlohmann's parser; no tree is made that would keep copies. Lists are passed over.
class json_reader final : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(std::int64_t value) override { return add(std::to_string(value)); }
  bool number_unsigned(std::uint64_t value) override { return add(std::to_string(value)); }
  bool number_float(double value, const std::string&) override {
    return add(std::to_string(static_cast<std::int64_t>(value > -1e18 && value < 1e18 ? value : 0)));
  }
  bool string(std::string& value) override {
    const bool taken = add(value);
    wipe(value);
    return taken;
  }
  bool binary(binary_t&) override { return false; }
  bool key(std::string& name) override {
    name_ = name;
    return true;
  }
  bool start_object(std::size_t) override {
    if (prefixes_.empty()) {
      prefixes_.emplace_back();
      return true;
    }
    prefixes_.push_back(prefixes_.back() + name_ + ".");
    return prefixes_.size() <= depth_max;
  }
  bool end_object() override {
    prefixes_.pop_back();
    return true;
  }
  bool start_array(std::size_t) override { return !prefixes_.empty() && ++lists_ <= depth_max; }
  bool end_array() override {
    --lists_;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override { return false; }

  json_members found;

 private:
  bool add(std::string value) {
    if (prefixes_.empty()) return false;
    if (lists_ == 0) found.all_.insert_or_assign(prefixes_.back() + name_, std::move(value));
    return found.all_.size() <= members_max;
  }

  std::vector<std::string> prefixes_;
  std::string name_;
  std::size_t lists_ = 0;
};

json_members::~json_members() {
  for (auto& [name, value] : all_) wipe(value);
}

result<json_members> json_members::parse(std::string_view text) {
  json_reader reader;
  if (text.size() > text_bytes_max || !nlohmann::json::sax_parse(text.begin(), text.end(), &reader)) {
    return refuse(errc::corrupt, "no JSON object as expected");
  }
  return std::move(reader.found);
}

std::string_view json_members::get(std::string_view name) const noexcept {
  const auto at = all_.find(name);
  return at == all_.end() ? std::string_view{} : std::string_view(at->second);
}

std::string json_members::take(std::string_view name) {
  const auto at = all_.find(name);
  return at == all_.end() ? std::string{} : std::exchange(at->second, {});
}

}  // namespace randomio::s3
