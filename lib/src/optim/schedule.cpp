// SPDX-License-Identifier: BSD-3-Clause
#include "credence/optim/schedule.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace credence {

double step_schedule::operator()(std::int64_t t) const {
  check::at_least("step_schedule", "t", t, 0);
  const auto n = static_cast<double>(t);
  double size = scale;
  switch (what) {
    case kind::constant:
      break;
    case kind::polynomial:
      size = scale / std::pow(n + offset, exponent);
      break;
    case kind::exponential:
      size = scale * std::pow(exponent, n);
      break;
    case kind::step:
      size = scale * std::pow(exponent, std::floor(n / period));
      break;
    case kind::cosine:
      size = offset + 0.5 * (scale - offset) * (1.0 + std::cos(std::min(n / period, 1.0) * 3.14159265358979323846));
      break;
    case kind::noam:
      size = scale * std::min(1.0 / std::sqrt(n), n * std::pow(offset, -1.5));
      break;
  }
  if (!std::isfinite(size)) check::fail_domain("step_schedule", "t", t, "at least 1 for this schedule");
  return size;
}

step_schedule constant_steps(double scale) {
  check::positive("constant_steps", "scale", scale);
  return {.what = step_schedule::kind::constant, .scale = scale};
}

step_schedule polynomial_steps(double scale, double exponent, double offset) {
  check::positive("polynomial_steps", "scale", scale);
  check::non_negative("polynomial_steps", "exponent", exponent);
  check::non_negative("polynomial_steps", "offset", offset);
  return {.what = step_schedule::kind::polynomial, .scale = scale, .exponent = exponent, .offset = offset};
}

step_schedule harmonic_steps(double scale) { return polynomial_steps(scale, 1.0); }
step_schedule inverse_sqrt_steps(double scale) { return polynomial_steps(scale, 0.5, 1.0); }

step_schedule exponential_steps(double scale, double factor) {
  check::positive("exponential_steps", "scale", scale);
  check::positive("exponential_steps", "factor", factor);
  return {.what = step_schedule::kind::exponential, .scale = scale, .exponent = factor};
}

step_schedule staircase_steps(double scale, double factor, std::int64_t period) {
  check::positive("staircase_steps", "scale", scale);
  check::positive("staircase_steps", "factor", factor);
  check::at_least("staircase_steps", "period", period, 1);
  return {.what = step_schedule::kind::step, .scale = scale, .exponent = factor, .period = static_cast<double>(period)};
}

step_schedule cosine_steps(double most, double least, std::int64_t period) {
  check::positive("cosine_steps", "most", most);
  check::non_negative("cosine_steps", "least", least);
  check::at_least("cosine_steps", "period", period, 1);
  return {.what = step_schedule::kind::cosine, .scale = most, .offset = least, .period = static_cast<double>(period)};
}

step_schedule noam_steps(double size, std::int64_t warmup) {
  check::positive("noam_steps", "size", size);
  check::at_least("noam_steps", "warmup", warmup, 1);
  return {.what = step_schedule::kind::noam, .scale = 1.0 / std::sqrt(size), .offset = static_cast<double>(warmup)};
}

namespace {

/// a_n behaves like n^-power: 0 for schedules that stay above a positive number, infinity for those that fall faster.
double power_of(const step_schedule& a) {
  const double inf = std::numeric_limits<double>::infinity();
  switch (a.what) {
    case step_schedule::kind::constant:
      return 0.0;
    case step_schedule::kind::polynomial:
      return a.exponent;
    case step_schedule::kind::exponential:
    case step_schedule::kind::step:
      return a.exponent < 1.0 ? inf : a.exponent > 1.0 ? -inf : 0.0;
    case step_schedule::kind::cosine:
      return a.offset > 0.0 ? 0.0 : inf;
    case step_schedule::kind::noam:
      return 0.5;
  }
  return 0.0;
}

std::string text_of(double power) { return check::to_text(power); }

/// One condition: sum n^-power converges, or diverges, as wanted.
bool judge(const std::string& name, double power, bool wanted_finite, std::string& why) {
  const bool converges = power > 1.0;
  if (!why.empty()) why += "; ";
  why += "sum " + name + (converges ? " converges" : " diverges") + " (it falls as n^-" + text_of(power) + ", and " +
         text_of(power) + (converges ? " > 1)" : " <= 1)");
  if (converges != wanted_finite) why += wanted_finite ? ", but must converge" : ", but must diverge";
  return converges == wanted_finite;
}

}  // namespace

schedule_proof robbins_monro_conditions(const step_schedule& a) {
  const double power = power_of(a);
  schedule_proof out;
  const bool far = judge("a_n", power, false, out.why), calm = judge("a_n^2", 2.0 * power, true, out.why);
  out.holds = far && calm;
  return out;
}

schedule_proof kiefer_wolfowitz_conditions(const step_schedule& a, const step_schedule& c) {
  const double steps = power_of(a), widths = power_of(c);
  schedule_proof out;
  const bool narrow = widths > 0.0;
  out.why = narrow ? "c_n falls to 0" : "c_n does not fall to 0, but must";
  const bool far = judge("a_n", steps, false, out.why);
  const bool calm = judge("(a_n / c_n)^2", 2.0 * (steps - widths), true, out.why);
  out.holds = narrow && far && calm;
  return out;
}

}  // namespace credence
