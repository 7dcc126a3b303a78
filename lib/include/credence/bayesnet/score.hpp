// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/network.hpp"
#include "credence/table/table.hpp"

namespace credence::bayesnet {

/// A table's cells as state numbers: codes[node][row], -1 where missing. Columns are matched by name, others are
/// ignored.
/// @throws domain_error  when a variable has no column, or a cell holds a text that is none of its states (row from 0)
std::vector<std::vector<std::int32_t>> state_codes(const network& net, const table& data);

/// Scores of a network's structure on data: natural logarithms, higher is better. With n_ijk rows in which node i has
/// state k and its parents their j-th states, n_ij their sum over k, N rows, and k free parameters:
struct network_scores {
  double loglik = 0.0;  ///< sum n_ijk ln(n_ijk / n_ij): with maximum-likelihood tables
  double aic = 0.0;     ///< loglik - parameters
  double bic = 0.0;     ///< loglik - parameters / 2 * ln N
  double bdeu = 0.0;    ///< ln P(data | structure), Dirichlet(ess / (rows * states)) on each row of each table
  double k2 = 0.0;      ///< the same with Dirichlet(1)
  std::int64_t parameters = 0;
  std::int64_t rows = 0;
};

/// @throws domain_error  when a cell is missing (row and column are named), or equivalent_sample_size is not positive
/// @source Heckerman, Geiger, Chickering, Machine Learning 20 (1995) (BDeu); Cooper and Herskovits, ibid. 9 (1992) (K2)
network_scores score(const network& net, const table& data, double equivalent_sample_size = 10.0);

}  // namespace credence::bayesnet
