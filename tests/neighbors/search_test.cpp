// SPDX-License-Identifier: BSD-3-Clause
#include "credence/neighbors/search.hpp"

#include "credence/base/errors.hpp"
#include "credence/table/csv.hpp"
#include "credence/table/files.hpp"

#include "neighbors/support.hpp"
#include "support/catch.hpp"

using namespace credence;
using namespace credence::neighbors;
using namespace credence::test;

TEMPLATE_TEST_CASE("brute_force: every method finds what the slow order says, and what the tree finds",
                   "[neighbors][brute]", float, double, std::uint8_t, std::int8_t) {
  using T = TestType;
  std::uint64_t seed = 100;
  for (int shape = 0; shape < static_cast<int>(shape_of_data::count); ++shape) {
    for (const std::int64_t d : {1, 2, 7, 24, 33}) {
      for (const std::int64_t n : {1, 31, 32, 33, 700}) {
        const auto set = make_points<T>(static_cast<shape_of_data>(shape), n, d, ++seed);
        const auto queries = make_queries(set, 13, seed);
        CAPTURE(shape, d, n);
        for (const std::int64_t k : {1, 10, 60}) {
          for (const metric& how : {metric::euclidean(), metric::manhattan(), metric::chebyshev()}) {
            const brute_force<T> all(set.points(), how);
            const auto by_vectors = all.nearest(queries.points(), k, {.context = exec::cpu(2)}, brute_method::vectors);
            std::vector<std::int64_t> truth;
            for (std::int64_t q = 0; q < 13; ++q) {
              const auto order = slow_order(set, how, queries.row(q));
              for (std::int64_t i = 0; i < k; ++i)
                truth.push_back(i < n ? order[static_cast<std::size_t>(i)].second : -1);
            }
            if (by_vectors.indices != truth) FAIL("vectors, " << to_string(how) << ", k " << k);
            if (how.kind != metric_kind::euclidean) {
              CHECK_THROWS_AS(all.nearest(queries.points(), k, {}, brute_method::products), domain_error);
              continue;
            }
            const auto by_products = all.nearest(queries.points(), k, {}, brute_method::products);
            if (by_products.indices != truth) FAIL("products, k " << k);
            if (by_products.power_distances != by_vectors.power_distances) FAIL("distances of products, k " << k);
          }
        }
      }
    }
  }
  SUCCEED();
}

TEST_CASE("brute_force: products keep their exactness far from the origin and at the ends of the range",
          "[neighbors][brute]") {
  // Points around 1000 with differences of 1e-3: half of the digits of a naive product cancel.
  auto set = make_points<float>(shape_of_data::uniform, 3000, 30, 5);
  for (float& x : set.values) x = 1000.0F + 1e-3F * x;
  const auto near_queries = make_queries(set, 40, 6);
  const brute_force<float> all(set.points());
  CHECK(all.nearest(near_queries.points(), 9, {}, brute_method::products).indices ==
        all.nearest(near_queries.points(), 9, {}, brute_method::vectors).indices);
  for (const int power : {-70, 62, 120}) {  // squares underflow, and overflow
    auto scaled = make_points<float>(shape_of_data::uniform, 500, 30, 5);
    for (float& x : scaled.values) x = std::ldexp(x, power);
    const brute_force<float> other(scaled.points());
    CHECK(other.nearest(scaled.points(), 5, {}, brute_method::products).indices ==
          other.nearest(scaled.points(), 5, {}, brute_method::vectors).indices);
  }
  // Bytes at both ends: the largest sums there are.
  std::vector<std::uint8_t> ends(200 * 512, 0);
  for (std::size_t i = 0; i < ends.size(); ++i) ends[i] = (i / 512 + i % 512) % 3 == 0 ? 255 : 0;
  const view<const std::uint8_t, 2> points(ends.data(), 200, 512);
  const brute_force<std::uint8_t> bytes(points);
  const auto a = bytes.nearest(points, 8, {}, brute_method::products),
             b = bytes.nearest(points, 8, {}, brute_method::vectors);
  CHECK(a.indices == b.indices);
  CHECK(a.power_distances == b.power_distances);
}

TEST_CASE("search: chooses by the sizes, says why, and finds the same either way", "[neighbors][search]") {
  CHECK(plan_search(1000000, 3, 1000000, 1, {}, 4, false).method == search_method::tree);
  CHECK(plan_search(9000, 128, 1000, 10, {}, 1, true).method == search_method::brute_force);
  CHECK(plan_search(9000, 128, 1000, 10, {}, 1, true).brute == brute_method::products);
  CHECK(plan_search(1000000, 3, 1, 1, {}, 4, false).method == search_method::brute_force);  // no build for one query
  CHECK(plan_search(100, 2, 100, 100, {}, 4, false).method == search_method::brute_force);
  for (const std::int64_t d : {3, 40}) {
    const auto set = make_points<float>(shape_of_data::uniform, 4000, d, 8);
    const auto queries = make_queries(set, 3000, 8);
    const auto found = search<float>(set.points(), queries.points(), 4);
    CHECK((found.plan.method == search_method::tree) == (d == 3));
    CHECK(found.neighbors.indices == kd_tree<float>(set.points()).nearest(queries.points(), 4).indices);
    CHECK(found.plan.reason.find("dimension " + std::to_string(d)) != std::string::npos);
    CHECK(found.explain().find("distances") != std::string::npos);
    CHECK(found.neighbors.work.distances > 0);
  }
  const auto set = make_points<float>(shape_of_data::uniform, 40, 2, 8);
  CHECK_THROWS_AS(search<float>(set.points(), set.points(), 0), domain_error);
  CHECK_THROWS_AS(search<float>(set.points(), set.points(), 41, {.too_few = shortage::error}), domain_error);
}

TEST_CASE("SIFT descriptors: exact neighbours are those of the published truth, ties included", "[neighbors][data]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  const std::string base = credence::read_file(folder + "/tabular/sift_base_u8.bin.gz");
  const std::string queries = credence::read_file(folder + "/tabular/sift_query_u8.bin.gz");
  REQUIRE(base.size() == 9000U * 128U);
  REQUIRE(queries.size() == 1000U * 128U);
  const view<const std::uint8_t, 2> points(reinterpret_cast<const std::uint8_t*>(base.data()), 9000, 128);
  const view<const std::uint8_t, 2> asked(reinterpret_cast<const std::uint8_t*>(queries.data()), 1000, 128);
  const auto found = search<std::uint8_t>(points, asked, 10);
  CHECK(found.plan.method == search_method::brute_force);
  const table truth = read_csv(folder + "/tabular/sift_gt_k10.csv.gz");
  std::vector<std::int64_t> indices;
  std::vector<std::int32_t> distances;
  indices.resize(10000);
  distances.resize(10000);
  for (std::size_t column = 0; column < 20; ++column) {  // ten indices, then ten squared distances
    const auto& values = truth.columns()[column].integers();
    for (std::size_t q = 0; q < 1000; ++q) {
      if (column < 10) indices[10 * q + column] = values[q];
      if (column >= 10) distances[10 * q + column - 10] = static_cast<std::int32_t>(values[q]);
    }
  }
  CHECK(found.neighbors.indices == indices);
  CHECK(found.neighbors.power_distances == distances);
  const auto few = view<const std::uint8_t, 2>(asked.data, 60, 128);
  CHECK(kd_tree<std::uint8_t>(points).nearest(few, 10).indices ==
        std::vector<std::int64_t>(indices.begin(), indices.begin() + 600));
}
