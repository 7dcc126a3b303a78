// SPDX-License-Identifier: BSD-3-Clause
#include "credence/estimate/glm_inference.hpp"

#include "credence/base/check.hpp"
#include "credence/distributions/chi_squared.hpp"
#include "credence/distributions/normal.hpp"
#include "credence/distributions/student_t.hpp"
#include "credence/optim/scalar_search.hpp"
#include "credence/special/incomplete_beta.hpp"
#include "estimate/glm_fisher.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace credence::glm {

using namespace estimate_detail;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

double two_sided(double level) { return quantile(normal(0.0, 1.0), 0.5 + 0.5 * level); }
double two_sided(const fitted& fit, double level) {
  return fit.dispersion_estimated
             ? quantile(student_t(static_cast<double>(fit.df_residual), 0.0, 1.0), 0.5 + 0.5 * level)
             : two_sided(level);
}

double chi_squared_tail(double statistic, double df) {
  return statistic > 0.0 ? ccdf(chi_squared(df), statistic) : 1.0;
}

/// The finite coefficients of the columns that take part.
std::vector<double> finite_coefficients(const fitted& fit, const char* who) {
  std::vector<double> out;
  for (const std::int64_t j : fit.estimable) {
    const double b = fit.coefficients[static_cast<std::size_t>(j)];
    if (!std::isfinite(b)) {
      check::fail_domain(who, "coefficient " + fit.names[static_cast<std::size_t>(j)], b,
                         "finite: the responses are separated");
    }
    out.push_back(b);
  }
  return out;
}

/// The rows of the fit with the columns that it estimated.
glm_rows rows_of(const fitted& fit, const problem& data, const options& how) {
  glm_rows rows(data, how, fit.link);
  rows.columns = fit.estimable;
  rows.theta = fit.family == family::negative_binomial ? fit.theta : 1.0;
  return rows;
}

std::vector<double> predictor_of(const fitted& fit, const problem& data) {
  options how;
  how.family = fit.family;
  return rows_of(fit, data, how).predictor(finite_coefficients(fit, "glm"));
}

double weight_of(const problem& data, std::size_t i) { return data.weights.empty() ? 1.0 : data.weights[i]; }

/// Columns copied out of a problem, with the problem that they make.
struct sub_problem {
  std::vector<double> x;
  std::vector<std::string> names;
  problem data;

  sub_problem(const problem& of, const std::vector<std::int64_t>& columns) : data(of) {
    const std::int64_t n = of.x.extents[0];
    for (const std::int64_t j : columns) {
      for (std::int64_t i = 0; i < n; ++i) x.push_back(of.x(i, j));
      if (!of.names.empty()) names.push_back(of.names[static_cast<std::size_t>(j)]);
    }
    data.x = view<const double, 2>(x.data(), n, static_cast<std::int64_t>(columns.size()));
    data.x.strides[0] = 1;
    data.x.strides[1] = n;
    data.names = names;
  }
};

/// Whether the intercept is among the columns of a model.
options with_fixed_theta(const options& how, const fitted& fit) {
  options out = how;
  if (fit.family == family::negative_binomial) out.theta = fit.theta;
  return out;
}

}  // namespace

std::vector<double> fitted_means(const fitted& fit, const problem& data) {
  std::vector<double> out = predictor_of(fit, data);
  for (double& v : out) v = inverse_link(fit.link, v);
  return out;
}

std::vector<double> residuals(const fitted& fit, const problem& data, residual_kind kind) {
  std::vector<double> out = predictor_of(fit, data);
  const double theta = fit.family == family::negative_binomial ? fit.theta : 1.0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double mean = inverse_link(fit.link, out[i]), gap = data.y[i] - mean;
    switch (kind) {
      case residual_kind::response:
        out[i] = gap;
        break;
      case residual_kind::pearson:
        out[i] = gap * std::sqrt(weight_of(data, i) / variance(fit.family, mean, theta));
        break;
      case residual_kind::deviance:
        out[i] = std::copysign(
            std::sqrt(std::fmax(0.0, weight_of(data, i) * unit_deviance(fit.family, data.y[i], mean, theta))), gap);
        break;
      case residual_kind::working:
        out[i] = gap / inverse_link_slope(fit.link, out[i]);
        break;
    }
  }
  return out;
}

std::vector<double> leverages(const fitted& fit, const problem& data) {
  const std::vector<double> eta = predictor_of(fit, data);
  const double theta = fit.family == family::negative_binomial ? fit.theta : 1.0;
  std::vector<double> out(eta.size()), x(fit.estimable.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    for (std::size_t k = 0; k < x.size(); ++k) x[k] = data.x(static_cast<std::int64_t>(i), fit.estimable[k]);
    const double slope = inverse_link_slope(fit.link, eta[i]);
    const double weight =
        weight_of(data, i) * slope * slope / variance(fit.family, inverse_link(fit.link, eta[i]), theta);
    for (const double z : solve_transposed(fit.factor, x)) out[i] += z * z;
    out[i] *= weight;
  }
  return out;
}

std::vector<double> standardised_residuals(const fitted& fit, const problem& data, residual_kind kind) {
  std::vector<double> out = residuals(fit, data, kind);
  const std::vector<double> h = leverages(fit, data);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] /= std::sqrt(fit.dispersion * (1.0 - h[i]));
  return out;
}

std::vector<double> cooks_distances(const fitted& fit, const problem& data) {
  std::vector<double> out = residuals(fit, data, residual_kind::pearson);
  const std::vector<double> h = leverages(fit, data);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double scaled = out[i] / (1.0 - h[i]);
    out[i] = scaled * scaled * h[i] / (fit.dispersion * static_cast<double>(fit.rank));
  }
  return out;
}

std::vector<double> sandwich(const fitted& fit, const problem& data, sandwich_kind kind,
                             std::span<const std::int64_t> cluster) {
  const std::vector<double> eta = predictor_of(fit, data);
  const std::size_t n = eta.size(), p = fit.estimable.size(), wide = fit.names.size();
  if (!cluster.empty()) {
    check::same_size("sandwich", "cluster", static_cast<std::int64_t>(cluster.size()), "rows",
                     static_cast<std::int64_t>(n));
  }
  const double theta = fit.family == family::negative_binomial ? fit.theta : 1.0;
  const bool leverage = kind == sandwich_kind::hc2 || kind == sandwich_kind::hc3;
  const std::vector<double> h = leverage ? leverages(fit, data) : std::vector<double>(n, 0.0);
  std::map<std::int64_t, std::vector<double>> scores;  // in a fixed order
  std::vector<double> meat(p * p, 0.0);
  const auto add = [&](const std::vector<double>& s) {
    for (std::size_t a = 0; a < p; ++a) {
      for (std::size_t b = 0; b < p; ++b) meat[a * p + b] += s[a] * s[b];
    }
  };
  std::vector<double> score(p);
  for (std::size_t i = 0; i < n; ++i) {
    const double mean = inverse_link(fit.link, eta[i]);
    double s = weight_of(data, i) * (data.y[i] - mean) * inverse_link_slope(fit.link, eta[i]) /
               variance(fit.family, mean, theta);
    if (kind == sandwich_kind::hc2) s /= std::sqrt(1.0 - h[i]);
    if (kind == sandwich_kind::hc3) s /= 1.0 - h[i];
    for (std::size_t k = 0; k < p; ++k) score[k] = s * data.x(static_cast<std::int64_t>(i), fit.estimable[k]);
    if (cluster.empty()) {
      add(score);
    } else {
      auto& sum = scores[cluster[i]];
      sum.resize(p, 0.0);
      for (std::size_t k = 0; k < p; ++k) sum[k] += score[k];
    }
  }
  for (const auto& entry : scores) add(entry.second);
  double factor = 1.0;
  if (kind == sandwich_kind::hc1) {
    const double count = cluster.empty() ? static_cast<double>(n) : static_cast<double>(scores.size());
    factor = cluster.empty() ? count / (count - static_cast<double>(p))
                             : count / (count - 1.0) * (static_cast<double>(n) - 1.0) /
                                   (static_cast<double>(n) - static_cast<double>(p));
  }
  const std::vector<double> bread = inverse_normal(fit.factor, static_cast<std::int64_t>(p));
  std::vector<double> half(p * p, 0.0), out(wide * wide, not_a_number);
  for (std::size_t a = 0; a < p; ++a) {
    for (std::size_t b = 0; b < p; ++b) {
      for (std::size_t k = 0; k < p; ++k) half[a * p + b] += bread[a * p + k] * meat[k * p + b];
    }
  }
  for (std::size_t a = 0; a < p; ++a) {
    for (std::size_t b = 0; b < p; ++b) {
      double sum = 0.0;
      for (std::size_t k = 0; k < p; ++k) sum += half[a * p + k] * bread[k * p + b];
      out[static_cast<std::size_t>(fit.estimable[a]) * wide + static_cast<std::size_t>(fit.estimable[b])] =
          factor * sum;
    }
  }
  return out;
}

interval wald_interval(const fitted& fit, std::int64_t coefficient, double level) {
  check::less_than("wald_interval", "coefficient", coefficient, static_cast<std::int64_t>(fit.names.size()));
  const auto j = static_cast<std::size_t>(coefficient);
  if (!std::isfinite(fit.coefficients[j])) {
    return fit.coefficients[j] != fit.coefficients[j] ? interval{not_a_number, not_a_number}
                                                      : interval{-infinity, infinity};
  }
  const double reach = two_sided(fit, level) * fit.std_errors[j];
  return {fit.coefficients[j] - reach, fit.coefficients[j] + reach};
}

interval profile_interval(const fitted& fit, const problem& data, const options& how, std::int64_t coefficient,
                          double level) {
  check::less_than("profile_interval", "coefficient", coefficient, static_cast<std::int64_t>(fit.names.size()));
  const auto j = static_cast<std::size_t>(coefficient);
  const auto place = std::find(fit.estimable.begin(), fit.estimable.end(), coefficient);
  if (place == fit.estimable.end()) return {not_a_number, not_a_number};
  const std::vector<double> best = finite_coefficients(fit, "profile_interval");
  std::vector<std::int64_t> others = fit.estimable;
  others.erase(others.begin() + (place - fit.estimable.begin()));
  const sub_problem rest(data, others);
  const std::int64_t n = data.x.extents[0];
  std::vector<double> offset(static_cast<std::size_t>(n)), start;
  for (std::size_t k = 0; k < best.size(); ++k) {
    if (fit.estimable[k] != coefficient) start.push_back(best[k]);
  }
  problem shifted = rest.data;
  shifted.offset = offset;
  const options fixed = with_fixed_theta(how, fit);
  const double wanted = two_sided(level);
  const auto excess = [&](double b) {
    for (std::int64_t i = 0; i < n; ++i) {
      const auto at = static_cast<std::size_t>(i);
      offset[at] = (data.offset.empty() ? 0.0 : data.offset[at]) + b * data.x(i, coefficient);
    }
    glm_rows rows(shifted, fixed, fit.link);
    rows.theta = fit.family == family::negative_binomial ? fit.theta : 1.0;
    fisher_answer at_b = fisher_scoring(rows, fixed, start);
    if (!at_b.converged) at_b = fisher_scoring(rows, fixed);
    const double gap = at_b.sums.deviance - fit.deviance;
    return std::sqrt(std::fmax(0.0, gap) / fit.dispersion) - wanted;
  };
  const double error = fit.std_errors[j], middle = fit.coefficients[j];
  const auto end = [&](double side) {
    double inner = middle, outer = middle + side * wanted * error;
    for (int k = 0; k < 40; ++k) {
      if (excess(outer) > 0.0) return brent_root(excess, std::fmin(inner, outer), std::fmax(inner, outer)).x;
      inner = outer;
      outer += side * wanted * error * std::pow(1.5, k);
    }
    return side * infinity;
  };
  return {end(-1.0), end(1.0)};
}

test_result likelihood_ratio_test(const fitted& smaller, const fitted& larger) {
  test_result out;
  out.df = static_cast<double>(larger.rank - smaller.rank);
  if (!(out.df > 0.0)) {
    check::fail_domain("likelihood_ratio_test", "rank of the larger model", larger.rank,
                       "above that of the smaller one, which is " + std::to_string(smaller.rank));
  }
  out.statistic = (smaller.deviance - larger.deviance) / larger.dispersion;
  if (!larger.dispersion_estimated) {
    out.p = chi_squared_tail(out.statistic, out.df);
    return out;
  }
  out.statistic /= out.df;
  out.df_denominator = static_cast<double>(larger.df_residual);
  // The tail of F(d1, d2) at f is the incomplete beta function at d2 / (d2 + d1 f).
  out.p = out.statistic > 0.0 ? special::beta_p(0.5 * out.df_denominator, 0.5 * out.df,
                                                out.df_denominator / (out.df_denominator + out.df * out.statistic))
                              : 1.0;
  return out;
}

std::vector<term_test> drop_terms(const model& of) {
  std::vector<term_test> out;
  const auto& terms = of.recipe.formula().terms;
  const problem data = of.data();
  const double n = static_cast<double>(of.result.observations);
  for (std::size_t t = 0; t < terms.size(); ++t) {
    const bool contained = std::any_of(terms.begin(), terms.end(), [&](const auto& other) {
      return other.size() > terms[t].size() && std::all_of(terms[t].begin(), terms[t].end(), [&](int v) {
               return std::find(other.begin(), other.end(), v) != other.end();
             });
    });
    if (contained) continue;
    std::vector<std::int64_t> kept;
    for (const std::int64_t j : of.result.estimable) {
      if (of.design.term_of[static_cast<std::size_t>(j)] != static_cast<std::int64_t>(t)) kept.push_back(j);
    }
    term_test test;
    test.term = of.design.terms[t];
    test.df = of.result.rank - static_cast<std::int64_t>(kept.size());
    if (test.df == 0) continue;
    const options fixed = with_fixed_theta(of.how, of.result);
    const sub_problem rest(data, kept);
    const fitted smaller = fit(rest.data, fixed);
    test.deviance = smaller.deviance;
    test.aic = smaller.aic;
    // A normal likelihood with its own variance; the others at the dispersion of the full model.
    const bool own_variance = of.result.family == family::gaussian && of.result.dispersion_estimated;
    test.likelihood_ratio.statistic = own_variance ? n * std::log(smaller.deviance / of.result.deviance)
                                                   : (smaller.deviance - of.result.deviance) / of.result.dispersion;
    test.likelihood_ratio.df = test.score.df = static_cast<double>(test.df);
    test.likelihood_ratio.p = chi_squared_tail(test.likelihood_ratio.statistic, test.likelihood_ratio.df);
    if (!smaller.findings.empty() && !smaller.converged) {
      test.score.statistic = test.score.p = not_a_number;
    } else {
      glm_rows rows = rows_of(of.result, data, fixed);
      std::vector<double> b(of.result.estimable.size(), 0.0);
      for (std::size_t k = 0; k < b.size(); ++k) {
        const auto at = std::find(kept.begin(), kept.end(), of.result.estimable[k]);
        if (at != kept.end()) b[k] = smaller.coefficients[static_cast<std::size_t>(at - kept.begin())];
      }
      const pass_sums sums = rows.at(b, false);
      for (const double z : solve_transposed(sums.triangle, sums.score)) test.score.statistic += z * z;
      test.score.statistic /= of.result.dispersion;
      test.score.p = chi_squared_tail(test.score.statistic, test.score.df);
    }
    out.push_back(test);
  }
  return out;
}

prediction predict(const fitted& fit, view<const double, 2> x, std::span<const double> offset, double level) {
  const std::vector<double> b = finite_coefficients(fit, "predict");
  check::same_size("predict", "columns of x", x.extents[1], "coefficients",
                   static_cast<std::int64_t>(fit.names.size()));
  if (!offset.empty()) {
    check::same_size("predict", "offset", static_cast<std::int64_t>(offset.size()), "rows of x", x.extents[0]);
  }
  prediction out;
  const double reach = two_sided(fit, level);
  std::vector<double> row(b.size());
  for (std::int64_t i = 0; i < x.extents[0]; ++i) {
    double eta = offset.empty() ? 0.0 : offset[static_cast<std::size_t>(i)], square = 0.0;
    for (std::size_t k = 0; k < row.size(); ++k) {
      row[k] = x(i, fit.estimable[k]);
      eta += row[k] * b[k];
    }
    for (const double z : solve_transposed(fit.factor, row)) square += z * z;
    const double error = std::sqrt(square * fit.dispersion);
    const double one = inverse_link(fit.link, eta - reach * error), two = inverse_link(fit.link, eta + reach * error);
    out.predictor.push_back(eta);
    out.std_error.push_back(error);
    out.mean.push_back(inverse_link(fit.link, eta));
    out.lower.push_back(std::fmin(one, two));
    out.upper.push_back(std::fmax(one, two));
    if (fit.family == family::gaussian && fit.link == link::identity) {
      const double whole = reach * std::sqrt(fit.dispersion * (1.0 + square));
      out.observation_lower.push_back(eta - whole);
      out.observation_upper.push_back(eta + whole);
    }
  }
  return out;
}

prediction predict(const model& of, const table& data, double level) {
  const design_matrix rows = of.recipe.apply_without_response(data);
  return predict(of.result, rows.matrix(), rows.offset, level);
}

}  // namespace credence::glm
