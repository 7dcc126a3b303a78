// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/kmeans.hpp"

#include "credence/exec/for_each.hpp"
#include "credence/random/philox.hpp"
#include "credence/tensor/layout.hpp"
#include "credence/tensor/reduce.hpp"
#include "credence/tensor/run_rows.hpp"

#include <cmath>
#include <vector>

namespace credence {

namespace {

constexpr std::int64_t point_block = 1024;  // points whose sums are formed together, in order

tensor<double> checked_points(const exec::context& ctx, const array_view<const double>& points) {
  detail::require_cpu("kmeans", ctx);
  check::rank_is("kmeans", "points", points.shape(), 2);
  tensor<double> rows = to_tensor(ctx, points);
  for (const double v : rows) check::finite("kmeans", "a coordinate", v);
  return rows;
}

void check_count(std::int64_t k, std::int64_t n) {
  if (k < 1 || k > n) {
    check::fail_domain("kmeans", "k", k, "from 1 to the number of points, " + std::to_string(n));
  }
}

double squared_distance(const double* a, const double* b, std::int64_t d) {
  double sum = 0.0;
  for (std::int64_t j = 0; j < d; ++j) sum += (a[j] - b[j]) * (a[j] - b[j]);
  return sum;
}

/// A number in [0, 1) with 53 bits.
double uniform_at(rng_key key, std::uint64_t index) {
  const philox_words words = philox4x32(rng_index(index), key.stream, key.seed);
  const std::uint64_t bits = (std::uint64_t{words.word[1]} << 32) | words.word[0];
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

/// The first index whose running sum of weights passes the target; the last positive one if rounding leaves none.
std::int64_t pick(const tensor<double>& weights, double target) {
  double sum = 0.0;
  std::int64_t last = 0;
  for (std::int64_t i = 0; i < weights.size(); ++i) {
    if (weights[i] > 0.0) last = i;
    sum += weights[i];
    if (sum > target) return i;
  }
  return last;
}

/// What a block of points adds to its centres.
struct block_sums {
  std::vector<double> sums;  // (k, d)
  std::vector<std::int64_t> counts;
};

/// Assigns every point; returns how many changed.
std::int64_t assign(const exec::context& ctx, const tensor<double>& points, const tensor<double>& centres,
                    kmeans_result& now, tensor<double>& distances) {
  const std::int64_t n = points.extent(0), d = points.extent(1), k = centres.extent(0);
  std::vector<std::int64_t> changed(static_cast<std::size_t>((n + point_block - 1) / point_block), 0);
  exec::for_each_range(
      ctx, n,
      [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
          std::int64_t best = 0;
          double least = squared_distance(points.data() + i * d, centres.data(), d);
          for (std::int64_t c = 1; c < k; ++c) {
            const double distance = squared_distance(points.data() + i * d, centres.data() + c * d, d);
            if (distance < least) best = c, least = distance;
          }
          if (now.assignments[i] != best) ++changed[static_cast<std::size_t>(begin / point_block)];
          now.assignments[i] = best;
          distances[i] = least;
        }
      },
      point_block);
  std::int64_t total = 0;
  for (const std::int64_t count : changed) total += count;
  return total;
}

/// Means of the assigned points: blocks in parallel, joined in their order.
std::vector<std::int64_t> average(const exec::context& ctx, const tensor<double>& points, const kmeans_result& now,
                                  tensor<double>& centres) {
  const std::int64_t n = points.extent(0), d = points.extent(1), k = centres.extent(0);
  std::vector<block_sums> blocks(static_cast<std::size_t>((n + point_block - 1) / point_block));
  exec::for_each_range(
      ctx, n,
      [&](std::int64_t begin, std::int64_t end) {
        block_sums& block = blocks[static_cast<std::size_t>(begin / point_block)];
        block.sums.assign(static_cast<std::size_t>(k * d), 0.0);
        block.counts.assign(static_cast<std::size_t>(k), 0);
        for (std::int64_t i = begin; i < end; ++i) {
          const std::int64_t c = now.assignments[i];
          ++block.counts[static_cast<std::size_t>(c)];
          for (std::int64_t j = 0; j < d; ++j) block.sums[static_cast<std::size_t>(c * d + j)] += points[i * d + j];
        }
      },
      point_block);
  std::vector<std::int64_t> counts(static_cast<std::size_t>(k), 0);
  tensor<double> sums(centres.shape());
  for (const block_sums& block : blocks) {
    for (std::size_t c = 0; c < counts.size(); ++c) counts[c] += block.counts[c];
    for (std::int64_t v = 0; v < sums.size(); ++v) sums[v] += block.sums[static_cast<std::size_t>(v)];
  }
  for (std::int64_t c = 0; c < k; ++c) {
    const auto count = static_cast<double>(counts[static_cast<std::size_t>(c)]);
    for (std::int64_t j = 0; j < d && count > 0; ++j) centres[c * d + j] = sums[c * d + j] / count;
  }
  return counts;
}

/// Moves centres without points onto the farthest points.
void refill(const tensor<double>& points, const std::vector<std::int64_t>& counts, tensor<double>& distances,
            tensor<double>& centres) {
  const std::int64_t d = points.extent(1);
  for (std::size_t c = 0; c < counts.size(); ++c) {
    if (counts[c] > 0) continue;
    std::int64_t farthest = 0;
    for (std::int64_t i = 1; i < distances.size(); ++i) {
      if (distances[i] > distances[farthest]) farthest = i;
    }
    distances[farthest] = 0.0;
    for (std::int64_t j = 0; j < d; ++j) centres[static_cast<std::int64_t>(c) * d + j] = points[farthest * d + j];
  }
}

double largest_move(const tensor<double>& a, const tensor<double>& b) {
  double largest = 0.0;
  for (std::int64_t c = 0; c < a.extent(0); ++c) {
    largest = std::max(largest, squared_distance(a.data() + c * a.extent(1), b.data() + c * a.extent(1), a.extent(1)));
  }
  return std::sqrt(largest);
}

kmeans_result lloyd(const exec::context& ctx, const tensor<double>& points, tensor<double> centres,
                    const kmeans_options& options) {
  check::at_least("kmeans", "max_iterations", options.max_iterations, 1);
  check::non_negative("kmeans", "tolerance", options.tolerance);
  kmeans_result now;
  now.assignments = tensor<std::int64_t>::filled({points.extent(0)}, -1);
  tensor<double> distances({points.extent(0)});
  while (true) {
    const std::int64_t changed = assign(ctx, points, centres, now, distances);
    if (changed == 0) now.why = kmeans_stop::settled;
    if (changed == 0 || now.why == kmeans_stop::centres_close || now.iterations == options.max_iterations) break;
    const tensor<double> before = centres;
    const auto counts = average(ctx, points, now, centres);
    refill(points, counts, distances, centres);
    ++now.iterations;
    if (options.tolerance > 0.0 && largest_move(before, centres) <= options.tolerance) {
      now.why = kmeans_stop::centres_close;
    }
  }
  now.inertia = reduce(ctx, reduce_op::sum, distances)[0];
  now.centres = std::move(centres);
  return now;
}

tensor<double> initial(const exec::context& ctx, rng_key key, const tensor<double>& points, std::int64_t k) {
  const std::int64_t n = points.extent(0), d = points.extent(1);
  check_count(k, n);
  tensor<double> centres({k, d});
  auto nearest = tensor<double>::filled({n}, 1.0);  // the first centre is any point
  for (std::int64_t c = 0; c < k; ++c) {
    const double total = reduce(ctx, reduce_op::sum, nearest)[0];
    const std::int64_t chosen = pick(nearest, uniform_at(key, static_cast<std::uint64_t>(c)) * total);
    for (std::int64_t j = 0; j < d; ++j) centres[c * d + j] = points[chosen * d + j];
    exec::for_each(ctx, n, [&](std::int64_t i) {
      const double distance = squared_distance(points.data() + i * d, centres.data() + c * d, d);
      nearest[i] = c == 0 || distance < nearest[i] ? distance : nearest[i];
    });
  }
  return centres;
}

}  // namespace

tensor<double> kmeans_initial_centres(const exec::context& ctx, rng_key key, array_view<const double> points,
                                      std::int64_t k) {
  return initial(ctx, key, checked_points(ctx, points), k);
}

kmeans_result kmeans(const exec::context& ctx, array_view<const double> points, array_view<const double> centres,
                     const kmeans_options& options) {
  const tensor<double> rows = checked_points(ctx, points);
  tensor<double> start = checked_points(ctx, centres);
  check::same_size("kmeans", "the columns of centres", start.extent(1), "those of points", rows.extent(1));
  check_count(start.extent(0), rows.extent(0));
  return lloyd(ctx, rows, std::move(start), options);
}

kmeans_result kmeans(const exec::context& ctx, rng_key key, array_view<const double> points, std::int64_t k,
                     const kmeans_options& options) {
  const tensor<double> rows = checked_points(ctx, points);
  return lloyd(ctx, rows, initial(ctx, key, rows, k), options);
}

}  // namespace credence
