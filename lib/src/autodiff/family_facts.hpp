// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/families.hpp"

#include <cstdint>

namespace credence::detail {

/// What compiling needs to know of a family.
struct family_facts {
  int parameters, variate_terms, parameter_terms;
  unsigned term_parameters;  ///< bit k: the prepared terms depend on parameter k
};

template <class K>
constexpr family_facts facts_of() {
  unsigned mask = (1U << K::parameters) - 1U;
  if constexpr (requires { K::term_parameters; }) mask = K::term_parameters;
  return {K::parameters, K::variate_terms, K::parameter_terms, mask};
}

template <class List>
struct all_facts;
template <class... Kernels>
struct all_facts<type_list<Kernels...>> {
  static constexpr family_facts facts[] = {facts_of<Kernels>()...};
};

inline const family_facts& facts(std::uint16_t family) { return all_facts<univariate_kernels>::facts[family]; }

}  // namespace credence::detail
