// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/progress.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace credence::app {

/// A bar with the expected time left on standard error. It shows only on a terminal, after the first second, at most
/// ten times a second, and takes itself away at the end.
class progress_bar {
 public:
  explicit progress_bar(bool wanted);
  ~progress_bar();
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;

  void update(const progress_event& event);
  void clear();

 private:
  using clock = std::chrono::steady_clock;
  bool shown_ = false;
  bool wanted_;
  std::string phase_;
  clock::time_point phase_start_ = clock::now();
  clock::time_point start_ = clock::now();
  clock::time_point last_ = clock::now();
};

/// "1:05", "2:03:09".
std::string to_clock_text(double seconds);

/// The line without colours or control characters: `sampling [#####     ]  50 %  0:12 left`.
std::string progress_line(const progress_event& event, double seconds_in_phase);

}  // namespace credence::app
