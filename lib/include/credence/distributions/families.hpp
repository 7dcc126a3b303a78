// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/bernoulli_logit.hpp"
#include "credence/distributions/kernels/beta.hpp"
#include "credence/distributions/kernels/cauchy.hpp"
#include "credence/distributions/kernels/exponential.hpp"
#include "credence/distributions/kernels/gamma.hpp"
#include "credence/distributions/kernels/half_cauchy.hpp"
#include "credence/distributions/kernels/half_normal.hpp"
#include "credence/distributions/kernels/half_student_t.hpp"
#include "credence/distributions/kernels/lognormal.hpp"
#include "credence/distributions/kernels/normal.hpp"
#include "credence/distributions/kernels/poisson.hpp"
#include "credence/distributions/kernels/student_t.hpp"
#include "credence/distributions/kernels/uniform.hpp"

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
using univariate_kernels = type_list<normal_kernel, lognormal_kernel, student_t_kernel, cauchy_kernel,
                                     half_normal_kernel, half_cauchy_kernel, half_student_t_kernel, exponential_kernel,
                                     gamma_kernel, beta_kernel, uniform_kernel, bernoulli_logit_kernel, poisson_kernel>;

}  // namespace CREDENCE_ISA
}  // namespace credence
