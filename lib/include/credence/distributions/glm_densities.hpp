// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <span>

/// Log likelihoods of regressions in one pass over the data: the matrix product eta = intercept + X coefficients, the
/// densities of y given eta, and the products of X' with their derivatives. Equal bits for any number of threads.
///
/// These are functions of numbers. In a recorded model write `log_pdf(bernoulli_logit{intercept + dot(x,
/// coefficients)}, y)`: autodiff recognises the linear predictor under a density and fuses the two as is done here.
namespace credence {

/// y[i] is 1 with probability inv_logit(eta[i]), else 0.
struct bernoulli_logit_glm {
  view<const double, 2> x;  ///< (observations, coefficients), any strides
  double intercept;
  std::span<const double> coefficients;
};
/// y[i] is poisson(exp(eta[i])).
struct poisson_log_glm {
  view<const double, 2> x;
  double intercept;
  std::span<const double> coefficients;
};
/// y[i] is normal(eta[i], sd).
struct normal_id_glm {
  view<const double, 2> x;
  double intercept;
  std::span<const double> coefficients;
  double sd;  ///< positive
};

/// The log likelihood; -infinity when a y lies outside the support, NaN when a number is.
/// @throws shape_error      when the sizes of x, the coefficients and y do not fit
/// @throws domain_error     when sd is not positive
/// @throws not_built_error  when `ctx` is a CUDA device
/// @complexity O(observations * coefficients)
double log_pdf(const exec::context& ctx, const bernoulli_logit_glm& d, view<const double, 1> y);
double log_pdf(const exec::context& ctx, const poisson_log_glm& d, view<const double, 1> y);
double log_pdf(const exec::context& ctx, const normal_id_glm& d, view<const double, 1> y);

/// log_pdf and its derivatives by the intercept, by each coefficient and by sd; a y outside the support adds nothing.
double log_pdf_partials(const exec::context& ctx, const bernoulli_logit_glm& d, view<const double, 1> y,
                        double& dintercept, std::span<double> dcoefficients);
double log_pdf_partials(const exec::context& ctx, const poisson_log_glm& d, view<const double, 1> y, double& dintercept,
                        std::span<double> dcoefficients);
double log_pdf_partials(const exec::context& ctx, const normal_id_glm& d, view<const double, 1> y, double& dintercept,
                        std::span<double> dcoefficients, double& dsd);

}  // namespace credence
