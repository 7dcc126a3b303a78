// SPDX-License-Identifier: BSD-3-Clause
#define CATCH_CONFIG_RUNNER
#include "support/catch.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

namespace credence::test {

namespace {
int skipped = 0;
}

void note_skip(const std::string& why) {
  const char* required = std::getenv("CREDENCE_REQUIRE_DATA");
  if (required != nullptr && std::string(required) == "1") FAIL("skipped though CREDENCE_REQUIRE_DATA=1: " << why);
  ++skipped;
  std::cout << "skipped: " << why << '\n';
  SUCCEED("skipped");
}

std::string data_folder() {
  if (const char* folder = std::getenv("CREDENCE_DATA")) return folder;
  return std::filesystem::is_directory(CREDENCE_DATA_FOLDER) ? CREDENCE_DATA_FOLDER : "";
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace credence::test

int main(int argc, char** argv) {
  const int failures = Catch::Session().run(argc, argv);
  if (failures == 0 && credence::test::skipped > 0) return 77;
  return failures;
}
