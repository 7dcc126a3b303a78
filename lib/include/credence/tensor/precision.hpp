// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/tensor/dtype.hpp"

namespace credence {

/// In how many bits a computation stores, computes and adds up.
struct precision {
  dtype storage = dtype::f64;     ///< of operands and results in memory
  dtype compute = dtype::f64;     ///< operands are rounded to this before they are multiplied
  dtype accumulate = dtype::f64;  ///< of sums: f32 or f64

  friend bool operator==(const precision&, const precision&) = default;

  /// What is usual for a storage type: 16-bit types compute on their own values and add up in f32.
  template <class T>
  static constexpr precision of() {
    constexpr dtype type = dtype_of<T>;
    return {type, type, type == dtype::f64 ? dtype::f64 : dtype::f32};
  }
};

}  // namespace credence
