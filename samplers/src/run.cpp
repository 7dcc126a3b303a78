// SPDX-License-Identifier: BSD-3-Clause
#include "credence/samplers/run.hpp"

#include "chain.hpp"
#include "progress_meter.hpp"
#include "run_parts.hpp"

#include "credence/base/check.hpp"
#include "credence/base/version.hpp"
#include "credence/exec/for_each.hpp"

#include <algorithm>
#include <cstdio>

namespace credence {

sampling_target::sampling_target(const program& model)
    : density(model),
      names(model.output_names()),
      report([&model](const step_address& at, std::span<const double> x, std::span<double> out) {
        const auto d = static_cast<std::int64_t>(x.size()), n = static_cast<std::int64_t>(out.size());
        evaluation_options noise;
        noise.noise_key = at.key;
        noise.replay = at.iteration;
        noise.first_lane = static_cast<std::int64_t>(at.chain);
        model.evaluate_outputs(exec::context{}, {x.data(), d, 1}, {out.data(), n, 1}, noise);
      }) {
  for (const output_info& output : model.outputs()) {
    for (std::int64_t e = 0; e < output.size; ++e) variables.push_back(output.name);
  }
}

sampling_target::sampling_target(density_ref of)
    : density(of), report([](const step_address&, std::span<const double> x, std::span<double> out) {
        std::copy(x.begin(), x.end(), out.begin());
      }) {
  for (std::int64_t d = 1; d <= of.dimension(); ++d) {
    names.push_back("x[" + std::to_string(d) + "]");
    variables.emplace_back("x");
  }
}

std::vector<std::int64_t> detail::chosen_rows(const sampling_target& target,
                                              const std::vector<std::string>& variables) {
  std::vector<std::int64_t> rows;
  const auto count = static_cast<std::int64_t>(target.names.size());
  if (variables.empty()) {
    for (std::int64_t row = 0; row < count; ++row) rows.push_back(row);
  }
  for (const std::string& wanted : variables) {
    const std::size_t before = rows.size();
    for (std::int64_t row = 0; row < count; ++row) {
      const auto k = static_cast<std::size_t>(row);
      const bool same = target.names[k] == wanted || (k < target.variables.size() && target.variables[k] == wanted);
      if (same) rows.push_back(row);
    }
    if (rows.size() == before) check::fail_domain("sample", "a variable", wanted, "one of the target's");
  }
  return rows;
}

void detail::check_run(const sampling_target& target, const run_options& run) {
  check::at_least("sample", "chains", run.chains, 1);
  check::at_least("sample", "warmup", run.warmup, 0);
  check::at_least("sample", "draws", run.draws, 1);
  check::at_least("sample", "thin", run.thin, 1);
  check::non_negative("sample", "initial_radius", run.initial_radius);
  check::non_negative("sample", "target_ess", run.target_ess);
  if (run.target_ess > 0.0 && !run.keep_draws) {
    throw domain_error("sample: target_ess needs the draws, but keep_draws is false");
  }
  if (run.context.where != exec::backend::cpu)
    throw not_built_error("sample: samplers do not run on CUDA in this build");
  check::non_negative("sample", "checkpoint.every_seconds", run.checkpoint.every_seconds);
  const auto given = static_cast<std::int64_t>(run.initial_points.size());
  if (given > 1) check::same_size("sample", "initial_points", given, "chains", run.chains);
  for (const auto& point : run.initial_points) {
    check::same_size("sample", "an initial point", static_cast<std::int64_t>(point.size()), "the target's dimension",
                     target.density.dimension());
  }
}

namespace {

/// Puts the rows of the given chains in front.
void reorder(std::vector<double>& values, const std::vector<std::int64_t>& order) {
  if (values.empty()) return;
  const std::size_t size = values.size() / order.size();
  std::vector<double> moved;
  moved.reserve(values.size());
  for (const std::int64_t chain : order) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(chain) * size);
    moved.insert(moved.end(), first, first + static_cast<std::ptrdiff_t>(size));
  }
  values = std::move(moved);
}

}  // namespace

void detail::show_largest_rectangle(run_result& result) {
  const auto draws_of = [&](std::int64_t chain) { return result.chains[static_cast<std::size_t>(chain)].draws; };
  std::vector<std::int64_t>& order = result.row_chains;
  for (std::size_t chain = 0; chain < result.chains.size(); ++chain) order.push_back(static_cast<std::int64_t>(chain));
  if (result.values.empty()) return;
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return draws_of(a) > draws_of(b); });
  for (std::size_t k = 0; k < order.size(); ++k) {
    const auto count = static_cast<std::int64_t>(k) + 1;
    if (count * draws_of(order[k]) < result.shown_chains * result.shown_draws || draws_of(order[k]) == 0) continue;
    result.shown_chains = count;
    result.shown_draws = draws_of(order[k]);
  }
  const auto shown_end = order.begin() + static_cast<std::ptrdiff_t>(result.shown_chains);
  std::sort(order.begin(), shown_end);
  std::sort(shown_end, order.end());
  if (std::is_sorted(order.begin(), order.end())) return;
  reorder(result.values, order);
  reorder(result.statistics, order);
}

namespace {

/// What must be the same for a checkpoint to be of this run.
run_identity identity_of(const sampling_target& target, const detail::sampler_kind& sampler, const run_options& run,
                         const std::vector<std::string>& names) {
  run_identity list{{"version", version().version}, {"sampler", sampler.description}};
  list.insert(list.end(), run.checkpoint.identity.begin(), run.checkpoint.identity.end());
  std::string all_names, starts = check::to_text(run.initial_radius);
  for (const std::string& name : names) all_names += name + "\n";
  for (const auto& point : run.initial_points) {
    for (const double x : point) starts += "," + check::to_text(x);
  }
  const auto add = [&](const char* name, auto value) { list.emplace_back(name, std::to_string(value)); };
  add("dimension", target.density.dimension());
  list.emplace_back("variables", fingerprint(all_names));
  list.emplace_back("starts", fingerprint(starts));
  add("chains", run.chains);
  add("warmup", run.warmup);
  add("draws", run.draws);
  add("thin", run.thin);
  add("seed", run.seed);
  list.emplace_back("target_ess", check::to_text(run.target_ess));
  list.emplace_back("kept draws", run.sink.restore ? "by the sink" : run.keep_draws ? "in the file" : "not");
  return list;
}

}  // namespace

run_result detail::empty_result(const sampling_target& target, std::vector<std::string> statistic_names,
                                const std::vector<std::int64_t>& rows, const run_options& run) {
  run_result result;
  for (const std::int64_t row : rows) result.names.push_back(target.names[static_cast<std::size_t>(row)]);
  result.statistic_names = std::move(statistic_names);
  result.capacity = (run.draws + run.thin - 1) / run.thin;
  result.chains.resize(static_cast<std::size_t>(run.chains));
  const auto kept = static_cast<std::size_t>(run.keep_draws ? run.chains * result.capacity : 0);
  result.values.resize(kept * rows.size());
  result.statistics.resize(kept * result.statistic_names.size());
  return result;
}

run_result detail::run_chains(const sampling_target& target, const sampler_kind& sampler, const run_options& run) {
  check_run(target, run);
  const std::vector<std::int64_t> rows = chosen_rows(target, run.variables);
  run_result result = empty_result(target, sampler.statistic_names, rows, run);
  result.max_depth = sampler.max_depth;
  const std::size_t columns = result.statistic_names.size();

  progress_meter meter(run.progress, run.chains * run.warmup, run.chains * run.draws);
  checkpoint_book book(run.checkpoint, identity_of(target, sampler, run, result.names), run.chains);
  const shared_run shared{target, sampler, run, rows, meter, book};
  std::vector<running_chain> chains;
  for (std::int64_t c = 0; c < run.chains; ++c) {
    chain_memory memory;
    if (run.keep_draws) {
      memory.values = result.values.data() + c * result.capacity * static_cast<std::int64_t>(rows.size());
      memory.statistics = result.statistics.data() + c * result.capacity * static_cast<std::int64_t>(columns);
    }
    chains.emplace_back(shared, c, memory);
  }
  const bool in_rounds = run.target_ess > 0.0;
  std::int64_t until = in_rounds ? next_look(0, result.capacity) : result.capacity;
  while (true) {
    exec::for_each_task(run.context, run.chains, [&](std::int64_t c) {
      chains[static_cast<std::size_t>(c)].run_until(until);
      result.chains[static_cast<std::size_t>(c)] = chains[static_cast<std::size_t>(c)].result();
    });
    const bool interrupted = std::any_of(result.chains.begin(), result.chains.end(), [](const chain_result& chain) {
      return chain.why == sampling_end::interrupted;
    });
    if (!in_rounds || interrupted) break;
    result.reached_target = enough_draws(result, until, run);
    if (result.reached_target || until == result.capacity) break;
    until = next_look(until, result.capacity);
  }
  for (const chain_result& chain : result.chains) result.why = std::max(result.why, chain.why);
  if (result.why == sampling_end::completed) book.remove();
  show_largest_rectangle(result);
  return result;
}

namespace {

/// Every `columns` numbers of the second of two axes, as (chains, draws).
view<const double, 2> one_column(const run_result& run, const std::vector<double>& of, std::int64_t column,
                                 std::int64_t columns) {
  view<const double, 2> one(of.data() + column, run.shown_chains, run.shown_draws);
  one.strides[0] = run.capacity * columns;
  one.strides[1] = columns;
  return one;
}

}  // namespace

view<const double, 3> run_result::draws() const {
  view<const double, 3> all(values.data(), shown_chains, capacity, static_cast<std::int64_t>(names.size()));
  all.extents[1] = shown_draws;
  return all;
}

view<const double, 2> run_result::statistic(nuts_statistic::column which) const {
  return one_column(*this, statistics, which, nuts_statistic::count);
}

view<const double, 2> run_result::statistic(std::string_view name) const {
  const auto found = std::find(statistic_names.begin(), statistic_names.end(), name);
  if (found == statistic_names.end()) return {};
  return one_column(*this, statistics, found - statistic_names.begin(),
                    static_cast<std::int64_t>(statistic_names.size()));
}

view<const double, 2> run_result::draws_of(std::string_view name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) check::fail_domain("draws_of", "name", name, "one of the reported names");
  return one_column(*this, values, found - names.begin(), static_cast<std::int64_t>(names.size()));
}

namespace {

void warn_of_warm_up(const run_result& run, std::vector<sampling_warning>& warnings) {
  std::int64_t unsettled = 0;
  const chain_result* worst = nullptr;
  for (const chain_result& chain : run.chains) {
    if (chain.warmup.settled) continue;
    ++unsettled;
    if (worst == nullptr || chain.warmup.scale_change > worst->warmup.scale_change) worst = &chain;
  }
  if (worst == nullptr) return;
  char numbers[120];
  std::snprintf(numbers, sizeof numbers, "acceptance rate %.2f, a scale changed %.1f-fold in the last window",
                worst->warmup.acceptance_rate, worst->warmup.scale_change);
  warnings.push_back({sampling_warning::kind::warmup,
                      {},
                      static_cast<double>(unsettled),
                      "warm-up had not settled in " + std::to_string(unsettled) + " of " +
                          std::to_string(run.chains.size()) + " chains (" + numbers +
                          "): warm up longer; if that does not help, the posterior may be improper"});
}

}  // namespace

draws_summary summary(const run_result& run, const exec::context& ctx, const summary_options& options) {
  if (run.shown_draws == 0) return {};
  sampler_statistics statistics;
  statistics.divergent = run.statistic("divergent__");
  statistics.tree_depth = run.statistic("treedepth__");
  statistics.energy = run.statistic("energy__");
  statistics.max_tree_depth = run.max_depth;
  draws_summary result = summary(ctx, run.names, run.draws(), statistics, options);
  warn_of_warm_up(run, result.warnings);
  return result;
}

}  // namespace credence
