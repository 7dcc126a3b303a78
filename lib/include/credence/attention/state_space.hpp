// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/tensor/tensor.hpp"

#include <complex>
#include <span>
#include <vector>

/// Linear state-space models with constant coefficients: HiPPO memories, S4 with a dense state matrix and S4D with a
/// diagonal one. One map in three shapes: recurrence, convolution and associative scan.
namespace credence::attention {

/// dx/dt = A x + B u, y = C x (+ D u, which callers add).
struct state_matrices {
  tensor<double> a;  ///< (n, n)
  tensor<double> b;  ///< (n)
};

/// Scaled Legendre memory: x(t) are the coefficients of the whole past f on [0, t] in orthonormal Legendre polynomials,
/// dx/dt = (A x + B f) / t. A_nk = -sqrt((2n+1)(2k+1)) for n > k, -(n+1) for n = k, 0 above; B_n = sqrt(2n+1).
/// @source Gu, Dao, Ermon, Rudra, Re, "HiPPO", NeurIPS 2020
state_matrices hippo_legs(std::int64_t n);
/// Translated Legendre memory of the last `window` units of time: dx/dt = A x + B f with
/// A_nk = -sqrt((2n+1)(2k+1)) / window times (1 for k <= n, (-1)^(n-k) above); B_n = sqrt(2n+1) / window.
state_matrices hippo_legt(std::int64_t n, double window);

/// The memory of a sampled signal after each sample, (samples, n), by the bilinear rule; sample i lies at time i + 1.
tensor<double> legs_memory(std::span<const double> signal, std::int64_t n);

enum class discretisation : std::uint8_t {
  bilinear,         ///< (I - dt/2 A)^-1 (I + dt/2 A), (I - dt/2 A)^-1 dt B
  zero_order_hold,  ///< exp(dt A), A^-1 (exp(dt A) - I) B: exact for inputs that are constant over a step
};
/// x_t = A x_(t-1) + B u_t for steps of length dt. @throws domain_error  when dt is not positive
state_matrices discretise(const state_matrices& continuous, double dt, discretisation rule);

/// y_t = C x_t by the recurrence, from x = 0: O(L n^2).
std::vector<double> ssm_recurrence(const state_matrices& discrete, std::span<const double> c,
                                   std::span<const double> u);
/// The kernel K_i = C A^i B, i < length, with which y = K * u.
std::vector<double> ssm_kernel(const state_matrices& discrete, std::span<const double> c, std::int64_t length);
/// (K * u)_t = sum_(i <= t) K_i u_(t-i), by fast Fourier transforms of doubled length: O(L log L).
std::vector<double> causal_convolution(std::span<const double> kernel, std::span<const double> u);
/// The same map by an associative scan of (A, B u) pairs: O(L n^3), for showing that it is one.
std::vector<double> ssm_scan(const exec::context& ctx, const state_matrices& discrete, std::span<const double> c,
                             std::span<const double> u);

/// A diagonal model in complex conjugate pairs: y = 2 Re sum_n C_n x_n, x' = rate_n x_n + u.
struct diagonal_model {
  std::vector<std::complex<double>> rates{};  ///< real parts negative
  std::vector<std::complex<double>> c{};
  double dt = 1.0;
};
/// S4D-Lin: rates -1/2 + i pi n. @source Gu, Goel, Gupta, Re, "On the parameterization of diagonal state space models"
diagonal_model s4d_linear(std::int64_t pairs, std::span<const std::complex<double>> c, double dt);
/// S4D-Inv: rates -1/2 + i (N / pi) (N / (2n+1) - 1), N = 2 pairs.
diagonal_model s4d_inverse(std::int64_t pairs, std::span<const std::complex<double>> c, double dt);

/// The three shapes again, with a zero-order hold; O(L N) the recurrence, and the scan runs on all threads.
std::vector<double> s4d_kernel(const diagonal_model& m, std::int64_t length);
std::vector<double> s4d_recurrence(const diagonal_model& m, std::span<const double> u);
std::vector<double> s4d_scan(const exec::context& ctx, const diagonal_model& m, std::span<const double> u);

/// x -> a x + b: what linear recurrences are scanned with. T is any ring with a unit.
template <class T>
struct affine_map {
  T a{}, b{};
};
/// First `earlier`, then `later`: associative.
template <class T>
struct compose_affine {
  affine_map<T> operator()(const affine_map<T>& earlier, const affine_map<T>& later) const {
    return {later.a * earlier.a, later.a * earlier.b + later.b};
  }
};

}  // namespace credence::attention
