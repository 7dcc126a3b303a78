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

/// A buffer on the stack that is handed out piece by piece, so that small operations touch little memory.
template <class T, std::int64_t Capacity>
struct row_pool {
  alignas(64) T memory[Capacity];
  T* next = memory;
  /// Room for `count` values rounded up to eight: loops over rows may write whole vectors.
  T* take(std::int64_t count) {
    T* piece = next;
    next += (count + 7) / 8 * 8;
    return piece;
  }
};

template <class T>
CREDENCE_INLINE void fill_row(T* CREDENCE_RESTRICT to, T value, std::int64_t count) {
  for (std::int64_t k = 0; k < count; k += 8) {
    for (int j = 0; j < 8; ++j) to[k + j] = value;
  }
}

/// One operand of a row: where its values are for the elements of the row, spread into a buffer where it is broadcast
/// over elements (a scalar) or over lanes (data).
template <class T>
struct row_operand {
  enum mode : std::int8_t { direct, spread_once, spread_rows };
  const T* base;
  T* buffer;
  mode how;

  /// @param n         elements of the operation
  /// @param capacity  values of a row
  template <class Pool>
  CREDENCE_INLINE void set(const operand& from, const frame<T>& f, std::int64_t n, Pool& pool,
                           std::int64_t capacity = row_capacity) {
    base = f.locate(from);
    if (from.size == n && (from.lane || f.width == 1)) {
      how = direct;
      return;
    }
    const std::int64_t count = smaller(capacity, n * f.width);
    buffer = pool.take(count);
    if (from.size != 1) {
      how = spread_rows;
      return;
    }
    how = spread_once;
    if (!from.lane || f.width == 1) return fill_row(buffer, base[0], count);
    for (std::int64_t k = 0; k < count; k += f.width) {
      for (std::int64_t l = 0; l < f.width; ++l) buffer[k + l] = base[l];
    }
  }

  CREDENCE_INLINE const T* row(std::int64_t e, std::int64_t elements, std::int64_t width) const {
    if (how == direct) return base + e * width;
    if (how == spread_rows) {
      for (std::int64_t r = 0; r < elements; ++r) fill_row(buffer + r * width, base[e + r], width);
    }
    return buffer;
  }
};

/// Where the adjoint of an operand gathers: straight into its slot, or into partial sums where it is broadcast.
template <class T>
struct row_adjoint {
  enum mode : std::int8_t { none, direct, partial_rows, buffered };
  T* base;
  T* partial;  ///< 8 * width
  T* buffer;   ///< a row, where rows are longer than the partial sums
  mode how;

  template <class Pool>
  CREDENCE_INLINE void set(const operand& from, frame<T>& f, std::int64_t n, Pool& pool,
                           std::int64_t capacity = row_capacity) {
    if (!from.lane) {
      how = none;
      return;
    }
    base = f.locate_adjoint(from);
    if (from.size == n) {
      how = direct;
      return;
    }
    partial = pool.take(8 * f.width);
    fill_row(partial, T(0), 8 * f.width);
    how = capacity <= 8 * f.width ? partial_rows : buffered;
    if (how == buffered) buffer = pool.take(smaller(capacity, n * f.width));
  }
  CREDENCE_INLINE T* row(std::int64_t e, std::int64_t count, std::int64_t width, T* unused) const {
    switch (how) {
      case none:
        return unused;
      case direct:
        return base + e * width;
      case partial_rows:
        return partial + (e & 7) * width;
      case buffered:
        break;
    }
    fill_row(buffer, T(0), count);
    return buffer;
  }
  CREDENCE_INLINE void after_row(std::int64_t e, std::int64_t count, std::int64_t width) const {
    if (how == buffered) add_row(partial, buffer, e, count, width);
  }
  CREDENCE_INLINE void finish(std::int64_t width) const {
    if (how != partial_rows && how != buffered) return;
    for (std::int64_t l = 0; l < width; ++l) base[l] += tree_of_eight(partial, width, l);
  }
};

CREDENCE_INLINE std::int64_t row_elements(std::int64_t width) { return row_capacity / width; }

/// Weights of one: the common case needs no buffer.
template <class T>
struct row_of_ones {
  alignas(64) T values[row_capacity];
  constexpr row_of_ones() : values() {
    for (auto& v : values) v = T(1);
  }
};
template <class T>
inline constexpr row_of_ones<T> ones{};

/// The sum of at most 64 values of one lane, in the order of all sums.
template <class T>
CREDENCE_INLINE T sum_of_row(const T* row, std::int64_t n) {
  if (n == 1) return row[0];
  T sums[8];
  for (int k = 0; k < 8; ++k) sums[k] = T(0);
  add_row(sums, row, 0, n, 1);
  return tree_of_eight(sums, 1, 0);
}

/// An operand of an operation of one lane that fits one row: in place, or a scalar spread over a buffer.
template <class T, class Pool>
CREDENCE_INLINE const T* single_operand(const operand& from, const frame<T>& f, std::int64_t n, Pool& pool) {
  const T* base = f.locate(from);
  if (from.size == n) return base;
  T* buffer = pool.take(n);
  fill_row(buffer, base[0], n);
  return buffer;
}

/// The adjoint of such an operand.
template <class T>
struct single_adjoint {
  T* scalar;  ///< null where the adjoint is in place or unwanted. No initialisers: many of these are made and few used.
  const T* row;

  /// Where the row goes; `unused` where nobody wants it.
  template <class Pool>
  CREDENCE_INLINE T* set(const operand& from, frame<T>& f, std::int64_t n, Pool& pool, T* unused) {
    scalar = nullptr;
    if (!from.lane) return unused;
    T* base = f.locate_adjoint(from);
    if (from.size == n) return base;
    T* buffer = pool.take(n);
    fill_row(buffer, T(0), n);
    scalar = base;
    row = buffer;
    return buffer;
  }
  CREDENCE_INLINE void finish(std::int64_t n) const {
    if (scalar != nullptr) scalar[0] += sum_of_row(row, n);
  }
};

// ---- elementwise ----------------------------------------------------------------------------------------------------

template <class T>
CREDENCE_INLINE bool all_direct(const instruction& i, const frame<T>& f) {
  for (int k = 0; k < i.inputs; ++k) {
    if (i.in[k].size != i.out.size || (!i.in[k].lane && f.width != 1)) return false;
  }
  return true;
}

template <class T>
void forward_elementwise(const instruction& i, frame<T>& f, const row_functions<T>& op) {
  const std::int64_t n = i.out.size, width = f.width;
  T* out = f.locate_lane(i.out);
  const T* in[3];
  if (i.single_row || all_direct(i, f)) {
    for (int k = 0; k < i.inputs; ++k) in[k] = f.locate(i.in[k]);
    op.forward(n * width, in, out);
    return;
  }
  if (i.single_spread) {
    row_pool<T, 3 * row_capacity> row;
    for (int k = 0; k < i.inputs; ++k) in[k] = single_operand(i.in[k], f, n, row);
    op.forward(n, in, out);
    return;
  }
  row_pool<T, 3 * row_capacity> pool;
  row_operand<T> operands[3];
  for (int k = 0; k < i.inputs; ++k) operands[k].set(i.in[k], f, n, pool);
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
  const T* in[3];
  T* d[3];
  if (i.single_row || all_direct(i, f)) {
    for (int k = 0; k < i.inputs; ++k) {
      in[k] = f.locate(i.in[k]);
      d[k] = i.in[k].lane ? f.locate_adjoint(i.in[k]) : nullptr;
    }
    op.reverse(n * width, in, out, g, d);
    return;
  }
  if (i.single_spread) {
    row_pool<T, 6 * row_capacity> row;
    single_adjoint<T> single[3];
    for (int k = 0; k < i.inputs; ++k) {
      in[k] = single_operand(i.in[k], f, n, row);
      d[k] = single[k].set(i.in[k], f, n, row, static_cast<T*>(nullptr));
    }
    op.reverse(n, in, out, g, d);
    for (int k = 0; k < i.inputs; ++k) single[k].finish(n);
    return;
  }
  row_pool<T, 3 * 10 * row_capacity> pool;
  row_operand<T> operands[3];
  row_adjoint<T> adjoints[3];
  for (int k = 0; k < i.inputs; ++k) {
    operands[k].set(i.in[k], f, n, pool);
    adjoints[k].set(i.in[k], f, n, pool);
  }
  const std::int64_t step = row_elements(width);
  for (std::int64_t e = 0; e < n; e += step) {
    const std::int64_t elements = smaller(step, n - e), count = elements * width;
    for (int k = 0; k < i.inputs; ++k) {
      in[k] = operands[k].row(e, elements, width);
      d[k] = adjoints[k].row(e, count, width, nullptr);
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
  row_pool<T, max_inputs * row_capacity> pool;
  row_operand<T> operands[max_inputs];
  const T* in[max_inputs];
  for (int k = 0; k < i.inputs; ++k) operands[k].set(i.in[k], f, n, pool);
  for (std::int64_t e = 0; e < n; e += step) {
    const std::int64_t elements = smaller(step, n - e);
    for (int k = 0; k < i.inputs; ++k) in[k] = operands[k].row(e, elements, width);
    family.log_pdf(elements * width, in, out + e * width);
  }
}

/// The sum of a term's rows: eight interleaved partial sums. A row is computed right where it belongs while the partial
/// sums are still empty.
template <class T>
struct row_sum {
  T* sums;
  T* buffer;
  bool in_place;

  template <class Pool>
  CREDENCE_INLINE void set(std::int64_t width, std::int64_t count, Pool& pool) {
    sums = pool.take(8 * width);
    buffer = pool.take(count);
    in_place = width > 1;
    if (!in_place) fill_row(sums, T(0), 8);
  }
  CREDENCE_INLINE T* row(std::int64_t e, std::int64_t width) const {
    return in_place && e < 8 ? sums + e * width : buffer;
  }
  CREDENCE_INLINE void after_row(std::int64_t e, std::int64_t count, std::int64_t width) const {
    if (!in_place || e >= 8) add_row(sums, buffer, e, count, width);
  }
  /// value[lane] += weight[lane] * sum of n elements
  CREDENCE_INLINE void finish(std::int64_t n, std::int64_t width, const T* weight, T* value) const {
    if (in_place && n < 8) fill_row(sums + n * width, T(0), (8 - n) * width);
    for (std::int64_t l = 0; l < width; ++l) {
      const T total = tree_of_eight(sums, width, l);
      value[l] += weight == nullptr ? total : weight[l] * total;
    }
  }
};

template <class T>
CREDENCE_INLINE void copy_pointwise(T* pointwise, const T* row, std::int64_t e, std::int64_t count,
                                    std::int64_t width) {
  if (pointwise == nullptr) return;
  for (std::int64_t k = 0; k < count; ++k) pointwise[e * width + k] = row[k];
}

/// A term of one lane that fits one row.
template <class T>
void single_density(const instruction& i, frame<T>& f, const density_functions<T>& family, const T* weight, T* value,
                    T* pointwise) {
  const std::int64_t n = i.out.size;
  alignas(64) T log_pdf[row_capacity];
  row_pool<T, (max_inputs + 8) * row_capacity> pool;
  const T* in[max_inputs];
  T* d[max_inputs];
  for (int k = 0; k < i.inputs; ++k) in[k] = single_operand(i.in[k], f, n, pool);
  single_adjoint<T> adjoints[max_inputs];
  const int slots = 1 + family.parameters;
  for (int k = 0; k < slots; ++k) {
    d[k] = adjoints[k].set(i.in[k == 0 ? 0 : family.variate_terms + k], f, n, pool, f.unused);
  }
  const T* g = ones<T>.values;
  if (weight != nullptr) {
    T* weights = pool.take(n);
    fill_row(weights, weight[0], n);
    g = weights;
  }
  family.partials[static_cast<int>(i.wanted)](n, in, g, log_pdf, d);
  for (int k = 0; k < slots; ++k) adjoints[k].finish(n);
  copy_pointwise(pointwise, log_pdf, 0, n, 1);
  const T total = sum_of_row(log_pdf, n);
  value[0] += weight == nullptr ? total : weight[0] * total;
}

/// The partials of a density times g. With `value`, g is the weight of the term in each lane (null: 1), the densities
/// are summed into value[lane], and written to `pointwise` where that is not null; without, g is the adjoint of i.out.
template <class T>
void reverse_density(const instruction& i, frame<T>& f, const density_functions<T>& family, const T* weight, T* value,
                     T* pointwise) {
  const std::int64_t n = i.out.size, width = f.width, step = row_elements(width);
  if (i.single_spread && value != nullptr) return single_density(i, f, family, weight, value, pointwise);
  const auto partials = family.partials[static_cast<int>(i.wanted)];
  row_pool<T, (max_inputs + 10 * 7 + 10) * row_capacity> pool;
  row_operand<T> operands[max_inputs];
  row_adjoint<T> adjoints[max_inputs];
  row_sum<T> total;
  const T* in[max_inputs];
  T* d[max_inputs];
  const int first_parameter = 1 + family.variate_terms, slots = 1 + family.parameters;
  const std::int64_t largest_row = smaller(row_capacity, n * width);
  for (int k = 0; k < i.inputs; ++k) operands[k].set(i.in[k], f, n, pool);
  for (int k = 0; k < slots; ++k) adjoints[k].set(i.in[k == 0 ? 0 : first_parameter + k - 1], f, n, pool);
  total.set(width, largest_row, pool);
  const T* g = ones<T>.values;
  if (value == nullptr) {
    g = f.locate_adjoint(i.out);
  } else if (weight != nullptr) {
    T* weights = pool.take(largest_row);
    for (std::int64_t k = 0; k < largest_row; ++k) weights[k] = weight[k % width];
    g = weights;
  }
  for (std::int64_t e = 0; e < n; e += step) {
    const std::int64_t elements = smaller(step, n - e), count = elements * width;
    for (int k = 0; k < i.inputs; ++k) in[k] = operands[k].row(e, elements, width);
    for (int k = 0; k < slots; ++k) d[k] = adjoints[k].row(e, count, width, f.unused);
    T* log_pdf = total.row(e, width);
    partials(count, in, value != nullptr ? g : g + e * width, log_pdf, d);
    for (int k = 0; k < slots; ++k) adjoints[k].after_row(e, count, width);
    copy_pointwise(pointwise, log_pdf, e, count, width);
    if (value != nullptr) total.after_row(e, count, width);
  }
  for (int k = 0; k < slots; ++k) adjoints[k].finish(width);
  if (value != nullptr) total.finish(n, width, weight, value);
}

/// Value of a density term alone.
template <class T>
void value_of_density(const instruction& i, frame<T>& f, const density_functions<T>& family, const T* weight, T* value,
                      T* pointwise) {
  const std::int64_t n = i.out.size, width = f.width, step = row_elements(width);
  row_pool<T, (max_inputs + 10) * row_capacity> pool;
  if (i.single_spread) {
    const T* in[max_inputs];
    for (int k = 0; k < i.inputs; ++k) in[k] = single_operand(i.in[k], f, n, pool);
    T* log_pdf = pool.take(n);
    family.log_pdf(n, in, log_pdf);
    copy_pointwise(pointwise, log_pdf, 0, n, 1);
    const T sum = sum_of_row(log_pdf, n);
    value[0] += weight == nullptr ? sum : weight[0] * sum;
    return;
  }
  row_operand<T> operands[max_inputs];
  row_sum<T> total;
  const T* in[max_inputs];
  for (int k = 0; k < i.inputs; ++k) operands[k].set(i.in[k], f, n, pool);
  total.set(width, smaller(row_capacity, n * width), pool);
  for (std::int64_t e = 0; e < n; e += step) {
    const std::int64_t elements = smaller(step, n - e), count = elements * width;
    for (int k = 0; k < i.inputs; ++k) in[k] = operands[k].row(e, elements, width);
    T* log_pdf = total.row(e, width);
    family.log_pdf(count, in, log_pdf);
    copy_pointwise(pointwise, log_pdf, e, count, width);
    total.after_row(e, count, width);
  }
  total.finish(n, width, weight, value);
}

/// Terms of a density that depend on some of its operands only; the out slot holds one block of n elements a term.
template <class T>
void forward_prepare(const instruction& i, frame<T>& f, int terms,
                     void (*prepare)(std::int64_t, const T* const*, T* const*)) {
  const std::int64_t n = i.out.size / terms, width = f.width, step = row_elements(width);
  row_pool<T, max_inputs * row_capacity> pool;
  row_operand<T> operands[max_inputs];
  const T* in[max_inputs];
  T* to[max_inputs];
  for (int k = 0; k < i.inputs; ++k) operands[k].set(i.in[k], f, n, pool);
  T* out = f.locate_lane(i.out);
  for (std::int64_t e = 0; e < n; e += step) {
    const std::int64_t elements = smaller(step, n - e);
    for (int k = 0; k < i.inputs; ++k) in[k] = operands[k].row(e, elements, width);
    for (int k = 0; k < terms; ++k) to[k] = out + (k * n + e) * width;
    prepare(elements * width, in, to);
  }
}

}  // namespace credence::detail::CREDENCE_ISA
