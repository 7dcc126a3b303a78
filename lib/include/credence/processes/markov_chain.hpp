// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/random/key.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Stochastic processes with few states, and walks: laws that are computed, not simulated.
namespace credence::processes {

/// A Markov chain on states 0 .. n - 1 in discrete time.
class markov_chain {
 public:
  /// @param transition  (n, n): row i is the law of the next state after i. Rows within 1e-6 of one are divided by
  ///                    their sum
  /// @throws shape_error   when it is not square, or empty
  /// @throws domain_error  for a negative or not finite probability, or a row that does not sum to one
  explicit markov_chain(view<const double, 2> transition);
  explicit markov_chain(const std::vector<std::vector<double>>& rows);

  [[nodiscard]] std::int64_t states() const { return states_; }
  [[nodiscard]] double probability(std::int64_t from, std::int64_t to) const {
    return values_[static_cast<std::size_t>(from * states_ + to)];
  }
  /// Row-major (n, n).
  [[nodiscard]] const std::vector<double>& transition() const { return values_; }

 private:
  std::int64_t states_ = 0;
  std::vector<double> values_;
  void normalise();
};

/// States that reach each other.
struct state_classes {
  std::vector<std::int64_t> of;                    ///< the class of each state
  std::vector<std::vector<std::int64_t>> members;  ///< of each class, ascending; classes by their smallest state
  std::vector<bool> recurrent;                     ///< no way out
  std::vector<std::int64_t> period;                ///< 0 for a class that is never visited twice
};
/// @complexity O(n^2)
state_classes classify(const markov_chain& chain);

/// The law that a step does not change, by elimination without subtractions: every entry is accurate relative to
/// itself.
/// @throws domain_error  when there are several recurrent classes, so that it is not unique
/// @complexity O(n^3)
/// @source Grassmann, Taksar and Heyman, "Regenerative analysis and steady state distributions for Markov chains",
///         Operations Research 1985
std::vector<double> stationary_distribution(const markov_chain& chain);

/// The law after so many steps. @throws shape_error, domain_error  (also when `law` is no law)
std::vector<double> law_after(const markov_chain& chain, std::span<const double> law, std::int64_t steps);

/// The probability from each state of ever being in one of `targets` (1 for a target itself).
std::vector<double> hitting_probabilities(const markov_chain& chain, std::span<const std::int64_t> targets);

/// Expected steps from each state to the first of `targets`; infinity where they may never be reached.
std::vector<double> hitting_times(const markov_chain& chain, std::span<const std::int64_t> targets);

/// max over starts of the total variation distance to the stationary law after so many steps.
double distance_to_stationarity(const markov_chain& chain, std::int64_t steps);

/// The first number of steps after which that distance is at most `distance`.
/// @throws domain_error  when the chain is periodic, or has several recurrent classes: it never comes near
std::int64_t mixing_time(const markov_chain& chain, double distance = 0.25);

/// States 0, 1, ... `steps` of a path; state k is a function of the key and the path before it alone.
std::vector<std::int64_t> simulate(const markov_chain& chain, std::int64_t start, std::int64_t steps, rng_key key);

}  // namespace credence::processes
