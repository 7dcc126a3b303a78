// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as Stan CSV: draws or a parse_error; two chains of what was read can be joined.
#include "credence/base/errors.hpp"
#include "credence/diagnostics/stan_csv.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace credence;
  try {
    const stan_csv one = parse_stan_csv({reinterpret_cast<const char*>(data), size});
    const std::vector<stan_csv> chains{one, one};
    const chain_draws joined = join_chains(chains);
    if (joined.draws < 0 || joined.draws > one.draws) std::abort();
  } catch (const parse_error& e) {
    if (e.line < 1 || e.column < 1) std::abort();
  }
  return 0;
}
