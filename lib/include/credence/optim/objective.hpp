// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/optim/function_reference.hpp"

#include <concepts>
#include <cstdint>
#include <span>
#include <vector>

namespace credence {

/// What is minimised: refers to a callable for the time of one call of an optimiser.
///
///  - `double f(std::span<const double> x, std::span<double> gradient)`  writes the gradient unless the span is empty
///  - `double f(std::span<const double> x)`                              the gradient is taken by central differences
///                                                                       (about ten digits lost to rounding: slower and
///                                                                       coarser; write the gradient where you can)
/// Where the value is NaN or infinite the point is treated as forbidden; line searches step back from it.
class objective {
 public:
  template <class F>
  requires std::invocable<const F&, std::span<const double>, std::span<double>> objective(const F& f)
      : state_(f),
        call_([](const detail::callable_address& state, std::span<const double> x, std::span<double> gradient) {
          return static_cast<double>(state.as<F>()(x, gradient));
        }) {}
  template <class F>
  requires(std::invocable<const F&, std::span<const double>> &&
           !std::invocable<const F&, std::span<const double>, std::span<double>>) objective(const F& f)
      : state_(f),
        call_([](const detail::callable_address& state, std::span<const double> x, std::span<double> gradient) {
          const F& function = state.as<F>();
          if (!gradient.empty()) {
            differences(
                state,
                [](const detail::callable_address& s, std::span<const double> at) {
                  return static_cast<double>(s.as<F>()(at));
                },
                x, gradient);
          }
          return static_cast<double>(function(x));
        }) {}

  double operator()(std::span<const double> x, std::span<double> gradient = {}) const {
    return call_(state_, x, gradient);
  }

 private:
  static void differences(const detail::callable_address& state,
                          double (*value)(const detail::callable_address&, std::span<const double>),
                          std::span<const double> x, std::span<double> gradient);

  detail::callable_address state_;
  double (*call_)(const detail::callable_address&, std::span<const double>, std::span<double>);
};

/// A square matrix of second derivatives: refers to a callable `void h(std::span<const double> x, std::span<double>
/// hessian)` that fills the row-major (n, n) matrix.
class hessian_function {
 public:
  template <class F>
  requires std::invocable<const F&, std::span<const double>, std::span<double>> hessian_function(const F& f)
      : state_(f),
        call_([](const detail::callable_address& state, std::span<const double> x, std::span<double> hessian) {
          state.as<F>()(x, hessian);
        }) {}
  void operator()(std::span<const double> x, std::span<double> hessian) const { call_(state_, x, hessian); }

 private:
  detail::callable_address state_;
  void (*call_)(const detail::callable_address&, std::span<const double>, std::span<double>);
};

/// The Hessian from differences of gradients (central, with one Richardson step: relative error about 1e-10 where the
/// third derivatives are tame), symmetrised. Row-major.
/// @complexity 4 n gradients
std::vector<double> difference_hessian(const objective& f, std::span<const double> x);

/// How far a hand-written gradient is from differences.
struct gradient_check_result {
  double largest_error = 0.0;      ///< max_i |g_i - d_i| / max(1, |d_i|)
  std::int64_t worst = 0;          ///< the component of the largest error
  std::vector<double> gradient;    ///< as the function says
  std::vector<double> difference;  ///< central differences with Richardson extrapolation
  bool agrees = false;             ///< largest_error <= tolerance, and everything is finite
};
gradient_check_result check_gradient(const objective& f, std::span<const double> x, double tolerance = 1e-6);

}  // namespace credence
