// SPDX-License-Identifier: BSD-3-Clause
// The samplers of `credence sample`, chosen by name.
#pragma once

#include "credence/samplers/many_chains.hpp"
#include "credence/samplers/run.hpp"

#include <string>
#include <variant>
#include <vector>

namespace credence::app {

/// What the command line says about the sampler. Empty texts and zeros are what suits the method.
struct method_choice {
  std::string name = "nuts";
  std::string metric{};     ///< unit, diag, dense, lowrank
  std::string estimator{};  ///< variance, fisher
  double target_acceptance = 0.0;
  int max_depth = 10;
  double integration_time = 0.0, jitter = 0.0;
};

class sampling_method {
 public:
  /// Names for --method.
  static std::vector<std::string> names();

  /// @throws usage_error  when the method has no such metric, estimator or acceptance rate
  explicit sampling_method(const method_choice& choice);

  [[nodiscard]] run_result sample(const sampling_target& target, const run_options& run) const;
  [[nodiscard]] std::vector<std::string> statistic_names() const;
  [[nodiscard]] bool is_hamiltonian() const;
  [[nodiscard]] bool leaves_checkpoints() const;
  [[nodiscard]] std::string metric_name() const;   ///< as CmdStan has it: diag_e, dense_e, unit_e
  [[nodiscard]] double target_acceptance() const;  ///< NaN where there is none

 private:
  std::variant<nuts::options, hmc::options, mala::options, barker::options, random_walk::options,
               independence_metropolis::options, slice_sampling::options, elliptical_slice::options, chees::options,
               meads::options, ensemble::options, tempering::options, smc::options>
      options_;
};

}  // namespace credence::app
