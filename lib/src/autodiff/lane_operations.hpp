// SPDX-License-Identifier: BSD-3-Clause
// The operations of the lane interpreter that are not densities: elementwise, sums, moves, products, recurrences.
// Memory: slot element e of lane l is values[e * stride + l], so neighbouring threads read neighbouring words.
#pragma once

#include "elementwise.hpp"
#include "instruction.hpp"

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
  const float* single_data = nullptr;
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
CREDENCE_HD CREDENCE_NOINLINE void forward(const detail::instruction& i, const lane_frame<T>& f) {
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
CREDENCE_HD CREDENCE_NOINLINE void reverse(const detail::instruction& i, const lane_frame<T>& f) {
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

/// Chooses the elementwise functor by its number.
template <class T, class... Ops>
CREDENCE_HD CREDENCE_NOINLINE void run_operation(bool backwards, const detail::instruction& i, const lane_frame<T>& f,
                                                 ops::list<Ops...>) {
  int number = static_cast<int>(detail::opcode::negate);
  ((number++ == static_cast<int>(i.code) ? (backwards ? reverse<Ops>(i, f) : forward<Ops>(i, f)) : (void)0), ...);
}

/// Row r of a data matrix times a lane's vector, in the precision of the instruction.
template <class T>
CREDENCE_HD T predict_row(const detail::instruction& i, const lane_frame<T>& f, const detail::operand& beta,
                          std::int64_t r) {
  const std::int64_t columns = i.extra[1], pitch = (columns + 7) / 8 * 8;
  if (i.single_precision) {
    const float* row = f.single_data + i.extra[5] + r * pitch;
    float sum = 0.0F;
    for (std::int64_t k = 0; k < columns; ++k) sum = math::fma(row[k], static_cast<float>(f.value(beta, k)), sum);
    return static_cast<T>(sum);
  }
  const T* row = f.data + i.extra[3] + r * pitch;
  T sum(0);
  for (std::int64_t k = 0; k < columns; ++k) sum = math::fma(row[k], f.value(beta, k), sum);
  return sum;
}

/// The adjoints of a lane's coefficients, in scratch: matrix_products in matrix_rows.hpp says in which order. In single
/// precision the f32 sums of a block of rows stand behind the f64 ones.
template <class T>
struct coefficient_sums {
  const detail::instruction& i;
  std::int64_t columns, pitch;

  CREDENCE_HD explicit coefficient_sums(const detail::instruction& of)
      : i(of), columns(of.extra[1]), pitch((of.extra[1] + 7) / 8 * 8) {}
  CREDENCE_HD void begin(const lane_frame<T>& f) const {
    for (std::int64_t k = 0; k < columns; ++k) {
      f.scratch_at(k) = T(0);
      if (i.single_precision) f.scratch_at(pitch + k) = T(0);
    }
  }
  CREDENCE_HD void add_row(const lane_frame<T>& f, std::int64_t r, T g) const {
    if (!i.single_precision) {
      const T* row = f.data + i.extra[3] + r * pitch;
      for (std::int64_t k = 0; k < columns; ++k) f.scratch_at(k) = math::fma(row[k], g, f.scratch_at(k));
      return;
    }
    const float* row = f.single_data + i.extra[5] + r * pitch;
    const bool last_of_block = (r + 1) % 128 == 0 || r + 1 == i.extra[0];
    for (std::int64_t k = 0; k < columns; ++k) {
      T& running = f.scratch_at(pitch + k);
      running = static_cast<T>(math::fma(row[k], static_cast<float>(g), static_cast<float>(running)));
      if (!last_of_block) continue;
      f.scratch_at(k) += running;
      running = T(0);
    }
  }
  CREDENCE_HD void finish(const lane_frame<T>& f, const detail::operand& beta) const {
    for (std::int64_t k = 0; k < columns; ++k) f.adjoint(beta, k) += f.scratch_at(k);
  }
};

template <class T>
CREDENCE_HD CREDENCE_NOINLINE void forward_other(const detail::instruction& i, const lane_frame<T>& f) {
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
    case opcode::data_matrix_vector:
      for (std::int64_t r = 0; r < i.extra[0]; ++r) f.value(i.out, r) = predict_row(i, f, i.in[0], r);
      return;
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
CREDENCE_HD CREDENCE_NOINLINE void reverse_matrix_product(const detail::instruction& i, const lane_frame<T>& f) {
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
CREDENCE_HD CREDENCE_NOINLINE void reverse_linear_recurrence(const detail::instruction& i, const lane_frame<T>& f) {
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
CREDENCE_HD CREDENCE_NOINLINE void reverse_other(const detail::instruction& i, const lane_frame<T>& f) {
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
      const coefficient_sums<T> sums(i);
      sums.begin(f);
      for (std::int64_t r = 0; r < i.extra[0]; ++r) sums.add_row(f, r, f.adjoint(i.out, r));
      return sums.finish(f, i.in[0]);
    }
    case opcode::matrix_product:
      return reverse_matrix_product(i, f);
    case opcode::linear_recurrence:
      return reverse_linear_recurrence(i, f);
    default:
      return;
  }
}

}  // namespace lanewise
}  // namespace CREDENCE_ISA
}  // namespace credence
