// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/bif.hpp"
#include "credence/bayesnet/markov.hpp"

#include <optional>

namespace credence::bayesnet {

/// What a UAI file holds: one of the two. Variables are called x0, x1, ..., states 0, 1, ...
struct uai_model {
  std::optional<network> bayes;
  std::optional<markov_network> markov;
};

/// Reads the model format of the UAI inference competitions: BAYES or MARKOV, cardinalities, scopes, tables. In a BAYES
/// model the last variable of a scope is the child, and each variable has one table.
/// @throws parse_error  with line and column: a number missing, out of range or too many, a table of the wrong size,
/// text
///                      after the end, tables beyond the limits, rows that do not sum to one, cycles
/// @source uaicompetition.github.io, "File formats"
uai_model parse_uai(std::string_view text, const std::string& source = "uai", const bif_limits& limits = {});
/// A file, plain or compressed by gzip. @throws io_error, parse_error
uai_model read_uai(const std::string& path, const bif_limits& limits = {});

/// Numbers are the shortest that read back exactly. Names are not kept.
std::string to_uai(const network& net);
std::string to_uai(const markov_network& net);

/// Reads evidence: the number of observed variables, then variable and state of each. A leading count of samples (1, as
/// the older competitions wrote it) is recognised by the number of words.
/// @throws parse_error  with line and column; also for more than one sample
evidence parse_uai_evidence(std::string_view text, std::span<const variable> variables,
                            const std::string& source = "uai evidence");
evidence read_uai_evidence(const std::string& path, std::span<const variable> variables);

/// The result format MAR: each variable's number of states and probabilities, in order.
/// @throws domain_error  when a variable is not among the posteriors
std::string to_uai_marginals(const posterior_set& found, std::int64_t variables);

}  // namespace credence::bayesnet
