// SPDX-License-Identifier: BSD-3-Clause
#include "credence/neighbors/kernel_regression.hpp"

#include "credence/base/check.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/neighbors/kd_tree.hpp"

#include "neighbors/kd_storage.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace credence::neighbors {

using credence::detail::tree_node;

namespace {

/// The logarithm of a gaussian weight, or the weight itself: what is bounded by a squared distance.
struct weight_of {
  smoothing_kernel kernel;
  double inverse_square;  ///< 1 / h^2
  double largest;         ///< log weight of the nearest point, which weighs 1

  [[nodiscard]] double operator()(double squared) const {
    const double u2 = squared * inverse_square;
    switch (kernel) {
      case smoothing_kernel::epanechnikov:
        return u2 < 1.0 ? 1.0 - u2 : 0.0;
      case smoothing_kernel::box:
        return u2 <= 1.0 ? 1.0 : 0.0;
      case smoothing_kernel::gaussian:
        break;
    }
    return math::exp(-0.5 * u2 - largest);
  }
};

/// What a node knows of the points below it.
struct node_sum {
  double count = 0.0;
  double sum = 0.0;       ///< of targets less their mean
  double absolute = 0.0;  ///< of their absolute values
};

/// A node that is taken as a whole, for now.
struct open_node {
  double slack;  ///< how much opening it may help
  std::uint32_t node;
  double middle, half;  ///< its weights lie within middle +- half
  friend bool operator<(const open_node& a, const open_node& b) {
    return a.slack < b.slack || (a.slack == b.slack && a.node > b.node);
  }
};

}  // namespace

struct kernel_regression::fitted {
  kernel_regression_options options;
  kd_tree<double> tree;
  std::vector<double> targets;  ///< less their mean
  double mean = 0.0;
  double largest_target = 0.0;
  std::vector<node_sum> sums;
  std::vector<double> low, high;  ///< boxes of nodes, (nodes, d)

  fitted(view<const double, 2> points, std::span<const double> values, const kernel_regression_options& how)
      : options(how), tree(points, {.context = how.context}), targets(values.begin(), values.end()) {
    double total = 0.0;
    for (const double y : targets) total += y / static_cast<double>(targets.size());
    mean = total;
    for (double& y : targets) {
      largest_target = std::max(largest_target, std::abs(y));
      y -= mean;
    }
    sum_up();
  }

  /// Children lie behind their parents: one pass from the last node to the root.
  void sum_up() {
    const auto& all = tree.storage();
    const std::int64_t nodes = all.nodes.size(), d = all.dimensions;
    const std::uint32_t mark = (1U << all.dimension_bits) - 1U;
    sums.resize(static_cast<std::size_t>(nodes));
    low.assign(static_cast<std::size_t>(nodes * d), std::numeric_limits<double>::infinity());
    high.assign(static_cast<std::size_t>(nodes * d), -std::numeric_limits<double>::infinity());
    for (std::int64_t v = nodes - 1; v >= 0; --v) {
      if (v == 1 && nodes > 1 && unused_node()) continue;
      const tree_node<double>& node = all.nodes.data()[v];
      const std::uint32_t link = node.word >> all.dimension_bits;
      node_sum& own = sums[static_cast<std::size_t>(v)];
      double* own_low = low.data() + v * d;
      double* own_high = high.data() + v * d;
      if ((node.word & mark) != mark) {
        for (const std::int64_t child : {std::int64_t{link}, std::int64_t{link} + 1}) {
          const node_sum& part = sums[static_cast<std::size_t>(child)];
          own = {own.count + part.count, own.sum + part.sum, own.absolute + part.absolute};
          for (std::int64_t j = 0; j < d; ++j) {
            own_low[j] = std::min(own_low[j], low[static_cast<std::size_t>(child * d + j)]);
            own_high[j] = std::max(own_high[j], high[static_cast<std::size_t>(child * d + j)]);
          }
        }
        continue;
      }
      for_leaf(node, [&](std::int64_t id, const double* x, std::int64_t stride) {
        const double y = targets[static_cast<std::size_t>(id)];
        own = {own.count + 1.0, own.sum + y, own.absolute + std::abs(y)};
        for (std::int64_t j = 0; j < d; ++j) {
          own_low[j] = std::min(own_low[j], x[j * stride]);
          own_high[j] = std::max(own_high[j], x[j * stride]);
        }
      });
    }
  }

  /// Node 1 only fills a cache line: no link names it, its contents are zeros.
  [[nodiscard]] bool unused_node() const {
    const auto& all = tree.storage();
    const tree_node<double>& root = all.nodes.data()[0];
    const std::uint32_t mark = (1U << all.dimension_bits) - 1U;
    return (root.word & mark) == mark || (root.word >> all.dimension_bits) != 1U;
  }

  template <class F>
  void for_leaf(const tree_node<double>& node, const F& f) const {
    const auto& all = tree.storage();
    const auto ids = all.tree();
    constexpr std::int64_t block = credence::detail::leaf_block;
    const std::int64_t place = static_cast<std::int64_t>(node.word >> all.dimension_bits) * block;
    const std::int64_t count = static_cast<std::uint32_t>(node.payload) & ~credence::detail::equal_points_flag;
    const std::int64_t stride = (count + block - 1) / block * block;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t id =
          ids.ids32 != nullptr ? static_cast<std::int64_t>(ids.ids32[place + i]) : ids.ids64[place + i];
      f(id, ids.points + place * all.dimensions + i, stride);
    }
  }

  struct running {
    double numerator = 0.0, denominator = 0.0;
    double numerator_slack = 0.0, denominator_slack = 0.0;

    void add(const node_sum& part, double middle, double half, double sign) {
      numerator += sign * middle * part.sum;
      denominator += sign * middle * part.count;
      numerator_slack += sign * half * part.absolute;
      denominator_slack += sign * half * part.count;
    }
    [[nodiscard]] double bound() const {
      if (denominator_slack <= 0.0 && numerator_slack <= 0.0) return 0.0;
      const double least = denominator - denominator_slack;
      if (!(least > 0.0)) return std::numeric_limits<double>::infinity();
      return (numerator_slack + std::abs(numerator / denominator) * denominator_slack) / least;
    }
  };

  /// Least and largest squared distance from a query to the box of a node, moved outwards by more than rounding can.
  void box_distances(const double* query, std::uint32_t node, double& least, double& most) const {
    const std::int64_t d = tree.dimensions();
    least = most = 0.0;
    for (std::int64_t j = 0; j < d; ++j) {
      const double a = low[static_cast<std::size_t>(node * d + j)] - query[j];
      const double b = query[j] - high[static_cast<std::size_t>(node * d + j)];
      const double near = std::max({0.0, a, b}), far = std::max(-a, -b);
      least += near * near;
      most += far * far;
    }
    const double margin = 4.0 * (static_cast<double>(d) + 4.0) * std::numeric_limits<double>::epsilon();
    least *= 1.0 - margin;
    most *= 1.0 + margin;
  }

  open_node open(const double* query, std::uint32_t node, const weight_of& weight, double guess) const {
    double least = 0.0, most = 0.0;
    box_distances(query, node, least, most);
    const double large = weight(least), small = weight(most);
    const node_sum& part = sums[node];
    open_node out{0.0, node, 0.5 * (large + small), 0.5 * (large - small)};
    // Moved outwards by the rounding of the weights themselves.
    if (out.half > 0.0) out.half += 4.0 * std::numeric_limits<double>::epsilon() * large;
    out.slack = out.half * (part.absolute + guess * part.count);
    return out;
  }

  /// Opens the node that leaves most in doubt until the doubt is below the tolerance.
  void predict_one(const double* query, const weight_of& weight, std::vector<open_node>& heap, double& value,
                   double& bound, double& log_weight, search_work& work) const {
    const auto& all = tree.storage();
    const std::int64_t d = all.dimensions;
    const std::uint32_t mark = (1U << all.dimension_bits) - 1U;
    running now, exact;
    heap.clear();
    const auto push = [&](std::uint32_t node, double guess) {
      const open_node next = open(query, node, weight, guess);
      if (next.middle == 0.0 && next.half == 0.0) return;  // beyond the end of the kernel
      now.add(sums[node], next.middle, next.half, 1.0);
      heap.push_back(next);
      std::push_heap(heap.begin(), heap.end());
    };
    push(0, 0.0);
    // Running sums drift, as nodes are added and taken away again: before they end the search they are taken afresh.
    const auto settled = [&] {
      if (options.tolerance == 0.0 || now.bound() > options.tolerance) return false;
      now = exact;
      for (const open_node& rest : heap) now.add(sums[rest.node], rest.middle, rest.half, 1.0);
      return now.bound() <= options.tolerance;
    };
    while (!heap.empty() && heap.front().half > 0.0 && !settled()) {
      std::pop_heap(heap.begin(), heap.end());
      const open_node next = heap.back();
      heap.pop_back();
      now.add(sums[next.node], next.middle, next.half, -1.0);
      const tree_node<double>& node = all.nodes.data()[next.node];
      if ((node.word & mark) != mark) {
        const double guess = now.denominator > 0.0 ? std::abs(now.numerator / now.denominator) : 0.0;
        ++work.nodes;
        push(node.word >> all.dimension_bits, guess);
        push((node.word >> all.dimension_bits) + 1U, guess);
        continue;
      }
      ++work.leaves;
      for_leaf(node, [&](std::int64_t id, const double* x, std::int64_t stride) {
        double squared = 0.0;
        for (std::int64_t j = 0; j < d; ++j) {
          const double t = query[j] - x[j * stride];
          squared = math::fma(t, t, squared);
        }
        const double w = weight(squared), y = targets[static_cast<std::size_t>(id)];
        now.numerator += w * y;
        now.denominator += w;
        exact.numerator += w * y;
        exact.denominator += w;
        ++work.distances;
      });
    }
    // Once more without what was added and taken away again: the exact part, then the nodes still taken as a whole.
    running total = exact;
    for (const open_node& rest : heap) total.add(sums[rest.node], rest.middle, rest.half, 1.0);
    value =
        total.denominator > 0.0 ? mean + total.numerator / total.denominator : std::numeric_limits<double>::quiet_NaN();
    log_weight = std::log(total.denominator) + weight.largest;
    // Rounding: sums of positive weights, and exponents that are differences of squared distances.
    const double terms = static_cast<double>(work.distances + 2 * work.nodes + 16);
    const double exponents = static_cast<double>(d + 8) * (std::abs(weight.largest) + 40.0);
    bound = total.bound() + 4.0 * largest_target * std::numeric_limits<double>::epsilon() * (terms + exponents) /
                                std::min(1.0, std::max(total.denominator, 1e-300));
  }
};

kernel_regression::kernel_regression(view<const double, 2> points, std::span<const double> targets,
                                     const kernel_regression_options& options) {
  check::positive("kernel_regression", "bandwidth", options.bandwidth);
  check::non_negative("kernel_regression", "tolerance", options.tolerance);
  check::same_size("kernel_regression", "targets", static_cast<std::int64_t>(targets.size()), "points",
                   points.extents[0]);
  for (const double y : targets) check::finite("kernel_regression", "a target", y);
  fit_ = std::make_shared<const fitted>(points, targets, options);
}

kernel_prediction kernel_regression::predict(view<const double, 2> queries) const {
  const fitted& fit = *fit_;
  const std::int64_t m = queries.extents[0], d = fit.tree.dimensions();
  // The nearest point has the largest weight; this also checks the queries.
  const auto nearest = fit.tree.nearest(queries, 1, {.context = fit.options.context});
  kernel_prediction out;
  out.values.resize(static_cast<std::size_t>(m));
  out.error_bounds.resize(out.values.size());
  out.log_weights.resize(out.values.size());
  const double inverse_square = 1.0 / (fit.options.bandwidth * fit.options.bandwidth);
  std::vector<search_work> work(out.values.size());
  exec::for_each_range(
      fit.options.context, m,
      [&](std::int64_t begin, std::int64_t end) {
        std::vector<double> query(static_cast<std::size_t>(d));
        std::vector<open_node> heap;
        for (std::int64_t q = begin; q < end; ++q) {
          const auto at = static_cast<std::size_t>(q);
          for (std::int64_t j = 0; j < d; ++j) query[static_cast<std::size_t>(j)] = queries(q, j);
          const bool gaussian = fit.options.kernel == smoothing_kernel::gaussian;
          const weight_of weight{fit.options.kernel, inverse_square,
                                 gaussian ? -0.5 * nearest.power_distances[at] * inverse_square : 0.0};
          fit.predict_one(query.data(), weight, heap, out.values[at], out.error_bounds[at], out.log_weights[at],
                          work[at]);
        }
      },
      16);
  for (const search_work& part : work) out.work += part;
  return out;
}

double leave_one_out_error(view<const double, 2> points, std::span<const double> targets, smoothing_kernel kernel,
                           double bandwidth, const exec::context& context) {
  check::positive("leave_one_out_error", "bandwidth", bandwidth);
  const std::int64_t n = points.extents[0], d = points.extents[1];
  check::same_size("leave_one_out_error", "targets", static_cast<std::int64_t>(targets.size()), "points", n);
  check::at_least("leave_one_out_error", "the number of points", n, 2);
  credence::detail::check_points("leave_one_out_error", "points", points);
  std::vector<double> errors(static_cast<std::size_t>(n));
  exec::for_each_range(
      context, n,
      [&](std::int64_t begin, std::int64_t end) {
        std::vector<double> squared(static_cast<std::size_t>(n));
        for (std::int64_t i = begin; i < end; ++i) {
          double nearest = std::numeric_limits<double>::infinity();
          for (std::int64_t other = 0; other < n; ++other) {
            double sum = 0.0;
            for (std::int64_t j = 0; j < d; ++j) {
              const double t = points(i, j) - points(other, j);
              sum += t * t;
            }
            squared[static_cast<std::size_t>(other)] = sum;
            if (other != i) nearest = std::min(nearest, sum);
          }
          const double inverse_square = 1.0 / (bandwidth * bandwidth);
          const bool gaussian = kernel == smoothing_kernel::gaussian;
          const weight_of weight{kernel, inverse_square, gaussian ? -0.5 * nearest * inverse_square : 0.0};
          double numerator = 0.0, denominator = 0.0;
          for (std::int64_t other = 0; other < n; ++other) {
            if (other == i) continue;
            const double w = weight(squared[static_cast<std::size_t>(other)]);
            numerator += w * targets[static_cast<std::size_t>(other)];
            denominator += w;
          }
          const double miss = targets[static_cast<std::size_t>(i)] - numerator / denominator;
          errors[static_cast<std::size_t>(i)] =
              denominator > 0.0 ? miss * miss : std::numeric_limits<double>::infinity();
        }
      },
      8);
  return std::accumulate(errors.begin(), errors.end(), 0.0) / static_cast<double>(n);
}

bandwidth_choice choose_bandwidth(view<const double, 2> points, std::span<const double> targets,
                                  const bandwidth_options& options) {
  check::at_least("choose_bandwidth", "grid", options.grid, 3);
  check::at_least("choose_bandwidth", "the number of points", points.extents[0], 2);
  double least = options.least, most = options.most;
  if (least == 0.0 || most == 0.0) {
    const kd_tree<double> tree(points, {.context = options.context});
    std::vector<double> near = tree.all_nearest(1, {.context = options.context}).distances();
    std::sort(near.begin(), near.end());
    const auto first_positive = std::upper_bound(near.begin(), near.end(), 0.0);
    if (first_positive == near.end())
      check::fail_domain("choose_bandwidth", "points", "all equal", "at least two different");
    if (least == 0.0) least = 0.25 * std::max(near[near.size() / 2], *first_positive);
    double diagonal = 0.0;
    for (std::size_t j = 0; j < tree.storage().low.size(); ++j) {
      diagonal = std::hypot(diagonal, tree.storage().high[j] - tree.storage().low[j]);
    }
    if (most == 0.0) most = std::max(diagonal, 2.0 * least);
  }
  check::positive("choose_bandwidth", "least", least);
  if (!(most > least && most < std::numeric_limits<double>::infinity())) {
    check::fail_domain("choose_bandwidth", "most", most, "above the least bandwidth, " + check::to_text(least));
  }
  bandwidth_choice out;
  const auto error_at = [&](double log_bandwidth) {
    const double h = std::exp(log_bandwidth);
    out.tried.push_back(h);
    out.errors.push_back(leave_one_out_error(points, targets, options.kernel, h, options.context));
    return out.errors.back();
  };
  const double start = std::log(least), step = (std::log(most) - start) / static_cast<double>(options.grid - 1);
  for (std::int64_t g = 0; g < options.grid; ++g) error_at(start + step * static_cast<double>(g));
  const auto best = static_cast<double>(std::min_element(out.errors.begin(), out.errors.end()) - out.errors.begin());
  constexpr double golden = 0.61803398874989485;
  double a = start + step * std::max(0.0, best - 1.0);
  double b = start + step * std::min(static_cast<double>(options.grid - 1), best + 1.0);
  double c = b - golden * (b - a), e = a + golden * (b - a);
  double at_c = error_at(c), at_e = error_at(e);
  while (b - a > 1e-3) {
    if (at_c <= at_e) {
      b = e;
      e = c;
      at_e = at_c;
      c = b - golden * (b - a);
      at_c = error_at(c);
    } else {
      a = c;
      c = e;
      at_c = at_e;
      e = a + golden * (b - a);
      at_e = error_at(e);
    }
  }
  const auto chosen =
      static_cast<std::size_t>(std::min_element(out.errors.begin(), out.errors.end()) - out.errors.begin());
  out.bandwidth = out.tried[chosen];
  out.error = out.errors[chosen];
  return out;
}

}  // namespace credence::neighbors
