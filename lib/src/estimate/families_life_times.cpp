// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/burr_xii.hpp"
#include "credence/distributions/frechet.hpp"
#include "credence/distributions/generalized_pareto.hpp"
#include "credence/distributions/gompertz.hpp"
#include "credence/distributions/inverse_gaussian.hpp"
#include "credence/distributions/log_logistic.hpp"
#include "credence/distributions/pareto.hpp"
#include "credence/distributions/pareto_ii.hpp"
#include "credence/distributions/weibull.hpp"
#include "estimate/family_functions.hpp"

namespace credence::estimate_detail {

std::vector<family_entry> life_time_entries() {
  return {
      entry_of<weibull<>>(),          entry_of<frechet<>>(),   entry_of<log_logistic<>>(),
      entry_of<inverse_gaussian<>>(), entry_of<gompertz<>>(),  entry_of<burr_xii<>>(),
      entry_of<pareto<>>(),           entry_of<pareto_ii<>>(), entry_of<generalized_pareto<>>(),
  };
}

}  // namespace credence::estimate_detail
