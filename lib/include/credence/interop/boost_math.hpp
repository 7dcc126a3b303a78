// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/univariate.hpp"

#include <boost/math/distributions/bernoulli.hpp>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/cauchy.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/exponential.hpp>
#include <boost/math/distributions/extreme_value.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/geometric.hpp>
#include <boost/math/distributions/inverse_gamma.hpp>
#include <boost/math/distributions/laplace.hpp>
#include <boost/math/distributions/logistic.hpp>
#include <boost/math/distributions/lognormal.hpp>
#include <boost/math/distributions/negative_binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/pareto.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <boost/math/distributions/rayleigh.hpp>
#include <boost/math/distributions/triangular.hpp>
#include <boost/math/distributions/uniform.hpp>
#include <boost/math/distributions/weibull.hpp>

/// Distributions of Boost.Math from ours, and ours from Boost.Math. Only families that Boost.Math has with the same
/// shape; a shifted Student t, say, it has not. Opt-in: nothing else of credence includes Boost.
namespace credence::interop {

inline boost::math::normal_distribution<double> to_boost(const credence::normal<>& d) {
  return boost::math::normal_distribution<double>(d.mean, d.sd);
}
inline credence::normal<> from_boost(const boost::math::normal_distribution<double>& b) {
  return credence::normal(b.mean(), b.standard_deviation());
}

inline boost::math::lognormal_distribution<double> to_boost(const credence::lognormal<>& d) {
  return boost::math::lognormal_distribution<double>(d.log_mean, d.log_sd);
}
inline credence::lognormal<> from_boost(const boost::math::lognormal_distribution<double>& b) {
  return credence::lognormal(b.location(), b.scale());
}

inline boost::math::cauchy_distribution<double> to_boost(const credence::cauchy<>& d) {
  return boost::math::cauchy_distribution<double>(d.location, d.scale);
}
inline credence::cauchy<> from_boost(const boost::math::cauchy_distribution<double>& b) {
  return credence::cauchy(b.location(), b.scale());
}

inline boost::math::laplace_distribution<double> to_boost(const credence::laplace<>& d) {
  return boost::math::laplace_distribution<double>(d.location, d.scale);
}
inline credence::laplace<> from_boost(const boost::math::laplace_distribution<double>& b) {
  return credence::laplace(b.location(), b.scale());
}

inline boost::math::logistic_distribution<double> to_boost(const credence::logistic<>& d) {
  return boost::math::logistic_distribution<double>(d.location, d.scale);
}
inline credence::logistic<> from_boost(const boost::math::logistic_distribution<double>& b) {
  return credence::logistic(b.location(), b.scale());
}

inline boost::math::extreme_value_distribution<double> to_boost(const credence::gumbel<>& d) {
  return boost::math::extreme_value_distribution<double>(d.location, d.scale);
}
inline credence::gumbel<> from_boost(const boost::math::extreme_value_distribution<double>& b) {
  return credence::gumbel(b.location(), b.scale());
}

inline boost::math::exponential_distribution<double> to_boost(const credence::exponential<>& d) {
  return boost::math::exponential_distribution<double>(d.rate);
}
inline credence::exponential<> from_boost(const boost::math::exponential_distribution<double>& b) {
  return credence::exponential(b.lambda());
}

inline boost::math::gamma_distribution<double> to_boost(const credence::gamma<>& d) {
  return boost::math::gamma_distribution<double>(d.shape, 1.0 / d.rate);
}
inline credence::gamma<> from_boost(const boost::math::gamma_distribution<double>& b) {
  return credence::gamma(b.shape(), 1.0 / b.scale());
}

inline boost::math::inverse_gamma_distribution<double> to_boost(const credence::inverse_gamma<>& d) {
  return boost::math::inverse_gamma_distribution<double>(d.shape, d.scale);
}
inline credence::inverse_gamma<> from_boost(const boost::math::inverse_gamma_distribution<double>& b) {
  return credence::inverse_gamma(b.shape(), b.scale());
}

inline boost::math::chi_squared_distribution<double> to_boost(const credence::chi_squared<>& d) {
  return boost::math::chi_squared_distribution<double>(d.df);
}
inline credence::chi_squared<> from_boost(const boost::math::chi_squared_distribution<double>& b) {
  return credence::chi_squared(b.degrees_of_freedom());
}

inline boost::math::weibull_distribution<double> to_boost(const credence::weibull<>& d) {
  return boost::math::weibull_distribution<double>(d.shape, d.scale);
}
inline credence::weibull<> from_boost(const boost::math::weibull_distribution<double>& b) {
  return credence::weibull(b.shape(), b.scale());
}

inline boost::math::rayleigh_distribution<double> to_boost(const credence::rayleigh<>& d) {
  return boost::math::rayleigh_distribution<double>(d.scale);
}
inline credence::rayleigh<> from_boost(const boost::math::rayleigh_distribution<double>& b) {
  return credence::rayleigh(b.sigma());
}

inline boost::math::pareto_distribution<double> to_boost(const credence::pareto<>& d) {
  return boost::math::pareto_distribution<double>(d.minimum, d.shape);
}
inline credence::pareto<> from_boost(const boost::math::pareto_distribution<double>& b) {
  return credence::pareto(b.scale(), b.shape());
}

inline boost::math::beta_distribution<double> to_boost(const credence::beta<>& d) {
  return boost::math::beta_distribution<double>(d.a, d.b);
}
inline credence::beta<> from_boost(const boost::math::beta_distribution<double>& b) {
  return credence::beta(b.alpha(), b.beta());
}

inline boost::math::uniform_distribution<double> to_boost(const credence::uniform<>& d) {
  return boost::math::uniform_distribution<double>(d.lower, d.upper);
}
inline credence::uniform<> from_boost(const boost::math::uniform_distribution<double>& b) {
  return credence::uniform(b.lower(), b.upper());
}

inline boost::math::triangular_distribution<double> to_boost(const credence::triangular<>& d) {
  return boost::math::triangular_distribution<double>(d.lower, d.mode, d.upper);
}
inline credence::triangular<> from_boost(const boost::math::triangular_distribution<double>& b) {
  return credence::triangular(b.lower(), b.mode(), b.upper());
}

inline boost::math::bernoulli_distribution<double> to_boost(const credence::bernoulli<>& d) {
  return boost::math::bernoulli_distribution<double>(d.probability);
}
inline credence::bernoulli<> from_boost(const boost::math::bernoulli_distribution<double>& b) {
  return credence::bernoulli(b.success_fraction());
}

inline boost::math::binomial_distribution<double> to_boost(const credence::binomial<>& d) {
  return boost::math::binomial_distribution<double>(d.trials, d.probability);
}
inline credence::binomial<> from_boost(const boost::math::binomial_distribution<double>& b) {
  return credence::binomial(b.trials(), b.success_fraction());
}

inline boost::math::poisson_distribution<double> to_boost(const credence::poisson<>& d) {
  return boost::math::poisson_distribution<double>(d.rate);
}
inline credence::poisson<> from_boost(const boost::math::poisson_distribution<double>& b) {
  return credence::poisson(b.mean());
}

inline boost::math::negative_binomial_distribution<double> to_boost(const credence::negative_binomial_p<>& d) {
  return boost::math::negative_binomial_distribution<double>(d.successes, d.probability);
}
inline credence::negative_binomial_p<> from_boost(const boost::math::negative_binomial_distribution<double>& b) {
  return credence::negative_binomial_p(b.successes(), b.success_fraction());
}

inline boost::math::geometric_distribution<double> to_boost(const credence::geometric<>& d) {
  return boost::math::geometric_distribution<double>(d.probability);
}
inline credence::geometric<> from_boost(const boost::math::geometric_distribution<double>& b) {
  return credence::geometric(b.success_fraction());
}

}  // namespace credence::interop
