// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/random/discrete.hpp"
#include "credence/random/gamma.hpp"

#include <cstdint>

/// Fills as named functors over an index, for loops of both compilers: f(i) writes the draw of element first + i. On a
/// device they give the bits that the fills of the CPU give.
namespace credence::random {
inline namespace CREDENCE_ISA {

template <class T>
struct uniform_at {
  T* out;
  rng_key key;
  std::uint64_t first = 0;
  CREDENCE_HD void operator()(std::int64_t i) const { out[i] = uniform<T>(key, first + static_cast<std::uint64_t>(i)); }
};
template <class T>
struct normal_at {
  T* out;
  rng_key key;
  std::uint64_t first = 0;
  CREDENCE_HD void operator()(std::int64_t i) const { out[i] = normal<T>(key, first + static_cast<std::uint64_t>(i)); }
};
template <class T>
struct exponential_at {
  T* out;
  rng_key key;
  std::uint64_t first = 0;
  CREDENCE_HD void operator()(std::int64_t i) const {
    out[i] = exponential<T>(key, first + static_cast<std::uint64_t>(i));
  }
};
template <class T>
struct gumbel_at {
  T* out;
  rng_key key;
  std::uint64_t first = 0;
  CREDENCE_HD void operator()(std::int64_t i) const { out[i] = gumbel<T>(key, first + static_cast<std::uint64_t>(i)); }
};
struct gamma_at {
  double* out;
  rng_key key;
  double shape;
  std::uint64_t first = 0;
  CREDENCE_HD void operator()(std::int64_t i) const {
    out[i] = gamma(key, first + static_cast<std::uint64_t>(i), shape);
  }
};
struct poisson_at {
  std::int64_t* out;
  rng_key key;
  double rate;
  std::uint64_t first = 0;
  CREDENCE_HD void operator()(std::int64_t i) const {
    out[i] = poisson(key, first + static_cast<std::uint64_t>(i), rate);
  }
};
struct integer_at {
  std::int64_t* out;
  rng_key key;
  std::int64_t n;
  std::uint64_t first = 0;
  CREDENCE_HD void operator()(std::int64_t i) const {
    out[i] = static_cast<std::int64_t>(
        integer_below(key, first + static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(n)));
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence::random
