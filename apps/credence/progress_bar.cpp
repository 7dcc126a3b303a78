// SPDX-License-Identifier: BSD-3-Clause
#include "credence/progress_bar.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace credence::app {

std::string to_clock_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::ceil(std::max(0.0, seconds)));
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string progress_line(const progress_event& event, double seconds_in_phase) {
  if (event.total <= 0) return fmt::format("{}  {} done  {}", event.phase, event.done, to_clock_text(seconds_in_phase));
  constexpr int cells = 30;
  const double share = std::clamp(static_cast<double>(event.done) / static_cast<double>(event.total), 0.0, 1.0);
  const int filled = static_cast<int>(share * cells);
  std::string line = fmt::format("{} [{:#<{}}{: <{}}] {:3.0f} %", event.phase, "", filled, "", cells - filled,
                                 std::floor(100 * share));
  if (share > 0.0) line += fmt::format("  {} left", to_clock_text(seconds_in_phase * (1.0 - share) / share));
  return line;
}

progress_bar::progress_bar(bool wanted) : wanted_(wanted && isatty(STDERR_FILENO) == 1) {}

progress_bar::~progress_bar() { clear(); }

void progress_bar::clear() {
  if (!shown_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  shown_ = false;
}

void progress_bar::update(const progress_event& event) {
  if (!wanted_) return;
  const auto now = clock::now();
  if (phase_ != event.phase) {
    phase_ = event.phase;
    phase_start_ = now;
  }
  using seconds = std::chrono::duration<double>;
  if (seconds(now - start_).count() < 1.0 || seconds(now - last_).count() < 0.1) return;
  last_ = now;
  std::fputs(("\r\033[K" + progress_line(event, seconds(now - phase_start_).count())).c_str(), stderr);
  std::fflush(stderr);
  shown_ = true;
}

}  // namespace credence::app
