// SPDX-License-Identifier: BSD-3-Clause
// Trees, forests and boosted trees as learners and models.
#include "ensemble/stored_model.hpp"

namespace credence::ensemble {

using namespace detail;

std::vector<double> detail::gain_importances(std::span<const decision_tree> trees, std::size_t columns) {
  std::vector<double> sums(columns, 0.0);
  double all = 0.0;
  for (const decision_tree& tree : trees) {
    for (const tree_node& node : tree.nodes) {
      if (node.feature < 0) continue;
      sums[static_cast<std::size_t>(node.feature)] += node.gain;
      all += node.gain;
    }
  }
  for (double& s : sums) s = all > 0.0 ? s / all : 0.0;
  return sums;
}

namespace {

json trees_to_json(std::span<const decision_tree> trees) {
  json out = json::array();
  for (const decision_tree& tree : trees) out.push_back(tree_to_json(tree));
  return out;
}

std::vector<decision_tree> trees_from_json(const json& from, std::int64_t columns) {
  std::vector<decision_tree> out;
  for (const json& tree : from) out.push_back(tree_from_json(tree, columns));
  return out;
}

class tree_model final : public stored_model {
 public:
  explicit tree_model(cart fitted) : stored_model(fitted.classes, fitted.features), fitted_(std::move(fitted)) {}
  [[nodiscard]] std::string kind() const override { return "tree"; }
  [[nodiscard]] std::vector<double> predict(const feature_rows& x, const exec::context& context) const override {
    return fitted_.predict(x, context);
  }
  [[nodiscard]] std::vector<double> impurity_importances() const override {
    return gain_importances({&fitted_.tree, 1}, features().size());
  }
  [[nodiscard]] json body() const override { return {{"tree", tree_to_json(fitted_.tree)}}; }

 private:
  cart fitted_;
};

class forest_model final : public stored_model {
 public:
  explicit forest_model(forest fitted) : stored_model(fitted.classes, fitted.features), fitted_(std::move(fitted)) {}
  [[nodiscard]] std::string kind() const override { return "forest"; }
  [[nodiscard]] std::vector<double> predict(const feature_rows& x, const exec::context& context) const override {
    return fitted_.predict(x, context);
  }
  [[nodiscard]] std::vector<double> impurity_importances() const override {
    return gain_importances(fitted_.trees, features().size());
  }
  [[nodiscard]] json body() const override { return {{"trees", trees_to_json(fitted_.trees)}}; }

 private:
  forest fitted_;
};

class boosting_model final : public stored_model {
 public:
  explicit boosting_model(gradient_boosting fitted)
      : stored_model(fitted.classes, fitted.features), fitted_(std::move(fitted)) {}
  [[nodiscard]] std::string kind() const override { return "gradient-boosting"; }
  [[nodiscard]] std::vector<double> predict(const feature_rows& x, const exec::context& context) const override {
    return fitted_.predict(x, context);
  }
  [[nodiscard]] std::vector<double> impurity_importances() const override {
    return gain_importances(fitted_.trees, features().size());
  }
  [[nodiscard]] json body() const override {
    return {{"loss", to_string(fitted_.loss)}, {"start", fitted_.start}, {"trees", trees_to_json(fitted_.trees)}};
  }

 private:
  gradient_boosting fitted_;
};

class tree_way final : public learner {
 public:
  tree_way(tree_options options, double alpha) : options_(std::move(options)), alpha_(alpha) {}
  [[nodiscard]] model_pointer fit(const labelled_rows& train, const fit_settings& settings) const override {
    tree_options o = options_;
    o.context = settings.context;
    o.key = settings.key;
    cart fitted = cart::fit(train, o);
    if (alpha_ > 0.0) fitted.tree = prune(fitted.tree, alpha_);
    return as_model(std::move(fitted));
  }

 private:
  tree_options options_;
  double alpha_;
};

class forest_way final : public learner {
 public:
  explicit forest_way(forest_options options) : options_(std::move(options)) {}
  [[nodiscard]] model_pointer fit(const labelled_rows& train, const fit_settings& settings) const override {
    forest_options o = options_;
    o.context = settings.context;
    o.key = settings.key;
    o.progress = settings.progress;
    o.interrupt = settings.interrupt;
    return as_model(forest::fit(train, o));
  }

 private:
  forest_options options_;
};

class boosting_way final : public learner {
 public:
  explicit boosting_way(boosting_options options) : options_(std::move(options)) {}
  [[nodiscard]] model_pointer fit(const labelled_rows& train, const fit_settings& settings) const override {
    boosting_options o = options_;
    o.context = settings.context;
    o.key = settings.key;
    o.progress = settings.progress;
    o.interrupt = settings.interrupt;
    return as_model(gradient_boosting::fit(train, o));
  }

 private:
  boosting_options options_;
};

}  // namespace

learner_pointer tree_learner(const tree_options& options, double prune_alpha) {
  return std::make_shared<tree_way>(options, prune_alpha);
}
learner_pointer forest_learner(const forest_options& options) { return std::make_shared<forest_way>(options); }
learner_pointer boosting_learner(const boosting_options& options) { return std::make_shared<boosting_way>(options); }

model_pointer as_model(gradient_boosting fitted) { return std::make_shared<boosting_model>(std::move(fitted)); }
model_pointer as_model(forest fitted) { return std::make_shared<forest_model>(std::move(fitted)); }
model_pointer as_model(cart fitted) { return std::make_shared<tree_model>(std::move(fitted)); }

model_pointer detail::tree_from_body(const json& body, std::int32_t classes, std::vector<feature_info> features) {
  const auto columns = static_cast<std::int64_t>(features.size());
  return as_model(cart{classes, std::move(features), tree_from_json(body.at("tree"), columns)});
}

model_pointer detail::forest_from_body(const json& body, std::int32_t classes, std::vector<feature_info> features) {
  forest fitted;
  fitted.classes = classes;
  fitted.trees = trees_from_json(body.at("trees"), static_cast<std::int64_t>(features.size()));
  if (fitted.trees.empty()) throw domain_error("a forest has no trees");
  fitted.features = std::move(features);
  return as_model(std::move(fitted));
}

model_pointer detail::boosting_from_body(const json& body, std::int32_t classes, std::vector<feature_info> features) {
  gradient_boosting fitted;
  fitted.classes = classes;
  const auto name = body.at("loss").get<std::string>();
  bool known = false;
  for (int k = 1; k <= static_cast<int>(boosting_loss::user); ++k) {
    if (name != to_string(static_cast<boosting_loss>(k))) continue;
    fitted.loss = static_cast<boosting_loss>(k);
    known = true;
  }
  if (!known) throw domain_error("there is no loss " + name);
  fitted.start = body.at("start").get<std::vector<double>>();
  fitted.trees = trees_from_json(body.at("trees"), static_cast<std::int64_t>(features.size()));
  const auto outputs = static_cast<std::size_t>(fitted.loss == boosting_loss::softmax ? classes : 1);
  if (fitted.start.size() != outputs || fitted.trees.size() % outputs != 0) {
    throw domain_error("the numbers of trees, starts and classes do not go together");
  }
  fitted.features = std::move(features);
  return as_model(std::move(fitted));
}

}  // namespace credence::ensemble
