// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/autodiff/lanes.hpp"
#include "credence/random/key.hpp"

#include <cstdint>
#include <span>

namespace credence {

/// A reference to a log density, for samplers that move one chain at a time: any `lane_density`, evaluated at one lane
/// on the calling thread. The density must outlive it.
class density_ref {
 public:
  template <lane_density F>
  density_ref(const F& f)
      : density_(&f), dimension_(f.dimension()), call_([](const void* density, const double* x, double* gradient) {
          const F& target = *static_cast<const F*>(density);
          const auto d = static_cast<std::int64_t>(target.dimension());
          double value = 0.0;
          target.evaluate(exec::context{}, lanes_view<const double>(x, d, 1), std::span<double>(&value, 1),
                          lanes_view<double>(gradient, d, 1));
          return value;
        }) {}

  [[nodiscard]] std::int64_t dimension() const { return dimension_; }

  /// The log density at x, of length `dimension`, and its gradient unless that is null.
  double operator()(const double* x, double* gradient) const { return call_(density_, x, gradient); }

  [[nodiscard]] const void* object() const { return density_; }
  using function = double (*)(const void* density, const double* x, double* gradient);
  [[nodiscard]] function call() const { return call_; }

 private:
  const void* density_;
  std::int64_t dimension_;
  function call_;
};

/// Where the random numbers of one step come from: the table is docs/design/randomness.md. Equal addresses give equal
/// numbers, whatever else runs.
struct step_address {
  rng_key key;
  std::uint64_t chain = 0;
  std::uint64_t iteration = 0;
};

}  // namespace credence
