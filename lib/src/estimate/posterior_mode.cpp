// SPDX-License-Identifier: BSD-3-Clause
#include "credence/estimate/posterior_mode.hpp"

#include "credence/base/check.hpp"
#include "credence/base/constants.hpp"
#include "credence/optim/conjugate_gradient.hpp"
#include "credence/optim/multi_start.hpp"
#include "credence/optim/nelder_mead.hpp"
#include "credence/optim/newton.hpp"
#include "credence/optim/program_objective.hpp"
#include "credence/random/normal.hpp"
#include "credence/random/uniform.hpp"
#include "credence/tensor/linalg.hpp"

#include <algorithm>
#include <cmath>

namespace credence {

namespace {

evaluation_options parts_of(mode_target target) {
  evaluation_options out;
  out.prior = target != mode_target::likelihood;
  out.jacobian = target == mode_target::posterior_unconstrained;
  return out;
}

optim_result climb(const program_objective& f, std::span<const double> start, const mode_options& options) {
  switch (options.method) {
    case mode_method::lbfgs:
      return lbfgs_minimize(f, start, {.max_iterations = options.max_iterations, .interrupt = options.interrupt});
    case mode_method::newton:
      return newton_minimize(
          f, [&](std::span<const double> x, std::span<double> h) { f.hessian(x, h); }, start,
          {.max_iterations = options.max_iterations, .gradient_tolerance = 1e-9, .interrupt = options.interrupt});
    case mode_method::conjugate_gradient:
      return conjugate_gradient_minimize(f, start,
                                         {.max_iterations = options.max_iterations, .interrupt = options.interrupt});
    case mode_method::nelder_mead: {
      optim_result out = nelder_mead_minimize(f, start, {.restarts = 3, .interrupt = options.interrupt});
      out.gradient.resize(start.size());
      static_cast<void>(f(out.x, out.gradient));
      for (const double g : out.gradient) out.gradient_norm = std::fmax(out.gradient_norm, std::fabs(g));
      return out;
    }
  }
  return {};
}

/// The factor L of a positive definite row-major matrix; empty otherwise.
std::vector<double> factor_of(std::vector<double> matrix, std::int64_t d) {
  for (const double v : matrix) {
    if (!std::isfinite(v)) return {};
  }
  if (!cholesky_in_place(view<double, 2>(matrix.data(), d, d))) return {};
  return matrix;
}

/// Errors of the outputs by the delta method: their derivatives by central differences, all in one batch of lanes.
std::vector<double> output_errors(const program& of, const mode_result& mode, const exec::context& ctx) {
  const std::int64_t d = of.dimension(), rows = of.output_size();
  lanes<double> points(d, 2 * d), outputs(rows, 2 * d);
  std::vector<double> steps;
  for (std::int64_t i = 0; i < d; ++i) {
    const double x = mode.unconstrained[static_cast<std::size_t>(i)], h = 1e-5 * std::fmax(1.0, std::fabs(x));
    steps.push_back(h);
    for (std::int64_t l = 0; l < 2 * d; ++l) points(i, l) = x;
    points(i, 2 * i) = x + h;
    points(i, 2 * i + 1) = x - h;
  }
  of.evaluate_outputs(ctx, points, outputs);
  std::vector<double> out;
  for (std::int64_t r = 0; r < rows; ++r) {
    double sum = 0.0;
    const auto slope = [&](std::int64_t i) {
      return (outputs(r, 2 * i) - outputs(r, 2 * i + 1)) / (2.0 * steps[static_cast<std::size_t>(i)]);
    };
    for (std::int64_t i = 0; i < d; ++i) {
      for (std::int64_t j = 0; j < d; ++j) {
        sum += slope(i) * slope(j) * mode.covariance[static_cast<std::size_t>(i * d + j)];
      }
    }
    out.push_back(std::sqrt(std::fmax(0.0, sum)));
  }
  return out;
}

}  // namespace

mode_result find_mode(const program& of, const mode_options& options) {
  const std::int64_t d = of.dimension();
  const auto size = static_cast<std::size_t>(d);
  check::at_least("find_mode", "starts", options.starts, 1);
  if (!options.start.empty()) {
    check::same_size("find_mode", "start", static_cast<std::int64_t>(options.start.size()), "the unconstrained vector",
                     d);
  }
  const program_objective f(of, options.context, parts_of(options.target));
  const rng_key key = rng_key{options.seed, 0}.split(purpose::initial_point);
  std::vector<optim_result> runs;
  for (int k = 0; k < options.starts; ++k) {
    std::vector<double> start = options.start.empty() ? std::vector<double>(size, 0.0) : options.start;
    // A start where the density is not finite is replaced by random ones.
    for (int attempt = 0; attempt < 100; ++attempt) {
      if (k == 0 && attempt == 0 ? std::isfinite(f(start, {})) : false) break;
      for (std::size_t i = 0; i < size; ++i) {
        start[i] =
            4.0 * random::uniform(
                      key.split(purpose::user, static_cast<std::uint64_t>(k), static_cast<std::uint64_t>(attempt)), i) -
            2.0;
      }
      if (std::isfinite(f(start, {}))) break;
    }
    runs.push_back(climb(f, start, options));
    if (options.interrupt != nullptr && options.interrupt->requested()) break;
  }
  const multi_start_result all = gather_runs(std::move(runs));
  if (all.best < 0) check::fail_domain("find_mode", "log density at every start", -HUGE_VAL, "finite");
  const optim_result& best = all.runs[static_cast<std::size_t>(all.best)];
  mode_result out;
  out.unconstrained = best.x;
  out.log_density = -best.value;
  out.gradient_norm = best.gradient_norm;
  out.why = best.why;
  out.distinct = all.distinct;
  for (const optim_result& run : all.runs) out.iterations += run.iterations;
  out.names = of.output_names();
  out.values.resize(static_cast<std::size_t>(of.output_size()));
  of.evaluate_outputs(options.context, lanes_view<const double>(best.x),
                      lanes_view<double>(std::span<double>(out.values)));
  if (d <= 500) {
    std::vector<double> information(size * size);
    f.hessian(best.x, information);
    const std::vector<double> factor = factor_of(information, d);
    if (!factor.empty()) {
      std::vector<double> identity(size * size, 0.0);
      for (std::size_t i = 0; i < size; ++i) identity[i * size + i] = 1.0;
      const auto inverse =
          cholesky_solve({}, view<const double, 2>(factor.data(), d, d), view<const double, 2>(identity.data(), d, d));
      out.covariance.assign(inverse.data(), inverse.data() + size * size);
      out.std_errors = output_errors(of, out, options.context);
    }
  }
  return out;
}

laplace_result laplace_approximation(const program& of, const mode_result& mode, std::int64_t draws, std::uint64_t seed,
                                     const exec::context& ctx) {
  const std::int64_t d = of.dimension();
  const auto size = static_cast<std::size_t>(d);
  check::at_least("laplace_approximation", "draws", draws, 0);
  if (mode.covariance.empty()) {
    check::fail_domain("laplace_approximation", "curvature at the mode", "not positive definite", "positive definite");
  }
  const std::vector<double> factor = factor_of(mode.covariance, d);
  if (factor.empty()) check::fail_domain("laplace_approximation", "covariance", "not positive definite", "positive definite");
  double log_root = 0.0;
  for (std::size_t i = 0; i < size; ++i) log_root += std::log(factor[i * size + i]);
  std::vector<double> top(1);
  of.evaluate(ctx, lanes_view<const double>(mode.unconstrained), top, {});
  laplace_result out;
  const double half = constants::half_log_two_pi * static_cast<double>(d);
  out.log_evidence = top[0] + half + log_root;
  if (draws == 0) return out;
  lanes<double> points(d, draws);
  std::vector<double> approximate(static_cast<std::size_t>(draws));
  const rng_key key = rng_key{seed, 0}.split(purpose::data_simulation);
  for (std::int64_t l = 0; l < draws; ++l) {
    std::vector<double> z(size);
    double square = 0.0;
    for (std::size_t i = 0; i < size; ++i) {
      z[i] = random::normal<double>(key, static_cast<std::uint64_t>(l) * size + i);
      square += z[i] * z[i];
    }
    for (std::size_t i = 0; i < size; ++i) {
      double x = mode.unconstrained[i];
      for (std::size_t j = 0; j <= i; ++j) x += factor[i * size + j] * z[j];
      points(static_cast<std::int64_t>(i), l) = x;
    }
    approximate[static_cast<std::size_t>(l)] = -half - log_root - 0.5 * square;
  }
  out.log_weights.resize(static_cast<std::size_t>(draws));
  of.evaluate(ctx, points, out.log_weights, {});
  for (std::size_t l = 0; l < out.log_weights.size(); ++l) out.log_weights[l] -= approximate[l];
  out.draws.resize(static_cast<std::size_t>(of.output_size() * draws));
  of.evaluate_outputs(ctx, points, lanes_view<double>(out.draws.data(), of.output_size(), draws));
  return out;
}

}  // namespace credence
