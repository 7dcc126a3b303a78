// SPDX-License-Identifier: BSD-3-Clause
#include "credence/optim/objective.hpp"

#include "credence/optim/result.hpp"
#include "optim/vectors.hpp"

#include <cmath>

namespace credence {

const char* to_string(stop_reason why) {
  switch (why) {
    case stop_reason::gradient_small:
      return "gradient_small";
    case stop_reason::step_small:
      return "step_small";
    case stop_reason::value_settled:
      return "value_settled";
    case stop_reason::max_iterations:
      return "max_iterations";
    case stop_reason::no_descent:
      return "no_descent";
    case stop_reason::not_finite:
      return "not_finite";
    case stop_reason::unbounded:
      return "unbounded";
    case stop_reason::indefinite:
      return "indefinite";
    case stop_reason::interrupted:
      return "interrupted";
  }
  return "";
}

bool converged(stop_reason why) {
  return why == stop_reason::gradient_small || why == stop_reason::step_small || why == stop_reason::value_settled;
}

namespace {

/// The step of a difference of the given order: 1 for values, 2 for a first derivative with Richardson's step.
double step_at(double x, double relative) {
  const double step = relative * std::fmax(1.0, std::fabs(x));
  volatile double moved = x + step;  // so that x + step - x is exact
  return moved - x;
}

}  // namespace

void objective::differences(const detail::callable_address& state,
                            double (*value)(const detail::callable_address&, std::span<const double>),
                            std::span<const double> x, std::span<double> gradient) {
  std::vector<double> at(x.begin(), x.end());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double h = step_at(x[i], 6e-6);  // the cube root of the rounding unit
    at[i] = x[i] + h;
    const double above = value(state, at);
    at[i] = x[i] - h;
    const double below = value(state, at);
    at[i] = x[i];
    gradient[i] = (above - below) / (2.0 * h);
  }
}

std::vector<double> difference_hessian(const objective& f, std::span<const double> x) {
  const std::size_t n = x.size();
  std::vector<double> out(n * n), at(x.begin(), x.end()), above(n), below(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double h = step_at(x[i], 5e-4);
    const auto slope = [&](double step, std::size_t j) { return (above[j] - below[j]) / (2.0 * step); };
    const auto evaluate = [&](double step) {
      at[i] = x[i] + step;
      f(at, above);
      at[i] = x[i] - step;
      f(at, below);
      at[i] = x[i];
    };
    evaluate(h);
    std::vector<double> wide(n);
    for (std::size_t j = 0; j < n; ++j) wide[j] = slope(h, j);
    evaluate(h / 2.0);
    for (std::size_t j = 0; j < n; ++j) out[i * n + j] = (4.0 * slope(h / 2.0, j) - wide[j]) / 3.0;
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) out[i * n + j] = out[j * n + i] = 0.5 * (out[i * n + j] + out[j * n + i]);
  }
  return out;
}

gradient_check_result check_gradient(const objective& f, std::span<const double> x, double tolerance) {
  gradient_check_result out;
  const std::size_t n = x.size();
  out.gradient.resize(n);
  out.difference.resize(n);
  bool finite = std::isfinite(f(x, out.gradient));
  std::vector<double> at(x.begin(), x.end());
  for (std::size_t i = 0; i < n; ++i) {
    const double h = step_at(x[i], 1e-3);
    const auto slope = [&](double step) {
      at[i] = x[i] + step;
      const double above = f(at);
      at[i] = x[i] - step;
      const double below = f(at);
      at[i] = x[i];
      return (above - below) / (2.0 * step);
    };
    // Two Richardson steps: the error is of order h^6, about 1e-11 of the seventh derivative.
    const double d1 = slope(h), d2 = slope(h / 2.0), d4 = slope(h / 4.0);
    const double e1 = (4.0 * d2 - d1) / 3.0, e2 = (4.0 * d4 - d2) / 3.0;
    out.difference[i] = (16.0 * e2 - e1) / 15.0;
    const double error = std::fabs(out.gradient[i] - out.difference[i]) / std::fmax(1.0, std::fabs(out.difference[i]));
    if (!std::isfinite(error)) finite = false;
    if (!(error <= out.largest_error)) {
      out.largest_error = error;
      out.worst = static_cast<std::int64_t>(i);
    }
  }
  out.agrees = finite && out.largest_error <= tolerance;
  return out;
}

}  // namespace credence
