// SPDX-License-Identifier: BSD-3-Clause
// Replays an instruction list for one lane: what a CUDA thread runs. Operations and families are the functors of the
// CPU rows, sums are taken in the same order, so a lane's bits are those of the CPU replay. On the host it runs in the
// tests.
//
// Memory: slot element e of lane l is values[e * stride + l], so neighbouring threads read neighbouring words. Lane
// functions (factorisations, constrained matrices) are not interpreted here: programs that have them stay on the CPU.
#pragma once

#include "elementwise.hpp"
#include "instruction.hpp"

#include "credence/distributions/families.hpp"

#include <cstdint>

namespace credence {
inline namespace CREDENCE_ISA {

template <class T>
struct lane_frame {
  std::int64_t stride = 1;  ///< lanes in memory
  std::int64_t lane = 0;
  std::int64_t step = 0;
  T* values = nullptr;
  T* adjoints = nullptr;
  T* scratch = nullptr;  ///< laid out like values
  const T* data = nullptr;
  const std::int64_t* indices = nullptr;
  const detail::instruction* bodies = nullptr;
  T weights[3] = {T(1), T(1), T(1)};
  unsigned skipped_parts = 0;

  /// Element e of an operand; one-element operands are broadcast.
  CREDENCE_HD CREDENCE_INLINE T get(const detail::operand& o, std::int64_t e) const {
    const std::int64_t at = o.offset + step * o.step + (o.size == 1 ? 0 : e);
    return o.lane ? values[at * stride + lane] : data[at];
  }
  CREDENCE_HD CREDENCE_INLINE T& value(const detail::operand& o, std::int64_t e) const {
    return values[(o.offset + step * o.step + e) * stride + lane];
  }
  CREDENCE_HD CREDENCE_INLINE T& adjoint(const detail::operand& o, std::int64_t e) const {
    return adjoints[(o.offset + step * o.step + e) * stride + lane];
  }
  CREDENCE_HD CREDENCE_INLINE T& scratch_at(std::int64_t e) const { return scratch[e * stride + lane]; }
};

namespace lanewise {

template <class T>
CREDENCE_HD CREDENCE_INLINE bool is_zero(T x) {
  return x == T(0);
}

/// Eight interleaved partial sums of one lane.
template <class T>
struct partial_sums {
  T part[8] = {};
  CREDENCE_HD CREDENCE_INLINE void add(std::int64_t e, T x) { part[e & 7] = part[e & 7] + x; }
  CREDENCE_HD CREDENCE_INLINE T total() const {
    return ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
  }
};

/// Gathers the adjoint of one operand over the elements of an operation: in place where it is full.
template <class T>
struct adjoint_sink {
  const detail::operand* to = nullptr;
  bool wanted = false, broadcast = false;
  partial_sums<T> sums;

  CREDENCE_HD CREDENCE_INLINE void set(const detail::operand& o, std::int64_t n) {
    to = &o;
    wanted = o.lane;
    broadcast = o.size == 1 && n > 1;
  }
  CREDENCE_HD CREDENCE_INLINE void add(const lane_frame<T>& f, std::int64_t e, T contribution) {
    if (!wanted) return;
    if (broadcast) {
      sums.add(e, contribution);
    } else {
      f.adjoint(*to, e) += contribution;
    }
  }
  CREDENCE_HD CREDENCE_INLINE void finish(const lane_frame<T>& f) const {
    if (wanted && broadcast) f.adjoint(*to, 0) += sums.total();
  }
};

template <class Op, class T>
CREDENCE_HD void forward(const detail::instruction& i, const lane_frame<T>& f) {
  for (std::int64_t e = 0; e < i.out.size; ++e) {
    if constexpr (Op::inputs == 1) {
      f.value(i.out, e) = Op::value(f.get(i.in[0], e));
    } else if constexpr (Op::inputs == 2) {
      f.value(i.out, e) = Op::value(f.get(i.in[0], e), f.get(i.in[1], e));
    } else {
      f.value(i.out, e) = Op::value(f.get(i.in[0], e), f.get(i.in[1], e), f.get(i.in[2], e));
    }
  }
}

template <class Op, class T>
CREDENCE_HD void reverse(const detail::instruction& i, const lane_frame<T>& f) {
  adjoint_sink<T> d[3];
  for (int k = 0; k < Op::inputs; ++k) d[k].set(i.in[k], i.out.size);
  for (std::int64_t e = 0; e < i.out.size; ++e) {
    const T g = f.adjoint(i.out, e), o = f.value(i.out, e), a = f.get(i.in[0], e);
    const auto guarded = [g](T contribution) { return math::select(is_zero(g), T(0), contribution); };
    if constexpr (Op::inputs == 1) {
      d[0].add(f, e, guarded(Op::by_a(g, a, o)));
    } else if constexpr (Op::inputs == 2) {
      const T b = f.get(i.in[1], e);
      if (d[0].wanted) d[0].add(f, e, guarded(Op::by_a(g, a, b, o)));
      if (d[1].wanted) d[1].add(f, e, guarded(Op::by_b(g, a, b, o)));
    } else {
      const T b = f.get(i.in[1], e), c = f.get(i.in[2], e);
      if (d[0].wanted) d[0].add(f, e, guarded(Op::by_a(g, a, b, c, o)));
      if (d[1].wanted) d[1].add(f, e, guarded(Op::by_b(g, a, b, c, o)));
      if (d[2].wanted) d[2].add(f, e, guarded(Op::by_c(g, a, b, c, o)));
    }
  }
  for (int k = 0; k < Op::inputs; ++k) d[k].finish(f);
}

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
  const std::int64_t n = i.out.size, columns = i.extra[1], pitch = (columns + 7) / 8 * 8;
  const T* padded = f.data + i.extra[3];
  const detail::operand &beta = i.in[i.inputs], &alpha = i.in[i.inputs + 1];
  adjoint_sink<T> d[P + 1], d_alpha;
  d[0].set(i.in[0], n);
  for (int k = 0; k < P; ++k) d[1 + k].set(i.in[1 + XT + k], n);
  if (linear) {
    d[1].wanted = false;
    if (alpha.size > 0) d_alpha.set(alpha, n);
    for (std::int64_t k = 0; gradient && k < columns; ++k) f.scratch_at(k) = T(0);
  }
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
      T predictor(0);
      for (std::int64_t k = 0; k < columns; ++k)
        predictor = math::fma(padded[e * pitch + k], f.value(beta, k), predictor);
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
      for (std::int64_t k = 0; k < columns; ++k) {
        f.scratch_at(k) = math::fma(padded[e * pitch + k], residual, f.scratch_at(k));
      }
      d_alpha.add(f, e, residual);
    }
  }
  if (detail::has_factored_partials<K> && linear) take_logarithm();
  if (gradient) {
    for (int k = 0; k <= P; ++k) d[k].finish(f);
    if (linear) {
      d_alpha.finish(f);
      for (std::int64_t k = 0; k < columns; ++k) f.adjoint(beta, k) += f.scratch_at(k);
    }
  }
  return weight * sums.total();
}

/// What is done with the family of an instruction.
enum class family_task : std::uint8_t { forward, reverse, prepare_parameters, prepare_variate, term };

template <class K, class T>
CREDENCE_HD T run_family(family_task task, const detail::instruction& i, const lane_frame<T>& f, T weight,
                         bool gradient) {
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
CREDENCE_HD T run_family_of(family_task task, const detail::instruction& i, const lane_frame<T>& f, T weight = T(1),
                            bool gradient = false) {
  return families<T, univariate_kernels>::run(task, i, f, weight, gradient);
}

/// Chooses the elementwise functor by its number.
template <class T, class... Ops>
CREDENCE_HD void run_operation(bool backwards, const detail::instruction& i, const lane_frame<T>& f,
                               ops::list<Ops...>) {
  int number = static_cast<int>(detail::opcode::negate);
  ((number++ == static_cast<int>(i.code) ? (backwards ? reverse<Ops>(i, f) : forward<Ops>(i, f)) : (void)0), ...);
}

template <class T>
CREDENCE_HD void forward_other(const detail::instruction& i, const lane_frame<T>& f) {
  using detail::opcode;
  const std::int64_t n = i.in[0].size;
  switch (i.code) {
    case opcode::sum:
    case opcode::dot: {
      partial_sums<T> sums;
      for (std::int64_t e = 0; e < n; ++e) {
        sums.add(e, i.inputs == 2 ? f.get(i.in[0], e) * f.get(i.in[1], e) : f.get(i.in[0], e));
      }
      f.value(i.out, 0) = sums.total();
      return;
    }
    case opcode::log_sum_exp: {
      T m = f.get(i.in[0], 0);
      for (std::int64_t e = 1; e < n; ++e) m = math::select(f.get(i.in[0], e) > m, f.get(i.in[0], e), m);
      m = math::select(m - m == T(0), m, T(0));
      partial_sums<T> sums;
      for (std::int64_t e = 0; e < n; ++e) sums.add(e, math::exp(f.get(i.in[0], e) - m));
      f.value(i.out, 0) = m + math::log(sums.total());
      return;
    }
    case opcode::gather:
      for (std::int64_t e = 0; e < i.out.size; ++e) f.value(i.out, e) = f.get(i.in[0], f.indices[i.extra[0] + e]);
      return;
    case opcode::concat: {
      std::int64_t to = 0;
      for (int k = 0; k < i.inputs; ++k) {
        for (std::int64_t e = 0; e < i.in[k].size; ++e) f.value(i.out, to++) = f.get(i.in[k], e);
      }
      return;
    }
    case opcode::data_matrix_vector: {
      const std::int64_t columns = i.extra[1], pitch = (columns + 7) / 8 * 8;
      for (std::int64_t r = 0; r < i.extra[0]; ++r) {
        T sum(0);
        for (std::int64_t k = 0; k < columns; ++k) {
          sum = math::fma(f.data[i.extra[3] + r * pitch + k], f.value(i.in[0], k), sum);
        }
        f.value(i.out, r) = sum;
      }
      return;
    }
    case opcode::matrix_product:
      for (std::int64_t r = 0; r < i.extra[0]; ++r) {
        for (std::int64_t c = 0; c < i.extra[2]; ++c) {
          T sum(0);
          for (std::int64_t k = 0; k < i.extra[1]; ++k) {
            sum = math::fma(f.get(i.in[0], r * i.extra[1] + k), f.get(i.in[1], k * i.extra[2] + c), sum);
          }
          f.value(i.out, r * i.extra[2] + c) = sum;
        }
      }
      return;
    case opcode::linear_recurrence: {
      T state = f.get(i.in[2], 0);
      for (std::int64_t t = 0; t < i.out.size; ++t) {
        state = math::fma(f.get(i.in[0], t), state, f.get(i.in[1], t));
        f.value(i.out, t) = state;
      }
      return;
    }
    default:
      return;
  }
}

template <class T>
CREDENCE_HD void reverse_matrix_product(const detail::instruction& i, const lane_frame<T>& f) {
  const std::int64_t n = i.extra[0], inner = i.extra[1], m = i.extra[2];
  if (i.in[0].lane) {
    for (std::int64_t r = 0; r < n; ++r) {
      for (std::int64_t k = 0; k < inner; ++k) {
        T sum(0);
        for (std::int64_t c = 0; c < m; ++c)
          sum = math::fma(f.adjoint(i.out, r * m + c), f.get(i.in[1], k * m + c), sum);
        f.adjoint(i.in[0], r * inner + k) += sum;
      }
    }
  }
  if (i.in[1].lane) {
    for (std::int64_t k = 0; k < inner; ++k) {
      for (std::int64_t c = 0; c < m; ++c) {
        T sum(0);
        for (std::int64_t r = 0; r < n; ++r) {
          sum = math::fma(f.adjoint(i.out, r * m + c), f.get(i.in[0], r * inner + k), sum);
        }
        f.adjoint(i.in[1], k * m + c) += sum;
      }
    }
  }
}

template <class T>
CREDENCE_HD void reverse_linear_recurrence(const detail::instruction& i, const lane_frame<T>& f) {
  const detail::operand &multiplier = i.in[0], &addend = i.in[1], &start = i.in[2];
  T carried(0), multiplier_sum(0), addend_sum(0);
  const bool full_multiplier = multiplier.lane && multiplier.size > 1, full_addend = addend.lane && addend.size > 1;
  for (std::int64_t t = i.out.size - 1; t >= 0; --t) {
    carried = carried + f.adjoint(i.out, t);
    const T before = t > 0 ? f.value(i.out, t - 1) : f.get(start, 0);
    if (full_addend) {
      f.adjoint(addend, t) += carried;
    } else {
      addend_sum = addend_sum + carried;
    }
    if (full_multiplier) {
      f.adjoint(multiplier, t) += carried * before;
    } else {
      multiplier_sum = math::fma(carried, before, multiplier_sum);
    }
    carried = carried * f.get(multiplier, t);
  }
  if (start.lane) f.adjoint(start, 0) += carried;
  if (multiplier.lane && !full_multiplier) f.adjoint(multiplier, 0) += multiplier_sum;
  if (addend.lane && !full_addend) f.adjoint(addend, 0) += addend_sum;
}

template <class T>
CREDENCE_HD void reverse_other(const detail::instruction& i, const lane_frame<T>& f) {
  using detail::opcode;
  const std::int64_t n = i.in[0].size;
  switch (i.code) {
    case opcode::sum:
    case opcode::dot:
      for (int k = 0; k < i.inputs; ++k) {
        if (!i.in[k].lane) continue;
        for (std::int64_t e = 0; e < n; ++e) {
          f.adjoint(i.in[k], e) += i.inputs == 1 ? f.adjoint(i.out, 0) : f.adjoint(i.out, 0) * f.get(i.in[1 - k], e);
        }
      }
      return;
    case opcode::log_sum_exp:
      for (std::int64_t e = 0; e < n; ++e) {
        const T g = f.adjoint(i.out, 0);
        f.adjoint(i.in[0], e) += math::select(is_zero(g), T(0), g * math::exp(f.get(i.in[0], e) - f.value(i.out, 0)));
      }
      return;
    case opcode::gather:
      for (std::int64_t e = 0; e < i.out.size; ++e) {
        f.adjoint(i.in[0], f.indices[i.extra[0] + e]) += f.adjoint(i.out, e);
      }
      return;
    case opcode::concat: {
      std::int64_t from = 0;
      for (int k = 0; k < i.inputs; ++k) {
        for (std::int64_t e = 0; e < i.in[k].size; ++e, ++from) {
          if (i.in[k].lane) f.adjoint(i.in[k], e) += f.adjoint(i.out, from);
        }
      }
      return;
    }
    case opcode::data_matrix_vector: {
      const std::int64_t columns = i.extra[1], pitch = (columns + 7) / 8 * 8;
      for (std::int64_t k = 0; k < columns; ++k) {
        T sum(0);
        for (std::int64_t r = 0; r < i.extra[0]; ++r) {
          sum = math::fma(f.data[i.extra[3] + r * pitch + k], f.adjoint(i.out, r), sum);
        }
        f.adjoint(i.in[0], k) += sum;
      }
      return;
    }
    case opcode::matrix_product:
      return reverse_matrix_product(i, f);
    case opcode::linear_recurrence:
      return reverse_linear_recurrence(i, f);
    default:
      return;
  }
}

template <class T>
CREDENCE_HD void forward_one(const detail::instruction& i, const lane_frame<T>& f) {
  using detail::opcode;
  if (i.code >= opcode::negate && i.code <= opcode::select) return run_operation(false, i, f, ops::all{});
  if (i.code == opcode::density) return (void)run_family_of(family_task::forward, i, f);
  if (i.code == opcode::prepare_parameters) return (void)run_family_of(family_task::prepare_parameters, i, f);
  if (i.code == opcode::prepare_variate) return (void)run_family_of(family_task::prepare_variate, i, f);
  forward_other(i, f);
}

template <class T>
CREDENCE_HD void reverse_one(const detail::instruction& i, const lane_frame<T>& f) {
  using detail::opcode;
  if (i.code >= opcode::negate && i.code <= opcode::select) return run_operation(true, i, f, ops::all{});
  if (i.code == opcode::density) return (void)run_family_of(family_task::reverse, i, f);
  reverse_other(i, f);
}

/// Log density of one lane, and with `gradient` the adjoints of all its slots (zeroed by the caller).
template <class T>
CREDENCE_HD T replay(const detail::instruction* forward, std::int64_t count, const detail::sink* sinks,
                     std::int64_t sink_count, lane_frame<T>& f, bool gradient) {
  using detail::opcode;
  for (std::int64_t k = 0; k < count; ++k) {
    const detail::instruction& i = forward[k];
    if (i.code != opcode::scan) {
      forward_one(i, f);
      continue;
    }
    for (f.step = 0; f.step < i.extra[2]; ++f.step) {
      for (std::int64_t b = 0; b < i.extra[1]; ++b) forward_one(f.bodies[i.extra[0] + b], f);
    }
    f.step = 0;
  }
  T value(0);
  for (std::int64_t k = 0; k < sink_count; ++k) {
    const detail::sink& s = sinks[k];
    const int which = static_cast<int>(s.of);
    if ((f.skipped_parts >> which & 1U) != 0) continue;
    const T weight = f.weights[which];
    if (s.what.code == opcode::density || s.what.code == opcode::linear_density) {
      value += run_family_of(family_task::term, s.what, f, weight, gradient);
      continue;
    }
    partial_sums<T> sums;
    for (std::int64_t e = 0; e < s.what.in[0].size; ++e) {
      sums.add(e, f.get(s.what.in[0], e));
      if (gradient && s.what.in[0].lane) f.adjoint(s.what.in[0], e) += weight;
    }
    value += weight * sums.total();
  }
  if (!gradient) return value;
  for (std::int64_t k = count - 1; k >= 0; --k) {
    const detail::instruction& i = forward[k];
    if (i.code != opcode::scan) {
      reverse_one(i, f);
      continue;
    }
    for (f.step = i.extra[2] - 1; f.step >= 0; --f.step) {
      for (std::int64_t b = i.extra[1] - 1; b >= 0; --b) reverse_one(f.bodies[i.extra[0] + b], f);
    }
    f.step = 0;
  }
  return value;
}

}  // namespace lanewise
}  // namespace CREDENCE_ISA
}  // namespace credence
