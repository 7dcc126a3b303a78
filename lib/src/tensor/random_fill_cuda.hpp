// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/random/key.hpp"

#include <cstdint>

// The fills of random_fill_cuda.cu; declared always, defined only in builds with CUDA.
namespace credence::random::cuda_kernels {

// For T = float and double.
template <class T>
void uniform(const exec::context& ctx, rng_key key, T* out, std::int64_t n, std::uint64_t first);
template <class T>
void normal(const exec::context& ctx, rng_key key, T* out, std::int64_t n, std::uint64_t first);
template <class T>
void exponential(const exec::context& ctx, rng_key key, T* out, std::int64_t n, std::uint64_t first);
template <class T>
void gumbel(const exec::context& ctx, rng_key key, T* out, std::int64_t n, std::uint64_t first);

void gamma(const exec::context& ctx, rng_key key, double shape, double* out, std::int64_t n, std::uint64_t first);
void poisson(const exec::context& ctx, rng_key key, double rate, std::int64_t* out, std::int64_t n,
             std::uint64_t first);
void integers(const exec::context& ctx, rng_key key, std::int64_t below, std::int64_t* out, std::int64_t n,
              std::uint64_t first);

}  // namespace credence::random::cuda_kernels
