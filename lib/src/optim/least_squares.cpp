// SPDX-License-Identifier: BSD-3-Clause
#include "credence/optim/least_squares.hpp"

#include "optim/least_squares_step.hpp"
#include "optim/vectors.hpp"

#include <algorithm>

namespace credence {

using namespace optim_detail;

const char* to_string(least_squares_method method) {
  switch (method) {
    case least_squares_method::levenberg_marquardt:
      return "levenberg_marquardt";
    case least_squares_method::geodesic:
      return "geodesic";
    case least_squares_method::dogleg:
      return "dogleg";
  }
  return "";
}

namespace {

/// Powell's path: steepest descent to its minimum, then straight to the Gauss-Newton point, cut at the radius.
std::vector<double> dogleg_step(const damped_problem& problem, values target, values scales, double radius) {
  const std::size_t n = scales.size();
  std::vector<double> newton = problem.solve(target, 0.0);
  if (all_finite(newton) && problem.scaled_length(newton) <= radius) return newton;
  std::vector<double> descent = problem.transposed_product(target);
  double slope = 0.0;
  for (std::size_t j = 0; j < n; ++j) {
    const double g = descent[j];
    descent[j] = -g / (scales[j] * scales[j]);
    slope += g * descent[j];
  }
  const std::vector<double> image = problem.product(descent);
  const double curvature = dot(image, image), reach = problem.scaled_length(descent);
  const double best = curvature > 0.0 ? -slope / curvature : HUGE_VAL;
  if (!(best * reach < radius) || !all_finite(newton)) {
    for (double& d : descent) d *= radius / reach;
    return descent;
  }
  for (double& d : descent) d *= best;
  std::vector<double> leg(n);
  double a = 0.0, b = 0.0, c = -radius * radius;
  for (std::size_t j = 0; j < n; ++j) {
    leg[j] = newton[j] - descent[j];
    const double w = scales[j] * scales[j];
    a += w * leg[j] * leg[j];
    b += w * leg[j] * descent[j];
    c += w * descent[j] * descent[j];
  }
  const double t = -c / (b + std::sqrt(std::fmax(0.0, b * b - a * c)));
  for (std::size_t j = 0; j < n; ++j) descent[j] += t * leg[j];
  return descent;
}

struct search {
  const residual_function& f;
  const least_squares_options& options;
  least_squares_result best;
  std::size_t m, n;
  std::vector<double> scales, trial, residuals, jacobian;
  double norm = 0.0, radius = 0.0, lambda = 0.0;

  search(const residual_function& function, std::size_t rows, values start, const least_squares_options& wanted)
      : f(function),
        options(wanted),
        m(rows),
        n(start.size()),
        scales(n, 0.0),
        trial(n),
        residuals(m),
        jacobian(m * n) {
    best.x.assign(start.begin(), start.end());
    best.residuals.resize(m);
    best.jacobian.resize(m * n);
  }

  void rescale() {
    for (std::size_t j = 0; j < n; ++j) {
      double most = 0.0;
      for (std::size_t i = 0; i < m; ++i) most = std::fmax(most, std::fabs(best.jacobian[i * n + j]));
      double sum = 0.0;
      for (std::size_t i = 0; most > 0.0 && i < m; ++i) {
        const double v = best.jacobian[i * n + j] / most;
        sum += v * v;
      }
      scales[j] = std::fmax(scales[j], most * std::sqrt(sum));  // never smaller: scale invariance with memory
    }
  }

  void finish(stop_reason why) {
    best.why = why;
    best.sum_of_squares = dot(best.residuals, best.residuals);
  }

  /// One accepted step, or the end. @return false at the end
  bool step() {
    const householder_qr qr(best.jacobian, m, n);
    const std::vector<double> target = qr.project(best.residuals);
    best.cosine = norm > 0.0 ? length(target) / norm : 0.0;
    if (norm == 0.0 || best.cosine <= options.cosine_tolerance) return finish(stop_reason::gradient_small), false;
    if (best.iterations >= options.max_iterations) return finish(stop_reason::max_iterations), false;
    if (options.interrupt != nullptr && options.interrupt->requested()) return finish(stop_reason::interrupted), false;
    std::vector<double> positive(scales);
    for (double& d : positive) d = d > 0.0 ? d : 1.0;
    const damped_problem problem(qr, positive);
    const double x_length = problem.scaled_length(best.x);
    if (best.iterations == 0) radius = options.first_radius * (x_length > 0.0 ? x_length : 1.0);
    for (int attempt = 0; attempt < 100; ++attempt) {
      std::vector<double> p = options.method == least_squares_method::dogleg
                                  ? dogleg_step(problem, target, positive, radius)
                                  : problem.within(target, radius, lambda);
      const double p_length = problem.scaled_length(p);
      if (best.iterations == 0 && attempt == 0) radius = std::fmin(radius, p_length);
      if (!all_finite(p) || !(p_length > options.step_tolerance * x_length))
        return finish(stop_reason::step_small), false;
      const std::vector<double> image = problem.product(p);
      double image_part = 0.0;
      for (std::size_t i = 0; i < n; ++i) image_part += image[i] * (image[i] + 2.0 * target[i]);
      const double promised = -image_part / (norm * norm);  // of the relative sum of squares
      bool too_curved = false;
      if (options.method == least_squares_method::geodesic && f.has_curvature()) {
        f.curvature(best.x, p, residuals);
        if (all_finite(residuals)) {
          const std::vector<double> bend = problem.solve(qr.project(residuals), lambda);
          too_curved = 2.0 * problem.scaled_length(bend) > options.acceleration_limit * p_length;
          if (!too_curved) {
            for (std::size_t j = 0; j < n; ++j) p[j] += 0.5 * bend[j];
          }
        } else {
          too_curved = true;
        }
      }
      for (std::size_t j = 0; j < n; ++j) trial[j] = best.x[j] + p[j];
      double actual = -1.0, trial_norm = HUGE_VAL;
      if (!too_curved) {
        f(trial, residuals, jacobian);
        ++best.evaluations;
        trial_norm = all_finite(residuals) && all_finite(jacobian) ? length(residuals) : HUGE_VAL;
        if (trial_norm < 10.0 * norm) actual = 1.0 - (trial_norm / norm) * (trial_norm / norm);
      }
      const double ratio = promised > 0.0 ? actual / promised : 0.0;
      // Below this the sums of squares differ by rounding: the angle decides.
      if (promised <= 1e-13 && std::fabs(actual) <= 1e-12) {
        const householder_qr next(jacobian, m, n);
        const double cosine = length(next.project(residuals)) / trial_norm;
        if (!(cosine < 0.9 * best.cosine)) return finish(stop_reason::value_settled), false;
        accept(trial_norm);
        return true;
      }
      if (ratio <= 0.25) {
        radius = 0.25 * std::fmin(radius, p_length * 2.0);
        lambda *= 4.0;
      } else if (ratio >= 0.75 || lambda == 0.0) {
        radius = std::fmax(radius, 2.0 * p_length);
        lambda *= 0.5;
      }
      if (ratio > 1e-4) {
        accept(trial_norm);
        return true;
      }
    }
    return finish(stop_reason::no_descent), false;
  }

  void accept(double trial_norm) {
    best.x = trial;
    best.residuals = residuals;
    best.jacobian = jacobian;
    norm = trial_norm;
    ++best.iterations;
    rescale();
  }
};

}  // namespace

least_squares_result least_squares_minimize(const residual_function& f, std::int64_t residuals,
                                            std::span<const double> start, const least_squares_options& options) {
  check_start("least_squares_minimize", start);
  if (residuals < 1) check::fail_shape("least_squares_minimize", "there are no residuals");
  search at(f, static_cast<std::size_t>(residuals), start, options);
  f(at.best.x, at.best.residuals, at.best.jacobian);
  at.best.evaluations = 1;
  at.norm = length(at.best.residuals);
  if (!all_finite(at.best.residuals) || !all_finite(at.best.jacobian)) {
    at.finish(stop_reason::not_finite);
    return at.best;
  }
  at.rescale();
  while (at.step()) {
  }
  return at.best;
}

}  // namespace credence
