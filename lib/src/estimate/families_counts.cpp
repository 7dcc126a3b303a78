// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/bernoulli.hpp"
#include "credence/distributions/beta_binomial.hpp"
#include "credence/distributions/binomial.hpp"
#include "credence/distributions/geometric.hpp"
#include "credence/distributions/negative_binomial.hpp"
#include "credence/distributions/poisson.hpp"
#include "credence/distributions/zero_inflated_negative_binomial.hpp"
#include "credence/distributions/zero_inflated_poisson.hpp"
#include "credence/distributions/zero_truncated_negative_binomial.hpp"
#include "credence/distributions/zero_truncated_poisson.hpp"
#include "estimate/family_functions.hpp"

namespace credence::estimate_detail {

std::vector<family_entry> count_entries() {
  return {
      entry_of<poisson<>>(),
      entry_of<geometric<>>(),
      entry_of<negative_binomial<>>(),
      entry_of<bernoulli<>>(),
      entry_of<binomial<>>(),
      entry_of<beta_binomial<>>(),
      entry_of<zero_inflated_poisson<>>(),
      entry_of<zero_inflated_negative_binomial<>>(),
      entry_of<zero_truncated_poisson<>>(),
      entry_of<zero_truncated_negative_binomial<>>(),
  };
}

}  // namespace credence::estimate_detail
