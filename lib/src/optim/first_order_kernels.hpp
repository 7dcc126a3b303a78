// SPDX-License-Identifier: BSD-3-Clause
// The loops of first-order steps over a stretch of weights, once for each instruction set.
#pragma once

#include "credence/base/simd.hpp"

#include <cstdint>

namespace credence::detail {

/// The stretch a loop works on, and the numbers of the step, whose meaning the loop knows.
template <class T>
struct first_order_stretch {
  T* weights;
  const T* gradient;
  T* first;
  T* second;
  T* third;
  std::int64_t count;
  T rate, decay, a, b, c, d;
  T keep = T(1);
};

#define CREDENCE_FIRST_ORDER_LOOPS(apply)                                                                   \
  apply(plain) apply(momentum) apply(nesterov) apply(average) apply(adagrad) apply(rmsprop) apply(adadelta) \
      apply(adam) apply(amsgrad) apply(nadam) apply(adamax) apply(lion)

#define CREDENCE_FIRST_ORDER_DECLARE(name)                                              \
  CREDENCE_SIMD_DECLARE(void, first_order_##name, const first_order_stretch<double>& s) \
  CREDENCE_SIMD_DECLARE(void, first_order_##name##_f32, const first_order_stretch<float>& s)
CREDENCE_FIRST_ORDER_LOOPS(CREDENCE_FIRST_ORDER_DECLARE)
#undef CREDENCE_FIRST_ORDER_DECLARE

}  // namespace credence::detail
