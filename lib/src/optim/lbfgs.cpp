// SPDX-License-Identifier: BSD-3-Clause
#include "credence/optim/lbfgs.hpp"

#include "optim/lbfgs_history.hpp"
#include "optim/line_search.hpp"
#include "optim/vectors.hpp"

#include <algorithm>

namespace credence {

using namespace optim_detail;

struct lbfgs::machine {
  machine(std::span<const double> start, const lbfgs_options& wanted)
      : options(wanted),
        history(start.size(), wanted.history),
        trial(start.begin(), start.end()),
        direction(start.size()) {
    best.x = trial;
  }

  void tell(double value, std::span<const double> gradient) {
    ++best.evaluations;
    if (!started) {
      started = true;
      accept(value, gradient);
      if (!std::isfinite(value) || !all_finite(gradient)) return stop(stop_reason::not_finite);
      if (best.gradient_norm <= options.gradient_tolerance) return stop(stop_reason::gradient_small);
      return begin_step();
    }
    switch (search.tell(value, dot(gradient, direction))) {
      case line_search::status::more:
        return move();
      case line_search::status::failed:
        if (history.empty()) return stop(stop_reason::no_descent);
        history.clear();  // the model misled: once more along steepest descent
        return begin_step();
      case line_search::status::accepted:
        return end_step(value, gradient);
    }
  }

  void accept(double value, std::span<const double> gradient) {
    best.x = trial;
    best.value = value;
    best.gradient.assign(gradient.begin(), gradient.end());
    best.gradient_norm = largest(gradient);
  }
  void stop(stop_reason why) {
    best.why = why;
    active = false;
  }
  void move() {
    for (std::size_t i = 0; i < trial.size(); ++i) trial[i] = best.x[i] + search.step() * direction[i];
  }
  void begin_step() {
    history.descent(best.gradient, direction);
    double slope = dot(best.gradient, direction);
    if (!(slope < 0.0)) {
      history.clear();
      history.descent(best.gradient, direction);
      slope = dot(best.gradient, direction);
    }
    const double first = history.empty() ? 1.0 / std::fmax(1.0, length(best.gradient)) : 1.0;
    search = line_search(best.value, slope, first, {});
    move();
  }
  void end_step(double value, std::span<const double> gradient) {
    ++best.iterations;
    const double change = best.value - value, scale = std::fmax(std::fabs(value), 1e-300);
    bool same = true;
    for (std::size_t i = 0; i < trial.size(); ++i) same = same && trial[i] == best.x[i];
    history.add(best.x, trial, best.gradient, gradient);
    accept(value, gradient);
    settled = std::fabs(change) <= options.value_tolerance * scale ? settled + 1 : 0;
    if (best.gradient_norm <= options.gradient_tolerance) return stop(stop_reason::gradient_small);
    if (same) return stop(stop_reason::step_small);
    if (settled >= 3) return stop(stop_reason::value_settled);
    if (best.value < -1e300) return stop(stop_reason::unbounded);
    if (best.iterations >= options.max_iterations) return stop(stop_reason::max_iterations);
    if (options.interrupt != nullptr && options.interrupt->requested()) return stop(stop_reason::interrupted);
    begin_step();
  }

  lbfgs_options options;
  lbfgs_history history;
  std::vector<double> trial, direction;
  line_search search;
  optim_result best;
  bool started = false, active = true;
  int settled = 0;
};

lbfgs::lbfgs(std::span<const double> start, const lbfgs_options& options) {
  check_start("lbfgs", start);
  check::at_least("lbfgs", "history", options.history, 1);
  machine_ = std::make_unique<machine>(start, options);
}
lbfgs::~lbfgs() = default;
lbfgs::lbfgs(lbfgs&&) noexcept = default;
lbfgs& lbfgs::operator=(lbfgs&&) noexcept = default;
bool lbfgs::active() const { return machine_->active; }
std::span<const double> lbfgs::ask() const { return machine_->trial; }
void lbfgs::tell(double value, std::span<const double> gradient) {
  if (machine_->active) machine_->tell(value, gradient);
}
const optim_result& lbfgs::result() const { return machine_->best; }

optim_result lbfgs_minimize(const objective& f, std::span<const double> start, const lbfgs_options& options) {
  lbfgs machine(start, options);
  std::vector<double> gradient(start.size());
  while (machine.active()) {
    const double value = f(machine.ask(), gradient);
    machine.tell(value, gradient);
  }
  return machine.result();
}

namespace {

/// A point in a box.
struct box {
  std::span<const double> lower, upper;

  void project(std::span<double> x) const {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::clamp(x[i], lower[i], upper[i]);
  }
  /// How far a unit step of steepest descent gets: zero at a solution.
  double projected_gradient(values x, values g) const {
    double most = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (g[i] != g[i]) return g[i];
      const double room = g[i] > 0.0 ? x[i] - lower[i] : upper[i] - x[i];
      most = std::fmax(most, std::fmin(std::fabs(g[i]), room));
    }
    return most;
  }
  /// Held: at a bound, or almost, with the gradient pushing outwards.
  [[nodiscard]] bool held(values x, values g, std::size_t i, double near) const {
    return (g[i] > 0.0 && x[i] - lower[i] <= near) || (g[i] < 0.0 && upper[i] - x[i] <= near);
  }
};

}  // namespace

optim_result lbfgs_minimize(const objective& f, std::span<const double> start, std::span<const double> lower,
                            std::span<const double> upper, const lbfgs_options& options) {
  const std::size_t n = start.size();
  check_start("lbfgs_minimize", start);
  check::at_least("lbfgs_minimize", "history", options.history, 1);
  check::same_size("lbfgs_minimize", "lower", static_cast<std::int64_t>(lower.size()), "the start",
                   static_cast<std::int64_t>(n));
  check::same_size("lbfgs_minimize", "upper", static_cast<std::int64_t>(upper.size()), "the start",
                   static_cast<std::int64_t>(n));
  for (std::size_t i = 0; i < n; ++i) {
    if (!(lower[i] <= upper[i])) {
      check::fail_domain("lbfgs_minimize", "lower[" + std::to_string(i) + "]", lower[i],
                         "at most the upper bound, which is " + check::to_text(upper[i]));
    }
  }
  const box within{lower, upper};
  optim_result best;
  best.x.assign(start.begin(), start.end());
  within.project(best.x);
  best.gradient.resize(n);
  best.value = f(best.x, best.gradient);
  best.evaluations = 1;
  if (!std::isfinite(best.value) || !all_finite(best.gradient)) {
    best.why = stop_reason::not_finite;
    return best;
  }
  lbfgs_history history(n, options.history);
  std::vector<double> direction(n), trial(n), gradient(n), masked(n);
  std::vector<std::uint8_t> held(n), held_before(n, 0);
  int settled = 0;
  for (;; ++best.iterations) {
    best.gradient_norm = within.projected_gradient(best.x, best.gradient);
    best.why = stop_reason::gradient_small;
    if (best.gradient_norm <= options.gradient_tolerance) return best;
    best.why = stop_reason::value_settled;
    if (settled >= 3) return best;
    best.why = stop_reason::max_iterations;
    if (best.iterations >= options.max_iterations) return best;
    best.why = stop_reason::interrupted;
    if (options.interrupt != nullptr && options.interrupt->requested()) return best;

    const double near = std::fmin(1e-8, best.gradient_norm);
    for (std::size_t i = 0; i < n; ++i) held[i] = within.held(best.x, best.gradient, i, near) ? 1 : 0;
    if (held != held_before) history.clear();  // curvature of another face says little about this one
    held_before = held;
    bool moved = false;
    for (int attempt = 0; attempt < 2 && !moved; ++attempt) {
      if (attempt == 1) {
        if (history.empty()) break;
        history.clear();
      }
      for (std::size_t i = 0; i < n; ++i) masked[i] = held[i] != 0 ? 0.0 : best.gradient[i];
      history.descent(masked, direction);
      for (std::size_t i = 0; i < n; ++i) {
        if (held[i] != 0) direction[i] = -best.gradient[i];  // stays at its bound, or reaches it
      }
      if (!(dot(masked, direction) < 0.0) && largest(masked) > 0.0) {
        if (history.empty()) break;
        continue;
      }
      // Armijo's rule along the projected path.
      double step = history.empty() ? std::fmin(1.0, 1.0 / std::fmax(1e-300, length(masked))) : 1.0;
      for (int halvings = 0; halvings < 60; ++halvings, step *= 0.5) {
        for (std::size_t i = 0; i < n; ++i) trial[i] = best.x[i] + step * direction[i];
        within.project(trial);
        double promised = 0.0;
        bool same = true;
        for (std::size_t i = 0; i < n; ++i) {
          promised += best.gradient[i] * (trial[i] - best.x[i]);
          same = same && trial[i] == best.x[i];
        }
        if (same) break;
        const double value = f(trial, gradient);
        ++best.evaluations;
        const bool level = value <= best.value + 1e-15 * std::fabs(best.value) &&
                           within.projected_gradient(trial, gradient) < best.gradient_norm;
        if (!std::isfinite(value) || !all_finite(gradient)) continue;
        if (!(value <= best.value + 1e-4 * promised) && !level) continue;
        moved = true;
        settled = best.value - value <= options.value_tolerance * std::fabs(value) ? settled + 1 : 0;
        std::vector<double> free_before(masked), free_after(gradient);
        for (std::size_t i = 0; i < n; ++i) {
          if (held[i] != 0) free_after[i] = 0.0;
        }
        history.add(best.x, trial, free_before, free_after);
        best.x = trial;
        best.value = value;
        best.gradient = gradient;
        break;
      }
    }
    if (!moved) {
      best.why = stop_reason::no_descent;
      return best;
    }
  }
}

}  // namespace credence
