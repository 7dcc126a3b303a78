// SPDX-License-Identifier: BSD-3-Clause
// Multiply-adds an element of X a pass: 1 for the predictor, 1 for the scores, p / 2 for the Gram matrix, 2 p for the
// triangle. All of it runs on a block in the first cache.
#include "credence/base/portable_math.hpp"
#include "estimate/glm_rows.hpp"

#include <cmath>

namespace credence::detail::CREDENCE_ISA {

namespace {

/// Four numbers in a vector register (a GCC and Clang extension).
using four = double __attribute__((vector_size(32), aligned(8), may_alias));

CREDENCE_INLINE const four& load(const double* from) { return *reinterpret_cast<const four*>(from); }
CREDENCE_INLINE double total(const four& a) { return (a[0] + a[1]) + (a[2] + a[3]); }

/// out[a][b] += x[a] . y[b] for A by B columns.
template <int A, int B>
void dots(const double* x, const double* y, std::int64_t stride, std::int64_t rows, double (&out)[A][B]) {
  four sums[A][B] = {};
  std::int64_t i = 0;
  for (; i + 4 <= rows; i += 4) {
    for (int a = 0; a < A; ++a) {
      for (int b = 0; b < B; ++b) sums[a][b] += load(x + a * stride + i) * load(y + b * stride + i);
    }
  }
  for (int a = 0; a < A; ++a) {
    for (int b = 0; b < B; ++b) {
      out[a][b] = total(sums[a][b]);
      for (std::int64_t k = i; k < rows; ++k) out[a][b] += x[a * stride + k] * y[b * stride + k];
    }
  }
}

/// Applies the reflector v to B columns: c -= tau (head + v . c) v, head likewise.
template <int B>
void reflect(const double* v, double tau, double* head, std::int64_t head_stride, double* c, std::int64_t stride,
             std::int64_t rows) {
  double found[1][B];
  dots<1, B>(v, c, stride, rows, found);
  double by[B];
  for (int b = 0; b < B; ++b) {
    by[b] = tau * (head[b * head_stride] + found[0][b]);
    head[b * head_stride] -= by[b];
  }
  std::int64_t i = 0;
  for (; i + 4 <= rows; i += 4) {
    const four& from = load(v + i);
    for (int b = 0; b < B; ++b) *reinterpret_cast<four*>(c + b * stride + i) -= by[b] * from;
  }
  for (; i < rows; ++i) {
    for (int b = 0; b < B; ++b) c[b * stride + i] -= by[b] * v[i];
  }
}

}  // namespace

void glm_predictor(const double* x, std::int64_t stride, std::int64_t rows, std::int64_t columns, const double* b,
                   double* eta) {
  std::int64_t j = 0;
  for (; j + 4 <= columns; j += 4) {
    const double *x0 = x + j * stride, *x1 = x0 + stride, *x2 = x1 + stride, *x3 = x2 + stride;
    const double b0 = b[j], b1 = b[j + 1], b2 = b[j + 2], b3 = b[j + 3];
    for (std::int64_t i = 0; i < rows; ++i) eta[i] += (x0[i] * b0 + x1[i] * b1) + (x2[i] * b2 + x3[i] * b3);
  }
  for (; j < columns; ++j) {
    for (std::int64_t i = 0; i < rows; ++i) eta[i] += x[j * stride + i] * b[j];
  }
}

void glm_cross(const double* x, std::int64_t stride, std::int64_t rows, std::int64_t columns, const double* s,
               double* g) {
  std::int64_t j = 0;
  for (; j + 4 <= columns; j += 4) {
    double found[1][4];
    dots<1, 4>(s, x + j * stride, stride, rows, found);
    for (int b = 0; b < 4; ++b) g[j + b] += found[0][b];
  }
  for (; j < columns; ++j) {
    double found[1][1];
    dots<1, 1>(s, x + j * stride, stride, rows, found);
    g[j] += found[0][0];
  }
}

void glm_gram(const double* x, std::int64_t stride, std::int64_t rows, std::int64_t columns, double* gram) {
  for (std::int64_t j = 0; j < columns; j += 4) {
    for (std::int64_t k = 0; k < j + 4 && k < columns; k += 2) {
      if (j + 4 <= columns && k + 2 <= columns) {
        double found[4][2];
        dots<4, 2>(x + j * stride, x + k * stride, stride, rows, found);
        for (int a = 0; a < 4; ++a) {
          for (int b = 0; b < 2; ++b) gram[(j + a) * columns + k + b] += found[a][b];
        }
        continue;
      }
      for (std::int64_t a = j; a < j + 4 && a < columns; ++a) {
        for (std::int64_t b = k; b < k + 2 && b < columns; ++b) {
          double found[1][1];
          dots<1, 1>(x + a * stride, x + b * stride, stride, rows, found);
          gram[a * columns + b] += found[0][0];
        }
      }
    }
  }
}

void glm_triangle(double* x, std::int64_t stride, std::int64_t rows, std::int64_t columns, double* r) {
  for (std::int64_t j = 0; j < columns; ++j) {
    double* v = x + j * stride;
    double square[1][1];
    dots<1, 1>(v, v, stride, rows, square);
    if (!(square[0][0] > 0.0)) continue;
    const double alpha = r[j * columns + j];
    const double beta =
        alpha > 0.0 ? -std::sqrt(alpha * alpha + square[0][0]) : std::sqrt(alpha * alpha + square[0][0]);
    const double scale = 1.0 / (alpha - beta), tau = (beta - alpha) / beta;
    for (std::int64_t i = 0; i < rows; ++i) v[i] *= scale;
    r[j * columns + j] = beta;
    std::int64_t k = j + 1;
    for (; k + 4 <= columns; k += 4) reflect<4>(v, tau, r + j * columns + k, 1, x + k * stride, stride, rows);
    for (; k < columns; ++k) reflect<1>(v, tau, r + j * columns + k, 1, x + k * stride, stride, rows);
  }
}

void glm_scale(double* x, std::int64_t stride, std::int64_t rows, std::int64_t columns, const double* w) {
  for (std::int64_t j = 0; j < columns; ++j) {
    double* column = x + j * stride;
    for (std::int64_t i = 0; i < rows; ++i) column[i] *= w[i];
  }
}

double glm_bernoulli(const double* eta, const double* y, const double* w, std::int64_t rows, double* score,
                     double* weight) {
  double deviance[glm_rows_most];
#pragma GCC ivdep
  for (std::int64_t i = 0; i < rows; ++i) {
    // With t = eta towards the response, -log P(y) = log(1 + exp(-t)) and everything follows from exp(-|t|).
    const double t = y[i] > 0.5 ? eta[i] : -eta[i];
    const double e = math::exp(-math::abs(t)), one = 1.0 / (1.0 + e);
    const double wrong = math::select(t > 0.0, e * one, one);  // probability of the other response
    score[i] = w[i] * math::select(y[i] > 0.5, wrong, -wrong);
    weight[i] = w[i] * (e * one * one);
    deviance[i] = 2.0 * w[i] * (math::log1p(e) + math::select(t > 0.0, 0.0, -t));
  }
  four sum = {};
  std::int64_t i = 0;
  for (; i + 4 <= rows; i += 4) sum += load(deviance + i);
  double out = total(sum);
  for (; i < rows; ++i) out += deviance[i];
  return out;
}

}  // namespace credence::detail::CREDENCE_ISA
