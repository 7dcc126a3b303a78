// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/ensemble/validation.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Choosing among learners, and asking a model what it uses.
namespace credence::ensemble {

enum class tuning_score : std::uint8_t {
  automatic,  ///< log_loss or rmse
  accuracy,
  auc,
  average_precision,
  log_loss,
  f1,
  rmse,
  mae,
  r2,
};
/// That score; losses with the sign turned, so that more is better.
double value_of(const scores& s, tuning_score which, std::int32_t classes);

struct candidate {
  std::string name{};
  learner_pointer by{};
};

struct search_result {
  std::int64_t best = 0;           ///< number of the best candidate; of equal ones the first
  std::vector<double> means;       ///< of the score over folds; more is better
  std::vector<double> std_errors;  ///< of the means, over folds
  std::vector<std::vector<scores>> folds;
};
/// Cross-validates each candidate on the same folds: a grid is a list of all combinations. Interrupted, what is done
/// counts.
search_result grid_search(std::span<const candidate> candidates, const fold_set& folds,
                          const fit_settings& settings = {}, tuning_score which = tuning_score::automatic);

/// `count` candidates made from random numbers: make(u) gets `dimensions` uniform numbers in (0, 1).
template <class Make>
std::vector<candidate> random_candidates(std::int64_t count, std::int64_t dimensions, rng_key key, const Make& make);

struct importance {
  double mean = 0.0;  ///< how much the score falls when the column is shuffled
  double sd = 0.0;    ///< over repeats
};
/// One for each column. Use rows that the model was not fitted to.
/// @source Breiman 2001; Fisher, Rudin, Dominici, "All models are wrong, but many are useful", JMLR 2019
std::vector<importance> permutation_importances(const fitted_model& model, const labelled_rows& rows,
                                                std::int64_t repeats = 5, const fit_settings& settings = {},
                                                tuning_score which = tuning_score::automatic);

/// The mean prediction when a column is set to each value of a grid, (grid, outputs).
/// @source Friedman, "Greedy function approximation", 2001, section 8.2
std::vector<double> partial_dependence(const fitted_model& model, const feature_rows& rows, std::int64_t column,
                                       std::span<const double> grid, const exec::context& context = exec::cpu());

namespace detail {
std::vector<double> uniforms(std::int64_t count, rng_key key, std::int64_t draw);
}

template <class Make>
std::vector<candidate> random_candidates(std::int64_t count, std::int64_t dimensions, rng_key key, const Make& make) {
  std::vector<candidate> out;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::vector<double> u = detail::uniforms(dimensions, key, i);
    out.push_back(make(std::span<const double>(u)));
  }
  return out;
}

}  // namespace credence::ensemble
