// SPDX-License-Identifier: BSD-3-Clause
// The one rig that checks every univariate family from one declaration. What it checks stands in rig_test.cpp.
#pragma once

#include "credence/distributions/arrays.hpp"
#include "credence/distributions/cdf_partials.hpp"
#include "credence/distributions/functions.hpp"
#include "support/catch.hpp"

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <functional>
#include <string>
#include <vector>

namespace credence::test {

using high = boost::multiprecision::cpp_bin_float_50;
using highs = std::vector<high>;
using doubles = std::vector<double>;

/// What a family's author declares.
struct declaration {
  /// Parameters to check with: ordinary, extreme, and what changes the shape of the density.
  std::vector<doubles> good = {};
  struct refused {
    doubles parameters;
    std::string name;  ///< the parameter the message must name
  };
  std::vector<refused> bad = {};
  /// The second formula: the terms whose sum is the log density inside the support, with 50 digits. Tolerances are
  /// multiples of the terms' sizes, since rounding each is what a sum in double costs at least.
  std::function<highs(const highs& p, const high& x)> terms;
  /// Moments that need not be checked by quadrature (slowly converging tails): 1 mean and variance, 2 variance only.
  int skip_moments = 0;
  /// 4 where tail probabilities are sums of exp(log_pdf) and carry its error, else 0.
  int summed_tails = 0;
  /// True when a finite end of the support is computed from the parameters and so known to some roundings only.
  bool rounded_ends = false;
  /// True when the density goes on beyond the ends of the support, which are those of one period.
  bool periodic = false;
};

/// A family with its types erased, so that the checks are compiled once.
struct subject {
  std::string name;
  std::vector<parameter_spec> specs;
  declaration declared;
  std::function<void(const doubles&)> construct;
  std::function<double(const doubles&, double)> log_pdf, cdf, ccdf, log_cdf, log_ccdf, quantile;
  std::function<doubles(const doubles&, double)> partials;  ///< value, by x, by each parameter
  /// Value, by x, by each parameter, of the distribution function and the logarithms of both tails; the slopes of x.
  std::function<doubles(const doubles&, double)> cdf_partials, log_cdf_partials, log_ccdf_partials, variate_slopes;
  std::function<double(const doubles&, rng_key, std::uint64_t)> sample;
  std::function<double(const doubles&)> mean, variance, mode, entropy;  ///< entropy may be absent
  std::function<support_interval(const doubles&)> support;
  std::function<void(const exec::context&, const doubles&, view<const double, 1>, view<double, 1>)> log_pdf_array;
  std::function<void(const exec::context&, const doubles&, view<const double, 1>, view<double, 1>, view<double, 1>,
                     std::span<const view<double, 1>>)>
      partials_array;
  std::function<double(const exec::context&, const doubles&, view<const double, 1>, std::span<double>)> sum;
  /// log_pdf with every parameter a view of one value an element
  std::function<void(const exec::context&, const std::vector<doubles>&, view<const double, 1>, view<double, 1>)>
      varying_array;
};

/// All checks.
void check_family(const subject& family);

namespace detail {

template <template <class...> class Family, std::size_t... I>
subject make_subject(declaration declared, std::index_sequence<I...>) {
  using D = Family<std::enable_if_t<(I >= 0), double>...>;
  using V = Family<std::enable_if_t<(I >= 0), view<const double, 1>>...>;
  const auto make = [](const doubles& p) { return D(p[I]...); };
  subject s;
  s.name = D::family::name;
  s.specs.assign(D::family::parameters.begin(), D::family::parameters.end());
  s.declared = std::move(declared);
  s.construct = [=](const doubles& p) { make(p); };
  s.log_pdf = [=](const doubles& p, double x) { return credence::log_pdf(make(p), x); };
  s.cdf = [=](const doubles& p, double x) { return credence::cdf(make(p), x); };
  s.ccdf = [=](const doubles& p, double x) { return credence::ccdf(make(p), x); };
  s.log_cdf = [=](const doubles& p, double x) { return credence::log_cdf(make(p), x); };
  s.log_ccdf = [=](const doubles& p, double x) { return credence::log_ccdf(make(p), x); };
  s.quantile = [=](const doubles& p, double q) { return credence::quantile(make(p), q); };
  s.partials = [=](const doubles& p, double x) {
    const auto g = credence::log_pdf_partials(make(p), x);
    return doubles{g.value, g.x, g.parameters[I]...};
  };
  s.cdf_partials = [=](const doubles& p, double x) {
    const auto g = credence::cdf_partials(make(p), x);
    return doubles{g.value, g.x, g.parameters[I]...};
  };
  s.log_cdf_partials = [=](const doubles& p, double x) {
    const auto g = credence::log_cdf_partials(make(p), x);
    return doubles{g.value, g.x, g.parameters[I]...};
  };
  s.log_ccdf_partials = [=](const doubles& p, double x) {
    const auto g = credence::log_ccdf_partials(make(p), x);
    return doubles{g.value, g.x, g.parameters[I]...};
  };
  s.variate_slopes = [=](const doubles& p, double x) {
    const auto g = credence::variate_slopes(make(p), x);
    return doubles{g[I]...};
  };
  s.sample = [=](const doubles& p, rng_key key, std::uint64_t i) { return credence::sample(make(p), key, i); };
  s.mean = [=](const doubles& p) { return credence::mean(make(p)); };
  s.variance = [=](const doubles& p) { return credence::variance(make(p)); };
  s.mode = [=](const doubles& p) { return credence::mode(make(p)); };
  if constexpr (requires(const D& d) { credence::entropy(d); }) {
    s.entropy = [=](const doubles& p) { return credence::entropy(make(p)); };
  }
  s.support = [=](const doubles& p) { return credence::support(make(p)); };
  s.log_pdf_array = [=](const exec::context& ctx, const doubles& p, view<const double, 1> x, view<double, 1> out) {
    credence::log_pdf(ctx, make(p), x, out);
  };
  s.partials_array = [=](const exec::context& ctx, const doubles& p, view<const double, 1> x, view<double, 1> out,
                         view<double, 1> dx, std::span<const view<double, 1>> dp) {
    credence::log_pdf_partials(ctx, make(p), x, out, dx, dp);
  };
  s.sum = [=](const exec::context& ctx, const doubles& p, view<const double, 1> x, std::span<double> score) {
    return credence::log_pdf_sum(ctx, make(p), x, score);
  };
  s.varying_array = [](const exec::context& ctx, const std::vector<doubles>& p, view<const double, 1> x,
                       view<double, 1> out) {
    credence::log_pdf(ctx, V(view<const double, 1>(p[I].data(), p[I].size())...), x, out);
  };
  return s;
}

}  // namespace detail

template <template <class...> class Family, std::size_t Parameters>
void check_family(declaration declared) {
  check_family(detail::make_subject<Family>(std::move(declared), std::make_index_sequence<Parameters>()));
}

}  // namespace credence::test
