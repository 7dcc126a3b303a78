// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/progress.hpp"
#include "credence/ensemble/rows.hpp"
#include "credence/ensemble/tree.hpp"
#include "credence/exec/context.hpp"
#include "credence/random/key.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// Gradient boosting: a sum of trees, each fitted to the gradient and second derivative of a loss at the sum so far.
namespace credence::ensemble {

/// s is the score (the sum of trees), y the target.
enum class boosting_loss : std::uint8_t {
  automatic,  ///< squared, logistic or softmax, by the number of classes
  squared,    ///< (y - s)^2 / 2
  absolute,   ///< |y - s|; leaves are medians
  huber,      ///< squared up to `huber_delta`, then linear
  quantile,   ///< max(q (y - s), (q - 1) (y - s)); leaves are quantiles
  logistic,   ///< -ln P(y), P(1) = 1 / (1 + exp(-s))
  softmax,    ///< -ln P(y), P(k) proportional to exp(s_k): a tree a class and round
  poisson,    ///< exp(s) - y s: the prediction is exp(s)
  user,       ///< boosting_options::loss_of_user; predictions are scores
};
const char* to_string(boosting_loss loss);

/// A loss of one's own. Called from several threads at once.
class user_loss {
 public:
  virtual ~user_loss() = default;
  /// The loss at a score, and its first and second derivative by the score; the second not negative.
  struct terms {
    double value, gradient, hessian;
  };
  [[nodiscard]] virtual terms evaluate(double score, double y) const = 0;
  /// The score before the first tree.
  [[nodiscard]] virtual double start(const labelled_rows&) const { return 0.0; }
};

enum class tree_growth : std::uint8_t {
  depth_wise,  ///< level by level, to max_depth
  leaf_wise,   ///< the leaf with most to gain first, to max_leaves
};

struct boosting_round {
  std::int64_t round = 0;   ///< from 1
  double train_loss = 0.0;  ///< weighted mean over the training rows, after this round; NaN unless wanted
  double valid_loss = 0.0;  ///< over the validation rows; NaN without them
};

struct boosting_options {
  boosting_loss loss = boosting_loss::automatic;
  std::shared_ptr<const user_loss> loss_of_user{};
  double quantile = 0.5;     ///< of the quantile loss
  double huber_delta = 1.0;  ///< in units of the target

  std::int64_t rounds = 100;
  double learning_rate = 0.1;
  tree_growth growth = tree_growth::depth_wise;
  std::int32_t max_depth = 6;     ///< 0: no bound
  std::int32_t max_leaves = 0;    ///< 0: no bound, or 31 leaf-wise
  double min_child_weight = 1.0;  ///< least sum of second derivatives in a leaf (squared loss: of weights)
  double l2 = 1.0;                ///< penalty on squared leaf values
  double min_split_gain = 0.0;    ///< on G^2 / (H + l2) of both sides less that of the node
  double row_fraction = 1.0;      ///< of rows, drawn anew for each round without replacement
  double column_fraction = 1.0;   ///< of columns, drawn anew for each tree
  double category_smoothing = 10.0;
  std::int32_t max_bins = 255;
  /// For each column -1, 0 or 1: predictions must not rise, are free, must not fall with it. Empty: all free.
  std::vector<std::int8_t> monotone{};

  const labelled_rows* validation = nullptr;
  std::int64_t early_stopping_rounds =
      0;                      ///< stop when the validation loss was not better for so many rounds; 0: never
  bool train_losses = false;  ///< compute the loss on the training rows after each round

  exec::context context = exec::cpu();
  rng_key key{};
  progress_callback progress{};
  const interrupt_flag* interrupt = nullptr;
  void (*on_round)(void* state, const boosting_round& now) = nullptr;  ///< called after each round
  void* on_round_state = nullptr;
};

enum class boosting_stop : std::uint8_t {
  rounds_done,
  no_improvement,  ///< early stopping: trees after the best round are dropped
  interrupted,     ///< finished rounds are kept
  no_split,        ///< a round found nothing to split, and all rows were looked at
};
const char* to_string(boosting_stop stop);

/// A fitted model: a value. Reading it needs no lock.
struct gradient_boosting {
  boosting_loss loss = boosting_loss::squared;
  std::int32_t classes = 0;  ///< 0: regression
  std::vector<feature_info> features;
  std::vector<double> start;         ///< score before the first tree, one for each output
  std::vector<decision_tree> trees;  ///< round by round, and within a round output by output; values are shrunk
  boosting_stop why = boosting_stop::rounds_done;
  std::vector<boosting_round> history;
  std::int64_t best_round = 0;  ///< with validation rows: where their loss was least

  /// Fits. The same model, bit for bit, for any number of threads.
  /// @throws shape_error, domain_error  as check_rows; for a target that does not suit the loss, a class without rows,
  ///         or options outside their range
  static gradient_boosting fit(const labelled_rows& train, const boosting_options& options = {});

  [[nodiscard]] std::int64_t outputs() const { return static_cast<std::int64_t>(start.size()); }
  [[nodiscard]] std::int64_t rounds() const { return static_cast<std::int64_t>(trees.size()) / outputs(); }
  [[nodiscard]] std::int64_t columns() const { return static_cast<std::int64_t>(features.size()); }

  /// The scores, (rows, outputs).
  [[nodiscard]] std::vector<double> predict_scores(const feature_rows& x,
                                                   const exec::context& context = exec::cpu()) const;
  /// Numbers (rows), or probabilities (rows, classes).
  [[nodiscard]] std::vector<double> predict(const feature_rows& x, const exec::context& context = exec::cpu()) const;
  /// One row, on the calling thread, without allocating; `out` has a place for each class, or one.
  void predict_row(std::span<const double> x, std::span<double> out) const;
};

}  // namespace credence::ensemble
