// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/samplers/ensemble.hpp"
#include "credence/samplers/run.hpp"

#include <cstdint>
#include <vector>

/// Samplers whose chains learn from each other or are made of several replicas. All chains are evaluated together, as
/// lanes. They leave no checkpoints.

/// ChEES-HMC: Hamiltonian trajectories of one length for all chains, which warm-up chooses so that squared distances
/// from the mean change the most. Lengths are jittered by a Halton sequence. It wants many chains: 16 at least,
/// better 64.
/// @source Hoffman, Radul and Sountsov, "An adaptive-MCMC scheme for setting trajectory lengths in Hamiltonian Monte
///         Carlo", AISTATS 2021
namespace credence::chees {

struct options {
  double target_acceptance = 0.651;  ///< harmonic mean over chains, which warm-up aims at
  double learning_rate = 0.025;      ///< of Adam, on the logarithm of the trajectory length
  std::int64_t max_steps = 1000;     ///< leapfrog steps at most
  double max_energy_error = 1000.0;  ///< beyond it a trajectory counts as divergent
};

}  // namespace credence::chees

/// MEADS: generalised Hamiltonian Monte Carlo, one leapfrog step at a time with velocities that are renewed in part,
/// all its settings learnt by each fold of chains from another fold, without end: nothing is tuned by hand, and warm-up
/// only lets the chains forget their starts. In turn one fold rests, so draws of a chain repeat. It wants many chains:
/// 64 at least, better hundreds.
/// @source Hoffman and Sountsov, "Tuning-free generalized Hamiltonian Monte Carlo", AISTATS 2022; the slice variable
///         that makes acceptance non-reversible: Neal, "Non-reversibly updating a uniform [0, 1] value for Metropolis
///         accept/reject decisions", arXiv:2001.11950
namespace credence::meads {

struct options {
  std::int64_t folds = 4;            ///< at least 2, with at least two chains each
  double step_size_factor = 0.5;     ///< of what the steepest direction allows; at most 1 is stable
  double max_energy_error = 1000.0;  ///< beyond it a step counts as divergent
};

}  // namespace credence::meads

/// Parallel tempering: replicas between a normal reference distribution and the target, by powers of their ratio, which
/// swap places in turn. Modes far apart are visited through the reference, and the constant of the target comes with
/// the draws. Reference and ladder are learnt in warm-up, in rounds that double.
/// @source Syed, Bouchard-Cote, Deligiannidis and Doucet, "Non-reversible parallel tempering: a scalable highly
/// parallel
///         MCMC scheme", JRSS B 2022; Surjanovic et al., "Parallel tempering with a variational reference", NeurIPS
///         2022
namespace credence::tempering {

struct options {
  std::int64_t replicas = 10;    ///< of each chain, reference and target among them
  double reference_scale = 2.0;  ///< standard deviation of the first reference, centred at 0
  /// Give it the moments of an even mixture of itself and the target's draws, so that it reaches targets far away.
  bool adapt_reference = true;
  double target_acceptance = 0.8;   ///< of the trajectories that each replica takes between swaps
  double integration_time = 1.571;  ///< of these trajectories, in units of the replica's standard deviations
  std::int64_t max_steps = 64;      ///< leapfrog steps at most
};

}  // namespace credence::tempering

/// Sequential Monte Carlo: particles of a normal reference become draws of the target by steps of reweighting,
/// resampling and Hamiltonian moves; the steps are as long as the weights stay even. Each chain is a run of its own
/// with as many particles as draws are wanted. `warmup` is not used.
/// @source Del Moral, Doucet and Jasra, "Sequential Monte Carlo samplers", JRSS B 2006
namespace credence::smc {

struct options {
  double effective_share = 0.5;     ///< effective over actual number of particles that each reweighting keeps
  std::int64_t moves = 8;           ///< trajectories of every particle after each resampling
  double reference_scale = 2.0;     ///< standard deviation of the reference, centred at 0
  double target_acceptance = 0.8;   ///< that the step size follows from level to level
  double integration_time = 1.571;  ///< in units of the particles' standard deviations
  std::int64_t max_steps = 64;      ///< leapfrog steps at most
  std::int64_t max_levels = 1000;   ///< an error beyond: the target may be improper
};

}  // namespace credence::smc

namespace credence {

/// One trajectory length for all chains; run.chains lanes.
/// @throws domain_error  as for one chain; or with fewer than 2 chains; or when a checkpoint is asked for
run_result sample(const sampling_target& target, const chees::options& sampler, const run_options& run = {});
/// @throws domain_error  as for one chain; or with fewer than two chains a fold; or when a checkpoint is asked for
run_result sample(const sampling_target& target, const meads::options& sampler, const run_options& run = {});
/// The chains are the walkers of one ensemble.
run_result sample(const sampling_target& target, const ensemble::options& sampler, const run_options& run = {});
/// Each chain is a ladder of replicas. `log_evidence` of the result: the log of the integral of the density as written,
/// one estimate a chain.
run_result sample(const sampling_target& target, const tempering::options& sampler, const run_options& run = {});
run_result sample(const sampling_target& target, const smc::options& sampler, const run_options& run = {});

std::vector<std::string> statistic_names(const chees::options& sampler);
std::vector<std::string> statistic_names(const meads::options& sampler);
std::vector<std::string> statistic_names(const ensemble::options& sampler);
std::vector<std::string> statistic_names(const tempering::options& sampler);
std::vector<std::string> statistic_names(const smc::options& sampler);

}  // namespace credence
