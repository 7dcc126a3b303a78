// SPDX-License-Identifier: BSD-3-Clause
#include "credence/sampling_method.hpp"

#include "credence/command.hpp"

#include <fmt/format.h>

#include <limits>
#include <type_traits>

namespace credence::app {

namespace {

metric_adaptation adaptation_of(const method_choice& choice, metric_adaptation usual) {
  if (choice.metric == "unit") usual.shape = metric::shape::unit;
  if (choice.metric == "diag") usual.shape = metric::shape::diagonal;
  if (choice.metric == "dense") usual.shape = metric::shape::dense;
  if (choice.metric == "lowrank") usual = {metric::shape::low_rank, metric_estimator::fisher};
  if (choice.estimator == "fisher") usual.estimator = metric_estimator::fisher;
  if (choice.estimator == "variance") {
    if (usual.shape == metric::shape::low_rank) {
      throw usage_error("sample: --estimator is variance, but must be fisher for --metric lowrank");
    }
    usual.estimator = metric_estimator::variance;
  }
  return usual;
}

template <class Options>
constexpr bool uses_gradients = std::is_same_v<Options, nuts::options> || std::is_same_v<Options, hmc::options> ||
                                std::is_same_v<Options, mala::options> || std::is_same_v<Options, barker::options>;

template <class Options>
void configure_metric(const method_choice& choice, Options& opt) {
  opt.adaptation = adaptation_of(choice, opt.adaptation);
  if (!uses_gradients<Options> && opt.adaptation.estimator == metric_estimator::fisher) {
    throw usage_error(fmt::format(
        "sample: --metric lowrank and --estimator fisher need gradients, which {} does not use", choice.name));
  }
  if (std::is_same_v<Options, slice_sampling::options> && opt.adaptation.shape == metric::shape::dense) {
    throw usage_error("sample: --metric is dense, but must be diag or unit for slice");
  }
}

/// Takes from the choice what the options have, and refuses what they have not.
template <class Options>
Options configured(const method_choice& choice, Options opt = {}) {
  if constexpr (requires { opt.adaptation; }) {
    configure_metric(choice, opt);
  } else if (!choice.metric.empty() || !choice.estimator.empty()) {
    throw usage_error(fmt::format("sample: --metric and --estimator are not for {}", choice.name));
  }
  if constexpr (requires { opt.target_acceptance; }) {
    if (choice.target_acceptance > 0.0) opt.target_acceptance = choice.target_acceptance;
  } else if (choice.target_acceptance > 0.0) {
    throw usage_error(
        fmt::format("sample: --adapt-target is given, but {} has no acceptance rate to aim at", choice.name));
  }
  if constexpr (requires { opt.max_depth; }) opt.max_depth = choice.max_depth;
  if constexpr (std::is_same_v<Options, hmc::options>) {
    opt.integration_time = choice.integration_time;
    opt.jitter = choice.jitter;
  }
  return opt;
}

}  // namespace

std::vector<std::string> sampling_method::names() {
  return {"nuts",       "hmc",   "mala",  "barker",   "rwm",       "independence", "slice",
          "elliptical", "chees", "meads", "ensemble", "tempering", "smc"};
}

sampling_method::sampling_method(const method_choice& choice) {
  if (choice.name == "nuts") options_ = configured<nuts::options>(choice);
  if (choice.name == "hmc") options_ = configured<hmc::options>(choice);
  if (choice.name == "mala") options_ = configured<mala::options>(choice);
  if (choice.name == "barker") options_ = configured<barker::options>(choice);
  if (choice.name == "rwm") options_ = configured<random_walk::options>(choice);
  if (choice.name == "independence") options_ = configured<independence_metropolis::options>(choice);
  if (choice.name == "slice") options_ = configured<slice_sampling::options>(choice);
  if (choice.name == "elliptical") options_ = configured<elliptical_slice::options>(choice);
  if (choice.name == "chees") options_ = configured<chees::options>(choice);
  if (choice.name == "meads") options_ = configured<meads::options>(choice);
  if (choice.name == "ensemble") options_ = configured<ensemble::options>(choice);
  if (choice.name == "tempering") options_ = configured<tempering::options>(choice);
  if (choice.name == "smc") options_ = configured<smc::options>(choice);
}

run_result sampling_method::sample(const sampling_target& target, const run_options& run) const {
  return std::visit([&](const auto& opt) { return credence::sample(target, opt, run); }, options_);
}

std::vector<std::string> sampling_method::statistic_names() const {
  return std::visit([](const auto& opt) { return credence::statistic_names(opt); }, options_);
}

bool sampling_method::is_hamiltonian() const {
  return std::holds_alternative<nuts::options>(options_) || std::holds_alternative<hmc::options>(options_) ||
         std::holds_alternative<chees::options>(options_);
}

bool sampling_method::leaves_checkpoints() const {
  return std::visit(
      [](const auto& opt) {
        return requires { opt.adaptation; };
      },
      options_);
}

std::string sampling_method::metric_name() const {
  const metric::shape shape = std::visit(
      [](const auto& opt) {
        if constexpr (requires { opt.adaptation; }) return opt.adaptation.shape;
        if constexpr (std::is_same_v<std::decay_t<decltype(opt)>, ensemble::options>) return metric::shape::unit;
        return metric::shape::diagonal;
      },
      options_);
  switch (shape) {
    case metric::shape::unit:
      return "unit_e";
    case metric::shape::diagonal:
      return "diag_e";
    case metric::shape::low_rank:
      return "low_rank_e";
    case metric::shape::dense:
      break;
  }
  return "dense_e";
}

double sampling_method::target_acceptance() const {
  return std::visit(
      [](const auto& opt) {
        if constexpr (requires { opt.target_acceptance; }) return opt.target_acceptance;
        return std::numeric_limits<double>::quiet_NaN();
      },
      options_);
}

}  // namespace credence::app
