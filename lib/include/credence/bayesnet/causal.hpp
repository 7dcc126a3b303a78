// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/inference.hpp"

namespace credence::bayesnet {

/// The network after setting variables from outside, do(X = x): arcs into them are cut and their tables hold one state.
/// Queries on it are queries under the intervention; evidence given to them was seen after it.
/// @param set  findings of single states only
/// @throws domain_error  for other findings, an unknown name, or a variable that is set twice
/// @source Pearl, Causality (2009), 3.2.3
network intervene(const network& net, const evidence& set);

/// P(outcome | do(treatment = state)) for every state, from the distribution of the observed variables alone.
struct treatment_effect {
  std::vector<std::string> treatment_states, outcome_states;
  std::vector<double> probabilities;  ///< (treatment states, outcome states)
  [[nodiscard]] double at(std::string_view treatment, std::string_view outcome) const;
  /// P(outcome | do(a)) - P(outcome | do(b)). @throws domain_error  for an unknown state
  [[nodiscard]] double average_effect(std::string_view a, std::string_view b, std::string_view outcome) const;
};

/// sum_z P(z) P(y | x, z).
/// @throws domain_error  when z is no back-door set, or a value of z that can happen never happens with a treatment
/// state
treatment_effect adjust_back_door(const network& net, std::string_view treatment, std::string_view outcome,
                                  const std::vector<std::string>& z, const elimination_query& options = {});

/// sum_z P(z | x) sum_x' P(y | x', z) P(x').
/// @throws domain_error  when z is no front-door set, or a treatment state or a value of z with one never happens
treatment_effect adjust_front_door(const network& net, std::string_view treatment, std::string_view outcome,
                                   const std::vector<std::string>& z, const elimination_query& options = {});

/// The same by intervening in the network, whatever can be observed.
treatment_effect effect_of(const network& net, std::string_view treatment, std::string_view outcome,
                           const elimination_query& options = {});

}  // namespace credence::bayesnet
