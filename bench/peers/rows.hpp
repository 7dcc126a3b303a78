// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

/// Our side of the comparison with other software, and the peers that are C++ libraries. compare.py asks for one batch
/// of one row at a time, so that both sides take turns.
namespace credence::peers {

/// One thing that is timed.
struct row {
  double units = 1.0;  ///< units of work in one call: words, elements, gradients
  std::function<void()> call{};
  std::function<std::vector<double>()> answer{};  ///< what was computed, where the peer's answer is compared with it
};

/// Rows by name. A row is set up when it is first asked for, so that listing costs nothing.
class rows {
 public:
  void add(const std::string& name, std::function<row()> make) { makers_[name] = std::move(make); }
  [[nodiscard]] const std::map<std::string, std::function<row()>>& all() const { return makers_; }

 private:
  std::map<std::string, std::function<row()>> makers_;
};

/// Keeps the compiler from dropping a result.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

/// The folder where compare.py left the input files.
const std::string& input_folder();

/// Defined by CMake from the files <name>_rows.cpp, each with `void add_<name>_rows(rows&)`.
void add_all_rows(rows& all);

}  // namespace credence::peers
