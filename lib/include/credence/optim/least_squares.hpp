// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/optim/function_reference.hpp"

#include "credence/base/progress.hpp"
#include "credence/optim/result.hpp"

#include <concepts>
#include <cstdint>
#include <span>
#include <vector>

namespace credence {

/// Residuals of a nonlinear least-squares problem: refers to a callable
///
///     void f(std::span<const double> x, std::span<double> residuals, std::span<double> jacobian)
///
/// `jacobian` is row-major (residuals, parameters), or empty when it is not wanted. Where a callable also takes a
/// fourth argument, `std::span<const double> direction`, a call with a direction wants in `residuals` the second
/// derivative of every residual along it (for geodesic acceleration); `jacobian` is empty then.
class residual_function {
 public:
  using values = std::span<const double>;
  using room = std::span<double>;
  template <class F>
  requires std::invocable<const F&, values, room, room> residual_function(const F& f)
      : state_(f), call_([](const detail::callable_address& state, values x, room residuals, room jacobian, values) {
          state.as<F>()(x, residuals, jacobian);
        }) {}
  template <class F>
  requires std::invocable<const F&, values, room, room, values> residual_function(const F& f)
      : state_(f),
        call_([](const detail::callable_address& state, values x, room residuals, room jacobian, values direction) {
          state.as<F>()(x, residuals, jacobian, direction);
        }),
        has_curvature_(true) {}

  void operator()(values x, room residuals, room jacobian) const { call_(state_, x, residuals, jacobian, {}); }
  void curvature(values x, values direction, room out) const { call_(state_, x, out, {}, direction); }
  [[nodiscard]] bool has_curvature() const { return has_curvature_; }

 private:
  detail::callable_address state_;
  void (*call_)(const detail::callable_address&, values, room, room, values);
  bool has_curvature_ = false;
};

enum class least_squares_method : std::uint8_t {
  levenberg_marquardt,  ///< More's scaled trust region
  geodesic,             ///< the same with geodesic acceleration
  dogleg,               ///< Powell's dogleg in the same scaled trust region
};
const char* to_string(least_squares_method method);

struct least_squares_options {
  least_squares_method method = least_squares_method::levenberg_marquardt;
  int max_iterations = 1000;
  /// The cosine between the residuals and the plane of their derivatives (Bates and Watts' relative offset): the angle
  /// at the solution is right, whatever the units.
  double cosine_tolerance = 1e-12;
  double step_tolerance = 1e-14;     ///< relative, on the scaled step
  double first_radius = 100.0;       ///< of the trust region, times the scaled length of the start
  double acceleration_limit = 0.75;  ///< geodesic: how long the correction may be, relative to the step
  const interrupt_flag* interrupt = nullptr;
};

struct least_squares_result {
  std::vector<double> x;
  std::vector<double> residuals;
  std::vector<double> jacobian;  ///< row-major (residuals, parameters), at x
  double sum_of_squares = 0.0;
  double cosine = 0.0;  ///< what cosine_tolerance is compared with
  stop_reason why = stop_reason::max_iterations;
  int iterations = 0;
  std::int64_t evaluations = 0;
};

/// Minimises the sum of squared residuals.
/// @source More, "The Levenberg-Marquardt algorithm: implementation and theory", 1978; Transtrum and Sethna,
///         "Improvements to the Levenberg-Marquardt algorithm for nonlinear least-squares minimization", 2012
/// @throws domain_error  when the start is empty or not finite
/// @throws shape_error   when there are no residuals
least_squares_result least_squares_minimize(const residual_function& f, std::int64_t residuals,
                                            std::span<const double> start, const least_squares_options& options = {});

}  // namespace credence
