// SPDX-License-Identifier: BSD-3-Clause
// Log densities in the lane interpreter: in the middle of a program, and as terms of the target.
#pragma once

#include "lane_operations.hpp"

#include "credence/distributions/families.hpp"

#include <cstdint>

namespace credence {
inline namespace CREDENCE_ISA {
namespace lanewise {

/// Operands of one element of a density.
template <class K, class T>
struct density_operands {
  static constexpr int P = K::parameters, XT = K::variate_terms, PT = K::parameter_terms;
  T x, xt[XT + 1], p[P + 1], pt[PT + 1];

  CREDENCE_HD CREDENCE_INLINE void load(const detail::instruction& i, const lane_frame<T>& f, std::int64_t e) {
    x = f.get(i.in[0], e);
    for (int k = 0; k < XT; ++k) xt[k] = f.get(i.in[1 + k], e);
    for (int k = 0; k < P; ++k) p[k] = f.get(i.in[1 + XT + k], e);
    for (int k = 0; k < PT; ++k) pt[k] = f.get(i.in[1 + XT + P + k], e);
  }
};

template <class K, class T>
CREDENCE_HD void forward_density(const detail::instruction& i, const lane_frame<T>& f) {
  for (std::int64_t e = 0; e < i.out.size; ++e) {
    density_operands<K, T> o;
    o.load(i, f, e);
    f.value(i.out, e) = K::log_pdf(o.x, o.xt, o.p, o.pt);
  }
}

template <class K, class T>
CREDENCE_HD void prepare_parameters(const detail::instruction& i, const lane_frame<T>& f) {
  if constexpr (K::parameter_terms > 0) {
    const std::int64_t n = i.out.size / K::parameter_terms;
    for (std::int64_t e = 0; e < n; ++e) {
      T p[K::parameters + 1], terms[K::parameter_terms];
      for (int k = 0; k < K::parameters; ++k) p[k] = f.get(i.in[k], e);
      K::prepare_parameters(p, terms);
      for (int k = 0; k < K::parameter_terms; ++k) f.value(i.out, k * n + e) = terms[k];
    }
  }
}

template <class K, class T>
CREDENCE_HD void prepare_variate(const detail::instruction& i, const lane_frame<T>& f) {
  if constexpr (K::variate_terms > 0) {
    const std::int64_t n = i.out.size / K::variate_terms;
    for (std::int64_t e = 0; e < n; ++e) {
      T terms[K::variate_terms];
      K::prepare_variate(f.get(i.in[0], e), terms);
      for (int k = 0; k < K::variate_terms; ++k) f.value(i.out, k * n + e) = terms[k];
    }
  }
}

/// A density in the middle of a program: partials times the adjoint of its value.
template <class K, class T>
CREDENCE_HD void reverse_density(const detail::instruction& i, const lane_frame<T>& f) {
  constexpr int P = K::parameters, XT = K::variate_terms;
  adjoint_sink<T> d[P + 1];
  d[0].set(i.in[0], i.out.size);
  for (int k = 0; k < P; ++k) d[1 + k].set(i.in[1 + XT + k], i.out.size);
  for (std::int64_t e = 0; e < i.out.size; ++e) {
    density_operands<K, T> o;
    o.load(i, f, e);
    const T g = f.adjoint(i.out, e);
    T dx{}, dp[P + 1];
    K::partials(o.x, o.xt, o.p, o.pt, dx, dp);
    d[0].add(f, e, math::select(is_zero(g), T(0), g * dx));
    for (int k = 0; k < P; ++k) d[1 + k].add(f, e, math::select(is_zero(g), T(0), g * dp[k]));
  }
  for (int k = 0; k <= P; ++k) d[k].finish(f);
}

/// A term of the log density: returns its weighted sum; with `gradient`, gathers the partials too. Where `linear`, the
/// first parameter is the predictor alpha + X beta (linear_density.hpp).
template <class K, class T>
CREDENCE_HD T density_term(const detail::instruction& i, const lane_frame<T>& f, T weight, bool gradient, bool linear) {
  constexpr int P = K::parameters, XT = K::variate_terms;
  const std::int64_t n = i.out.size;
  const detail::operand &beta = i.in[i.inputs], &alpha = i.in[i.inputs + 1];
  adjoint_sink<T> d[P + 1], d_alpha;
  d[0].set(i.in[0], n);
  for (int k = 0; k < P; ++k) d[1 + k].set(i.in[1 + XT + k], n);
  if (linear) {
    d[1].wanted = false;
    if (alpha.size > 0) d_alpha.set(alpha, n);
  }
  const coefficient_sums<T> coefficients(i);
  if (linear && gradient) coefficients.begin(f);
  partial_sums<T> sums;
  T product[8] = {T(1), T(1), T(1), T(1), T(1), T(1), T(1), T(1)};  // as factor_product in linear_density.hpp
  const auto take_logarithm = [&] {
    for (int k = 0; k < 8; ++k) {
      sums.part[k] = sums.part[k] - math::log(product[k]);
      product[k] = T(1);
    }
  };
  for (std::int64_t e = 0; e < n; ++e) {
    density_operands<K, T> o;
    if (linear) {
      o.x = f.get(i.in[0], e);
      for (int k = 0; k < XT; ++k) o.xt[k] = f.get(i.in[1 + k], e);
      for (int k = 1; k < P; ++k) o.p[k] = f.get(i.in[1 + XT + k], e);
      for (int k = 0; k < K::parameter_terms; ++k) o.pt[k] = f.get(i.in[1 + XT + P + k], e);
      T predictor = predict_row(i, f, beta, e);
      if (alpha.size > 0) predictor = predictor + f.get(alpha, e);
      o.p[0] = predictor;
    } else {
      o.load(i, f, e);
    }
    T dx{}, dp[P + 1];
    if constexpr (detail::has_factored_partials<K>) {
      if (linear) {
        T factor(1);
        const T value = K::factored_partials(o.x, o.xt, o.p, o.pt, dx, dp, factor);
        product[e & 7] = product[e & 7] * factor;
        sums.add(e, value);
        if (e % 4096 == 4095) take_logarithm();
      } else {
        sums.add(e, K::partials(o.x, o.xt, o.p, o.pt, dx, dp));
      }
    } else {
      sums.add(e, K::partials(o.x, o.xt, o.p, o.pt, dx, dp));
    }
    if (!gradient) continue;
    const auto weighted = [weight](T partial) { return math::select(is_zero(weight), T(0), weight * partial); };
    d[0].add(f, e, weighted(dx));
    for (int k = 0; k < P; ++k) d[1 + k].add(f, e, weighted(dp[k]));
    if (linear) {
      const T residual = T(0) + weighted(dp[0]);
      coefficients.add_row(f, e, residual);
      d_alpha.add(f, e, residual);
    }
  }
  if (detail::has_factored_partials<K> && linear) take_logarithm();
  if (gradient) {
    for (int k = 0; k <= P; ++k) d[k].finish(f);
    if (linear) {
      d_alpha.finish(f);
      coefficients.finish(f, beta);
    }
  }
  return weight * sums.total();
}

/// What is done with the family of an instruction.
enum class family_task : std::uint8_t { forward, reverse, prepare_parameters, prepare_variate, term };

template <class K, class T>
CREDENCE_HD CREDENCE_NOINLINE T run_family(family_task task, const detail::instruction& i, const lane_frame<T>& f,
                                           T weight, bool gradient) {
  switch (task) {
    case family_task::forward:
      forward_density<K>(i, f);
      break;
    case family_task::reverse:
      reverse_density<K>(i, f);
      break;
    case family_task::prepare_parameters:
      prepare_parameters<K>(i, f);
      break;
    case family_task::prepare_variate:
      prepare_variate<K>(i, f);
      break;
    case family_task::term:
      return density_term<K>(i, f, weight, gradient, i.code == detail::opcode::linear_density);
  }
  return T(0);
}

/// Chooses the family by its number: a chain of comparisons that the compilers turn into a jump table.
template <class T, class List>
struct families;
template <class T, class... Kernels>
struct families<T, type_list<Kernels...>> {
  CREDENCE_HD static T run(family_task task, const detail::instruction& i, const lane_frame<T>& f, T weight,
                           bool gradient) {
    T result(0);
    int number = 0;
    ((number++ == i.family ? (void)(result = run_family<Kernels, T>(task, i, f, weight, gradient)) : (void)0), ...);
    return result;
  }
};

template <class T>
CREDENCE_HD CREDENCE_NOINLINE T run_family_of(family_task task, const detail::instruction& i, const lane_frame<T>& f,
                                              T weight = T(1), bool gradient = false) {
  return families<T, univariate_kernels>::run(task, i, f, weight, gradient);
}

}  // namespace lanewise
}  // namespace CREDENCE_ISA
}  // namespace credence
