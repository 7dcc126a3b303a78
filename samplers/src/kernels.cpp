// SPDX-License-Identifier: BSD-3-Clause
// The samplers as kernels of the run loop.
#include "chain_kernel.hpp"

#include <cmath>
#include <type_traits>
#include <utility>

namespace credence {

std::vector<std::string> statistic_names(const nuts::options&) {
  return {"lp__", "accept_stat__", "stepsize__", "treedepth__", "n_leapfrog__", "divergent__", "energy__"};
}
std::vector<std::string> statistic_names(const hmc::options&) {
  return {"lp__", "accept_stat__", "stepsize__", "int_time__", "n_leapfrog__", "divergent__", "energy__"};
}
std::vector<std::string> statistic_names(const mala::options&) { return {"lp__", "accept_stat__", "stepsize__"}; }
std::vector<std::string> statistic_names(const barker::options&) { return {"lp__", "accept_stat__", "stepsize__"}; }
std::vector<std::string> statistic_names(const random_walk::options&) {
  return {"lp__", "accept_stat__", "stepsize__"};
}
std::vector<std::string> statistic_names(const independence_metropolis::options&) { return {"lp__", "accept_stat__"}; }
std::vector<std::string> statistic_names(const slice_sampling::options&) {
  return {"lp__", "accept_stat__", "n_eval__"};
}
std::vector<std::string> statistic_names(const elliptical_slice::options&) {
  return {"lp__", "accept_stat__", "n_eval__"};
}

namespace detail {
namespace {

// What differs between samplers, by their options.

void write(const nuts::options& opt, const nuts::info& info, double* out) {
  const double values[] = {
      info.acceptance_rate,       opt.step_size, static_cast<double>(info.depth), static_cast<double>(info.leapfrogs),
      info.divergent ? 1.0 : 0.0, info.energy};
  std::copy(std::begin(values), std::end(values), out);
}
void write(const hmc::options& opt, const hmc::info& info, double* out) {
  const double values[] = {info.acceptance_rate,
                           opt.step_size,
                           opt.step_size * static_cast<double>(info.leapfrogs),
                           static_cast<double>(info.leapfrogs),
                           info.divergent ? 1.0 : 0.0,
                           info.energy};
  std::copy(std::begin(values), std::end(values), out);
}
template <class Options, class Info>
void write(const Options& opt, const Info& info, double* out) {
  out[0] = info.acceptance_rate;
  if constexpr (requires { opt.step_size; }) {
    out[1] = opt.step_size;
  } else if constexpr (!std::is_same_v<Options, independence_metropolis::options>) {
    out[1] = static_cast<double>(info.evaluations);
  }
}

template <class Info>
std::int64_t evaluations_of(const Info& info) {
  if constexpr (requires { info.leapfrogs; }) {
    return info.leapfrogs;
  } else if constexpr (requires { info.gradients; }) {
    return info.gradients;
  } else {
    return info.evaluations;
  }
}

constexpr bool is_random_walk(const random_walk::options&) { return true; }
template <class Options>
constexpr bool is_random_walk(const Options&) {
  return false;
}

// Free functions, so that the sampler's own are found by its options.
template <class Options>
chain_state begin_chain(const density_ref& target, const Options& opt, std::span<const double> position) {
  return init(target, opt, position);
}
template <class Options>
auto step_chain(const step_address& at, const density_ref& target, const Options& opt, chain_state& now) {
  return step(at, target, opt, now);
}

/// A reference that is narrower than the target would hold a chain back: half as wide again as the draws.
void widen(credence::metric& reference) {
  for (double& s : reference.scale) s *= 1.5;
  for (double& l : reference.factor) l *= 1.5;
}

template <class Options>
class kernel_of final : public chain_kernel {
 public:
  explicit kernel_of(Options opt) : opt_(std::move(opt)) {}

  [[nodiscard]] std::unique_ptr<chain_kernel> copy() const override { return std::make_unique<kernel_of>(*this); }

  [[nodiscard]] tuning tunes() const override {
    tuning t{.metric = opt_.adaptation};
    if constexpr (requires { opt_.target_acceptance; }) {
      t.target_acceptance = opt_.target_acceptance;
      t.search = !is_random_walk(opt_);
      if (is_random_walk(opt_) && now.position.size() == 1) t.target_acceptance = 0.44;
    }
    return t;
  }

  [[nodiscard]] std::unique_ptr<chain_kernel> learner() const override {
    if constexpr (std::is_same_v<Options, independence_metropolis::options>) {
      return std::make_unique<kernel_of<random_walk::options>>(
          random_walk::options{.metric = opt_.metric, .adaptation = opt_.adaptation});
    }
    return nullptr;
  }

  void begin(const density_ref& target, std::span<const double> position) override {
    now = begin_chain(target, opt_, position);
    if constexpr (std::is_same_v<Options, random_walk::options>) {
      if (opt_.step_size == 0.0) opt_.step_size = 2.38 / std::sqrt(static_cast<double>(position.size()));
    }
  }

  double step(const step_address& at, const density_ref& target) override {
    info_ = step_chain(at, target, opt_, now);
    return info_.acceptance_rate;
  }

  [[nodiscard]] std::int64_t evaluations() const override { return evaluations_of(info_); }
  void statistics(double* out) const override { write(opt_, info_, out); }

  [[nodiscard]] double step_size() const override {
    if constexpr (requires { opt_.step_size; }) return opt_.step_size;
    return 0.0;
  }
  void set_step_size(double step_size) override {
    if constexpr (requires { opt_.step_size; }) opt_.step_size = step_size;
  }
  [[nodiscard]] const credence::metric& metric() const override { return opt_.metric; }
  void set_metric(const credence::metric& metric, std::span<const double> location) override {
    opt_.metric = metric;
    if constexpr (std::is_same_v<Options, elliptical_slice::options>) widen(opt_.metric);
    if constexpr (requires { opt_.location; }) {
      if (!location.empty()) opt_.location.assign(location.begin(), location.end());
    }
  }

  void save(archive_writer& to) const override {
    to(now.position);
    to(now.gradient);
    to(now.log_density);
    to(step_size());
    transfer_metric(to, opt_.metric);
    if constexpr (requires { opt_.location; }) to(opt_.location);
  }
  void load(archive_reader& from) override {
    from(now.position);
    from(now.gradient);
    from(now.log_density);
    double step = 0.0;
    from(step);
    set_step_size(step);
    transfer_metric(from, opt_.metric);
    if constexpr (requires { opt_.location; }) from(opt_.location);
    now.memory.clear();
  }

 private:
  using info_type = decltype(step_chain(std::declval<const step_address&>(), std::declval<const density_ref&>(),
                                        std::declval<const Options&>(), std::declval<chain_state&>()));
  Options opt_;
  info_type info_{};
};

/// The options that a sampler was given, as text: a checkpoint of other options is refused.
template <class Options>
std::string describe(const char* name, const Options& opt) {
  archive_writer given;
  transfer_metric(given, opt.metric);
  given(opt.adaptation.shape);
  given(opt.adaptation.estimator);
  if constexpr (requires { opt.step_size; }) given(opt.step_size);
  if constexpr (requires { opt.target_acceptance; }) given(opt.target_acceptance);
  if constexpr (requires { opt.max_energy_error; }) given(opt.max_energy_error);
  if constexpr (requires { opt.max_depth; }) given(opt.max_depth);
  if constexpr (requires { opt.integration_time; }) given(opt.integration_time);
  if constexpr (requires { opt.jitter; }) given(opt.jitter);
  if constexpr (requires { opt.max_steps; }) given(opt.max_steps);
  if constexpr (requires { opt.degrees_of_freedom; }) given(opt.degrees_of_freedom);
  if constexpr (requires { opt.location; }) given(opt.location);
  if constexpr (requires { opt.width; }) given(opt.width);
  if constexpr (requires { opt.grow; }) given(opt.grow);
  if constexpr (requires { opt.max_growth; }) given(opt.max_growth);
  return std::string(name) + " with options " + fingerprint(given.bytes());
}

template <class Options>
run_result sample_with(const char* name, const sampling_target& target, const Options& opt, const run_options& run) {
  sampler_kind kind{std::make_unique<kernel_of<Options>>(opt), statistic_names(opt), describe(name, opt)};
  if constexpr (requires { opt.max_depth; }) kind.max_depth = opt.max_depth;
  return run_chains(target, kind, run);
}

}  // namespace
}  // namespace detail

run_result sample(const sampling_target& target, const nuts::options& sampler, const run_options& run) {
  return detail::sample_with("nuts", target, sampler, run);
}
run_result sample(const sampling_target& target, const hmc::options& sampler, const run_options& run) {
  return detail::sample_with("hmc", target, sampler, run);
}
run_result sample(const sampling_target& target, const mala::options& sampler, const run_options& run) {
  return detail::sample_with("mala", target, sampler, run);
}
run_result sample(const sampling_target& target, const barker::options& sampler, const run_options& run) {
  return detail::sample_with("barker", target, sampler, run);
}
run_result sample(const sampling_target& target, const random_walk::options& sampler, const run_options& run) {
  return detail::sample_with("random_walk", target, sampler, run);
}
run_result sample(const sampling_target& target, const independence_metropolis::options& sampler,
                  const run_options& run) {
  return detail::sample_with("independence", target, sampler, run);
}
run_result sample(const sampling_target& target, const slice_sampling::options& sampler, const run_options& run) {
  return detail::sample_with("slice", target, sampler, run);
}
run_result sample(const sampling_target& target, const elliptical_slice::options& sampler, const run_options& run) {
  return detail::sample_with("elliptical", target, sampler, run);
}

}  // namespace credence
