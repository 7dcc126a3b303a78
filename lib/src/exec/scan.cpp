// SPDX-License-Identifier: BSD-3-Clause
#include "credence/exec/scan.hpp"

#include "exec/cuda_backend.hpp"

#include <type_traits>

namespace credence::exec {

namespace {

struct add {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_integral_v<T>) {
      using U = std::make_unsigned_t<T>;  // wraps around
      return static_cast<T>(static_cast<U>(a) + static_cast<U>(b));
    } else {
      return a + b;
    }
  }
};

template <class T>
void cumulative(const context& ctx, const char* where, std::span<const T> x, std::span<T> out, bool exclusive) {
  detail::require_same_length(where, x.size(), out.size());
#ifdef CREDENCE_HAVE_CUDA
  if (ctx.where == backend::cuda) {
    if (!x.empty()) {
      cuda_backend::cumulative_sum(ctx, x.data(), out.data(), static_cast<std::int64_t>(x.size()), exclusive);
    }
    return;
  }
#endif
  detail::require_cpu(ctx, where);
  if (exclusive) {
    exclusive_scan(ctx, x, out, T(0), add{});
  } else {
    inclusive_scan(ctx, x, out, add{});
  }
}

}  // namespace

template <class T>
void cumulative_sum(const context& ctx, std::span<const T> x, std::span<T> out) {
  cumulative(ctx, "exec::cumulative_sum", x, out, false);
}
template <class T>
void cumulative_sum_before(const context& ctx, std::span<const T> x, std::span<T> out) {
  cumulative(ctx, "exec::cumulative_sum_before", x, out, true);
}

#define CREDENCE_CUMULATIVE(T)                                                       \
  template void cumulative_sum<T>(const context&, std::span<const T>, std::span<T>); \
  template void cumulative_sum_before<T>(const context&, std::span<const T>, std::span<T>);
CREDENCE_CUMULATIVE(double)
CREDENCE_CUMULATIVE(float)
CREDENCE_CUMULATIVE(std::int32_t)
CREDENCE_CUMULATIVE(std::int64_t)
#undef CREDENCE_CUMULATIVE

}  // namespace credence::exec
