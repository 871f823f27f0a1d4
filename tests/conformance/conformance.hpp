#pragma once

#include "tests/conformance/attributes.hpp"
#include "tests/conformance/conditional.hpp"
#include "tests/conformance/file.hpp"
#include "tests/conformance/fixture.hpp"
#include "tests/conformance/links.hpp"
#include "tests/conformance/listing.hpp"
#include "tests/conformance/names.hpp"
#include "tests/conformance/random_io.hpp"
#include "tests/conformance/rename.hpp"

namespace conformance {

template <class Fixture>
void check_file_as_device() {
  Fixture fixture;
  tree t(fixture);
  auto f = t.make_file("f");
  check_random_io(fixture, f);
}

template <class Fixture>
void check_file_as_cursor() {
  Fixture fixture;
  tree t(fixture);
  auto f = t.make_file("f");
  check_cursor(fixture, f);
}

template <class Fixture>
void check_store() {
  Fixture fixture;
  tree t(fixture);
  if constexpr (conditional_store<typename Fixture::filesystem_type>) {
    if (t.can().conditional_put && t.can().conditional_delete) check_conditional_store(fixture, *t.fs);
  }
}

template <class Fixture>
void with_fixture(void (*check)(Fixture&)) {
  Fixture fixture;
  check(fixture);
}

}  // namespace conformance

/// All suites over one fixture, as test cases of their own. Once static, and once behind dyn_fs:
/// `CONFORMANCE_SUITE("memory, erased", conformance::erased<memory_fixture>)`.
#define CONFORMANCE_SUITE(NAME, ...)                                           \
  TEST_CASE(NAME ": random access") {                                          \
    ::conformance::check_file_as_device<__VA_ARGS__>();                        \
  }                                                                            \
  TEST_CASE(NAME ": cursor") {                                                 \
    ::conformance::check_file_as_cursor<__VA_ARGS__>();                        \
  }                                                                            \
  TEST_CASE(NAME ": open") {                                                   \
    ::conformance::with_fixture<__VA_ARGS__>(::conformance::check_open);       \
  }                                                                            \
  TEST_CASE(NAME ": file") {                                                   \
    ::conformance::with_fixture<__VA_ARGS__>(::conformance::check_file);       \
  }                                                                            \
  TEST_CASE(NAME ": sparse") {                                                 \
    ::conformance::with_fixture<__VA_ARGS__>(::conformance::check_sparse);     \
  }                                                                            \
  TEST_CASE(NAME ": copy_range") {                                             \
    ::conformance::with_fixture<__VA_ARGS__>(::conformance::check_copy_range); \
  }                                                                            \
  TEST_CASE(NAME ": names") {                                                  \
    ::conformance::with_fixture<__VA_ARGS__>(::conformance::check_names);      \
  }                                                                            \
  TEST_CASE(NAME ": rename") {                                                 \
    ::conformance::with_fixture<__VA_ARGS__>(::conformance::check_rename);     \
  }                                                                            \
  TEST_CASE(NAME ": hard links") {                                             \
    ::conformance::with_fixture<__VA_ARGS__>(::conformance::check_hard_links); \
  }                                                                            \
  TEST_CASE(NAME ": symbolic links") {                                         \
    ::conformance::with_fixture<__VA_ARGS__>(::conformance::check_symlinks);   \
  }                                                                            \
  TEST_CASE(NAME ": attributes") {                                             \
    ::conformance::with_fixture<__VA_ARGS__>(::conformance::check_attributes); \
  }                                                                            \
  TEST_CASE(NAME ": times") {                                                  \
    ::conformance::with_fixture<__VA_ARGS__>(::conformance::check_times);      \
  }                                                                            \
  TEST_CASE(NAME ": extended attributes") {                                    \
    ::conformance::with_fixture<__VA_ARGS__>(::conformance::check_xattrs);     \
  }                                                                            \
  TEST_CASE(NAME ": listing") {                                                \
    ::conformance::with_fixture<__VA_ARGS__>(::conformance::check_listing);    \
  }                                                                            \
  TEST_CASE(NAME ": conditional store") {                                      \
    ::conformance::check_store<__VA_ARGS__>();                                 \
  }
