// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/random/fill.hpp"

#include <cstdint>
#include <span>

/// The bulk draws of random/fill.hpp on all threads of a context: the same bits for any number of threads. Those
/// without a word on it also run on CUDA, where `out` is device memory, the work is put on the context's stream and the
/// bits are those of the CPU.
namespace credence::random {

void fill_uniform(const exec::context& ctx, rng_key key, std::span<double> out, std::uint64_t first = 0);
void fill_uniform(const exec::context& ctx, rng_key key, std::span<float> out, std::uint64_t first = 0);
void fill_normal(const exec::context& ctx, rng_key key, std::span<double> out, std::uint64_t first = 0);
void fill_normal(const exec::context& ctx, rng_key key, std::span<float> out, std::uint64_t first = 0);
void fill_exponential(const exec::context& ctx, rng_key key, std::span<double> out, std::uint64_t first = 0);
void fill_exponential(const exec::context& ctx, rng_key key, std::span<float> out, std::uint64_t first = 0);
void fill_gumbel(const exec::context& ctx, rng_key key, std::span<double> out, std::uint64_t first = 0);
void fill_gumbel(const exec::context& ctx, rng_key key, std::span<float> out, std::uint64_t first = 0);
void fill_gamma(const exec::context& ctx, rng_key key, double shape, std::span<double> out, std::uint64_t first = 0);
void fill_poisson(const exec::context& ctx, rng_key key, double rate, std::span<std::int64_t> out,
                  std::uint64_t first = 0);
void fill_integers(const exec::context& ctx, rng_key key, std::int64_t n, std::span<std::int64_t> out,
                   std::uint64_t first = 0);

/// CPU only. @throws device_error  on CUDA
void fill_beta(const exec::context& ctx, rng_key key, double a, double b, std::span<double> out,
               std::uint64_t first = 0);
/// CPU only. Rows of concentration.size() numbers. @throws device_error  on CUDA
void fill_dirichlet(const exec::context& ctx, rng_key key, std::span<const double> concentration, std::span<double> out,
                    std::uint64_t first = 0);
/// CPU only. @throws device_error  on CUDA
void fill_binomial(const exec::context& ctx, rng_key key, std::int64_t n, double p, std::span<std::int64_t> out,
                   std::uint64_t first = 0);
/// CPU only. @throws device_error  on CUDA
void fill_bernoulli(const exec::context& ctx, rng_key key, double p, std::span<std::uint8_t> out,
                    std::uint64_t first = 0);
/// CPU only. @throws device_error  on CUDA
void fill_categorical(const exec::context& ctx, rng_key key, const alias_table& table, std::span<std::int64_t> out,
                      std::uint64_t first = 0);

}  // namespace credence::random
