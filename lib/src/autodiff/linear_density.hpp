// SPDX-License-Identifier: BSD-3-Clause
// The log density of observations whose first parameter is a linear predictor, alpha + X beta, fused with its two
// matrix products: predictor, density, partials and the coefficients' adjoints are made for a block of rows while it is
// in the first-level cache.
//
// Operands: those of the density, with the first parameter a placeholder; then beta and alpha (size 0: none).
#pragma once

#include "matrix_rows.hpp"
#include "row_drivers.hpp"

#include <cstdint>

namespace credence::detail::CREDENCE_ISA {

inline constexpr std::int64_t block_capacity = 512;

template <class T>
struct linear_density_buffers {
  alignas(64) T spread[max_inputs][block_capacity];
  alignas(64) T partial[max_inputs][8 * row_capacity];
  alignas(64) T adjoint[max_inputs][block_capacity];
  alignas(64) T predictor[block_capacity], residual[block_capacity], log_pdf[block_capacity];
  alignas(64) T unit[block_capacity], unused[block_capacity];
  alignas(64) T sums[8 * row_capacity], intercept_sums[8 * row_capacity];
};

template <class T>
void linear_density(const instruction& i, frame<T>& f, const density_functions<T>& family, const T* weight, T* value,
                    T* pointwise, bool gradient) {
  const data_matrix<T> x(i, f);
  const std::int64_t n = x.rows, width = f.width;
  const std::int64_t step = width == 1 ? 128 : block_capacity / width;
  const operand &beta = i.in[i.inputs], &alpha = i.in[i.inputs + 1];
  const int location = 1 + family.variate_terms, slots = 1 + family.parameters;
  linear_density_buffers<T> b;
  row_operand<T> operands[max_inputs], intercept;
  row_adjoint<T> adjoints[max_inputs];
  const T* in[max_inputs] = {};
  T* d[max_inputs] = {};
  for (int k = 0; k < i.inputs; ++k) {
    if (k != location) operands[k].set(i.in[k], f, n, b.spread[k], block_capacity);
  }
  if (alpha.size > 0) intercept.set(alpha, f, n, b.spread[location], block_capacity);
  for (std::int64_t k = 0; k < 8 * width; ++k) b.sums[k] = b.intercept_sums[k] = T(0);
  const bool alpha_scalar = alpha.size == 1 && n > 1;
  T* const d_alpha = gradient && alpha.size > 0 && alpha.lane ? f.locate_adjoint(alpha) : nullptr;
  T* const coefficient_sums = f.scratch;
  if (gradient) {
    for (int k = 0; k < slots; ++k) {
      if (k == 1) continue;  // the predictor: its adjoint is the residual
      adjoints[k].set(i.in[k == 0 ? 0 : location + k - 1], f, n, b.partial[k], b.adjoint[k], block_capacity);
    }
    for (std::int64_t k = 0; k < step * width; ++k) {
      b.unit[k] = weight == nullptr ? T(1) : weight[k % width];
      b.unused[k] = T(0);
    }
    for (std::int64_t k = 0; k < x.pitch * width; ++k) coefficient_sums[k] = T(0);
  }
  const T* coefficients = f.locate(beta);
  for (std::int64_t e = 0; e < n; e += step) {
    const std::int64_t elements = smaller(step, n - e), count = elements * width;
    predict_rows(x, e, elements, width, coefficients, b.predictor);
    if (alpha.size > 0) {
      const T* row = intercept.row(e, elements, width);
      for (std::int64_t k = 0; k < count; ++k) b.predictor[k] = b.predictor[k] + row[k];
    }
    for (int k = 0; k < i.inputs; ++k) in[k] = k == location ? b.predictor : operands[k].row(e, elements, width);
    if (!gradient) {
      family.log_pdf(count, in, b.log_pdf);
    } else {
      for (std::int64_t k = 0; k < count; ++k) b.residual[k] = T(0);
      for (int k = 0; k < slots; ++k) {
        d[k] = k == 1 ? b.residual : adjoints[k].row(e, count, width);
        if (d[k] == nullptr) d[k] = b.unused;
      }
      family.partials(count, in, b.unit, b.log_pdf, d);
      for (int k = 0; k < slots; ++k) {
        if (k != 1) adjoints[k].after_row(e, count, width);
      }
      adjoint_columns(x, e, elements, width, b.residual, coefficient_sums);
      if (d_alpha != nullptr && alpha_scalar) add_row(b.intercept_sums, b.residual, e, count, width);
      if (d_alpha != nullptr && !alpha_scalar) {
        for (std::int64_t k = 0; k < count; ++k) d_alpha[e * width + k] += b.residual[k];
      }
    }
    add_row(b.sums, b.log_pdf, e, count, width);
    if (pointwise != nullptr) {
      for (std::int64_t k = 0; k < count; ++k) pointwise[e * width + k] = b.log_pdf[k];
    }
  }
  for (std::int64_t l = 0; l < width; ++l) {
    const T total = tree_of_eight(b.sums, width, l);
    value[l] += weight == nullptr ? total : weight[l] * total;
  }
  if (!gradient) return;
  for (int k = 0; k < slots; ++k) {
    if (k != 1) adjoints[k].finish(width);
  }
  T* d_beta = f.locate_adjoint(beta);
  for (std::int64_t k = 0; k < x.columns * width; ++k) d_beta[k] += coefficient_sums[k];
  if (d_alpha != nullptr && alpha_scalar) {
    for (std::int64_t l = 0; l < width; ++l) d_alpha[l] += tree_of_eight(b.intercept_sums, width, l);
  }
}

}  // namespace credence::detail::CREDENCE_ISA
