// SPDX-License-Identifier: BSD-3-Clause
#include "estimate/fit_likelihood.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"
#include "estimate/names.hpp"

#include <algorithm>
#include <cmath>

namespace credence::estimate_detail {

namespace {

constexpr const char* who = "fit_distribution";
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t most_parameters = 4;

bool positive_domain(parameter_domain d) {
  return d == parameter_domain::positive || d == parameter_domain::non_negative;
}
bool probability_domain(parameter_domain d) {
  return d == parameter_domain::probability || d == parameter_domain::open_probability;
}
bool count_domain(parameter_domain d) { return d == parameter_domain::count || d == parameter_domain::positive_count; }

/// Ends of an observation; open ones are infinite.
double low_of(const fit_data& data, std::size_t i) {
  const double v = data.lower[i];
  return v == v ? v : -infinity;
}
double high_of(const fit_data& data, std::size_t i) {
  const double v = data.upper[i];
  return v == v ? v : infinity;
}

}  // namespace

double to_unconstrained(parameter_domain domain, double p) {
  if (positive_domain(domain)) return std::log(p);
  if (probability_domain(domain)) return std::log(p) - std::log1p(-p);
  return p;
}
double to_natural(parameter_domain domain, double u) {
  if (positive_domain(domain)) return std::exp(u);
  if (probability_domain(domain)) return u < 0.0 ? std::exp(u) / (1.0 + std::exp(u)) : 1.0 / (1.0 + std::exp(-u));
  return u;
}
double natural_slope(parameter_domain domain, double u) {
  if (positive_domain(domain)) return std::exp(u);
  if (probability_domain(domain)) {
    const double e = std::exp(-std::fabs(u));
    return e / ((1.0 + e) * (1.0 + e));
  }
  return 1.0;
}

fit_likelihood::fit_likelihood(const family_entry& entry, const fit_data& data, const fit_options& options)
    : entry_(&entry),
      data_(data),
      options_(options),
      held_(entry.parameters.size(), not_a_number),
      prior_family_(entry.parameters.size(), nullptr),
      prior_arguments_(entry.parameters.size()) {
  const auto place_of = [&](const std::string& name, const char* what) {
    std::vector<std::string> known;
    for (std::size_t j = 0; j < entry.parameters.size(); ++j) {
      if (name == entry.parameters[j].name) return j;
      known.emplace_back(entry.parameters[j].name);
    }
    check::fail_domain(who, what, name, one_of(name, known));
  };
  for (const auto& [name, value] : options.fixed) {
    check::finite(who, "fixed value of " + name, value);
    held_[place_of(name, "fixed parameter")] = value;
  }
  const std::string family = entry.name;
  if ((family == "generalized_pareto" || family == "pareto_ii") && held_[0] != held_[0]) held_[0] = 0.0;
  for (std::size_t j = 0; j < held_.size(); ++j) {
    if (held_[j] == held_[j]) continue;
    if (count_domain(entry.parameters[j].domain)) {
      check::fail_domain(who, std::string(entry.parameters[j].name) + " of " + entry.name, "absent", "given as fixed");
    }
    free_.push_back(j);
  }
  for (const parameter_prior& p : options.priors) {
    const std::size_t j = place_of(p.parameter, "prior's parameter");
    const family_entry* found = find_family(p.family);
    if (found == nullptr) check::fail_domain(who, "prior's family", p.family, one_of(p.family, fit_families()));
    if (found->parameters.size() != p.arguments.size()) {
      check::fail_domain(who, "number of arguments of the prior " + p.family,
                         static_cast<std::int64_t>(p.arguments.size()), std::to_string(found->parameters.size()));
    }
    prior_family_[j] = found;
    prior_arguments_[j] = p.arguments;
  }

  const std::size_t n = data.values.empty() ? data.lower.size() : data.values.size();
  if (n == 0) check::fail_domain(who, "number of observations", std::int64_t{0}, "at least 1");
  if (!data.values.empty() && !data.lower.empty()) check::fail_shape(who, "exact values and intervals are both given");
  if (data.values.empty()) {
    check::same_size(who, "upper", static_cast<std::int64_t>(data.upper.size()), "lower", static_cast<std::int64_t>(n));
  }
  if (!data.weights.empty()) {
    check::same_size(who, "weights", static_cast<std::int64_t>(data.weights.size()), "the observations",
                     static_cast<std::int64_t>(n));
  }
  if (!(data.truncated_below < data.truncated_above)) {
    check::fail_domain(who, "truncated_above", data.truncated_above, "above truncated_below");
  }
  // Exact data without weights are finite when the sum of their scaled values is: the common case needs no look at
  // rows.
  bool clean = exact() && data.weights.empty();
  if (clean) {
    double parts[4] = {};
    for (std::size_t i = 0; i + 4 <= n; i += 4) {
      for (std::size_t k = 0; k < 4; ++k) parts[k] += data.values[i + k] * 0x1p-64;
    }
    for (std::size_t i = n - n % 4; i < n; ++i) parts[0] += data.values[i] * 0x1p-64;
    clean = std::isfinite((parts[0] + parts[1]) + (parts[2] + parts[3]));
    if (clean) total_ = static_cast<double>(n);
  }
  for (std::size_t i = 0; !clean && i < n; ++i) {
    const double w = data.weights.empty() ? 1.0 : data.weights[i];
    if (!(w >= 0.0) || !std::isfinite(w)) {
      check::fail_domain(who, "weight of row " + std::to_string(i), w, "finite, zero or above");
    }
    total_ += w;
    if (data.values.empty()) {
      if (!(low_of(data, i) <= high_of(data, i))) {
        check::fail_domain(who, "lower end of row " + std::to_string(i), low_of(data, i), "at most the upper end");
      }
    } else if (!std::isfinite(data.values[i])) {
      check::fail_domain(who, "value of row " + std::to_string(i), data.values[i], "finite");
    }
  }
  if (!(total_ > 0.0)) check::fail_domain(who, "sum of the weights", total_, "positive");
  const bool truncated = std::isfinite(data.truncated_below) || std::isfinite(data.truncated_above);
  if (exact() && !truncated) {
    sums_function_ = sufficient_likelihood_of(family);
    if (sums_function_ != nullptr) {
      sums_ =
          sufficient_sums_of(family, data.values, data.weights, family == "binomial" ? held_[0] : 0.0, options.context);
    }
  }
}

double fit_likelihood::row(const double* p, std::size_t i, double* slopes) const {
  if (exact()) return entry_->log_pdf(p, data_.values[i], slopes, nullptr);
  const double low = low_of(data_, i), high = high_of(data_, i);
  if (low == high) return entry_->log_pdf(p, low, slopes, nullptr);
  if (low == -infinity && high == infinity) {
    if (slopes != nullptr) std::fill_n(slopes, held_.size(), 0.0);
    return 0.0;
  }
  if (low == -infinity) return entry_->log_cdf(p, high, slopes);
  if (high == infinity) return entry_->log_ccdf(p, low, slopes);
  return entry_->log_between(p, low, high, slopes);
}

double fit_likelihood::natural(const double* p, double* slopes) const {
  const std::size_t k = held_.size();
  if (sums_function_ != nullptr) return sums_function_(sums_, p, slopes);
  const std::size_t n = exact() ? data_.values.size() : data_.lower.size();
  const bool truncated = std::isfinite(data_.truncated_below) || std::isfinite(data_.truncated_above);
  double value = 0.0;
  if (exact() && data_.weights.empty()) {
    value = entry_->sum(options_.context, p, view<const double, 1>(data_.values.data(), static_cast<std::int64_t>(n)),
                        slopes);
  } else {
    constexpr std::size_t piece = 512;
    const std::size_t pieces = (n + piece - 1) / piece;
    std::vector<double> parts(pieces * (most_parameters + 1), 0.0);
    exec::for_each_task(options_.context, static_cast<std::int64_t>(pieces), [&](std::int64_t t) {
      double* out = parts.data() + static_cast<std::size_t>(t) * (most_parameters + 1);
      double own[most_parameters];
      const std::size_t begin = static_cast<std::size_t>(t) * piece;
      for (std::size_t i = begin; i < std::min(n, begin + piece); ++i) {
        const double w = data_.weights.empty() ? 1.0 : data_.weights[i];
        if (w == 0.0) continue;
        out[most_parameters] += w * row(p, i, slopes == nullptr ? nullptr : own);
        for (std::size_t j = 0; slopes != nullptr && j < k; ++j) out[j] += w * own[j];
      }
    });
    for (std::size_t j = 0; slopes != nullptr && j < k; ++j) slopes[j] = 0.0;
    for (std::size_t t = 0; t < pieces; ++t) {
      const double* one = parts.data() + t * (most_parameters + 1);
      value += one[most_parameters];
      for (std::size_t j = 0; slopes != nullptr && j < k; ++j) slopes[j] += one[j];
    }
  }
  if (truncated) {
    double own[most_parameters] = {};
    double mass;
    // For whole numbers the mass of `below` itself belongs to what could be seen.
    const bool whole = entry_->support(p).discrete;
    const double below = whole ? std::ceil(data_.truncated_below) - 1.0 : data_.truncated_below;
    double* wanted = slopes == nullptr ? nullptr : own;
    if (data_.truncated_below == -infinity) {
      mass = entry_->log_cdf(p, data_.truncated_above, wanted);
    } else if (data_.truncated_above == infinity) {
      mass = entry_->log_ccdf(p, below, wanted);
    } else {
      mass = entry_->log_between(p, below, data_.truncated_above, wanted);
    }
    value -= total_ * mass;
    for (std::size_t j = 0; slopes != nullptr && j < k; ++j) slopes[j] -= total_ * own[j];
  }
  return value;
}

double fit_likelihood::prior(const double* p, double* slopes) const {
  double value = 0.0;
  for (std::size_t j = 0; j < held_.size(); ++j) {
    if (slopes != nullptr) slopes[j] = 0.0;
    if (prior_family_[j] == nullptr) continue;
    double by_x = 0.0;
    value += prior_family_[j]->log_pdf(prior_arguments_[j].data(), p[j], nullptr, &by_x);
    if (slopes != nullptr) slopes[j] = by_x;
  }
  return value;
}

std::vector<double> fit_likelihood::natural_of(std::span<const double> u) const {
  std::vector<double> p = held_;
  for (std::size_t k = 0; k < free_.size(); ++k) {
    p[free_[k]] = to_natural(entry_->parameters[free_[k]].domain, u[k]);
  }
  return p;
}

std::vector<double> fit_likelihood::free_of(const std::vector<double>& natural) const {
  std::vector<double> out;
  for (const std::size_t j : free_) out.push_back(to_unconstrained(entry_->parameters[j].domain, natural[j]));
  return out;
}

std::vector<double> fit_likelihood::slopes_of(std::span<const double> u) const {
  std::vector<double> out;
  for (std::size_t k = 0; k < free_.size(); ++k) {
    out.push_back(natural_slope(entry_->parameters[free_[k]].domain, u[k]));
  }
  return out;
}

double fit_likelihood::operator()(std::span<const double> u, std::span<double> gradient) const {
  const std::vector<double> p = natural_of(u);
  double slopes[most_parameters] = {}, prior_slopes[most_parameters] = {};
  double value = natural(p.data(), gradient.empty() ? nullptr : slopes);
  const bool posterior = options_.method == fit_method::maximum_a_posteriori;
  const bool jacobian = posterior && options_.scale == mode_scale::unconstrained;
  if (posterior) value += prior(p.data(), prior_slopes);
  for (std::size_t k = 0; k < free_.size(); ++k) {
    const parameter_domain domain = entry_->parameters[free_[k]].domain;
    const double slope = natural_slope(domain, u[k]);
    if (jacobian) value += std::log(slope);
    if (gradient.empty()) continue;
    gradient[k] = (slopes[free_[k]] + prior_slopes[free_[k]]) * slope;
    // d log(slope) / du: 1 for logarithms, 1 - 2 p for logits.
    if (jacobian && positive_domain(domain)) gradient[k] += 1.0;
    if (jacobian && probability_domain(domain)) gradient[k] += 1.0 - 2.0 * p[free_[k]];
    gradient[k] /= -total_;
  }
  return -value / total_;
}

}  // namespace credence::estimate_detail
