// SPDX-License-Identifier: BSD-3-Clause
// Replays an instruction list for one tile of lanes, forwards and backwards. Included by the files that instantiate it:
// replay_simd.cpp (double, once for each instruction set) and replay_dual.cpp (forward over reverse).
#pragma once

#include "linear_density.hpp"

namespace credence::detail::CREDENCE_ISA {

// ---- sums -----------------------------------------------------------------------------------------------------------

/// out[lane] = sum over elements of x, x*y (y given).
template <class T>
void forward_sum(const instruction& i, frame<T>& f) {
  const std::int64_t n = i.in[0].size, width = f.width, step = row_elements(width);
  alignas(64) T product[row_capacity], sums[8 * row_capacity];
  row_pool<T, 2 * row_capacity> pool;
  row_operand<T> a, b{};
  a.set(i.in[0], f, n, pool);
  if (i.inputs == 2) b.set(i.in[1], f, n, pool);
  for (std::int64_t k = 0; k < 8 * width; ++k) sums[k] = T(0);
  for (std::int64_t e = 0; e < n; e += step) {
    const std::int64_t elements = smaller(step, n - e), count = elements * width;
    const T* row = a.row(e, elements, width);
    if (i.inputs == 2) {
      const T* other = b.row(e, elements, width);
      for (std::int64_t k = 0; k < count; ++k) product[k] = row[k] * other[k];
      row = product;
    }
    add_row(sums, row, e, count, width);
  }
  T* out = f.locate_lane(i.out);
  for (std::int64_t l = 0; l < width; ++l) out[l] = tree_of_eight(sums, width, l);
}

template <class T>
void reverse_sum(const instruction& i, frame<T>& f) {
  const std::int64_t n = i.in[0].size, width = f.width;
  const T* g = f.locate_adjoint(i.out);
  for (int k = 0; k < i.inputs; ++k) {
    if (!i.in[k].lane) continue;
    T* d = f.locate_adjoint(i.in[k]);
    const operand& other = i.in[1 - k];
    for (std::int64_t e = 0; e < n; ++e) {
      if (i.inputs == 1) {
        for (std::int64_t l = 0; l < width; ++l) d[e * width + l] += g[l];
      } else {
        const T* o = f.locate(other) + (other.lane ? e * width : e);
        const std::int64_t stride = other.lane ? 1 : 0;
        for (std::int64_t l = 0; l < width; ++l) d[e * width + l] += g[l] * o[l * stride];
      }
    }
  }
}

template <class T>
void forward_log_sum_exp(const instruction& i, frame<T>& f) {
  const std::int64_t n = i.in[0].size, width = f.width, step = row_elements(width);
  const T* a = f.locate(i.in[0]);  // always a lane slot: data are folded when bound
  T* out = f.locate_lane(i.out);
  alignas(64) T largest[row_capacity], shifted[row_capacity], sums[8 * row_capacity];
  for (std::int64_t l = 0; l < width; ++l) {
    T m = a[l];
    for (std::int64_t e = 1; e < n; ++e) m = math::select(a[e * width + l] > m, a[e * width + l], m);
    // All -infinity (or a +infinity): no shift, so that inf - inf does not appear.
    largest[l] = math::select(m - m == T(0), m, T(0));
  }
  for (std::int64_t k = 0; k < 8 * width; ++k) sums[k] = T(0);
  for (std::int64_t e = 0; e < n; e += step) {
    const std::int64_t elements = smaller(step, n - e);
    for (std::int64_t r = 0; r < elements; ++r) {
      for (std::int64_t l = 0; l < width; ++l) {
        shifted[r * width + l] = math::exp(a[(e + r) * width + l] - largest[l]);
      }
    }
    add_row(sums, shifted, e, elements * width, width);
  }
  for (std::int64_t l = 0; l < width; ++l) out[l] = largest[l] + math::log(tree_of_eight(sums, width, l));
}

template <class T>
void reverse_log_sum_exp(const instruction& i, frame<T>& f) {
  const std::int64_t n = i.in[0].size, width = f.width;
  const T* a = f.locate(i.in[0]);
  const T* out = f.locate_lane(i.out);
  const T* g = f.locate_adjoint(i.out);
  T* d = f.locate_adjoint(i.in[0]);
  for (std::int64_t e = 0; e < n; ++e) {
    for (std::int64_t l = 0; l < width; ++l) {
      d[e * width + l] += guarded(g[l], g[l] * math::exp(a[e * width + l] - out[l]));
    }
  }
}

// ---- moving ---------------------------------------------------------------------------------------------------------

template <class T>
void forward_gather(const instruction& i, frame<T>& f) {
  const std::int64_t n = i.out.size, width = f.width;
  const std::int64_t* index = f.indices + i.extra[0];
  const T* a = f.locate(i.in[0]);
  T* out = f.locate_lane(i.out);
  for (std::int64_t e = 0; e < n; ++e) {
    for (std::int64_t l = 0; l < width; ++l) out[e * width + l] = a[index[e] * width + l];
  }
}

template <class T>
void reverse_gather(const instruction& i, frame<T>& f) {
  const std::int64_t n = i.out.size, width = f.width;
  const std::int64_t* index = f.indices + i.extra[0];
  const T* g = f.locate_adjoint(i.out);
  T* d = f.locate_adjoint(i.in[0]);
  for (std::int64_t e = 0; e < n; ++e) {
    for (std::int64_t l = 0; l < width; ++l) d[index[e] * width + l] += g[e * width + l];
  }
}

template <class T>
void forward_concat(const instruction& i, frame<T>& f) {
  T* out = f.locate_lane(i.out);
  for (int k = 0; k < i.inputs; ++k) {
    const T* a = f.locate(i.in[k]);
    const std::int64_t stride = i.in[k].lane ? 1 : 0, row = i.in[k].lane ? f.width : 1;
    for (std::int64_t e = 0; e < i.in[k].size; ++e) {
      for (std::int64_t l = 0; l < f.width; ++l) *out++ = a[e * row + l * stride];
    }
  }
}

template <class T>
void reverse_concat(const instruction& i, frame<T>& f) {
  const T* g = f.locate_adjoint(i.out);
  for (int k = 0; k < i.inputs; ++k) {
    const std::int64_t count = i.in[k].size * f.width;
    if (i.in[k].lane) {
      T* d = f.locate_adjoint(i.in[k]);
      for (std::int64_t j = 0; j < count; ++j) d[j] += g[j];
    }
    g += count;
  }
}

// ---- recurrences ----------------------------------------------------------------------------------------------------

/// Strides of an operand of a recurrence: from lane to lane and from step to step.
struct recurrence_strides {
  std::int64_t lane, step;
  recurrence_strides(const operand& o, std::int64_t width)
      : lane(o.lane ? 1 : 0), step(o.size == 1 ? 0 : (o.lane ? width : 1)) {}
};

template <class T>
void forward_linear_recurrence(const instruction& i, frame<T>& f) {
  const std::int64_t n = i.out.size, width = f.width;
  const T *a = f.locate(i.in[0]), *b = f.locate(i.in[1]), *start = f.locate(i.in[2]);
  const recurrence_strides as(i.in[0], width), bs(i.in[1], width), ss(i.in[2], width);
  T* out = f.locate_lane(i.out);
  if (width == 1) {  // the state stays in a register
    T only = *start;
    for (std::int64_t t = 0; t < n; ++t) out[t] = only = math::fma(a[t * as.step], only, b[t * bs.step]);
    return;
  }
  T state[row_capacity];
  for (std::int64_t l = 0; l < width; ++l) state[l] = start[l * ss.lane];
  for (std::int64_t t = 0; t < n; ++t, a += as.step, b += bs.step, out += width) {
    for (std::int64_t l = 0; l < width; ++l) out[l] = state[l] = math::fma(a[l * as.lane], state[l], b[l * bs.lane]);
  }
}

/// One lane: what is carried stays in registers.
template <class T>
void reverse_single_recurrence(const instruction& i, frame<T>& f) {
  const operand &multiplier = i.in[0], &addend = i.in[1], &start = i.in[2];
  const std::int64_t n = i.out.size, step = multiplier.size == 1 ? 0 : 1;
  const T *a = f.locate(multiplier), *s0 = f.locate(start);
  const T *out = f.locate_lane(i.out), *g = f.locate_adjoint(i.out);
  T* const to_multiplier = multiplier.lane && multiplier.size > 1 ? f.locate_adjoint(multiplier) : nullptr;
  T* const to_addend = addend.lane && addend.size > 1 ? f.locate_adjoint(addend) : nullptr;
  T carried = T(0), multiplier_sum = T(0), addend_sum = T(0);
  for (std::int64_t t = n - 1; t >= 0; --t) {
    carried = carried + g[t];
    const T before = t > 0 ? out[t - 1] : *s0;
    if (to_addend != nullptr) {
      to_addend[t] += carried;
    } else {
      addend_sum = addend_sum + carried;
    }
    if (to_multiplier != nullptr) {
      to_multiplier[t] += carried * before;
    } else {
      multiplier_sum = math::fma(carried, before, multiplier_sum);
    }
    carried = carried * a[t * step];
  }
  if (start.lane) *f.locate_adjoint(start) += carried;
  if (multiplier.lane && to_multiplier == nullptr) *f.locate_adjoint(multiplier) += multiplier_sum;
  if (addend.lane && to_addend == nullptr) *f.locate_adjoint(addend) += addend_sum;
}

template <class T>
void reverse_linear_recurrence(const instruction& i, frame<T>& f) {
  const std::int64_t n = i.out.size, width = f.width;
  if (width == 1) return reverse_single_recurrence(i, f);
  const operand &multiplier = i.in[0], &addend = i.in[1], &start = i.in[2];
  const recurrence_strides as(multiplier, width), ss(start, width);
  const T *a = f.locate(multiplier), *s0 = f.locate(start);
  const T *out = f.locate_lane(i.out), *g = f.locate_adjoint(i.out);
  T* da = multiplier.lane ? f.locate_adjoint(multiplier) : nullptr;
  T* db = addend.lane ? f.locate_adjoint(addend) : nullptr;
  T carried[row_capacity], multiplier_sum[row_capacity], addend_sum[row_capacity];
  for (std::int64_t l = 0; l < width; ++l) carried[l] = multiplier_sum[l] = addend_sum[l] = T(0);
  // A scalar's adjoint is gathered over the steps, a full one has a place for each step.
  T* const to_multiplier = da == nullptr || multiplier.size == 1 ? nullptr : da;
  T* const to_addend = db == nullptr || addend.size == 1 ? nullptr : db;
  for (std::int64_t t = n - 1; t >= 0; --t) {
    const T* before = t > 0 ? out + (t - 1) * width : s0;
    const std::int64_t before_stride = t > 0 ? 1 : ss.lane;
    const T *gt = g + t * width, *at = a + t * as.step;
    for (std::int64_t l = 0; l < width; ++l) carried[l] = carried[l] + gt[l];
    if (to_addend != nullptr) {
      for (std::int64_t l = 0; l < width; ++l) to_addend[t * width + l] += carried[l];
    } else {
      for (std::int64_t l = 0; l < width; ++l) addend_sum[l] = addend_sum[l] + carried[l];
    }
    if (to_multiplier != nullptr) {
      for (std::int64_t l = 0; l < width; ++l) to_multiplier[t * width + l] += carried[l] * before[l * before_stride];
    } else {
      for (std::int64_t l = 0; l < width; ++l) {
        multiplier_sum[l] = math::fma(carried[l], before[l * before_stride], multiplier_sum[l]);
      }
    }
    for (std::int64_t l = 0; l < width; ++l) carried[l] = carried[l] * at[l * as.lane];
  }
  if (start.lane) {
    T* ds = f.locate_adjoint(start);
    for (std::int64_t l = 0; l < width; ++l) ds[l] += carried[l];
  }
  if (da != nullptr && to_multiplier == nullptr) {
    for (std::int64_t l = 0; l < width; ++l) da[l] += multiplier_sum[l];
  }
  if (db != nullptr && to_addend == nullptr) {
    for (std::int64_t l = 0; l < width; ++l) db[l] += addend_sum[l];
  }
}

// ---- lane functions -------------------------------------------------------------------------------------------------

template <class T>
void run_lane_function(const instruction& i, frame<T>& f, bool reverse) {
  const lane_function<T>& function = f.functions[i.family];
  std::int64_t sizes[max_inputs];
  const T* in[max_inputs];
  T* d_in[max_inputs];
  for (std::int64_t l = 0; l < f.width; ++l) {
    T* scratch = f.scratch;
    for (int k = 0; k < i.inputs; ++k) {
      sizes[k] = i.in[k].size;
      const T* a = f.locate(i.in[k]);
      const std::int64_t row = i.in[k].lane ? f.width : 1, shift = i.in[k].lane ? l : 0;
      for (std::int64_t e = 0; e < sizes[k]; ++e) scratch[e] = a[e * row + shift];
      in[k] = scratch;
      scratch += sizes[k];
    }
    T* out = scratch;
    scratch += i.out.size;
    T* at = f.locate_lane(i.out);
    if (!reverse) {
      function.forward(function.state, sizes, in, out, scratch);
      for (std::int64_t e = 0; e < i.out.size; ++e) at[e * f.width + l] = out[e];
      continue;
    }
    T* g = scratch;
    scratch += i.out.size;
    const T* adjoint = f.locate_adjoint(i.out);
    for (std::int64_t e = 0; e < i.out.size; ++e) {
      out[e] = at[e * f.width + l];
      g[e] = adjoint[e * f.width + l];
    }
    for (int k = 0; k < i.inputs; ++k) {
      d_in[k] = scratch;
      for (std::int64_t e = 0; e < sizes[k]; ++e) scratch[e] = T(0);
      scratch += sizes[k];
    }
    function.reverse(function.state, sizes, in, out, g, d_in, scratch);
    for (int k = 0; k < i.inputs; ++k) {
      if (!i.in[k].lane) continue;
      T* d = f.locate_adjoint(i.in[k]);
      for (std::int64_t e = 0; e < sizes[k]; ++e) d[e * f.width + l] += d_in[k][e];
    }
  }
}

// ---- the interpreter ------------------------------------------------------------------------------------------------

template <class T>
void forward_instruction(const instruction& i, frame<T>& f) {
  using densities = density_table<T, univariate_kernels>;
  if (i.code >= opcode::negate && i.code <= opcode::select) {
    const auto k = static_cast<int>(i.code) - static_cast<int>(opcode::negate);
    return forward_elementwise(i, f, all_operations<T>::rows[k]);
  }
  switch (i.code) {
    case opcode::density:
      return forward_density(i, f, *densities::rows[i.family]);
    case opcode::prepare_parameters: {
      const auto& family = *densities::rows[i.family];
      return forward_prepare(i, f, family.parameter_terms, family.prepare_parameters);
    }
    case opcode::prepare_variate: {
      const auto& family = *densities::rows[i.family];
      return forward_prepare(i, f, family.variate_terms, family.prepare_variate);
    }
    case opcode::sum:
    case opcode::dot:
      return forward_sum(i, f);
    case opcode::log_sum_exp:
      return forward_log_sum_exp(i, f);
    case opcode::gather:
      return forward_gather(i, f);
    case opcode::concat:
      return forward_concat(i, f);
    case opcode::data_matrix_vector:
      return forward_data_matrix_vector(i, f);
    case opcode::matrix_product:
      return forward_matrix_product(i, f);
    case opcode::linear_recurrence:
      return forward_linear_recurrence(i, f);
    case opcode::scan:
      for (std::int64_t t = 0; t < i.extra[2]; ++t) {
        f.step = t;
        for (std::int64_t k = 0; k < i.extra[1]; ++k) forward_instruction(f.bodies[i.extra[0] + k], f);
      }
      f.step = 0;
      return;
    case opcode::lane_function:
      return run_lane_function(i, f, false);
    default:
      return;  // sources and slices: nothing to do
  }
}

template <class T>
void reverse_instruction(const instruction& i, frame<T>& f) {
  if (i.code >= opcode::negate && i.code <= opcode::select) {
    const auto k = static_cast<int>(i.code) - static_cast<int>(opcode::negate);
    return reverse_elementwise(i, f, all_operations<T>::rows[k]);
  }
  switch (i.code) {
    case opcode::density:
      return reverse_density<T>(i, f, *density_table<T, univariate_kernels>::rows[i.family], nullptr, nullptr, nullptr);
    case opcode::sum:
    case opcode::dot:
      return reverse_sum(i, f);
    case opcode::log_sum_exp:
      return reverse_log_sum_exp(i, f);
    case opcode::gather:
      return reverse_gather(i, f);
    case opcode::concat:
      return reverse_concat(i, f);
    case opcode::data_matrix_vector:
      return reverse_data_matrix_vector(i, f);
    case opcode::matrix_product:
      return reverse_matrix_product(i, f);
    case opcode::linear_recurrence:
      return reverse_linear_recurrence(i, f);
    case opcode::scan:
      for (std::int64_t t = i.extra[2] - 1; t >= 0; --t) {
        f.step = t;
        for (std::int64_t k = i.extra[1] - 1; k >= 0; --k) reverse_instruction(f.bodies[i.extra[0] + k], f);
      }
      f.step = 0;
      return;
    case opcode::lane_function:
      return run_lane_function(i, f, true);
    default:
      return;
  }
}

/// A term that is an ordinary slot: all its elements are added up.
template <class T>
void sum_term(const instruction& i, frame<T>& f, const T* weight, T* value, T* pointwise, bool gradient) {
  const std::int64_t n = i.in[0].size, width = f.width, step = row_elements(width);
  if (n == 1 && width == 1) {
    const T w = weight == nullptr ? T(1) : weight[0], x = *f.locate(i.in[0]);
    value[0] += weight == nullptr ? x : w * x;
    copy_pointwise(pointwise, &x, 0, 1, 1);
    if (gradient && i.in[0].lane) *f.locate_adjoint(i.in[0]) += w;
    return;
  }
  alignas(64) T sums[8 * row_capacity];
  row_pool<T, row_capacity> pool;
  fill_row(sums, T(0), 8 * width);
  row_operand<T> a;
  a.set(i.in[0], f, n, pool);
  for (std::int64_t e = 0; e < n; e += step) {
    const std::int64_t elements = smaller(step, n - e), count = elements * width;
    const T* row = a.row(e, elements, width);
    add_row(sums, row, e, count, width);
    copy_pointwise(pointwise, row, e, count, width);
  }
  for (std::int64_t l = 0; l < width; ++l) {
    const T total = tree_of_eight(sums, width, l);
    value[l] += weight == nullptr ? total : weight[l] * total;
  }
  if (!gradient || !i.in[0].lane) return;
  T* d = f.locate_adjoint(i.in[0]);
  for (std::int64_t e = 0; e < n; ++e) {
    for (std::int64_t l = 0; l < width; ++l) d[e * width + l] += weight == nullptr ? T(1) : weight[l];
  }
}

template <class T>
void run_sink(const sink& s, frame<T>& f, T* value, bool gradient) {
  const T* weight = f.weights[static_cast<int>(s.of)];
  T* pointwise = f.pointwise != nullptr && s.pointwise >= 0 ? f.pointwise + s.pointwise * f.width : nullptr;
  switch (s.what.code) {
    case opcode::density: {
      const auto& family = *density_table<T, univariate_kernels>::rows[s.what.family];
      if (gradient) return reverse_density(s.what, f, family, weight, value, pointwise);
      return value_of_density(s.what, f, family, weight, value, pointwise);
    }
    case opcode::linear_density:
      return linear_density(s.what, f, *density_table<T, univariate_kernels>::rows[s.what.family], weight, value,
                            pointwise, gradient);
    default:
      return sum_term(s.what, f, weight, value, pointwise, gradient);
  }
}

template <class T>
void replay_forward(const list_view& list, frame<T>& f) {
  for (std::int64_t k = 0; k < list.count; ++k) forward_instruction(list.forward[k], f);
}

/// Pulls the adjoints already in the frame back through the whole list.
template <class T>
void replay_reverse(const list_view& list, frame<T>& f) {
  for (std::int64_t k = list.count - 1; k >= 0; --k) reverse_instruction(list.forward[k], f);
}

/// value[lane] = log density; with `gradient`, the adjoints of all slots (zeroed by the caller).
template <class T>
void replay_density(const list_view& list, frame<T>& f, T* value, bool gradient) {
  replay_forward(list, f);
  for (std::int64_t l = 0; l < f.width; ++l) value[l] = T(0);
  for (std::int64_t k = 0; k < list.sink_count; ++k) {
    if ((f.skipped_parts >> static_cast<unsigned>(list.sinks[k].of) & 1U) != 0) continue;
    run_sink(list.sinks[k], f, value, gradient);
  }
  if (gradient) replay_reverse(list, f);
}

}  // namespace credence::detail::CREDENCE_ISA
