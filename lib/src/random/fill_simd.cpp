// SPDX-License-Identifier: BSD-3-Clause
// Bulk random numbers: Philox words of a few hundred blocks into a buffer in the first-level cache, then one vectorised
// loop of the sampler's arithmetic over them.
#include "random/fill_kernels.hpp"

#include "credence/random/discrete.hpp"
#include "credence/random/gamma.hpp"
#include "random/philox_lanes.hpp"

#include <cstring>

namespace credence::detail {
namespace CREDENCE_ISA {

namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are read as pairs");

constexpr std::int64_t chunk_blocks = 264;  // 4 KiB of words, a multiple of three vectors for every instruction set

/// Runs `whole(words, blocks, out)` over whole blocks and `single(element)` over the elements beside them.
/// @tparam PerBlock  packed elements in one block
template <int PerBlock, class T, class Whole, class Single>
void packed(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::int64_t n, T* out, const Whole& whole,
            const Single& single) {
  const rng_key key{seed, stream};
  std::int64_t i = 0;
  for (; i < n && (first + static_cast<std::uint64_t>(i)) % PerBlock != 0; ++i) {
    out[i] = single(key, first + static_cast<std::uint64_t>(i));
  }
  alignas(64) std::uint32_t words[4 * chunk_blocks];
  while (n - i >= PerBlock) {
    const std::int64_t left = (n - i) / PerBlock;
    const std::int64_t blocks = left < chunk_blocks ? left : chunk_blocks;
    philox_blocks((first + static_cast<std::uint64_t>(i)) / PerBlock, stream, seed, blocks, words);
    whole(words, blocks, out + i);
    i += PerBlock * blocks;
  }
  for (; i < n; ++i) out[i] = single(key, first + static_cast<std::uint64_t>(i));
}

CREDENCE_INLINE std::uint64_t half(const std::uint32_t* words, std::int64_t i) {
  std::uint64_t bits;
  __builtin_memcpy(&bits, words + 2 * i, sizeof bits);
  return bits;
}

}  // namespace

void random_words(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::int64_t n, std::uint32_t* out) {
  const rng_key key{seed, stream};
  std::int64_t i = 0;
  for (; i < n && (first + static_cast<std::uint64_t>(i)) % 4 != 0; ++i) {
    out[i] = random::bits32(key, first + static_cast<std::uint64_t>(i));
  }
  const std::int64_t blocks = (n - i) / 4;
  philox_blocks((first + static_cast<std::uint64_t>(i)) / 4, stream, seed, blocks, out + i);
  for (i += 4 * blocks; i < n; ++i) out[i] = random::bits32(key, first + static_cast<std::uint64_t>(i));
}

void random_bits64(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::int64_t n, std::uint64_t* out) {
  packed<2>(
      seed, stream, first, n, out,
      [](const std::uint32_t* words, std::int64_t blocks, std::uint64_t* to) {
        std::memcpy(to, words, static_cast<std::size_t>(16 * blocks));
      },
      [](rng_key key, std::uint64_t element) { return random::bits64(key, element); });
}

void random_uniform_f64(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::int64_t n, double* out) {
  packed<2>(
      seed, stream, first, n, out,
      [](const std::uint32_t* words, std::int64_t blocks, double* CREDENCE_RESTRICT to) {
        for (std::int64_t i = 0; i < 2 * blocks; ++i) to[i] = random::unit_f64(half(words, i));
      },
      [](rng_key key, std::uint64_t element) { return random::uniform<double>(key, element); });
}

void random_uniform_f32(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::int64_t n, float* out) {
  packed<4>(
      seed, stream, first, n, out,
      [](const std::uint32_t* words, std::int64_t blocks, float* CREDENCE_RESTRICT to) {
        for (std::int64_t i = 0; i < 4 * blocks; ++i) to[i] = random::unit_f32(words[i]);
      },
      [](rng_key key, std::uint64_t element) { return random::uniform<float>(key, element); });
}

void random_normal_f64(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::int64_t n, double* out) {
  packed<2>(
      seed, stream, first, n, out,
      [](const std::uint32_t* words, std::int64_t blocks, double* CREDENCE_RESTRICT to) {
        for (std::int64_t b = 0; b < blocks; ++b) {
          const auto z = random::normal_pair(half(words, 2 * b), half(words, 2 * b + 1));
          to[2 * b] = z.first;
          to[2 * b + 1] = z.second;
        }
      },
      [](rng_key key, std::uint64_t element) { return random::normal<double>(key, element); });
}

void random_normal_f32(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::int64_t n, float* out) {
  packed<4>(
      seed, stream, first, n, out,
      [](const std::uint32_t* words, std::int64_t blocks, float* CREDENCE_RESTRICT to) {
        for (std::int64_t b = 0; b < 2 * blocks; ++b) {
          const auto z = random::normal_pair(words[2 * b], words[2 * b + 1]);
          to[2 * b] = z.first;
          to[2 * b + 1] = z.second;
        }
      },
      [](rng_key key, std::uint64_t element) { return random::normal<float>(key, element); });
}

void random_exponential_f64(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::int64_t n,
                            double* out) {
  packed<2>(
      seed, stream, first, n, out,
      [](const std::uint32_t* words, std::int64_t blocks, double* CREDENCE_RESTRICT to) {
        for (std::int64_t i = 0; i < 2 * blocks; ++i) to[i] = random::exponential_of(half(words, i));
      },
      [](rng_key key, std::uint64_t element) { return random::exponential<double>(key, element); });
}

void random_exponential_f32(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::int64_t n, float* out) {
  packed<4>(
      seed, stream, first, n, out,
      [](const std::uint32_t* words, std::int64_t blocks, float* CREDENCE_RESTRICT to) {
        for (std::int64_t i = 0; i < 4 * blocks; ++i) to[i] = static_cast<float>(random::exponential_of(words[i]));
      },
      [](rng_key key, std::uint64_t element) { return random::exponential<float>(key, element); });
}

void random_gumbel_f64(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::int64_t n, double* out) {
  packed<2>(
      seed, stream, first, n, out,
      [](const std::uint32_t* words, std::int64_t blocks, double* CREDENCE_RESTRICT to) {
        for (std::int64_t i = 0; i < 2 * blocks; ++i) to[i] = -math::log(random::exponential_of(half(words, i)));
      },
      [](rng_key key, std::uint64_t element) { return random::gumbel<double>(key, element); });
}

void random_gumbel_f32(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::int64_t n, float* out) {
  packed<4>(
      seed, stream, first, n, out,
      [](const std::uint32_t* words, std::int64_t blocks, float* CREDENCE_RESTRICT to) {
        for (std::int64_t i = 0; i < 4 * blocks; ++i) {
          to[i] = static_cast<float>(-math::log(random::exponential_of(words[i])));
        }
      },
      [](rng_key key, std::uint64_t element) { return random::gumbel<float>(key, element); });
}

void random_block_uniform_f64(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::int64_t n,
                              double* out) {
  packed<1>(
      seed, stream, first, n, out,
      [](const std::uint32_t* words, std::int64_t blocks, double* CREDENCE_RESTRICT to) {
        for (std::int64_t b = 0; b < blocks; ++b) to[b] = random::unit_f64(half(words, 2 * b));
      },
      [](rng_key key, std::uint64_t element) { return random::unit_f64(random::block_halves(key, element).half[0]); });
}

// The first attempt of every element is vectorised; the few refused go on one by one. Even and odd elements may have
// different shapes (what beta needs): then either both shapes are at least 1 or logarithms are asked for.
void random_gamma_f64(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::int64_t n, double shape_even,
                      double shape_odd, bool logarithms, double* out) {
  using random::detail::gamma_constants;
  const rng_key key{seed, stream};
  const bool swapped = first % 2 == 1;
  const double shape0 = swapped ? shape_odd : shape_even, shape1 = swapped ? shape_even : shape_odd;
  const bool boosted0 = shape0 < 1.0, boosted1 = shape1 < 1.0, boosted = boosted0 || boosted1;
  const gamma_constants k0 = random::detail::gamma_setup(boosted0 ? shape0 + 1.0 : shape0);
  const gamma_constants k1 = random::detail::gamma_setup(boosted1 ? shape1 + 1.0 : shape1);
  alignas(64) std::uint32_t words[4 * chunk_blocks];
  alignas(64) double value[chunk_blocks], margin[chunk_blocks];
  for (std::int64_t i = 0; i < n; i += chunk_blocks) {
    const std::int64_t m = n - i < chunk_blocks ? n - i : chunk_blocks, even_m = m + m % 2;
    const std::uint64_t start = first + static_cast<std::uint64_t>(i);
    philox_blocks(rng_index(start), stream, seed, even_m, words);
    for (std::int64_t b = 0; b < even_m; b += 2) {
      value[b] = random::detail::gamma_proposal(half(words, 2 * b), half(words, 2 * b + 1), k0, margin[b]);
      value[b + 1] = random::detail::gamma_proposal(half(words, 2 * b + 2), half(words, 2 * b + 3), k1, margin[b + 1]);
    }
    for (std::int64_t b = 0; b < m; ++b) {
      if (!(margin[b] > 0.0)) {
        value[b] =
            random::detail::gamma_at_least_1(key, start + static_cast<std::uint64_t>(b), b % 2 == 0 ? k0 : k1, 1);
      }
    }
    if (boosted || logarithms) {
      for (std::int64_t b = 0; b < m; ++b) value[b] = math::log(value[b]);
    }
    if (boosted) {
      philox_blocks(rng_index(start, random::detail::boost_attempt), stream, seed, even_m, words);
      for (std::int64_t b = 0; b < even_m; ++b) margin[b] = math::log(random::unit_f64(half(words, 2 * b)));
      for (std::int64_t b = 0; b < m; ++b) {
        if (b % 2 == 0 ? boosted0 : boosted1) value[b] += margin[b] / (b % 2 == 0 ? shape0 : shape1);
      }
      if (!logarithms) {
        for (std::int64_t b = 0; b < m; ++b) value[b] = math::exp(value[b]);
      }
    }
    std::memcpy(out + i, value, static_cast<std::size_t>(m) * sizeof(double));
  }
}

void random_beta_f64(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::int64_t n, double a, double b,
                     double* out) {
  constexpr std::int64_t chunk = 128;
  const bool direct = a >= 1.0 && b >= 1.0;
  double gammas[2 * chunk];
  for (std::int64_t i = 0; i < n; i += chunk) {
    const std::int64_t m = n - i < chunk ? n - i : chunk;
    random_gamma_f64(seed, stream, 2 * (first + static_cast<std::uint64_t>(i)), 2 * m, a, b, !direct, gammas);
    if (direct) {
      for (std::int64_t k = 0; k < m; ++k) out[i + k] = gammas[2 * k] / (gammas[2 * k] + gammas[2 * k + 1]);
    } else {
      for (std::int64_t k = 0; k < m; ++k) out[i + k] = math::inv_logit(gammas[2 * k] - gammas[2 * k + 1]);
    }
  }
}

void random_dirichlet_f64(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::int64_t rows,
                          const double* concentration, std::int64_t n, double* out) {
  for (std::int64_t row = 0; row < rows; ++row) {
    random::dirichlet(rng_key{seed, stream}, first + static_cast<std::uint64_t>(row), concentration, n, out + row * n);
  }
}

namespace {

// Counts by transformed rejection. The first attempt of all elements is vectorised: quick acceptance for all, which is
// most of them; then the exact test for the others whose count is large and near the mean, where it has no branches.
// What is left goes on one by one. `center` is where proposals lie; may_be_near(k), margin(k, us, v), refused(k, us, v)
// and single(key, element, first attempt) are the family's.
template <class Constants, class Near, class Margin, class Refused, class Single>
void counts(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::int64_t n, const Constants& c,
            double center, std::int64_t* out, const Near& may_be_near, const Margin& margin, const Refused& refused,
            const Single& single) {
  const rng_key key{seed, stream};
  alignas(64) std::uint32_t words[4 * chunk_blocks];
  alignas(64) double count[chunk_blocks], quick[chunk_blocks];
  alignas(64) double k[chunk_blocks], us[chunk_blocks], v[chunk_blocks], accept[chunk_blocks];
  std::int64_t place[chunk_blocks];
  for (std::int64_t i = 0; i < n; i += chunk_blocks) {
    const std::int64_t m = n - i < chunk_blocks ? n - i : chunk_blocks;
    const std::uint64_t start = first + static_cast<std::uint64_t>(i);
    philox_blocks(rng_index(start), stream, seed, m, words);
    for (std::int64_t b = 0; b < m; ++b) {
      const double ub = random::unit_f64(half(words, 2 * b)) - 0.5, vb = random::unit_f64(half(words, 2 * b + 1));
      const double usb = 0.5 - math::abs(ub);
      count[b] = math::floor((2.0 * c.a / usb + c.b) * ub + center);
      quick[b] = math::select(usb >= 0.07, math::select(vb <= c.v_r, 1.0, 0.0), 0.0);
    }
    std::int64_t slow = 0;
    for (std::int64_t b = 0; b < m; ++b) {
      if (quick[b] != 0.0) {
        out[i + b] = static_cast<std::int64_t>(count[b]);
      } else if (may_be_near(count[b])) {
        place[slow] = b;
        k[slow] = count[b];
        us[slow] = 0.5 - math::abs(random::unit_f64(half(words, 2 * b)) - 0.5);
        v[slow] = random::unit_f64(half(words, 2 * b + 1));
        ++slow;
      } else {
        out[i + b] = single(key, start + static_cast<std::uint64_t>(b), 0);
      }
    }
    for (std::int64_t s = 0; s < slow; ++s) accept[s] = margin(k[s], us[s], v[s]);
    for (std::int64_t s = 0; s < slow; ++s) {
      const std::int64_t b = place[s];
      out[i + b] = accept[s] >= 0.0 && !refused(us[s], v[s]) ? static_cast<std::int64_t>(k[s])
                                                             : single(key, start + static_cast<std::uint64_t>(b), 1);
    }
  }
}

}  // namespace

void random_poisson(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::int64_t n, double rate,
                    std::int64_t* out) {
  using namespace random::detail;
  const poisson_constants c = poisson_setup(rate);
  counts(
      seed, stream, first, n, c, c.rate + 0.43, out, [&c](double k) { return k >= 16.0 && near(k, c.rate); },
      [&c](double k, double us, double v) { return poisson_log_pmf_near(k, c.rate) - poisson_hurdle(c, us, v); },
      [](double us, double v) { return us < 0.013 && v > us; },
      [&c](rng_key key, std::uint64_t element, std::uint64_t attempt) {
        return poisson_by_rejection(key, element, c, attempt);
      });
}

void random_binomial(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::int64_t n, std::int64_t trials,
                     double p, std::int64_t* out) {
  using namespace random::detail;
  const binomial_constants c = binomial_setup(trials, p);
  counts(
      seed, stream, first, n, c, c.c, out,
      [&c](double k) { return k >= 16.0 && c.n - k >= 16.0 && near(k, c.n * c.p) && near(c.n - k, c.n * (1.0 - c.p)); },
      [&c](double k, double us, double v) {
        return (binomial_log_pmf_near(k, c.n, c.p) - c.log_mode_pmf) - binomial_hurdle(c, us, v);
      },
      [](double, double) { return false; },
      [&c](rng_key key, std::uint64_t element, std::uint64_t attempt) {
        return binomial_by_rejection(key, element, c, attempt);
      });
}

}  // namespace CREDENCE_ISA
}  // namespace credence::detail
