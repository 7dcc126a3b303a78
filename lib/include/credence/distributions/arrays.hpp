// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/families.hpp"
#include "credence/distributions/family.hpp"
#include "credence/distributions/functions.hpp"
#include "credence/exec/context.hpp"
#include "credence/tensor/view.hpp"

#include <span>

/// log_pdf over arrays: the bits of the scalar function, for any number of threads, at the speed of the vector unit.
/// A parameter may be a number or a view with one value an element: `normal{means, 1.0}`. Invalid values among viewed
/// parameters give NaN.
///
/// @throws shape_error      when sizes differ
/// @throws not_built_error  when `ctx` is a CUDA device: these loops exist for the CPU only
namespace credence {

namespace detail {

/// One value for all elements (stride 0), or one an element.
struct parameter_source {
  const double* data;
  std::int64_t stride;
  std::int64_t size;  ///< -1 for a number
};
inline parameter_source source_of(const double& value) { return {&value, 0, -1}; }
inline parameter_source source_of(const view<const double, 1>& values) {
  return {values.data, values.strides[0], values.extents[0]};
}

struct density_request {
  const char* name;
  int family;
  std::span<const parameter_source> parameters;
  bool counts = false;  ///< a discrete family with the same parameters for all elements
};
void log_pdf_array(const exec::context& ctx, const density_request& what, view<const double, 1> x, view<double, 1> out);
void log_pdf_array_gradient(const exec::context& ctx, const density_request& what, view<const double, 1> x,
                            view<double, 1> out, view<double, 1> dx, std::span<const view<double, 1>> dparameters);
double log_pdf_array_sum(const exec::context& ctx, const density_request& what, view<const double, 1> x,
                         std::span<double> dparameters);

template <class D, class F>
decltype(auto) with_request(const D& d, const F& f) {
  return std::apply(
      [&](const auto&... p) -> decltype(auto) {
        const parameter_source sources[] = {source_of(p)...};
        bool counts = false;
        if constexpr (numeric_distribution<D>) counts = support(d).discrete;
        return f(density_request{D::family::name, index_in<typename D::kernel, univariate_kernels>, sources, counts});
      },
      d.parameters());
}

}  // namespace detail

/// Numbers, views of numbers, or a mixture of them as parameters.
template <class D>
concept array_distribution = univariate_distribution<D> && requires(const D& d) {
  std::apply([](const auto&... p) { (detail::source_of(p), ...); }, d.parameters());
};

/// out[i] = log_pdf(d, x[i]). `out` may be the memory of `x`.
template <array_distribution D>
void log_pdf(const exec::context& ctx, const D& d, view<const double, 1> x, view<double, 1> out) {
  detail::with_request(d, [&](const auto& what) { detail::log_pdf_array(ctx, what, x, out); });
}

/// log_pdf and its derivatives by each x and by each parameter, element by element.
/// @param dx           derivative by x[i]; empty where not wanted
/// @param dparameters  one view a parameter, in their order
template <array_distribution D>
void log_pdf_partials(const exec::context& ctx, const D& d, view<const double, 1> x, view<double, 1> out,
                      view<double, 1> dx, std::span<const view<double, 1>> dparameters) {
  detail::with_request(d,
                       [&](const auto& what) { detail::log_pdf_array_gradient(ctx, what, x, out, dx, dparameters); });
}

/// The log likelihood of independent observations, sum_i log_pdf(d, x[i]), summed in one fixed order.
template <array_distribution D>
double log_pdf_sum(const exec::context& ctx, const D& d, view<const double, 1> x) {
  return detail::with_request(d, [&](const auto& what) { return detail::log_pdf_array_sum(ctx, what, x, {}); });
}

/// The log likelihood and its gradient by the parameters (the score).
/// @param score  one number a parameter; parameters that are views get the sum of theirs
template <array_distribution D>
double log_pdf_sum(const exec::context& ctx, const D& d, view<const double, 1> x, std::span<double> score) {
  return detail::with_request(d, [&](const auto& what) { return detail::log_pdf_array_sum(ctx, what, x, score); });
}

}  // namespace credence
