// SPDX-License-Identifier: BSD-3-Clause
#include "estimate/fit_search.hpp"

#include "credence/base/check.hpp"
#include "credence/optim/newton.hpp"
#include "credence/tensor/linalg.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace credence::estimate_detail {

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

std::string spoken(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t k = 0; k < names.size(); ++k)
    out += (k == 0 ? "" : k + 1 == names.size() ? " and " : ", ") + names[k];
  return out;
}

/// What a flat direction of the likelihood means: a parameter on its border, or a ridge without end.
void describe_ridge(const fit_likelihood& likelihood, std::span<const double> direction, std::span<const double> u,
                    fitted_distribution& out, std::vector<bool>& lost) {
  std::vector<std::string> moving;
  std::size_t first = 0;
  for (std::size_t k = 0; k < direction.size(); ++k) {
    if (std::fabs(direction[k]) < 0.1) continue;
    if (moving.empty()) first = k;
    moving.push_back(out.names[likelihood.free()[k]]);
    lost[k] = true;
  }
  const std::size_t j = likelihood.free()[first];
  const parameter_domain domain = likelihood.family().parameters[j].domain;
  if (moving.size() == 1 && (domain == parameter_domain::probability || domain == parameter_domain::open_probability)) {
    out.estimates[j] = u[first] < 0.0 ? 0.0 : 1.0;
    out.findings.push_back({fit_problem::boundary, moving[0] + " is at its border, " +
                                                       check::to_text(out.estimates[j]) + ": no standard error there"});
  } else if (moving.size() == 1 && domain != parameter_domain::real) {
    const bool up = u[first] > to_unconstrained(domain, 1.0);
    out.findings.push_back({up ? fit_problem::unbounded : fit_problem::boundary,
                            up ? "the likelihood rises without end as " + moving[0] +
                                     " grows: the value shown is where it no longer matters"
                               : moving[0] + " goes to its border, 0: no standard error there"});
  } else {
    out.findings.push_back({fit_problem::unbounded, "unbounded ridge: the likelihood does not fall as " +
                                                        spoken(moving) + " run off together"});
  }
}

}  // namespace

search_end search_from(const fit_likelihood& likelihood, const std::vector<double>& u) {
  search_end out;
  out.u = u;
  const optim_result found =
      newton_minimize(likelihood, u, {.max_iterations = 500, .gradient_tolerance = 1e-14, .first_radius = 0.5});
  out.u = found.x;
  out.value = -found.value;
  out.why = found.why;
  out.iterations = found.iterations;
  if (!converged(out.why) && found.gradient_norm < 1e-9) out.why = stop_reason::gradient_small;
  return out;
}

std::vector<double> information_at(const fit_likelihood& likelihood, std::span<const double> u) {
  std::vector<double> out = difference_hessian(likelihood, u);
  for (double& v : out) v *= likelihood.total_weight();
  return out;
}

void search_maximum(const fit_likelihood& likelihood, const std::vector<std::vector<double>>& starts,
                    fitted_distribution& out) {
  const std::size_t all = out.names.size(), k = likelihood.free().size();
  out.std_errors.assign(all, not_a_number);
  out.covariance.assign(all * all, not_a_number);
  const bool plain_weibull = out.family == "weibull" && likelihood.exact() && k == 2 &&
                             !std::isfinite(likelihood.data().truncated_below) &&
                             !std::isfinite(likelihood.data().truncated_above) &&
                             likelihood.options().method == fit_method::maximum_likelihood;
  if (plain_weibull) {
    const weibull_answer w =
        weibull_maximum(likelihood.data().values, likelihood.data().weights, likelihood.options().context);
    out.estimates = {w.shape, w.scale};
    out.log_likelihood = w.log_likelihood;
    out.iterations = w.iterations;
    out.converged = true;
    const double a = w.information[0], b = w.information[1], c = w.information[2], d = a * c - b * b;
    out.covariance = {c / d, -b / d, -b / d, a / d};
    out.std_errors = {std::sqrt(c / d), std::sqrt(a / d)};
    return;
  }
  search_end best;
  best.value = -HUGE_VAL;
  bool any = false;
  for (const std::vector<double>& start : starts) {
    const std::vector<double> u = likelihood.free_of(start);
    if (k > 0 && !std::isfinite(likelihood(u, {}))) continue;
    search_end end =
        k > 0 ? search_from(likelihood, u) : search_end{u, -likelihood(u, {}), stop_reason::gradient_small, 0};
    if (!any || end.value > best.value) best = std::move(end);
    any = true;
    if (likelihood.from_sums()) break;  // concave enough: one start
  }
  if (!any) {
    check::fail_domain("fit_distribution", "likelihood of " + out.family + " at every start", -HUGE_VAL, "finite");
  }
  out.estimates = likelihood.natural_of(best.u);
  out.log_likelihood = likelihood.natural(out.estimates.data(), nullptr);
  out.log_posterior = best.value * likelihood.total_weight();
  out.iterations = best.iterations;
  out.why = best.why;
  out.converged = converged(best.why);
  if (k == 0) return;

  const std::vector<double> information = information_at(likelihood, best.u);
  const auto size = static_cast<std::int64_t>(k);
  std::vector<bool> lost(k, false);
  if (std::all_of(information.begin(), information.end(), [](double v) { return std::isfinite(v); })) {
    // Logarithms and logits have a scale of their own; parameters with units are measured by their own curvature.
    std::vector<double> scale(k, 1.0), scaled(information);
    for (std::size_t i = 0; i < k; ++i) {
      const double own = information[i * k + i];
      if (likelihood.family().parameters[likelihood.free()[i]].domain == parameter_domain::real && own > 0.0) {
        scale[i] = 1.0 / std::sqrt(own);
      }
    }
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t l = 0; l < k; ++l) scaled[i * k + l] *= scale[i] * scale[l];
    }
    const auto solved = eigen_symmetric({}, view<const double, 2>(scaled.data(), size, size));
    for (std::size_t e = 0; e < k; ++e) {
      // An error of thirty on the log scale: nothing is known about the parameter.
      if (solved.values.data()[e] > 1e-3) continue;
      std::vector<double> direction(k);
      for (std::size_t i = 0; i < k; ++i) direction[i] = solved.vectors.data()[i * k + e];
      describe_ridge(likelihood, direction, best.u, out, lost);
    }
  } else {
    lost.assign(k, true);
  }
  const double spread = std::sqrt(summary_of(likelihood.data()).variance);
  for (const std::size_t j : likelihood.free()) {
    if ((out.names[j] == "scale" || out.names[j] == "sd") && out.estimates[j] < 1e-8 * spread) {
      out.findings.push_back({fit_problem::unbounded, "the likelihood grows without end as " + out.names[j] +
                                                          " goes to 0 around a value that is there more than once"});
      out.converged = false;
      lost.assign(k, true);
    }
  }
  if (out.family == "generalized_pareto" && out.estimates[2] < -1.0 + 1e-6) {
    out.findings.push_back(
        {fit_problem::unbounded, "the likelihood grows without end for shapes below -1: there is no maximum"});
    lost.assign(k, true);
  }
  if (!out.converged && out.findings.empty()) {
    out.findings.push_back({fit_problem::not_converged, std::string("the search ended by ") + to_string(out.why)});
  }
  // The covariance of the parameters that have one.
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < k; ++i) {
    if (!lost[i]) kept.push_back(i);
  }
  if (kept.empty()) return;
  std::vector<double> part(kept.size() * kept.size());
  for (std::size_t a = 0; a < kept.size(); ++a) {
    for (std::size_t b = 0; b < kept.size(); ++b) part[a * kept.size() + b] = information[kept[a] * k + kept[b]];
  }
  const auto wide = static_cast<std::int64_t>(kept.size());
  std::vector<double> identity(part.size(), 0.0);
  for (std::size_t a = 0; a < kept.size(); ++a) identity[a * kept.size() + a] = 1.0;
  tensor<double> inverse;
  try {
    inverse =
        solve({}, view<const double, 2>(part.data(), wide, wide), view<const double, 2>(identity.data(), wide, wide));
  } catch (const domain_error&) {
    return;
  }
  const std::vector<double> slopes = likelihood.slopes_of(best.u);
  for (std::size_t a = 0; a < kept.size(); ++a) {
    const std::size_t ja = likelihood.free()[kept[a]];
    for (std::size_t b = 0; b < kept.size(); ++b) {
      const std::size_t jb = likelihood.free()[kept[b]];
      out.covariance[ja * all + jb] = slopes[kept[a]] * slopes[kept[b]] * inverse.data()[a * kept.size() + b];
    }
    out.std_errors[ja] = std::sqrt(out.covariance[ja * all + ja]);
  }
}

void kolmogorov_smirnov(const fit_likelihood& likelihood, fitted_distribution& out) {
  const fit_data& data = likelihood.data();
  std::vector<double> sorted(data.values.begin(), data.values.end());
  std::sort(sorted.begin(), sorted.end());
  const auto n = static_cast<double>(sorted.size());
  const family_entry& entry = likelihood.family();
  const double* p = out.estimates.data();
  const bool truncated = std::isfinite(data.truncated_below) || std::isfinite(data.truncated_above);
  const bool whole = entry.support(p).discrete;
  double below = 0.0, mass = 1.0;
  if (truncated) {
    const double edge = whole ? std::ceil(data.truncated_below) - 1.0 : data.truncated_below;
    below = std::isfinite(data.truncated_below) ? entry.cdf(p, edge) : 0.0;
    mass = (std::isfinite(data.truncated_above) ? entry.cdf(p, data.truncated_above) : 1.0) - below;
  }
  const auto distribution = [&](double x) { return std::clamp((entry.cdf(p, x) - below) / mass, 0.0, 1.0); };
  double most = 0.0;
  for (std::size_t i = 0; i < sorted.size();) {
    std::size_t end = i;
    while (end < sorted.size() && sorted[end] == sorted[i]) ++end;
    const double f = distribution(sorted[i]), before = whole ? distribution(sorted[i] - 1.0) : f;
    most = std::fmax(most, std::fabs(static_cast<double>(end) / n - f));
    most = std::fmax(most, std::fabs(before - static_cast<double>(i) / n));
    i = end;
  }
  out.ks = most;
  if (whole) return;  // the limit law is that of continuous distributions
  // Kolmogorov's limit, with Stephens' correction for the size of the sample.
  const double root = std::sqrt(n), t = (root + 0.12 + 0.11 / root) * most;
  double sum = 0.0;
  for (int j = 1; j <= 100; ++j) {
    const double term = std::exp(-2.0 * j * j * t * t);
    sum += j % 2 == 1 ? term : -term;
    if (term < 1e-18) break;
  }
  out.ks_p = std::clamp(2.0 * sum, 0.0, 1.0);
  if (t < 0.2) out.ks_p = 1.0;
}

}  // namespace credence::estimate_detail
