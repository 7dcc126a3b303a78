// SPDX-License-Identifier: BSD-3-Clause
#include "credence/ensemble_common.hpp"

#include "credence/table/csv.hpp"
#include "credence/table/json.hpp"
#include "credence/table/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace credence::app {

using namespace ensemble;

namespace {

/// The values of --param, each asked for once by its name; what nobody asked for is an error.
class parameter_list {
 public:
  parameter_list(const std::string& method, const std::vector<std::string>& given) : method_(method) {
    for (const std::string& one : given) {
      const auto equals = one.find('=');
      if (equals == std::string::npos || equals == 0)
        throw usage_error("ensemble: --param is " + one + ", expected name=value");
      std::string name = one.substr(0, equals);
      std::replace(name.begin(), name.end(), '-', '_');
      if (!values_.emplace(name, one.substr(equals + 1)).second)
        throw usage_error("ensemble: --param " + name + " is given twice");
    }
  }
  void take(const std::string& name, double& to, double least, double most = HUGE_VAL) {
    std::string text;
    if (!find(name, text)) return;
    const auto value = to_number(text);
    if (!value || !(*value >= least && *value <= most)) {
      throw usage_error("ensemble: --param " + name + " is " + text + ", but must be a number from " +
                        number_text(least) + (std::isinf(most) ? " on" : " to " + number_text(most)));
    }
    to = *value;
  }
  template <class Integer>
  void take_count(const std::string& name, Integer& to, std::int64_t least, std::int64_t most = 1000000000) {
    std::string text;
    if (!find(name, text)) return;
    const auto value = to_integer(text);
    if (!value || *value < least || *value > most) {
      throw usage_error("ensemble: --param " + name + " is " + text + ", but must be a whole number from " +
                        std::to_string(least) + " to " + std::to_string(most));
    }
    to = static_cast<Integer>(*value);
  }
  std::string take_word(const std::string& name, const std::string& otherwise, const std::vector<std::string>& words) {
    std::string text = otherwise;
    if (!find(name, text)) return otherwise;
    if (std::find(words.begin(), words.end(), text) != words.end()) return text;
    std::string list;
    for (const std::string& w : words) list += (list.empty() ? "" : ", ") + w;
    throw usage_error("ensemble: --param " + name + " is " + text + ", but must be one of " + list);
  }
  std::string take_text(const std::string& name, const std::string& otherwise) {
    std::string text;
    return find(name, text) ? text : otherwise;
  }
  void finish() const {
    if (values_.empty()) return;
    std::string list;
    for (const std::string& name : known_) list += (list.empty() ? "" : ", ") + name;
    throw usage_error("ensemble: --param " + values_.begin()->first + " is not one of " + method_ + ": " + list);
  }

 private:
  static std::string number_text(double x) {
    std::string out;
    append_number(out, x);
    return out;
  }
  bool find(const std::string& name, std::string& text) {
    known_.push_back(name);
    const auto at = values_.find(name);
    if (at == values_.end()) return false;
    text = at->second;
    values_.erase(at);
    return true;
  }
  std::string method_;
  std::map<std::string, std::string> values_;
  std::vector<std::string> known_;
};

void take_tree(parameter_list& p, tree_options& o, std::int32_t classes) {
  p.take_count("max_depth", o.max_depth, 0, 10000);
  p.take("min_leaf_weight", o.min_leaf_weight, 0.0);
  p.take("min_split_weight", o.min_split_weight, 0.0);
  p.take("min_gain", o.min_gain, 0.0);
  p.take_count("max_bins", o.max_bins, 2, 255);
  p.take_count("exact_rows", o.exact_rows, 0);
  const auto words = classes > 0 ? std::vector<std::string>{"gini", "entropy"}
                                 : std::vector<std::string>{"squared", "absolute", "poisson"};
  const std::string criterion = p.take_word("criterion", "", words);
  for (const split_criterion c : {split_criterion::gini, split_criterion::entropy, split_criterion::squared,
                                  split_criterion::absolute, split_criterion::poisson}) {
    if (criterion == to_string(c)) o.criterion = c;
  }
}

learner_pointer make_forest(parameter_list& p, forest_options o, std::int32_t classes) {
  p.take_count("trees", o.trees, 1);
  p.take_count("columns_per_split", o.tree.columns_per_split, 0);
  take_tree(p, o.tree, classes);
  return forest_learner(o);
}

learner_pointer make_boosting(parameter_list& p, std::int32_t classes) {
  boosting_options o;
  p.take_count("rounds", o.rounds, 1);
  p.take("learning_rate", o.learning_rate, 1e-300);
  p.take_count("max_depth", o.max_depth, 0, 64);
  p.take_count("max_leaves", o.max_leaves, 0);
  p.take("min_child_weight", o.min_child_weight, 0.0);
  p.take("l2", o.l2, 0.0);
  p.take("min_split_gain", o.min_split_gain, 0.0);
  p.take("row_fraction", o.row_fraction, 1e-300, 1.0);
  p.take("column_fraction", o.column_fraction, 1e-300, 1.0);
  p.take("category_smoothing", o.category_smoothing, 0.0);
  p.take_count("max_bins", o.max_bins, 2, 255);
  if (p.take_word("growth", "depth_wise", {"depth_wise", "leaf_wise"}) == "leaf_wise") {
    o.growth = tree_growth::leaf_wise;
    o.max_depth = 0;
  }
  if (o.growth == tree_growth::depth_wise && o.max_depth == 0 && o.max_leaves == 0) {
    throw usage_error("ensemble: --param max_depth is 0, but must be positive where max_leaves is 0");
  }
  p.take("quantile", o.quantile, 1e-12, 1.0 - 1e-12);
  p.take("huber_delta", o.huber_delta, 1e-300);
  if (classes == 0) {
    const std::string loss = p.take_word("loss", "squared", {"squared", "absolute", "huber", "quantile", "poisson"});
    for (const boosting_loss l : {boosting_loss::squared, boosting_loss::absolute, boosting_loss::huber,
                                  boosting_loss::quantile, boosting_loss::poisson}) {
      if (loss == to_string(l)) o.loss = l;
    }
  }
  return boosting_learner(o);
}

learner_pointer member_named(const std::string& name, std::int32_t classes) {
  if (name == "random-forest") return forest_learner({});
  if (name == "extra-trees") return forest_learner(extra_trees());
  if (name == "gradient-boosting") return boosting_learner({});
  if (name == "adaboost") return adaboost_learner({});
  if (name == "tree") return tree_learner({});
  if (name == "nearest") return nearest_learner({});
  if (name == "naive-bayes" && classes > 0) return naive_bayes_learner({});
  throw usage_error("ensemble: the member is " + name +
                    ", but must be random-forest, extra-trees, gradient-boosting, adaboost, tree, nearest or "
                    "naive-bayes (of classes)");
}

std::vector<learner_pointer> members_of(parameter_list& p, std::int32_t classes) {
  std::vector<learner_pointer> out;
  std::string list = p.take_text("members", "random-forest+extra-trees+gradient-boosting") + "+";
  for (auto plus = list.find('+'); plus != std::string::npos; plus = list.find('+')) {
    out.push_back(member_named(list.substr(0, plus), classes));
    list.erase(0, plus + 1);
  }
  return out;
}

}  // namespace

void add_ensemble_options(CLI::App& app, ensemble_options& given) {
  app.add_option("data", given.data, "a table (.csv, .csv.gz, .json, .npy); empty cells are missing")->required();
  app.add_option("--target", given.target, "the column to predict")->required();
  app.add_option("--method", given.method,
                 "random-forest, extra-trees, bagging, adaboost, gradient-boosting, stacking or voting")
      ->required()
      ->check(CLI::IsMember(
          {"random-forest", "extra-trees", "bagging", "adaboost", "gradient-boosting", "stacking", "voting"}));
  app.add_option("--task", given.task,
                 "auto: classification when the target is text, or whole numbers with at most 20 different ones")
      ->check(CLI::IsMember({"auto", "classification", "regression"}));
  app.add_option("--param", given.parameters, "name=value; an unknown name lists those of the method");
  app.add_option("--positive", given.positive,
                 "of two classes the one that auc, average_precision and f1 are about; else the last in sorted order");
  app.add_flag("--no-header", given.no_header, "the first line of a CSV file is data: columns are x1, x2, ...");
}

task_kind task_of(const ensemble_options& given) {
  if (given.task == "auto") return task_kind::automatic;
  return given.task == "regression" ? task_kind::regression : task_kind::classification;
}

learner_pointer make_learner(const ensemble_options& given, std::int32_t classes) {
  parameter_list p(given.method, given.parameters);
  learner_pointer out;
  if (given.method == "random-forest") out = make_forest(p, {}, classes);
  if (given.method == "extra-trees") out = make_forest(p, extra_trees(), classes);
  if (given.method == "gradient-boosting") out = make_boosting(p, classes);
  if (given.method == "bagging") {
    std::int64_t models = 10;
    p.take_count("models", models, 1);
    const std::string base = p.take_text("base", "tree");
    tree_options o;
    if (base == "tree") take_tree(p, o, classes);
    out = bagging_learner(base == "tree" ? tree_learner(o) : member_named(base, classes), models);
  }
  if (given.method == "adaboost") {
    adaboost_options o;
    p.take_count("rounds", o.rounds, 1);
    p.take("learning_rate", o.learning_rate, 1e-300);
    tree_options t;
    t.max_depth = classes > 0 ? 1 : 3;
    take_tree(p, t, classes);
    o.base = tree_learner(t);
    out = adaboost_learner(o);
  }
  if (given.method == "voting") {
    const bool majority = p.take_word("vote", "mean", {"mean", "majority"}) == "majority";
    if (majority && classes == 0) throw usage_error("ensemble: --param vote is majority, but must be mean for numbers");
    out = voting_learner(members_of(p, classes), majority ? vote_kind::majority : vote_kind::mean);
  }
  if (given.method == "stacking") {
    stacking_options o;
    p.take_count("folds", o.folds, 2, 1000);
    p.take("blend_fraction", o.blend_fraction, 0.0, 0.99);
    o.members = members_of(p, classes);
    const std::string last = p.take_text("final", "");
    if (!last.empty()) o.final_learner = member_named(last, classes);
    out = stacking_learner(o);
  }
  p.finish();
  return out;
}

std::int32_t positive_class(const ensemble_options& given, const frame_schema& schema) {
  if (given.positive.empty()) return std::max(0, schema.classes() - 1);
  const auto at = std::find(schema.class_names.begin(), schema.class_names.end(), given.positive);
  if (at == schema.class_names.end() || schema.classes() != 2) {
    throw usage_error("ensemble: --positive is " + given.positive + ", but must be one of two classes of " +
                      schema.target);
  }
  return static_cast<std::int32_t>(at - schema.class_names.begin());
}

table read_rows(const session& now, const std::string& file, bool no_header) {
  const auto ends = [&](const std::string& end) {
    return file.size() >= end.size() && file.compare(file.size() - end.size(), end.size(), end) == 0;
  };
  table out;
  if (ends(".csv") || ends(".csv.gz")) {
    out = read_csv(now.context, file, {.header = !no_header});
  } else if (ends(".json") || ends(".npy")) {
    out = read_table(file);
  } else {
    throw usage_error(file + ": is no .csv, .csv.gz, .json or .npy file");
  }
  if (out.rows() == 0) throw parse_error(file, 1, 1, "the table has no rows");
  return out;
}

frame_schema describe_file(const ensemble_options& given, const table& data) {
  try {
    return describe(data, given.target, task_of(given));
  } catch (const domain_error& wrong) {
    throw parse_error(given.data, 1, 1, wrong.what());
  }
}

frame encode_file(const std::string& file, const table& data, const frame_schema& schema, bool with_target,
                  unseen_category unseen) {
  try {
    return encode(data, schema, with_target, unseen);
  } catch (const domain_error& wrong) {
    throw parse_error(file, 1, 1, wrong.what());
  }
}

namespace {

struct named_score {
  const char* name;
  double scores::*value;
};
constexpr named_score of_classes[] = {{"accuracy", &scores::accuracy},
                                      {"auc", &scores::auc},
                                      {"average_precision", &scores::average_precision},
                                      {"log_loss", &scores::log_loss},
                                      {"f1", &scores::f1}};
constexpr named_score of_numbers[] = {{"rmse", &scores::rmse}, {"mae", &scores::mae}, {"r2", &scores::r2}};

}  // namespace

json scores_to_json(const scores& s) {
  json out = json::object();
  for (const named_score& n : of_classes) {
    if (!std::isnan(s.*n.value)) out[n.name] = s.*n.value;
  }
  for (const named_score& n : of_numbers) {
    if (!std::isnan(s.*n.value)) out[n.name] = s.*n.value;
  }
  return out;
}

std::vector<std::string> score_columns(bool classification) {
  if (!classification) return {"rows", "rmse", "mae", "r2"};
  return {"rows", "accuracy", "auc", "average_precision", "log_loss", "f1"};
}

void add_score_rows(table_text& shown, const std::string& name, const scores& s) {
  auto& row = shown.rows.emplace_back();
  row.emplace_back(name);
  const auto put = [&](const named_score& n) {
    row.emplace_back();
    if (!std::isnan(s.*n.value)) row.back() = s.*n.value;
  };
  if (shown.columns.size() == 4) {
    for (const named_score& n : of_numbers) put(n);
  } else {
    for (const named_score& n : of_classes) put(n);
  }
}

}  // namespace credence::app
