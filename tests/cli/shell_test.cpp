// SPDX-License-Identifier: BSD-3-Clause
// Completion scripts and the manual page.
#include "cli/run_credence.hpp"
#include "support/catch.hpp"

#include <sys/wait.h>

#include <cstdlib>

using namespace credence::test;

TEST_CASE("credence completion: the bash script completes commands and options", "[cli][completion]") {
  const scratch_folder scratch;
  const auto script = scratch.write("script", run_credence({"completion", "bash"}).out);
  const auto completed = [&](const std::string& words, int index) {
    const auto out = scratch.path("out");
    const std::string line = "bash -c 'source " + script + "; COMP_WORDS=(" + words +
                             "); COMP_CWORD=" + std::to_string(index) + "; _credence; echo \"${COMPREPLY[@]}\"' > " +
                             out;
    REQUIRE(WEXITSTATUS(std::system(line.c_str())) == 0);
    return read_file(out);
  };
  CHECK(completed("credence doct", 1) == "doctor\n");
  CHECK(completed("credence doctor --thr", 2) == "--threads\n");
}

TEST_CASE("credence completion: an unknown shell is refused", "[cli][completion]") {
  CHECK(run_credence({"completion", "tcsh"}).code == 64);
  CHECK(run_credence({"completion"}).code == 64);
}

TEST_CASE("credence manual: has every command and the exit codes", "[cli][manual]") {
  const auto page = run_credence({"manual"});
  CHECK(page.code == 0);
  CHECK_THAT(page.out, Contains(".SS credence doctor") && Contains(".B \\-\\-threads N") && Contains("EXIT STATUS"));
}
