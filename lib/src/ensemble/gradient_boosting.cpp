// SPDX-License-Identifier: BSD-3-Clause
#include "credence/ensemble/gradient_boosting.hpp"

#include "credence/base/check.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/ensemble/binning.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/random/uniform.hpp"

#include "ensemble/boost_grower.hpp"
#include "ensemble/losses.hpp"
#include "ensemble/score_trees.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace credence::ensemble {

using namespace detail;

const char* to_string(boosting_loss loss) {
  constexpr const char* names[] = {"automatic", "squared", "absolute", "huber", "quantile",
                                   "logistic",  "softmax", "poisson",  "user"};
  return names[static_cast<std::size_t>(loss)];
}

const char* to_string(boosting_stop stop) {
  constexpr const char* names[] = {"rounds done", "no improvement", "interrupted", "nothing to split"};
  return names[static_cast<std::size_t>(stop)];
}

namespace {

const char* const where = "gradient_boosting::fit";

void check_options(const boosting_options& o, std::int64_t columns) {
  check::at_least(where, "rounds", o.rounds, 1);
  check::positive(where, "learning_rate", o.learning_rate);
  check::at_least(where, "max_depth", o.max_depth, 0);
  check::at_least(where, "max_leaves", o.max_leaves, 0);
  if (o.max_leaves == 1) check::fail_domain(where, "max_leaves", std::int64_t{1}, "0 (no bound) or at least 2");
  if (o.max_depth > 64) check::fail_domain(where, "max_depth", std::int64_t{o.max_depth}, "at most 64");
  if (o.growth == tree_growth::depth_wise && o.max_depth == 0 && o.max_leaves == 0) {
    check::fail_domain(where, "max_depth", std::int64_t{0}, "positive where max_leaves is 0");
  }
  check::non_negative(where, "min_child_weight", o.min_child_weight);
  check::non_negative(where, "l2", o.l2);
  check::non_negative(where, "min_split_gain", o.min_split_gain);
  check::non_negative(where, "category_smoothing", o.category_smoothing);
  for (const auto& [name, part] :
       {std::pair("row_fraction", o.row_fraction), std::pair("column_fraction", o.column_fraction)}) {
    if (!(part > 0.0 && part <= 1.0)) check::fail_domain(where, name, part, "above 0 and at most 1");
  }
  if (!(o.quantile > 0.0 && o.quantile < 1.0)) check::fail_domain(where, "quantile", o.quantile, "between 0 and 1");
  check::positive(where, "huber_delta", o.huber_delta);
  check::at_least(where, "early_stopping_rounds", o.early_stopping_rounds, 0);
  if (o.early_stopping_rounds > 0 && o.validation == nullptr) {
    check::fail_domain(where, "early_stopping_rounds", o.early_stopping_rounds, "0 without validation rows");
  }
  if (!o.monotone.empty()) {
    check::same_size(where, "monotone", static_cast<std::int64_t>(o.monotone.size()), "a row", columns);
    for (const std::int8_t m : o.monotone) {
      if (m < -1 || m > 1) check::fail_domain(where, "monotone", std::int64_t{m}, "-1, 0 or 1");
    }
  }
}

loss_settings settings_of(const labelled_rows& train, const boosting_options& o) {
  loss_settings loss{o.loss, o.quantile, o.huber_delta, o.loss_of_user.get()};
  if (loss.kind == boosting_loss::automatic) {
    loss.kind = train.classes == 0 ? boosting_loss::squared
                                   : (train.classes == 2 ? boosting_loss::logistic : boosting_loss::softmax);
  }
  const bool of_classes = loss.kind == boosting_loss::logistic || loss.kind == boosting_loss::softmax;
  if (loss.kind != boosting_loss::user && of_classes != (train.classes > 0)) {
    check::fail_domain(where, "loss", std::string_view(to_string(loss.kind)),
                       train.classes > 0 ? "logistic or softmax for classes" : "a loss of numbers for a regression");
  }
  if (loss.kind == boosting_loss::logistic && train.classes != 2) {
    check::fail_domain(where, "classes", std::int64_t{train.classes}, "2 for the logistic loss");
  }
  if (loss.kind == boosting_loss::user && loss.user == nullptr) {
    check::fail_domain(where, "loss_of_user", std::string_view("absent"), "set for the loss `user`");
  }
  if (train.classes > 0) {
    std::vector<double> weights(static_cast<std::size_t>(train.classes), 0.0);
    for (std::int64_t i = 0; i < train.x.rows(); ++i) {
      weights[static_cast<std::size_t>(train.y[static_cast<std::size_t>(i)])] += train.weight(i);
    }
    for (std::size_t c = 0; c < weights.size(); ++c) {
      check::positive(where, "the weight of class " + std::to_string(c), weights[c]);
    }
  }
  if (loss.kind == boosting_loss::poisson) {
    double sum = 0.0;
    for (std::size_t i = 0; i < train.y.size(); ++i) {
      check::non_negative(where, "a target of the poisson loss", train.y[i]);
      sum += train.y[i] * train.weight(static_cast<std::int64_t>(i));
    }
    check::positive(where, "the sum of the targets of the poisson loss", sum);
  }
  return loss;
}

/// The training loop and what it keeps between rounds.
class boosting_run {
 public:
  boosting_run(const labelled_rows& train, const boosting_options& options, const loss_settings& loss)
      : train_(train),
        o_(options),
        loss_(loss),
        n_(train.x.rows()),
        data_(train.x, find_bins(train.x, train.features, {.context = options.context, .max_bins = options.max_bins}),
              options.context),
        grower_(data_, options.context) {
    grow_ = {.leaf_wise = o_.growth == tree_growth::leaf_wise,
             .max_depth = o_.max_depth,
             .max_leaves = o_.growth == tree_growth::leaf_wise && o_.max_leaves == 0 ? 31 : o_.max_leaves,
             .min_child_weight = o_.min_child_weight,
             .l2 = leaves_are_quantiles(loss.kind) ? 0.0 : o_.l2,
             .min_split_gain = o_.min_split_gain,
             .category_smoothing = o_.category_smoothing,
             .monotone = o_.monotone};
  }

  gradient_boosting run() {
    gradient_boosting model;
    model.loss = loss_.kind;
    model.classes = train_.classes;
    model.features.assign(train_.features.begin(), train_.features.end());
    for (std::int64_t c = 0; model.features.empty() && c < train_.x.columns(); ++c)
      names_.push_back({"x" + std::to_string(c + 1)});
    if (model.features.empty()) model.features = names_;
    model.start = best_constant(loss_, train_);
    outputs_ = model.outputs();
    begin_scores(model.start, n_, scores_);
    gradient_.resize(static_cast<std::size_t>(n_));
    hessian_.resize(static_cast<std::size_t>(n_));
    if (o_.validation != nullptr) begin_scores(model.start, o_.validation->x.rows(), valid_scores_);
    double best = std::numeric_limits<double>::infinity();
    for (std::int64_t round = 0; round < o_.rounds; ++round) {
      if (o_.interrupt != nullptr && o_.interrupt->requested()) {
        model.why = boosting_stop::interrupted;
        break;
      }
      const bool split = add_round(model, round);
      const boosting_round now = evaluate(round + 1);
      model.history.push_back(now);
      if (o_.on_round != nullptr) o_.on_round(o_.on_round_state, now);
      if (o_.progress) o_.progress({"boosting", round + 1, o_.rounds});
      if (o_.validation != nullptr && now.valid_loss < best) {
        best = now.valid_loss;
        model.best_round = round + 1;
      }
      if (o_.early_stopping_rounds > 0 && round + 1 - model.best_round >= o_.early_stopping_rounds) {
        model.why = boosting_stop::no_improvement;
        break;
      }
      if (!split && o_.row_fraction == 1.0 && o_.column_fraction == 1.0) {
        model.why = boosting_stop::no_split;
        break;
      }
    }
    if (o_.early_stopping_rounds > 0) model.trees.resize(static_cast<std::size_t>(model.best_round * outputs_));
    return model;
  }

 private:
  static void begin_scores(const std::vector<double>& start, std::int64_t rows, std::vector<double>& scores) {
    for (const double s : start) scores.insert(scores.end(), static_cast<std::size_t>(rows), s);
  }

  void sample_rows(std::int64_t round) {
    if (o_.row_fraction == 1.0 && !rows_.empty()) return;
    rows_.clear();
    const rng_key key = o_.key.split(purpose::resampling, 0, static_cast<std::uint64_t>(round));
    for (std::int64_t i = 0; i < n_; ++i) {
      if (o_.row_fraction == 1.0 || random::uniform(key, static_cast<std::uint64_t>(i)) < o_.row_fraction) {
        if (train_.weight(i) > 0.0) rows_.push_back(static_cast<std::uint32_t>(i));
      }
    }
    if (rows_.empty()) rows_.push_back(0);
  }

  std::vector<std::uint8_t> sample_columns(std::int64_t tree) const {
    const auto columns = static_cast<std::size_t>(train_.x.columns());
    std::vector<std::uint8_t> use(columns, 1);
    if (o_.column_fraction == 1.0) return use;
    const auto wanted = std::max<std::int64_t>(1, std::llrint(o_.column_fraction * static_cast<double>(columns)));
    const rng_key key = o_.key.split(purpose::tree, static_cast<std::uint64_t>(tree));
    std::vector<std::pair<std::uint64_t, std::size_t>> order;
    for (std::size_t c = 0; c < columns; ++c) order.emplace_back(random::bits64(key, c), c);
    std::sort(order.begin(), order.end());
    for (std::size_t k = static_cast<std::size_t>(wanted); k < columns; ++k) use[order[k].second] = 0;
    return use;
  }

  /// Adds one tree for each output. False when none of them has a split.
  bool add_round(gradient_boosting& model, std::int64_t round) {
    sample_rows(round);
    bool any = false;
    const std::size_t first = model.trees.size();
    // All trees of a round are fitted to the same scores.
    std::vector<double> next = outputs_ > 1 ? scores_ : std::vector<double>();
    for (std::int64_t output = 0; output < outputs_; ++output) {
      exec::for_each_range(
          o_.context, n_,
          [&](std::int64_t begin, std::int64_t end) {
            derivatives(loss_, train_, begin, end, scores_, outputs_, output, gradient_, hessian_);
          },
          8192);
      if (loss_.kind == boosting_loss::user) check_derivatives();
      const std::vector<std::uint8_t> use = sample_columns(round * outputs_ + output);
      decision_tree tree = grower_.grow(rows_, gradient_, hessian_, use, grow_);
      any = any || tree.nodes.size() > 1;
      if (leaves_are_quantiles(loss_.kind)) set_quantiles(tree);
      // Stored as float numbers, so that the fast batch prediction gives the same bits as every other one.
      for (double& v : tree.values) v = static_cast<double>(static_cast<float>(v * o_.learning_rate));
      add_scores(tree, output, outputs_ > 1 ? next : scores_);
      model.trees.push_back(std::move(tree));
    }
    if (outputs_ > 1) scores_ = std::move(next);
    if (o_.validation != nullptr) {
      const std::int64_t rows = o_.validation->x.rows();
      for (std::int64_t output = 0; output < outputs_; ++output) {
        add_tree_scores(model.trees[first + static_cast<std::size_t>(output)], o_.validation->x,
                        std::span<double>(valid_scores_)
                            .subspan(static_cast<std::size_t>(output * rows), static_cast<std::size_t>(rows)),
                        o_.context);
      }
    }
    return any;
  }

  void check_derivatives() const {
    for (std::size_t i = 0; i < gradient_.size(); ++i) {
      check::finite(where, "a derivative of the loss", gradient_[i]);
      check::non_negative(where, "a second derivative of the loss", hessian_[i]);
    }
  }

  void set_quantiles(decision_tree& tree) {
    const double q = loss_.kind == boosting_loss::absolute ? 0.5 : loss_.quantile;
    exec::for_each_task(o_.context, tree.leaves(), [&](std::int64_t leaf) {
      std::vector<std::pair<double, double>> residuals;
      for (const std::uint32_t row : grower_.rows_of_leaf(static_cast<std::int32_t>(leaf))) {
        residuals.emplace_back(train_.y[row] - scores_[row], train_.weight(row));
      }
      tree.values[static_cast<std::size_t>(leaf)] = weighted_quantile(residuals, q);
    });
  }

  void add_scores(const decision_tree& tree, std::int64_t output, std::vector<double>& scores) {
    double* to = scores.data() + output * n_;
    if (static_cast<std::int64_t>(rows_.size()) == n_) {
      exec::for_each_task(o_.context, tree.leaves(), [&](std::int64_t leaf) {
        const double value = tree.values[static_cast<std::size_t>(leaf)];
        for (const std::uint32_t row : grower_.rows_of_leaf(static_cast<std::int32_t>(leaf))) to[row] += value;
      });
      return;
    }
    add_tree_scores(tree, train_.x, std::span<double>(to, static_cast<std::size_t>(n_)), o_.context);
  }

  boosting_round evaluate(std::int64_t round) const {
    boosting_round now{round, NAN, NAN};
    if (o_.train_losses) now.train_loss = mean_loss(loss_, train_, scores_, outputs_, o_.context);
    if (o_.validation != nullptr) {
      now.valid_loss = mean_loss(loss_, *o_.validation, valid_scores_, outputs_, o_.context);
    }
    return now;
  }

  const labelled_rows& train_;
  const boosting_options& o_;
  loss_settings loss_;
  std::int64_t n_, outputs_ = 1;
  binned_rows data_;
  boost_grower grower_;
  grow_options grow_;
  std::vector<feature_info> names_;
  std::vector<double> scores_, valid_scores_;
  std::vector<float> gradient_, hessian_;
  std::vector<std::uint32_t> rows_;
};

/// Scores of one row to predictions.
void to_predictions(boosting_loss loss, std::span<const double> scores, std::span<double> out) {
  if (loss == boosting_loss::logistic) {
    const double p =
        scores[0] >= 0.0 ? 1.0 / (1.0 + math::exp(-scores[0])) : math::exp(scores[0]) / (1.0 + math::exp(scores[0]));
    out[0] = 1.0 - p;
    out[1] = p;
  } else if (loss == boosting_loss::softmax) {
    const double top = *std::max_element(scores.begin(), scores.end());
    double sum = 0.0;
    for (std::size_t k = 0; k < scores.size(); ++k) sum += out[k] = math::exp(scores[k] - top);
    for (double& p : out) p /= sum;
  } else {
    out[0] = loss == boosting_loss::poisson ? math::exp(scores[0]) : scores[0];
  }
}

}  // namespace

gradient_boosting gradient_boosting::fit(const labelled_rows& train, const boosting_options& options) {
  check_rows(where, train);
  check_options(options, train.x.columns());
  if (train.x.rows() > std::numeric_limits<std::uint32_t>::max()) {
    check::fail_domain(where, "the number of rows", train.x.rows(), "below 2^32");
  }
  if (options.validation != nullptr) {
    check_rows(where, *options.validation);
    check_columns(where, options.validation->x, train.x.columns());
    if (options.validation->classes != train.classes) {
      check::fail_domain(where, "classes of the validation rows", std::int64_t{options.validation->classes},
                         "as in training, " + std::to_string(train.classes));
    }
  }
  const loss_settings loss = settings_of(train, options);
  return boosting_run(train, options, loss).run();
}

std::vector<double> gradient_boosting::predict_scores(const feature_rows& x, const exec::context& context) const {
  check_columns("gradient_boosting::predict", x, columns());
  std::vector<double> out(static_cast<std::size_t>(x.rows() * outputs()));
  score_rows(trees, outputs(), start, x, out, context);
  return out;
}

std::vector<double> gradient_boosting::predict(const feature_rows& x, const exec::context& context) const {
  const std::vector<double> scores = predict_scores(x, context);
  const std::int64_t width = classes > 0 ? classes : 1, k = outputs();
  std::vector<double> out(static_cast<std::size_t>(x.rows() * width));
  exec::for_each(context, x.rows(), [&](std::int64_t i) {
    to_predictions(
        loss, std::span<const double>(scores).subspan(static_cast<std::size_t>(i * k), static_cast<std::size_t>(k)),
        std::span<double>(out).subspan(static_cast<std::size_t>(i * width), static_cast<std::size_t>(width)));
  });
  return out;
}

void gradient_boosting::predict_row(std::span<const double> x, std::span<double> out) const {
  const char* here = "gradient_boosting::predict_row";
  check::same_size(here, "x", static_cast<std::int64_t>(x.size()), "a row of the training data", columns());
  check::same_size(here, "out", static_cast<std::int64_t>(out.size()), "a prediction", classes > 0 ? classes : 1);
  const auto value = [&](std::int32_t c) { return x[static_cast<std::size_t>(c)]; };
  const std::int64_t k = outputs();
  if (k == 1) {
    double score = start[0];
    for (const decision_tree& tree : trees) score += tree.values[static_cast<std::size_t>(tree.leaf(value))];
    return to_predictions(loss, {&score, 1}, out);
  }
  // One place for each class: `out` holds the scores first.
  std::copy(start.begin(), start.end(), out.begin());
  for (std::size_t t = 0; t < trees.size(); ++t) {
    out[t % static_cast<std::size_t>(k)] += trees[t].values[static_cast<std::size_t>(trees[t].leaf(value))];
  }
  to_predictions(loss, out, out);
}

}  // namespace credence::ensemble
