// SPDX-License-Identifier: BSD-3-Clause
#include "credence/optim/conjugate_gradient.hpp"

#include "optim/line_search.hpp"
#include "optim/vectors.hpp"

namespace credence {

using namespace optim_detail;

optim_result conjugate_gradient_minimize(const objective& f, std::span<const double> start,
                                         const conjugate_gradient_options& options) {
  check_start("conjugate_gradient_minimize", start);
  const std::size_t n = start.size();
  optim_result best;
  best.x.assign(start.begin(), start.end());
  best.gradient.resize(n);
  best.value = f(best.x, best.gradient);
  best.evaluations = 1;
  best.gradient_norm = largest(best.gradient);
  const auto end = [&](stop_reason why) {
    best.why = why;
    return best;
  };
  if (!std::isfinite(best.value) || !all_finite(best.gradient)) return end(stop_reason::not_finite);
  std::vector<double> direction(n), trial(n), gradient(n);
  const auto steepest = [&] {
    for (std::size_t i = 0; i < n; ++i) direction[i] = -best.gradient[i];
  };
  steepest();
  bool fresh = true;
  double last_decrease = 0.0, last_slope = 0.0, last_step = 0.0;
  int settled = 0;
  while (true) {
    if (best.gradient_norm <= options.gradient_tolerance) return end(stop_reason::gradient_small);
    if (settled >= 3) return end(stop_reason::value_settled);
    if (best.iterations >= options.max_iterations) return end(stop_reason::max_iterations);
    if (options.interrupt != nullptr && options.interrupt->requested()) return end(stop_reason::interrupted);
    double slope = dot(best.gradient, direction);
    if (!(slope < 0.0)) {
      steepest();
      fresh = true;
      slope = dot(best.gradient, direction);
    }
    double first =
        fresh || last_step == 0.0 ? 1.0 / std::fmax(1.0, length(best.gradient)) : last_step * last_slope / slope;
    if (!(first > 0.0) || !std::isfinite(first)) first = 1e-3;
    line_search search(best.value, slope, first, {.curvature = 0.1});
    auto status = line_search::status::more;
    double value = 0.0;
    while (status == line_search::status::more) {
      for (std::size_t i = 0; i < n; ++i) trial[i] = best.x[i] + search.step() * direction[i];
      value = f(trial, gradient);
      ++best.evaluations;
      status = search.tell(value, dot(gradient, direction));
    }
    if (status == line_search::status::failed) {
      if (fresh) return end(stop_reason::no_descent);
      steepest();
      fresh = true;
      continue;
    }
    ++best.iterations;
    last_step = search.step();
    last_slope = slope;
    last_decrease = best.value - value;
    settled = std::fabs(last_decrease) <= 1e-15 * std::fabs(value) ? settled + 1 : 0;
    const double before = dot(best.gradient, best.gradient), across = dot(best.gradient, gradient);
    const double beta = std::fmax(0.0, (dot(gradient, gradient) - across) / before);  // Polak, Ribiere, Polyak
    best.x = trial;
    best.value = value;
    best.gradient = gradient;
    best.gradient_norm = largest(gradient);
    fresh = beta == 0.0;
    for (std::size_t i = 0; i < n; ++i) direction[i] = beta * direction[i] - gradient[i];
    if (best.value < -1e300) return end(stop_reason::unbounded);
  }
}

linear_cg_result conjugate_gradient_solve(const linear_map& a, std::span<const double> b,
                                          const linear_cg_options& options) {
  check_start("conjugate_gradient_solve", b);
  const std::size_t n = b.size();
  if (!options.diagonal.empty()) {
    check::same_size("conjugate_gradient_solve", "diagonal", static_cast<std::int64_t>(options.diagonal.size()), "b",
                     static_cast<std::int64_t>(n));
    for (const double d : options.diagonal) check::positive("conjugate_gradient_solve", "diagonal", d);
  }
  linear_cg_result out;
  out.x.assign(n, 0.0);
  std::vector<double> r(b.begin(), b.end()), z(n), p(n), ap(n);
  const auto precondition = [&] {
    for (std::size_t i = 0; i < n; ++i) z[i] = options.diagonal.empty() ? r[i] : r[i] / options.diagonal[i];
  };
  const double wanted = options.relative_tolerance * length(b);
  out.residual_norm = length(r);
  const int most = options.max_iterations > 0 ? options.max_iterations : static_cast<int>(10 * n + 10);
  precondition();
  p = z;
  double rz = dot(r, z);
  while (out.residual_norm > wanted) {
    if (out.iterations >= most) {
      out.why = stop_reason::max_iterations;
      return out;
    }
    a(p, ap);
    const double curvature = dot(p, ap);
    if (!(curvature > 0.0)) {
      out.why = curvature == curvature ? stop_reason::indefinite : stop_reason::not_finite;
      out.direction = p;
      return out;
    }
    const double step = rz / curvature;
    for (std::size_t i = 0; i < n; ++i) {
      out.x[i] += step * p[i];
      r[i] -= step * ap[i];
    }
    ++out.iterations;
    if (out.iterations % 50 == 0) {  // the recurrence drifts: the true residual now and then
      a(out.x, ap);
      for (std::size_t i = 0; i < n; ++i) r[i] = b[i] - ap[i];
    }
    out.residual_norm = length(r);
    precondition();
    const double next = dot(r, z), beta = next / rz;
    rz = next;
    for (std::size_t i = 0; i < n; ++i) p[i] = z[i] + beta * p[i];
  }
  out.why = stop_reason::gradient_small;
  return out;
}

}  // namespace credence
