// SPDX-License-Identifier: BSD-3-Clause
#include "diagnostics/series.hpp"

#include "credence/base/constants.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "diagnostics/series_kernels.hpp"

namespace credence::detail {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
/// Lags taken directly before the Fourier transform takes over: measured, about where both cost the same.
constexpr std::int64_t most_direct_lags = 384;

std::size_t to_size(std::int64_t n) { return static_cast<std::size_t>(n); }

void prepare_turns(std::int64_t n, series_buffers& buffers) {
  if (buffers.turns_re.size() == to_size(n)) return;
  buffers.turns_re.resize(to_size(n));
  buffers.turns_im.resize(to_size(n));
  for (std::int64_t j = 0; j < n; ++j) {
    const double angle = -constants::two_pi * static_cast<double>(j) / static_cast<double>(n);
    buffers.turns_re[to_size(j)] = std::cos(angle);
    buffers.turns_im[to_size(j)] = std::sin(angle);
  }
}

/// The centred series with zeros between them, and sums of lagged products as far as somebody asked for them.
class lagged_products {
 public:
  lagged_products(const double* x, std::int64_t count, std::int64_t length, series_buffers& buffers,
                  std::vector<double>& means)
      : count_(count), length_(length), buffers_(buffers) {
    const std::int64_t padding = std::min(most_direct_lags, (length + 7) / 8 * 8) + 24;
    stride_ = (length + 7) / 8 * 8 + padding;
    buffers_.centred.assign(to_size(count * stride_), 0.0);
    buffers_.lag_sums.clear();
    for (std::int64_t s = 0; s < count; ++s) {
      const double mean = mean_of(x + s * length, length);
      means.push_back(mean);
      double* y = buffers_.centred.data() + s * stride_;
      for (std::int64_t i = 0; i < length; ++i) y[i] = x[s * length + i] - mean;
    }
  }

  /// Mean over the series of their autocovariance at this lag, divisor `length`.
  double operator()(std::int64_t lag) {
    if (lag >= static_cast<std::int64_t>(buffers_.lag_sums.size())) extend(lag);
    return buffers_.lag_sums[to_size(lag)] / static_cast<double>(length_ * count_);
  }

 private:
  void extend(std::int64_t lag) {
    if (lag >= most_direct_lags) {
      lagged_sums_by_fourier(buffers_.centred.data(), count_, length_, stride_, buffers_, buffers_.lag_sums);
      return;
    }
    const auto known = static_cast<std::int64_t>(buffers_.lag_sums.size());
    // Twice as many lags each time: chains that mix well stop after a few.
    const std::int64_t wanted = std::clamp(2 * known, std::int64_t{8}, most_direct_lags);
    const std::int64_t end = std::min(std::max(wanted, (lag / 8 + 1) * 8), (length_ + 7) / 8 * 8);
    buffers_.lag_sums.resize(to_size(end), 0.0);
    const auto add = CREDENCE_SIMD_PICK(add_lagged_products);
    for (std::int64_t s = 0; s < count_; ++s) {
      for (std::int64_t t = known; t < end; t += 8) {
        add(buffers_.centred.data() + s * stride_, length_, t, buffers_.lag_sums.data() + t);
      }
    }
  }

  std::int64_t count_, length_, stride_ = 0;
  series_buffers& buffers_;
};

/// Integrated autocorrelation time from the autocorrelations: pairs are summed while their sum is positive, each cut to
/// the one before it.
template <class Autocorrelation>
double autocorrelation_time(std::int64_t length, const Autocorrelation& rho) {
  double even = 1.0, odd = rho(1), total = 0.0;
  double pair = std::numeric_limits<double>::infinity();
  std::int64_t t = 0;
  while (t < length - 5 && even + odd > 0.0) {
    pair = std::min(even + odd, pair);
    total += pair;
    t += 2;
    even = rho(t);
    odd = rho(t + 1);
  }
  // Too short for a second pair, or no positive first one: the posterior package arrives at a time of 2 here, so that
  // half of the draws count.
  if (t == 0) return 2.0;
  // The pair that ended the sum still gives its even term: this lowers the variance for antithetic chains.
  const double last = even > 0.0 || even + odd >= 0.0 ? even : 0.0;
  return -1.0 + 2.0 * total + last;
}

}  // namespace

double mean_of(const double* x, std::int64_t length) {
  const auto sum = CREDENCE_SIMD_PICK(sum_about);
  const double n = static_cast<double>(length);
  const double rough = sum(x, length, 0.0) / n;
  return rough + sum(x, length, rough) / n;
}

mean_and_variance moments_of(const double* x, std::int64_t length) {
  const double n = static_cast<double>(length);
  const double mean = mean_of(x, length);
  if (length < 2) return {mean, nan};
  return {mean, CREDENCE_SIMD_PICK(sums_about)(x, length, mean).second / (n - 1.0)};
}

bool not_finite_or_constant(const double* x, std::int64_t n) {
  const value_range range = CREDENCE_SIMD_PICK(range_of)(x, n);
  return !range.finite || !(range.high - range.low >= std::numeric_limits<double>::epsilon());
}

double scale_reduction(const double* x, std::int64_t count, std::int64_t length) {
  if (length < 2 || count < 2 || not_finite_or_constant(x, count * length)) return nan;
  std::vector<double> means(to_size(count));
  double within = 0.0;
  for (std::int64_t s = 0; s < count; ++s) {
    const auto [mean, variance] = moments_of(x + s * length, length);
    means[to_size(s)] = mean;
    within += variance;
  }
  within /= static_cast<double>(count);
  const double n = static_cast<double>(length);
  const double between = n * moments_of(means.data(), count).variance;
  return std::sqrt((between / within + n - 1.0) / n);
}

double effective_size(const double* x, std::int64_t count, std::int64_t length, series_buffers& buffers) {
  if (length < 3 || not_finite_or_constant(x, count * length)) return nan;
  std::vector<double> means;
  lagged_products covariance(x, count, length, buffers, means);
  const double n = static_cast<double>(length);
  const double mean_variance = covariance(0) * n / (n - 1.0);
  double total_variance = mean_variance * (n - 1.0) / n;
  if (count > 1) total_variance += moments_of(means.data(), count).variance;
  const double time = autocorrelation_time(
      length, [&](std::int64_t lag) { return 1.0 - (mean_variance - covariance(lag)) / total_variance; });
  const double draws = n * static_cast<double>(count);
  // Antithetic chains can be better than independent ones, but not without bound.
  return draws / std::max(time, 1.0 / std::log10(draws));
}

void lagged_sums_by_fourier(const double* y, std::int64_t count, std::int64_t length, std::int64_t stride,
                            series_buffers& buffers, std::vector<double>& sums) {
  std::int64_t n = 2;
  while (n < 2 * length) n *= 2;
  prepare_turns(n, buffers);
  buffers.scratch.resize(to_size(2 * n));
  std::vector<double> power(to_size(n), 0.0);
  const auto transform = CREDENCE_SIMD_PICK(fourier_transform);
  for (std::int64_t s = 0; s < count; s += 2) {
    // Two real series as one complex one: |A_k|^2 + |B_k|^2 = (|Z_k|^2 + |Z_-k|^2) / 2.
    buffers.re.assign(to_size(n), 0.0);
    buffers.im.assign(to_size(n), 0.0);
    std::copy_n(y + s * stride, length, buffers.re.begin());
    if (s + 1 < count) std::copy_n(y + (s + 1) * stride, length, buffers.im.begin());
    transform(buffers.re.data(), buffers.im.data(), n, buffers.scratch.data(), buffers.turns_re.data(),
              buffers.turns_im.data());
    for (std::size_t k = 0; k < to_size(n); ++k) {
      power[k] += buffers.re[k] * buffers.re[k] + buffers.im[k] * buffers.im[k];
    }
  }
  // The summed power is real; made even, its transform back is real as well, and forward equals backward.
  buffers.re[0] = power[0];
  for (std::size_t k = 1; k < to_size(n); ++k) buffers.re[k] = 0.5 * (power[k] + power[to_size(n) - k]);
  buffers.im.assign(to_size(n), 0.0);
  transform(buffers.re.data(), buffers.im.data(), n, buffers.scratch.data(), buffers.turns_re.data(),
            buffers.turns_im.data());
  sums.resize(to_size(length));
  for (std::int64_t t = 0; t < length; ++t) sums[to_size(t)] = buffers.re[to_size(t)] / static_cast<double>(n);
}

}  // namespace credence::detail
