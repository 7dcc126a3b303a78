// SPDX-License-Identifier: BSD-3-Clause
#include "credence/exec/reduce.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/copy.hpp"
#include "exec/cuda_backend.hpp"
#include "exec/reduce_kernels.hpp"

#include <string>

namespace credence::exec {

void detail::require_cpu(const context& ctx, const char* where) {
  if (ctx.where == backend::cpu) return;
  throw device_error(std::string(where) +
                     ": the context is a CUDA device, but must be the CPU: a functor compiled by the host compiler "
                     "does not run on a device");
}

void detail::require_same_length(const char* where, std::size_t in, std::size_t out) {
  check::same_size(where, "x", static_cast<std::int64_t>(in), "out", static_cast<std::int64_t>(out));
}

namespace {

template <class Sum, class T, class Kernel>
Sum sum_with(const context& ctx, std::span<const T> x, Kernel* kernel) {
  if (x.empty()) return Sum(0);
#ifdef CREDENCE_HAVE_CUDA
  if (ctx.where == backend::cuda) return cuda_backend::sum(ctx, x.data(), static_cast<std::int64_t>(x.size()));
#endif
  detail::require_cpu(ctx, "exec::sum");
  return detail::reduce_chunks<Sum>(
      ctx, static_cast<std::int64_t>(x.size()),
      [&](std::int64_t begin, std::int64_t end) { return kernel(x.data() + begin, end - begin); },
      [](Sum a, Sum b) {
        if constexpr (std::is_integral_v<Sum>) {
          return static_cast<Sum>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
        } else {
          return a + b;
        }
      });
}

/// The extreme value of each chunk by the vectorised kernel, the first chunk that holds the best one, the first place
/// in it.
template <class T, class Kernel>
extremum<T> extremum_with(const context& ctx, const char* where, std::span<const T> x, Kernel* kernel, int sign) {
  if (x.empty()) check::fail_domain(where, "the number of elements", std::int64_t{0}, "at least 1");
  const std::int64_t n = static_cast<std::int64_t>(x.size());
#ifdef CREDENCE_HAVE_CUDA
  if (ctx.where == backend::cuda) {
    const std::int64_t index = cuda_backend::first_extremum(ctx, x.data(), n, sign);
    T value{};
    copy_bytes(context{}, &value, ctx, x.data() + index, sizeof(T));
    return {value, index};
  }
#endif
  detail::require_cpu(ctx, where);
  const extremum<T> chunk = detail::reduce_chunks<extremum<T>>(
      ctx, n,
      [&](std::int64_t begin, std::int64_t end) {
        return extremum<T>{kernel(x.data() + begin, end - begin), begin};
      },
      [sign](const extremum<T>& a, const extremum<T>& b) {
        const bool a_nan = !(a.value == a.value), b_nan = !(b.value == b.value);
        if (a_nan) return a;
        return b_nan || (sign > 0 ? b.value < a.value : a.value < b.value) ? b : a;
      });
  std::int64_t index = chunk.index;
  const bool nan = !(chunk.value == chunk.value);
  while (nan ? x[static_cast<std::size_t>(index)] == x[static_cast<std::size_t>(index)]
             : !(x[static_cast<std::size_t>(index)] == chunk.value)) {
    ++index;
  }
  return {x[static_cast<std::size_t>(index)], index};
}

}  // namespace

double sum(const context& ctx, std::span<const double> x) {
  return sum_with<double>(ctx, x, CREDENCE_SIMD_PICK(sum_chunk_f64));
}
double sum(const context& ctx, std::span<const float> x) {
  return sum_with<double>(ctx, x, CREDENCE_SIMD_PICK(sum_chunk_f32));
}
std::int64_t sum(const context& ctx, std::span<const std::int64_t> x) {
  return sum_with<std::int64_t>(ctx, x, CREDENCE_SIMD_PICK(sum_chunk_i64));
}
std::int64_t sum(const context& ctx, std::span<const std::int32_t> x) {
  return sum_with<std::int64_t>(ctx, x, CREDENCE_SIMD_PICK(sum_chunk_i32));
}

#define CREDENCE_EXTREMA(T, suffix)                                                        \
  template <>                                                                              \
  extremum<T> min<T>(const context& ctx, std::span<const T> x) {                           \
    return extremum_with(ctx, "exec::min", x, CREDENCE_SIMD_PICK(min_chunk_##suffix), 1);  \
  }                                                                                        \
  template <>                                                                              \
  extremum<T> max<T>(const context& ctx, std::span<const T> x) {                           \
    return extremum_with(ctx, "exec::max", x, CREDENCE_SIMD_PICK(max_chunk_##suffix), -1); \
  }
CREDENCE_EXTREMA(double, f64)
CREDENCE_EXTREMA(float, f32)
CREDENCE_EXTREMA(std::int64_t, i64)
CREDENCE_EXTREMA(std::int32_t, i32)
#undef CREDENCE_EXTREMA

}  // namespace credence::exec
