// SPDX-License-Identifier: BSD-3-Clause
#include "credence/optim/nelder_mead.hpp"

#include "optim/vectors.hpp"

#include <algorithm>
#include <numeric>

namespace credence {

using namespace optim_detail;

namespace {

struct simplex {
  std::vector<std::vector<double>> points;
  std::vector<double> worth;

  void sort() {
    std::vector<std::size_t> order(points.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return worth[a] < worth[b]; });
    simplex next;
    for (const std::size_t i : order) {
      next.points.push_back(std::move(points[i]));
      next.worth.push_back(worth[i]);
    }
    *this = std::move(next);
  }
  /// The largest distance of a coordinate from the best point, relative above 1.
  [[nodiscard]] double size() const {
    double most = 0.0;
    for (std::size_t k = 1; k < points.size(); ++k) {
      for (std::size_t i = 0; i < points[k].size(); ++i) {
        most = std::fmax(most, std::fabs(points[k][i] - points[0][i]) / std::fmax(1.0, std::fabs(points[0][i])));
      }
    }
    return most;
  }
};

}  // namespace

optim_result nelder_mead_minimize(const objective& f, std::span<const double> start,
                                  const nelder_mead_options& options) {
  check_start("nelder_mead_minimize", start);
  const std::size_t n = start.size();
  optim_result out;
  const auto value_at = [&](const std::vector<double>& x) {
    ++out.evaluations;
    const double v = f(x);
    return v == v ? v : HUGE_VAL;
  };
  const int most = options.max_iterations > 0 ? options.max_iterations : static_cast<int>(1000 * n);
  const auto dimension = static_cast<double>(std::max<std::size_t>(n, 2));
  const double expand = 1.0 + 2.0 / dimension, contract = 0.75 - 0.5 / dimension, shrink = 1.0 - 1.0 / dimension;
  out.x.assign(start.begin(), start.end());
  out.value = value_at(out.x);
  if (out.value == HUGE_VAL) {
    out.why = stop_reason::not_finite;
    return out;
  }
  for (int round = 0; round <= options.restarts; ++round) {
    simplex s{{out.x}, {out.value}};
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<double> corner = out.x;
      corner[i] += corner[i] == 0.0 ? 0.00025 : options.initial_step * corner[i];
      s.worth.push_back(value_at(corner));
      s.points.push_back(std::move(corner));
    }
    s.sort();
    std::vector<double> centre(n), trial(n), second(n);
    while (true) {
      out.why = stop_reason::value_settled;
      const double spread = s.worth.back() - s.worth.front();
      if (spread <= options.value_tolerance * std::fabs(s.worth.front()) + 1e-300 && s.size() <= options.step_tolerance)
        break;
      if (s.size() <= 1e-15) break;
      out.why = stop_reason::max_iterations;
      if (out.iterations >= most) break;
      out.why = stop_reason::interrupted;
      if (options.interrupt != nullptr && options.interrupt->requested()) break;
      ++out.iterations;
      std::fill(centre.begin(), centre.end(), 0.0);
      for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t i = 0; i < n; ++i) centre[i] += s.points[k][i] / static_cast<double>(n);
      }
      const std::vector<double>& worst = s.points.back();
      const auto along = [&](double t, std::vector<double>& to) {
        for (std::size_t i = 0; i < n; ++i) to[i] = centre[i] + t * (worst[i] - centre[i]);
        return value_at(to);
      };
      const double reflected = along(-1.0, trial);
      double value = reflected;
      if (reflected < s.worth.front()) {
        const double expanded = along(-expand, second);
        if (expanded < reflected) {
          value = expanded;
          trial.swap(second);
        }
      } else if (!(reflected < s.worth[n - 1])) {
        const bool outside = reflected < s.worth.back();
        value = along(outside ? -contract : contract, trial);
        if (!(value < std::fmin(reflected, s.worth.back()) || (outside && value <= reflected))) {
          for (std::size_t k = 1; k <= n; ++k) {
            for (std::size_t i = 0; i < n; ++i)
              s.points[k][i] = s.points[0][i] + shrink * (s.points[k][i] - s.points[0][i]);
            s.worth[k] = value_at(s.points[k]);
          }
          s.sort();
          continue;
        }
      }
      s.points.back() = trial;
      s.worth.back() = value;
      s.sort();
    }
    out.x = s.points.front();
    out.value = s.worth.front();
    if (out.why != stop_reason::value_settled) break;
  }
  return out;
}

}  // namespace credence
