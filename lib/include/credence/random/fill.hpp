// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/random/categorical.hpp"
#include "credence/random/key.hpp"

#include <cstdint>
#include <span>

/// Bulk draws on one core, vectorised. out[i] has exactly the bits of the sampler of one element (random/uniform.hpp
/// and its neighbours) for element first + i; so ranges may be cut anywhere. For many threads see
/// tensor/random_fill.hpp.
namespace credence::random {

/// Raw Philox words: word (first + i) % 4 of block (first + i) / 4.
void fill_words(rng_key key, std::span<std::uint32_t> out, std::uint64_t first = 0);

void fill_uniform(rng_key key, std::span<double> out, std::uint64_t first = 0);
void fill_uniform(rng_key key, std::span<float> out, std::uint64_t first = 0);
void fill_normal(rng_key key, std::span<double> out, std::uint64_t first = 0);
void fill_normal(rng_key key, std::span<float> out, std::uint64_t first = 0);
void fill_exponential(rng_key key, std::span<double> out, std::uint64_t first = 0);
void fill_exponential(rng_key key, std::span<float> out, std::uint64_t first = 0);
void fill_gumbel(rng_key key, std::span<double> out, std::uint64_t first = 0);
void fill_gumbel(rng_key key, std::span<float> out, std::uint64_t first = 0);

/// Gamma with that shape and rate 1. @throws domain_error  when the shape is not positive and finite
void fill_gamma(rng_key key, double shape, std::span<double> out, std::uint64_t first = 0);
/// The logarithms of the same variates, good for any small shape. @throws domain_error  as fill_gamma
void fill_log_gamma(rng_key key, double shape, std::span<double> out, std::uint64_t first = 0);
/// @throws domain_error  when a or b is not positive and finite
void fill_beta(rng_key key, double a, double b, std::span<double> out, std::uint64_t first = 0);
/// Rows of `concentration.size()` numbers that sum to 1; row i is element first + i.
/// @throws domain_error  when a concentration is not positive and finite
/// @throws shape_error   when `out` does not hold whole rows
void fill_dirichlet(rng_key key, std::span<const double> concentration, std::span<double> out, std::uint64_t first = 0);

/// @throws domain_error  when the rate is negative, not finite or above `largest_count`
void fill_poisson(rng_key key, double rate, std::span<std::int64_t> out, std::uint64_t first = 0);
/// @throws domain_error  when n is negative or above `largest_count`, or p is not a probability
void fill_binomial(rng_key key, std::int64_t n, double p, std::span<std::int64_t> out, std::uint64_t first = 0);
/// 1 with probability p, else 0. @throws domain_error  when p is not a probability
void fill_bernoulli(rng_key key, double p, std::span<std::uint8_t> out, std::uint64_t first = 0);
/// 0, 1, ..., n - 1, without bias. @throws domain_error  when n is less than 1
void fill_integers(rng_key key, std::int64_t n, std::span<std::int64_t> out, std::uint64_t first = 0);
void fill_categorical(rng_key key, const alias_table& table, std::span<std::int64_t> out, std::uint64_t first = 0);

}  // namespace credence::random
