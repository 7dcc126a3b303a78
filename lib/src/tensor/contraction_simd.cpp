// SPDX-License-Identifier: BSD-3-Clause
// Contraction of two strided tables: out(kept) = sum over reduced of a times b, for each semiring.
// The innermost loop runs along a kept axis (rows of results, at unit stride in out) or along a reduced axis (eight
// interleaved partial results). Memory traffic: each input element once for every result or term it takes part in.
#include "tensor/contraction_simd.hpp"

#include "credence/base/portable_math.hpp"

namespace credence::detail::CREDENCE_ISA {

namespace {

template <class T>
struct add_multiply {
  static constexpr T zero = 0;
  CREDENCE_INLINE static T times(T a, T b, T) { return a * b; }
  CREDENCE_INLINE static T plus(T a, T b) { return a + b; }
};
template <class T>
struct maximum_multiply {
  static constexpr T zero = 0;
  CREDENCE_INLINE static T times(T a, T b, T) { return a * b; }
  CREDENCE_INLINE static T plus(T a, T b) { return (a < b) | (b != b) ? b : a; }
};
template <class T>
struct maximum_add {
  static constexpr T zero = -__builtin_inf();
  CREDENCE_INLINE static T times(T a, T b, T) { return a + b; }
  CREDENCE_INLINE static T plus(T a, T b) { return (a < b) | (b != b) ? b : a; }
};
template <class T>
struct minimum_add {
  static constexpr T zero = __builtin_inf();
  CREDENCE_INLINE static T times(T a, T b, T) { return a + b; }
  CREDENCE_INLINE static T plus(T a, T b) { return (b < a) | (b != b) ? b : a; }
};
/// A maximum that is infinite (all terms -infinity, or one +infinity) shifts by nothing.
template <class T>
CREDENCE_INLINE T usable_shift(T shift) {
  return shift - shift == 0 ? shift : T(0);
}
template <class T>
struct add_exp {
  static constexpr T zero = 0;
  CREDENCE_INLINE static T times(T a, T b, T shift) { return math::exp(a + b - usable_shift(shift)); }
  CREDENCE_INLINE static T plus(T a, T b) { return a + b; }
};

constexpr int general = -1;  // a stride known only at run time

template <class Op, class T, int StrideA, int StrideB>
CREDENCE_INLINE void add_row(T* CREDENCE_RESTRICT acc, const T* a, std::int64_t sa, const T* b, std::int64_t sb,
                             const T* shift, std::int64_t n) {
  if constexpr (StrideA != general) sa = StrideA;
  if constexpr (StrideB != general) sb = StrideB;
  for (std::int64_t i = 0; i < n; ++i) acc[i] = Op::plus(acc[i], Op::times(a[i * sa], b[i * sb], shift[i]));
}

template <class Op, class T, int StrideA, int StrideB>
CREDENCE_INLINE void add_run(T* acc, const T* a, std::int64_t sa, const T* b, std::int64_t sb, T shift,
                             std::int64_t n) {
  if constexpr (StrideA != general) sa = StrideA;
  if constexpr (StrideB != general) sb = StrideB;
  T lane[8];
  for (int l = 0; l < 8; ++l) lane[l] = acc[l];
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (int l = 0; l < 8; ++l) lane[l] = Op::plus(lane[l], Op::times(a[(i + l) * sa], b[(i + l) * sb], shift));
  }
  for (int l = 0; i < n; ++i, ++l) lane[l] = Op::plus(lane[l], Op::times(a[i * sa], b[i * sb], shift));
  for (int l = 0; l < 8; ++l) acc[l] = lane[l];
}

/// Calls body.template run<StrideA, StrideB>() with the strides 0 and 1 known to the compiler.
template <class Body>
CREDENCE_INLINE void with_strides(std::int64_t sa, std::int64_t sb, const Body& body) {
  if (sa == 1 && sb == 1) return body.template run<1, 1>();
  if (sa == 1 && sb == 0) return body.template run<1, 0>();
  if (sa == 0 && sb == 1) return body.template run<0, 1>();
  body.template run<general, general>();
}

/// One chunk of one row of results.
template <class Op, class T>
struct row_task {
  const loop_nest<3>& reduced;
  T* out;
  const T* a;
  std::int64_t sa;
  const T* b;
  std::int64_t sb;
  const T* shift;
  std::int64_t n;

  template <int StrideA, int StrideB>
  void run() const {
    T acc[contraction_chunk];
    for (std::int64_t i = 0; i < n; ++i) acc[i] = Op::zero;
    const std::int64_t steps = reduced.size();
    auto at = nest_at(reduced, reduced.rank, 0);
    for (std::int64_t step = 0; step < steps; ++step) {
      add_row<Op, T, StrideA, StrideB>(acc, a + at.offset[1], sa, b + at.offset[2], sb, shift, n);
      nest_next(reduced, reduced.rank, at);
    }
    for (std::int64_t i = 0; i < n; ++i) out[i] = acc[i];
  }
};

/// A row of plain products: nothing is summed.
template <class Op, class T>
struct product_task {
  T* out;
  const T* a;
  std::int64_t sa;
  const T* b;
  std::int64_t sb;
  std::int64_t n;

  template <int StrideA, int StrideB>
  void run() const {
    const std::int64_t step_a = StrideA == general ? sa : StrideA, step_b = StrideB == general ? sb : StrideB;
    T* CREDENCE_RESTRICT to = out;
    for (std::int64_t i = 0; i < n; ++i) to[i] = Op::times(a[i * step_a], b[i * step_b], T(0));
  }
};

/// One result, summed along the innermost reduced loop.
template <class Op, class T>
struct run_task {
  const loop_nest<3>& reduced;
  T* out;
  const T* a;
  const T* b;
  T shift;

  template <int StrideA, int StrideB>
  void run() const {
    const int inner = reduced.rank - 1;
    const std::int64_t n = reduced.extent[inner];
    std::int64_t runs = 1;
    for (int d = 0; d < inner; ++d) runs *= reduced.extent[d];
    if (n == 0) runs = 0;
    T acc[8];
    for (T& lane : acc) lane = Op::zero;
    auto at = nest_at(reduced, inner, 0);
    for (std::int64_t r = 0; r < runs; ++r) {
      add_run<Op, T, StrideA, StrideB>(acc, a + at.offset[1], reduced.stride[inner][1], b + at.offset[2],
                                       reduced.stride[inner][2], shift, n);
      nest_next(reduced, inner, at);
    }
    *out = Op::plus(Op::plus(Op::plus(acc[0], acc[1]), Op::plus(acc[2], acc[3])),
                    Op::plus(Op::plus(acc[4], acc[5]), Op::plus(acc[6], acc[7])));
  }
};

template <class Op, class T>
void contraction(const contraction_nest& nest, T* out, const T* a, const T* b, const T* shift, std::int64_t begin,
                 std::int64_t end) {
  const loop_nest<3>& kept = nest.kept;
  if (!nest.inner_is_kept) {
    auto at = nest_at(kept, kept.rank, begin);
    const int inner = nest.reduced.rank - 1;
    for (std::int64_t task = begin; task < end; ++task) {
      const std::int64_t to = at.offset[0];
      with_strides(nest.reduced.stride[inner][1], nest.reduced.stride[inner][2],
                   run_task<Op, T>{nest.reduced, out + to, a + at.offset[1], b + at.offset[2], shift[to]});
      nest_next(kept, kept.rank, at);
    }
    return;
  }
  const int inner = kept.rank - 1;  // -1 for a single result: a row of one
  const std::int64_t width = inner < 0 ? 1 : kept.extent[inner];
  const std::int64_t sa = inner < 0 ? 0 : kept.stride[inner][1], sb = inner < 0 ? 0 : kept.stride[inner][2];
  const std::int64_t chunks = (width + contraction_chunk - 1) / contraction_chunk;
  auto at = nest_at(kept, inner < 0 ? 0 : inner, begin / chunks);
  std::int64_t chunk = begin % chunks;
  for (std::int64_t task = begin; task < end; ++task) {
    const std::int64_t first = chunk * contraction_chunk;
    const std::int64_t n = width - first < contraction_chunk ? width - first : contraction_chunk;
    const std::int64_t to = at.offset[0] + first;
    const T* from_a = a + at.offset[1] + first * sa;
    const T* from_b = b + at.offset[2] + first * sb;
    if (nest.reduced.rank == 0) {
      with_strides(sa, sb, product_task<Op, T>{out + to, from_a, sa, from_b, sb, n});
    } else {
      with_strides(sa, sb, row_task<Op, T>{nest.reduced, out + to, from_a, sa, from_b, sb, shift + to, n});
    }
    if (++chunk == chunks) {
      chunk = 0;
      nest_next(kept, inner < 0 ? 0 : inner, at);
    }
  }
}

template <class T>
void contraction_of(const contraction_nest& nest, int what, T* out, const T* a, const T* b, const T* shift,
                    std::int64_t begin, std::int64_t end) {
  // Semirings that do not shift read `out` in its place, whose values they ignore.
  const T* const ignored = out;
  switch (static_cast<semiring_kind>(what)) {
    case semiring_kind::sum_product:
      return contraction<add_multiply<T>>(nest, out, a, b, ignored, begin, end);
    case semiring_kind::max_product:
      return contraction<maximum_multiply<T>>(nest, out, a, b, ignored, begin, end);
    case semiring_kind::max_sum:
      return contraction<maximum_add<T>>(nest, out, a, b, ignored, begin, end);
    case semiring_kind::min_sum:
      return contraction<minimum_add<T>>(nest, out, a, b, ignored, begin, end);
    case semiring_kind::log_sum:
      return contraction<add_exp<T>>(nest, out, a, b, shift, begin, end);
    case semiring_kind::other:
      break;
  }
}

template <class T>
void finish_log_sum(T* out, const T* shift, std::int64_t begin, std::int64_t end) {
  for (std::int64_t i = begin; i < end; ++i) out[i] = usable_shift(shift[i]) + math::log(out[i]);
}

}  // namespace

void contraction_f64(const contraction_nest& nest, int what, double* out, const double* a, const double* b,
                     const double* shift, std::int64_t begin, std::int64_t end) {
  contraction_of<double>(nest, what, out, a, b, shift, begin, end);
}
void contraction_f32(const contraction_nest& nest, int what, float* out, const float* a, const float* b,
                     const float* shift, std::int64_t begin, std::int64_t end) {
  contraction_of<float>(nest, what, out, a, b, shift, begin, end);
}
void finish_log_sum_f64(double* out, const double* shift, std::int64_t begin, std::int64_t end) {
  finish_log_sum(out, shift, begin, end);
}
void finish_log_sum_f32(float* out, const float* shift, std::int64_t begin, std::int64_t end) {
  finish_log_sum(out, shift, begin, end);
}

}  // namespace credence::detail::CREDENCE_ISA
