// SPDX-License-Identifier: BSD-3-Clause
#include "neighbors/support.hpp"
#include "support/catch.hpp"

using namespace credence;
using namespace credence::neighbors;
using namespace credence::test;

namespace {

std::vector<double> some_weights(std::int64_t d) {
  std::vector<double> w;
  for (std::int64_t j = 0; j < d; ++j) w.push_back(j % 4 == 3 ? 0.0 : 0.5 + 0.75 * static_cast<double>(j % 5));
  return w;
}

template <class T>
std::vector<metric> metrics_for(std::int64_t d) {
  std::vector<metric> all{metric::euclidean(), metric::manhattan(), metric::chebyshev()};
  if constexpr (std::is_floating_point_v<T>) {
    all.push_back(metric::minkowski(3.0));
    all.push_back(metric::euclidean(some_weights(d)));
    all.push_back(metric::manhattan(some_weights(d)));
    all.push_back(metric::chebyshev(some_weights(d)));
    all.push_back(metric::minkowski(1.5, some_weights(d)));
  }
  return all;
}

/// One set: nearest, radius, box and all-nearest against the slow order, indices and bits of distances included.
template <class T>
void check_set(const point_set<T>& set, const metric& how, const kd_tree_options& base, std::uint64_t seed) {
  kd_tree_options options = base;
  options.how = how;
  const kd_tree<T> tree(set.points(), options);
  const point_set<T> queries = make_queries(set, 8, seed);
  const std::int64_t k = std::min<std::int64_t>(set.size + 2, 1 + static_cast<std::int64_t>(seed % 3) * 5);
  const auto near = tree.nearest(queries.points(), k);
  const auto other = tree.all_nearest(3);
  for (std::int64_t q = 0; q < queries.size; ++q) {
    const auto truth = slow_order(set, how, queries.row(q));
    for (std::int64_t i = 0; i < k; ++i) {
      const auto at = static_cast<std::size_t>(q * k + i);
      const bool there = i < set.size;
      const std::int64_t index = there ? truth[static_cast<std::size_t>(i)].second : -1;
      if (near.indices[at] != index)
        FAIL("query " << q << " rank " << i << ": " << near.indices[at] << " is not " << index);
      if (there && near.power_distances[at] != truth[static_cast<std::size_t>(i)].first)
        FAIL("query " << q << ": distance");
    }
    // The radius of the median neighbour, so that the border holds a point.
    const auto& middle = truth[truth.size() / 2];
    const double radius = root_distance(how, static_cast<double>(middle.first));
    const auto row = view<const T, 2>(queries.row(q), 1, set.dimensions);
    const auto within = tree.within(row, radius);
    const auto nearest_few = tree.within(row, radius, {.limit = 4});
    std::vector<std::int64_t> expected;
    for (const auto& [far, index] : truth) {
      bool inside = false;
      if constexpr (!std::is_floating_point_v<T>) {
        const double power = how.kind == metric_kind::euclidean ? radius * radius : radius;
        inside = static_cast<double>(far) <= power;
      } else {
        const T r = static_cast<T>(radius);
        if (how.kind == metric_kind::euclidean) {
          inside = std::sqrt(far) <= r;
        } else {
          inside = how.kind == metric_kind::minkowski ? far <= math::pow(r, static_cast<T>(how.p)) : far <= r;
        }
      }
      if (inside) expected.push_back(index);
    }
    if (within.indices != expected)
      FAIL("query " << q << ": radius " << radius << " finds " << within.indices.size() << ", not " << expected.size());
    expected.resize(std::min<std::size_t>(expected.size(), 4));
    if (nearest_few.indices != expected) FAIL("query " << q << ": radius with a limit");
  }
  for (std::int64_t i = 0; i < set.size; i += 1 + set.size / 16) {
    auto truth = slow_order(set, how, set.row(i));
    truth.erase(std::find_if(truth.begin(), truth.end(), [&](const auto& x) { return x.second == i; }));
    for (std::int64_t r = 0; r < 3; ++r) {
      const std::int64_t index = r < set.size - 1 ? truth[static_cast<std::size_t>(r)].second : -1;
      if (other.indices[static_cast<std::size_t>(3 * i + r)] != index)
        FAIL("all_nearest of point " << i << " rank " << r);
    }
  }
}

template <class T>
void check_boxes(const point_set<T>& set, const kd_tree_options& options, std::uint64_t seed) {
  const kd_tree<T> tree(set.points(), options);
  const point_set<T> corners = make_queries(set, 12, seed);
  std::vector<T> low, high;
  for (std::int64_t b = 0; b < 6; ++b) {
    for (std::int64_t j = 0; j < set.dimensions; ++j) {
      low.push_back(std::min(corners.row(2 * b)[j], corners.row(2 * b + 1)[j]));
      high.push_back(std::max(corners.row(2 * b)[j], corners.row(2 * b + 1)[j]));
    }
  }
  const view<const T, 2> lows(low.data(), 6, set.dimensions), highs(high.data(), 6, set.dimensions);
  const auto found = tree.within_box(lows, highs);
  for (std::int64_t b = 0; b < 6; ++b) {
    std::vector<std::int64_t> expected;
    for (std::int64_t i = 0; i < set.size; ++i) {
      bool inside = true;
      for (std::int64_t j = 0; j < set.dimensions; ++j)
        inside &= lows(b, j) <= set.row(i)[j] && set.row(i)[j] <= highs(b, j);
      if (inside) expected.push_back(i);
    }
    const auto got = found.of(b);
    if (std::vector<std::int64_t>(got.begin(), got.end()) != expected) FAIL("box " << b);
  }
}

template <class T>
void check_all_shapes() {
  std::uint64_t seed = 1;
  for (int shape = 0; shape < static_cast<int>(shape_of_data::count); ++shape) {
    for (const std::int64_t d : {1, 2, 3, 4, 5, 6, 8, 11, 20}) {
      for (const std::int64_t n : {1, 2, 17, 33, 260}) {
        const auto set = make_points<T>(static_cast<shape_of_data>(shape), n, d, ++seed);
        const kd_tree_options options{.split = seed % 2 == 0 ? split_rule::median : split_rule::sliding_midpoint,
                                      .leaf_size = seed % 5 == 0 ? 0 : static_cast<std::int64_t>(1 + seed % 40),
                                      .wide_indices = seed % 7 == 0};
        for (const metric& how : metrics_for<T>(d)) {
          CAPTURE(shape, d, n, seed, to_string(how), how.weights.size());
          check_set(set, how, options, seed);
        }
        check_boxes(set, options, seed);
      }
    }
  }
  SUCCEED();
}

}  // namespace

TEST_CASE("kd_tree: equals comparing all points, float", "[neighbors][exact]") { check_all_shapes<float>(); }
TEST_CASE("kd_tree: equals comparing all points, double", "[neighbors][exact]") { check_all_shapes<double>(); }
TEST_CASE("kd_tree: equals comparing all points, uint8", "[neighbors][exact]") { check_all_shapes<std::uint8_t>(); }
TEST_CASE("kd_tree: equals comparing all points, int8", "[neighbors][exact]") { check_all_shapes<std::int8_t>(); }

TEST_CASE("kd_tree: large sets, sieved and built by one or three threads, equal comparing all points",
          "[neighbors][exact]") {
  const auto shape = static_cast<shape_of_data>(GENERATE(range(0, static_cast<int>(shape_of_data::count))));
  const std::int64_t d = GENERATE(1, 3, 9);
  CAPTURE(static_cast<int>(shape), d);
  const auto set = make_points<float>(shape, 90000, d, 7);
  const kd_tree<float> one(set.points(), {.context = exec::cpu(1)}), three(set.points(), {.context = exec::cpu(3)});
  CHECK(one.to_bytes() == three.to_bytes());
  const auto queries = make_queries(set, 400, 3);
  const auto a = one.nearest(queries.points(), 7, {.context = exec::cpu(1)});
  const auto b = three.nearest(queries.points(), 7, {.order = query_order::given, .context = exec::cpu(3)});
  CHECK(a.indices == b.indices);
  CHECK(a.power_distances == b.power_distances);
  for (std::int64_t q = 0; q < 20; ++q) {
    const auto truth = slow_order(set, metric::euclidean(), queries.row(q));
    for (std::int64_t i = 0; i < 7; ++i) {
      if (a.indices[static_cast<std::size_t>(7 * q + i)] != truth[static_cast<std::size_t>(i)].second)
        FAIL("query " << q << " rank " << i);
    }
  }
  // Depth: halves, and two levels a dimension where one coordinate is shared by most.
  CHECK(one.info().depth <= 2 * 17 + 2 * d + 4);
}

TEST_CASE("kd_tree: many neighbours go through a heap and stay in order", "[neighbors][exact]") {
  const auto shape = GENERATE(shape_of_data::uniform, shape_of_data::gridded, shape_of_data::all_equal);
  const auto set = make_points<double>(shape, 700, 3, 5);
  const auto floats = make_points<float>(shape, 700, 3, 5);
  const auto queries = make_queries(set, 6, 5);
  const auto float_queries = make_queries(floats, 6, 5);
  for (const std::int64_t k : {47, 48, 49, 200, 700, 900}) {
    const auto near = kd_tree<double>(set.points()).nearest(queries.points(), k);
    const auto near_float = kd_tree<float>(floats.points()).nearest(float_queries.points(), k);
    for (std::int64_t q = 0; q < 6; ++q) {
      const auto truth = slow_order(set, metric::euclidean(), queries.row(q));
      const auto float_truth = slow_order(floats, metric::euclidean(), float_queries.row(q));
      for (std::int64_t i = 0; i < k; ++i) {
        const auto at = static_cast<std::size_t>(q * k + i);
        const auto rank = static_cast<std::size_t>(i);
        if (near.indices[at] != (i < 700 ? truth[rank].second : -1)) FAIL("k " << k << " rank " << i);
        if (near_float.indices[at] != (i < 700 ? float_truth[rank].second : -1))
          FAIL("float, k " << k << " rank " << i);
      }
    }
  }
}
