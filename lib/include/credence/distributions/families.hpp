// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/bernoulli.hpp"
#include "credence/distributions/kernels/bernoulli_logit.hpp"
#include "credence/distributions/kernels/beta.hpp"
#include "credence/distributions/kernels/beta_binomial.hpp"
#include "credence/distributions/kernels/beta_proportion.hpp"
#include "credence/distributions/kernels/binomial.hpp"
#include "credence/distributions/kernels/binomial_logit.hpp"
#include "credence/distributions/kernels/burr_xii.hpp"
#include "credence/distributions/kernels/cauchy.hpp"
#include "credence/distributions/kernels/chi_squared.hpp"
#include "credence/distributions/kernels/exp_mod_normal.hpp"
#include "credence/distributions/kernels/exponential.hpp"
#include "credence/distributions/kernels/frechet.hpp"
#include "credence/distributions/kernels/gamma.hpp"
#include "credence/distributions/kernels/generalized_extreme_value.hpp"
#include "credence/distributions/kernels/generalized_pareto.hpp"
#include "credence/distributions/kernels/geometric.hpp"
#include "credence/distributions/kernels/gompertz.hpp"
#include "credence/distributions/kernels/gumbel.hpp"
#include "credence/distributions/kernels/half_cauchy.hpp"
#include "credence/distributions/kernels/half_normal.hpp"
#include "credence/distributions/kernels/half_student_t.hpp"
#include "credence/distributions/kernels/hypergeometric.hpp"
#include "credence/distributions/kernels/inverse_chi_squared.hpp"
#include "credence/distributions/kernels/inverse_gamma.hpp"
#include "credence/distributions/kernels/inverse_gaussian.hpp"
#include "credence/distributions/kernels/kumaraswamy.hpp"
#include "credence/distributions/kernels/laplace.hpp"
#include "credence/distributions/kernels/log_logistic.hpp"
#include "credence/distributions/kernels/logistic.hpp"
#include "credence/distributions/kernels/lognormal.hpp"
#include "credence/distributions/kernels/nakagami.hpp"
#include "credence/distributions/kernels/negative_binomial.hpp"
#include "credence/distributions/kernels/negative_binomial_p.hpp"
#include "credence/distributions/kernels/normal.hpp"
#include "credence/distributions/kernels/pareto.hpp"
#include "credence/distributions/kernels/pareto_ii.hpp"
#include "credence/distributions/kernels/poisson.hpp"
#include "credence/distributions/kernels/poisson_log.hpp"
#include "credence/distributions/kernels/rayleigh.hpp"
#include "credence/distributions/kernels/skew_normal.hpp"
#include "credence/distributions/kernels/student_t.hpp"
#include "credence/distributions/kernels/triangular.hpp"
#include "credence/distributions/kernels/uniform.hpp"
#include "credence/distributions/kernels/von_mises.hpp"
#include "credence/distributions/kernels/weibull.hpp"
#include "credence/distributions/kernels/zero_inflated_negative_binomial.hpp"
#include "credence/distributions/kernels/zero_inflated_poisson.hpp"
#include "credence/distributions/kernels/zero_truncated_negative_binomial.hpp"
#include "credence/distributions/kernels/zero_truncated_poisson.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

template <class... Types>
struct type_list {
  static constexpr int size = sizeof...(Types);
};

/// The position of a type in a list.
template <class T, class List>
inline constexpr int index_in = -1;
template <class T, class First, class... Rest>
inline constexpr int index_in<T, type_list<First, Rest...>> = 1 + index_in<T, type_list<Rest...>>;
template <class T, class... Rest>
inline constexpr int index_in<T, type_list<T, Rest...>> = 0;

/// Every univariate family, for what is made once for each: array loops here, recorded nodes in autodiff, the tests.
using univariate_kernels =
    type_list<normal_kernel, lognormal_kernel, student_t_kernel, cauchy_kernel, half_normal_kernel, half_cauchy_kernel,
              half_student_t_kernel, exponential_kernel, gamma_kernel, beta_kernel, uniform_kernel,
              bernoulli_logit_kernel, poisson_kernel, bernoulli_kernel, beta_binomial_kernel, beta_proportion_kernel,
              binomial_kernel, binomial_logit_kernel, chi_squared_kernel, frechet_kernel, geometric_kernel,
              gumbel_kernel, inverse_chi_squared_kernel, inverse_gamma_kernel, kumaraswamy_kernel, laplace_kernel,
              log_logistic_kernel, logistic_kernel, nakagami_kernel, negative_binomial_kernel,
              negative_binomial_p_kernel, pareto_kernel, pareto_ii_kernel, poisson_log_kernel, rayleigh_kernel,
              triangular_kernel, weibull_kernel, burr_xii_kernel, generalized_extreme_value_kernel,
              generalized_pareto_kernel, zero_inflated_poisson_kernel, zero_truncated_poisson_kernel,
              skew_normal_kernel, exp_mod_normal_kernel, von_mises_kernel, inverse_gaussian_kernel, gompertz_kernel,
              hypergeometric_kernel, zero_inflated_negative_binomial_kernel, zero_truncated_negative_binomial_kernel>;

}  // namespace CREDENCE_ISA
}  // namespace credence
