// SPDX-License-Identifier: BSD-3-Clause
// Products of a data matrix with the vectors of all lanes of a tile, and log densities of linear models fused with
// them.
//
// Every result is a dot product taken in index order, one fma a step, whatever the blocking: the predictor of row n is
// ((x[n][0] b[0]) + x[n][1] b[1]) + ..., a coefficient's adjoint runs over the rows in order. The matrix is stored
// twice when data are bound: transposed (columns contiguous, for one lane: vectors of rows) and padded to whole blocks
// of eight columns (for adjoints, and for many lanes: vectors of lanes).
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
};

/// Rows register blocks: out[q][k] = sum_d factor[q * pitch + d] * vector[d * stride + k] for q < Rows and k < 8.
template <int Rows, class T>
CREDENCE_INLINE void dot_block(const T* factor, std::int64_t pitch, const T* vector, std::int64_t stride,
                               std::int64_t count, T* out, std::int64_t out_stride) {
  using V = typename vector_for<T>::type;
  constexpr int parts = 8 / V::width;
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
      for (std::int64_t l = 0; l < width; l += 8) {
        dot_block<4>(x.padded + (first + r) * x.pitch, x.pitch, b + l, width, x.columns, out + r * width + l, width);
      }
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

/// sums[q][k] += sum_r row[r * pitch + q] * g[r * width + k] for four columns q and eight lanes k.
template <class T>
CREDENCE_INLINE void continue_block(const T* row, std::int64_t pitch, std::int64_t count, const T* g,
                                    std::int64_t width, T* sums) {
  using V = typename vector_for<T>::type;
  constexpr int parts = 8 / V::width;
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
    for (std::int64_t l = 0; l < width; l += 8) {
      continue_block(rows + d, x.pitch, count, g + l, width, sums + d * width + l);
    }
  }
}

template <class T>
void forward_data_matrix_vector(const instruction& i, frame<T>& f) {
  const data_matrix<T> x(i, f);
  predict_rows(x, 0, x.rows, f.width, f.locate(i.in[0]), f.locate_lane(i.out));
}

template <class T>
void reverse_data_matrix_vector(const instruction& i, frame<T>& f) {
  const data_matrix<T> x(i, f);
  T* sums = f.scratch;
  for (std::int64_t k = 0; k < x.pitch * f.width; ++k) sums[k] = T(0);
  adjoint_columns(x, 0, x.rows, f.width, f.locate_adjoint(i.out), sums);
  T* d = f.locate_adjoint(i.in[0]);
  for (std::int64_t k = 0; k < x.columns * f.width; ++k) d[k] += sums[k];
}

// ---- products of lane matrices: (n, k) times (k, m), either operand may be data
// ---------------------------------------

template <class T>
void forward_matrix_product(const instruction& i, frame<T>& f) {
  const std::int64_t n = i.extra[0], inner = i.extra[1], m = i.extra[2], width = f.width;
  const T *a = f.locate(i.in[0]), *b = f.locate(i.in[1]);
  const std::int64_t al = i.in[0].lane ? 1 : 0, aw = al ? width : 1, bl = i.in[1].lane ? 1 : 0, bw = bl ? width : 1;
  T* out = f.locate_lane(i.out);
  for (std::int64_t r = 0; r < n; ++r) {
    for (std::int64_t c = 0; c < m; ++c) {
      for (std::int64_t l = 0; l < width; ++l) {
        T sum = T(0);
        for (std::int64_t k = 0; k < inner; ++k) {
          sum = math::fma(a[(r * inner + k) * aw + l * al], b[(k * m + c) * bw + l * bl], sum);
        }
        out[(r * m + c) * width + l] = sum;
      }
    }
  }
}

template <class T>
void reverse_matrix_product(const instruction& i, frame<T>& f) {
  const std::int64_t n = i.extra[0], inner = i.extra[1], m = i.extra[2], width = f.width;
  const T *a = f.locate(i.in[0]), *b = f.locate(i.in[1]), *g = f.locate_adjoint(i.out);
  const std::int64_t al = i.in[0].lane ? 1 : 0, aw = al ? width : 1, bl = i.in[1].lane ? 1 : 0, bw = bl ? width : 1;
  if (i.in[0].lane) {
    T* d = f.locate_adjoint(i.in[0]);
    for (std::int64_t r = 0; r < n; ++r) {
      for (std::int64_t k = 0; k < inner; ++k) {
        for (std::int64_t l = 0; l < width; ++l) {
          T sum = T(0);
          for (std::int64_t c = 0; c < m; ++c) {
            sum = math::fma(g[(r * m + c) * width + l], b[(k * m + c) * bw + l * bl], sum);
          }
          d[(r * inner + k) * width + l] += sum;
        }
      }
    }
  }
  if (i.in[1].lane) {
    T* d = f.locate_adjoint(i.in[1]);
    for (std::int64_t k = 0; k < inner; ++k) {
      for (std::int64_t c = 0; c < m; ++c) {
        for (std::int64_t l = 0; l < width; ++l) {
          T sum = T(0);
          for (std::int64_t r = 0; r < n; ++r) {
            sum = math::fma(g[(r * m + c) * width + l], a[(r * inner + k) * aw + l * al], sum);
          }
          d[(k * m + c) * width + l] += sum;
        }
      }
    }
  }
}

}  // namespace credence::detail::CREDENCE_ISA
