// SPDX-License-Identifier: BSD-3-Clause
#include "credence/neighbors/metric.hpp"

#include "credence/base/check.hpp"

#include "neighbors/kd_storage.hpp"
#include "neighbors/metric_steps.hpp"

#include <cmath>
#include <cstdlib>
#include <limits>

namespace credence::neighbors {

std::string to_string(const metric& how) {
  switch (how.kind) {
    case metric_kind::manhattan:
      return "manhattan";
    case metric_kind::chebyshev:
      return "chebyshev";
    case metric_kind::minkowski:
      return "minkowski:" + check::to_text(how.p);
    case metric_kind::euclidean:
      break;
  }
  return "euclidean";
}

metric parse_metric(std::string_view text) {
  if (text == "euclidean") return metric::euclidean();
  if (text == "manhattan") return metric::manhattan();
  if (text == "chebyshev") return metric::chebyshev();
  if (text.rfind("minkowski:", 0) == 0) {
    const std::string number(text.substr(10));
    char* end = nullptr;
    const double p = std::strtod(number.c_str(), &end);
    if (!number.empty() && *end == '\0' && p >= 1.0 && std::isfinite(p)) return metric::minkowski(p);
  }
  check::fail_domain("parse_metric", "metric", text,
                     "euclidean, manhattan, chebyshev or minkowski:p with a finite p of at least 1");
}

template <class T>
distance_t<T> power_distance(const metric& how, const T* x, const T* y, std::int64_t dimensions) {
  using D = distance_t<T>;
  const credence::detail::metric_view<T> steps{how.kind, nullptr, static_cast<D>(how.p)};
  const auto sum_by = [&](auto metric) {
    D sum = 0;
    for (std::int64_t j = 0; j < dimensions; ++j) {
      const D t = static_cast<D>(x[j]) - static_cast<D>(y[j]);
      const D weight = how.weights.empty() ? D(1) : static_cast<D>(how.weights[static_cast<std::size_t>(j)]);
      sum = decltype(metric)::template step_one<T>(sum, t, weight, steps.p);
    }
    return sum;
  };
  if constexpr (std::is_floating_point_v<T>) {
    static const D one = 1;
    return credence::detail::CREDENCE_ISA::with_metric<T>({how.kind, how.weights.empty() ? nullptr : &one, steps.p},
                                                          sum_by);
  } else {
    return credence::detail::CREDENCE_ISA::with_metric<T>(steps, sum_by);
  }
}
template float power_distance(const metric&, const float*, const float*, std::int64_t);
template double power_distance(const metric&, const double*, const double*, std::int64_t);
template std::int32_t power_distance(const metric&, const std::uint8_t*, const std::uint8_t*, std::int64_t);
template std::int32_t power_distance(const metric&, const std::int8_t*, const std::int8_t*, std::int64_t);

double root_distance(const metric& how, double power_distance) {
  switch (how.kind) {
    case metric_kind::euclidean:
      return std::sqrt(power_distance);
    case metric_kind::minkowski:
      return math::pow(power_distance, 1.0 / how.p);
    default:
      return power_distance;
  }
}

}  // namespace credence::neighbors

namespace credence::detail {

template <class T>
void check_points(const char* where, const char* name, const view<const T, 2>& points) {
  const std::string what(name);
  check::at_least(where, "the dimension of " + what, points.extents[1], 1);
  if constexpr (std::is_floating_point_v<T>) {
    // Half of the largest number, so that no difference overflows.
    const T most = std::numeric_limits<T>::max() / 2;
    for (std::int64_t i = 0; i < points.extents[0]; ++i) {
      const T* row = points.data + i * points.strides[0];
      bool good = true;
      for (std::int64_t j = 0; j < points.extents[1]; ++j) good &= std::abs(row[j * points.strides[1]]) <= most;
      for (std::int64_t j = 0; !good && j < points.extents[1]; ++j) {
        const T x = row[j * points.strides[1]];
        if (!(std::abs(x) <= most)) {
          check::fail_domain(where, what + "(" + std::to_string(i) + ", " + std::to_string(j) + ")",
                             static_cast<double>(x), "finite and at most half of the largest number");
        }
      }
    }
  } else {
    // Sums of squares stay below 2^31.
    if (points.extents[1] > 33000)
      check::fail_domain(where, "the dimension of " + what, points.extents[1], "at most 33000 for bytes");
  }
}
template void check_points(const char*, const char*, const view<const float, 2>&);
template void check_points(const char*, const char*, const view<const double, 2>&);
template void check_points(const char*, const char*, const view<const std::uint8_t, 2>&);
template void check_points(const char*, const char*, const view<const std::int8_t, 2>&);

template <class T>
void check_metric(const char* where, const neighbors::metric& how, std::int64_t dimensions) {
  if (how.kind == metric_kind::minkowski && !(how.p >= 1.0 && how.p <= 1e6)) {
    check::fail_domain(where, "metric.p", how.p, "from 1 to 1e6");
  }
  if constexpr (!std::is_floating_point_v<T>) {
    if (how.kind == metric_kind::minkowski || !how.weights.empty()) {
      check::fail_domain(where, "metric", how.weights.empty() ? to_string(how) : "weighted",
                         "euclidean, manhattan or chebyshev without weights for points of bytes, whose distances are "
                         "integers (convert them to float)");
    }
  }
  if (how.weights.empty()) return;
  check::same_size(where, "metric.weights", static_cast<std::int64_t>(how.weights.size()), "a point", dimensions);
  for (std::size_t j = 0; j < how.weights.size(); ++j) {
    const double w = how.weights[j];
    if (!(w >= 0.0 && w <= static_cast<double>(std::numeric_limits<distance_t<T>>::max()))) {
      check::fail_domain(where, "metric.weights[" + std::to_string(j) + "]", w, "finite and not negative");
    }
  }
}
template void check_metric<float>(const char*, const neighbors::metric&, std::int64_t);
template void check_metric<double>(const char*, const neighbors::metric&, std::int64_t);
template void check_metric<std::uint8_t>(const char*, const neighbors::metric&, std::int64_t);
template void check_metric<std::int8_t>(const char*, const neighbors::metric&, std::int64_t);

template <class T>
void set_limit(query_task<T>& task, const neighbors::metric& how, int depth, std::int64_t dimensions, double epsilon) {
  using D = distance_t<T>;
  double power = 1.0;
  if (how.kind == metric_kind::euclidean) power = 2.0;
  if (how.kind == metric_kind::minkowski) power = how.p;
  const double slack = epsilon == 0.0 ? 1.0 : std::pow(1.0 + epsilon, -power);  // single queries would feel the power
  task.limit_scale = slack;
  task.limit_add = 0.0;
  if constexpr (std::is_floating_point_v<D>) {
    // A bound is a sum of terms that are not negative, changed once a level, each change rounded three times relative
    // to the sum; a distance is rounded once a dimension; powers err by some ulp. Twice that.
    const double steps = 8.0 * depth + 4.0 * static_cast<double>(dimensions) + 128.0;
    task.limit_scale = slack * (1.0 + steps * std::numeric_limits<D>::epsilon());
    task.limit_add = steps * static_cast<double>(std::numeric_limits<D>::denorm_min());
  }
}
template void set_limit(query_task<float>&, const neighbors::metric&, int, std::int64_t, double);
template void set_limit(query_task<double>&, const neighbors::metric&, int, std::int64_t, double);
template void set_limit(query_task<std::uint8_t>&, const neighbors::metric&, int, std::int64_t, double);
template void set_limit(query_task<std::int8_t>&, const neighbors::metric&, int, std::int64_t, double);

template <class T>
distance_t<T> power_of_radius(const neighbors::metric& how, double radius) {
  using D = distance_t<T>;
  if constexpr (!std::is_floating_point_v<T>) {
    const double power = how.kind == metric_kind::euclidean ? radius * radius : radius;
    return power >= 2147483647.0 ? no_distance<T>() : static_cast<D>(power);
  } else {
    D r = static_cast<D>(radius);
    if (std::isinf(r)) return r;
    if (how.kind == metric_kind::minkowski) return math::pow(r, static_cast<D>(how.p));
    if (how.kind != metric_kind::euclidean) return r;
    // The largest s with sqrt(s) <= r, where sqrt is correctly rounded.
    const D infinity = std::numeric_limits<D>::infinity();
    D s = r * r;
    while (std::sqrt(s) > r) s = std::nextafter(s, D(0));
    while (s < infinity && std::sqrt(std::nextafter(s, infinity)) <= r) s = std::nextafter(s, infinity);
    return s;
  }
}
template float power_of_radius<float>(const neighbors::metric&, double);
template double power_of_radius<double>(const neighbors::metric&, double);
template std::int32_t power_of_radius<std::uint8_t>(const neighbors::metric&, double);
template std::int32_t power_of_radius<std::int8_t>(const neighbors::metric&, double);

}  // namespace credence::detail
