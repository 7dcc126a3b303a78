// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/cauchy.hpp"
#include "credence/distributions/exp_mod_normal.hpp"
#include "credence/distributions/generalized_extreme_value.hpp"
#include "credence/distributions/gumbel.hpp"
#include "credence/distributions/laplace.hpp"
#include "credence/distributions/logistic.hpp"
#include "credence/distributions/normal.hpp"
#include "credence/distributions/skew_normal.hpp"
#include "credence/distributions/student_t.hpp"
#include "credence/distributions/uniform.hpp"
#include "credence/distributions/von_mises.hpp"
#include "estimate/family_functions.hpp"

namespace credence::estimate_detail {

std::vector<family_entry> real_line_entries() {
  return {
      entry_of<normal<>>(),
      entry_of<student_t<>>(),
      entry_of<cauchy<>>(),
      entry_of<laplace<>>(),
      entry_of<logistic<>>(),
      entry_of<gumbel<>>(),
      entry_of<generalized_extreme_value<>>(),
      entry_of<skew_normal<>>(),
      entry_of<exp_mod_normal<>>(),
      entry_of<von_mises<>>(),
      entry_of<uniform<>>(),
  };
}

}  // namespace credence::estimate_detail
