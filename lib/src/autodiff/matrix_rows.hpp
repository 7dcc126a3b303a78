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

/// out[r][lane] = sum_d X[first + r][d] b[d][lane] for r < count.
template <class T>
void predict_rows(const data_matrix<T>& x, std::int64_t first, std::int64_t count, std::int64_t width, const T* b,
                  T* CREDENCE_RESTRICT out) {
  if (width == 1) {
    std::int64_t r = 0;
    for (; r + 32 <= count; r += 32) {
      T sum[32];
      for (int k = 0; k < 32; ++k) sum[k] = T(0);
      const T* column = x.transposed + first + r;
      for (std::int64_t d = 0; d < x.columns; ++d, column += x.rows) {
        const T coefficient = b[d];
        for (int k = 0; k < 32; ++k) sum[k] = math::fma(column[k], coefficient, sum[k]);
      }
      for (int k = 0; k < 32; ++k) out[r + k] = sum[k];
    }
    for (; r < count; ++r) {
      T sum = T(0);
      const T* row = x.padded + (first + r) * x.pitch;
      for (std::int64_t d = 0; d < x.columns; ++d) sum = math::fma(row[d], b[d], sum);
      out[r] = sum;
    }
    return;
  }
  std::int64_t r = 0;
  for (; r + 4 <= count; r += 4) {
    const T* row = x.padded + (first + r) * x.pitch;
    for (std::int64_t l = 0; l < width; l += 8) {
      T sum[4][8];
      for (int q = 0; q < 4; ++q) {
        for (int k = 0; k < 8; ++k) sum[q][k] = T(0);
      }
      const T* vector = b + l;
      for (std::int64_t d = 0; d < x.columns; ++d, vector += width) {
        for (int q = 0; q < 4; ++q) {
          const T factor = row[q * x.pitch + d];
          for (int k = 0; k < 8; ++k) sum[q][k] = math::fma(factor, vector[k], sum[q][k]);
        }
      }
      for (int q = 0; q < 4; ++q) {
        for (int k = 0; k < 8; ++k) out[(r + q) * width + l + k] = sum[q][k];
      }
    }
  }
  for (; r < count; ++r) {
    const T* row = x.padded + (first + r) * x.pitch;
    for (std::int64_t l = 0; l < width; ++l) {
      T sum = T(0);
      for (std::int64_t d = 0; d < x.columns; ++d) sum = math::fma(row[d], b[d * width + l], sum);
      out[r * width + l] = sum;
    }
  }
}

/// sums[d..d+8B) of one lane, continued over `count` rows.
template <int Blocks, class T>
void continue_columns(const T* row, std::int64_t pitch, std::int64_t count, const T* g, T* sums) {
  T sum[8 * Blocks];
  for (int k = 0; k < 8 * Blocks; ++k) sum[k] = sums[k];
  for (std::int64_t r = 0; r < count; ++r, row += pitch) {
    const T factor = g[r];
    for (int k = 0; k < 8 * Blocks; ++k) sum[k] = math::fma(row[k], factor, sum[k]);
  }
  for (int k = 0; k < 8 * Blocks; ++k) sums[k] = sum[k];
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
      T sum[4][8];
      T* at = sums + d * width + l;
      for (int q = 0; q < 4; ++q) {
        for (int k = 0; k < 8; ++k) sum[q][k] = at[q * width + k];
      }
      const T* row = rows + d;
      const T* vector = g + l;
      for (std::int64_t r = 0; r < count; ++r, row += x.pitch, vector += width) {
        for (int q = 0; q < 4; ++q) {
          const T factor = row[q];
          for (int k = 0; k < 8; ++k) sum[q][k] = math::fma(factor, vector[k], sum[q][k]);
        }
      }
      for (int q = 0; q < 4; ++q) {
        for (int k = 0; k < 8; ++k) at[q * width + k] = sum[q][k];
      }
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
