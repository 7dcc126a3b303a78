// SPDX-License-Identifier: BSD-3-Clause
#include "rows.hpp"

#include "credence/random/fill.hpp"

#include <memory>
#include <vector>

namespace credence::peers {

namespace {

constexpr std::size_t size = 100000;  // fits in the second-level cache: what is timed is drawing, not memory

/// A row that fills an array with `fill(array)`.
template <class T, class Fill>
std::function<row()> filling(Fill fill) {
  return [fill] {
    const auto out = std::make_shared<std::vector<T>>(size);
    return row{static_cast<double>(size), [fill, out] {
                 fill(std::span<T>(*out));
                 keep(*out);
               }};
  };
}

constexpr rng_key key{1, 0};

}  // namespace

void add_random_rows(rows& all) {
  all.add("random words", filling<std::uint32_t>([](auto out) { random::fill_words(key, out); }));
  all.add("uniform f64", filling<double>([](auto out) { random::fill_uniform(key, out); }));
  all.add("normal f32", filling<float>([](auto out) { random::fill_normal(key, out); }));
  all.add("normal f64", filling<double>([](auto out) { random::fill_normal(key, out); }));
  all.add("exponential f64", filling<double>([](auto out) { random::fill_exponential(key, out); }));
  all.add("gamma(2.5) f64", filling<double>([](auto out) { random::fill_gamma(key, 2.5, out); }));
  all.add("beta(2,3) f64", filling<double>([](auto out) { random::fill_beta(key, 2.0, 3.0, out); }));
  all.add("poisson(3.5)", filling<std::int64_t>([](auto out) { random::fill_poisson(key, 3.5, out); }));
  all.add("poisson(100)", filling<std::int64_t>([](auto out) { random::fill_poisson(key, 100.0, out); }));
  all.add("binomial(50,0.3)", filling<std::int64_t>([](auto out) { random::fill_binomial(key, 50, 0.3, out); }));
  all.add("integers below 1000", filling<std::int64_t>([](auto out) { random::fill_integers(key, 1000, out); }));
}

}  // namespace credence::peers
