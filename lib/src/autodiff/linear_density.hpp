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

/// The product of factors between 1 and 2, eight interleaved ones a lane: their logarithm is taken off the partial sums
/// every 512 rows of eight, before they can overflow.
template <class T>
struct factor_product {
  static constexpr std::int64_t longest = 8 * 512;  ///< elements between two logarithms
  T* product;
  T* sums;
  std::int64_t width, begun = 0;

  template <class Pool>
  factor_product(std::int64_t lanes, T* partial_sums, Pool& pool)
      : product(pool.take(8 * lanes)), sums(partial_sums), width(lanes) {
    fill_row(product, T(1), 8 * width);
  }
  /// Rows begin at multiples of eight elements.
  CREDENCE_INLINE void multiply(const T* CREDENCE_RESTRICT row, std::int64_t e, std::int64_t count) {
    const std::int64_t period = 8 * width;
    T* CREDENCE_RESTRICT to = product;
    std::int64_t at = (e & 7) * width;
    for (std::int64_t k = 0; k < count;) {
      const std::int64_t run = smaller(count - k, period - at);
      for (std::int64_t j = 0; j < run; ++j) to[at + j] = to[at + j] * row[k + j];
      k += run;
      at = 0;
    }
    begun += count / width;
  }
  /// After the row's densities are in the partial sums. Full rows of every tile width divide `longest`, so that the
  /// logarithms are taken at the same elements whatever the width.
  CREDENCE_INLINE void after_row() {
    if (begun == longest) take_logarithm();
  }
  CREDENCE_INLINE void take_logarithm() {
    for (std::int64_t k = 0; k < 8 * width; ++k) {
      sums[k] = sums[k] - math::log(product[k]);
      product[k] = T(1);
    }
    begun = 0;
  }
};

inline constexpr std::int64_t block_capacity = 512;

/// Everything a block needs, on the stack: at most 12 operands and 6 adjoints of which few are broadcast.
inline constexpr std::int64_t block_pool = (max_inputs + 6 + 6) * block_capacity + 10 * 8 * row_capacity;

template <class T>
void linear_density(const instruction& i, frame<T>& f, const density_functions<T>& family, const T* weight, T* value,
                    T* pointwise, bool gradient) {
  const matrix_products<T> x(i, f);
  const std::int64_t n = x.rows(), width = f.width;
  const std::int64_t step = width == 1 ? 128 : block_capacity / width;
  const std::int64_t largest_row = smaller(step, n) * width;
  const operand& beta = i.in[i.inputs];
  const operand& alpha = i.in[i.inputs + 1];
  const int location = 1 + family.variate_terms, slots = 1 + family.parameters;
  row_pool<T, block_pool> pool;
  row_operand<T> operands[max_inputs], intercept{};
  row_adjoint<T> adjoints[max_inputs];
  const T* in[max_inputs];
  T* d[max_inputs];
  T *const predictor = pool.take(largest_row), *const residual = pool.take(largest_row),
           *const log_pdf = pool.take(largest_row), *const unused = pool.take(largest_row);
  T *const sums = pool.take(8 * width), *const intercept_sums = pool.take(8 * width);
  fill_row(sums, T(0), 8 * width);
  fill_row(intercept_sums, T(0), 8 * width);
  fill_row(unused, T(0), largest_row);
  for (int k = 0; k < i.inputs; ++k) {
    if (k != location) operands[k].set(i.in[k], f, n, pool, block_capacity);
  }
  if (alpha.size > 0) intercept.set(alpha, f, n, pool, block_capacity);
  const bool alpha_scalar = alpha.size == 1 && n > 1;
  T* const d_alpha = gradient && alpha.size > 0 && alpha.lane ? f.locate_adjoint(alpha) : nullptr;
  T* const g = pool.take(largest_row);
  T* const factor = pool.take(largest_row);
  factor_product<T> factors(width, sums, pool);
  const auto which = static_cast<int>(i.wanted);
  const bool factored = family.factored[0] != nullptr && pointwise == nullptr;
  if (gradient || factored) {
    for (std::int64_t k = 0; k < largest_row; ++k) g[k] = weight == nullptr ? T(1) : weight[k % width];
  }
  if (gradient) {
    for (int k = 0; k < slots; ++k) {
      if (k == 1) continue;  // the predictor: its adjoint is the residual
      adjoints[k].set(i.in[k == 0 ? 0 : location + k - 1], f, n, pool, block_capacity);
    }
    x.begin_adjoints();
  }
  for (std::int64_t e = 0; e < n; e += step) {
    const std::int64_t elements = smaller(step, n - e), count = elements * width;
    x.predict(e, elements, predictor);
    if (alpha.size > 0) {
      const T* row = intercept.row(e, elements, width);
      for (std::int64_t k = 0; k < count; ++k) predictor[k] = predictor[k] + row[k];
    }
    for (int k = 0; k < i.inputs; ++k) in[k] = k == location ? predictor : operands[k].row(e, elements, width);
    if (!gradient && !factored) {
      family.log_pdf(count, in, log_pdf);
    } else if (!gradient) {
      // The same form as with the gradient, so that the value has the same bits.
      for (int k = 0; k < slots; ++k) d[k] = unused;
      family.factored[which](count, in, g, log_pdf, factor, d);
    } else {
      fill_row(residual, T(0), count);
      for (int k = 0; k < slots; ++k) d[k] = k == 1 ? residual : adjoints[k].row(e, count, width, unused);
      if (factored) {
        family.factored[which](count, in, g, log_pdf, factor, d);
      } else {
        family.partials[which](count, in, g, log_pdf, d);
      }
      for (int k = 0; k < slots; ++k) {
        if (k != 1) adjoints[k].after_row(e, count, width);
      }
      x.add_rows(e, elements, residual);
      if (d_alpha != nullptr && alpha_scalar) add_row(intercept_sums, residual, e, count, width);
      if (d_alpha != nullptr && !alpha_scalar) {
        for (std::int64_t k = 0; k < count; ++k) d_alpha[e * width + k] += residual[k];
      }
    }
    if (factored) factors.multiply(factor, e, count);
    add_row(sums, log_pdf, e, count, width);
    if (factored) factors.after_row();
    copy_pointwise(pointwise, log_pdf, e, count, width);
  }
  if (factored) factors.take_logarithm();
  for (std::int64_t l = 0; l < width; ++l) {
    const T total = tree_of_eight(sums, width, l);
    value[l] += weight == nullptr ? total : weight[l] * total;
  }
  if (!gradient) return;
  for (int k = 0; k < slots; ++k) {
    if (k != 1) adjoints[k].finish(width);
  }
  x.finish(f.locate_adjoint(beta));
  if (d_alpha != nullptr && alpha_scalar) {
    for (std::int64_t l = 0; l < width; ++l) d_alpha[l] += tree_of_eight(intercept_sums, width, l);
  }
}

}  // namespace credence::detail::CREDENCE_ISA
