// SPDX-License-Identifier: BSD-3-Clause
#include "credence/optim/stochastic_approximation.hpp"

#include "credence/base/check.hpp"
#include "credence/distributions/normal.hpp"
#include "credence/distributions/student_t.hpp"
#include "credence/tensor/linalg.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace credence {

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

void check_finite(const char* where, double x) { check::finite(where, "an observation", x); }
void check_level(const char* where, double level) {
  if (!(level > 0.0 && level < 1.0)) check::fail_domain(where, "level", level, "between 0 and 1");
}

double normal_half_width(double level) { return quantile(normal{0.0, 1.0}, 0.5 + 0.5 * level); }

interval_estimate around(std::vector<double> estimate, std::vector<double> error, double factor, std::int64_t steps) {
  interval_estimate out{std::move(estimate), std::move(error), {}, {}, steps};
  for (std::size_t i = 0; i < out.estimate.size(); ++i) {
    out.lower.push_back(out.estimate[i] - factor * out.std_error[i]);
    out.upper.push_back(out.estimate[i] + factor * out.std_error[i]);
  }
  return out;
}

}  // namespace

robbins_monro::robbins_monro(double start, const step_schedule& gains) : gains_(gains), theta_(start) {
  check::finite("robbins_monro", "start", start);
  const schedule_proof proof = robbins_monro_conditions(gains);
  if (!proof.holds) throw domain_error("robbins_monro: the gains are refused: " + proof.why);
}

void robbins_monro::add(double y) {
  check_finite("robbins_monro", y);
  ++steps_;
  theta_ -= gains_(steps_) * y;
  average_ += (theta_ - average_) / static_cast<double>(steps_);
}

running_quantile::running_quantile(double probability, double start, const step_schedule& gains)
    : probability_(probability), gains_(gains), root_(start, gains) {
  if (!(probability > 0.0 && probability < 1.0)) {
    check::fail_domain("running_quantile", "probability", probability, "between 0 and 1");
  }
}

void running_quantile::add(double x) {
  check_finite("running_quantile", x);
  const auto n = static_cast<double>(steps() + 1);
  // The window is 1.06 sd n^-1/5 to either side, as for a normal kernel.
  const double before = x - spread_mean_;
  spread_mean_ += before / n;
  spread_squares_ += before * (x - spread_mean_);
  const double window = 1.06 * std::sqrt(spread_squares_ / n) * std::pow(n, -0.2);
  if (n > 20 && window > 0.0) {
    weight_ += 1.0;
    if (std::abs(x - average()) <= window) hits_ += 0.5 / window;
  }
  root_.add((x <= root_.theta() ? 1.0 : 0.0) - probability_);
}

double running_quantile::density() const { return weight_ > 0.0 ? hits_ / weight_ : std::nan(""); }

interval_estimate running_quantile::interval(bool averaged, double level) const {
  check_level("running_quantile", level);
  const double f = density(), spread = probability_ * (1.0 - probability_);
  double variance = inf;
  if (f > 0.0) {
    variance = spread / (f * f);
    if (!averaged) {
      // theta_n itself has this variance for gains a / n with 2 a f > 1; slower gains a n^-b leave a spread / (2 f) at
      // scale n^b.
      const double a = gains_.scale, b = gains_.exponent;
      const auto n = static_cast<double>(steps());
      variance = b >= 1.0 ? (2.0 * a * f > 1.0 ? a * a * spread / (2.0 * a * f - 1.0) : inf)
                          : a * spread / (2.0 * f) * std::pow(n, 1.0 - b);
    }
  }
  const double error = steps() > 0 ? std::sqrt(variance / static_cast<double>(steps())) : inf;
  return around({averaged ? average() : theta()}, {error}, normal_half_width(level), steps());
}

void running_mean::add(double x) {
  check_finite("running_mean", x);
  ++steps_;
  const auto n = static_cast<double>(steps_);
  const double before = (x - mean_) - rest_;
  // mean_ + rest_ += before / n, without losing what is too small for the mean.
  const double change = before / n + rest_;
  const double next = mean_ + change;
  rest_ = change - (next - mean_);
  mean_ = next;
  squares_ += before * ((x - mean_) - rest_);
}

double running_mean::variance() const { return steps_ < 2 ? std::nan("") : squares_ / static_cast<double>(steps_ - 1); }

interval_estimate running_mean::interval(double level) const {
  check_level("running_mean", level);
  if (steps_ < 2) return around({mean_}, {inf}, 1.0, steps_);
  const auto n = static_cast<double>(steps_);
  const double t = quantile(student_t{n - 1.0, 0.0, 1.0}, 0.5 + 0.5 * level);
  return around({mean_}, {std::sqrt(variance() / n)}, t, steps_);
}

running_covariance::running_covariance(std::int64_t dimension) {
  check::at_least("running_covariance", "dimension", dimension, 1);
  mean_.resize(static_cast<std::size_t>(dimension));
  products_.resize(mean_.size() * mean_.size());
}

void running_covariance::add(std::span<const double> x) {
  check::same_size("running_covariance", "x", std::ssize(x), "dimension", std::ssize(mean_));
  for (const double one : x) check_finite("running_covariance", one);
  ++steps_;
  const std::size_t d = mean_.size();
  std::vector<double> before(d);
  for (std::size_t i = 0; i < d; ++i) {
    before[i] = x[i] - mean_[i];
    mean_[i] += before[i] / static_cast<double>(steps_);
  }
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = 0; j < d; ++j) products_[i * d + j] += before[i] * (x[j] - mean_[j]);
  }
}

std::vector<double> running_covariance::covariance() const {
  check::at_least("running_covariance", "the number of vectors", steps_, 2);
  const std::size_t d = mean_.size();
  std::vector<double> out(products_.size());
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = 0; j < d; ++j) {
      out[i * d + j] = 0.5 * (products_[i * d + j] + products_[j * d + i]) / static_cast<double>(steps_ - 1);
    }
  }
  return out;
}

namespace {

constexpr std::size_t most_batches = 32;

}  // namespace

averaged_iterates::averaged_iterates(std::int64_t dimension) {
  check::at_least("averaged_iterates", "dimension", dimension, 1);
  const auto d = static_cast<std::size_t>(dimension);
  for (auto* const of : {&average_, &shift_, &squares_, &products_, &open_}) of->resize(d);
}

void averaged_iterates::add(std::span<const double> theta) {
  check::same_size("averaged_iterates", "theta", std::ssize(theta), "dimension", std::ssize(average_));
  ++steps_;
  const auto k = static_cast<double>(steps_);
  for (std::size_t i = 0; i < average_.size(); ++i) {
    check_finite("averaged_iterates", theta[i]);
    average_[i] += (theta[i] - average_[i]) / k;
    if (steps_ == 1) shift_[i] = theta[i];  // sums around it lose fewer digits
    const double moved = average_[i] - shift_[i];
    squares_[i] += k * k * moved * moved;
    products_[i] += k * k * moved;
    open_[i] += theta[i];
  }
  weights_ += k * k;
  if (++open_count_ < batch_length_) return;
  for (double& x : open_) x /= static_cast<double>(batch_length_);
  batches_.push_back(open_);
  std::fill(open_.begin(), open_.end(), 0.0);
  open_count_ = 0;
  if (batches_.size() < most_batches) return;
  for (std::size_t b = 0; b < most_batches / 2; ++b) {
    for (std::size_t i = 0; i < average_.size(); ++i) {
      batches_[b][i] = 0.5 * (batches_[2 * b][i] + batches_[2 * b + 1][i]);
    }
  }
  batches_.resize(most_batches / 2);
  batch_length_ *= 2;
}

interval_estimate averaged_iterates::random_scaling(double level) const {
  check::at_least("random_scaling", "the number of iterates", steps_, 2);
  struct entry {
    double level, quantile;
  };
  constexpr entry table[] = {{0.8, 3.875}, {0.9, 5.323}, {0.95, 6.747}, {0.98, 8.613}};
  double factor = 0.0;
  for (const entry& e : table) {
    if (std::abs(level - e.level) < 1e-12) factor = e.quantile;
  }
  if (factor == 0.0) check::fail_domain("random_scaling", "level", level, "0.8, 0.9, 0.95 or 0.98");
  const auto n = static_cast<double>(steps_);
  std::vector<double> error;
  for (std::size_t i = 0; i < average_.size(); ++i) {
    const double end = average_[i] - shift_[i];
    const double v = (squares_[i] - 2.0 * end * products_[i] + end * end * weights_) / (n * n);
    error.push_back(std::sqrt(std::max(0.0, v) / n));
  }
  return around(average_, std::move(error), factor, steps_);
}

interval_estimate averaged_iterates::batch_means(double level) const {
  check_level("batch_means", level);
  check::at_least("batch_means", "the number of iterates", steps_, static_cast<std::int64_t>(most_batches));
  const auto m = static_cast<double>(batches_.size());
  std::vector<double> error;
  for (std::size_t i = 0; i < average_.size(); ++i) {
    double mean = 0.0, squares = 0.0;
    for (const auto& batch : batches_) mean += batch[i] / m;
    for (const auto& batch : batches_) squares += (batch[i] - mean) * (batch[i] - mean);
    error.push_back(std::sqrt(squares / (m - 1.0) / m));
  }
  return around(average_, std::move(error), quantile(student_t{m - 1.0, 0.0, 1.0}, 0.5 + 0.5 * level), steps_);
}

sandwich_covariance::sandwich_covariance(std::int64_t dimension) : dimension_(dimension) {
  check::at_least("sandwich_covariance", "dimension", dimension, 1);
  products_.resize(static_cast<std::size_t>(dimension * dimension));
  hessian_.resize(products_.size());
}

void sandwich_covariance::add(std::span<const double> gradient, view<const double, 2> hessian) {
  check::same_size("sandwich_covariance", "gradient", std::ssize(gradient), "dimension", dimension_);
  check::same_size("sandwich_covariance", "the rows of the Hessian", hessian.extent(0), "dimension", dimension_);
  check::same_size("sandwich_covariance", "the columns of the Hessian", hessian.extent(1), "dimension", dimension_);
  ++steps_;
  for (std::int64_t i = 0; i < dimension_; ++i) {
    for (std::int64_t j = 0; j < dimension_; ++j) {
      const auto at = static_cast<std::size_t>(i * dimension_ + j);
      products_[at] += gradient[static_cast<std::size_t>(i)] * gradient[static_cast<std::size_t>(j)];
      hessian_[at] += hessian(i, j);
    }
  }
}

interval_estimate sandwich_covariance::interval(std::span<const double> average, double level) const {
  check_level("sandwich_covariance", level);
  check::same_size("sandwich_covariance", "average", std::ssize(average), "dimension", dimension_);
  check::at_least("sandwich_covariance", "the number of gradients", steps_, 1);
  const std::int64_t d = dimension_;
  const auto n = static_cast<double>(steps_);
  tensor<double> h({d, d}), s({d, d});
  for (std::int64_t i = 0; i < d * d; ++i) {
    h[i] = hessian_[static_cast<std::size_t>(i)] / n;
    s[i] = products_[static_cast<std::size_t>(i)] / n;
  }
  const tensor<double> half = solve(exec::cpu(1), h, s);  // H^-1 S
  tensor<double> turned({d, d});
  for (std::int64_t i = 0; i < d; ++i) {
    for (std::int64_t j = 0; j < d; ++j) turned(i, j) = half(j, i);
  }
  const tensor<double> whole = solve(exec::cpu(1), h, turned);  // H^-1 S H^-1, H symmetric
  std::vector<double> error;
  for (std::int64_t i = 0; i < d; ++i) error.push_back(std::sqrt(whole(i, i) / n));
  return around({average.begin(), average.end()}, std::move(error), normal_half_width(level), steps_);
}

difference_gains spall_gains(double a, double c, double stability) {
  return {polynomial_steps(a, 0.602, stability), polynomial_steps(c, 0.101)};
}

namespace detail {

void check_gains(const char* where, const difference_gains& gains) {
  const schedule_proof proof = kiefer_wolfowitz_conditions(gains.steps, gains.widths);
  if (!proof.holds) throw domain_error(std::string(where) + ": the gains are refused: " + proof.why);
}

void check_value(const char* where, double value) { check::finite(where, "a difference of values", value); }

}  // namespace detail

}  // namespace credence
