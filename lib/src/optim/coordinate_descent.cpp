// SPDX-License-Identifier: BSD-3-Clause
#include "credence/optim/coordinate_descent.hpp"

#include "optim/vectors.hpp"

namespace credence {

using namespace optim_detail;

elastic_net_result elastic_net_minimize(view<const double, 2> g, std::span<const double> q, std::span<const double> l1,
                                        std::span<const double> l2, std::span<const double> start,
                                        const elastic_net_options& options) {
  const char* who = "elastic_net_minimize";
  const std::size_t p = q.size();
  const auto size = static_cast<std::int64_t>(p);
  check::same_size(who, "rows of g", g.extents[0], "q", size);
  check::same_size(who, "columns of g", g.extents[1], "q", size);
  check::same_size(who, "l1", static_cast<std::int64_t>(l1.size()), "q", size);
  check::same_size(who, "l2", static_cast<std::int64_t>(l2.size()), "q", size);
  if (!start.empty()) check::same_size(who, "start", static_cast<std::int64_t>(start.size()), "q", size);
  for (std::size_t j = 0; j < p; ++j) {
    check::non_negative(who, "l1[" + std::to_string(j) + "]", l1[j]);
    check::non_negative(who, "l2[" + std::to_string(j) + "]", l2[j]);
    check::finite(who, "q[" + std::to_string(j) + "]", q[j]);
  }
  elastic_net_result out;
  out.coefficients.assign(p, 0.0);
  std::vector<double>& b = out.coefficients;
  std::vector<double> rest(q.begin(), q.end());  // q - G b
  const auto change = [&](std::size_t j, double by) {
    b[j] += by;
    for (std::size_t k = 0; k < p; ++k) {
      rest[k] -= by * g(static_cast<std::int64_t>(k), static_cast<std::int64_t>(j));
    }
  };
  for (std::size_t j = 0; j < start.size(); ++j) {
    if (start[j] != 0.0) change(j, start[j]);
  }
  const auto best_of = [&](std::size_t j) {
    const double curvature = g(static_cast<std::int64_t>(j), static_cast<std::int64_t>(j));
    if (!(curvature + l2[j] > 0.0)) return 0.0;
    const double u = rest[j] + curvature * b[j];
    const double shrunk = std::fabs(u) <= l1[j] ? 0.0 : u - std::copysign(l1[j], u);
    return shrunk / (curvature + l2[j]);
  };
  // The value moves by curvature * change^2 / 2: compared with the size of the problem.
  double scale = 0.0;
  for (std::size_t j = 0; j < p; ++j) scale = std::fmax(scale, std::fabs(q[j]));
  const auto sweep = [&](bool all) {
    double most = 0.0;
    for (std::size_t j = 0; j < p; ++j) {
      if (!all && b[j] == 0.0) continue;
      const double by = best_of(j) - b[j];
      if (by == 0.0) continue;
      change(j, by);
      const double curvature = g(static_cast<std::int64_t>(j), static_cast<std::int64_t>(j)) + l2[j];
      most = std::fmax(most, curvature * std::fabs(by));
    }
    ++out.sweeps;
    return most;
  };
  const double enough = options.tolerance * scale;
  while (out.sweeps < options.max_sweeps) {
    if (sweep(true) <= enough) {
      out.why = stop_reason::step_small;
      break;
    }
    while (out.sweeps < options.max_sweeps && sweep(false) > enough) {
    }
  }
  for (std::size_t j = 0; j < p; ++j) {
    double slope = q[j] - l2[j] * b[j];  // afresh: `rest` carries rounding
    for (std::size_t k = 0; k < p; ++k) slope -= g(static_cast<std::int64_t>(j), static_cast<std::int64_t>(k)) * b[k];
    const double violation =
        b[j] == 0.0 ? std::fmax(0.0, std::fabs(slope) - l1[j]) : std::fabs(slope - std::copysign(l1[j], b[j]));
    out.largest_violation = std::fmax(out.largest_violation, violation);
  }
  return out;
}

}  // namespace credence
