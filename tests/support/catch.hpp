// SPDX-License-Identifier: BSD-3-Clause
// The one door to Catch2: version 2 and version 3 alike, plus what the tests of credence share.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;
using Catch::Matchers::ContainsSubstring;
inline auto Contains(const std::string& text) { return ContainsSubstring(text); }
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using Catch::Matchers::WithinULP;
#else
#include <catch2/catch.hpp>
using Catch::Matchers::Contains;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using Catch::Matchers::WithinULP;
#endif

#include <string>

namespace credence::test {

/// Notes that the running test was skipped. The test program then ends with code 77, which ctest shows as skipped.
/// With CREDENCE_REQUIRE_DATA=1 in the environment (as in CI) a skip is a failure.
void note_skip(const std::string& why);

/// The folder of shared data beside the project (or $CREDENCE_DATA); empty when it is absent.
std::string data_folder();

/// The text of a file. @throws std::runtime_error when it cannot be read
std::string read_file(const std::string& path);

}  // namespace credence::test

/// Ends the test as skipped. Use at the top of a test that needs something this machine may lack.
#define CREDENCE_SKIP(why)            \
  do {                                \
    ::credence::test::note_skip(why); \
    return;                           \
  } while (false)

/// `const std::string folder = data_folder()`, or skip.
#define CREDENCE_REQUIRE_DATA_FOLDER(folder)                  \
  const std::string folder = ::credence::test::data_folder(); \
  if (folder.empty()) CREDENCE_SKIP("the shared data folder is absent")
