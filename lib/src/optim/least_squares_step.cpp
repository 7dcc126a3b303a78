// SPDX-License-Identifier: BSD-3-Clause
#include "optim/least_squares_step.hpp"

#include <numeric>
#include <utility>

namespace credence::optim_detail {

householder_qr::householder_qr(values jacobian, std::size_t m, std::size_t n)
    : m_(m), n_(n), a_(m * n), tau_(n, 0.0), order_(n) {
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) a_[j * m + i] = jacobian[i * n + j];
  }
  std::vector<double> first(n);
  const auto rest = [&](std::size_t j, std::size_t k) { return length({a_.data() + j * m + k, m - k}); };
  for (std::size_t j = 0; j < n; ++j) first[j] = rest(j, 0);
  for (std::size_t k = 0; k < std::min(m, n); ++k) {
    std::size_t pivot = k;
    double most = -1.0;
    for (std::size_t j = k; j < n; ++j) {
      // Relative to its own length: parameters have units of their own.
      const double left = first[order_[j]] > 0.0 ? rest(j, k) / first[order_[j]] : 0.0;
      if (left > most) {
        most = left;
        pivot = j;
      }
    }
    if (pivot != k) {
      for (std::size_t i = 0; i < m; ++i) std::swap(a_[k * m + i], a_[pivot * m + i]);
      std::swap(order_[k], order_[pivot]);
    }
    if (most > 1e-15 * static_cast<double>(m)) ++rank_;
    double* v = a_.data() + k * m;
    const double norm = rest(k, k);
    if (!(norm > 0.0)) continue;
    const double alpha = v[k] > 0.0 ? -norm : norm;
    const double head = v[k] - alpha;
    for (std::size_t i = k + 1; i < m; ++i) v[i] /= head;
    tau_[k] = -head / alpha;
    v[k] = alpha;
    for (std::size_t j = k + 1; j < n; ++j) {
      double* c = a_.data() + j * m;
      double sum = c[k];
      for (std::size_t i = k + 1; i < m; ++i) sum += v[i] * c[i];
      sum *= tau_[k];
      c[k] -= sum;
      for (std::size_t i = k + 1; i < m; ++i) c[i] -= sum * v[i];
    }
  }
}

std::vector<double> householder_qr::project(values v) const {
  std::vector<double> out(v.begin(), v.end());
  for (std::size_t k = 0; k < std::min(m_, n_); ++k) {
    const double* h = a_.data() + k * m_;
    double sum = out[k];
    for (std::size_t i = k + 1; i < m_; ++i) sum += h[i] * out[i];
    sum *= tau_[k];
    out[k] -= sum;
    for (std::size_t i = k + 1; i < m_; ++i) out[i] -= sum * h[i];
  }
  out.resize(n_, 0.0);
  return out;
}

std::vector<double> damped_problem::solve(values target, double lambda, double* slope) const {
  // Rotates the n rows sqrt(lambda) D into R, one Givens rotation an element.
  const std::size_t n = qr_->columns();
  std::vector<double> s(n * n, 0.0), rhs(n), extra(n), p(n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i; j < n; ++j) s[i * n + j] = i < qr_->rows() ? qr_->r(i, j) : 0.0;
    rhs[i] = -target[i];
  }
  const double root = std::sqrt(lambda);
  for (std::size_t row = 0; lambda > 0.0 && row < n; ++row) {
    std::fill(extra.begin(), extra.end(), 0.0);
    extra[row] = root * scales_[qr_->column(row)];
    double extra_rhs = 0.0;
    for (std::size_t k = row; k < n; ++k) {
      if (extra[k] == 0.0) continue;
      const double norm = std::hypot(s[k * n + k], extra[k]), c = s[k * n + k] / norm, z = extra[k] / norm;
      for (std::size_t j = k; j < n; ++j) {
        const double a = s[k * n + j], b = extra[j];
        s[k * n + j] = c * a + z * b;
        extra[j] = c * b - z * a;
      }
      const double a = rhs[k];
      rhs[k] = c * a + z * extra_rhs;
      extra_rhs = c * extra_rhs - z * a;
    }
  }
  std::vector<double> pivoted(n, 0.0);
  for (std::size_t i = n; i-- > 0;) {
    double sum = rhs[i];
    for (std::size_t j = i + 1; j < n; ++j) sum -= s[i * n + j] * pivoted[j];
    const bool singular = lambda == 0.0 && i >= qr_->rank();
    pivoted[i] = singular || s[i * n + i] == 0.0 ? 0.0 : sum / s[i * n + i];
  }
  for (std::size_t j = 0; j < n; ++j) p[qr_->column(j)] = pivoted[j];
  if (slope != nullptr) {
    // |Dp| changes by -|S^-T D^2 p|^2 / |Dp|.
    const double norm = scaled_length(p);
    std::vector<double> w(n);
    double sum = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      const double d = scales_[qr_->column(i)];
      w[i] = d * d * pivoted[i];
      for (std::size_t j = 0; j < i; ++j) w[i] -= s[j * n + i] * w[j];
      w[i] = s[i * n + i] == 0.0 ? 0.0 : w[i] / s[i * n + i];
      sum += w[i] * w[i];
    }
    *slope = norm > 0.0 ? -sum / norm : 0.0;
  }
  return p;
}

std::vector<double> damped_problem::within(values target, double radius, double& lambda) const {
  const std::size_t n = qr_->columns();
  std::vector<double> p = solve(target, 0.0);
  if (qr_->rank() == n && all_finite(p) && scaled_length(p) <= 1.1 * radius) {
    lambda = 0.0;
    return p;
  }
  std::vector<double> gradient = transposed_product(target);
  for (std::size_t j = 0; j < n; ++j) gradient[j] /= scales_[j];
  double low = 0.0, high = length(gradient) / radius;
  if (!(high > 0.0)) high = 1e-300;
  if (!(lambda > low && lambda < high)) lambda = std::fmax(1e-3 * high, std::sqrt(low * high));
  for (int i = 0; i < 30; ++i) {
    double slope = 0.0;
    p = solve(target, lambda, &slope);
    const double norm = scaled_length(p), excess = norm - radius;
    if (std::fabs(excess) <= 0.1 * radius) break;
    (excess > 0.0 ? low : high) = lambda;
    // Newton's step for 1/radius - 1/|Dp|, which is nearly linear in lambda.
    double next = lambda - excess / radius * norm / slope;
    if (!(next > low && next < high)) next = std::fmax(1e-3 * high, std::sqrt(low * high));
    lambda = next;
  }
  return p;
}

double damped_problem::scaled_length(values p) const {
  std::vector<double> scaled(p.begin(), p.end());
  for (std::size_t j = 0; j < scaled.size(); ++j) scaled[j] *= scales_[j];
  return length(scaled);
}

std::vector<double> damped_problem::product(values p) const {
  const std::size_t n = qr_->columns();
  std::vector<double> out(n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i; j < n; ++j) out[i] += qr_->r(i, j) * p[qr_->column(j)];
  }
  return out;
}

std::vector<double> damped_problem::transposed_product(values u) const {
  const std::size_t n = qr_->columns();
  std::vector<double> out(n, 0.0);
  for (std::size_t j = 0; j < n; ++j) {
    double sum = 0.0;
    for (std::size_t i = 0; i <= j; ++i) sum += qr_->r(i, j) * u[i];
    out[qr_->column(j)] = sum;
  }
  return out;
}

}  // namespace credence::optim_detail
