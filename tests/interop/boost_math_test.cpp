// SPDX-License-Identifier: BSD-3-Clause
#include "credence/interop/boost_math.hpp"
#include "support/catch.hpp"

#include <cmath>

namespace {

template <class D>
void check_same(const D& ours) {
  CAPTURE(D::family::name);
  const auto theirs = credence::interop::to_boost(ours);
  const D back = credence::interop::from_boost(theirs);
  const auto before = credence::parameter_array(ours), after = credence::parameter_array(back);
  for (std::size_t j = 0; j < before.size(); ++j) CHECK_THAT(after[j], WithinRel(before[j], 1e-15));
  for (const double q : {0.01, 0.3, 0.5, 0.9}) {
    const double x = credence::quantile(ours, q);
    CAPTURE(x);
    // Boost works with long double here or there: both are right to some units in the last place
    CHECK_THAT(credence::log_pdf(ours, x), WithinAbs(std::log(boost::math::pdf(theirs, x)), 1e-12));
    CHECK_THAT(credence::cdf(ours, x), WithinRel(boost::math::cdf(theirs, x), 1e-12));
    CHECK_THAT(credence::ccdf(ours, x), WithinAbs(boost::math::cdf(boost::math::complement(theirs, x)), 1e-12));
  }
}

}  // namespace

TEST_CASE("interop: Boost.Math distributions are the same distributions", "[interop][distributions]") {
  check_same(credence::normal(-3.5, 2.0));
  check_same(credence::lognormal(0.5, 0.3));
  check_same(credence::cauchy(1.0, 2.0));
  check_same(credence::laplace(1.0, 2.0));
  check_same(credence::logistic(1.0, 2.0));
  check_same(credence::gumbel(1.0, 2.0));
  check_same(credence::exponential(3.0));
  check_same(credence::gamma(2.5, 0.25));
  check_same(credence::inverse_gamma(2.5, 4.0));
  check_same(credence::chi_squared(3.0));
  check_same(credence::weibull(1.5, 2.0));
  check_same(credence::rayleigh(2.0));
  check_same(credence::pareto(2.0, 3.0));
  check_same(credence::beta(2.0, 3.0));
  check_same(credence::uniform(-1.0, 3.0));
  check_same(credence::triangular(0.0, 1.0, 4.0));
  check_same(credence::bernoulli(0.3));
  check_same(credence::binomial(10.0, 0.3));
  check_same(credence::poisson(3.5));
  check_same(credence::negative_binomial_p(2.5, 0.3));
  check_same(credence::geometric(0.3));
}
