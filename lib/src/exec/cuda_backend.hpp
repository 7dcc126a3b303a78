// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"

#include <cstdint>

/// What the CUDA sources of exec define for its ordinary sources. Raw pointers and sizes cross, never a Thrust type.
/// Declared always, defined only in builds with CUDA.
namespace credence::exec::cuda_backend {

void* allocate(const context& ctx, std::int64_t bytes);
void deallocate(const context& ctx, void* memory) noexcept;
void copy_async(const context& to_where, void* to, const context& from_where, const void* from, std::int64_t bytes);
void synchronize(const context& ctx);

double sum(const context& ctx, const double* x, std::int64_t n);
double sum(const context& ctx, const float* x, std::int64_t n);
std::int64_t sum(const context& ctx, const std::int64_t* x, std::int64_t n);
std::int64_t sum(const context& ctx, const std::int32_t* x, std::int64_t n);

// For T = float, double, std::int32_t, std::int64_t.

/// The place of the first smallest (sign = 1) or largest (sign = -1) element; the first NaN where there is one.
template <class T>
std::int64_t first_extremum(const context& ctx, const T* x, std::int64_t n, int sign);

template <class T>
void cumulative_sum(const context& ctx, const T* in, T* out, std::int64_t n, bool exclusive);

// For T = float, double, std::int32_t, std::int64_t, std::uint32_t, std::uint64_t; stable, NaN last.
template <class T>
void sort(const context& ctx, T* keys, std::int64_t n);
template <class T>
void argsort(const context& ctx, const T* x, std::int64_t n, std::int64_t* order);
template <class T>
void sort_by_key(const context& ctx, T* keys, std::int64_t* values, std::int64_t n);

}  // namespace credence::exec::cuda_backend
