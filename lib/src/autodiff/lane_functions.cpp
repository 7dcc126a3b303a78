// SPDX-License-Identifier: BSD-3-Clause
#include "lane_functions.hpp"
#include "triangular.hpp"

#include "credence/base/errors.hpp"
#include "credence/distributions/transforms.hpp"
#include "credence/tensor/gemm.hpp"
#include "credence/tensor/linalg.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

namespace credence::detail {

namespace {

/// Calls visit with the transform of that kind.
template <class Visitor>
decltype(auto) with_transform(constraint::kind kind, Visitor&& visit) {
  switch (kind) {
    case constraint::kind::simplex:
      return visit(transforms::simplex{});
    case constraint::kind::ordered:
      return visit(transforms::ordered{});
    case constraint::kind::positive_ordered:
      return visit(transforms::positive_ordered{});
    case constraint::kind::unit_vector:
      return visit(transforms::unit_vector{});
    case constraint::kind::sum_to_zero:
      return visit(transforms::sum_to_zero{});
    case constraint::kind::cholesky_corr:
      return visit(transforms::cholesky_corr{});
    case constraint::kind::corr:
      return visit(transforms::corr{});
    case constraint::kind::cholesky_cov:
      return visit(transforms::cholesky_cov{});
    case constraint::kind::cov:
      return visit(transforms::cov{});
    default:
      break;
  }
  throw domain_error("recorder: this constraint is elementwise");
}

template <class Transform, class T>
struct transform_function {
  static void forward(const void* state, const std::int64_t*, const T* const* in, T* out, T*) {
    const auto n = static_cast<const lane_call*>(state)->n;
    out[Transform::constrained_size(n)] = Transform{}.constrain(n, in[0], out);
  }
  static void reverse(const void* state, const std::int64_t*, const T* const* in, const T*, const T* g, T* const* d_in,
                      T* scratch) {
    const auto n = static_cast<const lane_call*>(state)->n;
    Transform{}.vjp(n, in[0], g, g[Transform::constrained_size(n)], d_in[0], scratch);
  }
};

/// From this size on, matrices of doubles go to the blocked kernels of tensor; duals never do.
constexpr std::int64_t blocked_from = 33;

void blocked_solve(const double* l, std::int64_t n, std::int64_t m, double* b, transposed turned) {
  solve_triangular_in_place(view<const double, 2>(l, n, n), view<double, 2>(b, n, m),
                            {.which = triangle::lower, .transpose = turned});
}

/// b <- L^-1 b or L^-T b
template <class T>
void solve(const T* l, std::int64_t n, std::int64_t m, T* b, transposed turned) {
  if constexpr (std::is_same_v<T, double>) {
    if (n >= blocked_from) return blocked_solve(l, n, m, b, turned);
  }
  if (turned == transposed::yes) {
    back_substitute(l, n, m, b);
  } else {
    forward_substitute(l, n, m, b);
  }
}

/// c = op(a) op(b), on the running thread.
void multiply(view<const double, 2> a, transposed turn_a, view<const double, 2> b, transposed turn_b,
              view<double, 2> c) {
  gemm(exec::cpu(1), a, b, c, {.a = turn_a, .b = turn_b});
}

template <class T>
struct cholesky_function {
  static void forward(const void* state, const std::int64_t*, const T* const* in, T* out, T* scratch) {
    const auto n = static_cast<const lane_call*>(state)->n;
    if constexpr (std::is_same_v<T, double>) {
      if (n >= blocked_from) {
        std::copy(in[0], in[0] + n * n, out);
        if (!cholesky_in_place(view<double, 2>(out, n, n))) {
          std::fill(out, out + n * n, std::numeric_limits<double>::quiet_NaN());
        }
        return;
      }
    }
    cholesky_factor(in[0], n, out, scratch);
  }
  static void reverse(const void* state, const std::int64_t*, const T* const*, const T* out, const T* g, T* const* d_in,
                      T* scratch) {
    const auto n = static_cast<const lane_call*>(state)->n;
    T *const p = scratch, *const q = scratch + n * n;
    if constexpr (std::is_same_v<T, double>) {
      if (n >= blocked_from) {
        // Only the lower triangle of the product is read: there the upper one of g meets zeros.
        multiply(view<const double, 2>(out, n, n), transposed::yes, view<const double, 2>(g, n, n), transposed::no,
                 view<double, 2>(p, n, n));
        return finish_cholesky_adjoint(out, n, d_in[0], p, q, blocked_solve);
      }
    }
    lower_product(out, g, n, p);
    finish_cholesky_adjoint(out, n, d_in[0], p, q, &solve<T>);
  }
};

/// Products of one lane's matrices.
template <class T>
struct product_function {
  static void forward(const void* state, const std::int64_t*, const T* const* in, T* out, T*) {
    const auto& call = *static_cast<const lane_call*>(state);
    if constexpr (std::is_same_v<T, double>) {
      multiply(view<const double, 2>(in[0], call.n, call.k), transposed::no,
               view<const double, 2>(in[1], call.k, call.m), transposed::no, view<double, 2>(out, call.n, call.m));
    } else {
      std::fill(out, out + call.n * call.m, T(0));
      for (std::int64_t r = 0; r < call.n; ++r) {
        for (std::int64_t j = 0; j < call.k; ++j) {
          add_scaled(in[0][r * call.k + j], in[1] + j * call.m, call.m, out + r * call.m);
        }
      }
    }
  }
  static void reverse(const void* state, const std::int64_t*, const T* const* in, const T*, const T* g, T* const* d_in,
                      T*) {
    const auto& call = *static_cast<const lane_call*>(state);
    if constexpr (std::is_same_v<T, double>) {
      const view<const double, 2> adjoint(g, call.n, call.m);
      multiply(adjoint, transposed::no, view<const double, 2>(in[1], call.k, call.m), transposed::yes,
               view<double, 2>(d_in[0], call.n, call.k));
      multiply(view<const double, 2>(in[0], call.n, call.k), transposed::yes, adjoint, transposed::no,
               view<double, 2>(d_in[1], call.k, call.m));
    } else {
      for (std::int64_t r = 0; r < call.n; ++r) {
        for (std::int64_t j = 0; j < call.k; ++j) {
          T sum(0);
          for (std::int64_t c = 0; c < call.m; ++c) sum += g[r * call.m + c] * in[1][j * call.m + c];
          d_in[0][r * call.k + j] = sum;
          add_scaled(in[0][r * call.k + j], g + r * call.m, call.m, d_in[1] + j * call.m);
        }
      }
    }
  }

 private:
  static void add_scaled(const T& factor, const T* from, std::int64_t count, T* to) {
    for (std::int64_t k = 0; k < count; ++k) to[k] += factor * from[k];
  }
};

template <class T, bool Transposed>
struct solve_function {
  static void forward(const void* state, const std::int64_t*, const T* const* in, T* out, T*) {
    const auto& call = *static_cast<const lane_call*>(state);
    for (std::int64_t k = 0; k < call.n * call.m; ++k) out[k] = in[1][k];
    solve(in[0], call.n, call.m, out, Transposed ? transposed::yes : transposed::no);
  }
  static void reverse(const void* state, const std::int64_t*, const T* const* in, const T* out, const T* g,
                      T* const* d_in, T* b_bar) {
    const auto& call = *static_cast<const lane_call*>(state);
    const std::int64_t n = call.n, m = call.m;
    for (std::int64_t k = 0; k < n * m; ++k) b_bar[k] = g[k];
    solve(in[0], n, m, b_bar, Transposed ? transposed::no : transposed::yes);
    for (std::int64_t k = 0; k < n * m; ++k) d_in[1][k] = d_in[1][k] + b_bar[k];
    // X = L^-1 B: L_bar = -tril(B_bar X'); X = L^-T B: L_bar = -tril(X B_bar').
    const T* left = Transposed ? out : b_bar;
    const T* right = Transposed ? b_bar : out;
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t j = 0; j <= i; ++j) {
        T sum = T(0);
        for (std::int64_t c = 0; c < m; ++c) sum = sum + left[i * m + c] * right[j * m + c];
        d_in[0][i * n + j] = d_in[0][i * n + j] - sum;
      }
    }
  }
};

template <class Functions, class T>
lane_function<T> functions_of(const lane_call& call) {
  return {&call, &Functions::forward, &Functions::reverse};
}

template <class T>
lane_function<T> make(const lane_call& call) {
  switch (call.what) {
    case lane_call::kind::cholesky:
      return functions_of<cholesky_function<T>, T>(call);
    case lane_call::kind::solve_lower:
      return functions_of<solve_function<T, false>, T>(call);
    case lane_call::kind::solve_lower_transposed:
      return functions_of<solve_function<T, true>, T>(call);
    case lane_call::kind::product:
      return functions_of<product_function<T>, T>(call);
    case lane_call::kind::constrain:
      break;
  }
  return with_transform(call.transform, [&]<class Transform>(Transform) {
    return functions_of<transform_function<Transform, T>, T>(call);
  });
}

}  // namespace

const char* lane_call::name() const {
  return with_transform(transform, []<class Transform>(Transform) { return Transform::name; });
}

std::int64_t lane_call::unconstrained_size() const {
  return with_transform(transform, [this](auto t) { return t.unconstrained_size(n); });
}

std::int64_t lane_call::constrained_size() const {
  return with_transform(transform, [this](auto t) { return t.constrained_size(n); });
}

std::int64_t lane_call::scratch_size() const {
  // Operands twice (their copies and adjoints), the result twice, and the function's own.
  if (what == kind::cholesky) return 6 * n * n;
  if (what == kind::product) return 2 * (n * k + k * m + n * m);
  if (what != kind::constrain) return 2 * n * n + 5 * n * m;
  const std::int64_t own = with_transform(transform, [this](auto t) { return t.scratch_size(n); });
  return own + 2 * unconstrained_size() + 2 * (constrained_size() + 1);
}

void lane_call::unconstrain(std::span<const double> constrained, std::span<double> out) const {
  with_transform(transform, [&](auto t) { credence::unconstrain(t, n, constrained, out); });
}

lane_function<double> double_function(const lane_call& call) { return make<double>(call); }
lane_function<dual<double>> dual_function(const lane_call& call) { return make<dual<double>>(call); }

}  // namespace credence::detail
