// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/normalize.hpp"

#include "credence/tensor/elementwise.hpp"

#include <cmath>

namespace credence {

namespace {

template <class T>
normalized<T> normalize_any(const exec::context& ctx, const array_view<const T>& x, const axis_list& axes,
                            double epsilon) {
  detail::require_cpu("normalize", ctx);
  check::non_negative("normalize", "epsilon", epsilon);
  normalized<T> out;
  out.mean = mean(ctx, x, axes, reduced_axes::kept);
  out.inverse_sd = variance(ctx, x, axes, {.shape_rule = reduced_axes::kept});
  for (T& v : out.inverse_sd) v = static_cast<T>(1.0 / std::sqrt(static_cast<double>(v) + epsilon));
  out.values = tensor<T>::uninitialized({}, x.shape());
  transform_into(
      ctx, out.values.array(), [](T value, T centre, T scale) { return (value - centre) * scale; }, x, out.mean,
      out.inverse_sd);
  return out;
}

}  // namespace

normalized<double> normalize(const exec::context& ctx, array_view<const double> x, const axis_list& axes,
                             double epsilon) {
  return normalize_any(ctx, x, axes, epsilon);
}
normalized<float> normalize(const exec::context& ctx, array_view<const float> x, const axis_list& axes,
                            double epsilon) {
  return normalize_any(ctx, x, axes, epsilon);
}

}  // namespace credence
