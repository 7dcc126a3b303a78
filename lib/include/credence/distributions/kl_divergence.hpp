// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/bernoulli.hpp"
#include "credence/distributions/beta.hpp"
#include "credence/distributions/exponential.hpp"
#include "credence/distributions/gamma.hpp"
#include "credence/distributions/geometric.hpp"
#include "credence/distributions/laplace.hpp"
#include "credence/distributions/lognormal.hpp"
#include "credence/distributions/normal.hpp"
#include "credence/distributions/poisson.hpp"

/// Kullback-Leibler divergences E_p[log p - log q] in nats, where they have a closed form. Infinite where q excludes
/// what p allows. multivariate_normal has its own.
namespace credence {

double kl_divergence(const normal<>& p, const normal<>& q);
double kl_divergence(const lognormal<>& p, const lognormal<>& q);
double kl_divergence(const laplace<>& p, const laplace<>& q);
double kl_divergence(const exponential<>& p, const exponential<>& q);
double kl_divergence(const gamma<>& p, const gamma<>& q);
double kl_divergence(const beta<>& p, const beta<>& q);
double kl_divergence(const bernoulli<>& p, const bernoulli<>& q);
double kl_divergence(const poisson<>& p, const poisson<>& q);
double kl_divergence(const geometric<>& p, const geometric<>& q);

}  // namespace credence
