// SPDX-License-Identifier: BSD-3-Clause
#include "credence/estimate/glm_path.hpp"

#include "credence/base/check.hpp"
#include "credence/optim/coordinate_descent.hpp"
#include "estimate/glm_fisher.hpp"

#include <algorithm>
#include <cmath>

namespace credence::glm {

using namespace estimate_detail;

namespace {

/// The quadratic model of the likelihood at some coefficients, without its intercept, on the scale of the penalty.
struct quadratic_model {
  std::vector<double> matrix, linear;  // of the penalised columns
  double constant_weight = 0.0;        // of the intercept
  std::vector<double> constant_cross;
  double constant_linear = 0.0;
};

struct path_problem {
  const glm_rows& rows;
  std::int64_t p;
  std::int64_t constant = -1;           // the column that is the intercept
  std::vector<std::int64_t> penalised;  // the others
  std::vector<double> scales;           // of those
  double n;                             // sum of the weights

  /// A least-squares problem is its own quadratic model: one pass over the rows serves the whole path.
  bool least_squares = false;
  mutable pass_sums first{};
  mutable std::vector<double> origin{};

  pass_sums sums_at(const std::vector<double>& b) const {
    if (!least_squares) return rows.at(b, true);
    if (origin.empty()) {
      origin = b;
      first = rows.at(b, true);
    }
    pass_sums out = first;
    for (std::int64_t i = 0; i < p; ++i) {
      double product = 0.0;
      for (std::int64_t j = 0; j < p; ++j) {
        product += first.gram[static_cast<std::size_t>(std::max(i, j) * p + std::min(i, j))] *
                   (b[static_cast<std::size_t>(j)] - origin[static_cast<std::size_t>(j)]);
      }
      const auto at_i = static_cast<std::size_t>(i);
      out.score[at_i] -= product;
      out.deviance -= (b[at_i] - origin[at_i]) * (2.0 * first.score[at_i] - product);
    }
    return out;
  }

  quadratic_model at(const std::vector<double>& b, double& deviance, bool& valid) const {
    const pass_sums sums = sums_at(b);
    deviance = sums.deviance;
    valid = sums.valid;
    const auto g = [&](std::int64_t i, std::int64_t j) {
      return sums.gram[static_cast<std::size_t>(std::max(i, j) * p + std::min(i, j))] / n;
    };
    const auto target = [&](std::int64_t i) {
      double sum = sums.score[static_cast<std::size_t>(i)] / n;
      for (std::int64_t j = 0; j < p; ++j) sum += g(i, j) * b[static_cast<std::size_t>(j)];
      return sum;
    };
    quadratic_model out;
    const std::size_t m = penalised.size();
    out.matrix.resize(m * m);
    for (std::size_t i = 0; i < m; ++i) {
      out.linear.push_back(target(penalised[i]) / scales[i]);
      for (std::size_t j = 0; j < m; ++j)
        out.matrix[i * m + j] = g(penalised[i], penalised[j]) / (scales[i] * scales[j]);
    }
    if (constant < 0) return out;
    out.constant_weight = g(constant, constant);
    out.constant_linear = target(constant);
    for (std::size_t i = 0; i < m; ++i) out.constant_cross.push_back(g(penalised[i], constant) / scales[i]);
    // The intercept is free: at its best for any other coefficients it leaves the centred problem.
    for (std::size_t i = 0; i < m; ++i) {
      out.linear[i] -= out.constant_cross[i] * out.constant_linear / out.constant_weight;
      for (std::size_t j = 0; j < m; ++j) {
        out.matrix[i * m + j] -= out.constant_cross[i] * out.constant_cross[j] / out.constant_weight;
      }
    }
    return out;
  }

  /// Coefficients of all columns from those of the penalised ones on their scale.
  std::vector<double> assemble(const quadratic_model& model, const std::vector<double>& scaled) const {
    std::vector<double> out(static_cast<std::size_t>(p), 0.0);
    double rest = model.constant_linear;
    for (std::size_t i = 0; i < scaled.size(); ++i) {
      out[static_cast<std::size_t>(penalised[i])] = scaled[i] / scales[i];
      if (constant >= 0) rest -= model.constant_cross[i] * scaled[i];
    }
    if (constant >= 0) out[static_cast<std::size_t>(constant)] = rest / model.constant_weight;
    return out;
  }
};

/// Where every coefficient but the intercept is zero: the start of the path.
std::vector<double> null_coefficients(const glm_rows& rows, const options& how, std::int64_t p, std::int64_t constant) {
  std::vector<double> out(static_cast<std::size_t>(p), 0.0);
  if (constant < 0) return out;
  glm_rows alone = rows;
  alone.columns = {constant};
  out[static_cast<std::size_t>(constant)] = fisher_scoring(alone, how).coefficients[0];
  return out;
}

}  // namespace

std::vector<path_step> regularisation_path(const problem& data, const options& how, const path_options& path) {
  check::probability("regularisation_path", "mix", path.mix);
  for (const double l : path.penalties) check::non_negative("regularisation_path", "penalty", l);
  check::positive("regularisation_path", "smallest_ratio", path.smallest_ratio);
  check::at_least("regularisation_path", "count", path.count, 1);
  if (how.family == family::negative_binomial && !(how.theta > 0.0)) {
    check::fail_domain("regularisation_path", "theta", how.theta, "given for the negative binomial");
  }
  // A fit of the constant alone runs every check of the data.
  const std::int64_t n = data.x.extents[0], p = data.x.extents[1];
  const std::vector<double> ones(static_cast<std::size_t>(n), 1.0);
  problem null = data;
  null.x = view<const double, 2>(ones.data(), n, std::int64_t{1});
  null.names = {};
  static_cast<void>(fit(null, how));
  const enum link chosen = how.link == link::canonical ? canonical_link(how.family) : how.link;
  glm_rows rows(data, how, chosen);
  rows.theta = how.family == family::negative_binomial ? how.theta : 1.0;
  path_problem at{rows, p, -1, {}, {}, 0.0};
  at.least_squares = how.family == family::gaussian && chosen == link::identity;
  for (std::int64_t i = 0; i < n; ++i) at.n += rows.weight(i);
  for (std::int64_t j = 0; j < p; ++j) {
    double mean = 0.0, squares = 0.0;
    for (std::int64_t i = 0; i < n; ++i) mean += rows.weight(i) * data.x(i, j);
    mean /= at.n;
    for (std::int64_t i = 0; i < n; ++i) squares += rows.weight(i) * (data.x(i, j) - mean) * (data.x(i, j) - mean);
    const double sd = std::sqrt(squares / at.n);
    if (!(sd > 1e-14 * std::fabs(mean))) {
      if (at.constant < 0 && mean != 0.0) {
        at.constant = j;
        continue;
      }
      check::fail_domain("regularisation_path", "column " + std::to_string(j), "constant", "one that varies");
    }
    at.penalised.push_back(j);
    at.scales.push_back(path.standardise ? sd : 1.0);
  }
  std::vector<double> b = null_coefficients(rows, how, p, at.constant);
  double null_deviance = 0.0;
  bool valid = true;
  const std::size_t m = at.penalised.size();
  const quadratic_model first = at.at(b, null_deviance, valid);

  std::vector<double> penalties = path.penalties;
  if (penalties.empty()) {
    double most = 0.0;
    for (const double q : first.linear) most = std::fmax(most, std::fabs(q));
    most /= std::fmax(path.mix, 1e-3);
    for (int k = 0; k < path.count; ++k) {
      const double t = path.count == 1 ? 0.0 : static_cast<double>(k) / (path.count - 1);
      penalties.push_back(most * std::pow(path.smallest_ratio, t));
    }
  }
  // Along the path from large to small, whatever the order of the answers.
  std::vector<std::size_t> order(penalties.size());
  for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t c) { return penalties[a] > penalties[c]; });
  std::vector<path_step> out(penalties.size());
  std::vector<double> scaled(m, 0.0);
  for (const std::size_t k : order) {
    const std::vector<double> l1(m, penalties[k] * path.mix), l2(m, penalties[k] * (1.0 - path.mix));
    path_step& step = out[k];
    step.penalty = penalties[k];
    const auto objective_of = [&](const std::vector<double>& now, double deviance) {
      double penalty = 0.0;
      for (std::size_t i = 0; i < m; ++i) {
        const double v = now[static_cast<std::size_t>(at.penalised[i])] * at.scales[i];
        penalty += l1[i] * std::fabs(v) + 0.5 * l2[i] * v * v;
      }
      return deviance / (2.0 * at.n) + penalty;
    };
    double deviance = 0.0;
    quadratic_model model = at.at(b, deviance, valid);
    for (int round = 0; round < 200; ++round) {
      const auto solved = elastic_net_minimize(
          view<const double, 2>(model.matrix.data(), static_cast<std::int64_t>(m), static_cast<std::int64_t>(m)),
          model.linear, l1, l2, scaled);
      std::vector<double> next = at.assemble(model, solved.coefficients);
      double next_deviance = 0.0;
      quadratic_model next_model = at.at(next, next_deviance, valid);
      const double now = objective_of(b, deviance);
      for (int half = 0; half < 30 && (!valid || objective_of(next, next_deviance) > now + 1e-12 * std::fabs(now));
           ++half) {
        for (std::size_t j = 0; j < next.size(); ++j) next[j] = 0.5 * (next[j] + b[j]);
        next_model = at.at(next, next_deviance, valid);
      }
      double change = 0.0, size = 0.0;
      for (std::size_t j = 0; j < next.size(); ++j) {
        change = std::fmax(change, std::fabs(next[j] - b[j]));
        size = std::fmax(size, std::fabs(next[j]));
      }
      b = std::move(next);
      deviance = next_deviance;
      model = std::move(next_model);
      scaled = solved.coefficients;
      step.converged = change <= path.tolerance * size;
      if (step.converged) break;
    }
    step.coefficients = b;
    step.deviance = deviance;
    step.deviance_ratio = 1.0 - deviance / null_deviance;
    for (const double v : scaled) step.nonzero += v != 0.0 ? 1 : 0;
  }
  return out;
}

}  // namespace credence::glm
