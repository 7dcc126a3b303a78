// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/autodiff/lanes.hpp"
#include "credence/random/key.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace credence {

/// A reference to a log density: any `lane_density`. Samplers that move one chain at a time evaluate it at one lane, on
/// the calling thread. The density must outlive it.
class density_ref {
 public:
  template <lane_density F>
  density_ref(const F& f)
      : density_(&f),
        dimension_(f.dimension()),
        call_([](const void* density, const double* x, double* gradient) {
          const F& target = *static_cast<const F*>(density);
          const auto d = static_cast<std::int64_t>(target.dimension());
          double value = 0.0;
          target.evaluate(exec::context{}, lanes_view<const double>(x, d, 1), std::span<double>(&value, 1),
                          lanes_view<double>(gradient, d, 1));
          return value;
        }),
        lanes_call_([](const void* density, const exec::context& ctx, lanes_view<const double> x,
                       std::span<double> log_density, lanes_view<double> gradient) {
          static_cast<const F*>(density)->evaluate(ctx, x, log_density, gradient);
        }) {}

  [[nodiscard]] std::int64_t dimension() const { return dimension_; }

  /// The log density at x, of length `dimension`, and its gradient unless that is null.
  double operator()(const double* x, double* gradient) const { return call_(density_, x, gradient); }

  /// Many lanes at once, as the concept lane_density has it.
  void evaluate(const exec::context& ctx, lanes_view<const double> x, std::span<double> log_density,
                lanes_view<double> gradient) const {
    lanes_call_(density_, ctx, x, log_density, gradient);
  }

  [[nodiscard]] const void* object() const { return density_; }
  using function = double (*)(const void* density, const double* x, double* gradient);
  [[nodiscard]] function call() const { return call_; }

 private:
  const void* density_;
  std::int64_t dimension_;
  function call_;
  void (*lanes_call_)(const void* density, const exec::context& ctx, lanes_view<const double> x,
                      std::span<double> log_density, lanes_view<double> gradient);
};

/// Where the random numbers of one step come from: the table is docs/design/randomness.md. Equal addresses give equal
/// numbers, whatever else runs.
struct step_address {
  rng_key key;
  std::uint64_t chain = 0;
  std::uint64_t iteration = 0;
};

/// A chain between two transitions. Samplers that use no gradient leave it empty.
struct chain_state {
  std::vector<double> position;
  std::vector<double> gradient;
  double log_density = 0.0;
  std::vector<double> memory;  ///< work space of the transitions; its contents mean nothing between them
};

}  // namespace credence
