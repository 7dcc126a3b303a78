// SPDX-License-Identifier: BSD-3-Clause
#include "credence/random/fill.hpp"

#include "credence/base/check.hpp"
#include "credence/random/discrete.hpp"
#include "random/fill_kernels.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace credence::random {

namespace {

std::int64_t size_of(const auto& out) { return static_cast<std::int64_t>(out.size()); }

/// Calls f(element offset, numbers, count) on consecutive pieces made by a kernel into a small buffer.
template <class T, class Kernel, class F>
void by_pieces(rng_key key, std::int64_t n, std::uint64_t first, Kernel* kernel, const F& f) {
  std::array<T, 1024> numbers;
  for (std::int64_t i = 0; i < n; i += 1024) {
    const std::int64_t m = std::min<std::int64_t>(1024, n - i);
    kernel(key.seed, key.stream, first + static_cast<std::uint64_t>(i), m, numbers.data());
    f(i, numbers.data(), m);
  }
}

/// Inversion over partial sums that are the same for all elements: the sums are made once, in the order of
/// poisson_by_inversion, and a guide gives the first candidate for each 1/256 of u.
class cumulative_inversion {
 public:
  template <class NextTerm>
  cumulative_inversion(double first_term, std::int64_t most, const NextTerm& next) {
    double term = first_term, sum = term;
    sums_.push_back(sum);
    for (std::int64_t k = 1; k <= most && sum < 1.0; ++k) {
      term = next(term, k);
      const double larger = sum + term;
      if (!(larger > sum) && sum > 0.5) break;  // nothing changes from here on
      sum = larger;
      sums_.push_back(sum);
    }
    last_ = most;
    std::size_t k = 0;
    for (std::size_t g = 0; g < guide_.size(); ++g) {
      while (k < sums_.size() && static_cast<double>(g) / 256.0 > sums_[k]) ++k;
      guide_[g] = k;
    }
  }
  std::int64_t operator()(double u) const {
    std::size_t k = guide_[static_cast<std::size_t>(u * 256.0)];
    while (k < sums_.size() && u > sums_[k]) ++k;
    return k < sums_.size() ? static_cast<std::int64_t>(k) : last_;
  }

 private:
  std::vector<double> sums_;
  std::array<std::size_t, 256> guide_{};
  std::int64_t last_;
};

}  // namespace

#define CREDENCE_FILL(name, kernel, T)                                                 \
  void name(rng_key key, std::span<T> out, std::uint64_t first) {                      \
    CREDENCE_SIMD_PICK(kernel)(key.seed, key.stream, first, size_of(out), out.data()); \
  }
CREDENCE_FILL(fill_words, random_words, std::uint32_t)
CREDENCE_FILL(fill_uniform, random_uniform_f64, double)
CREDENCE_FILL(fill_uniform, random_uniform_f32, float)
CREDENCE_FILL(fill_normal, random_normal_f64, double)
CREDENCE_FILL(fill_normal, random_normal_f32, float)
CREDENCE_FILL(fill_exponential, random_exponential_f64, double)
CREDENCE_FILL(fill_exponential, random_exponential_f32, float)
CREDENCE_FILL(fill_gumbel, random_gumbel_f64, double)
CREDENCE_FILL(fill_gumbel, random_gumbel_f32, float)
#undef CREDENCE_FILL

void fill_gamma(rng_key key, double shape, std::span<double> out, std::uint64_t first) {
  check::positive("random::fill_gamma", "shape", shape);
  CREDENCE_SIMD_PICK(random_gamma_f64)(key.seed, key.stream, first, size_of(out), shape, shape, false, out.data());
}

void fill_log_gamma(rng_key key, double shape, std::span<double> out, std::uint64_t first) {
  check::positive("random::fill_log_gamma", "shape", shape);
  CREDENCE_SIMD_PICK(random_gamma_f64)(key.seed, key.stream, first, size_of(out), shape, shape, true, out.data());
}

void fill_beta(rng_key key, double a, double b, std::span<double> out, std::uint64_t first) {
  check::positive("random::fill_beta", "a", a);
  check::positive("random::fill_beta", "b", b);
  CREDENCE_SIMD_PICK(random_beta_f64)(key.seed, key.stream, first, size_of(out), a, b, out.data());
}

void fill_dirichlet(rng_key key, std::span<const double> concentration, std::span<double> out, std::uint64_t first) {
  const std::size_t n = concentration.size();
  check::at_least("random::fill_dirichlet", "concentration.size()", size_of(concentration), 1);
  for (const double c : concentration) check::positive("random::fill_dirichlet", "concentration", c);
  if (out.size() % n != 0) {
    check::fail_shape("random::fill_dirichlet", "out has " + std::to_string(out.size()) +
                                                    " elements, but must hold whole rows of " + std::to_string(n));
  }
  CREDENCE_SIMD_PICK(random_dirichlet_f64)
  (key.seed, key.stream, first, static_cast<std::int64_t>(out.size() / n), concentration.data(),
   static_cast<std::int64_t>(n), out.data());
}

void fill_poisson(rng_key key, double rate, std::span<std::int64_t> out, std::uint64_t first) {
  if (!(rate >= 0.0 && rate <= largest_count)) {
    check::fail_domain("random::fill_poisson", "rate", rate, "between 0 and 2^52");
  }
  if (rate < 10.0) {
    const cumulative_inversion invert(
        math::exp(-rate), 128, [rate](double term, std::int64_t k) { return term * (rate / static_cast<double>(k)); });
    by_pieces<double>(key, size_of(out), first, CREDENCE_SIMD_PICK(random_block_uniform_f64),
                      [&](std::int64_t i, const double* u, std::int64_t m) {
                        for (std::int64_t j = 0; j < m; ++j) out[static_cast<std::size_t>(i + j)] = invert(u[j]);
                      });
    return;
  }
  CREDENCE_SIMD_PICK(random_poisson)(key.seed, key.stream, first, size_of(out), rate, out.data());
}

void fill_binomial(rng_key key, std::int64_t n, double p, std::span<std::int64_t> out, std::uint64_t first) {
  if (n < 0 || static_cast<double>(n) > largest_count) {
    check::fail_domain("random::fill_binomial", "n", n, "between 0 and 2^52");
  }
  check::probability("random::fill_binomial", "p", p);
  const bool flipped = p > 0.5;
  const double q = flipped ? 1.0 - p : p;
  const double size = static_cast<double>(n);
  if (size * q < 10.0) {
    const double odds = q / (1.0 - q);
    const cumulative_inversion invert(math::exp(size * math::log1p(-q)), std::min<std::int64_t>(n, 256),
                                      [odds, size](double term, std::int64_t k) {
                                        const double count = static_cast<double>(k);
                                        return term * (odds * ((size - count + 1.0) / count));
                                      });
    by_pieces<double>(key, size_of(out), first, CREDENCE_SIMD_PICK(random_block_uniform_f64),
                      [&](std::int64_t i, const double* u, std::int64_t m) {
                        for (std::int64_t j = 0; j < m; ++j) {
                          const std::int64_t count = invert(u[j]);
                          out[static_cast<std::size_t>(i + j)] = flipped ? n - count : count;
                        }
                      });
    return;
  }
  CREDENCE_SIMD_PICK(random_binomial)(key.seed, key.stream, first, size_of(out), n, q, out.data());
  if (flipped) {
    for (std::int64_t& count : out) count = n - count;
  }
}

void fill_bernoulli(rng_key key, double p, std::span<std::uint8_t> out, std::uint64_t first) {
  check::probability("random::fill_bernoulli", "p", p);
  by_pieces<double>(key, size_of(out), first, CREDENCE_SIMD_PICK(random_uniform_f64),
                    [&](std::int64_t i, const double* u, std::int64_t m) {
                      for (std::int64_t j = 0; j < m; ++j) out[static_cast<std::size_t>(i + j)] = u[j] < p ? 1 : 0;
                    });
}

void fill_integers(rng_key key, std::int64_t n, std::span<std::int64_t> out, std::uint64_t first) {
  check::at_least("random::fill_integers", "n", n, 1);
  const std::uint64_t size = static_cast<std::uint64_t>(n);
  by_pieces<std::uint64_t>(key, size_of(out), first, CREDENCE_SIMD_PICK(random_bits64),
                           [&](std::int64_t i, const std::uint64_t* bits, std::int64_t m) {
                             for (std::int64_t j = 0; j < m; ++j) {
                               std::uint64_t low = 0;
                               std::uint64_t high = detail::multiply_high(bits[j], size, low);
                               // rarely so: the sampler of one element decides and, if need be, goes on
                               if (low < size)
                                 high = integer_below(key, first + static_cast<std::uint64_t>(i + j), size);
                               out[static_cast<std::size_t>(i + j)] = static_cast<std::int64_t>(high);
                             }
                           });
}

void fill_categorical(rng_key key, const alias_table& table, std::span<std::int64_t> out, std::uint64_t first) {
  const alias_column* columns = table.columns().data();
  const std::int64_t size = table.size();
  by_pieces<std::uint64_t>(key, size_of(out), first, CREDENCE_SIMD_PICK(random_bits64),
                           [&](std::int64_t i, const std::uint64_t* bits, std::int64_t m) {
                             for (std::int64_t j = 0; j < m; ++j) {
                               out[static_cast<std::size_t>(i + j)] = categorical_of(bits[j], columns, size);
                             }
                           });
}

}  // namespace credence::random
