// SPDX-License-Identifier: BSD-3-Clause
#include "credence/samplers/metric.hpp"

#include "metric_map.hpp"

#include "credence/base/check.hpp"
#include "credence/base/portable_math.hpp"

#include <algorithm>
#include <cmath>

namespace credence {

namespace {

std::int64_t size_of(const std::vector<double>& v) { return static_cast<std::int64_t>(v.size()); }

/// Eight interleaved partial sums, as everywhere (docs/design/kernels.md).
double dot(const double* a, const double* b, std::int64_t n) {
  double sums[8] = {};
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (std::int64_t k = 0; k < 8; ++k) sums[k] += a[i + k] * b[i + k];
  }
  for (std::int64_t k = 0; i + k < n; ++k) sums[k] += a[i + k] * b[i + k];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

void add_multiple(double factor, const double* of, double* to, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) to[i] += factor * of[i];
}

/// v += sum_k (power(stretch[k]) - 1) u_k u_k^T v, for directions that are orthonormal.
template <class Power>
void stretch_along(const metric& map, const Power& power, double* v, std::int64_t d) {
  for (std::size_t k = 0; k < map.stretch.size(); ++k) {
    const double* u = map.directions.data() + static_cast<std::int64_t>(k) * d;
    add_multiple((power(map.stretch[k]) - 1.0) * dot(u, v, d), u, v, d);
  }
}

double itself(double x) { return x; }
double inverse(double x) { return 1.0 / x; }

}  // namespace

metric diagonal_metric(std::span<const double> variances) {
  metric made{metric::shape::diagonal, {}, {}, {}, {}};
  for (const double variance : variances) {
    check::positive("diagonal_metric", "a variance", variance);
    made.scale.push_back(std::sqrt(variance));
  }
  return made;
}

metric dense_metric(std::span<const double> covariance) {
  const auto d = static_cast<std::size_t>(std::llround(std::sqrt(static_cast<double>(covariance.size()))));
  if (d * d != covariance.size()) check::fail_shape("dense_metric", "covariance is not square");
  metric made{metric::shape::dense, {}, {}, {}, std::vector<double>(d * d)};
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = covariance[i * d + j];
      for (std::size_t k = 0; k < j; ++k) sum -= made.factor[i * d + k] * made.factor[j * d + k];
      if (i == j) check::positive("dense_metric", "a pivot of the covariance", sum);
      made.factor[i * d + j] = i == j ? std::sqrt(sum) : sum / made.factor[j * d + j];
    }
  }
  return made;
}

std::vector<double> covariance(const metric& of, std::int64_t dimension) {
  const auto d = static_cast<std::size_t>(dimension);
  // Column j of L is L e_j.
  std::vector<double> l(d * d), unit(d), out(d * d);
  for (std::size_t j = 0; j < d; ++j) {
    std::fill(unit.begin(), unit.end(), 0.0);
    unit[j] = 1.0;
    detail::apply(of, unit.data(), l.data() + j * d, dimension);
  }
  for (std::size_t k = 0; k < d; ++k) {
    for (std::size_t i = 0; i < d; ++i) add_multiple(l[k * d + i], &l[k * d], &out[i * d], dimension);
  }
  return out;
}

std::vector<double> variances(const metric& of, std::int64_t dimension) {
  const auto d = static_cast<std::size_t>(dimension);
  std::vector<double> out(d), unit(d), row(d);
  for (std::size_t i = 0; i < d; ++i) {  // row i of L is L^T e_i
    std::fill(unit.begin(), unit.end(), 0.0);
    unit[i] = 1.0;
    detail::apply_transposed(of, unit.data(), row.data(), dimension);
    out[i] = dot(row.data(), row.data(), dimension);
  }
  return out;
}

void check_metric(const char* where, const metric& given, std::int64_t dimension) {
  const auto size = [&](const char* what, const std::vector<double>& has, std::int64_t wants) {
    check::same_size(where, what, size_of(has), "the target wants, which", wants);
  };
  const auto all_positive = [&](const char* what, const std::vector<double>& values) {
    for (const double value : values) check::positive(where, what, value);
  };
  switch (given.what) {
    case metric::shape::unit:
      return;
    case metric::shape::low_rank:
      size("metric.directions", given.directions, dimension * size_of(given.stretch));
      all_positive("metric.stretch", given.stretch);
      [[fallthrough]];
    case metric::shape::diagonal:
      size("metric.scale", given.scale, dimension);
      all_positive("metric.scale", given.scale);
      return;
    case metric::shape::dense:
      size("metric.factor", given.factor, dimension * dimension);
      for (std::int64_t i = 0; i < dimension; ++i) {
        check::positive(where, "metric.factor on its diagonal",
                        given.factor[static_cast<std::size_t>(i * (dimension + 1))]);
      }
      return;
  }
}

namespace detail {

void apply(const metric& map, const double* y, double* out, std::int64_t d) {
  switch (map.what) {
    case metric::shape::unit:
      std::copy_n(y, d, out);
      return;
    case metric::shape::diagonal:
      for (std::int64_t i = 0; i < d; ++i) out[i] = map.scale[static_cast<std::size_t>(i)] * y[i];
      return;
    case metric::shape::low_rank:
      std::copy_n(y, d, out);
      stretch_along(map, itself, out, d);
      for (std::int64_t i = 0; i < d; ++i) out[i] *= map.scale[static_cast<std::size_t>(i)];
      return;
    case metric::shape::dense:
      for (std::int64_t i = 0; i < d; ++i) out[i] = dot(map.factor.data() + i * d, y, i + 1);
      return;
  }
}

void apply_transposed(const metric& map, const double* g, double* out, std::int64_t d) {
  switch (map.what) {
    case metric::shape::unit:
    case metric::shape::diagonal:
      apply(map, g, out, d);
      return;
    case metric::shape::low_rank:
      for (std::int64_t i = 0; i < d; ++i) out[i] = map.scale[static_cast<std::size_t>(i)] * g[i];
      stretch_along(map, itself, out, d);
      return;
    case metric::shape::dense:
      std::fill_n(out, d, 0.0);
      for (std::int64_t i = 0; i < d; ++i) add_multiple(g[i], map.factor.data() + i * d, out, i + 1);
      return;
  }
}

void solve(const metric& map, const double* x, double* out, std::int64_t d) {
  switch (map.what) {
    case metric::shape::unit:
      std::copy_n(x, d, out);
      return;
    case metric::shape::diagonal:
    case metric::shape::low_rank:
      for (std::int64_t i = 0; i < d; ++i) out[i] = x[i] / map.scale[static_cast<std::size_t>(i)];
      stretch_along(map, inverse, out, d);
      return;
    case metric::shape::dense:
      for (std::int64_t i = 0; i < d; ++i) {
        const double* row = map.factor.data() + i * d;
        out[i] = (x[i] - dot(row, out, i)) / row[i];
      }
      return;
  }
}

void solve_transposed(const metric& map, const double* g, double* out, std::int64_t d) {
  std::copy_n(g, d, out);
  switch (map.what) {
    case metric::shape::unit:
      return;
    case metric::shape::diagonal:
    case metric::shape::low_rank:
      stretch_along(map, inverse, out, d);
      for (std::int64_t i = 0; i < d; ++i) out[i] /= map.scale[static_cast<std::size_t>(i)];
      return;
    case metric::shape::dense:
      for (std::int64_t i = d; i-- > 0;) {
        const double* row = map.factor.data() + i * d;
        out[i] /= row[i];
        add_multiple(-out[i], row, out, i);
      }
      return;
  }
}

double log_determinant(const metric& map, std::int64_t d) {
  double sum = 0.0;
  for (const double s : map.scale) sum += math::log(s);
  for (const double s : map.stretch) sum += math::log(s);
  if (map.what == metric::shape::dense) {
    for (std::int64_t i = 0; i < d; ++i) sum += math::log(map.factor[static_cast<std::size_t>(i * (d + 1))]);
  }
  return sum;
}

void mapped_density::position(const double* y, double* out) const {
  const std::int64_t d = target->dimension();
  apply(*map, y, out, d);
  for (std::int64_t i = 0; i < d; ++i) out[i] += origin[i];
}

double mapped_density::call(const void* object, const double* y, double* gradient) {
  const auto& self = *static_cast<const mapped_density*>(object);
  self.position(y, self.x);
  const double value = (*self.target)(self.x, gradient == nullptr ? nullptr : self.gradient);
  if (gradient != nullptr) apply_transposed(*self.map, self.gradient, gradient, self.target->dimension());
  return value;
}

}  // namespace detail
}  // namespace credence
