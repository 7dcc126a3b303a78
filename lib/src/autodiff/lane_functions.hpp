// SPDX-License-Identifier: BSD-3-Clause
// Operations that break out of the lanes: called for one lane at a time.
#pragma once

#include "credence/autodiff/recorder.hpp"
#include "replay_frame.hpp"

#include "credence/base/dual.hpp"

#include <cstdint>
#include <span>

namespace credence::detail {

/// What an instruction of code lane_function calls.
struct lane_call {
  enum class kind : std::uint8_t {
    constrain,               ///< result: the constrained values, then the log Jacobian
    cholesky,                ///< (n, n), lower triangle read -> lower factor
    solve_lower,             ///< (n, n) lower, (n, m) -> L^-1 B
    solve_lower_transposed,  ///< (n, n) lower, (n, m) -> L^-T B
    product,                 ///< (n, k), (k, m) -> (n, m): products too large to go with the lanes
  };
  kind what = kind::constrain;
  constraint::kind transform{};
  std::int64_t n = 0;  ///< length of the vector, or rows of the matrix
  std::int64_t m = 1;  ///< columns of the right-hand side
  std::int64_t k = 0;  ///< of products: columns of the left factor

  /// Elements of scratch, everything counted: copies of operands, results and adjoints too.
  [[nodiscard]] std::int64_t scratch_size() const;

  // Of transforms.
  [[nodiscard]] const char* name() const;
  [[nodiscard]] std::int64_t unconstrained_size() const;
  [[nodiscard]] std::int64_t constrained_size() const;
  /// The inverse. @throws domain_error  when the values violate the constraint
  void unconstrain(std::span<const double> constrained, std::span<double> out) const;
};

/// The functions of a call; `call` must outlive them.
lane_function<double> double_function(const lane_call& call);
lane_function<dual<double>> dual_function(const lane_call& call);

}  // namespace credence::detail
