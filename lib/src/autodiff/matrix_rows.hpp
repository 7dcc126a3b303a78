// SPDX-License-Identifier: BSD-3-Clause
// Products of a data matrix with the vectors of all lanes of a tile, and log densities of linear models fused with
// them.
//
// Every result is a dot product taken in index order, one fma a step, whatever the blocking: the predictor of row n is
// ((x[n][0] b[0]) + x[n][1] b[1]) + ..., a coefficient's adjoint runs over the rows in order. The matrix is stored
// twice when data are bound: transposed (columns contiguous, for one lane: vectors of rows) and padded to whole blocks
// of eight columns (for adjoints, and for many lanes: vectors of lanes).
//
// In single precision the products run in f32: a predictor is one f32 dot product; adjoints are added up in f32 over
// blocks of 128 rows, counted from the first, and then in f64.
#pragma once

#include "instruction.hpp"
#include "replay_frame.hpp"
#include "rows.hpp"
#include "simd_vector.hpp"

#include <cstdint>

namespace credence::detail::CREDENCE_ISA {

inline std::int64_t padded_columns(std::int64_t columns) { return (columns + 7) / 8 * 8; }

/// The two stored forms of a data matrix.
template <class T>
struct data_matrix {
  std::int64_t rows, columns, pitch;  ///< pitch: columns rounded up to blocks of eight
  const T* transposed;                ///< [column][row]
  const T* padded;                    ///< [row][pitch], zeros behind the last column

  data_matrix(const instruction& i, const frame<T>& f)
      : rows(i.extra[0]),
        columns(i.extra[1]),
        pitch(padded_columns(i.extra[1])),
        transposed(f.data + i.extra[2]),
        padded(f.data + i.extra[3]) {}
  data_matrix(std::int64_t row_count, std::int64_t column_count, const T* by_columns, const T* by_rows)
      : rows(row_count),
        columns(column_count),
        pitch(padded_columns(column_count)),
        transposed(by_columns),
        padded(by_rows) {}
};

/// Rows register blocks: out[q][k] = sum_d factor[q * pitch + d] * vector[d * stride + k] for q < Rows and k < Lanes.
template <int Rows, int Lanes = 8, class T>
CREDENCE_INLINE void dot_block(const T* factor, std::int64_t pitch, const T* vector, std::int64_t stride,
                               std::int64_t count, T* out, std::int64_t out_stride) {
  using V = typename vector_for<T>::type;
  constexpr int parts = Lanes / V::width;
  V sum[Rows][parts];
  for (int q = 0; q < Rows; ++q) {
    for (int k = 0; k < parts; ++k) sum[q][k] = V::zero();
  }
  for (std::int64_t d = 0; d < count; ++d, vector += stride) {
    V part[parts];
    for (int k = 0; k < parts; ++k) part[k] = V::load(vector + k * V::width);
    for (int q = 0; q < Rows; ++q) {
      const V f = V::splat(factor[q * pitch + d]);
      for (int k = 0; k < parts; ++k) sum[q][k] = V::fma(f, part[k], sum[q][k]);
    }
  }
  for (int q = 0; q < Rows; ++q) {
    for (int k = 0; k < parts; ++k) sum[q][k].store(out + q * out_stride + k * V::width);
  }
}

/// out[r] = sum_d column[d * stride + r] * b[d] for r < 8 * Blocks: vectors of rows.
template <int Blocks, class T>
CREDENCE_INLINE void dot_columns(const T* column, std::int64_t stride, const T* b, std::int64_t count, T* out) {
  using V = typename vector_for<T>::type;
  constexpr int parts = 8 * Blocks / V::width;
  V sum[parts];
  for (int k = 0; k < parts; ++k) sum[k] = V::zero();
  for (std::int64_t d = 0; d < count; ++d, column += stride) {
    const V f = V::splat(b[d]);
    for (int k = 0; k < parts; ++k) sum[k] = V::fma(V::load(column + k * V::width), f, sum[k]);
  }
  for (int k = 0; k < parts; ++k) sum[k].store(out + k * V::width);
}

/// Lanes of a register block where there are so many: two registers of floats.
template <class T>
inline constexpr int wide_lanes = std::is_same_v<T, float> ? 16 : 8;

/// out[r][lane] = sum_d X[first + r][d] b[d][lane] for r < count.
template <class T>
void predict_rows(const data_matrix<T>& x, std::int64_t first, std::int64_t count, std::int64_t width, const T* b,
                  T* CREDENCE_RESTRICT out) {
  std::int64_t r = 0;
  if (width == 1) {
    const T* column = x.transposed + first;
    for (; r + 32 <= count; r += 32) dot_columns<4>(column + r, x.rows, b, x.columns, out + r);
    for (; r + 8 <= count; r += 8) dot_columns<1>(column + r, x.rows, b, x.columns, out + r);
  } else {
    for (; r + 4 <= count; r += 4) {
      const T* row = x.padded + (first + r) * x.pitch;
      std::int64_t l = 0;
      if constexpr (wide_lanes < T >> 8) {
        for (; l + wide_lanes<T> <= width; l += wide_lanes<T>) {
          dot_block<4, wide_lanes<T>>(row, x.pitch, b + l, width, x.columns, out + r * width + l, width);
        }
      }
      for (; l < width; l += 8) dot_block<4>(row, x.pitch, b + l, width, x.columns, out + r * width + l, width);
    }
    for (; r < count; ++r) {
      for (std::int64_t l = 0; l < width; l += 8) {
        dot_block<1>(x.padded + (first + r) * x.pitch, x.pitch, b + l, width, x.columns, out + r * width + l, width);
      }
    }
  }
  for (; r < count; ++r) {
    T sum = T(0);
    const T* row = x.padded + (first + r) * x.pitch;
    for (std::int64_t d = 0; d < x.columns; ++d) sum = math::fma(row[d], b[d], sum);
    out[r] = sum;
  }
}

/// sums[d..d+8 Blocks) of one lane, continued over `count` rows.
template <int Blocks, class T>
CREDENCE_INLINE void continue_columns(const T* row, std::int64_t pitch, std::int64_t count, const T* g, T* sums) {
  using V = typename vector_for<T>::type;
  constexpr int parts = 8 * Blocks / V::width;
  V sum[parts];
  for (int k = 0; k < parts; ++k) sum[k] = V::load(sums + k * V::width);
  for (std::int64_t r = 0; r < count; ++r, row += pitch) {
    const V f = V::splat(g[r]);
    for (int k = 0; k < parts; ++k) sum[k] = V::fma(V::load(row + k * V::width), f, sum[k]);
  }
  for (int k = 0; k < parts; ++k) sum[k].store(sums + k * V::width);
}

/// sums[q][k] += sum_r row[r * pitch + q] * g[r * width + k] for four columns q and Lanes lanes k.
template <int Lanes = 8, class T>
CREDENCE_INLINE void continue_block(const T* row, std::int64_t pitch, std::int64_t count, const T* g,
                                    std::int64_t width, T* sums) {
  using V = typename vector_for<T>::type;
  constexpr int parts = Lanes / V::width;
  V sum[4][parts];
  for (int q = 0; q < 4; ++q) {
    for (int k = 0; k < parts; ++k) sum[q][k] = V::load(sums + q * width + k * V::width);
  }
  for (std::int64_t r = 0; r < count; ++r, row += pitch, g += width) {
    V part[parts];
    for (int k = 0; k < parts; ++k) part[k] = V::load(g + k * V::width);
    for (int q = 0; q < 4; ++q) {
      const V f = V::splat(row[q]);
      for (int k = 0; k < parts; ++k) sum[q][k] = V::fma(f, part[k], sum[q][k]);
    }
  }
  for (int q = 0; q < 4; ++q) {
    for (int k = 0; k < parts; ++k) sum[q][k].store(sums + q * width + k * V::width);
  }
}

/// sums[d][lane] += X[first + r][d] g[r][lane], rows in order. `sums` has pitch rows.
template <class T>
void adjoint_columns(const data_matrix<T>& x, std::int64_t first, std::int64_t count, std::int64_t width, const T* g,
                     T* sums) {
  const T* rows = x.padded + first * x.pitch;
  if (width == 1) {
    std::int64_t d = 0;
    for (; d + 32 <= x.pitch; d += 32) continue_columns<4>(rows + d, x.pitch, count, g, sums + d);
    if (d + 24 == x.pitch) return continue_columns<3>(rows + d, x.pitch, count, g, sums + d);
    if (d + 16 == x.pitch) return continue_columns<2>(rows + d, x.pitch, count, g, sums + d);
    if (d + 8 == x.pitch) return continue_columns<1>(rows + d, x.pitch, count, g, sums + d);
    return;
  }
  for (std::int64_t d = 0; d < x.columns; d += 4) {
    std::int64_t l = 0;
    if constexpr (wide_lanes < T >> 8) {
      for (; l + wide_lanes<T> <= width; l += wide_lanes<T>) {
        continue_block<wide_lanes<T>>(rows + d, x.pitch, count, g + l, width, sums + d * width + l);
      }
    }
    for (; l < width; l += 8) continue_block(rows + d, x.pitch, count, g + l, width, sums + d * width + l);
  }
}

/// Both products of a data matrix with the vectors of a tile, in the precision the instruction asks for (duals: always
/// their own). Rows may be taken in pieces, in order.
template <class T>
class matrix_products {
 public:
  matrix_products(const instruction& i, const frame<T>& f)
      : x_(i, f),
        single_(x_.rows, x_.columns, f.single_data + i.extra[4], f.single_data + i.extra[5]),
        width_(f.width),
        step_(piece / f.width < block ? piece / f.width : block),
        coefficients_(f.locate(i.code == opcode::data_matrix_vector ? i.in[0] : i.in[i.inputs])),
        sums_(f.scratch),
        in_single_(std::is_same_v<T, double> && i.single_precision) {
    if (!in_single_) return;
    // Behind the f64 sums: the coefficients and the running sums in f32.
    single_coefficients_ = reinterpret_cast<float*>(sums_ + x_.pitch * width_);
    single_sums_ = single_coefficients_ + x_.pitch * width_;
    convert(coefficients_, x_.columns * width_, single_coefficients_);
  }

  [[nodiscard]] std::int64_t rows() const { return x_.rows; }

  /// out[r][lane] = sum_d X[first + r][d] b[d][lane]
  CREDENCE_INLINE void predict(std::int64_t first, std::int64_t count, T* out) const {
    if (!in_single_) return predict_rows(x_, first, count, width_, coefficients_, out);
    alignas(64) float row[piece];
    for (std::int64_t r = 0; r < count; r += step_) {
      const std::int64_t some = count - r < step_ ? count - r : step_;
      predict_rows(single_, first + r, some, width_, single_coefficients_, row);
      for (std::int64_t k = 0; k < some * width_; ++k) out[r * width_ + k] = T(static_cast<double>(row[k]));
    }
  }

  CREDENCE_INLINE void begin_adjoints() const {
    for (std::int64_t k = 0; k < x_.pitch * width_; ++k) sums_[k] = T(0);
    for (std::int64_t k = 0; in_single_ && k < x_.pitch * width_; ++k) single_sums_[k] = 0.0F;
  }
  /// The sums continue over rows first .. first + count - 1 with the adjoints g[r][lane] of their predictors.
  CREDENCE_INLINE void add_rows(std::int64_t first, std::int64_t count, const T* g) const {
    if (!in_single_) return adjoint_columns(x_, first, count, width_, g, sums_);
    alignas(64) float row[piece];
    for (std::int64_t r = 0; r < count; r += step_) {
      const std::int64_t some = count - r < step_ ? count - r : step_, end = first + r + some;
      convert(g + r * width_, some * width_, row);
      adjoint_columns(single_, first + r, some, width_, row, single_sums_);
      if (end % block != 0 && end != x_.rows) continue;
      for (std::int64_t k = 0; k < x_.columns * width_; ++k) {
        sums_[k] += T(static_cast<double>(single_sums_[k]));
        single_sums_[k] = 0.0F;
      }
    }
  }
  /// d[column][lane] += the sums
  CREDENCE_INLINE void finish(T* d) const {
    for (std::int64_t k = 0; k < x_.columns * width_; ++k) d[k] += sums_[k];
  }

 private:
  static constexpr std::int64_t block = 128;  ///< rows added up in f32
  static constexpr std::int64_t piece = 512;

  CREDENCE_INLINE static void convert(const T* from, std::int64_t count, float* to) {
    if constexpr (std::is_same_v<T, double>) {
      for (std::int64_t k = 0; k < count; ++k) to[k] = static_cast<float>(from[k]);
    }
  }

  data_matrix<T> x_;
  data_matrix<float> single_;
  std::int64_t width_, step_;  ///< rows converted at a time: a divisor of `block`
  const T* coefficients_;
  T* sums_;
  float* single_coefficients_ = nullptr;
  float* single_sums_ = nullptr;
  bool in_single_;
};

template <class T>
void forward_data_matrix_vector(const instruction& i, frame<T>& f) {
  const matrix_products<T> x(i, f);
  x.predict(0, x.rows(), f.locate_lane(i.out));
}

template <class T>
void reverse_data_matrix_vector(const instruction& i, frame<T>& f) {
  const matrix_products<T> x(i, f);
  x.begin_adjoints();
  x.add_rows(0, x.rows(), f.locate_adjoint(i.out));
  x.finish(f.locate_adjoint(i.in[0]));
}

// ---- products of lane matrices: (n, k) times (k, m), either operand may be data -------------------------------------
//
// Every sum runs in index order, one fma a step. The innermost loops run over what lies contiguous: the lanes, and the
// columns too where one factor is the same for all of them.

/// Where the elements of a factor lie: element e of lane l at e * row + l * lane.
struct factor_strides {
  std::int64_t row, lane;
  CREDENCE_INLINE factor_strides(const operand& o, std::int64_t width)
      : row(o.lane ? width : 1), lane(o.lane ? 1 : 0) {}
};

/// to[c][l] = a[l] * b[c][l] + to[c][l] for c < count: a row of one outer step.
template <class T>
CREDENCE_INLINE void add_scaled(const T* CREDENCE_RESTRICT a, std::int64_t a_lane, const T* CREDENCE_RESTRICT b,
                                factor_strides bs, std::int64_t count, std::int64_t width, T* CREDENCE_RESTRICT to) {
  if (a_lane == 0 || width == 1) {
    const T factor = a[0];
    if (bs.lane == 1 || width == 1) {
      for (std::int64_t k = 0; k < count * width; ++k) to[k] = math::fma(factor, b[k], to[k]);
      return;
    }
    for (std::int64_t c = 0; c < count; ++c) {
      for (std::int64_t l = 0; l < width; ++l) to[c * width + l] = math::fma(factor, b[c], to[c * width + l]);
    }
    return;
  }
  for (std::int64_t c = 0; c < count; ++c) {
    const T* other = b + c * bs.row;
    if (bs.lane == 1) {
      for (std::int64_t l = 0; l < width; ++l) to[c * width + l] = math::fma(a[l], other[l], to[c * width + l]);
    } else {
      for (std::int64_t l = 0; l < width; ++l) to[c * width + l] = math::fma(a[l], other[0], to[c * width + l]);
    }
  }
}

template <class T>
void forward_matrix_product(const instruction& i, frame<T>& f) {
  const std::int64_t n = i.extra[0], inner = i.extra[1], m = i.extra[2], width = f.width;
  const T *a = f.locate(i.in[0]), *b = f.locate(i.in[1]);
  const factor_strides as(i.in[0], width), bs(i.in[1], width);
  T* out = f.locate_lane(i.out);
  for (std::int64_t r = 0; r < n; ++r) {
    T* row = out + r * m * width;
    for (std::int64_t k = 0; k < m * width; ++k) row[k] = T(0);
    for (std::int64_t k = 0; k < inner; ++k) {
      add_scaled(a + (r * inner + k) * as.row, as.lane, b + k * m * bs.row, bs, m, width, row);
    }
  }
}

/// d(A) = g B': element (r, k) is a sum over columns, all of them contiguous in g and B.
template <class T>
void reverse_left_factor(const instruction& i, frame<T>& f) {
  const std::int64_t n = i.extra[0], inner = i.extra[1], m = i.extra[2], width = f.width;
  const T *b = f.locate(i.in[1]), *g = f.locate_adjoint(i.out);
  const factor_strides bs(i.in[1], width);
  T* d = f.locate_adjoint(i.in[0]);
  alignas(64) T sum[row_capacity];
  for (std::int64_t r = 0; r < n; ++r) {
    for (std::int64_t k = 0; k < inner; ++k) {
      for (std::int64_t l = 0; l < width; ++l) sum[l] = T(0);
      for (std::int64_t c = 0; c < m; ++c) {
        const T *left = g + (r * m + c) * width, *right = b + (k * m + c) * bs.row;
        if (bs.lane == 1) {
          for (std::int64_t l = 0; l < width; ++l) sum[l] = math::fma(left[l], right[l], sum[l]);
        } else {
          for (std::int64_t l = 0; l < width; ++l) sum[l] = math::fma(left[l], right[0], sum[l]);
        }
      }
      for (std::int64_t l = 0; l < width; ++l) d[(r * inner + k) * width + l] += sum[l];
    }
  }
}

/// d(B) = A' g: row k gathers the rows of g in order, in scratch first, so that the sum is added as a whole.
template <class T>
void reverse_right_factor(const instruction& i, frame<T>& f) {
  const std::int64_t n = i.extra[0], inner = i.extra[1], m = i.extra[2], width = f.width;
  const T *a = f.locate(i.in[0]), *g = f.locate_adjoint(i.out);
  const factor_strides as(i.in[0], width), gs(i.out, width);
  T *d = f.locate_adjoint(i.in[1]), *sums = f.scratch;
  for (std::int64_t k = 0; k < inner; ++k) {
    for (std::int64_t j = 0; j < m * width; ++j) sums[j] = T(0);
    for (std::int64_t r = 0; r < n; ++r) {
      add_scaled(a + (r * inner + k) * as.row, as.lane, g + r * m * width, gs, m, width, sums);
    }
    for (std::int64_t j = 0; j < m * width; ++j) d[k * m * width + j] += sums[j];
  }
}

template <class T>
void reverse_matrix_product(const instruction& i, frame<T>& f) {
  if (i.in[0].lane) reverse_left_factor(i, f);
  if (i.in[1].lane) reverse_right_factor(i, f);
}

}  // namespace credence::detail::CREDENCE_ISA
