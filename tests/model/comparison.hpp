#pragma once

#include <rapidcheck.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "fs/filesystem.hpp"
#include "tests/model/driver.hpp"
#include "tests/model/model_backends.hpp"
#include "tests/model/reference_tree.hpp"
#include "tests/model/step.hpp"

namespace model {

/// The mount and the model, side by side.
class comparison {
 public:
  comparison(randomiofs::filesystem& fs, model_backends::runner& run) : fs_(fs), run_(run), drive_(fs, run) {}
  ~comparison() { held_.reset(); }

  void apply(const step& s) {
    const auto from = named(s.from);
    const auto to = named(s.to);
    const std::string data(s.len, static_cast<char>(s.fill));
    switch (s.what) {
      case action::make_file:
        return same(make(from, randomio::file_type::regular), tree_.make(from, randomio::file_type::regular, 0640));
      case action::make_directory:
        return same(make(from, randomio::file_type::directory), tree_.make(from, randomio::file_type::directory, 0750));
      case action::make_symlink:
        return same(make(from, randomio::file_type::symlink),
                    tree_.make(from, randomio::file_type::symlink, 0777, "target"));
      case action::link:
        if (can().hard_links) return same(link(from, to), tree_.link(from, to));
        RC_ASSERT(!link(from, to).has_value());
        return;
      case action::remove: return same(in_parent(from, &randomiofs::filesystem::remove), tree_.remove(from));
      case action::remove_directory:
        return same(in_parent(from, &randomiofs::filesystem::remove_directory), tree_.remove_directory(from));
      case action::rename: return rename(from, to, randomio::rename_mode::replace);
      case action::rename_no_replace: return rename(from, to, randomio::rename_mode::no_replace);
      case action::exchange:
        if (!can().rename_exchange) return;
        return rename(from, to, randomio::rename_mode::exchange);
      case action::hold: return hold(from);
      case action::release: return held_.reset();
      case action::chmod: return chmod(from, 0400 + s.fill % 0400);
      case action::set_xattr: return set_xattr(from, data.substr(0, 100));
      case action::remove_xattr: return remove_xattr(from);
      case action::copy: return copy(from, to, s);
      case action::write:
      case action::append:
      case action::truncate:
      case action::punch:
      case action::read: return content(s, from, data);
    }
  }

  /// Everything there is, compared: names, types, contents, link counts, modes, attributes.
  void compare_all() {
    auto root = drive_.find({});
    RC_ASSERT(root.has_value());
    compare(**root, *tree_.root());
    if (held_) compare_content(*held_->file, *held_->reference);
  }

 private:
  [[nodiscard]] const randomio::capabilities& can() const { return fs_.root().store->fs.abilities(); }
  struct holding {
    std::unique_ptr<randomiofs::open_file> file;
    std::shared_ptr<model::file> reference;
    driver::held node;
  };

  void same(const randomio::result<void>& real, const randomio::result<void>& expected) {
    const auto text = [](const randomio::result<void>& r) {
      return r ? std::string("ok") : std::string(name(r.error().code()));
    };
    RC_ASSERT(text(real) == text(expected));
  }

  randomio::result<void> make(const path& p, randomio::file_type type) {
    auto parent = drive_.directory_of(p);
    if (!parent) return randomio::unexpected(parent.error());
    switch (type) {
      case randomio::file_type::directory:
        return drive_.outcome(run_(fs_.make_directory(**parent, p.back(), 0750, {})));
      case randomio::file_type::symlink:
        return drive_.outcome(run_(fs_.make_symlink(**parent, p.back(), "target", {})));
      default: {
        auto made = run_(fs_.create(**parent, p.back(), randomio::open_options().write().exclusive(), 0640, {}));
        if (!made) return randomio::unexpected(made.error());
        made->file.reset();
        fs_.forget(*made->entry.node, 1);
        return {};
      }
    }
  }
  randomio::result<void> link(const path& from, const path& to) {
    auto existing = drive_.find(from);
    if (!existing) return randomio::unexpected(existing.error());
    auto parent = drive_.directory_of(to);
    if (!parent) return randomio::unexpected(parent.error());
    return drive_.outcome(run_(fs_.make_link(**existing, **parent, to.back())));
  }
  template <class Operation>
  randomio::result<void> in_parent(const path& p, Operation operation) {
    auto parent = drive_.directory_of(p);
    if (!parent) return randomio::unexpected(parent.error());
    return run_((fs_.*operation)(**parent, p.back()));
  }
  void rename(const path& from, const path& to, randomio::rename_mode mode) {
    const auto real = [&]() -> randomio::result<void> {
      auto source = drive_.directory_of(from);
      if (!source) return randomio::unexpected(source.error());
      auto target = drive_.directory_of(to);
      if (!target) return randomio::unexpected(target.error());
      return run_(fs_.rename(**source, from.back(), **target, to.back(), mode));
    }();
    same(real, tree_.rename(from, to, mode));
  }

  /// Opens a file and keeps it open over whatever happens to its names.
  void hold(const path& p) {
    auto node = drive_.find(p);
    const auto reference = tree_.find(p);
    RC_ASSERT(node.has_value() == reference.has_value());
    if (!node || (*reference)->type != randomio::file_type::regular) return;
    auto file = run_(fs_.open(**node, randomio::open_options().read().write()));
    RC_ASSERT(file.has_value());
    held_.reset();
    held_.emplace(holding{std::move(*file), *reference, std::move(*node)});
  }

  void chmod(const path& p, std::uint32_t mode) {
    auto node = drive_.find(p);
    const auto reference = tree_.find(p);
    RC_ASSERT(node.has_value() == reference.has_value());
    if (!node || (*reference)->type == randomio::file_type::symlink) return;
    randomio::attribute_change change;
    change.mode = mode | 0200;
    RC_ASSERT(run_(fs_.set_attributes(**node, nullptr, change)).has_value());
    (*reference)->mode = mode | 0200;
  }

  void set_xattr(const path& p, const std::string& value) {
    auto node = drive_.find(p);
    const auto reference = tree_.find(p);
    RC_ASSERT(node.has_value() == reference.has_value());
    if (!node || (*reference)->type == randomio::file_type::symlink) return;
    const std::string key = "user.k" + std::to_string(value.size() % 3);
    RC_ASSERT(run_(fs_.set_xattr(**node, key, value, randomio::xattr_mode::set)).has_value());
    (*reference)->xattrs[key] = value;
  }
  void remove_xattr(const path& p) {
    auto node = drive_.find(p);
    const auto reference = tree_.find(p);
    RC_ASSERT(node.has_value() == reference.has_value());
    if (!node || (*reference)->type == randomio::file_type::symlink) return;
    if (!is_kept(**reference)) return;
    const auto removed = run_(fs_.remove_xattr(**node, "user.k1"));
    RC_ASSERT(removed.has_value() == ((*reference)->xattrs.erase("user.k1") == 1));
  }

  void copy(const path& from, const path& to, const step& s) {
    auto source = drive_.find(from);
    auto target = drive_.find(to);
    const auto source_reference = tree_.find(from);
    const auto target_reference = tree_.find(to);
    if (!source || !target || (*source_reference)->type != randomio::file_type::regular ||
        (*target_reference)->type != randomio::file_type::regular || *source_reference == *target_reference) {
      return;
    }
    auto in = run_(fs_.open(**source, randomio::open_options().read()));
    auto out = run_(fs_.open(**target, randomio::open_options().write()));
    RC_ASSERT((in.has_value() && out.has_value()));
    const auto& bytes = (*source_reference)->content;
    const auto len = s.offset >= bytes.size() ? 0 : std::min<std::uint64_t>(s.len, bytes.size() - s.offset);
    const auto copied = run_(fs_.copy_range(**in, s.offset, **out, s.fill * 100, s.len));
    RC_ASSERT(copied.has_value());
    RC_ASSERT(*copied == len);
    reference_tree::write(**target_reference, s.fill * 100,
                          bytes.substr(std::min<std::size_t>(s.offset, bytes.size()), len));
  }

  void content(const step& s, const path& p, const std::string& data) {
    auto node = drive_.find(p);
    const auto reference = tree_.find(p);
    RC_ASSERT(node.has_value() == reference.has_value());
    if (!node || (*reference)->type != randomio::file_type::regular) {
      if (!held_) return;
      return content_of(s, data, *held_->file, *held_->reference);  // Often a file without a name.
    }
    auto how = randomio::open_options().read().write();
    if (s.what == action::append) how.append();
    auto file = run_(fs_.open(**node, how));
    RC_ASSERT(file.has_value());
    content_of(s, data, **file, **reference);
  }

  void content_of(const step& s, const std::string& data, randomiofs::open_file& file, model::file& reference) {
    switch (s.what) {
      case action::append: {
        if (!file.appends()) return;
        const auto landed = run_(file.write(0, data, randomiofs::write_source::call));
        RC_ASSERT(landed.has_value());
        RC_ASSERT((data.empty() || *landed == reference.content.size()));
        reference.content += data;
        return;
      }
      case action::write:
        RC_ASSERT(run_(file.write(s.offset, data, randomiofs::write_source::call)).has_value());
        return reference_tree::write(reference, s.offset, data);
      case action::truncate: {
        randomio::attribute_change change;
        change.size = s.offset;
        RC_ASSERT(run_(fs_.set_attributes(file.node(), &file, change)).has_value());
        reference.content.resize(s.offset);
        return;
      }
      case action::punch: {
        if (s.len == 0) return;
        const auto punched = run_(file.file().allocate(randomio::allocate_mode::punch, s.offset, s.len));
        RC_ASSERT(punched.has_value());
        return reference_tree::punch(reference, s.offset, s.len);
      }
      default: {
        std::string got(s.len, '?');
        const auto read = run_(file.file().read_at(s.offset, got));
        RC_ASSERT(read.has_value());
        got.resize(*read);
        const auto& all = reference.content;
        RC_ASSERT(got == (s.offset < all.size() ? all.substr(s.offset, s.len) : std::string()));
      }
    }
  }

  void compare_content(randomiofs::open_file& file, const model::file& reference) {
    std::string got(reference.content.size() + 10, '?');
    const auto read = run_(file.file().read_at(0, got));
    RC_ASSERT(read.has_value());
    got.resize(*read);
    RC_ASSERT(got == reference.content);
    const auto attrs = run_(file.file().stat());
    RC_ASSERT(attrs.has_value());
    RC_ASSERT(attrs->nlink == reference_tree::nlink(reference));
  }

  void compare(randomiofs::inode& node, const model::file& reference) {
    const auto attrs = run_(fs_.stat(node));
    RC_ASSERT(attrs.has_value());
    RC_ASSERT(attrs->type == reference.type);
    if (attrs->type == randomio::file_type::symlink) {
      const auto target = run_(fs_.read_link(node));
      RC_ASSERT(target.has_value());
      RC_ASSERT(*target == reference.content);
      return;
    }
    if (&node != &fs_.root() && is_kept(reference)) RC_ASSERT(attrs->mode == reference.mode);
    if (can().hard_links || attrs->type != randomio::file_type::directory) {
      RC_ASSERT(attrs->nlink == reference_tree::nlink(reference));
    }
    if (is_kept(reference)) compare_xattrs(node, reference);
    if (attrs->type == randomio::file_type::regular) {
      RC_ASSERT(attrs->size == reference.content.size());
      auto file = run_(fs_.open(node, randomio::open_options().read()));
      RC_ASSERT(file.has_value());
      return compare_content(**file, reference);
    }
    // Stores may list a name without its type.
    std::map<std::string, std::optional<randomio::file_type>> listed;
    auto directory = run_(fs_.open_dir(node));
    RC_ASSERT(directory.has_value());
    for (std::uint64_t index = 0;; ++index) {
      const auto item = run_((*directory)->at(index));
      RC_ASSERT(item.has_value());
      if (!*item) break;
      if ((*item)->special) continue;
      const auto type = (*item)->type_known ? std::optional((*item)->type) : std::nullopt;
      RC_ASSERT(listed.emplace((*item)->name, type).second);
    }
    RC_ASSERT(listed.size() == reference.children.size());
    for (const auto& [child, expected] : reference.children) {
      RC_ASSERT(listed.contains(child));
      RC_ASSERT((!listed[child] || listed[child] == expected->type));
      auto found = run_(fs_.lookup(node, child));
      RC_ASSERT(found.has_value());
      const driver::held keep(drive_, *found->node);
      compare(*keep, *expected);
    }
  }

  static bool is_kept(const model::file& what) {
    return model_backends::keeps_directory_attributes() || what.type != randomio::file_type::directory;
  }
  void compare_xattrs(randomiofs::inode& node, const model::file& reference) {
    const auto names = run_(fs_.list_xattr(node));
    RC_ASSERT(names.has_value());
    std::size_t users = 0;
    for (const auto& key : *names) users += key.starts_with("user.");
    RC_ASSERT(users == reference.xattrs.size());
    for (const auto& [key, value] : reference.xattrs) {
      std::string got(200, '?');
      const auto size = run_(fs_.get_xattr(node, key, got));
      RC_ASSERT(size.has_value());
      RC_ASSERT(got.substr(0, *size) == value);
    }
  }

  randomiofs::filesystem& fs_;
  model_backends::runner& run_;
  driver drive_;
  reference_tree tree_;
  std::optional<holding> held_;
};

}  // namespace model
