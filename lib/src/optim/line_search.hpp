// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstdint>

namespace credence::optim_detail {

struct line_search_options {
  double sufficient = 1e-4;  ///< share of the decrease that the slope promises
  double curvature = 0.9;    ///< share of the slope that may be left
  double largest_step = 1e20;
  int max_evaluations = 40;
};

/// A step along a descent direction that satisfies the strong Wolfe conditions: brackets one, then narrows the bracket
/// by cubic interpolation. Asks for one value and slope at a time.
class line_search {
 public:
  enum class status : std::uint8_t { more, accepted, failed };

  line_search() = default;
  line_search(double value, double slope, double step, const line_search_options& options)
      : options_(options), value0_(value), slope0_(slope), step_(step), low_value_(value), low_slope_(slope) {}

  [[nodiscard]] double step() const { return step_; }

  /// @param value,slope  of the function at step()
  status tell(double value, double slope) {
    if (last_) return status::accepted;
    ++evaluations_;
    const bool finite = std::isfinite(value) && std::isfinite(slope);
    const bool decreased = finite && value <= value0_ + options_.sufficient * step_ * slope0_;
    if (decreased && std::fabs(slope) <= -options_.curvature * slope0_) return status::accepted;
    // Hager and Zhang: where values differ by rounding only, slopes still tell.
    if (finite && value <= value0_ + 1e-14 * std::fabs(value0_) && slope >= options_.curvature * slope0_ &&
        slope <= (2.0 * options_.sufficient - 1.0) * slope0_) {
      return status::accepted;
    }
    const bool worse = !decreased || (value >= low_value_ && low_ > 0.0);
    if (!bracketed_) {
      if (finite && !worse && slope < 0.0) {
        if (step_ >= options_.largest_step) return status::accepted;
        const double before = low_;
        set_low(value, slope);
        step_ = std::fmin(options_.largest_step, step_ + 4.0 * (step_ - before));
        return evaluations_ < options_.max_evaluations ? status::more : finish();
      }
      bracketed_ = true;
      if (finite && !worse) {
        set_high(low_, low_value_, low_slope_, true);
        set_low(value, slope);
      } else {
        set_high(step_, value, slope, finite);
      }
    } else if (worse) {
      set_high(step_, value, slope, finite);
    } else {
      if (slope * (high_ - low_) >= 0.0) set_high(low_, low_value_, low_slope_, true);
      set_low(value, slope);
    }
    const double width = high_ - low_;
    if (evaluations_ >= options_.max_evaluations || std::fabs(width) <= 1e-16 * std::fmax(low_, high_)) return finish();
    step_ = low_ + width * share();
    return status::more;
  }

 private:
  void set_low(double value, double slope) {
    low_ = step_;
    low_value_ = value;
    low_slope_ = slope;
  }
  void set_high(double at, double value, double slope, bool known) {
    high_ = at;
    high_value_ = value;
    high_slope_ = slope;
    high_known_ = known;
  }

  /// Where in the bracket the next trial lies, counted from its low end.
  double share() {
    const double width = std::fabs(high_ - low_);
    const bool slow = width > 0.66 * last_width_;
    last_width_ = width;
    if (!high_known_ || slow) return high_known_ ? 0.5 : 0.1;
    const double h = high_ - low_;
    const double d1 = low_slope_ + high_slope_ - 3.0 * (high_value_ - low_value_) / h;
    const double inner = d1 * d1 - low_slope_ * high_slope_;
    if (!(inner >= 0.0)) return 0.5;
    const double d2 = std::copysign(std::sqrt(inner), h);
    const double t = 1.0 - (high_slope_ + d2 - d1) / (high_slope_ - low_slope_ + 2.0 * d2);
    return t != t ? 0.5 : std::fmin(0.95, std::fmax(0.05, t));
  }

  /// Out of patience: the low end is taken when it is an improvement.
  status finish() {
    if (!(low_ > 0.0 && low_value_ < value0_)) return status::failed;
    step_ = low_;
    last_ = true;
    return status::more;
  }

  line_search_options options_;
  double value0_ = 0.0, slope0_ = 0.0, step_ = 0.0;
  double low_ = 0.0, low_value_ = 0.0, low_slope_ = 0.0;
  double high_ = 0.0, high_value_ = 0.0, high_slope_ = 0.0;
  double last_width_ = HUGE_VAL;
  bool bracketed_ = false, high_known_ = false, last_ = false;
  int evaluations_ = 0;
};

}  // namespace credence::optim_detail
