// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/random/key.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// Random orders and choices. CPU only; each is a function of its arguments, whatever the number of threads.
namespace credence::random {

/// A random order of 0..n-1: every order has the same probability, up to the 2^-64 n^2 / 2 with which two of the random
/// 64-bit keys that are sorted agree.
/// @throws domain_error  when n is negative
std::vector<std::int64_t> permutation(const exec::context& ctx, rng_key key, std::int64_t n);

/// `count` independent choices from 0..n-1.
/// @throws domain_error  when n is less than 1 or count negative
std::vector<std::int64_t> choice_with_replacement(const exec::context& ctx, rng_key key, std::int64_t n,
                                                  std::int64_t count);

/// `count` different ones of 0..n-1, in random order. Takes time and memory in proportion to `count` where that is
/// small.
/// @throws domain_error  when count is not from 0 to n
/// @source Floyd, in Bentley, "Programming pearls: a sample of brilliance", CACM 30 (1987), for small counts
std::vector<std::int64_t> choice_without_replacement(const exec::context& ctx, rng_key key, std::int64_t n,
                                                     std::int64_t count);

/// `count` independent choices in proportion to the weights.
/// @throws domain_error  when the weights are not as alias_table wants them, or count is negative
std::vector<std::int64_t> weighted_choice_with_replacement(const exec::context& ctx, rng_key key,
                                                           std::span<const double> weights, std::int64_t count);

/// `count` different indices, one after the other, each in proportion to the weights of those not yet chosen.
/// Never one of weight 0.
/// @throws domain_error  when a weight is negative or not finite, or there are not `count` positive ones
/// @source Efraimidis, Spirakis, "Weighted random sampling with a reservoir", IPL 97 (2006), as an exponential race
std::vector<std::int64_t> weighted_choice_without_replacement(const exec::context& ctx, rng_key key,
                                                              std::span<const double> weights, std::int64_t count);

}  // namespace credence::random
