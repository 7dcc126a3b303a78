// SPDX-License-Identifier: BSD-3-Clause
// Traffic is what these loops cost: each reads and writes weights and memory once.
#include "optim/first_order_kernels.hpp"

#include "credence/base/config.hpp"

#include <cmath>

namespace credence::detail::CREDENCE_ISA {

namespace {

/// Calls f(i, w, g, m, v, u) with references into a stretch; arrays that a method has not are not touched.
template <class T, class F>
CREDENCE_INLINE void over(const first_order_stretch<T>& s, const F& f) {
  T* CREDENCE_RESTRICT const w = s.weights;
  const T* CREDENCE_RESTRICT const g = s.gradient;
  T* CREDENCE_RESTRICT const m = s.first;
  T* CREDENCE_RESTRICT const v = s.second;
  T* CREDENCE_RESTRICT const u = s.third;
  for (std::int64_t i = 0; i < s.count; ++i) f(i, w, g, m, v, u);
}

template <class T>
CREDENCE_INLINE T larger(T a, T b) {
  return a > b ? a : b;
}

struct plain_loop {
  template <class T>
  CREDENCE_INLINE static void run(const first_order_stretch<T>& s) {
    const T rate = s.rate, decay = s.decay;
    over(s, [=](std::int64_t i, T* w, const T* g, T*, T*, T*) { w[i] -= rate * (g[i] + decay * w[i]); });
  }
};
// a: momentum, b: share of the gradient.
struct momentum_loop {
  template <class T>
  CREDENCE_INLINE static void run(const first_order_stretch<T>& s) {
    const T rate = s.rate, decay = s.decay, a = s.a, b = s.b;
    over(s, [=](std::int64_t i, T* w, const T* g, T* m, T*, T*) {
      m[i] = a * m[i] + b * (g[i] + decay * w[i]);
      w[i] -= rate * m[i];
    });
  }
};
struct nesterov_loop {
  template <class T>
  CREDENCE_INLINE static void run(const first_order_stretch<T>& s) {
    const T rate = s.rate, decay = s.decay, a = s.a, b = s.b;
    over(s, [=](std::int64_t i, T* w, const T* g, T* m, T*, T*) {
      const T slope = g[i] + decay * w[i];
      m[i] = a * m[i] + b * slope;
      w[i] -= rate * (slope + a * m[i]);
    });
  }
};
// a: beta, b: 1 / (1 - beta^t).
struct average_loop {
  template <class T>
  CREDENCE_INLINE static void run(const first_order_stretch<T>& s) {
    const T rate = s.rate * s.b, a = s.a, rest = T(1) - s.a;
    over(s, [=](std::int64_t i, T* w, const T* g, T* m, T*, T*) {
      m[i] = a * m[i] + rest * g[i];
      w[i] -= rate * m[i];
    });
  }
};
// c: epsilon.
struct adagrad_loop {
  template <class T>
  CREDENCE_INLINE static void run(const first_order_stretch<T>& s) {
    const T rate = s.rate, decay = s.decay, c = s.c;
    over(s, [=](std::int64_t i, T* w, const T* g, T*, T* v, T*) {
      const T slope = g[i] + decay * w[i];
      v[i] += slope * slope;
      w[i] -= rate * slope / (std::sqrt(v[i]) + c);
    });
  }
};
// b: decay of the squares, c: epsilon.
struct rmsprop_loop {
  template <class T>
  CREDENCE_INLINE static void run(const first_order_stretch<T>& s) {
    const T rate = s.rate, decay = s.decay, b = s.b, rest = T(1) - s.b, c = s.c;
    over(s, [=](std::int64_t i, T* w, const T* g, T*, T* v, T*) {
      const T slope = g[i] + decay * w[i];
      v[i] = b * v[i] + rest * slope * slope;
      w[i] -= rate * slope / (std::sqrt(v[i]) + c);
    });
  }
};
struct adadelta_loop {
  template <class T>
  CREDENCE_INLINE static void run(const first_order_stretch<T>& s) {
    const T rate = s.rate, decay = s.decay, b = s.b, rest = T(1) - s.b, c = s.c;
    over(s, [=](std::int64_t i, T* w, const T* g, T* m, T* v, T*) {
      const T slope = g[i] + decay * w[i];
      v[i] = b * v[i] + rest * slope * slope;
      const T change = std::sqrt(m[i] + c) / std::sqrt(v[i] + c) * slope;
      m[i] = b * m[i] + rest * change * change;
      w[i] -= rate * change;
    });
  }
};
// a, b: the betas; c: epsilon; d: 1 / sqrt(1 - beta2^t); rate is divided by 1 - beta1^t already; keep: what decoupled
// decay leaves of the weights.
struct adam_loop {
  template <class T>
  CREDENCE_INLINE static void run(const first_order_stretch<T>& s) {
    const T rate = s.rate, decay = s.decay, a = s.a, b = s.b, c = s.c, d = s.d, x = T(1) - a, y = T(1) - b,
            keep = s.keep;
    over(s, [=](std::int64_t i, T* w, const T* g, T* m, T* v, T*) {
      const T slope = g[i] + decay * w[i];
      m[i] = a * m[i] + x * slope;
      v[i] = b * v[i] + y * slope * slope;
      w[i] = keep * w[i] - rate * m[i] / (std::sqrt(v[i]) * d + c);
    });
  }
};
struct amsgrad_loop {
  template <class T>
  CREDENCE_INLINE static void run(const first_order_stretch<T>& s) {
    const T rate = s.rate, decay = s.decay, a = s.a, b = s.b, c = s.c, d = s.d, x = T(1) - a, y = T(1) - b,
            keep = s.keep;
    over(s, [=](std::int64_t i, T* w, const T* g, T* m, T* v, T* u) {
      const T slope = g[i] + decay * w[i];
      m[i] = a * m[i] + x * slope;
      v[i] = b * v[i] + y * slope * slope;
      u[i] = larger(u[i], v[i]);
      w[i] = keep * w[i] - rate * m[i] / (std::sqrt(u[i]) * d + c);
    });
  }
};
// rate: of the gradient, decay: of the momentum.
struct nadam_loop {
  template <class T>
  CREDENCE_INLINE static void run(const first_order_stretch<T>& s) {
    const T now = s.rate, next = s.decay, a = s.a, b = s.b, c = s.c, d = s.d, x = T(1) - a, y = T(1) - b;
    over(s, [=](std::int64_t i, T* w, const T* g, T* m, T* v, T*) {
      m[i] = a * m[i] + x * g[i];
      v[i] = b * v[i] + y * g[i] * g[i];
      w[i] -= (now * g[i] + next * m[i]) / (std::sqrt(v[i]) * d + c);
    });
  }
};
struct adamax_loop {
  template <class T>
  CREDENCE_INLINE static void run(const first_order_stretch<T>& s) {
    const T rate = s.rate, a = s.a, b = s.b, c = s.c, x = T(1) - a;
    over(s, [=](std::int64_t i, T* w, const T* g, T* m, T* v, T*) {
      m[i] = a * m[i] + x * g[i];
      v[i] = larger(b * v[i], std::abs(g[i]) + c);
      w[i] -= rate * m[i] / v[i];
    });
  }
};
struct lion_loop {
  template <class T>
  CREDENCE_INLINE static void run(const first_order_stretch<T>& s) {
    const T rate = s.rate, a = s.a, b = s.b, x = T(1) - a, y = T(1) - b, keep = s.keep;
    over(s, [=](std::int64_t i, T* w, const T* g, T* m, T*, T*) {
      const T way = a * m[i] + x * g[i];
      w[i] = keep * w[i] - rate * (way > T(0) ? T(1) : way < T(0) ? T(-1) : way);
      m[i] = b * m[i] + y * g[i];
    });
  }
};

}  // namespace

#define CREDENCE_FIRST_ORDER_DEFINE(name)                                                \
  void first_order_##name(const first_order_stretch<double>& s) { name##_loop::run(s); } \
  void first_order_##name##_f32(const first_order_stretch<float>& s) { name##_loop::run(s); }
CREDENCE_FIRST_ORDER_LOOPS(CREDENCE_FIRST_ORDER_DEFINE)
#undef CREDENCE_FIRST_ORDER_DEFINE

}  // namespace credence::detail::CREDENCE_ISA
