// SPDX-License-Identifier: BSD-3-Clause
#include "neighbors/support.hpp"
#include "support/catch.hpp"

#include <numeric>

using namespace credence;
using namespace credence::neighbors;
using namespace credence::test;

TEST_CASE("kd_tree: scaling everything by a power of two keeps every index and scales every bit",
          "[neighbors][metamorphic]") {
  const auto shape = static_cast<shape_of_data>(GENERATE(range(0, static_cast<int>(shape_of_data::count))));
  if (shape == shape_of_data::huge_and_tiny || shape == shape_of_data::exponential) return;  // squares underflow
  const std::int64_t d = GENERATE(1, 3, 7);
  auto set = make_points<float>(shape, 3000, d, 11);
  auto queries = make_queries(set, 50, 11);
  const auto before = kd_tree<float>(set.points()).nearest(queries.points(), 9);
  for (const int power : {-20, 3, 17}) {
    auto scaled_set = set;
    auto scaled_queries = queries;
    for (float& x : scaled_set.values) x = std::ldexp(x, power);
    for (float& x : scaled_queries.values) x = std::ldexp(x, power);
    const auto after = kd_tree<float>(scaled_set.points()).nearest(scaled_queries.points(), 9);
    CHECK(after.indices == before.indices);
    bool equal = true;
    for (std::size_t i = 0; i < after.indices.size(); ++i) {
      equal &= after.power_distances[i] == std::ldexp(before.power_distances[i], 2 * power);
    }
    CHECK(equal);
  }
}

TEST_CASE("kd_tree: permuting the points permutes the indices where no distances tie", "[neighbors][metamorphic]") {
  const auto set = make_points<double>(shape_of_data::uniform, 4000, 3, 21);
  const auto queries = make_queries(set, 60, 21);
  std::vector<std::int64_t> order(4000);
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::reverse(order.begin(), order.end());
  std::rotate(order.begin(), order.begin() + 1234, order.end());
  point_set<double> moved{{}, 4000, 3};
  for (const std::int64_t i : order) moved.values.insert(moved.values.end(), set.row(i), set.row(i) + 3);
  const auto a = kd_tree<double>(set.points()).nearest(queries.points(), 6);
  const auto b = kd_tree<double>(moved.points()).nearest(queries.points(), 6);
  CHECK(a.power_distances == b.power_distances);
  bool equal = true;
  for (std::size_t i = 0; i < a.indices.size(); ++i)
    equal &= a.indices[i] == order[static_cast<std::size_t>(b.indices[i])];
  CHECK(equal);
}

TEST_CASE("kd_tree: exact rigid motions keep every index", "[neighbors][metamorphic]") {
  // Coordinates are multiples of 2^-10 below 2: shifts by such multiples and turns by quarters are exact, and so are
  // the sums of squares.
  auto set = make_points<double>(shape_of_data::uniform, 3000, 3, 31);
  for (double& x : set.values) x = std::round(x * 1024.0) / 1024.0;
  auto queries = make_queries(set, 60, 31);
  for (double& x : queries.values) x = std::round(x * 1024.0) / 1024.0;
  const auto before = kd_tree<double>(set.points()).nearest(queries.points(), 8);
  const auto move = [](point_set<double> from) {
    for (std::size_t i = 0; i < from.values.size(); i += 3) {
      const double x = from.values[i], y = from.values[i + 1], z = from.values[i + 2];
      from.values[i] = -y + 3.0;
      from.values[i + 1] = z - 7.5;
      from.values[i + 2] = -x + 0.125;
    }
    return from;
  };
  const auto moved = move(set), moved_queries = move(queries);
  const auto after = kd_tree<double>(moved.points()).nearest(moved_queries.points(), 8);
  CHECK(after.indices == before.indices);
  CHECK(after.power_distances == before.power_distances);
}

TEST_CASE("kd_tree: k neighbours are the first of k + 1", "[neighbors][metamorphic]") {
  const auto shape = static_cast<shape_of_data>(GENERATE(range(0, static_cast<int>(shape_of_data::count))));
  const auto set = make_points<float>(shape, 2000, 4, 41);
  const auto queries = make_queries(set, 40, 41);
  const kd_tree<float> tree(set.points());
  auto longer = tree.nearest(queries.points(), 60);
  for (std::int64_t k = 59; k >= 1; k -= k > 10 ? 7 : 1) {
    const auto shorter = tree.nearest(queries.points(), k);
    for (std::int64_t q = 0; q < 40; ++q) {
      for (std::int64_t i = 0; i < k; ++i) {
        if (shorter.indices[static_cast<std::size_t>(q * k + i)] !=
            longer.indices[static_cast<std::size_t>(q * longer.k + i)]) {
          FAIL("k " << k << ", query " << q << ", rank " << i);
        }
      }
    }
    longer = shorter;
  }
  SUCCEED();
}

TEST_CASE("kd_tree: the radius graph is symmetric and has every point itself", "[neighbors][metamorphic]") {
  const auto shape = static_cast<shape_of_data>(GENERATE(range(0, static_cast<int>(shape_of_data::count))));
  const auto how = GENERATE(metric::euclidean(), metric::manhattan(), metric::chebyshev(), metric::minkowski(2.5));
  const auto set = make_points<float>(shape, 900, 3, 51);
  const auto near = kd_tree<float>(set.points(), {.how = how}).within(set.points(), 0.2);
  std::vector<std::pair<std::int64_t, std::int64_t>> edges, reversed;
  std::int64_t itself = 0;
  for (std::int64_t i = 0; i < 900; ++i) {
    for (const std::int64_t j : near.of(i)) {
      edges.emplace_back(i, j);
      reversed.emplace_back(j, i);
      itself += i == j ? 1 : 0;
    }
  }
  std::sort(edges.begin(), edges.end());
  std::sort(reversed.begin(), reversed.end());
  CHECK(edges == reversed);
  CHECK(itself == 900);
}

TEST_CASE("kd_tree: two trees together find what one tree of both sets finds", "[neighbors][metamorphic]") {
  const auto all = make_points<double>(shape_of_data::clustered, 3000, 3, 61);
  const auto queries = make_queries(all, 50, 61);
  const point_set<double> first{{all.values.begin(), all.values.begin() + 3 * 1300}, 1300, 3};
  const point_set<double> second{{all.values.begin() + 3 * 1300, all.values.end()}, 1700, 3};
  const auto one = kd_tree<double>(all.points()).nearest(queries.points(), 7);
  const auto a = kd_tree<double>(first.points()).nearest(queries.points(), 7);
  const auto b = kd_tree<double>(second.points()).nearest(queries.points(), 7);
  for (std::size_t q = 0; q < 50; ++q) {
    std::vector<std::pair<double, std::int64_t>> joint;
    for (std::size_t i = 7 * q; i < 7 * q + 7; ++i) {
      joint.emplace_back(a.power_distances[i], a.indices[i]);
      joint.emplace_back(b.power_distances[i], b.indices[i] + 1300);
    }
    std::sort(joint.begin(), joint.end());
    for (std::size_t i = 0; i < 7; ++i) {
      if (joint[i].second != one.indices[7 * q + i]) FAIL("query " << q << " rank " << i);
    }
  }
  SUCCEED();
}

TEST_CASE(
    "kd_tree: leaves, splits, index width, threads and the order of queries change no result and no work of "
    "equal trees",
    "[neighbors][metamorphic]") {
  const auto shape = static_cast<shape_of_data>(GENERATE(range(0, static_cast<int>(shape_of_data::count))));
  const auto set = make_points<float>(shape, 5000, 3, 71);
  const auto queries = make_queries(set, 1500, 71);
  const auto reference = kd_tree<float>(set.points()).nearest(queries.points(), 5, {.context = exec::cpu(1)});
  for (const std::int64_t leaf : {1, 7, 16, 100, 1024}) {
    for (const auto split : {split_rule::median, split_rule::sliding_midpoint}) {
      for (const bool wide : {false, true}) {
        const kd_tree<float> tree(set.points(), {.split = split, .leaf_size = leaf, .wide_indices = wide});
        const auto a = tree.nearest(queries.points(), 5, {.order = query_order::given, .context = exec::cpu(1)});
        const auto b = tree.nearest(queries.points(), 5, {.order = query_order::spatial, .context = exec::cpu(4)});
        CHECK(a.indices == reference.indices);
        CHECK(a.power_distances == reference.power_distances);
        CHECK(b.indices == reference.indices);
        CHECK(a.work == b.work);
      }
    }
  }
}

TEST_CASE("kd_tree: work stays in proportion on equal, gridded, sorted and constant data", "[neighbors][metamorphic]") {
  // n equal points are one leaf of which k are taken; gridded and sorted data need a few leaves.
  const auto shape =
      GENERATE(shape_of_data::all_equal, shape_of_data::two_places, shape_of_data::gridded, shape_of_data::sorted,
               shape_of_data::constant_axes, shape_of_data::heavy_duplicates, shape_of_data::line);
  const auto set = make_points<float>(shape, 100000, 3, 81);
  const kd_tree<float> tree(set.points());
  point_set<float> some{{}, 200, 3};
  for (std::int64_t q = 0; q < 200; ++q) some.values.insert(some.values.end(), set.row(q * 499), set.row(q * 499) + 3);
  const auto near = tree.nearest(some.points(), 5);
  CAPTURE(static_cast<int>(shape), near.work.leaves, near.work.nodes, near.work.distances);
  CHECK(near.work.leaves <= 200 * 40);
  CHECK(near.work.distances <= 200 * 40 * 32);
  CHECK(tree.info().depth <= 44);  // twice log2(n), and two levels for each side with a value that most points share
}
