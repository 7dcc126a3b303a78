// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/discrete_data.hpp"
#include "credence/bayesnet/family_score.hpp"

#include <functional>

namespace credence::bayesnet {

/// A statement that two variables are independent given others, weighed against data.
struct independence_answer {
  double statistic = 0.0;
  double degrees_of_freedom = 0.0;
  double p_value = 1.0;  ///< of a statistic at least this large when the variables are independent
};

/// Answers whether x and y are independent given a set (ascending, without x and y). May be called from several
/// threads.
using independence_test = std::function<independence_answer(node_id x, node_id y, std::span<const node_id> given)>;

enum class independence_statistic : std::uint8_t {
  g2,                  ///< 2 sum n ln(n / expected), the likelihood ratio
  x2,                  ///< sum (n - expected)^2 / expected, Pearson's
  mutual_information,  ///< G2 / (2 rows), in nats; its p-value is that of G2
};

/// Chi-square test of conditional independence: (|x| - 1)(|y| - 1) product of |given| degrees of freedom. Cells that
/// cannot be expected add nothing.
/// @throws domain_error  when a cell is missing
/// @source Spirtes, Glymour, Scheines, Causation, Prediction, and Search (2000), 5.5
independence_answer test_independence(const discrete_data& data, node_id x, node_id y, std::span<const node_id> given,
                                      independence_statistic statistic = independence_statistic::g2);

/// The same as a function, for complete data. @throws domain_error  when a cell is missing
independence_test make_independence_test(discrete_data data,
                                         independence_statistic statistic = independence_statistic::g2);

/// Fisher's z: the partial correlation's inverse hyperbolic tangent times sqrt(rows - |given| - 3) is standard normal.
/// With no more than |given| + 3 rows nothing can be refuted: p is 1.
independence_test fisher_z(gaussian_data data);

/// d-separation in a known graph: infinitely many rows. p is 1 or 0. The graph is kept by copy.
independence_test d_separation_oracle(dag graph);

}  // namespace credence::bayesnet
