// SPDX-License-Identifier: BSD-3-Clause
// Runs elementwise operations and densities over rows: cuts the elements of all lanes of a tile into rows of at most 64
// values, spreads what is broadcast, and gathers the adjoints of broadcast operands.
//
// Order of sums. A sum over the elements of a slot goes into eight interleaved partial sums by element, whatever the
// tile width: a lane's result does not depend on how many lanes it shares a tile with.
#pragma once

#include "instruction.hpp"
#include "replay_frame.hpp"
#include "rows.hpp"

#include <cstdint>

namespace credence::detail::CREDENCE_ISA {

/// Not std::min: a copy of that compiled here for one instruction set might be linked into code for another.
CREDENCE_INLINE std::int64_t smaller(std::int64_t a, std::int64_t b) { return a < b ? a : b; }

/// Eight interleaved sums of `width` lanes to one per lane, in the fixed order ((0+1)+(2+3))+((4+5)+(6+7)).
template <class T>
CREDENCE_INLINE T tree_of_eight(const T* partial, std::int64_t width, std::int64_t lane) {
  const T* p = partial + lane;
  return ((p[0] + p[width]) + (p[2 * width] + p[3 * width])) +
         ((p[4 * width] + p[5 * width]) + (p[6 * width] + p[7 * width]));
}

/// Adds a row of `count` values (elements first, then lanes; first element e) to the partial sums.
template <class T>
CREDENCE_INLINE void add_row(T* CREDENCE_RESTRICT partial, const T* CREDENCE_RESTRICT row, std::int64_t e,
                             std::int64_t count, std::int64_t width) {
  if (width == 1) {
    // Rows of one lane begin at multiples of eight.
    std::int64_t i = 0;
    for (; i + 8 <= count; i += 8) {
      for (int k = 0; k < 8; ++k) partial[k] += row[i + k];
    }
    for (int k = 0; i < count; ++i, ++k) partial[k] += row[i];
  } else {
    for (std::int64_t i = 0; i < count; i += width) {
      T* to = partial + (e & 7) * width;
      for (std::int64_t l = 0; l < width; ++l) to[l] += row[i + l];
      ++e;
    }
  }
}

/// One operand of a row: where its values are for the elements of the row, spread into a buffer where it is broadcast.
template <class T>
struct row_operand {
  const T* base = nullptr;
  bool lane = false, broadcast = false;
  bool direct = false;  ///< contiguous in memory for every row
  T* buffer = nullptr;

  /// @param n         elements of the operation
  /// @param capacity  values of a row, and of `spread`
  void set(const operand& from, const frame<T>& f, std::int64_t n, T* spread, std::int64_t capacity = row_capacity) {
    lane = from.lane;
    base = f.locate(from);
    broadcast = from.size == 1 && n > 1;
    direct = (lane && !broadcast) || (f.width == 1 && !broadcast);
    buffer = spread;
    if (direct || n == 0) return;
    const std::int64_t rows = smaller(capacity / f.width, n);
    if (!broadcast && from.size != 1) return;  // data of every element: spread row by row
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t l = 0; l < f.width; ++l) buffer[r * f.width + l] = lane ? base[l] : base[0];
    }
    if (from.size == 1) broadcast = true;
  }

  const T* row(std::int64_t e, std::int64_t elements, std::int64_t width) const {
    if (direct) return base + e * width;
    if (!broadcast) {
      for (std::int64_t r = 0; r < elements; ++r) {
        for (std::int64_t l = 0; l < width; ++l) buffer[r * width + l] = base[e + r];
      }
    }
    return buffer;
  }
};

/// Where the adjoint of an operand gathers: straight into its slot, or into partial sums where it is broadcast.
template <class T>
struct row_adjoint {
  T* base = nullptr;  ///< null where the operand has no adjoint
  bool broadcast = false;
  T* partial = nullptr;  ///< 8 * width
  T* buffer = nullptr;   ///< a row, where rows are longer than the partial sums
  bool direct = false;   ///< rows are gathered in the partial sums themselves

  void set(const operand& from, frame<T>& f, std::int64_t n, T* partial_sums, T* row_buffer,
           std::int64_t capacity = row_capacity) {
    base = from.lane ? f.locate_adjoint(from) : nullptr;
    broadcast = from.size == 1 && n > 1;
    partial = partial_sums;
    buffer = row_buffer;
    direct = capacity <= 8 * f.width;
    if (base != nullptr && broadcast) {
      for (std::int64_t i = 0; i < 8 * f.width; ++i) partial[i] = T(0);
    }
  }
  T* row(std::int64_t e, std::int64_t count, std::int64_t width) const {
    if (base == nullptr) return nullptr;
    if (!broadcast) return base + e * width;
    if (direct) return partial + (e & 7) * width;
    for (std::int64_t i = 0; i < count; ++i) buffer[i] = T(0);
    return buffer;
  }
  void after_row(std::int64_t e, std::int64_t count, std::int64_t width) const {
    if (base != nullptr && broadcast && !direct) add_row(partial, buffer, e, count, width);
  }
  void finish(std::int64_t width) const {
    if (base == nullptr || !broadcast) return;
    for (std::int64_t l = 0; l < width; ++l) base[l] += tree_of_eight(partial, width, l);
  }
};

/// Buffers of one operation; on the stack, a few KiB an operand.
template <class T>
struct row_buffers {
  alignas(64) T spread[max_inputs][row_capacity];
  alignas(64) T partial[max_inputs][8 * row_capacity];
  alignas(64) T adjoint[max_inputs][row_capacity];
};

inline std::int64_t row_elements(std::int64_t width) { return row_capacity / width; }

// ---- elementwise ----------------------------------------------------------------------------------------------------

template <class T>
bool all_direct(const instruction& i, const frame<T>& f) {
  for (int k = 0; k < i.inputs; ++k) {
    const bool full = i.in[k].size == i.out.size && (i.in[k].lane || f.width == 1);
    if (!full) return false;
  }
  return true;
}

template <class T>
void forward_elementwise(const instruction& i, frame<T>& f, const row_functions<T>& op) {
  const std::int64_t n = i.out.size, width = f.width;
  T* out = f.locate_lane(i.out);
  const T* in[3] = {};
  if (all_direct(i, f)) {
    for (int k = 0; k < i.inputs; ++k) in[k] = f.locate(i.in[k]);
    op.forward(n * width, in, out);
    return;
  }
  alignas(64) T spread[3][row_capacity];
  row_operand<T> operands[3];
  for (int k = 0; k < i.inputs; ++k) operands[k].set(i.in[k], f, n, spread[k]);
  const std::int64_t step = row_elements(width);
  for (std::int64_t e = 0; e < n; e += step) {
    const std::int64_t elements = smaller(step, n - e);
    for (int k = 0; k < i.inputs; ++k) in[k] = operands[k].row(e, elements, width);
    op.forward(elements * width, in, out + e * width);
  }
}

template <class T>
void reverse_elementwise(const instruction& i, frame<T>& f, const row_functions<T>& op) {
  const std::int64_t n = i.out.size, width = f.width;
  const T* out = f.locate_lane(i.out);
  const T* g = f.locate_adjoint(i.out);
  const T* in[3] = {};
  T* d[3] = {};
  if (all_direct(i, f)) {
    for (int k = 0; k < i.inputs; ++k) {
      in[k] = f.locate(i.in[k]);
      d[k] = i.in[k].lane ? f.locate_adjoint(i.in[k]) : nullptr;
    }
    op.reverse(n * width, in, out, g, d);
    return;
  }
  alignas(64) T spread[3][row_capacity];
  alignas(64) T partial[3][8 * row_capacity];
  alignas(64) T buffer[3][row_capacity];
  row_operand<T> operands[3];
  row_adjoint<T> adjoints[3];
  for (int k = 0; k < i.inputs; ++k) {
    operands[k].set(i.in[k], f, n, spread[k]);
    adjoints[k].set(i.in[k], f, n, partial[k], buffer[k]);
  }
  const std::int64_t step = row_elements(width);
  for (std::int64_t e = 0; e < n; e += step) {
    const std::int64_t elements = smaller(step, n - e), count = elements * width;
    for (int k = 0; k < i.inputs; ++k) {
      in[k] = operands[k].row(e, elements, width);
      d[k] = adjoints[k].row(e, count, width);
    }
    op.reverse(count, in, out + e * width, g + e * width, d);
    for (int k = 0; k < i.inputs; ++k) adjoints[k].after_row(e, count, width);
  }
  for (int k = 0; k < i.inputs; ++k) adjoints[k].finish(width);
}

// ---- densities ------------------------------------------------------------------------------------------------------

template <class T>
void forward_density(const instruction& i, frame<T>& f, const density_functions<T>& family) {
  const std::int64_t n = i.out.size, width = f.width, step = row_elements(width);
  T* out = f.locate_lane(i.out);
  alignas(64) T spread[max_inputs][row_capacity];
  row_operand<T> operands[max_inputs];
  const T* in[max_inputs] = {};
  for (int k = 0; k < i.inputs; ++k) operands[k].set(i.in[k], f, n, spread[k]);
  for (std::int64_t e = 0; e < n; e += step) {
    const std::int64_t elements = smaller(step, n - e);
    for (int k = 0; k < i.inputs; ++k) in[k] = operands[k].row(e, elements, width);
    family.log_pdf(elements * width, in, out + e * width);
  }
}

/// The partials of a density times g. With `value`, g is the weight of the term in each lane (null: 1), the densities
/// are summed into value[lane], and written to `pointwise` where that is not null; without, g is the adjoint of i.out.
template <class T>
void reverse_density(const instruction& i, frame<T>& f, const density_functions<T>& family, const T* weight, T* value,
                     T* pointwise) {
  const std::int64_t n = i.out.size, width = f.width, step = row_elements(width);
  row_buffers<T> b;
  alignas(64) T log_pdf[row_capacity], unit[row_capacity], unused[row_capacity] = {};
  alignas(64) T sums[8 * row_capacity];
  row_operand<T> operands[max_inputs];
  row_adjoint<T> adjoints[max_inputs];
  const T* in[max_inputs] = {};
  T* d[max_inputs] = {};
  const int first_parameter = 1 + family.variate_terms;
  for (int k = 0; k < i.inputs; ++k) operands[k].set(i.in[k], f, n, b.spread[k]);
  const int slots = 1 + family.parameters;
  for (int k = 0; k < slots; ++k) {
    adjoints[k].set(i.in[k == 0 ? 0 : first_parameter + k - 1], f, n, b.partial[k], b.adjoint[k]);
  }
  if (value != nullptr) {
    const std::int64_t rows = smaller(step, n);
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t l = 0; l < width; ++l) unit[r * width + l] = weight == nullptr ? T(1) : weight[l];
    }
    for (std::int64_t k = 0; k < 8 * width; ++k) sums[k] = T(0);
  }
  const T* g = value != nullptr ? nullptr : f.locate_adjoint(i.out);
  for (std::int64_t e = 0; e < n; e += step) {
    const std::int64_t elements = smaller(step, n - e), count = elements * width;
    for (int k = 0; k < i.inputs; ++k) in[k] = operands[k].row(e, elements, width);
    for (int k = 0; k < slots; ++k) {
      d[k] = adjoints[k].row(e, count, width);
      if (d[k] == nullptr) d[k] = unused;
    }
    family.partials(count, in, value != nullptr ? unit : g + e * width, log_pdf, d);
    for (int k = 0; k < slots; ++k) adjoints[k].after_row(e, count, width);
    if (value != nullptr) {
      add_row(sums, log_pdf, e, count, width);
      if (pointwise != nullptr) {
        for (std::int64_t k = 0; k < count; ++k) pointwise[e * width + k] = log_pdf[k];
      }
    }
  }
  for (int k = 0; k < slots; ++k) adjoints[k].finish(width);
  if (value != nullptr) {
    for (std::int64_t l = 0; l < width; ++l) {
      const T total = tree_of_eight(sums, width, l);
      value[l] += weight == nullptr ? total : weight[l] * total;
    }
  }
}

/// Value of a density term alone.
template <class T>
void value_of_density(const instruction& i, frame<T>& f, const density_functions<T>& family, const T* weight, T* value,
                      T* pointwise) {
  const std::int64_t n = i.out.size, width = f.width, step = row_elements(width);
  alignas(64) T spread[max_inputs][row_capacity], log_pdf[row_capacity], sums[8 * row_capacity];
  row_operand<T> operands[max_inputs];
  const T* in[max_inputs] = {};
  for (int k = 0; k < i.inputs; ++k) operands[k].set(i.in[k], f, n, spread[k]);
  for (std::int64_t k = 0; k < 8 * width; ++k) sums[k] = T(0);
  for (std::int64_t e = 0; e < n; e += step) {
    const std::int64_t elements = smaller(step, n - e), count = elements * width;
    for (int k = 0; k < i.inputs; ++k) in[k] = operands[k].row(e, elements, width);
    family.log_pdf(count, in, log_pdf);
    add_row(sums, log_pdf, e, count, width);
    if (pointwise != nullptr) {
      for (std::int64_t k = 0; k < count; ++k) pointwise[e * width + k] = log_pdf[k];
    }
  }
  for (std::int64_t l = 0; l < width; ++l) {
    const T total = tree_of_eight(sums, width, l);
    value[l] += weight == nullptr ? total : weight[l] * total;
  }
}

/// Terms of a density that depend on some of its operands only; the out slot holds one block of n elements a term.
template <class T>
void forward_prepare(const instruction& i, frame<T>& f, int terms,
                     void (*prepare)(std::int64_t, const T* const*, T* const*)) {
  const std::int64_t n = i.out.size / terms, width = f.width, step = row_elements(width);
  alignas(64) T spread[max_inputs][row_capacity];
  row_operand<T> operands[max_inputs];
  const T* in[max_inputs] = {};
  T* to[max_inputs] = {};
  for (int k = 0; k < i.inputs; ++k) operands[k].set(i.in[k], f, n, spread[k]);
  T* out = f.locate_lane(i.out);
  for (std::int64_t e = 0; e < n; e += step) {
    const std::int64_t elements = smaller(step, n - e);
    for (int k = 0; k < i.inputs; ++k) in[k] = operands[k].row(e, elements, width);
    for (int k = 0; k < terms; ++k) to[k] = out + (k * n + e) * width;
    prepare(elements * width, in, to);
  }
}

}  // namespace credence::detail::CREDENCE_ISA
