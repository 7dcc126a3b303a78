// SPDX-License-Identifier: BSD-3-Clause
// Per row of X: columns multiply-adds for the predictor and as many for the gradient, X read once from memory and
// again from the cache. Four rows at a time share the loads of the coefficients and of the sums.
#include "credence/distributions/kernels/bernoulli_logit.hpp"
#include "credence/distributions/kernels/normal.hpp"
#include "credence/distributions/kernels/poisson_log.hpp"
#include "distributions/glm_blocks.hpp"

namespace credence::detail::CREDENCE_ISA {

namespace {

constexpr std::int64_t together = 4;

/// Four numbers in a vector register (a GCC and Clang extension): left to the vectoriser, the loop below took four
/// times as long.
using four = double __attribute__((vector_size(32), aligned(8), may_alias));

/// By reference: a vector returned or passed by value would depend on the instruction set.
CREDENCE_INLINE double sum_of_eight(const four& a, const four& b) {
  const four s = a + b;
  return (s[0] + s[1]) + (s[2] + s[3]);
}
CREDENCE_INLINE const four& load(const double* from) { return *reinterpret_cast<const four*>(from); }

/// out[q] = x[q] . b for `together` rows: eight partial sums over whole eighths of the columns, the rest added to their
/// total.
void dot_rows(const double* x, std::int64_t stride, const double* b, std::int64_t n, double* out) {
  const double *x0 = x, *x1 = x + stride, *x2 = x + 2 * stride, *x3 = x + 3 * stride;
  four s0 = {}, s1 = {}, s2 = {}, s3 = {}, t0 = {}, t1 = {}, t2 = {}, t3 = {};
  std::int64_t j = 0;
  for (; j + 8 <= n; j += 8) {
    const four c = load(b + j), d = load(b + j + 4);
    s0 += load(x0 + j) * c;
    s1 += load(x1 + j) * c;
    s2 += load(x2 + j) * c;
    s3 += load(x3 + j) * c;
    t0 += load(x0 + j + 4) * d;
    t1 += load(x1 + j + 4) * d;
    t2 += load(x2 + j + 4) * d;
    t3 += load(x3 + j + 4) * d;
  }
  out[0] = sum_of_eight(s0, t0);
  out[1] = sum_of_eight(s1, t1);
  out[2] = sum_of_eight(s2, t2);
  out[3] = sum_of_eight(s3, t3);
  for (; j < n; ++j) {
    out[0] += x0[j] * b[j];
    out[1] += x1[j] * b[j];
    out[2] += x2[j] * b[j];
    out[3] += x3[j] * b[j];
  }
}

/// g += x' r for twice `together` rows.
void add_rows(const double* x, std::int64_t stride, const double* r, std::int64_t n, double* g) {
  const double *x0 = x, *x1 = x + stride, *x2 = x + 2 * stride, *x3 = x + 3 * stride;
  const double *x4 = x + 4 * stride, *x5 = x + 5 * stride, *x6 = x + 6 * stride, *x7 = x + 7 * stride;
  const double r0 = r[0], r1 = r[1], r2 = r[2], r3 = r[3], r4 = r[4], r5 = r[5], r6 = r[6], r7 = r[7];
  std::int64_t j = 0;
  for (; j + 4 <= n; j += 4) {
    const four low = (load(x0 + j) * r0 + load(x1 + j) * r1) + (load(x2 + j) * r2 + load(x3 + j) * r3);
    const four high = (load(x4 + j) * r4 + load(x5 + j) * r5) + (load(x6 + j) * r6 + load(x7 + j) * r7);
    *reinterpret_cast<four*>(g + j) += low + high;
  }
  for (; j < n; ++j) {
    const double low = (x0[j] * r0 + x1[j] * r1) + (x2[j] * r2 + x3[j] * r3);
    const double high = (x4[j] * r4 + x5[j] * r5) + (x6[j] * r6 + x7[j] * r7);
    g[j] += low + high;
  }
}

double total(const double* v, std::int64_t n) {
  four s = {}, t = {};
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    s += load(v + i);
    t += load(v + i + 4);
  }
  double sum = sum_of_eight(s, t);
  for (; i < n; ++i) sum += v[i];
  return sum;
}

/// log of the product of numbers between 1 and 2, at most 512 of them.
double log_product(const double* v, std::int64_t n) {
  four s = {1.0, 1.0, 1.0, 1.0}, t = s;
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    s *= load(v + i);
    t *= load(v + i + 4);
  }
  s *= t;
  double product = (s[0] * s[1]) * (s[2] * s[3]);
  for (; i < n; ++i) product *= v[i];
  return math::log(product);
}

struct row_values {
  double eta[glm_block_rows], value[glm_block_rows], slope[glm_block_rows], other[glm_block_rows];
};

double bernoulli_rows(const glm_block& work, row_values& at) {
#pragma GCC ivdep
  for (std::int64_t i = 0; i < work.rows; ++i) {
    double dx, dp, factor;
    at.value[i] = bernoulli_logit_kernel::factored_partials(work.y[i], static_cast<const double*>(nullptr), &at.eta[i],
                                                            static_cast<const double*>(nullptr), dx, &dp, factor);
    at.slope[i] = dp;
    at.other[i] = factor;
  }
  return total(at.value, work.rows) - log_product(at.other, work.rows);
}

double poisson_rows(const glm_block& work, row_values& at) {
#pragma GCC ivdep
  for (std::int64_t i = 0; i < work.rows; ++i) {
    double dx, dp, variate[1], terms[1];
    const double p[1] = {at.eta[i]};
    poisson_log_kernel::prepare_parameters(p, terms);
    poisson_log_kernel::prepare_variate(work.y[i], variate);
    at.value[i] = poisson_log_kernel::partials(work.y[i], variate, p, terms, dx, &dp);
    at.slope[i] = dp;
  }
  return total(at.value, work.rows);
}

double normal_rows(const glm_block& work, row_values& at) {
  const double scale[2] = {0.0, work.sd};
  double terms[2];
  normal_kernel::prepare_parameters(scale, terms);
#pragma GCC ivdep
  for (std::int64_t i = 0; i < work.rows; ++i) {
    double dx, dp[2];
    const double p[2] = {at.eta[i], work.sd};
    at.value[i] = normal_kernel::partials(work.y[i], static_cast<const double*>(nullptr), p, terms, dx, dp);
    at.slope[i] = dp[0];
    at.other[i] = dp[1];
  }
  if (work.gradient) work.sums[2] += total(at.other, work.rows);
  return total(at.value, work.rows);
}

}  // namespace

void run_glm_block(const glm_block& work) {
  row_values at;
  const std::int64_t whole = work.rows - work.rows % together;
  for (std::int64_t i = 0; i < whole; i += together) {
    dot_rows(work.x + i * work.row_stride, work.row_stride, work.coefficients, work.columns, at.eta + i);
  }
  for (std::int64_t i = whole; i < work.rows; ++i) {  // the same sums for a row alone
    double same[together];
    dot_rows(work.x + i * work.row_stride, 0, work.coefficients, work.columns, same);
    at.eta[i] = same[0];
  }
  for (std::int64_t i = 0; i < work.rows; ++i) at.eta[i] += work.intercept;
  double value = 0.0;
  switch (work.density) {
    case glm_density::bernoulli_logit:
      value = bernoulli_rows(work, at);
      break;
    case glm_density::poisson_log:
      value = poisson_rows(work, at);
      break;
    case glm_density::normal_id:
      value = normal_rows(work, at);
      break;
  }
  work.sums[0] += value;
  if (!work.gradient) return;
  work.sums[1] += total(at.slope, work.rows);
  double* g = work.sums + 3;
  const std::int64_t by_eights = work.rows - work.rows % (2 * together);
  for (std::int64_t i = 0; i < by_eights; i += 2 * together) {
    add_rows(work.x + i * work.row_stride, work.row_stride, at.slope + i, work.columns, g);
  }
  for (std::int64_t i = by_eights; i < work.rows; ++i) {
    const double* x = work.x + i * work.row_stride;
    for (std::int64_t j = 0; j < work.columns; ++j) g[j] = math::fma(at.slope[i], x[j], g[j]);
  }
}

}  // namespace credence::detail::CREDENCE_ISA
