// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/functions.hpp"
#include "credence/random/uniform.hpp"

#include <array>
#include <cmath>
#include <vector>

namespace credence {

/// One of several distributions of a family, chosen with given probabilities.
template <numeric_distribution D>
struct mixture {
  std::vector<double> weights;
  std::vector<D> components;

  /// @throws domain_error  when a weight is negative or they do not sum to 1 (to 1e-8)
  /// @throws shape_error   when there are not as many weights as components
  mixture(std::vector<double> w, std::vector<D> c) : weights(std::move(w)), components(std::move(c)) {
    check::same_size("mixture", "weights", static_cast<std::int64_t>(weights.size()), "components",
                     static_cast<std::int64_t>(components.size()));
    double sum = 0.0;
    for (const double weight : weights) {
      check::probability("mixture", "weight", weight);
      sum += weight;
    }
    if (!(std::abs(sum - 1.0) <= 1e-8)) check::fail_domain("mixture", "sum of the weights", sum, "1");
  }
};

/// log sum_k w_k f_k(x), also where every density underflows.
template <numeric_distribution D>
double log_pdf(const mixture<D>& d, double x) {
  double largest = -__builtin_inf();
  for (std::size_t k = 0; k < d.weights.size(); ++k) {
    if (d.weights[k] == 0.0) continue;
    const double l = log_pdf(d.components[k], x);
    if (l != l) return l;
    largest = l > largest ? l : largest;
  }
  if (!(std::abs(largest) < __builtin_inf())) return largest;
  double sum = 0.0;
  for (std::size_t k = 0; k < d.weights.size(); ++k) {
    if (d.weights[k] > 0.0) sum += d.weights[k] * std::exp(log_pdf(d.components[k], x) - largest);
  }
  return largest + std::log(sum);
}

/// The probability that x came from each component: w_k f_k(x) / sum_j w_j f_j(x).
template <numeric_distribution D>
std::vector<double> responsibilities(const mixture<D>& d, double x) {
  const double total = log_pdf(d, x);
  std::vector<double> out;
  for (std::size_t k = 0; k < d.weights.size(); ++k) {
    out.push_back(d.weights[k] == 0.0 ? 0.0 : d.weights[k] * std::exp(log_pdf(d.components[k], x) - total));
  }
  return out;
}

/// The derivatives of a mixture's log density.
template <std::size_t Parameters>
struct mixture_gradient {
  double value;
  double x;
  std::vector<double> weights;                             ///< by each weight, taken as free numbers
  std::vector<std::array<double, Parameters>> components;  ///< by the parameters of each component
};
/// log_pdf and its derivatives: those of the components, times their responsibilities.
template <numeric_distribution D>
auto log_pdf_partials(const mixture<D>& d, double x) {
  mixture_gradient<std::tuple_size_v<decltype(parameter_array(d.components[0]))>> out{log_pdf(d, x), 0.0, {}, {}};
  const bool inside = out.value > -__builtin_inf() || x != x;
  for (std::size_t k = 0; k < d.weights.size(); ++k) {
    auto part = log_pdf_partials(d.components[k], x);
    const double odds = inside ? std::exp(part.value - out.value) : 0.0;  // density over that of the mixture
    const double share = d.weights[k] * odds;
    out.weights.push_back(odds);
    if (share != 0.0) out.x += share * part.x;
    for (double& slope : part.parameters) slope = share == 0.0 ? 0.0 : share * slope;
    out.components.push_back(part.parameters);
  }
  return out;
}

template <numeric_distribution D>
double cdf(const mixture<D>& d, double x) {
  double sum = 0.0;
  for (std::size_t k = 0; k < d.weights.size(); ++k) sum += d.weights[k] * cdf(d.components[k], x);
  return sum;
}
template <numeric_distribution D>
double ccdf(const mixture<D>& d, double x) {
  double sum = 0.0;
  for (std::size_t k = 0; k < d.weights.size(); ++k) sum += d.weights[k] * ccdf(d.components[k], x);
  return sum;
}

template <numeric_distribution D>
double mean(const mixture<D>& d) {
  double sum = 0.0;
  for (std::size_t k = 0; k < d.weights.size(); ++k) sum += d.weights[k] * mean(d.components[k]);
  return sum;
}
template <numeric_distribution D>
double variance(const mixture<D>& d) {
  const double centre = mean(d);
  double sum = 0.0;
  for (std::size_t k = 0; k < d.weights.size(); ++k) {
    const double shift = mean(d.components[k]) - centre;
    sum += d.weights[k] * (variance(d.components[k]) + shift * shift);
  }
  return sum;
}

/// The component from one stream, its draw from another.
template <numeric_distribution D>
double sample(const mixture<D>& d, rng_key key, std::uint64_t index = 0) {
  const double u = random::uniform(key.split(purpose::user, 2), index);
  double sum = 0.0;
  std::size_t last = 0;
  for (std::size_t k = 0; k < d.weights.size(); ++k) {
    if (d.weights[k] > 0.0) last = k;
    sum += d.weights[k];
    if (u < sum) break;
  }
  return sample(d.components[last], key, index);
}

}  // namespace credence
