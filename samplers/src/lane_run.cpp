// SPDX-License-Identifier: BSD-3-Clause
#include "lane_run.hpp"

#include "credence/base/errors.hpp"

#include <algorithm>

namespace credence::detail {

lane_recorder::lane_recorder(const sampling_target& target, const run_options& run,
                             std::vector<std::string> statistic_names)
    : target_(target), run_(run), meter_(run.progress, run.chains * run.warmup, run.chains * run.draws) {
  check_run(target, run);
  if (!run.checkpoint.path.empty() || !run.checkpoint.resume.empty()) {
    throw domain_error("sample: samplers whose chains are moved together leave no checkpoints");
  }
  rows_ = chosen_rows(target, run.variables);
  result_ = empty_result(target, std::move(statistic_names), rows_, run);
  look_ = next_look(0, result_.capacity);
}

bool lane_recorder::stopped() const {
  return meter_.stopped() || (run_.interrupt != nullptr && run_.interrupt->requested());
}

step_address lane_recorder::address(std::int64_t chain, std::int64_t iteration) const {
  return {rng_key{run_.seed, 0}, static_cast<std::uint64_t>(chain), static_cast<std::uint64_t>(iteration)};
}

void lane_recorder::begin(std::int64_t c, double step_size, const metric& shape) {
  chain(c).step_size = step_size;
  chain(c).metric = shape;
  if (run_.sink.begin) run_.sink.begin({c, step_size, target_.density.dimension(), &chain(c).metric});
}

void lane_recorder::keep(const step_address& at, std::span<const double> position, double log_density,
                         std::span<const double> statistics) {
  const auto c = static_cast<std::int64_t>(at.chain);
  chain_result& of = chain(c);
  std::vector<double> reported(target_.names.size()), row(rows_.size()), all{log_density};
  all.insert(all.end(), statistics.begin(), statistics.end());
  target_.report(at, position, reported);
  for (std::size_t k = 0; k < rows_.size(); ++k) row[k] = reported[static_cast<std::size_t>(rows_[k])];
  const std::int64_t place = c * result_.capacity + of.draws;
  if (run_.keep_draws) {
    std::copy(row.begin(), row.end(), result_.values.begin() + place * static_cast<std::int64_t>(row.size()));
    std::copy(all.begin(), all.end(), result_.statistics.begin() + place * static_cast<std::int64_t>(all.size()));
  }
  if (run_.sink.draw) run_.sink.draw(c, all, row);
  ++of.draws;
}

bool lane_recorder::enough() {
  if (!(run_.target_ess > 0.0) || chain(0).draws < look_) return false;
  result_.reached_target = enough_draws(result_, look_, run_);
  look_ = next_look(look_, result_.capacity);
  return result_.reached_target;
}

run_result lane_recorder::finish() {
  for (const chain_result& one : result_.chains) result_.why = std::max(result_.why, one.why);
  show_largest_rectangle(result_);
  return std::move(result_);
}

void find_starts(lane_recorder& recorder, lanes<double>& positions) {
  for (std::int64_t lane = 0; lane < positions.count; ++lane) {
    const std::vector<double> x = find_start(recorder.target().density, recorder.run(), lane);
    for (std::int64_t d = 0; d < positions.dimension; ++d) positions(d, lane) = x[static_cast<std::size_t>(d)];
    recorder.chain(lane).initial_point = x;
  }
}

}  // namespace credence::detail
