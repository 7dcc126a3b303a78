// SPDX-License-Identifier: BSD-3-Clause
#include "credence/neighbors/search.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace credence::neighbors {

namespace {

constexpr double leaf_points = 32.0;

/// Cubes of side 1 that a ball of radius r meets on average, at a random place: the volume of their Minkowski sum.
double met_cubes(std::int64_t d, double r) {
  double total = 0.0, term = 1.0, ball = 1.0;  // C(d, i) r^i, and the volume of the unit ball in i dimensions
  double ball_before = 2.0;
  for (std::int64_t i = 0; i <= d && i <= 400; ++i) {
    if (i == 1) ball = 2.0;
    if (i >= 2) {
      const double two_before = i == 2 ? 1.0 : ball_before;
      ball_before = ball;
      ball = two_before * 2.0 * 3.14159265358979 / static_cast<double>(i);
    }
    total += term * ball;
    if (total > 1e15) break;
    term *= r * static_cast<double>(d - i) / static_cast<double>(i + 1);
  }
  return total;
}

std::string seconds_text(double seconds) {
  char text[32];
  if (seconds < 1e-3) {
    std::snprintf(text, sizeof text, "%.0f us", seconds * 1e6);
  } else if (seconds < 1.0) {
    std::snprintf(text, sizeof text, "%.1f ms", seconds * 1e3);
  } else {
    std::snprintf(text, sizeof text, "%.1f s", seconds);
  }
  return text;
}

}  // namespace

search_plan plan_search(std::int64_t points, std::int64_t dimensions, std::int64_t queries, std::int64_t k,
                        const metric& how, std::int64_t bytes, bool integer) {
  check::at_least("plan_search", "points", points, 1);
  check::at_least("plan_search", "dimensions", dimensions, 1);
  check::at_least("plan_search", "queries", queries, 0);
  check::at_least("plan_search", "k", k, 1);
  const double n = static_cast<double>(points), d = static_cast<double>(dimensions), m = static_cast<double>(queries);
  const double wanted = static_cast<double>(std::min(k, points));
  search_plan plan;
  // A ball of k points, in sides of a leaf: volume k / leaf_points.
  const double log_unit_ball = 0.5 * d * std::log(3.14159265358979) - std::lgamma(0.5 * d + 1.0);
  const double radius = std::exp((std::log(wanted / leaf_points) - log_unit_ball) / d);
  plan.expected_leaves = std::min(met_cubes(dimensions, radius), std::max(1.0, n / leaf_points));
  // Measured on one core at some 3 GHz with AVX2: nanoseconds for a step of a distance, a leaf, a level of a build.
  const bool products = how.kind == metric_kind::euclidean && how.weights.empty() && (integer ? d >= 8.0 : d >= 24.0);
  const double slow = how.kind == metric_kind::minkowski ? 60.0 : 1.0;
  const double step = 0.045 * (integer ? 1.5 : static_cast<double>(bytes) / 4.0) * slow;
  const double choose = 12.0 * wanted * std::log2(2.0 + wanted);
  plan.tree_seconds = 1e-9 * (n * (20.0 + 6.0 * std::log2(1.0 + n / leaf_points) + d) +
                              m * (60.0 + choose + plan.expected_leaves * (22.0 + leaf_points * d * 2.0 * step)));
  const double product_step = integer ? 0.011 : 0.02 * static_cast<double>(bytes) / 4.0;
  plan.brute = products ? brute_method::products : brute_method::vectors;
  plan.brute_seconds = 1e-9 * (n * d * 1.0 + m * (choose + n * (0.15 + d * (products ? product_step : step))));
  plan.method = plan.tree_seconds <= plan.brute_seconds ? search_method::tree : search_method::brute_force;
  char text[320];
  std::snprintf(
      text, sizeof text,
      "%s: a query among %lld points of dimension %lld would visit about %.3g of %.3g leaves; expected %s by a "
      "tree, %s by comparing all (%s)",
      plan.method == search_method::tree ? "kd-tree" : "brute force", static_cast<long long>(points),
      static_cast<long long>(dimensions), plan.expected_leaves, std::ceil(n / leaf_points),
      seconds_text(plan.tree_seconds).c_str(), seconds_text(plan.brute_seconds).c_str(), to_string(plan.brute));
  plan.reason = text;
  return plan;
}

template <class T>
std::string search_result<T>::explain() const {
  const search_work& work = neighbors.work;
  const double m = static_cast<double>(std::max<std::int64_t>(1, neighbors.queries));
  char text[200];
  std::snprintf(text, sizeof text, "work: %lld distances, %lld leaves, %lld nodes; a query %.1f, %.2f, %.2f",
                static_cast<long long>(work.distances), static_cast<long long>(work.leaves),
                static_cast<long long>(work.nodes), static_cast<double>(work.distances) / m,
                static_cast<double>(work.leaves) / m, static_cast<double>(work.nodes) / m);
  return plan.reason + "\n" + text;
}

template <class T>
search_result<T> search(view<const T, 2> points, view<const T, 2> queries, std::int64_t k,
                        const search_options& options) {
  check::at_least("search", "the number of points", points.extents[0], 1);
  check::at_least("search", "the dimension of points", points.extents[1], 1);
  check::at_least("search", "k", k, 1);
  search_result<T> out;
  out.plan = plan_search(points.extents[0], points.extents[1], queries.extents[0], k, options.how, sizeof(T),
                         !std::is_floating_point_v<T>);
  const nearest_options how{.too_few = options.too_few, .context = options.context};
  if (out.plan.method == search_method::tree) {
    const kd_tree<T> tree(points, {.how = options.how, .context = options.context});
    out.neighbors = tree.nearest(queries, k, how);
  } else {
    out.neighbors = brute_force<T>(points, options.how).nearest(queries, k, how, out.plan.brute);
  }
  return out;
}

#define CREDENCE_INSTANTIATE(T)     \
  template struct search_result<T>; \
  template search_result<T> search(view<const T, 2>, view<const T, 2>, std::int64_t, const search_options&);
CREDENCE_INSTANTIATE(float)
CREDENCE_INSTANTIATE(double)
CREDENCE_INSTANTIATE(std::uint8_t)
CREDENCE_INSTANTIATE(std::int8_t)
#undef CREDENCE_INSTANTIATE

}  // namespace credence::neighbors
