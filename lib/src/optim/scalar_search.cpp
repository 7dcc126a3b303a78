// SPDX-License-Identifier: BSD-3-Clause
#include "credence/optim/scalar_search.hpp"

#include "credence/base/check.hpp"

#include <cmath>
#include <limits>

namespace credence {

namespace {

constexpr double golden = 0.3819660112501051;  // (3 - sqrt 5) / 2

void check_interval(const char* where, double lower, double upper) {
  check::finite(where, "lower", lower);
  check::finite(where, "upper", upper);
  if (!(lower < upper)) check::fail_domain(where, "lower", lower, "below upper, which is " + check::to_text(upper));
}

}  // namespace

scalar_result golden_section_minimize(const scalar_function& f, double lower, double upper,
                                      const scalar_options& options) {
  check_interval("golden_section_minimize", lower, upper);
  double a = lower, b = upper;
  double x1 = a + golden * (b - a), x2 = b - golden * (b - a);
  double f1 = f(x1), f2 = f(x2);
  scalar_result out;
  while (out.iterations < options.max_iterations) {
    if (b - a <= options.tolerance * std::fmax(1.0, std::fabs(x1))) {
      out.why = stop_reason::step_small;
      break;
    }
    ++out.iterations;
    if (f1 <= f2) {
      b = x2;
      x2 = x1;
      f2 = f1;
      x1 = a + golden * (b - a);
      f1 = f(x1);
    } else {
      a = x1;
      x1 = x2;
      f1 = f2;
      x2 = b - golden * (b - a);
      f2 = f(x2);
    }
  }
  out.x = f1 <= f2 ? x1 : x2;
  out.value = std::fmin(f1, f2);
  out.lower = a;
  out.upper = b;
  return out;
}

scalar_result brent_minimize(const scalar_function& f, double lower, double upper, const scalar_options& options) {
  check_interval("brent_minimize", lower, upper);
  double a = lower, b = upper;
  double x = a + golden * (b - a), w = x, v = x;  // best, second, third
  double fx = f(x), fw = fx, fv = fx;
  double step = 0.0, before = 0.0;
  scalar_result out;
  for (; out.iterations < options.max_iterations; ++out.iterations) {
    const double middle = 0.5 * (a + b), near = options.tolerance * std::fmax(1.0, std::fabs(x)) + 1e-300;
    if (std::fabs(x - middle) <= 2.0 * near - 0.5 * (b - a)) {
      out.why = stop_reason::step_small;
      break;
    }
    bool parabola = false;
    if (std::fabs(before) > near) {
      const double r = (x - w) * (fx - fv);
      double q = (x - v) * (fx - fw), p = (x - v) * q - (x - w) * r;
      q = 2.0 * (q - r);
      if (q > 0.0) p = -p;
      q = std::fabs(q);
      if (std::fabs(p) < std::fabs(0.5 * q * before) && p > q * (a - x) && p < q * (b - x)) {
        before = step;
        step = p / q;
        const double u = x + step;
        if (u - a < 2.0 * near || b - u < 2.0 * near) step = std::copysign(near, middle - x);
        parabola = true;
      }
    }
    if (!parabola) {
      before = x < middle ? b - x : a - x;
      step = golden * before;
    }
    const double u = x + (std::fabs(step) >= near ? step : std::copysign(near, step));
    const double fu = f(u);
    if (fu <= fx) {
      (u < x ? b : a) = x;
      v = w, fv = fw, w = x, fw = fx, x = u, fx = fu;
    } else {
      (u < x ? a : b) = u;
      if (fu <= fw || w == x) {
        v = w, fv = fw, w = u, fw = fu;
      } else if (fu <= fv || v == x || v == w) {
        v = u, fv = fu;
      }
    }
  }
  out.x = x;
  out.value = fx;
  out.lower = a;
  out.upper = b;
  return out;
}

scalar_result brent_root(const scalar_function& f, double lower, double upper, const scalar_options& options) {
  check_interval("brent_root", lower, upper);
  double a = lower, b = upper, fa = f(a), fb = f(b);
  if (!(fa * fb <= 0.0)) {
    if (!((fa < 0.0 && fb > 0.0) || (fa > 0.0 && fb < 0.0) || fa == 0.0 || fb == 0.0)) {
      check::fail_domain("brent_root", "f(upper)", fb, "of another sign than f(lower), which is " + check::to_text(fa));
    }
  }
  double c = a, fc = fa, step = b - a, before = step;
  scalar_result out;
  for (; out.iterations < options.max_iterations; ++out.iterations) {
    if (std::fabs(fc) < std::fabs(fb)) {
      a = b, b = c, c = a;
      fa = fb, fb = fc, fc = fa;
    }
    const double near = 2.0 * std::numeric_limits<double>::epsilon() * std::fabs(b) +
                        0.5 * options.tolerance * std::fmax(1.0, std::fabs(b)) * 1e-3;
    const double middle = 0.5 * (c - b);
    if (fb == 0.0 || std::fabs(middle) <= near) {
      out.why = stop_reason::step_small;
      break;
    }
    if (std::fabs(before) < near || std::fabs(fa) <= std::fabs(fb)) {
      step = before = middle;
    } else {
      double p, q;
      const double s = fb / fa;
      if (a == c) {
        p = 2.0 * middle * s;
        q = 1.0 - s;
      } else {
        const double t = fa / fc, r = fb / fc;
        p = s * (2.0 * middle * t * (t - r) - (b - a) * (r - 1.0));
        q = (t - 1.0) * (r - 1.0) * (s - 1.0);
      }
      (p > 0.0 ? q : p) = p > 0.0 ? -q : -p;
      if (2.0 * p < std::fmin(3.0 * middle * q - std::fabs(near * q), std::fabs(before * q))) {
        before = step;
        step = p / q;
      } else {
        step = before = middle;
      }
    }
    a = b;
    fa = fb;
    b += std::fabs(step) > near ? step : std::copysign(near, middle);
    fb = f(b);
    if ((fb > 0.0) == (fc > 0.0)) {
      c = a, fc = fa;
      step = before = b - a;
    }
  }
  out.x = b;
  out.value = fb;
  out.lower = std::fmin(b, c);
  out.upper = std::fmax(b, c);
  return out;
}

}  // namespace credence
