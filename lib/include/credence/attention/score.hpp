// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/config.hpp"
#include "credence/base/portable_math.hpp"

#include <cstdint>

/// What may be done to a score between q.k and the softmax: a closed set of usual changes, and any functor.
namespace credence::attention {

/// Which score: counted within its batch entry and head; `query` and `key` are positions in the two sequences.
struct position {
  std::int64_t batch = 0, head = 0, query = 0, key = 0;
};

/// A rectangle of scores that a kernel holds: rows are queries, columns keys; (r, c) lies at r * stride + c.
struct score_tile {
  std::int64_t batch = 0, head = 0, first_query = 0, first_key = 0;
  int rows = 0, columns = 0, stride = 0;
};

/// What a change of scores is, for kernels that cannot call back: those on a device know the closed set alone.
enum class score_kind : std::uint8_t { none, functor, alibi, relative_table, gaussian_distance, soft_cap };

/// A change of scores as kernels call it, one tile at a time. Made by `score_of`; it points to the functor, which must
/// live longer.
struct score_function {
  const void* self = nullptr;
  score_kind kind = score_kind::none;
  std::int64_t parameters = 0;  ///< numbers that `backward` returns a gradient for
  void (*apply_f32)(const void* self, const score_tile& at, float* scores) = nullptr;
  void (*apply_f64)(const void* self, const score_tile& at, double* scores) = nullptr;
  /// Turns the gradient by changed scores into the gradient by `raw` ones, in place; adds to `gradient` unless null.
  void (*pull_back_f32)(const void* self, const score_tile& at, const float* raw, float* d_scores,
                        double* gradient) = nullptr;
  void (*pull_back_f64)(const void* self, const score_tile& at, const double* raw, double* d_scores,
                        double* gradient) = nullptr;
};

inline namespace CREDENCE_ISA {
namespace score_detail {

template <class F, class T>
CREDENCE_INLINE void apply_to_tile(const F& f, const score_tile& at, T* scores) {
  for (int r = 0; r < at.rows; ++r) {
    for (int c = 0; c < at.columns; ++c) {
      T& s = scores[r * at.stride + c];
      s = f(s, position{at.batch, at.head, at.first_query + r, at.first_key + c});
    }
  }
}

template <class F, class T>
CREDENCE_INLINE void pull_back_tile(const F& f, const score_tile& at, const T* raw, T* d_scores, double* gradient) {
  for (int r = 0; r < at.rows; ++r) {
    for (int c = 0; c < at.columns; ++c) {
      const int where = r * at.stride + c;
      const T upstream = d_scores[where];
      // A masked score has gradient 0, whatever it was (NaN too).
      if (upstream == T(0)) continue;
      const position here{at.batch, at.head, at.first_query + r, at.first_key + c};
      if constexpr (requires { f.add_parameter_gradient(raw[where], here, upstream, gradient); }) {
        if (gradient != nullptr) f.add_parameter_gradient(raw[where], here, upstream, gradient);
      }
      d_scores[where] = upstream * f.derivative(raw[where], here);
    }
  }
}

}  // namespace score_detail

/// Any functor as a change of scores. It has, for T float and double,
///  - `T operator()(T score, const position&) const`       the new score
///  - `T derivative(T score, const position&) const`       its derivative by the old one
/// and where it has parameters of its own
///  - `std::int64_t parameters() const`
///  - `void add_parameter_gradient(T score, const position&, T upstream, double* gradient) const`
template <class F>
score_function score_of(const F& f) {
  score_function out;
  out.self = &f;
  out.kind = score_kind::functor;
  if constexpr (requires { f.parameters(); }) out.parameters = f.parameters();
  out.apply_f32 = [](const void* self, const score_tile& at, float* scores) {
    score_detail::apply_to_tile(*static_cast<const F*>(self), at, scores);
  };
  out.apply_f64 = [](const void* self, const score_tile& at, double* scores) {
    score_detail::apply_to_tile(*static_cast<const F*>(self), at, scores);
  };
  out.pull_back_f32 = [](const void* self, const score_tile& at, const float* raw, float* d, double* gradient) {
    score_detail::pull_back_tile(*static_cast<const F*>(self), at, raw, d, gradient);
  };
  out.pull_back_f64 = [](const void* self, const score_tile& at, const double* raw, double* d, double* gradient) {
    score_detail::pull_back_tile(*static_cast<const F*>(self), at, raw, d, gradient);
  };
  return out;
}

}  // namespace CREDENCE_ISA

/// s - slope[head] |query - key|: ALiBi. Gradient by the slopes.
/// @source Press, Smith, Lewis, "Train short, test long", ICLR 2022
struct alibi {
  const double* slopes = nullptr;  ///< (heads)
  std::int64_t heads = 0;

  [[nodiscard]] std::int64_t parameters() const { return heads; }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE T operator()(T s, const position& at) const {
    return s - static_cast<T>(slopes[at.head]) * distance<T>(at);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE T derivative(T, const position&) const {
    return T(1);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE void add_parameter_gradient(T, const position& at, T upstream, double* gradient) const {
    gradient[at.head] -= static_cast<double>(upstream) * distance<double>(at);
  }

 private:
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T distance(const position& at) {
    return math::abs(static_cast<T>(at.query - at.key));
  }
};

/// s + table[head][clamp(key - query, -radius, radius) + radius]: a learned bias by relative position. Gradient by the
/// table, (heads, 2 radius + 1).
/// @source Shaw, Uszkoreit, Vaswani, NAACL 2018; Raffel et al., JMLR 21, 2020
struct relative_table {
  const double* table = nullptr;
  std::int64_t heads = 0, radius = 0;

  [[nodiscard]] std::int64_t parameters() const { return heads * (2 * radius + 1); }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE T operator()(T s, const position& at) const {
    return s + static_cast<T>(table[cell(at)]);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE T derivative(T, const position&) const {
    return T(1);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE void add_parameter_gradient(T, const position& at, T upstream, double* gradient) const {
    gradient[cell(at)] += static_cast<double>(upstream);
  }

 private:
  CREDENCE_HD CREDENCE_INLINE std::int64_t cell(const position& at) const {
    const std::int64_t step = at.key - at.query;
    const std::int64_t near = step < -radius ? -radius : (step > radius ? radius : step);
    return at.head * (2 * radius + 1) + near + radius;
  }
};

/// s - (query - key)^2 / (2 width[head]^2): nearby keys weigh more, as under a Gaussian window. Gradient by the widths.
struct gaussian_distance {
  const double* widths = nullptr;  ///< (heads), positive
  std::int64_t heads = 0;

  [[nodiscard]] std::int64_t parameters() const { return heads; }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE T operator()(T s, const position& at) const {
    const T step = static_cast<T>(at.query - at.key) / static_cast<T>(widths[at.head]);
    return s - T(0.5) * (step * step);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE T derivative(T, const position&) const {
    return T(1);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE void add_parameter_gradient(T, const position& at, T upstream, double* gradient) const {
    const double w = widths[at.head], step = static_cast<double>(at.query - at.key);
    gradient[at.head] += static_cast<double>(upstream) * (step * step) / (w * w * w);
  }
};

/// cap tanh(s / cap): scores stay within (-cap, cap). Gradient by cap.
/// @source Gemma Team, arXiv:2408.00118
struct soft_cap {
  double cap = 50.0;

  [[nodiscard]] std::int64_t parameters() const { return 1; }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE T operator()(T s, const position&) const {
    return static_cast<T>(cap) * math::tanh(s / static_cast<T>(cap));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE T derivative(T s, const position&) const {
    const T t = math::tanh(s / static_cast<T>(cap));
    return T(1) - t * t;
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE void add_parameter_gradient(T s, const position&, T upstream, double* gradient) const {
    const double x = static_cast<double>(s) / cap, t = math::tanh(x);
    gradient[0] += static_cast<double>(upstream) * (t - x * (1.0 - t * t));
  }
};

/// The closed set, compiled in the library for each instruction set.
score_function score_of(const alibi& f);
score_function score_of(const relative_table& f);
score_function score_of(const gaussian_distance& f);
score_function score_of(const soft_cap& f);

/// `second` after `first`, both functors. The parameters are first's, then second's.
template <class First, class Second>
struct composed {
  First first;
  Second second;

  [[nodiscard]] std::int64_t parameters() const { return count(first) + count(second); }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE T operator()(T s, const position& at) const {
    return second(first(s, at), at);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE T derivative(T s, const position& at) const {
    return second.derivative(first(s, at), at) * first.derivative(s, at);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE void add_parameter_gradient(T s, const position& at, T upstream, double* gradient) const {
    const T between = first(s, at);
    if constexpr (requires { first.add_parameter_gradient(s, at, upstream, gradient); }) {
      first.add_parameter_gradient(s, at, upstream * second.derivative(between, at), gradient);
    }
    if constexpr (requires { second.add_parameter_gradient(s, at, upstream, gradient); }) {
      second.add_parameter_gradient(between, at, upstream, gradient + count(first));
    }
  }

 private:
  template <class F>
  CREDENCE_HD CREDENCE_INLINE static std::int64_t count(const F& f) {
    if constexpr (requires { f.parameters(); }) return f.parameters();
    return 0;
  }
};
template <class First, class Second>
composed(First, Second) -> composed<First, Second>;

}  // namespace credence::attention
