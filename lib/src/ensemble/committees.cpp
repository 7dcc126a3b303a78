// SPDX-License-Identifier: BSD-3-Clause
// Ensembles of any learners: bagging, AdaBoost, voting, stacking.
#include "credence/base/check.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/ensemble/validation.hpp"
#include "credence/table/splits.hpp"

#include "ensemble/cart_checks.hpp"
#include "ensemble/stored_model.hpp"

#include <algorithm>
#include <cmath>

namespace credence::ensemble {

using namespace detail;

namespace {

std::size_t largest(const double* p, std::size_t n) { return static_cast<std::size_t>(std::max_element(p, p + n) - p); }

/// Members and how their predictions become one.
class committee final : public stored_model {
 public:
  enum class way : std::uint8_t { mean, majority, samme, weighted_median, stacked };
  committee(std::string kind, way how, std::int32_t classes, std::vector<feature_info> features,
            std::vector<model_pointer> members, std::vector<double> weights, model_pointer last = nullptr)
      : stored_model(classes, std::move(features)),
        kind_(std::move(kind)),
        how_(how),
        members_(std::move(members)),
        weights_(std::move(weights)),
        last_(std::move(last)) {}

  [[nodiscard]] std::string kind() const override { return kind_; }

  [[nodiscard]] std::vector<double> predict(const feature_rows& x, const exec::context& context) const override {
    check_columns("ensemble::predict", x, static_cast<std::int64_t>(features().size()));
    std::vector<std::vector<double>> each;
    for (const model_pointer& m : members_) each.push_back(m->predict(x, context));
    if (how_ == way::stacked) {
      const std::vector<double> joined = join(each, x.rows());
      const auto width = static_cast<std::int64_t>(each.size()) * inner_outputs();
      return last_->predict(view<const double, 2>(joined.data(), x.rows(), width), context);
    }
    std::vector<double> out(static_cast<std::size_t>(x.rows() * outputs()), 0.0);
    for (std::int64_t i = 0; i < x.rows(); ++i) combine(each, static_cast<std::size_t>(i), out.data() + i * outputs());
    return out;
  }

  [[nodiscard]] std::vector<double> impurity_importances() const override {
    if (how_ == way::stacked) return {};
    std::vector<double> sum(features().size(), 0.0);
    double all = 0.0;
    for (std::size_t m = 0; m < members_.size(); ++m) {
      const std::vector<double> one = members_[m]->impurity_importances();
      if (one.empty()) return {};
      for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += weights_[m] * one[c];
      all += weights_[m];
    }
    for (double& s : sum) s /= all;
    return sum;
  }

  [[nodiscard]] json body() const override {
    json members = json::array();
    for (const model_pointer& m : members_) members.push_back(model_to_json(*m));
    json out = {{"how", static_cast<int>(how_)}, {"weights", weights_}, {"members", members}};
    if (last_ != nullptr) out["last"] = model_to_json(*last_);
    return out;
  }

  /// Members' predictions side by side; of the probabilities of K classes the last K - 1.
  static std::vector<double> join(const std::vector<std::vector<double>>& each, std::int64_t rows) {
    const std::size_t n = static_cast<std::size_t>(rows), k = n == 0 ? 1 : each[0].size() / n, first = k > 1 ? 1 : 0;
    std::vector<double> out;
    out.reserve(n * each.size() * (k - first));
    for (std::size_t i = 0; i < n; ++i) {
      for (const auto& one : each) {
        for (std::size_t c = first; c < k; ++c) out.push_back(one[i * k + c]);
      }
    }
    return out;
  }

 private:
  [[nodiscard]] std::int64_t inner_outputs() const { return classes() > 0 ? classes() - 1 : 1; }

  void combine(const std::vector<std::vector<double>>& each, std::size_t i, double* out) const {
    const auto k = static_cast<std::size_t>(outputs());
    double all = 0.0;
    for (const double w : weights_) all += w;
    if (how_ == way::weighted_median) {
      std::vector<std::pair<double, double>> values;
      for (std::size_t m = 0; m < each.size(); ++m) values.emplace_back(each[m][i], weights_[m]);
      std::sort(values.begin(), values.end());
      double below = 0.0;
      std::size_t at = 0;
      while (at + 1 < values.size() && (below += values[at].second) < 0.5 * all) ++at;
      out[0] = values[at].first;
      return;
    }
    for (std::size_t m = 0; m < each.size(); ++m) {
      const double* p = each[m].data() + i * k;
      if (how_ == way::mean) {
        for (std::size_t c = 0; c < k; ++c) out[c] += weights_[m] / all * p[c];
      } else {
        out[largest(p, k)] += weights_[m] / all;
      }
    }
    if (how_ != way::samme) return;
    // Votes to scores that sum to zero, and those to probabilities: Zhu et al., section 3.2.
    double sum = 0.0;
    const auto others = static_cast<double>(k - 1);
    for (std::size_t c = 0; c < k; ++c) out[c] = (out[c] - (1.0 - out[c]) / others) / others;
    const double top = *std::max_element(out, out + k);
    for (std::size_t c = 0; c < k; ++c) sum += out[c] = math::exp(out[c] - top);
    for (std::size_t c = 0; c < k; ++c) out[c] /= sum;
  }

  std::string kind_;
  way how_;
  std::vector<model_pointer> members_;
  std::vector<double> weights_;
  model_pointer last_;
};

fit_settings settings_for(const fit_settings& from, std::uint64_t member) {
  fit_settings out = from;
  out.key = from.key.split(purpose::tree, member, 0, 7);
  out.progress = nullptr;
  return out;
}

bool interrupted(const fit_settings& settings) {
  return settings.interrupt != nullptr && settings.interrupt->requested();
}

class bagging_way final : public learner {
 public:
  bagging_way(learner_pointer base, std::int64_t models) : base_(std::move(base)), models_(models) {}
  [[nodiscard]] model_pointer fit(const labelled_rows& train, const fit_settings& settings) const override {
    const char* where = "bagging::fit";
    check_rows(where, train);
    check::at_least(where, "models", models_, 1);
    if (base_ == nullptr) check::fail_domain(where, "base", std::string_view("null"), "a learner");
    std::vector<model_pointer> members;
    for (std::int64_t m = 0; m < models_ && (members.empty() || !interrupted(settings)); ++m) {
      const std::vector<std::int64_t> rows = draw(train, settings, m);
      const row_subset subset(train, rows);
      members.push_back(base_->fit(subset.rows(), settings_for(settings, static_cast<std::uint64_t>(m))));
      if (settings.progress) settings.progress({"bagging", m + 1, models_});
    }
    std::vector<double> weights(members.size(), 1.0);
    return std::make_shared<committee>("bagging", committee::way::mean, train.classes, named_features(train),
                                       std::move(members), std::move(weights));
  }

 private:
  /// A bootstrap sample in which each class is there.
  std::vector<std::int64_t> draw(const labelled_rows& train, const fit_settings& settings, std::int64_t m) const {
    std::vector<std::int64_t> rows = bootstrap_rows(train.x.rows(), settings.key, m);
    if (train.classes == 0) return rows;
    std::vector<std::uint8_t> there(static_cast<std::size_t>(train.classes), 0);
    for (const std::int64_t r : rows) there[static_cast<std::size_t>(train.y[static_cast<std::size_t>(r)])] = 1;
    for (std::int64_t r = 0; r < train.x.rows(); ++r) {  // the first row of a class that was not drawn
      auto& seen = there[static_cast<std::size_t>(train.y[static_cast<std::size_t>(r)])];
      if (seen == 0) rows.push_back(r);
      seen = 1;
    }
    return rows;
  }
  learner_pointer base_;
  std::int64_t models_;
};

class adaboost_way final : public learner {
 public:
  explicit adaboost_way(adaboost_options options) : options_(std::move(options)) {}
  [[nodiscard]] model_pointer fit(const labelled_rows& train, const fit_settings& settings) const override {
    const char* where = "adaboost::fit";
    check_rows(where, train);
    check::at_least(where, "rounds", options_.rounds, 1);
    check::positive(where, "learning_rate", options_.learning_rate);
    learner_pointer base = options_.base;
    if (base == nullptr) {
      tree_options o;
      o.max_depth = train.classes > 0 ? 1 : 3;
      base = tree_learner(o);
    }
    std::vector<double> weights(train.y.size());
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = train.weight(static_cast<std::int64_t>(i));
    labelled_rows weighted = train;
    std::vector<model_pointer> members;
    std::vector<double> votes;
    for (std::int64_t round = 0; round < options_.rounds && (members.empty() || !interrupted(settings)); ++round) {
      normalise(weights);
      weighted.weights = weights;
      model_pointer member = base->fit(weighted, settings_for(settings, static_cast<std::uint64_t>(round)));
      const std::vector<double> predicted = member->predict(train.x, settings.context);
      const double vote =
          train.classes > 0 ? reweigh_classes(train, predicted, weights) : reweigh_numbers(train, predicted, weights);
      const bool perfect = std::isinf(vote);
      if (vote > 0.0 || members.empty()) {
        members.push_back(std::move(member));
        votes.push_back(perfect || !(vote > 0.0) ? 1.0 : vote);
      }
      if (settings.progress) settings.progress({"boosting", round + 1, options_.rounds});
      if (!(vote > 0.0) || perfect) break;
    }
    const auto how = train.classes > 0 ? committee::way::samme : committee::way::weighted_median;
    return std::make_shared<committee>("adaboost", how, train.classes, named_features(train), std::move(members),
                                       std::move(votes));
  }

 private:
  static void normalise(std::vector<double>& weights) {
    double all = 0.0;
    for (const double w : weights) all += w;
    const double scale = static_cast<double>(weights.size()) / all;
    for (double& w : weights) w *= scale;
  }
  /// The vote of a classifier; infinity when it is perfect, 0 or less when it is no better than chance.
  double reweigh_classes(const labelled_rows& train, const std::vector<double>& predicted,
                         std::vector<double>& weights) const {
    const auto k = static_cast<std::size_t>(train.classes);
    double wrong = 0.0, all = 0.0;
    std::vector<std::uint8_t> miss(weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
      miss[i] = largest(predicted.data() + i * k, k) != static_cast<std::size_t>(train.y[i]) ? 1 : 0;
      wrong += miss[i] != 0 ? weights[i] : 0.0;
      all += weights[i];
    }
    if (wrong == 0.0) return HUGE_VAL;
    const double error = wrong / all;
    const double vote =
        options_.learning_rate * (std::log((1.0 - error) / error) + std::log(static_cast<double>(k) - 1.0));
    if (vote > 0.0) {
      for (std::size_t i = 0; i < weights.size(); ++i) weights[i] *= miss[i] != 0 ? std::exp(vote) : 1.0;
    }
    return vote;
  }
  /// Drucker's R2 with linear loss.
  double reweigh_numbers(const labelled_rows& train, const std::vector<double>& predicted,
                         std::vector<double>& weights) const {
    double widest = 0.0, loss = 0.0, all = 0.0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (weights[i] > 0.0) widest = std::max(widest, std::abs(predicted[i] - train.y[i]));
    }
    if (widest == 0.0) return HUGE_VAL;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      loss += weights[i] * std::abs(predicted[i] - train.y[i]) / widest;
      all += weights[i];
    }
    const double beta = (loss / all) / (1.0 - loss / all);
    if (!(beta < 1.0)) return 0.0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      weights[i] *= std::pow(beta, options_.learning_rate * (1.0 - std::abs(predicted[i] - train.y[i]) / widest));
    }
    return options_.learning_rate * std::log(1.0 / beta);
  }
  adaboost_options options_;
};

class voting_way final : public learner {
 public:
  voting_way(std::vector<learner_pointer> members, vote_kind how) : members_(std::move(members)), how_(how) {}
  [[nodiscard]] model_pointer fit(const labelled_rows& train, const fit_settings& settings) const override {
    const char* where = "voting::fit";
    check_rows(where, train);
    check::at_least(where, "the number of members", static_cast<std::int64_t>(members_.size()), 1);
    if (how_ == vote_kind::majority && train.classes == 0) {
      check::fail_domain(where, "how", std::string_view("majority"), "mean for numbers");
    }
    std::vector<model_pointer> fitted;
    for (const learner_pointer& m : members_) fitted.push_back(m->fit(train, settings_for(settings, fitted.size())));
    std::vector<double> weights(fitted.size(), 1.0);
    return std::make_shared<committee>("voting",
                                       how_ == vote_kind::mean ? committee::way::mean : committee::way::majority,
                                       train.classes, named_features(train), std::move(fitted), std::move(weights));
  }

 private:
  std::vector<learner_pointer> members_;
  vote_kind how_;
};

class stacking_way final : public learner {
 public:
  explicit stacking_way(stacking_options options) : options_(std::move(options)) {}
  [[nodiscard]] model_pointer fit(const labelled_rows& train, const fit_settings& settings) const override {
    const char* where = "stacking::fit";
    check_rows(where, train);
    check::at_least(where, "the number of members", static_cast<std::int64_t>(options_.members.size()), 1);
    check::at_least(where, "folds", options_.folds, 2);
    if (!(options_.blend_fraction >= 0.0 && options_.blend_fraction < 1.0)) {
      check::fail_domain(where, "blend_fraction", options_.blend_fraction, "from 0 to below 1");
    }
    const fold_set folds(train, fold_of_rows(train, settings));
    std::vector<out_of_fold> held;
    std::vector<model_pointer> fitted;
    for (const learner_pointer& m : options_.members) {
      const fit_settings now = settings_for(settings, fitted.size());
      held.push_back(cross_predict(*m, folds, now));
      fitted.push_back(m->fit(train, now));
    }
    model_pointer last = fit_last(train, held, settings);
    std::vector<double> weights(fitted.size(), 1.0);
    return std::make_shared<committee>("stacking", committee::way::stacked, train.classes, named_features(train),
                                       std::move(fitted), std::move(weights), std::move(last));
  }

 private:
  std::vector<std::int32_t> fold_of_rows(const labelled_rows& train, const fit_settings& settings) const {
    const std::int64_t n = train.x.rows();
    if (options_.blend_fraction > 0.0) {
      // One part is held out; the rest is never tested.
      std::vector<std::int32_t> folds(static_cast<std::size_t>(n), -1);
      for (const std::int64_t r : train_test_split(n, options_.blend_fraction, settings.key).test)
        folds[static_cast<std::size_t>(r)] = 0;
      return folds;
    }
    if (train.classes == 0) return shuffled_folds(n, options_.folds, settings.key);
    std::vector<std::int32_t> classes;
    for (const double y : train.y) classes.push_back(static_cast<std::int32_t>(y));
    return stratified_folds(classes, options_.folds, settings.key);
  }

  /// The only data the final learner ever sees are out_of_fold predictions.
  [[nodiscard]] model_pointer fit_last(const labelled_rows& train, const std::vector<out_of_fold>& held,
                                       const fit_settings& settings) const {
    std::vector<std::vector<double>> each;
    for (const out_of_fold& one : held) each.emplace_back(one.predictions().begin(), one.predictions().end());
    const std::vector<double> joined = committee::join(each, train.x.rows());
    const auto width = static_cast<std::int64_t>(joined.size()) / train.x.rows();
    labelled_rows rows{
        view<const double, 2>(joined.data(), train.x.rows(), width), train.y, train.classes, train.weights, {}};
    std::vector<std::int64_t> kept;
    if (options_.blend_fraction > 0.0) {
      for (const std::int64_t r : train_test_split(train.x.rows(), options_.blend_fraction, settings.key).test)
        kept.push_back(r);
      std::sort(kept.begin(), kept.end());
    } else {
      for (std::int64_t r = 0; r < train.x.rows(); ++r) kept.push_back(r);
    }
    const row_subset subset(rows, kept);
    learner_pointer final_learner = options_.final_learner;
    if (final_learner == nullptr) {
      boosting_options o;
      o.max_depth = 2;
      o.rounds = 50;
      final_learner = boosting_learner(o);
    }
    return final_learner->fit(subset.rows(), settings_for(settings, 1000));
  }
  stacking_options options_;
};

}  // namespace

learner_pointer bagging_learner(learner_pointer base, std::int64_t models) {
  return std::make_shared<bagging_way>(std::move(base), models);
}
learner_pointer adaboost_learner(const adaboost_options& options) { return std::make_shared<adaboost_way>(options); }
learner_pointer voting_learner(std::vector<learner_pointer> members, vote_kind how) {
  return std::make_shared<voting_way>(std::move(members), how);
}
learner_pointer stacking_learner(const stacking_options& options) { return std::make_shared<stacking_way>(options); }

model_pointer detail::committee_from_body(const std::string& kind, const json& body, std::int32_t classes,
                                          std::vector<feature_info> features) {
  if (kind != "bagging" && kind != "adaboost" && kind != "voting" && kind != "stacking") {
    throw domain_error("there is no kind of model " + kind);
  }
  const int how = body.at("how").get<int>();
  if (how < 0 || how > static_cast<int>(committee::way::stacked)) throw domain_error("the way of voting is not known");
  std::vector<model_pointer> members;
  for (const json& m : body.at("members")) members.push_back(model_from_json(m));
  auto weights = body.at("weights").get<std::vector<double>>();
  model_pointer last = body.contains("last") ? model_from_json(body.at("last")) : nullptr;
  const bool stacked = how == static_cast<int>(committee::way::stacked);
  if (members.empty() || weights.size() != members.size() || stacked != (last != nullptr))
    throw domain_error("members are missing");
  for (const model_pointer& m : members) {
    if (m->classes() != classes || m->features().size() != features.size())
      throw domain_error("a member has other rows");
  }
  return std::make_shared<committee>(kind, static_cast<committee::way>(how), classes, std::move(features),
                                     std::move(members), std::move(weights), std::move(last));
}

}  // namespace credence::ensemble
