// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/check.hpp"
#include "credence/estimate/glm_inference.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/random/uniform.hpp"
#include "estimate/glm_fisher.hpp"
#include "estimate/quantiles.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace credence::glm {

using namespace estimate_detail;

bootstrap_result bootstrap(const fitted& fit, const problem& data, const options& how,
                           const bootstrap_options& wanted) {
  check::at_least("bootstrap", "replicates", wanted.replicates, 2);
  const std::int64_t n = data.x.extents[0];
  const std::size_t p = fit.names.size(), k = fit.estimable.size();
  std::vector<double> start;
  for (const std::int64_t j : fit.estimable) {
    const double b = fit.coefficients[static_cast<std::size_t>(j)];
    if (!std::isfinite(b)) {
      check::fail_domain("bootstrap", "coefficient " + fit.names[static_cast<std::size_t>(j)], b, "finite");
    }
    start.push_back(b);
  }
  bootstrap_result out;
  const auto replicates = static_cast<std::size_t>(wanted.replicates);
  out.coefficients.assign(replicates * p, std::numeric_limits<double>::quiet_NaN());
  const rng_key key{wanted.seed, 0};
  const bool gram = fit.condition < 1e4;
  exec::for_each_task(how.context, wanted.replicates, [&](std::int64_t r) {
    const rng_key mine = key.split(purpose::resampling, static_cast<std::uint64_t>(r));
    std::vector<double> weights(static_cast<std::size_t>(n), 0.0);
    for (std::int64_t i = 0; i < n; ++i) {
      const auto row = random::integer_below(mine, static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(n));
      weights[row] += data.weights.empty() ? 1.0 : data.weights[row];
    }
    problem drawn = data;
    drawn.weights = weights;
    glm_rows rows(drawn, how, fit.link);
    rows.columns = fit.estimable;
    rows.theta = fit.family == family::negative_binomial ? fit.theta : 1.0;
    const fisher_answer answer = fisher_scoring(rows, how, start, gram);
    if (!answer.converged) return;
    for (std::size_t j = 0; j < k; ++j) {
      out.coefficients[static_cast<std::size_t>(r) * p + static_cast<std::size_t>(fit.estimable[j])] =
          answer.coefficients[j];
    }
  });
  for (std::size_t j = 0; j < p; ++j) {
    std::vector<double> draws;
    double mean = 0.0, squares = 0.0;
    for (std::size_t r = 0; r < replicates; ++r) {
      const double b = out.coefficients[r * p + j];
      if (!std::isfinite(b)) continue;
      draws.push_back(b);
      const double gap = b - mean;
      mean += gap / static_cast<double>(draws.size());
      squares += gap * (b - mean);
    }
    out.failed =
        std::max(out.failed, k == 0 || draws.empty() ? 0 : wanted.replicates - static_cast<std::int64_t>(draws.size()));
    out.std_errors.push_back(draws.size() > 1 ? std::sqrt(squares / static_cast<double>(draws.size() - 1))
                                              : std::numeric_limits<double>::quiet_NaN());
    std::sort(draws.begin(), draws.end());
    out.percentile.push_back(
        {quantile_of_sorted(draws, 0.5 - 0.5 * wanted.level), quantile_of_sorted(draws, 0.5 + 0.5 * wanted.level)});
  }
  return out;
}

}  // namespace credence::glm
