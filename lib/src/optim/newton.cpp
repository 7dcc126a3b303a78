// SPDX-License-Identifier: BSD-3-Clause
#include "credence/optim/newton.hpp"

#include "credence/tensor/linalg.hpp"
#include "optim/vectors.hpp"

#include <algorithm>

namespace credence {

using namespace optim_detail;

namespace {

/// A quadratic model in the basis of its eigenvectors.
struct eigen_model {
  std::size_t n;
  std::vector<double> values, vectors;  // vectors: column j belongs to values[j]
  std::vector<double> slope;            // the gradient in this basis

  eigen_model(std::span<const double> hessian, std::span<const double> gradient) : n(gradient.size()) {
    const auto size = static_cast<std::int64_t>(n);
    const auto solved = eigen_symmetric({}, view<const double, 2>(hessian.data(), size, size));
    values.assign(solved.values.data(), solved.values.data() + n);
    vectors.assign(solved.vectors.data(), solved.vectors.data() + n * n);
    slope.assign(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) slope[j] += vectors[i * n + j] * gradient[i];
    }
  }

  [[nodiscard]] double length_at(double shift) const {
    double sum = 0.0;
    for (std::size_t j = 0; j < n; ++j) {
      const double s = slope[j] / (values[j] + shift);
      sum += s * s;
    }
    return std::sqrt(sum);
  }

  /// The minimiser of the model within a ball; `promised` is the decrease of the model.
  std::vector<double> step(double radius, double& promised) const {
    std::vector<double> in_basis(n, 0.0);
    const double least = values.front(), scale = std::fmax(std::fabs(least), std::fabs(values.back()));
    const double floor = 1e-14 * std::fmax(scale, 1e-300);
    if (least > floor && length_at(0.0) <= radius) {
      for (std::size_t j = 0; j < n; ++j) in_basis[j] = -slope[j] / values[j];
    } else {
      // The shift that puts the step on the sphere: the length falls as the shift grows.
      const double origin = std::fmax(0.0, -least);
      double low = 0.0, high = std::fmax(floor, length(slope) / radius);
      while (length_at(origin + high) > radius) high *= 2.0;
      for (int i = 0; i < 200 && high - low > 1e-12 * high; ++i) {
        const double middle = low > 0.0 && high / low > 4.0 ? std::sqrt(low * high) : 0.5 * (low + high);
        (length_at(origin + middle) > radius ? low : high) = middle;
        if (high < floor * 1e-3) break;
      }
      for (std::size_t j = 0; j < n; ++j) in_basis[j] = -slope[j] / (values[j] + origin + high);
      // The hard case: nothing pulls along the lowest eigenvector, which still goes down.
      const double reached = length(in_basis);
      if (least < -floor && reached < radius * (1.0 - 1e-6)) {
        in_basis[0] += std::copysign(std::sqrt(radius * radius - reached * reached), -slope[0]);
      }
    }
    promised = 0.0;
    std::vector<double> out(n, 0.0);
    for (std::size_t j = 0; j < n; ++j) {
      promised -= in_basis[j] * (slope[j] + 0.5 * values[j] * in_basis[j]);
      for (std::size_t i = 0; i < n; ++i) out[i] += vectors[i * n + j] * in_basis[j];
    }
    return out;
  }
};

}  // namespace

optim_result newton_minimize(const objective& f, const hessian_function& hessian, std::span<const double> start,
                             const newton_options& options) {
  check_start("newton_minimize", start);
  const std::size_t n = start.size();
  optim_result best;
  best.x.assign(start.begin(), start.end());
  best.gradient.resize(n);
  best.value = f(best.x, best.gradient);
  best.evaluations = 1;
  best.gradient_norm = largest(best.gradient);
  if (!std::isfinite(best.value) || !all_finite(best.gradient)) {
    best.why = stop_reason::not_finite;
    return best;
  }
  std::vector<double> second(n * n), trial(n), gradient(n);
  double radius = options.first_radius;
  for (;; ++best.iterations) {
    best.why = stop_reason::gradient_small;
    hessian(best.x, second);
    if (!all_finite(second)) {
      best.why = stop_reason::not_finite;
      return best;
    }
    const eigen_model model(second, best.gradient);
    const bool downhill_left = model.values.front() < -1e-10 * std::fmax(1.0, std::fabs(model.values.back()));
    if (best.gradient_norm <= options.gradient_tolerance && !downhill_left) return best;
    best.why = stop_reason::max_iterations;
    if (best.iterations >= options.max_iterations) return best;
    best.why = stop_reason::interrupted;
    if (options.interrupt != nullptr && options.interrupt->requested()) return best;

    bool moved = false;
    for (int attempt = 0; attempt < 80 && !moved; ++attempt) {
      double promised = 0.0;
      const std::vector<double> step = model.step(radius, promised);
      bool same = true;
      for (std::size_t i = 0; i < n; ++i) {
        trial[i] = best.x[i] + step[i];
        same = same && trial[i] == best.x[i];
      }
      if (same) {
        best.why = stop_reason::step_small;
        return best;
      }
      const double value = f(trial, gradient);
      ++best.evaluations;
      const bool finite = std::isfinite(value) && all_finite(gradient);
      const double noise = 4e-16 * std::fmax(std::fabs(best.value), std::fabs(value));
      const double ratio = promised > 0.0 ? (best.value - value + noise) / (promised + noise) : -1.0;
      // Where the promise drowns in rounding, a smaller gradient decides.
      const bool by_gradient = finite && promised <= 16.0 * noise && largest(gradient) < best.gradient_norm;
      if (finite && (by_gradient || (ratio > 1e-4 && promised > 16.0 * noise))) {
        moved = true;
        if (ratio > 0.75 && length(step) > 0.8 * radius) radius *= 2.5;
        if (ratio < 0.25 && !by_gradient) radius = 0.25 * length(step);
        best.x = trial;
        best.value = value;
        best.gradient = gradient;
        best.gradient_norm = largest(gradient);
      } else {
        if (finite && promised <= 16.0 * noise) {  // nothing left that double precision could tell apart
          best.why = stop_reason::value_settled;
          return best;
        }
        radius = 0.25 * std::fmin(radius, length(step));
      }
    }
    if (!moved) {
      best.why = stop_reason::no_descent;
      return best;
    }
    if (best.value < -1e300) {
      best.why = stop_reason::unbounded;
      return best;
    }
  }
}

optim_result newton_minimize(const objective& f, std::span<const double> start, const newton_options& options) {
  const auto second = [&](std::span<const double> x, std::span<double> out) {
    const std::vector<double> h = difference_hessian(f, x);
    std::copy(h.begin(), h.end(), out.begin());
  };
  return newton_minimize(f, second, start, options);
}

}  // namespace credence
