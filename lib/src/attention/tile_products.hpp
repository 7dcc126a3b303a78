// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "attention/tile_types.hpp"
#include "attention/tile_vector.hpp"

/// The products of tiles, on blocks of registers, and the packing of their operands.
namespace credence::detail::CREDENCE_ISA {

/// Rows of a register block. Twelve rows by two vectors need 24 of the 32 registers of AVX-512; six by two, 12 of 16.
template <class T>
struct blocking {
#if defined(__AVX512F__)
  static constexpr int rows = 12;
#else
  static constexpr int rows = 6;
#endif
  static constexpr int vectors = 2;
  static constexpr int columns = vectors * wide<T>::width;
  static constexpr int groups = tile_size / rows;
  static_assert(tile_size % rows == 0 && tile_size % columns == 0);
};

/// How the left operand lies: rows one after the other, or as the columns of what lies in rows.
enum class left : std::uint8_t { rows, columns };

/// c[r][0 .. columns) (+)= sum over s < n of a(r, s) b[s][0 .. columns) for the rows of one register block. `b` is one
/// packed panel. a(r, s) is a[r a_stride + s] for left::rows, a[s a_stride + r] for left::columns.
template <class T, left Left, bool Add>
CREDENCE_INLINE void multiply_block(const T* a, std::int64_t a_stride, const T* b, int n, T* c, std::int64_t c_stride) {
  using V = wide<T>;
  using B = blocking<T>;
  V sum[B::rows][B::vectors];
  for (int r = 0; r < B::rows; ++r) {
    for (int v = 0; v < B::vectors; ++v) sum[r][v] = Add ? V::load(c + r * c_stride + v * V::width) : V::zero();
  }
  for (int s = 0; s < n; ++s) {
    V right[B::vectors];
    for (int v = 0; v < B::vectors; ++v) right[v] = V::load(b + s * B::columns + v * V::width);
    for (int r = 0; r < B::rows; ++r) {
      const V x = V::splat(Left == left::rows ? a[r * a_stride + s] : a[s * a_stride + r]);
      for (int v = 0; v < B::vectors; ++v) sum[r][v] = V::fma(x, right[v], sum[r][v]);
    }
  }
  for (int r = 0; r < B::rows; ++r) {
    for (int v = 0; v < B::vectors; ++v) sum[r][v].store(c + r * c_stride + v * V::width);
  }
}

CREDENCE_INLINE float widened(float x) { return x; }
CREDENCE_INLINE double widened(double x) { return x; }
CREDENCE_INLINE float widened(bfloat16 x) { return to_float(x); }
CREDENCE_INLINE float widened(float16 x) { return to_float(x); }

template <class T, class S>
void copy_rows_of(const S* from, std::int64_t from_row, std::int64_t rows, int columns, T scale, T* to,
                  std::int64_t padded_rows, int padded) {
  for (std::int64_t r = 0; r < padded_rows; ++r) {
    const S* in = from + r * from_row;
    T* out = to + r * padded;
    int c = 0;
    if (r < rows) {
      for (; c < columns; ++c) out[c] = static_cast<T>(widened(in[c])) * scale;
    }
    for (; c < padded; ++c) out[c] = T(0);
  }
}

template <class T, class S>
void pack_columns_of(const S* from, std::int64_t from_row, std::int64_t rows, int columns, T* to) {
  constexpr int width = blocking<T>::columns;
  for (std::int64_t first = 0; first < rows; first += width) {
    T* out = to + first * columns;
    const int here = rows - first < width ? static_cast<int>(rows - first) : width;
    // Eight columns at a time: each row's are read together, and the block being written stays in the first cache.
    for (int c0 = 0; c0 < columns; c0 += 8) {
      const int c1 = c0 + 8 < columns ? c0 + 8 : columns;
      for (int r = 0; r < here; ++r) {
        const S* in = from + (first + r) * from_row;
        for (int c = c0; c < c1; ++c) out[c * width + r] = static_cast<T>(widened(in[c]));
      }
      for (int r = here; r < width; ++r) {
        for (int c = c0; c < c1; ++c) out[c * width + r] = T(0);
      }
    }
  }
}

template <class T, class S>
void pack_rows_of(const S* from, std::int64_t from_row, int rows, int columns, T scale, T* to, std::uint8_t* odd) {
  constexpr int width = blocking<T>::columns;
  const int panels = (columns + width - 1) / width;
  for (int r = 0; r < tile_size; ++r) {
    int bad = 0;
    for (int p = 0; p < panels; ++p) {
      T* out = to + (p * tile_size + r) * width;
      const int here = columns - p * width < width ? columns - p * width : width;
      int c = 0;
      if (r < rows) {
        const S* in = from + r * from_row + p * width;
        for (; c < here; ++c) {
          const T x = static_cast<T>(widened(in[c])) * scale;
          out[c] = x;
          bad |= x - x != T(0);  // NaN for what is not finite
        }
      }
      for (; c < width; ++c) out[c] = T(0);
    }
    if (odd != nullptr && r < rows) odd[r] = static_cast<std::uint8_t>(bad);
    if (bad == 0 || odd == nullptr) continue;
    for (int p = 0; p < panels; ++p) {
      for (int c = 0; c < width; ++c) to[(p * tile_size + r) * width + c] = T(0);
    }
  }
}

/// Calls f with the data pointer in its own type.
template <class T, class F>
CREDENCE_INLINE void with_type(const stored_rows& from, const F& f) {
  if constexpr (std::is_same_v<T, double>) {
    f(static_cast<const double*>(from.data));
  } else if (from.type == dtype::f32) {
    f(static_cast<const float*>(from.data));
  } else if (from.type == dtype::bf16) {
    f(static_cast<const bfloat16*>(from.data));
  } else {
    f(static_cast<const float16*>(from.data));
  }
}

template <class T>
void copy_rows(const stored_rows& from, std::int64_t rows, int columns, T scale, T* to, std::int64_t padded_rows,
               int padded) {
  with_type<T>(from, [&](const auto* p) { copy_rows_of(p, from.row, rows, columns, scale, to, padded_rows, padded); });
}
template <class T>
void pack_columns(const stored_rows& from, std::int64_t rows, int columns, T* to) {
  with_type<T>(from, [&](const auto* p) { pack_columns_of(p, from.row, rows, columns, to); });
}
template <class T>
void pack_rows(const stored_rows& from, int rows, int columns, T scale, T* to, std::uint8_t* odd) {
  with_type<T>(from, [&](const auto* p) { pack_rows_of(p, from.row, rows, columns, scale, to, odd); });
}

}  // namespace credence::detail::CREDENCE_ISA
