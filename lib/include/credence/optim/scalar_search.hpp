// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/optim/function_reference.hpp"

#include "credence/optim/result.hpp"

#include <concepts>

namespace credence {

/// A function of one number: refers to a callable for the time of one call.
class scalar_function {
 public:
  template <class F>
  requires std::invocable<const F&, double> scalar_function(const F& f)
      : state_(f),
        call_([](const detail::callable_address& state, double x) { return static_cast<double>(state.as<F>()(x)); }) {}
  double operator()(double x) const { return call_(state_, x); }

 private:
  detail::callable_address state_;
  double (*call_)(const detail::callable_address&, double);
};

struct scalar_options {
  double tolerance = 1e-10;  ///< on x, relative to |x| (absolute below 1); values limit a minimum to about 1e-8
  int max_iterations = 200;
};
struct scalar_result {
  double x = 0.0;
  double value = 0.0;
  double lower = 0.0;  ///< the bracket that is left
  double upper = 0.0;
  stop_reason why = stop_reason::max_iterations;
  int iterations = 0;
};

/// The minimum of a unimodal function on [lower, upper] by golden sections: each step keeps 0.618 of the interval.
/// @throws domain_error  when lower is not below upper
scalar_result golden_section_minimize(const scalar_function& f, double lower, double upper,
                                      const scalar_options& options = {});

/// The same with parabolic steps where they help.
/// @source Brent, "Algorithms for Minimization without Derivatives", 1973, chapter 5
scalar_result brent_minimize(const scalar_function& f, double lower, double upper, const scalar_options& options = {});

/// A zero of f between two points where its signs differ, to the last bits: inverse quadratic, secant and bisection
/// steps.
/// @source Brent, chapter 4
/// @throws domain_error  when f has the same sign at both ends, or is NaN there
scalar_result brent_root(const scalar_function& f, double lower, double upper, const scalar_options& options = {});

}  // namespace credence
