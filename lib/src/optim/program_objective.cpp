// SPDX-License-Identifier: BSD-3-Clause
#include "credence/optim/program_objective.hpp"

#include "credence/exec/for_each.hpp"
#include "credence/optim/multi_start.hpp"
#include "optim/vectors.hpp"

#include <algorithm>

namespace credence {

using namespace optim_detail;

double program_objective::operator()(std::span<const double> x, std::span<double> gradient) const {
  double value = 0.0;
  const lanes_view<const double> at(x);
  program_->evaluate(ctx_, at, {&value, 1}, gradient.empty() ? lanes_view<double>() : lanes_view<double>(gradient),
                     options_);
  for (double& g : gradient) g = -g;
  return -value;
}

void program_objective::hessian(std::span<const double> x, std::span<double> out) const {
  const bool whole = options_.jacobian && options_.prior && options_.prior_weight.empty() &&
                     options_.likelihood_weight.empty() && options_.jacobian_weight.empty();
  if (whole) {
    const std::vector<double> h = program_->hessian(ctx_, x);
    std::transform(h.begin(), h.end(), out.begin(), [](double v) { return -v; });
  } else {
    const std::vector<double> h = difference_hessian(*this, x);
    std::copy(h.begin(), h.end(), out.begin());
  }
}

std::vector<optim_result> lbfgs_minimize_lanes(const program& of, lanes_view<const double> starts,
                                               const lbfgs_options& options, const exec::context& ctx,
                                               const evaluation_options& parts) {
  const std::int64_t d = of.dimension(), count = starts.lanes;
  check::same_size("lbfgs_minimize_lanes", "a start", starts.dimension, "the unconstrained vector", d);
  std::vector<optim_result> results(static_cast<std::size_t>(count));
  std::vector<lbfgs> machines;
  std::vector<std::size_t> lane_of;  // which start a machine belongs to
  for (std::int64_t l = 0; l < count; ++l) {
    std::vector<double> start(static_cast<std::size_t>(d));
    for (std::int64_t i = 0; i < d; ++i) start[static_cast<std::size_t>(i)] = starts(i, l);
    if (!all_finite(start)) {
      results[static_cast<std::size_t>(l)].x = start;
      results[static_cast<std::size_t>(l)].value = HUGE_VAL;
      results[static_cast<std::size_t>(l)].why = stop_reason::not_finite;
      continue;
    }
    machines.emplace_back(start, options);
    lane_of.push_back(static_cast<std::size_t>(l));
  }
  std::vector<double> point(static_cast<std::size_t>(d));
  while (true) {
    std::vector<std::size_t> active;
    for (std::size_t k = 0; k < machines.size(); ++k) {
      if (machines[k].active()) active.push_back(k);
    }
    if (active.empty()) break;
    const auto wide = static_cast<std::int64_t>(active.size());
    lanes<double> x(d, wide), gradient(d, wide);
    std::vector<double> value(active.size());
    for (std::int64_t l = 0; l < wide; ++l) {
      const auto asked = machines[active[static_cast<std::size_t>(l)]].ask();
      for (std::int64_t i = 0; i < d; ++i) x(i, l) = asked[static_cast<std::size_t>(i)];
    }
    of.evaluate(ctx, x, value, gradient, parts);
    for (std::int64_t l = 0; l < wide; ++l) {
      for (std::int64_t i = 0; i < d; ++i) point[static_cast<std::size_t>(i)] = -gradient(i, l);
      machines[active[static_cast<std::size_t>(l)]].tell(-value[static_cast<std::size_t>(l)], point);
    }
  }
  for (std::size_t k = 0; k < machines.size(); ++k) results[lane_of[k]] = machines[k].result();
  return results;
}

multi_start_result gather_runs(std::vector<optim_result> runs, double tolerance) {
  multi_start_result out;
  out.basin.assign(runs.size(), -1);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (!std::isfinite(runs[i].value) || runs[i].why == stop_reason::not_finite) continue;
    for (std::size_t j = 0; j <= i && out.basin[i] < 0; ++j) {
      if (j < i && out.basin[j] != static_cast<std::int64_t>(j)) continue;
      bool same = true;
      for (std::size_t k = 0; k < runs[i].x.size() && same; ++k) {
        const double a = runs[i].x[k], b = runs[j].x[k];
        same = std::fabs(a - b) <= tolerance * std::fmax(1.0, std::fabs(b));
      }
      if (same) out.basin[i] = static_cast<std::int64_t>(j);
    }
    if (out.basin[i] == static_cast<std::int64_t>(i)) ++out.distinct;
    if (out.best < 0 || runs[i].value < runs[static_cast<std::size_t>(out.best)].value) {
      out.best = static_cast<std::int64_t>(i);
    }
  }
  out.runs = std::move(runs);
  return out;
}

multi_start_result minimize_from_many(const exec::context& ctx, const objective& f, view<const double, 2> starts,
                                      const lbfgs_options& options) {
  const std::int64_t count = starts.extents[0], d = starts.extents[1];
  std::vector<optim_result> runs(static_cast<std::size_t>(count));
  exec::for_each_task(ctx, count, [&](std::int64_t k) {
    std::vector<double> start(static_cast<std::size_t>(d));
    for (std::int64_t i = 0; i < d; ++i) start[static_cast<std::size_t>(i)] = starts(k, i);
    runs[static_cast<std::size_t>(k)] = lbfgs_minimize(f, start, options);
  });
  return gather_runs(std::move(runs));
}

}  // namespace credence
