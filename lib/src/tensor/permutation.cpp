// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/permutation.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/exec/sort.hpp"
#include "credence/random/categorical.hpp"
#include "credence/tensor/random_fill.hpp"

#include <unordered_set>

namespace credence::random {

namespace {

/// The order of n numbers made by number(i); a stable sort, so ties go to the smaller index.
template <class T, class Number>
std::vector<std::int64_t> order_by(const exec::context& ctx, std::int64_t n, const Number& number) {
  std::vector<T> keys(static_cast<std::size_t>(n));
  exec::for_each(ctx, n, [&](std::int64_t i) { keys[static_cast<std::size_t>(i)] = number(i); });
  std::vector<std::int64_t> order(keys.size());
  exec::argsort<T>(ctx, keys, order);
  return order;
}

}  // namespace

std::vector<std::int64_t> permutation(const exec::context& ctx, rng_key key, std::int64_t n) {
  exec::detail::require_cpu(ctx, "random::permutation");
  check::at_least("random::permutation", "n", n, 0);
  return order_by<std::uint64_t>(ctx, n, [key](std::int64_t i) { return bits64(key, static_cast<std::uint64_t>(i)); });
}

std::vector<std::int64_t> choice_with_replacement(const exec::context& ctx, rng_key key, std::int64_t n,
                                                  std::int64_t count) {
  exec::detail::require_cpu(ctx, "random::choice_with_replacement");
  check::at_least("random::choice_with_replacement", "n", n, 1);
  check::at_least("random::choice_with_replacement", "count", count, 0);
  std::vector<std::int64_t> chosen(static_cast<std::size_t>(count));
  fill_integers(ctx, key, n, chosen);
  return chosen;
}

std::vector<std::int64_t> choice_without_replacement(const exec::context& ctx, rng_key key, std::int64_t n,
                                                     std::int64_t count) {
  constexpr const char* where = "random::choice_without_replacement";
  exec::detail::require_cpu(ctx, where);
  check::at_least(where, "n", n, 0);
  check::less_than(where, "count", count, n + 1);
  if (count > n / 16) {
    std::vector<std::int64_t> chosen = permutation(ctx, key, n);
    chosen.resize(static_cast<std::size_t>(count));
    return chosen;
  }
  // Floyd's set, which is uniform over sets but not over orders, and then a random order of it.
  const rng_key set_key = key.split(purpose::user, 0, 0, 1), order_key = key.split(purpose::user, 0, 0, 2);
  std::unordered_set<std::int64_t> seen;
  std::vector<std::int64_t> set;
  set.reserve(static_cast<std::size_t>(count));
  for (std::int64_t last = n - count; last < n; ++last) {
    const std::int64_t candidate = static_cast<std::int64_t>(
        integer_below(set_key, static_cast<std::uint64_t>(last - (n - count)), static_cast<std::uint64_t>(last) + 1));
    set.push_back(seen.insert(candidate).second ? candidate : last);
    if (set.back() == last) seen.insert(last);
  }
  std::vector<std::int64_t> chosen = permutation(ctx, order_key, count);
  for (std::int64_t& index : chosen) index = set[static_cast<std::size_t>(index)];
  return chosen;
}

std::vector<std::int64_t> weighted_choice_with_replacement(const exec::context& ctx, rng_key key,
                                                           std::span<const double> weights, std::int64_t count) {
  exec::detail::require_cpu(ctx, "random::weighted_choice_with_replacement");
  check::at_least("random::weighted_choice_with_replacement", "count", count, 0);
  const alias_table table(weights);
  std::vector<std::int64_t> chosen(static_cast<std::size_t>(count));
  fill_categorical(ctx, key, table, chosen);
  return chosen;
}

std::vector<std::int64_t> weighted_choice_without_replacement(const exec::context& ctx, rng_key key,
                                                              std::span<const double> weights, std::int64_t count) {
  constexpr const char* where = "random::weighted_choice_without_replacement";
  exec::detail::require_cpu(ctx, where);
  std::int64_t positive = 0;
  for (const double w : weights) {
    check::non_negative(where, "weights", w);
    positive += w > 0.0 ? 1 : 0;
  }
  check::less_than(where, "count", count, positive + 1);
  // A race: index i arrives at an exponential time of rate weights[i]. Compared as logarithms, which do not overflow.
  const double never = __builtin_inf();
  std::vector<std::int64_t> chosen =
      order_by<double>(ctx, static_cast<std::int64_t>(weights.size()), [&](std::int64_t i) {
        const double w = weights[static_cast<std::size_t>(i)];
        return w > 0.0 ? -gumbel(key, static_cast<std::uint64_t>(i)) - math::log(w) : never;
      });
  chosen.resize(static_cast<std::size_t>(count));
  return chosen;
}

}  // namespace credence::random
