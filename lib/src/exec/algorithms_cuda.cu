// SPDX-License-Identifier: BSD-3-Clause
// Reductions, scans and sorts of exec on a device: CUB does the work.
#include "exec/cuda_backend.hpp"
#include "exec/device_loops.cuh"

#include "credence/base/config.hpp"

#include <cub/device/device_merge_sort.cuh>

#include <limits>

namespace credence::exec::cuda_backend {

namespace {

template <class To, class T>
struct load_as {
  const T* x;
  CREDENCE_HD To operator()(std::int64_t i) const { return static_cast<To>(x[i]); }
};

struct plus {
  template <class T>
  CREDENCE_HD T operator()(T a, T b) const {
    return static_cast<T>(a + b);
  }
};

/// An element with its place, and the better of two: NaN before all, then by size, then by place.
template <class T>
struct placed {
  T value;
  std::int64_t index;
};
template <class T>
struct load_placed {
  const T* x;
  CREDENCE_HD placed<T> operator()(std::int64_t i) const { return {x[i], i}; }
};
template <class T>
struct better {
  int sign;
  CREDENCE_HD placed<T> operator()(const placed<T>& a, const placed<T>& b) const {
    if (a.index < 0) return b;  // the identity
    if (b.index < 0) return a;
    const bool a_nan = !(a.value == a.value), b_nan = !(b.value == b.value);
    if (a_nan != b_nan) return a_nan ? a : b;
    if (!a_nan) {
      if (sign > 0 ? a.value < b.value : b.value < a.value) return a;
      if (sign > 0 ? b.value < a.value : a.value < b.value) return b;
    }
    return a.index < b.index ? a : b;
  }
};

/// Ascending, NaN last; `zeros` puts -0 before +0.
template <class T>
struct ascending {
  bool zeros;
  CREDENCE_HD bool operator()(T a, T b) const {
    if (!(a == a)) return false;
    if (!(b == b)) return true;
    if constexpr (!std::numeric_limits<T>::is_integer) {
      if (zeros && a == T(0) && b == T(0)) return 1 / a < 1 / b;  // -infinity < infinity
    }
    return a < b;
  }
};

struct count_up {
  std::int64_t* out;
  CREDENCE_HD void operator()(std::int64_t i) const { out[i] = i; }
};

template <class To, class T>
To sum_as(const context& ctx, const T* x, std::int64_t n) {
  return device_transform_reduce(ctx, n, To(0), load_as<To, T>{x}, plus{});
}

}  // namespace

double sum(const context& ctx, const double* x, std::int64_t n) { return sum_as<double>(ctx, x, n); }
double sum(const context& ctx, const float* x, std::int64_t n) { return sum_as<double>(ctx, x, n); }
std::int64_t sum(const context& ctx, const std::int64_t* x, std::int64_t n) { return sum_as<std::int64_t>(ctx, x, n); }
std::int64_t sum(const context& ctx, const std::int32_t* x, std::int64_t n) { return sum_as<std::int64_t>(ctx, x, n); }

template <class T>
std::int64_t first_extremum(const context& ctx, const T* x, std::int64_t n, int sign) {
  return device_transform_reduce(ctx, n, placed<T>{T(0), -1}, load_placed<T>{x}, better<T>{sign}).index;
}

template <class T>
void cumulative_sum(const context& ctx, const T* in, T* out, std::int64_t n, bool exclusive) {
  if (exclusive) {
    device_exclusive_scan(ctx, in, out, n, T(0), plus{});
  } else {
    device_inclusive_scan(ctx, in, out, n, plus{});
  }
}

template <class T>
void sort(const context& ctx, T* keys, std::int64_t n) {
  if (n <= 0) return;
  const device_scope scope(ctx);
  with_scratch(ctx, "exec::sort", [&](void* scratch, std::size_t& bytes) {
    return cub::DeviceMergeSort::StableSortKeys(scratch, bytes, keys, n, ascending<T>{true}, stream_of(ctx));
  });
}

template <class T>
void sort_by_key(const context& ctx, T* keys, std::int64_t* values, std::int64_t n) {
  if (n <= 0) return;
  const device_scope scope(ctx);
  with_scratch(ctx, "exec::sort_by_key", [&](void* scratch, std::size_t& bytes) {
    return cub::DeviceMergeSort::StableSortPairs(scratch, bytes, keys, values, n, ascending<T>{false}, stream_of(ctx));
  });
}

template <class T>
void argsort(const context& ctx, const T* x, std::int64_t n, std::int64_t* order) {
  if (n <= 0) return;
  const device_scope scope(ctx);
  stream_scratch keys(ctx, static_cast<std::size_t>(n) * sizeof(T));
  cuda_check(cudaMemcpyAsync(keys.data(), x, static_cast<std::size_t>(n) * sizeof(T), cudaMemcpyDeviceToDevice,
                             stream_of(ctx)),
             "exec::argsort");
  device_for_each(ctx, n, count_up{order});
  sort_by_key(ctx, static_cast<T*>(keys.data()), order, n);
}

#define CREDENCE_CUDA_NUMBERS(T)                                                        \
  template std::int64_t first_extremum<T>(const context&, const T*, std::int64_t, int); \
  template void cumulative_sum<T>(const context&, const T*, T*, std::int64_t, bool);
CREDENCE_CUDA_NUMBERS(double)
CREDENCE_CUDA_NUMBERS(float)
CREDENCE_CUDA_NUMBERS(std::int32_t)
CREDENCE_CUDA_NUMBERS(std::int64_t)

#define CREDENCE_CUDA_SORTS(T)                                                   \
  template void sort<T>(const context&, T*, std::int64_t);                       \
  template void sort_by_key<T>(const context&, T*, std::int64_t*, std::int64_t); \
  template void argsort<T>(const context&, const T*, std::int64_t, std::int64_t*);
CREDENCE_CUDA_SORTS(double)
CREDENCE_CUDA_SORTS(float)
CREDENCE_CUDA_SORTS(std::int32_t)
CREDENCE_CUDA_SORTS(std::int64_t)
CREDENCE_CUDA_SORTS(std::uint32_t)
CREDENCE_CUDA_SORTS(std::uint64_t)

}  // namespace credence::exec::cuda_backend
