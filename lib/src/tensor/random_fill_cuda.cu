// SPDX-License-Identifier: BSD-3-Clause
// Random fills on a device: one thread an element, each computing its own Philox block. Integer arithmetic bounds them
// (about a hundred operations a block); they write each element once.
#include "tensor/random_fill_cuda.hpp"

#include "exec/device_loops.cuh"

#include "credence/random/functors.hpp"

namespace credence::random::cuda_kernels {

template <class T>
void uniform(const exec::context& ctx, rng_key key, T* out, std::int64_t n, std::uint64_t first) {
  exec::device_for_each(ctx, n, uniform_at<T>{out, key, first});
}
template <class T>
void normal(const exec::context& ctx, rng_key key, T* out, std::int64_t n, std::uint64_t first) {
  exec::device_for_each(ctx, n, normal_at<T>{out, key, first});
}
template <class T>
void exponential(const exec::context& ctx, rng_key key, T* out, std::int64_t n, std::uint64_t first) {
  exec::device_for_each(ctx, n, exponential_at<T>{out, key, first});
}
template <class T>
void gumbel(const exec::context& ctx, rng_key key, T* out, std::int64_t n, std::uint64_t first) {
  exec::device_for_each(ctx, n, gumbel_at<T>{out, key, first});
}
void gamma(const exec::context& ctx, rng_key key, double shape, double* out, std::int64_t n, std::uint64_t first) {
  exec::device_for_each(ctx, n, gamma_at{out, key, shape, first});
}
void poisson(const exec::context& ctx, rng_key key, double rate, std::int64_t* out, std::int64_t n,
             std::uint64_t first) {
  exec::device_for_each(ctx, n, poisson_at{out, key, rate, first});
}
void integers(const exec::context& ctx, rng_key key, std::int64_t below, std::int64_t* out, std::int64_t n,
              std::uint64_t first) {
  exec::device_for_each(ctx, n, integer_at{out, key, below, first});
}

#define CREDENCE_FILLS(T)                                                                       \
  template void uniform<T>(const exec::context&, rng_key, T*, std::int64_t, std::uint64_t);     \
  template void normal<T>(const exec::context&, rng_key, T*, std::int64_t, std::uint64_t);      \
  template void exponential<T>(const exec::context&, rng_key, T*, std::int64_t, std::uint64_t); \
  template void gumbel<T>(const exec::context&, rng_key, T*, std::int64_t, std::uint64_t);
CREDENCE_FILLS(double)
CREDENCE_FILLS(float)

}  // namespace credence::random::cuda_kernels
