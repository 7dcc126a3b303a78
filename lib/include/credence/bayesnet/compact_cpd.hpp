// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace credence::bayesnet {

/// How a table was given, where that takes fewer numbers than the table has: kept beside the table for formats that can
/// hold it (JSON). Queries use the table.
struct compact_cpd {
  enum class kind : std::uint8_t {
    none,
    deterministic,  ///< the child's state is a function of the parents' states
    noisy_or,       ///< causes act alone, each brings `state` about or not; the child has two states
    noisy_max,      ///< causes act alone, each brings about a state; the child takes the highest of them
  };
  kind what = kind::none;
  std::vector<std::int64_t> outcomes;  ///< deterministic: the child's state in each row
  std::int64_t state = 0;              ///< noisy_or: what causes bring about
  /// noisy_or: one number, P(state) when all causes are silent. noisy_max: a distribution over the child's states.
  std::vector<double> leak;
  /// Of each parent. noisy_or: for each of its states the probability that it alone brings `state` about (0 for the
  /// state that is no cause). noisy_max: for each of its states a distribution over the child's states, row-major.
  std::vector<std::vector<double>> causes;

  friend bool operator==(const compact_cpd&, const compact_cpd&) = default;
};

/// The table, row-major over (parents, child):
///  - noisy_or: P(other | u) = (1 - leak) product over parents of (1 - causes[i][u_i])
///  - noisy_max: P(child <= s | u) = P(leak <= s) product of P(cause i <= s | u_i), states in order from the lowest
///
/// @param states         of the child
/// @param parent_states  of each parent
/// @throws domain_error, shape_error  when a list has the wrong length, a number is no probability or a distribution
///                                    does not sum to one within 1e-6; memory_error  beyond 1e9 entries
/// @source Pearl, Probabilistic Reasoning in Intelligent Systems (1988), 4.3.2; Diez, "Parameter adjustment in Bayes
///         networks: the generalized noisy OR-gate", UAI 1993
std::vector<double> expand(const compact_cpd& form, std::int64_t states, std::span<const std::int64_t> parent_states);

}  // namespace credence::bayesnet
