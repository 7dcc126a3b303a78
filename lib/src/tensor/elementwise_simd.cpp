// SPDX-License-Identifier: BSD-3-Clause
// out = op(inputs) along rows. Each element is read and written once. Unit strides are known to the compiler; an
// operand repeated along a row (stride 0) is a constant of the row.
#include "tensor/elementwise_simd.hpp"

#include "credence/tensor/row_tasks.hpp"
#include "tensor/elementwise_ops.hpp"

namespace credence::detail::CREDENCE_ISA {

namespace {

template <class T>
struct unary_rows {
  const loop_nest<2>& nest;
  T* out;
  const T* x;
  std::int64_t begin, end;

  template <class Op>
  void run() const {
    for_row_tasks(nest, begin, end, [&](std::int64_t n, const std::int64_t* at, const std::int64_t* stride) {
      T* to = out + at[0];
      const T* from = x + at[1];
      if (stride[0] == 1 && stride[1] == 1) {
        for (std::int64_t i = 0; i < n; ++i) to[i] = Op::of(from[i]);
      } else {
        for (std::int64_t i = 0; i < n; ++i) to[i * stride[0]] = Op::of(from[i * stride[1]]);
      }
    });
  }
};

template <class T>
struct binary_rows {
  const loop_nest<3>& nest;
  T* out;
  const T* a;
  const T* b;
  std::int64_t begin, end;

  template <class Op>
  void run() const {
    for_row_tasks(nest, begin, end, [&](std::int64_t n, const std::int64_t* at, const std::int64_t* stride) {
      T* to = out + at[0];
      const T* x = a + at[1];
      const T* y = b + at[2];
      if (stride[0] == 1 && stride[1] == 1 && stride[2] == 1) {
        for (std::int64_t i = 0; i < n; ++i) to[i] = Op::of(x[i], y[i]);
      } else if (stride[0] == 1 && stride[1] == 1 && stride[2] == 0) {
        const T constant = *y;
        for (std::int64_t i = 0; i < n; ++i) to[i] = Op::of(x[i], constant);
      } else if (stride[0] == 1 && stride[1] == 0 && stride[2] == 1) {
        const T constant = *x;
        for (std::int64_t i = 0; i < n; ++i) to[i] = Op::of(constant, y[i]);
      } else {
        for (std::int64_t i = 0; i < n; ++i) to[i * stride[0]] = Op::of(x[i * stride[1]], y[i * stride[2]]);
      }
    });
  }
};

template <class T>
struct ternary_rows {
  const loop_nest<4>& nest;
  T* out;
  const T* a;
  const T* b;
  const T* c;
  std::int64_t begin, end;

  template <class Op>
  void run() const {
    for_row_tasks(nest, begin, end, [&](std::int64_t n, const std::int64_t* at, const std::int64_t* stride) {
      T* to = out + at[0];
      const T* x = a + at[1];
      const T* y = b + at[2];
      const T* z = c + at[3];
      if (stride[0] == 1 && stride[1] == 1 && stride[2] == 1 && stride[3] == 1) {
        for (std::int64_t i = 0; i < n; ++i) to[i] = Op::of(x[i], y[i], z[i]);
      } else if (stride[0] == 1 && stride[1] == 1 && stride[2] == 0 && stride[3] == 0) {
        const T second = *y, third = *z;
        for (std::int64_t i = 0; i < n; ++i) to[i] = Op::of(x[i], second, third);
      } else {
        for (std::int64_t i = 0; i < n; ++i) {
          to[i * stride[0]] = Op::of(x[i * stride[1]], y[i * stride[2]], z[i * stride[3]]);
        }
      }
    });
  }
};

}  // namespace

void unary_f64(const loop_nest<2>& nest, unary_op op, double* out, const double* x, std::int64_t begin,
               std::int64_t end) {
  element::with_op(op, unary_rows<double>{nest, out, x, begin, end});
}
void unary_f32(const loop_nest<2>& nest, unary_op op, float* out, const float* x, std::int64_t begin,
               std::int64_t end) {
  element::with_op(op, unary_rows<float>{nest, out, x, begin, end});
}
void binary_f64(const loop_nest<3>& nest, binary_op op, double* out, const double* a, const double* b,
                std::int64_t begin, std::int64_t end) {
  element::with_op(op, binary_rows<double>{nest, out, a, b, begin, end});
}
void binary_f32(const loop_nest<3>& nest, binary_op op, float* out, const float* a, const float* b, std::int64_t begin,
                std::int64_t end) {
  element::with_op(op, binary_rows<float>{nest, out, a, b, begin, end});
}
void ternary_f64(const loop_nest<4>& nest, ternary_op op, double* out, const double* a, const double* b,
                 const double* c, std::int64_t begin, std::int64_t end) {
  element::with_op(op, ternary_rows<double>{nest, out, a, b, c, begin, end});
}
void ternary_f32(const loop_nest<4>& nest, ternary_op op, float* out, const float* a, const float* b, const float* c,
                 std::int64_t begin, std::int64_t end) {
  element::with_op(op, ternary_rows<float>{nest, out, a, b, c, begin, end});
}

}  // namespace credence::detail::CREDENCE_ISA
