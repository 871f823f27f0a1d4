#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <randomio/core/io/dyn_file.hpp>
#include <randomio/core/io/dyn_op.hpp>
#include <randomio/core/io/filesystem.hpp>

namespace randomio {

/// A node of some filesystem. Never complete: only the filesystem that made it knows what it is.
class dyn_node;

/// Any `listing`, owned.
class dyn_listing {
 public:
  using page = std::vector<directory_entry>;

  template <listing L>
    requires(!std::same_as<L, dyn_listing>)
  explicit dyn_listing(L l) : listing_(std::make_unique<model<L>>(std::move(l))) {}

  [[nodiscard]] dyn_op<result<page>> read(std::uint64_t position, std::size_t limit, stop_token stop = {}) {
    return listing_->read(position, limit, stop);
  }

 private:
  struct interface {
    virtual ~interface() = default;
    virtual dyn_op<result<page>> read(std::uint64_t, std::size_t, stop_token) = 0;
  };
  template <class L>
  struct model final : interface {
    explicit model(L l) : listing(std::move(l)) {}
    dyn_op<result<page>> read(std::uint64_t position, std::size_t limit, stop_token stop) override {
      return detail::erase<result<page>>([&]() -> decltype(auto) {
        if constexpr (cancellable_listing<L>) {
          return listing.read(position, limit, stop);
        } else {
          return listing.read(position, limit);
        }
      });
    }
    L listing;
  };

  std::unique_ptr<interface> listing_;
};

/// Any `filesystem`, shared: copies refer to the same one. Models `filesystem` itself.
///
/// Threads: as the filesystem within.
class dyn_fs {
 public:
  using node_type = dyn_node;
  using file_type = dyn_file;
  using listing_type = dyn_listing;
  using found = entry<dyn_node>;

  template <filesystem F>
    requires(!std::same_as<F, dyn_fs>)
  explicit dyn_fs(std::shared_ptr<F> fs) : fs_(std::make_shared<model<F>>(std::move(fs))) {}

  [[nodiscard]] std::shared_ptr<dyn_node> root() { return fs_->root(); }
  [[nodiscard]] const capabilities& abilities() const { return fs_->abilities(); }
  [[nodiscard]] dyn_op<result<found>> lookup(dyn_node& at, std::string_view p, stop_token stop = {}) {
    return fs_->lookup(at, p, stop);
  }
  [[nodiscard]] dyn_op<result<found>> entry_of(dyn_file& f) { return fs_->entry_of(f); }
  [[nodiscard]] dyn_op<result<attributes>> stat(dyn_node& at, std::string_view p, stop_token stop = {}) {
    return fs_->stat(at, p, stop);
  }
  [[nodiscard]] dyn_op<result<attributes>> set_attributes(dyn_node& at, std::string_view p,
                                                          const attribute_change& change) {
    return fs_->set_attributes(at, p, change);
  }
  [[nodiscard]] dyn_op<result<dyn_file>> open(dyn_node& at, std::string_view p, const open_options& how,
                                              stop_token stop = {}) {
    return fs_->open(at, p, how, stop);
  }
  [[nodiscard]] dyn_op<result<dyn_listing>> list(dyn_node& at, std::string_view p, const list_options& which,
                                                 stop_token stop = {}) {
    return fs_->list(at, p, which, stop);
  }
  [[nodiscard]] dyn_op<result<found>> create_dir(dyn_node& at, std::string_view p, const creation& made) {
    return fs_->create_dir(at, p, made);
  }
  [[nodiscard]] dyn_op<result<found>> create_node(dyn_node& at, std::string_view p, randomio::file_type type,
                                                  std::uint64_t device, const creation& made) {
    return fs_->create_node(at, p, type, device, made);
  }
  [[nodiscard]] dyn_op<result<found>> symlink(dyn_node& at, std::string_view p, std::string_view target,
                                              const creation& made) {
    return fs_->symlink(at, p, target, made);
  }
  [[nodiscard]] dyn_op<result<found>> link(dyn_node& from, std::string_view from_path, dyn_node& to,
                                           std::string_view to_path) {
    return fs_->link(from, from_path, to, to_path);
  }
  [[nodiscard]] dyn_op<result<std::string>> read_link(dyn_node& at, std::string_view p, stop_token stop = {}) {
    return fs_->read_link(at, p, stop);
  }
  [[nodiscard]] dyn_op<result<void>> remove(dyn_node& at, std::string_view p) { return fs_->remove(at, p); }
  [[nodiscard]] dyn_op<result<void>> remove_dir(dyn_node& at, std::string_view p) { return fs_->remove_dir(at, p); }
  [[nodiscard]] dyn_op<result<void>> rename(dyn_node& from, std::string_view from_path, dyn_node& to,
                                            std::string_view to_path, rename_mode mode) {
    return fs_->rename(from, from_path, to, to_path, mode);
  }
  /// Errors: cross_device when a file is not of this filesystem.
  [[nodiscard]] dyn_op<result<std::uint64_t>> copy_range(dyn_file& from, std::uint64_t from_offset, dyn_file& to,
                                                         std::uint64_t to_offset, std::uint64_t len) {
    return fs_->copy_range(from, from_offset, to, to_offset, len);
  }
  [[nodiscard]] dyn_op<result<std::size_t>> get_xattr(dyn_node& at, std::string_view p, std::string_view key,
                                                      mutable_buffer out, stop_token stop = {}) {
    return fs_->get_xattr(at, p, key, out, stop);
  }
  [[nodiscard]] dyn_op<result<void>> set_xattr(dyn_node& at, std::string_view p, std::string_view key,
                                               const_buffer value, xattr_mode mode) {
    return fs_->set_xattr(at, p, key, value, mode);
  }
  [[nodiscard]] dyn_op<result<std::vector<std::string>>> list_xattr(dyn_node& at, std::string_view p,
                                                                    stop_token stop = {}) {
    return fs_->list_xattr(at, p, stop);
  }
  [[nodiscard]] dyn_op<result<void>> remove_xattr(dyn_node& at, std::string_view p, std::string_view key) {
    return fs_->remove_xattr(at, p, key);
  }
  [[nodiscard]] dyn_op<result<void>> sync(dyn_node& at) { return fs_->sync(at); }
  [[nodiscard]] dyn_op<result<space_usage>> usage(dyn_node& at) { return fs_->usage(at); }

  /// The filesystem within, when it is an `F`.
  template <class F>
  [[nodiscard]] std::shared_ptr<F> target() const noexcept {
    auto* held = dynamic_cast<model<F>*>(fs_.get());
    return held == nullptr ? nullptr : held->fs;
  }

 private:
  struct interface {
    virtual ~interface() = default;
    virtual std::shared_ptr<dyn_node> root() = 0;
    virtual const capabilities& abilities() const = 0;
    virtual dyn_op<result<found>> lookup(dyn_node&, std::string_view, stop_token) = 0;
    virtual dyn_op<result<found>> entry_of(dyn_file&) = 0;
    virtual dyn_op<result<attributes>> stat(dyn_node&, std::string_view, stop_token) = 0;
    virtual dyn_op<result<attributes>> set_attributes(dyn_node&, std::string_view, const attribute_change&) = 0;
    virtual dyn_op<result<dyn_file>> open(dyn_node&, std::string_view, const open_options&, stop_token) = 0;
    virtual dyn_op<result<dyn_listing>> list(dyn_node&, std::string_view, const list_options&, stop_token) = 0;
    virtual dyn_op<result<found>> create_dir(dyn_node&, std::string_view, const creation&) = 0;
    virtual dyn_op<result<found>> create_node(dyn_node&, std::string_view, randomio::file_type, std::uint64_t,
                                              const creation&) = 0;
    virtual dyn_op<result<found>> symlink(dyn_node&, std::string_view, std::string_view, const creation&) = 0;
    virtual dyn_op<result<found>> link(dyn_node&, std::string_view, dyn_node&, std::string_view) = 0;
    virtual dyn_op<result<std::string>> read_link(dyn_node&, std::string_view, stop_token) = 0;
    virtual dyn_op<result<void>> remove(dyn_node&, std::string_view) = 0;
    virtual dyn_op<result<void>> remove_dir(dyn_node&, std::string_view) = 0;
    virtual dyn_op<result<void>> rename(dyn_node&, std::string_view, dyn_node&, std::string_view, rename_mode) = 0;
    virtual dyn_op<result<std::uint64_t>> copy_range(dyn_file&, std::uint64_t, dyn_file&, std::uint64_t,
                                                     std::uint64_t) = 0;
    virtual dyn_op<result<std::size_t>> get_xattr(dyn_node&, std::string_view, std::string_view, mutable_buffer,
                                                  stop_token) = 0;
    virtual dyn_op<result<void>> set_xattr(dyn_node&, std::string_view, std::string_view, const_buffer, xattr_mode) = 0;
    virtual dyn_op<result<std::vector<std::string>>> list_xattr(dyn_node&, std::string_view, stop_token) = 0;
    virtual dyn_op<result<void>> remove_xattr(dyn_node&, std::string_view, std::string_view) = 0;
    virtual dyn_op<result<void>> sync(dyn_node&) = 0;
    virtual dyn_op<result<space_usage>> usage(dyn_node&) = 0;
  };

  template <class F>
  struct model final : interface {
    using node = typename F::node_type;
    using native_file = typename F::file_type;

    explicit model(std::shared_ptr<F> f) : fs(std::move(f)) {}

    // A dyn_node is the concrete node under another name: the aliasing constructor keeps its identity and owner.
    static std::shared_ptr<dyn_node> erased(std::shared_ptr<node> n) {
      auto* raw = reinterpret_cast<dyn_node*>(n.get());
      return std::shared_ptr<dyn_node>(std::move(n), raw);
    }
    static node& native(dyn_node& n) { return reinterpret_cast<node&>(n); }

    template <class Make>
    static dyn_op<result<found>> found_op(Make make) {
      return dyn_op<result<found>>([&] {
        return detail::then(make, [](result<entry<node>> e) -> result<found> {
          if (!e) return unexpected(std::move(e).error());
          return found{erased(std::move(e->node)), e->attrs};
        });
      });
    }

    /// Asks with the stop token where the filesystem listens to one.
    template <class Ask>
    static decltype(auto) ask(stop_token stop, Ask how) {
      if constexpr (cancellable_filesystem<F>) {
        return how(stop);
      } else {
        return how();
      }
    }

    std::shared_ptr<dyn_node> root() override { return erased(fs->root()); }
    const capabilities& abilities() const override { return fs->abilities(); }
    dyn_op<result<found>> lookup(dyn_node& at, std::string_view p, stop_token stop) override {
      return found_op([&]() -> decltype(auto) {
        return ask(stop, [&](auto... with) -> decltype(auto) { return fs->lookup(native(at), p, with...); });
      });
    }
    dyn_op<result<found>> entry_of(dyn_file& f) override {
      auto* own = f.template target<native_file>();
      if (own == nullptr)
        return dyn_op<result<found>>([] { return ready_op<result<found>>(fail(errc::cross_device)); });
      return found_op([&]() -> decltype(auto) { return fs->entry_of(*own); });
    }
    dyn_op<result<attributes>> stat(dyn_node& at, std::string_view p, stop_token stop) override {
      return detail::erase<result<attributes>>([&]() -> decltype(auto) {
        return ask(stop, [&](auto... with) -> decltype(auto) { return fs->stat(native(at), p, with...); });
      });
    }
    dyn_op<result<attributes>> set_attributes(dyn_node& at, std::string_view p,
                                              const attribute_change& change) override {
      return detail::erase<result<attributes>>(
          [&]() -> decltype(auto) { return fs->set_attributes(native(at), p, change); });
    }
    dyn_op<result<dyn_file>> open(dyn_node& at, std::string_view p, const open_options& how, stop_token stop) override {
      return dyn_op<result<dyn_file>>([&] {
        const auto opening = [&](auto... with) -> decltype(auto) { return fs->open(native(at), p, how, with...); };
        return detail::then([&]() -> decltype(auto) { return ask(stop, opening); },
                            [](result<native_file> f) -> result<dyn_file> {
                              if (!f) return unexpected(std::move(f).error());
                              return dyn_file(std::move(*f));
                            });
      });
    }
    dyn_op<result<dyn_listing>> list(dyn_node& at, std::string_view p, const list_options& which,
                                     stop_token stop) override {
      return dyn_op<result<dyn_listing>>([&] {
        const auto listing = [&](auto... with) -> decltype(auto) { return fs->list(native(at), p, which, with...); };
        return detail::then([&]() -> decltype(auto) { return ask(stop, listing); },
                            [](result<typename F::listing_type> l) -> result<dyn_listing> {
                              if (!l) return unexpected(std::move(l).error());
                              return dyn_listing(std::move(*l));
                            });
      });
    }
    dyn_op<result<found>> create_dir(dyn_node& at, std::string_view p, const creation& made) override {
      return found_op([&]() -> decltype(auto) { return fs->create_dir(native(at), p, made); });
    }
    dyn_op<result<found>> create_node(dyn_node& at, std::string_view p, randomio::file_type type, std::uint64_t device,
                                      const creation& made) override {
      return found_op([&]() -> decltype(auto) { return fs->create_node(native(at), p, type, device, made); });
    }
    dyn_op<result<found>> symlink(dyn_node& at, std::string_view p, std::string_view target,
                                  const creation& made) override {
      return found_op([&]() -> decltype(auto) { return fs->symlink(native(at), p, target, made); });
    }
    dyn_op<result<found>> link(dyn_node& from, std::string_view from_path, dyn_node& to,
                               std::string_view to_path) override {
      return found_op([&]() -> decltype(auto) { return fs->link(native(from), from_path, native(to), to_path); });
    }
    dyn_op<result<std::string>> read_link(dyn_node& at, std::string_view p, stop_token stop) override {
      return detail::erase<result<std::string>>([&]() -> decltype(auto) {
        return ask(stop, [&](auto... with) -> decltype(auto) { return fs->read_link(native(at), p, with...); });
      });
    }
    dyn_op<result<void>> remove(dyn_node& at, std::string_view p) override {
      return detail::erase<result<void>>([&]() -> decltype(auto) { return fs->remove(native(at), p); });
    }
    dyn_op<result<void>> remove_dir(dyn_node& at, std::string_view p) override {
      return detail::erase<result<void>>([&]() -> decltype(auto) { return fs->remove_dir(native(at), p); });
    }
    dyn_op<result<void>> rename(dyn_node& from, std::string_view from_path, dyn_node& to, std::string_view to_path,
                                rename_mode mode) override {
      return detail::erase<result<void>>(
          [&]() -> decltype(auto) { return fs->rename(native(from), from_path, native(to), to_path, mode); });
    }
    dyn_op<result<std::uint64_t>> copy_range(dyn_file& from, std::uint64_t from_offset, dyn_file& to,
                                             std::uint64_t to_offset, std::uint64_t len) override {
      using R = result<std::uint64_t>;
      auto* source = from.template target<native_file>();
      auto* destination = to.template target<native_file>();
      if (source == nullptr || destination == nullptr) {
        return dyn_op<R>([] { return ready_op<R>(fail(errc::cross_device, operation::copy)); });
      }
      return detail::erase<R>(
          [&]() -> decltype(auto) { return fs->copy_range(*source, from_offset, *destination, to_offset, len); });
    }
    dyn_op<result<std::size_t>> get_xattr(dyn_node& at, std::string_view p, std::string_view key, mutable_buffer out,
                                          stop_token stop) override {
      return detail::erase<result<std::size_t>>([&]() -> decltype(auto) {
        return ask(stop, [&](auto... with) -> decltype(auto) {
          return fs->get_xattr(native(at), p, key, out.bytes(), with...);
        });
      });
    }
    dyn_op<result<void>> set_xattr(dyn_node& at, std::string_view p, std::string_view key, const_buffer value,
                                   xattr_mode mode) override {
      return detail::erase<result<void>>(
          [&]() -> decltype(auto) { return fs->set_xattr(native(at), p, key, value.bytes(), mode); });
    }
    dyn_op<result<std::vector<std::string>>> list_xattr(dyn_node& at, std::string_view p, stop_token stop) override {
      return detail::erase<result<std::vector<std::string>>>([&]() -> decltype(auto) {
        return ask(stop, [&](auto... with) -> decltype(auto) { return fs->list_xattr(native(at), p, with...); });
      });
    }
    dyn_op<result<void>> remove_xattr(dyn_node& at, std::string_view p, std::string_view key) override {
      return detail::erase<result<void>>([&]() -> decltype(auto) { return fs->remove_xattr(native(at), p, key); });
    }
    dyn_op<result<void>> sync(dyn_node& at) override {
      return detail::erase<result<void>>([&]() -> decltype(auto) { return fs->sync(native(at)); });
    }
    dyn_op<result<space_usage>> usage(dyn_node& at) override {
      return detail::erase<result<space_usage>>([&]() -> decltype(auto) { return fs->usage(native(at)); });
    }

    std::shared_ptr<F> fs;
  };

  std::shared_ptr<interface> fs_;
};

static_assert(cancellable_listing<dyn_listing> && cancellable_filesystem<dyn_fs>);

}  // namespace randomio
