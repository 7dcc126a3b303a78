// SPDX-License-Identifier: BSD-3-Clause
// Runs on a device; skipped where there is none.
#include "neighbors/support.hpp"
#include "support/catch.hpp"

using namespace credence;
using namespace credence::neighbors;
using namespace credence::test;

TEST_CASE("cuda: a tree finds the same neighbours as on the CPU, to the last bit", "[neighbors][cuda]") {
  if (exec::cuda_device_count() == 0) CREDENCE_SKIP("there is no CUDA device");
  const auto shape = static_cast<shape_of_data>(GENERATE(range(0, static_cast<int>(shape_of_data::count))));
  const auto how = GENERATE(metric::euclidean(), metric::manhattan(), metric::chebyshev(), metric::minkowski(3.0));
  const auto set = make_points<float>(shape, 20000, 3, 5);
  const auto queries = make_queries(set, 3000, 5);  // some of them far from all points
  const kd_tree<float> tree(set.points(), {.how = how});
  for (const std::int64_t k : {1, 10, 60}) {
    const auto a = tree.nearest(queries.points(), k);
    const auto b = tree.nearest(queries.points(), k, {.context = exec::cuda()});
    CHECK(a.indices == b.indices);
    CHECK(a.power_distances == b.power_distances);
  }
}
