// SPDX-License-Identifier: BSD-3-Clause
#include "lane_run.hpp"

#include "credence/samplers/many_chains.hpp"

namespace credence {

std::vector<std::string> statistic_names(const ensemble::options&) { return {"lp__", "accept_stat__"}; }

run_result sample(const sampling_target& target, const ensemble::options& sampler, const run_options& run) {
  detail::lane_recorder recorder(target, run, statistic_names(sampler));
  detail::guarded(recorder, 0, run.chains, [&] {
    lanes<double> starts(target.density.dimension(), run.chains);
    detail::find_starts(recorder, starts);
    ensemble::state now = ensemble::init(run.context, target.density, sampler, starts);
    std::vector<double> x(static_cast<std::size_t>(starts.dimension));
    for (std::int64_t i = 0; i < run.warmup + run.draws; ++i) {
      if (recorder.stopped()) {
        for (std::int64_t c = 0; c < run.chains; ++c) recorder.chain(c).why = sampling_end::interrupted;
        return;
      }
      if (i == run.warmup) {
        for (std::int64_t c = 0; c < run.chains; ++c) recorder.begin(c, 0.0, {});
      }
      ensemble::step(run.context, recorder.address(0, i), target.density, sampler, now);
      const double rate = static_cast<double>(now.accepted) / static_cast<double>(run.chains);
      for (std::int64_t c = 0; c < run.chains; ++c) {
        chain_result& chain = recorder.chain(c);
        ++(i < run.warmup ? chain.warmup_gradients : chain.sampling_gradients);
        recorder.meter().count();
        if (i < run.warmup || (i - run.warmup) % run.thin != 0) continue;
        for (std::int64_t d = 0; d < starts.dimension; ++d) x[static_cast<std::size_t>(d)] = now.positions(d, c);
        recorder.keep(recorder.address(c, i), x, now.log_densities[static_cast<std::size_t>(c)], {&rate, 1});
      }
      if (recorder.enough()) return;
    }
  });
  return recorder.finish();
}

}  // namespace credence
