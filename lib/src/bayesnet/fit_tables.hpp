// SPDX-License-Identifier: BSD-3-Clause
// What fitting by counting and by expectation share.
#pragma once

#include "credence/bayesnet/fit.hpp"

namespace credence::bayesnet::detail {

/// Throws unless the columns are the network's variables, in order and with its states.
void check_matches(const network& net, const discrete_data& data, const char* where);
/// @throws domain_error, shape_error
void check_prior(const network& net, const table_prior& prior, const char* where);
/// Laid out as the table of `v`.
std::vector<double> prior_counts(const network& net, const table_prior& prior, node_id v);
/// Divides each row by its sum; rows of zeros become uniform.
void to_probabilities(std::vector<double>& counts, std::size_t states);
/// The same network with other tables.
network with_tables(const network& net, std::vector<std::vector<double>> tables);

}  // namespace credence::bayesnet::detail
