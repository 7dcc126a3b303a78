// SPDX-License-Identifier: BSD-3-Clause
#include "cli/run_credence.hpp"

#include "support/catch.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>

namespace credence::test {

scratch_folder::scratch_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "credence-cli-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
  folder_ = pattern;
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string scratch_folder::write(const std::string& name, const std::string& text) const {
  std::ofstream(folder_ / name, std::ios::binary) << text;
  return path(name);
}

int line_count(const std::string& text) { return static_cast<int>(std::count(text.begin(), text.end(), '\n')); }

run_result run_credence(const std::vector<std::string>& arguments, const std::string& input) {
  const scratch_folder scratch;
  const std::string in = scratch.write("in", input), out = scratch.path("out"), err = scratch.path("err");
  std::vector<std::string> words{CREDENCE_EXECUTABLE};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    const int create = O_WRONLY | O_CREAT | O_TRUNC;
    if (dup2(open(in.c_str(), O_RDONLY), 0) < 0 || dup2(open(out.c_str(), create, 0600), 1) < 0 ||
        dup2(open(err.c_str(), create, 0600), 2) < 0) {
      _exit(126);
    }
    execv(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  run_result result;
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  result.code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  result.out = read_file(out);
  result.err = read_file(err);
  return result;
}

void check_refused(const run_result& result, int code, const std::string& text) {
  CAPTURE(result.out, result.err);
  CHECK(result.code == code);
  CHECK(line_count(result.err) == 1);
  CHECK(result.err.rfind("credence: ", 0) == 0);
  CHECK_THAT(result.err, Contains(text));
  CHECK(result.out.empty());
}

}  // namespace credence::test
