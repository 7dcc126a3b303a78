// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <filesystem>
#include <string>
#include <vector>

/// Runs the built command as a user does.
namespace credence::test {

struct run_result {
  int code = 0;  ///< the exit code; 128 + signal when a signal ended it
  std::string out;
  std::string err;
  double seconds = 0.0;
};

/// Runs `credence <arguments>` with `input` on standard input, in the current folder.
run_result run_credence(const std::vector<std::string>& arguments, const std::string& input = "");

/// Checks the contract of every refusal: the exit code, nothing on standard output, one line on standard error that
/// begins with the program's name and holds `text`.
void check_refused(const run_result& result, int code, const std::string& text);

/// How many lines a text has.
int line_count(const std::string& text);

/// A folder of its own that goes away with the object.
class scratch_folder {
 public:
  scratch_folder();
  ~scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  /// The path of a file in it; `write` also fills the file.
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
  [[nodiscard]] std::string write(const std::string& name, const std::string& text) const;
  [[nodiscard]] bool has(const std::string& name) const { return std::filesystem::exists(folder_ / name); }

 private:
  std::filesystem::path folder_;
};

}  // namespace credence::test
