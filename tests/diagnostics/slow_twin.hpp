// SPDX-License-Identifier: BSD-3-Clause
// The diagnostics written once more from the definitions of Vehtari et al. 2021, with no eye on speed: full sorts, all
// pairs for autocovariances, arrays for Geyer's sequences. Shares no code with the library.
#pragma once

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>
#include <vector>

namespace twin {

using chain = std::vector<double>;
using chains = std::vector<chain>;

inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();

inline chain pooled(const chains& x) {
  chain all;
  for (const chain& c : x) all.insert(all.end(), c.begin(), c.end());
  return all;
}

inline bool no_answer(const chains& x) {
  const chain all = pooled(x);
  for (const double v : all) {
    if (!std::isfinite(v)) return true;
  }
  const auto [low, high] = std::minmax_element(all.begin(), all.end());
  return *high - *low < std::numeric_limits<double>::epsilon();
}

inline double mean(const chain& x) {
  long double sum = 0;
  for (const double v : x) sum += v;
  return static_cast<double>(sum / static_cast<long double>(x.size()));
}

inline double variance(const chain& x) {
  if (x.size() < 2) return nan;
  const double m = mean(x);
  long double sum = 0;
  for (const double v : x) sum += static_cast<long double>(v - m) * (v - m);
  return static_cast<double>(sum / static_cast<long double>(x.size() - 1));
}

inline double quantile(chain x, double p) {
  std::sort(x.begin(), x.end());
  const double index = 1 + static_cast<double>(x.size() - 1) * p;
  const auto low = static_cast<std::size_t>(std::floor(index)), high = static_cast<std::size_t>(std::ceil(index));
  const double weight = index - std::floor(index);
  if (x[low - 1] == x[high - 1]) return x[low - 1];
  return (1 - weight) * x[low - 1] + weight * x[high - 1];
}

inline chains split(const chains& x) {
  chains halves;
  for (const chain& c : x) {
    const auto half = static_cast<std::ptrdiff_t>(c.size() / 2);
    halves.emplace_back(c.begin(), c.begin() + half);
    halves.emplace_back(c.end() - half, c.end());
  }
  return halves;
}

inline chains scores(const chains& x) {
  chain all = pooled(x);
  std::sort(all.begin(), all.end());
  const double n = static_cast<double>(all.size());
  chains result = x;
  for (chain& c : result) {
    for (double& v : c) {
      const auto [first, last] = std::equal_range(all.begin(), all.end(), v);
      const double rank = 0.5 * static_cast<double>((first - all.begin()) + 1 + (last - all.begin()));
      v = boost::math::quantile(boost::math::normal(), (rank - 0.375) / (n + 0.25));
    }
  }
  return result;
}

inline double plain_r_hat(const chains& x) {
  if (no_answer(x)) return nan;
  chain means, variances;
  for (const chain& c : x) {
    means.push_back(mean(c));
    variances.push_back(variance(c));
  }
  const double n = static_cast<double>(x.front().size());
  return std::sqrt((n * variance(means) / mean(variances) + n - 1) / n);
}

inline double ess(const chains& x) {
  const std::size_t n = x.front().size();
  if (n < 3 || no_answer(x)) return nan;
  chain covariance(n, 0.0), means;
  for (const chain& c : x) {
    const double m = mean(c);
    means.push_back(m);
    for (std::size_t t = 0; t < n; ++t) {
      long double sum = 0;
      for (std::size_t i = 0; i + t < n; ++i) sum += static_cast<long double>(c[i] - m) * (c[i + t] - m);
      covariance[t] += static_cast<double>(sum / static_cast<long double>(n * x.size()));
    }
  }
  const double size = static_cast<double>(n);
  const double within = covariance[0] * size / (size - 1);
  const double total = covariance[0] + (x.size() > 1 ? variance(means) : 0.0);
  const auto rho_at = [&](std::size_t t) { return 1 - (within - covariance[t]) / total; };
  chain rho(n, 0.0);
  rho[0] = 1;
  rho[1] = rho_at(1);
  double even = 1, odd = rho[1];
  std::size_t t = 0;
  while (t + 5 < n && even + odd > 0) {
    t += 2;
    even = rho_at(t);
    odd = rho_at(t + 1);
    if (even + odd >= 0) rho[t] = even, rho[t + 1] = odd;
  }
  const std::size_t last = t;
  if (even > 0) rho[last] = even;
  for (t = 2; t + 2 <= last; t += 2) {
    if (rho[t] + rho[t + 1] > rho[t - 2] + rho[t - 1]) rho[t] = rho[t + 1] = 0.5 * (rho[t - 2] + rho[t - 1]);
  }
  double time = -1 + rho[last];
  // In the reference implementation the empty sum (no second pair) still holds the first term.
  for (std::size_t k = 0; k < std::max<std::size_t>(last, 1); ++k) time += 2 * rho[k];
  const double draws = size * static_cast<double>(x.size());
  return draws / std::max(time, 1 / std::log10(draws));
}

inline double r_hat(const chains& x) {
  if (no_answer(x)) return nan;
  const double median = quantile(pooled(x), 0.5);
  chains folded = x;
  for (chain& c : folded) {
    for (double& v : c) v = std::abs(v - median);
  }
  const double bulk = plain_r_hat(scores(split(x))), tail = plain_r_hat(scores(split(folded)));
  return std::isnan(bulk) || std::isnan(tail) ? nan : std::max(bulk, tail);
}

inline double ess_bulk(const chains& x) { return no_answer(x) ? nan : ess(scores(split(x))); }

inline double ess_quantile(const chains& x, double p) {
  if (no_answer(x)) return nan;
  const double n = static_cast<double>(pooled(x).size());
  const double q = quantile(pooled(x), p == 1 ? (n - 0.5) / n : p);
  chains below = x;
  for (chain& c : below) {
    for (double& v : c) v = v <= q ? 1 : 0;
  }
  return ess(split(below));
}

inline double ess_tail(const chains& x) {
  const double low = ess_quantile(x, 0.05), high = ess_quantile(x, 0.95);
  return std::isnan(low) || std::isnan(high) ? nan : std::min(low, high);
}

inline double ess_sd(const chains& x) {
  const double m = mean(pooled(x));
  chains squares = x;
  for (chain& c : squares) {
    for (double& v : c) v = (v - m) * (v - m);
  }
  return ess(split(squares));
}

inline double mcse_mean(const chains& x) { return std::sqrt(variance(pooled(x)) / ess(split(x))); }

inline double mcse_sd(const chains& x) {
  const chain all = pooled(x);
  const double m = mean(all);
  chain second, fourth;
  for (const double v : all) {
    second.push_back((v - m) * (v - m));
    fourth.push_back(second.back() * second.back());
  }
  const double var = mean(second);
  return std::sqrt((mean(fourth) - var * var) / ess_sd(x) / var / 4);
}

inline double mcse_quantile(const chains& x, double p) {
  const double size = ess_quantile(x, p);
  const boost::math::beta_distribution<> rank(size * p + 1, size * (1 - p) + 1);
  chain all = pooled(x);
  std::sort(all.begin(), all.end());
  const double n = static_cast<double>(all.size());
  const double low = std::max(std::floor(boost::math::quantile(rank, 0.1586553) * n), 1.0);
  const double high = std::min(std::ceil(boost::math::quantile(rank, 0.8413447) * n), n);
  return 0.5 * (all[static_cast<std::size_t>(high) - 1] - all[static_cast<std::size_t>(low) - 1]);
}

}  // namespace twin
