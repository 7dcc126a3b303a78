// SPDX-License-Identifier: BSD-3-Clause
// A random number is a function of a key and an index: nothing is consumed, so work may be cut anywhere.
#include "credence/random/fill.hpp"

#include <algorithm>
#include <vector>

int main() {
  using namespace credence;
  const auto key = rng_key{.seed = 1}.split(purpose::user, 3);  // the stream of chain 3
  std::vector<double> whole(1000), tail(400);
  random::fill_normal(key, whole);
  random::fill_normal(key, tail, 600);  // elements 600, 601, ... again

  return std::equal(tail.begin(), tail.end(), whole.begin() + 600) ? 0 : 1;  // the same bits
}
