// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace credence {

/// What a person looks at first, for one parameter. NaN where a number has no meaning (see convergence.hpp).
struct parameter_summary {
  std::string name;
  double mean = 0.0, mcse_mean = 0.0;
  double sd = 0.0, mcse_sd = 0.0;
  double mad = 0.0;  ///< median absolute deviation times 1.4826, which is the sd of a normal distribution
  double q5 = 0.0, q50 = 0.0, q95 = 0.0;  ///< type 7 quantiles
  double ess_bulk = 0.0, ess_tail = 0.0, rhat = 0.0;
  double nested_rhat = std::numeric_limits<double>::quiet_NaN();  ///< only when superchains were given
};

/// How the sampler fared. Empty vectors where the sampler has no such thing.
struct sampler_summary {
  std::int64_t divergences = 0;
  std::int64_t max_depth_hits = 0;
  std::vector<std::int64_t> divergences_per_chain;
  std::vector<double> ebfmi;  ///< one for each chain
};

/// A finding that a person should act on.
struct sampling_warning {
  enum class kind : std::uint8_t { not_finite, constant, rhat, ess_bulk, ess_tail, divergences, max_depth, ebfmi, warmup };
  kind what = kind::not_finite;
  std::string parameter;  ///< the worst one, empty where none is meant
  double value = 0.0;     ///< its number: the R-hat, the ESS, how many divergences
  std::string text;       ///< one sentence on what is wrong, and what to try
};

struct draws_summary {
  std::int64_t chains = 0, draws = 0;
  std::vector<parameter_summary> parameters;
  sampler_summary sampler;
  std::vector<sampling_warning> warnings;
};

/// Sampler statistics beside the draws, each (chains, draws); a view without data where there is none.
struct sampler_statistics {
  view<const double, 2> divergent;  ///< not 0 where the trajectory diverged
  view<const double, 2> tree_depth;
  view<const double, 2> energy;
  std::int64_t max_tree_depth = 10;
};

struct summary_options {
  double rhat_threshold = 1.01;
  double ess_per_chain = 100.0;
  double ebfmi_threshold = 0.3;
  std::vector<std::int64_t> superchain = {};  ///< one entry a chain: also compute nested R-hat
};

/// Summarises the draws of many parameters, in parallel over parameters.
///
/// @param names  one for each parameter
/// @param draws  (chains, draws, parameters), warm-up left out; any strides
/// @throws shape_error  when `names`, or a statistic, does not fit `draws`
/// @complexity a sort of chains * draws numbers for each parameter
draws_summary summary(const exec::context& ctx, std::span<const std::string> names, view<const double, 3> draws,
                      const sampler_statistics& statistics = {}, const summary_options& options = {});

/// Counts divergences and depth hits, and computes E-BFMI for each chain.
sampler_summary summarise_sampler(const sampler_statistics& statistics);

/// A table for people: one line a parameter, then sampler statistics and warnings.
std::string to_text(const draws_summary& result);

}  // namespace credence
