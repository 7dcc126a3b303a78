// SPDX-License-Identifier: BSD-3-Clause
#include "credence/attention/state_space.hpp"

#include "credence/base/check.hpp"
#include "credence/base/constants.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/tensor/scan.hpp"

namespace credence::attention {

namespace {

using complex = std::complex<double>;

double root(std::int64_t n) { return math::sqrt(static_cast<double>(2 * n + 1)); }

/// A small square matrix with value semantics, for scans and exponentials.
struct matrix {
  std::int64_t n = 0;
  std::vector<double> x{};

  static matrix zero(std::int64_t n) { return {n, std::vector<double>(static_cast<std::size_t>(n * n), 0.0)}; }
  static matrix identity(std::int64_t n) {
    matrix out = zero(n);
    for (std::int64_t i = 0; i < n; ++i) out(i, i) = 1.0;
    return out;
  }
  double& operator()(std::int64_t r, std::int64_t c) { return x[static_cast<std::size_t>(r * n + c)]; }
  const double& operator()(std::int64_t r, std::int64_t c) const { return x[static_cast<std::size_t>(r * n + c)]; }
};
matrix operator*(const matrix& a, const matrix& b) {
  matrix out = matrix::zero(a.n);
  for (std::int64_t r = 0; r < a.n; ++r) {
    for (std::int64_t k = 0; k < a.n; ++k) {
      for (std::int64_t c = 0; c < a.n; ++c) out(r, c) += a(r, k) * b(k, c);
    }
  }
  return out;
}

/// Solves a x = b in place by elimination with row exchanges; b has `columns` columns.
void solve(matrix a, double* b, std::int64_t columns) {
  for (std::int64_t k = 0; k < a.n; ++k) {
    std::int64_t pivot = k;
    for (std::int64_t r = k + 1; r < a.n; ++r) {
      if (math::abs(a(r, k)) > math::abs(a(pivot, k))) pivot = r;
    }
    for (std::int64_t c = 0; c < a.n; ++c) std::swap(a(k, c), a(pivot, c));
    for (std::int64_t c = 0; c < columns; ++c) std::swap(b[k * columns + c], b[pivot * columns + c]);
    for (std::int64_t r = 0; r < a.n; ++r) {
      if (r == k || a(r, k) == 0.0) continue;
      const double by = a(r, k) / a(k, k);
      for (std::int64_t c = k; c < a.n; ++c) a(r, c) -= by * a(k, c);
      for (std::int64_t c = 0; c < columns; ++c) b[r * columns + c] -= by * b[k * columns + c];
    }
  }
  for (std::int64_t r = 0; r < a.n; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) b[r * columns + c] /= a(r, r);
  }
}

/// exp(m): Taylor's series of m / 2^s, squared s times.
matrix exponential(matrix m) {
  double norm = 0.0;
  for (const double v : m.x) norm = math::max(norm, math::abs(v) * static_cast<double>(m.n));
  int squarings = 0;
  for (; norm > 0.25; norm /= 2.0) ++squarings;
  for (double& v : m.x) v /= static_cast<double>(std::int64_t{1} << squarings);
  matrix sum = matrix::identity(m.n), term = sum;
  for (int k = 1; k <= 16; ++k) {  // 0.25^17 / 17! is far below rounding
    term = term * m;
    for (std::size_t i = 0; i < term.x.size(); ++i) sum.x[i] += term.x[i] /= k;
  }
  for (int s = 0; s < squarings; ++s) sum = sum * sum;
  return sum;
}

matrix matrix_of(const tensor<double>& a) { return {a.extent(0), {a.begin(), a.end()}}; }

void check_model(const char* where, const state_matrices& m) {
  check::rank_is(where, "a", m.a.shape(), 2);
  check::rank_is(where, "b", m.b.shape(), 1);
  check::same_size(where, "a row of a", m.a.extent(1), "a column of a", m.a.extent(0));
  check::same_size(where, "b", m.b.extent(0), "a column of a", m.a.extent(0));
}
void check_output(const char* where, const state_matrices& m, std::span<const double> c) {
  check_model(where, m);
  check::same_size(where, "c", static_cast<std::int64_t>(c.size()), "b", m.b.extent(0));
}

double dot(std::span<const double> a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < b.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// x = A x + B u.
void step(const state_matrices& m, double u, std::vector<double>& x) {
  const std::int64_t n = m.b.size();
  std::vector<double> next(x.size());
  for (std::int64_t r = 0; r < n; ++r) {
    double sum = m.b[r] * u;
    for (std::int64_t c = 0; c < n; ++c) sum += m.a(r, c) * x[static_cast<std::size_t>(c)];
    next[static_cast<std::size_t>(r)] = sum;
  }
  x.swap(next);
}

complex polar_exp(complex z) {
  double s, c;
  math::sincos(z.imag(), s, c);
  const double r = math::exp(z.real());
  return {r * c, r * s};
}
complex product(complex a, complex b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

/// In place, radix 2.
void fourier(std::vector<complex>& x, bool inverse) {
  const std::size_t n = x.size();
  for (std::size_t i = 1, j = 0; i < n; ++i) {
    std::size_t bit = n >> 1;
    for (; (j & bit) != 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(x[i], x[j]);
  }
  for (std::size_t length = 2; length <= n; length *= 2) {
    const double turn = (inverse ? 2.0 : -2.0) / static_cast<double>(length);
    std::vector<complex> roots(length / 2);
    for (std::size_t k = 0; k < roots.size(); ++k) {
      double s, c;
      math::sincos_pi(turn * static_cast<double>(k), s, c);
      roots[k] = {c, s};
    }
    for (std::size_t begin = 0; begin < n; begin += length) {
      for (std::size_t k = 0; k < length / 2; ++k) {
        const complex even = x[begin + k], odd = product(x[begin + k + length / 2], roots[k]);
        x[begin + k] = even + odd;
        x[begin + k + length / 2] = even - odd;
      }
    }
  }
}

/// exp(rate dt), and what an input is multiplied with: (exp(rate dt) - 1) / rate.
affine_map<complex> held_step(complex rate, double dt) {
  const complex a = polar_exp(rate * dt);
  return {a, (a - 1.0) / rate};
}

void check_diagonal(const char* where, const diagonal_model& m) {
  check::same_size(where, "c", static_cast<std::int64_t>(m.c.size()), "rates",
                   static_cast<std::int64_t>(m.rates.size()));
  check::positive(where, "dt", m.dt);
  for (const complex& rate : m.rates) {
    if (!(rate.real() < 0.0)) check::fail_domain(where, "the real part of a rate", rate.real(), "negative");
  }
}

}  // namespace

state_matrices hippo_legs(std::int64_t n) {
  check::at_least("hippo_legs", "n", n, 1);
  state_matrices out{tensor<double>({n, n}), tensor<double>({n})};
  for (std::int64_t r = 0; r < n; ++r) {
    out.b[r] = root(r);
    for (std::int64_t c = 0; c < r; ++c) out.a(r, c) = -root(r) * root(c);
    out.a(r, r) = -static_cast<double>(r + 1);
  }
  return out;
}

state_matrices hippo_legt(std::int64_t n, double window) {
  check::at_least("hippo_legt", "n", n, 1);
  check::positive("hippo_legt", "window", window);
  state_matrices out{tensor<double>({n, n}), tensor<double>({n})};
  for (std::int64_t r = 0; r < n; ++r) {
    out.b[r] = root(r) / window;
    for (std::int64_t c = 0; c < n; ++c) {
      const double sign = c <= r || (c - r) % 2 == 0 ? -1.0 : 1.0;
      out.a(r, c) = sign * root(r) * root(c) / window;
    }
  }
  return out;
}

tensor<double> legs_memory(std::span<const double> signal, std::int64_t n) {
  const state_matrices m = hippo_legs(n);
  const auto samples = static_cast<std::int64_t>(signal.size());
  tensor<double> out({samples, n});
  if (samples == 0) return out;
  std::vector<double> x(static_cast<std::size_t>(n), 0.0);
  x[0] = signal[0];  // the memory of one sample is a constant
  std::copy(x.begin(), x.end(), out.data());
  for (std::int64_t i = 1; i < samples; ++i) {
    // From time t = i to i + 1: the slope is (A x + B f) / t; half of it at either end, f at the new one.
    const double before = 0.5 / static_cast<double>(i), after = 0.5 / static_cast<double>(i + 1);
    std::vector<double> right = x;
    const double f = signal[static_cast<std::size_t>(i)];
    for (std::int64_t r = 0; r < n; ++r) {
      double& to = right[static_cast<std::size_t>(r)];
      for (std::int64_t c = 0; c <= r; ++c) to += before * m.a(r, c) * x[static_cast<std::size_t>(c)];
      to += (before + after) * m.b[r] * f;
    }
    // (I - after A) x = right, lower triangular.
    for (std::int64_t r = 0; r < n; ++r) {
      double sum = right[static_cast<std::size_t>(r)];
      for (std::int64_t c = 0; c < r; ++c) sum += after * m.a(r, c) * x[static_cast<std::size_t>(c)];
      x[static_cast<std::size_t>(r)] = sum / (1.0 - after * m.a(r, r));
    }
    std::copy(x.begin(), x.end(), out.data() + i * n);
  }
  return out;
}

state_matrices discretise(const state_matrices& continuous, double dt, discretisation rule) {
  const char* where = "attention::discretise";
  check_model(where, continuous);
  check::positive(where, "dt", dt);
  const std::int64_t n = continuous.b.size();
  state_matrices out{tensor<double>({n, n}), tensor<double>({n})};
  if (rule == discretisation::bilinear) {
    matrix left = matrix::identity(n);
    std::vector<double> right(static_cast<std::size_t>(n * (n + 1)));
    for (std::int64_t r = 0; r < n; ++r) {
      for (std::int64_t c = 0; c < n; ++c) {
        left(r, c) -= 0.5 * dt * continuous.a(r, c);
        right[static_cast<std::size_t>(r * (n + 1) + c)] = (r == c ? 1.0 : 0.0) + 0.5 * dt * continuous.a(r, c);
      }
      right[static_cast<std::size_t>(r * (n + 1) + n)] = dt * continuous.b[r];
    }
    solve(left, right.data(), n + 1);
    for (std::int64_t r = 0; r < n; ++r) {
      for (std::int64_t c = 0; c < n; ++c) out.a(r, c) = right[static_cast<std::size_t>(r * (n + 1) + c)];
      out.b[r] = right[static_cast<std::size_t>(r * (n + 1) + n)];
    }
    return out;
  }
  // exp of [[A, B], [0, 0]] dt holds both (Van Loan 1978), singular A included.
  matrix joint = matrix::zero(n + 1);
  for (std::int64_t r = 0; r < n; ++r) {
    for (std::int64_t c = 0; c < n; ++c) joint(r, c) = dt * continuous.a(r, c);
    joint(r, n) = dt * continuous.b[r];
  }
  const matrix held = exponential(joint);
  for (std::int64_t r = 0; r < n; ++r) {
    for (std::int64_t c = 0; c < n; ++c) out.a(r, c) = held(r, c);
    out.b[r] = held(r, n);
  }
  return out;
}

std::vector<double> ssm_recurrence(const state_matrices& discrete, std::span<const double> c,
                                   std::span<const double> u) {
  check_output("ssm_recurrence", discrete, c);
  std::vector<double> x(c.size(), 0.0), out;
  out.reserve(u.size());
  for (const double input : u) {
    step(discrete, input, x);
    out.push_back(dot(c, x));
  }
  return out;
}

std::vector<double> ssm_kernel(const state_matrices& discrete, std::span<const double> c, std::int64_t length) {
  check_output("ssm_kernel", discrete, c);
  check::at_least("ssm_kernel", "length", length, 0);
  std::vector<double> x(c.size(), 0.0), out;
  for (std::int64_t i = 0; i < length; ++i) {
    step(discrete, i == 0 ? 1.0 : 0.0, x);
    out.push_back(dot(c, x));
  }
  return out;
}

std::vector<double> causal_convolution(std::span<const double> kernel, std::span<const double> u) {
  if (u.empty()) return {};
  std::size_t size = 1;
  while (size < 2 * u.size()) size *= 2;
  std::vector<complex> a(size), b(size);
  for (std::size_t i = 0; i < std::min(kernel.size(), u.size()); ++i) a[i] = kernel[i];
  for (std::size_t i = 0; i < u.size(); ++i) b[i] = u[i];
  fourier(a, false);
  fourier(b, false);
  for (std::size_t i = 0; i < size; ++i) a[i] = product(a[i], b[i]);
  fourier(a, true);
  std::vector<double> out(u.size());
  for (std::size_t i = 0; i < u.size(); ++i) out[i] = a[i].real() / static_cast<double>(size);
  return out;
}

std::vector<double> ssm_scan(const exec::context& ctx, const state_matrices& discrete, std::span<const double> c,
                             std::span<const double> u) {
  check_output("ssm_scan", discrete, c);
  const std::int64_t n = discrete.b.size(), length = static_cast<std::int64_t>(u.size());
  if (length == 0) return {};
  // The state is kept in the first column of a square matrix, so that one type does for both parts of a pair.
  tensor<affine_map<matrix>> maps({length});
  for (std::int64_t t = 0; t < length; ++t) {
    maps[t] = {matrix_of(discrete.a), matrix::zero(n)};
    for (std::int64_t r = 0; r < n; ++r) maps[t].b(r, 0) = discrete.b[r] * u[static_cast<std::size_t>(t)];
  }
  const auto compose = [](const affine_map<matrix>& earlier, const affine_map<matrix>& later) {
    affine_map<matrix> out{later.a * earlier.a, later.a * earlier.b};
    for (std::size_t i = 0; i < out.b.x.size(); ++i) out.b.x[i] += later.b.x[i];
    return out;
  };
  const auto prefix = associative_scan(ctx, maps, 0, compose);
  std::vector<double> out;
  for (const affine_map<matrix>& at : prefix) {
    double sum = 0.0;
    for (std::int64_t r = 0; r < n; ++r) sum += c[static_cast<std::size_t>(r)] * at.b(r, 0);
    out.push_back(sum);
  }
  return out;
}

diagonal_model s4d_linear(std::int64_t pairs, std::span<const complex> c, double dt) {
  check::at_least("s4d_linear", "pairs", pairs, 1);
  diagonal_model out{{}, {c.begin(), c.end()}, dt};
  for (std::int64_t n = 0; n < pairs; ++n) out.rates.emplace_back(-0.5, constants::pi * static_cast<double>(n));
  check_diagonal("s4d_linear", out);
  return out;
}

diagonal_model s4d_inverse(std::int64_t pairs, std::span<const complex> c, double dt) {
  check::at_least("s4d_inverse", "pairs", pairs, 1);
  diagonal_model out{{}, {c.begin(), c.end()}, dt};
  const auto states = static_cast<double>(2 * pairs);
  for (std::int64_t n = 0; n < pairs; ++n) {
    out.rates.emplace_back(-0.5, states / constants::pi * (states / static_cast<double>(2 * n + 1) - 1.0));
  }
  check_diagonal("s4d_inverse", out);
  return out;
}

std::vector<double> s4d_kernel(const diagonal_model& m, std::int64_t length) {
  check_diagonal("s4d_kernel", m);
  check::at_least("s4d_kernel", "length", length, 0);
  std::vector<double> out(static_cast<std::size_t>(length), 0.0);
  for (std::size_t n = 0; n < m.rates.size(); ++n) {
    const complex weight = product(m.c[n], held_step(m.rates[n], m.dt).b);
    for (std::int64_t i = 0; i < length; ++i) {
      // Each power by its own exponential: no error adds up.
      const complex power = polar_exp(m.rates[n] * (m.dt * static_cast<double>(i)));
      out[static_cast<std::size_t>(i)] += 2.0 * product(weight, power).real();
    }
  }
  return out;
}

std::vector<double> s4d_recurrence(const diagonal_model& m, std::span<const double> u) {
  check_diagonal("s4d_recurrence", m);
  std::vector<complex> x(m.rates.size());
  std::vector<affine_map<complex>> steps;
  for (const complex& rate : m.rates) steps.push_back(held_step(rate, m.dt));
  std::vector<double> out;
  out.reserve(u.size());
  for (const double input : u) {
    double sum = 0.0;
    for (std::size_t n = 0; n < x.size(); ++n) {
      x[n] = product(steps[n].a, x[n]) + steps[n].b * input;
      sum += 2.0 * product(m.c[n], x[n]).real();
    }
    out.push_back(sum);
  }
  return out;
}

std::vector<double> s4d_scan(const exec::context& ctx, const diagonal_model& m, std::span<const double> u) {
  check_diagonal("s4d_scan", m);
  const auto length = static_cast<std::int64_t>(u.size());
  std::vector<double> out(u.size(), 0.0);
  if (length == 0) return out;
  for (std::size_t n = 0; n < m.rates.size(); ++n) {
    const affine_map<complex> held = held_step(m.rates[n], m.dt);
    tensor<affine_map<complex>> maps({length});
    for (std::int64_t t = 0; t < length; ++t) maps[t] = {held.a, held.b * u[static_cast<std::size_t>(t)]};
    const auto prefix = associative_scan(ctx, maps, 0, compose_affine<complex>());
    for (std::int64_t t = 0; t < length; ++t) {
      out[static_cast<std::size_t>(t)] += 2.0 * product(m.c[n], prefix[t].b).real();
    }
  }
  return out;
}

}  // namespace credence::attention
