// SPDX-License-Identifier: BSD-3-Clause
// Matching image descriptors (SIFT, 128 bytes each) with Lowe's ratio test: a match counts when the nearest descriptor
// is clearly nearer than the second. A folder with sift_base_u8.bin.gz and sift_query_u8.bin.gz may be given; without
// one, descriptors are made up.
#include "credence/base/errors.hpp"
#include "credence/neighbors/approximate.hpp"
#include "credence/neighbors/search.hpp"
#include "credence/random/uniform.hpp"
#include "credence/table/files.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

using namespace credence;

namespace {

constexpr std::int64_t dimensions = 128;
using bytes = std::string;  // rows of 128 bytes

view<const std::uint8_t, 2> rows(const bytes& all) {
  return view<const std::uint8_t, 2>(reinterpret_cast<const std::uint8_t*>(all.data()),
                                     static_cast<std::int64_t>(all.size()) / dimensions, dimensions);
}

/// Queries are base descriptors with some noise, every fourth one is unlike all others.
void make_up(bytes& base, bytes& queries) {
  const rng_key key{1, 0};
  for (std::uint64_t i = 0; i < 5000 * dimensions; ++i) base += static_cast<char>(random::integer_below(key, i, 120));
  for (std::uint64_t q = 0; q < 400; ++q) {
    for (std::uint64_t j = 0; j < dimensions; ++j) {
      const std::uint64_t noise = random::integer_below(key, 1000000 + q * dimensions + j, q % 4 == 3 ? 120 : 16);
      const auto own = static_cast<unsigned char>(base[12 * q * dimensions + j]);
      queries += static_cast<char>(q % 4 == 3 ? noise : own / 2 * 2 + noise);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  bytes base, queries;
  const std::string folder = argc > 1 ? argv[1] : "../shared/data/tabular";
  try {
    base = read_file(folder + "/sift_base_u8.bin.gz");
    queries = read_file(folder + "/sift_query_u8.bin.gz");
  } catch (const io_error&) {
    make_up(base, queries);
  }

  // Exact: the plan knows that comparing all is best here, and says why.
  const auto found = neighbors::search<std::uint8_t>(rows(base), rows(queries), 2);
  std::printf("%s\n", found.explain().c_str());
  std::int64_t matches = 0;
  const auto squared = found.neighbors.squared_distances();  // exact integers
  const double ratio = 0.8;
  for (std::size_t q = 0; q < squared.size() / 2; ++q) matches += squared[2 * q] < ratio * ratio * squared[2 * q + 1];
  std::printf("%lld of %zu descriptors match by the ratio test\n", static_cast<long long>(matches), squared.size() / 2);

  // Approximate: a budget chosen for a recall of 0.9 on a sample, and what each answer is worth.
  const auto tuned = neighbors::tune_forest<std::uint8_t>(rows(base), {.recall = 0.9, .k = 2, .most_trees = 4});
  const auto rough = tuned.forest.nearest(rows(queries), 2, {.max_leaves = tuned.max_leaves});
  std::int64_t same = 0, proven = 0;
  for (std::int64_t q = 0; q < rough.neighbors.queries; ++q) {
    same += rough.neighbors.indices[static_cast<std::size_t>(2 * q)] ==
            found.neighbors.indices[static_cast<std::size_t>(2 * q)];
    proven += rough.certified(q);
  }
  std::printf("forest of %lld trees, %lld leaves a query: %lld of %lld nearest ones found, %lld proven\n",
              static_cast<long long>(tuned.forest.trees()), static_cast<long long>(tuned.max_leaves),
              static_cast<long long>(same), static_cast<long long>(rough.neighbors.queries),
              static_cast<long long>(proven));
  return matches > 0 && 10 * same >= 7 * rough.neighbors.queries ? 0 : 1;
}
