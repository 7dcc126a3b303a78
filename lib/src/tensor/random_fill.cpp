// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/random_fill.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/exec/reduce.hpp"
#include "credence/random/discrete.hpp"
#include "tensor/random_fill_cuda.hpp"

namespace credence::random {

namespace {

constexpr std::int64_t grain = 16384;  ///< draws one task makes, some tens of microseconds

/// Cuts the output into fixed parts and fills each with the serial function.
template <class T, class Fill>
void in_parts(const exec::context& ctx, const char* where, std::span<T> out, std::uint64_t first, const Fill& fill,
              std::int64_t part = grain) {
  exec::detail::require_cpu(ctx, where);
  exec::for_each_range(
      ctx, static_cast<std::int64_t>(out.size()),
      [&](std::int64_t begin, std::int64_t end) {
        fill(out.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)),
             first + static_cast<std::uint64_t>(begin));
      },
      part);
}

}  // namespace

// An empty fill still checks its parameters.
#ifdef CREDENCE_HAVE_CUDA
#define CREDENCE_ON_DEVICE(kernel, ...)                                          \
  if (ctx.where == exec::backend::cuda) {                                        \
    return cuda_kernels::kernel(ctx, key, __VA_ARGS__ __VA_OPT__(, ) out.data(), \
                                static_cast<std::int64_t>(out.size()), first);   \
  }
#else
#define CREDENCE_ON_DEVICE(kernel, ...)
#endif

#define CREDENCE_FILL(name, kernel, T)                                                       \
  void name(const exec::context& ctx, rng_key key, std::span<T> out, std::uint64_t first) {  \
    CREDENCE_ON_DEVICE(kernel)                                                               \
    in_parts(ctx, "random::" #name, out, first,                                              \
             [&](std::span<T> part, std::uint64_t from) { random::name(key, part, from); }); \
  }
CREDENCE_FILL(fill_uniform, uniform, double)
CREDENCE_FILL(fill_uniform, uniform, float)
CREDENCE_FILL(fill_normal, normal, double)
CREDENCE_FILL(fill_normal, normal, float)
CREDENCE_FILL(fill_exponential, exponential, double)
CREDENCE_FILL(fill_exponential, exponential, float)
CREDENCE_FILL(fill_gumbel, gumbel, double)
CREDENCE_FILL(fill_gumbel, gumbel, float)
#undef CREDENCE_FILL

void fill_gamma(const exec::context& ctx, rng_key key, double shape, std::span<double> out, std::uint64_t first) {
  check::positive("random::fill_gamma", "shape", shape);
  CREDENCE_ON_DEVICE(gamma, shape)
  in_parts(ctx, "random::fill_gamma", out, first,
           [&](std::span<double> part, std::uint64_t from) { fill_gamma(key, shape, part, from); });
}

void fill_poisson(const exec::context& ctx, rng_key key, double rate, std::span<std::int64_t> out,
                  std::uint64_t first) {
  fill_poisson(key, rate, std::span<std::int64_t>(), first);  // checks the rate
  CREDENCE_ON_DEVICE(poisson, rate)
  in_parts(ctx, "random::fill_poisson", out, first,
           [&](std::span<std::int64_t> part, std::uint64_t from) { fill_poisson(key, rate, part, from); });
}

void fill_integers(const exec::context& ctx, rng_key key, std::int64_t n, std::span<std::int64_t> out,
                   std::uint64_t first) {
  check::at_least("random::fill_integers", "n", n, 1);
  CREDENCE_ON_DEVICE(integers, n)
  in_parts(ctx, "random::fill_integers", out, first,
           [&](std::span<std::int64_t> part, std::uint64_t from) { fill_integers(key, n, part, from); });
}

void fill_beta(const exec::context& ctx, rng_key key, double a, double b, std::span<double> out, std::uint64_t first) {
  fill_beta(key, a, b, std::span<double>(), first);  // checks a and b
  in_parts(ctx, "random::fill_beta", out, first,
           [&](std::span<double> part, std::uint64_t from) { fill_beta(key, a, b, part, from); });
}

void fill_dirichlet(const exec::context& ctx, rng_key key, std::span<const double> concentration, std::span<double> out,
                    std::uint64_t first) {
  fill_dirichlet(key, concentration, std::span<double>(), first);  // checks the concentrations
  const std::int64_t n = static_cast<std::int64_t>(concentration.size());
  if (static_cast<std::int64_t>(out.size()) % n != 0) return fill_dirichlet(key, concentration, out, first);  // throws
  const std::int64_t rows = std::max<std::int64_t>(1, 1024 / n);
  exec::detail::require_cpu(ctx, "random::fill_dirichlet");
  exec::for_each_range(
      ctx, static_cast<std::int64_t>(out.size()) / n,
      [&](std::int64_t begin, std::int64_t end) {
        fill_dirichlet(key, concentration,
                       out.subspan(static_cast<std::size_t>(begin * n), static_cast<std::size_t>((end - begin) * n)),
                       first + static_cast<std::uint64_t>(begin));
      },
      rows);
}

void fill_binomial(const exec::context& ctx, rng_key key, std::int64_t n, double p, std::span<std::int64_t> out,
                   std::uint64_t first) {
  fill_binomial(key, n, p, std::span<std::int64_t>(), first);  // checks n and p
  in_parts(ctx, "random::fill_binomial", out, first,
           [&](std::span<std::int64_t> part, std::uint64_t from) { fill_binomial(key, n, p, part, from); });
}

void fill_bernoulli(const exec::context& ctx, rng_key key, double p, std::span<std::uint8_t> out, std::uint64_t first) {
  check::probability("random::fill_bernoulli", "p", p);
  in_parts(ctx, "random::fill_bernoulli", out, first,
           [&](std::span<std::uint8_t> part, std::uint64_t from) { fill_bernoulli(key, p, part, from); });
}

void fill_categorical(const exec::context& ctx, rng_key key, const alias_table& table, std::span<std::int64_t> out,
                      std::uint64_t first) {
  in_parts(ctx, "random::fill_categorical", out, first,
           [&](std::span<std::int64_t> part, std::uint64_t from) { fill_categorical(key, table, part, from); });
}

}  // namespace credence::random
