// SPDX-License-Identifier: BSD-3-Clause
// Bulk random numbers: Philox words of a few hundred blocks into a buffer in the first-level cache, then one vectorised
// loop of the sampler's arithmetic over them.
#include "random/fill_kernels.hpp"

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

// The first attempt of every element is vectorised; the few refused go on one by one.
void random_gamma_f64(std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::int64_t n, double shape,
                      bool logarithms, double* out) {
  const rng_key key{seed, stream};
  const bool boosted = shape < 1.0;
  const random::detail::gamma_constants k = random::detail::gamma_setup(boosted ? shape + 1.0 : shape);
  alignas(64) std::uint32_t words[4 * chunk_blocks];
  alignas(64) double accepted[chunk_blocks];
  alignas(64) double uniforms[chunk_blocks];
  for (std::int64_t i = 0; i < n; i += chunk_blocks) {
    const std::int64_t m = n - i < chunk_blocks ? n - i : chunk_blocks;
    const std::uint64_t start = first + static_cast<std::uint64_t>(i);
    double* CREDENCE_RESTRICT to = out + i;
    philox_blocks(rng_index(start), stream, seed, m, words);
    for (std::int64_t b = 0; b < m; ++b) {
      bool ok = false;
      to[b] = random::detail::gamma_proposal(half(words, 2 * b), half(words, 2 * b + 1), k, ok);
      accepted[b] = math::select(ok, 1.0, 0.0);
    }
    for (std::int64_t b = 0; b < m; ++b) {
      if (accepted[b] == 0.0) {
        to[b] = random::detail::gamma_at_least_1(key, start + static_cast<std::uint64_t>(b), k, 1);
      }
    }
    if (boosted) {
      philox_blocks(rng_index(start, random::detail::boost_attempt), stream, seed, m, words);
      for (std::int64_t b = 0; b < m; ++b) uniforms[b] = random::unit_f64(half(words, 2 * b));
      for (std::int64_t b = 0; b < m; ++b) to[b] = math::log(to[b]) + math::log(uniforms[b]) / shape;
      if (!logarithms) {
        for (std::int64_t b = 0; b < m; ++b) to[b] = math::exp(to[b]);
      }
    } else if (logarithms) {
      for (std::int64_t b = 0; b < m; ++b) to[b] = math::log(to[b]);
    }
  }
}

}  // namespace CREDENCE_ISA
}  // namespace credence::detail
