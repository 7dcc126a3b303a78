// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/errors.hpp"
#include "credence/distributions/arrays.hpp"
#include "credence/distributions/between.hpp"
#include "credence/distributions/cdf_partials.hpp"
#include "credence/distributions/functions.hpp"
#include "estimate/family_entry.hpp"

#include <limits>
#include <utility>

namespace credence::estimate_detail {

inline constexpr double no_value = std::numeric_limits<double>::quiet_NaN();

template <class D, std::size_t... I>
D distribution_of(const double* p, std::index_sequence<I...>) {
  return D(p[I]...);
}

/// The value type with given parameters; f of it, or NaN where they are no parameters.
template <class D, class F>
double with_distribution(const double* p, const F& f) {
  constexpr std::size_t count = D::family::parameters.size();
  try {
    return f(distribution_of<D>(p, std::make_index_sequence<count>()));
  } catch (const domain_error&) {
    return no_value;
  }
}

template <class Partials>
double take(const Partials& found, double* slopes) {
  for (std::size_t j = 0; slopes != nullptr && j < found.parameters.size(); ++j) slopes[j] = found.parameters[j];
  return found.value;
}

template <class D>
family_entry entry_of() {
  family_entry e{};
  e.name = D::family::name;
  e.parameters = D::family::parameters;
  e.log_pdf = [](const double* p, double x, double* slopes, double* by_x) {
    return with_distribution<D>(p, [&](const D& d) {
      const auto found = log_pdf_partials(d, x);
      if (by_x != nullptr) *by_x = found.x;
      return take(found, slopes);
    });
  };
  e.log_cdf = [](const double* p, double x, double* slopes) {
    return with_distribution<D>(p, [&](const D& d) { return take(log_cdf_partials(d, x), slopes); });
  };
  e.log_ccdf = [](const double* p, double x, double* slopes) {
    return with_distribution<D>(p, [&](const D& d) { return take(log_ccdf_partials(d, x), slopes); });
  };
  e.log_between = [](const double* p, double low, double high, double* slopes) {
    return with_distribution<D>(
        p, [&](const D& d) { return take(log_probability_between_partials(d, low, high), slopes); });
  };
  e.cdf = [](const double* p, double x) { return with_distribution<D>(p, [&](const D& d) { return cdf(d, x); }); };
  e.quantile = [](const double* p, double probability) {
    return with_distribution<D>(p, [&](const D& d) { return quantile(d, probability); });
  };
  e.mean = [](const double* p) { return with_distribution<D>(p, [&](const D& d) { return mean(d); }); };
  e.variance = [](const double* p) { return with_distribution<D>(p, [&](const D& d) { return variance(d); }); };
  e.support = [](const double* p) { return D::family::support(p); };
  e.sum = [](const exec::context& ctx, const double* p, view<const double, 1> x, double* slopes) {
    constexpr std::size_t count = D::family::parameters.size();
    return with_distribution<D>(p, [&](const D& d) {
      return slopes == nullptr ? log_pdf_sum(ctx, d, x) : log_pdf_sum(ctx, d, x, std::span<double>(slopes, count));
    });
  };
  return e;
}

}  // namespace credence::estimate_detail
