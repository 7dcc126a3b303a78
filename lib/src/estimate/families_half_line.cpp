// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/beta.hpp"
#include "credence/distributions/chi_squared.hpp"
#include "credence/distributions/exponential.hpp"
#include "credence/distributions/gamma.hpp"
#include "credence/distributions/half_cauchy.hpp"
#include "credence/distributions/half_normal.hpp"
#include "credence/distributions/half_student_t.hpp"
#include "credence/distributions/inverse_chi_squared.hpp"
#include "credence/distributions/inverse_gamma.hpp"
#include "credence/distributions/kumaraswamy.hpp"
#include "credence/distributions/lognormal.hpp"
#include "credence/distributions/nakagami.hpp"
#include "credence/distributions/rayleigh.hpp"
#include "estimate/family_functions.hpp"

namespace credence::estimate_detail {

std::vector<family_entry> half_line_entries() {
  return {
      entry_of<exponential<>>(), entry_of<gamma<>>(),         entry_of<lognormal<>>(),
      entry_of<chi_squared<>>(), entry_of<inverse_gamma<>>(), entry_of<inverse_chi_squared<>>(),
      entry_of<half_normal<>>(), entry_of<half_cauchy<>>(),   entry_of<half_student_t<>>(),
      entry_of<rayleigh<>>(),    entry_of<nakagami<>>(),      entry_of<beta<>>(),
      entry_of<kumaraswamy<>>(),
  };
}

}  // namespace credence::estimate_detail
