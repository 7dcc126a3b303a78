// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/discrete_data.hpp"
#include "credence/exec/context.hpp"
#include "credence/random/key.hpp"

namespace credence::bayesnet {

/// Dirichlet prior counts of every table; they add up. All zero is maximum likelihood.
struct table_prior {
  double per_table = 0.0;  ///< BDeu: an equivalent sample size, spread evenly over the table
  double per_cell = 0.0;   ///< 1 is K2's (Laplace's) prior
  /// Counts of one's own: empty, or one entry for each node, which is empty or laid out as its table.
  std::vector<std::vector<double>> own{};
};

/// The network of a graph with every row of every table uniform: structure and states for a fit.
/// @throws shape_error, domain_error  when names or numbers of nodes differ
network uniform_network(const dag& graph, std::vector<variable> variables, std::string name = {});

struct fitted_network {
  network net;
  double log_likelihood = 0.0;  ///< of the rows (of their observed cells) with the new tables
};

/// Tables from complete rows: (count + prior count) / sum, which is the maximum likelihood without a prior and the mean
/// of the Dirichlet posterior with one (also its mode in the softmax parametrisation). Rows that nothing is known about
/// are uniform. Structure and states are those of `net`; its tables are not looked at.
/// @throws domain_error  when a cell is missing (see fit_em), a prior count is negative; shape_error
/// @source Heckerman, "A tutorial on learning with Bayesian networks" (1995), section 4
fitted_network fit(const exec::context& ctx, const network& net, const discrete_data& data,
                   const table_prior& prior = {});

struct em_options {
  exec::context context{};  ///< results never depend on it
  table_prior prior{};
  std::int64_t max_iterations = 200;
  double tolerance = 1e-8;  ///< on the relative gain of the log posterior in one iteration
  /// Begin with random tables (Dirichlet(1) rows) instead of those of the network. What is never observed needs this:
  /// uniform tables are a saddle point.
  bool random_start = false;
  rng_key key{};
};

enum class em_stop : std::uint8_t { gain_small, max_iterations };

struct em_result {
  network net;
  double log_likelihood = 0.0;  ///< of the observed cells with `net`
  std::int64_t iterations = 0;
  em_stop why = em_stop::gain_small;
  /// ln P(observed cells | tables) + ln of the prior's density up to a constant, before each iteration: never falls.
  std::vector<double> trace;
};

/// Tables from rows with missing cells, by expectation-maximisation. Each iteration finds the expected counts of all
/// families given what is observed (equal rows once, eight rows side by side on the junction tree), then the tables as
/// `fit` does. Families with nothing missing are counted, not inferred.
/// @throws domain_error  when the network makes a row impossible, which is named; shape_error; what compile throws
/// @source Lauritzen, "The EM algorithm for graphical association models with missing data", CSDA 19 (1995)
em_result fit_em(const network& net, const discrete_data& data, const em_options& options = {});

/// sum over rows of ln P(row), with missing cells summed out.
/// @throws domain_error  naming the first row that the network makes impossible; what compile throws
double log_likelihood(const exec::context& ctx, const network& net, const discrete_data& data);

}  // namespace credence::bayesnet
