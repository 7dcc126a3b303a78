// SPDX-License-Identifier: BSD-3-Clause
// Poisson counts whose log rate is a Gaussian process.
#include "entries.hpp"

#include "credence/autodiff/density.hpp"
#include "credence/distributions/gamma.hpp"
#include "credence/distributions/normal.hpp"
#include "credence/distributions/poisson.hpp"

#include <vector>

namespace credence::models::detail {

namespace {

/// L z for the lower Cholesky factor L of the covariance alpha^2 exp(-(x_i - x_j)^2 / (2 rho^2)) + 1e-10 [i = j]. The
/// factor is made column by column (outer-product form), as operations on vectors; column j starts at row j.
var correlate(recorder& r, const var& x, const var& rho, const var& alpha, const var& z) {
  const std::int64_t n = x.size();
  const var scale = -0.5 * inv(square(rho)), amplitude = square(alpha);
  std::vector<var> columns;
  var f = r.constant(std::vector<double>(static_cast<std::size_t>(n), 0.0), {n});
  for (std::int64_t j = 0; j < n; ++j) {
    const std::int64_t rest = n - j;
    std::vector<double> jitter(static_cast<std::size_t>(rest), 0.0);
    jitter[0] = 1e-10;
    var column = amplitude * exp(scale * square(slice(x, j, rest) - x[j])) + r.constant(jitter, {rest});
    for (std::int64_t k = 0; k < j; ++k) {
      const var part = slice(columns[static_cast<std::size_t>(k)], j - k, rest);
      column = column - part * part[0];
    }
    column = column / sqrt(column[0]);
    columns.push_back(column);
    const var term = column * z[j];
    f = f + (j == 0 ? term : concat({r.constant(std::vector<double>(static_cast<std::size_t>(j), 0.0), {j}), term}));
  }
  return f;
}

}  // namespace

entry gaussian_process_poisson() {
  entry e;
  e.name = "gp_pois_regr";
  e.summary = "Poisson regression with a latent Gaussian process";
  e.definition =
      "k[i] ~ poisson(exp(f[i])); f = L f_tilde; f_tilde[i] ~ normal(0, 1); L L' = K; K[i, j] = alpha^2 "
      "exp(-(x[i] - x[j])^2 / (2 rho^2)) + 1e-10 [i = j]; rho ~ gamma(25, 4); alpha ~ half_normal(0, 2)";
  e.source = "posteriordb, gp_pois_regr";
  e.parameters = {{"rho", "", "length scale"}, {"alpha", "", "amplitude"}, {"f", "N", "log rate at each input"}};
  e.data = {{"N", "number of inputs", data_domain::positive_count},
            {"x", "inputs", data_domain::real, {"N"}},
            {"k", "counts", data_domain::count, {"N"}}};
  e.recipe = model([](recorder& r) {
    const std::int64_t n = r.integer("N");
    const var rho = r.parameter("rho", lower(0.0)), alpha = r.parameter("alpha", lower(0.0));
    const var z = r.parameter("f_tilde", {n});
    const var f = r.generated("f", correlate(r, r.data("x", {n}), rho, alpha, z));
    r.prior += log_pdf(gamma{25.0, 4.0}, rho) + log_pdf(normal{0.0, 2.0}, alpha) + log_pdf(normal{0.0, 1.0}, z);
    r.likelihood += log_pdf(poisson{exp(f)}, r.data("k", {n}));
  });
  return e;
}

}  // namespace credence::models::detail
