// SPDX-License-Identifier: BSD-3-Clause
// Naive Bayes and nearest neighbours as learners.
#include "credence/base/check.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/neighbors/knn.hpp"

#include "ensemble/cart_checks.hpp"
#include "ensemble/stored_model.hpp"

#include <algorithm>
#include <cmath>

namespace credence::ensemble {

using namespace detail;

namespace {

bool is_categorical(const std::vector<feature_info>& features, std::size_t c) { return features[c].categorical; }

/// For each class and column: mean and variance of numbers, or log frequencies of the categories.
struct class_column {
  double mean = 0.0, variance = 1.0;
  std::vector<double> log_frequency;  ///< the last one is for codes not seen
};

class naive_bayes_model final : public stored_model {
 public:
  naive_bayes_model(std::int32_t classes, std::vector<feature_info> features, std::vector<double> log_prior,
                    std::vector<class_column> columns)
      : stored_model(classes, std::move(features)), log_prior_(std::move(log_prior)), columns_(std::move(columns)) {}
  [[nodiscard]] std::string kind() const override { return "naive-bayes"; }
  [[nodiscard]] std::vector<double> predict(const feature_rows& x, const exec::context&) const override {
    const auto k = static_cast<std::size_t>(classes()), d = features().size();
    check_columns("naive_bayes::predict", x, static_cast<std::int64_t>(d));
    std::vector<double> out(static_cast<std::size_t>(x.rows()) * k);
    for (std::int64_t i = 0; i < x.rows(); ++i) {
      double* p = out.data() + static_cast<std::size_t>(i) * k;
      for (std::size_t c = 0; c < k; ++c) {
        p[c] = log_prior_[c];
        for (std::size_t j = 0; j < d; ++j)
          p[c] += term(columns_[c * d + j], is_categorical(features(), j), x(i, static_cast<std::int64_t>(j)));
      }
      const double top = *std::max_element(p, p + k);
      double sum = 0.0;
      for (std::size_t c = 0; c < k; ++c) sum += p[c] = math::exp(p[c] - top);
      for (std::size_t c = 0; c < k; ++c) p[c] /= sum;
    }
    return out;
  }
  [[nodiscard]] json body() const override {
    json columns = json::array();
    for (const class_column& c : columns_) {
      columns.push_back({{"mean", c.mean}, {"variance", c.variance}, {"log_frequency", c.log_frequency}});
    }
    return {{"log_prior", log_prior_}, {"columns", columns}};
  }

 private:
  static double term(const class_column& c, bool categorical, double x) {
    if (std::isnan(x)) return 0.0;
    if (!categorical)
      return -0.5 * (math::log(6.283185307179586 * c.variance) + (x - c.mean) * (x - c.mean) / c.variance);
    const auto last = c.log_frequency.size() - 1;
    return c.log_frequency[x >= 0.0 && x < static_cast<double>(last) ? static_cast<std::size_t>(x) : last];
  }
  std::vector<double> log_prior_;
  std::vector<class_column> columns_;
};

class naive_bayes_way final : public learner {
 public:
  explicit naive_bayes_way(naive_bayes_options options) : options_(options) {}
  [[nodiscard]] model_pointer fit(const labelled_rows& train, const fit_settings&) const override {
    const char* where = "naive_bayes::fit";
    check_rows(where, train);
    check::at_least(where, "classes", train.classes, 2);
    check::non_negative(where, "variance_floor", options_.variance_floor);
    check::positive(where, "pseudo_count", options_.pseudo_count);
    std::vector<feature_info> features = named_features(train);
    const auto k = static_cast<std::size_t>(train.classes), d = features.size();
    std::vector<double> prior(k, 0.0);
    for (std::int64_t i = 0; i < train.x.rows(); ++i) prior[class_of(train, i)] += train.weight(i);
    double all = 0.0;
    for (std::size_t c = 0; c < k; ++c) {
      check::positive(where, "the weight of class " + std::to_string(c), prior[c]);
      all += prior[c];
    }
    std::vector<class_column> columns(k * d);
    double widest = 0.0;
    for (std::size_t j = 0; j < d; ++j) {
      if (features[j].categorical) {
        count_categories(train, static_cast<std::int64_t>(j), columns, d);
      } else {
        widest = std::max(widest, fit_normals(train, static_cast<std::int64_t>(j), columns, d));
      }
    }
    for (class_column& c : columns) c.variance += std::max(options_.variance_floor * widest, 1e-300);
    for (double& p : prior) p = math::log(p / all);
    return std::make_shared<naive_bayes_model>(train.classes, std::move(features), std::move(prior),
                                               std::move(columns));
  }

 private:
  static std::size_t class_of(const labelled_rows& train, std::int64_t i) {
    return static_cast<std::size_t>(train.y[static_cast<std::size_t>(i)]);
  }
  /// Gives the variance of the whole column.
  static double fit_normals(const labelled_rows& train, std::int64_t j, std::vector<class_column>& columns,
                            std::size_t d) {
    const auto k = static_cast<std::size_t>(train.classes);
    std::vector<double> weight(k, 0.0), sum(k, 0.0), square(k, 0.0);
    double all_w = 0.0, all_s = 0.0, all_q = 0.0;
    const auto each = [&](const auto& f) {
      for (std::int64_t i = 0; i < train.x.rows(); ++i) {
        if (const double x = train.x(i, j); !std::isnan(x)) f(class_of(train, i), train.weight(i), x);
      }
    };
    each([&](std::size_t c, double w, double x) {
      weight[c] += w;
      sum[c] += w * x;
    });
    for (std::size_t c = 0; c < k; ++c) {
      all_w += weight[c];
      all_s += sum[c];
      columns[c * d + static_cast<std::size_t>(j)].mean = weight[c] > 0.0 ? sum[c] / weight[c] : 0.0;
    }
    const double middle = all_s / all_w;
    each([&](std::size_t c, double w, double x) {
      const double miss = x - columns[c * d + static_cast<std::size_t>(j)].mean;
      square[c] += w * miss * miss;
      all_q += w * (x - middle) * (x - middle);
    });
    for (std::size_t c = 0; c < k; ++c) {
      columns[c * d + static_cast<std::size_t>(j)].variance = weight[c] > 0.0 ? square[c] / weight[c] : all_q / all_w;
    }
    return all_q / all_w;
  }
  void count_categories(const labelled_rows& train, std::int64_t j, std::vector<class_column>& columns,
                        std::size_t d) const {
    std::size_t codes = 0;
    for (std::int64_t i = 0; i < train.x.rows(); ++i) {
      if (const double x = train.x(i, j); !std::isnan(x)) codes = std::max(codes, static_cast<std::size_t>(x) + 1);
    }
    for (std::size_t c = 0; c < static_cast<std::size_t>(train.classes); ++c) {
      std::vector<double> count(codes + 1, options_.pseudo_count);
      double all = options_.pseudo_count * static_cast<double>(codes);
      for (std::int64_t i = 0; i < train.x.rows(); ++i) {
        const double x = train.x(i, j);
        if (std::isnan(x) || class_of(train, i) != c) continue;
        count[static_cast<std::size_t>(x)] += train.weight(i);
        all += train.weight(i);
      }
      for (double& n : count) n = math::log(n / all);
      columns[c * d + static_cast<std::size_t>(j)].log_frequency = std::move(count);
    }
  }
  naive_bayes_options options_;
};

/// Standardised numbers and spread categories.
struct spreading {
  std::vector<double> mean, scale, fill;  ///< of numbers
  std::vector<std::int32_t> codes;        ///< of categories; 0 for numbers
  [[nodiscard]] std::int64_t width() const {
    std::int64_t sum = 0;
    for (const std::int32_t c : codes) sum += std::max(1, c);
    return sum;
  }
  [[nodiscard]] std::vector<double> apply(const feature_rows& x) const {
    std::vector<double> out(static_cast<std::size_t>(x.rows() * width()), 0.0);
    for (std::int64_t i = 0; i < x.rows(); ++i) {
      double* to = out.data() + i * width();
      for (std::size_t j = 0; j < codes.size(); ++j) {
        const double v = x(i, static_cast<std::int64_t>(j));
        if (codes[j] == 0) {
          *to++ = ((std::isnan(v) ? fill[j] : v) - mean[j]) / scale[j];
          continue;
        }
        // Two rows of different categories are one unit apart.
        if (v >= 0.0 && v < codes[j]) to[static_cast<std::int64_t>(v)] = 0.7071067811865476;
        to += codes[j];
      }
    }
    return out;
  }
};

class nearest_model final : public stored_model {
 public:
  nearest_model(std::int32_t classes, std::vector<feature_info> features, nearest_options options, spreading spread,
                std::vector<double> points, std::vector<double> targets)
      : stored_model(classes, std::move(features)),
        options_(options),
        spread_(std::move(spread)),
        points_(std::move(points)),
        targets_(std::move(targets)) {
    const view<const double, 2> rows(points_.data(), static_cast<std::int64_t>(targets_.size()), spread_.width());
    neighbors::knn_options o;
    o.k = options_.k;
    o.weights = options_.by_distance ? neighbors::vote::inverse_distance : neighbors::vote::uniform;
    if (classes > 0) {
      std::vector<std::int32_t> labels;
      for (const double y : targets_) labels.push_back(static_cast<std::int32_t>(y));
      classifier_ = std::make_unique<neighbors::knn_classifier<double>>(rows, labels, o);
    } else {
      regressor_ = std::make_unique<neighbors::knn_regressor<double>>(rows, targets_, o);
    }
  }
  [[nodiscard]] std::string kind() const override { return "nearest"; }
  [[nodiscard]] std::vector<double> predict(const feature_rows& x, const exec::context&) const override {
    check_columns("nearest::predict", x, static_cast<std::int64_t>(features().size()));
    const std::vector<double> asked = spread_.apply(x);
    const view<const double, 2> rows(asked.data(), x.rows(), spread_.width());
    if (regressor_ != nullptr) return regressor_->predict(rows);
    const std::vector<double> votes = classifier_->predict_proba(rows);
    // The classifier knows the classes up to the largest that occurs.
    const auto known = static_cast<std::size_t>(classifier_->classes()), k = static_cast<std::size_t>(classes());
    std::vector<double> out(static_cast<std::size_t>(x.rows()) * k, 0.0);
    for (std::size_t i = 0; i < static_cast<std::size_t>(x.rows()); ++i) {
      std::copy_n(votes.begin() + static_cast<std::ptrdiff_t>(i * known), known,
                  out.begin() + static_cast<std::ptrdiff_t>(i * k));
    }
    return out;
  }
  [[nodiscard]] json body() const override {
    return {{"k", options_.k},      {"by_distance", options_.by_distance},
            {"mean", spread_.mean}, {"scale", spread_.scale},
            {"fill", spread_.fill}, {"codes", spread_.codes},
            {"points", points_},    {"targets", targets_}};
  }

 private:
  nearest_options options_;
  spreading spread_;
  std::vector<double> points_, targets_;
  std::unique_ptr<neighbors::knn_classifier<double>> classifier_;
  std::unique_ptr<neighbors::knn_regressor<double>> regressor_;
};

class nearest_way final : public learner {
 public:
  explicit nearest_way(nearest_options options) : options_(options) {}
  [[nodiscard]] model_pointer fit(const labelled_rows& train, const fit_settings&) const override {
    const char* where = "nearest::fit";
    check_rows(where, train);
    check::at_least(where, "k", options_.k, 1);
    if (!train.weights.empty()) {
      check::fail_domain(where, "weights", std::string_view("given"),
                         "absent: neighbours vote without weights of rows");
    }
    std::vector<feature_info> features = named_features(train);
    spreading spread;
    for (std::size_t j = 0; j < features.size(); ++j) {
      std::vector<double> values;
      for (std::int64_t i = 0; i < train.x.rows(); ++i) {
        if (const double v = train.x(i, static_cast<std::int64_t>(j)); !std::isnan(v)) values.push_back(v);
      }
      std::sort(values.begin(), values.end());
      const std::size_t half = values.size() / 2;
      const double median = values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
      double mean = 0.0, square = 0.0;
      const auto missing = static_cast<double>(train.x.rows()) - static_cast<double>(values.size());
      const auto n = static_cast<double>(train.x.rows());
      for (const double v : values) mean += v / n;
      mean += missing * median / n;
      for (const double v : values) square += (v - mean) * (v - mean) / n;
      square += missing * (median - mean) * (median - mean) / n;
      spread.codes.push_back(features[j].categorical ? static_cast<std::int32_t>(values.back()) + 1 : 0);
      spread.fill.push_back(median);
      spread.mean.push_back(mean);
      spread.scale.push_back(square > 0.0 ? std::sqrt(square) : 1.0);
    }
    std::vector<double> points = spread.apply(train.x);
    return std::make_shared<nearest_model>(train.classes, std::move(features), options_, std::move(spread),
                                           std::move(points), std::vector<double>(train.y.begin(), train.y.end()));
  }

 private:
  nearest_options options_;
};

}  // namespace

learner_pointer naive_bayes_learner(const naive_bayes_options& options) {
  return std::make_shared<naive_bayes_way>(options);
}
learner_pointer nearest_learner(const nearest_options& options) { return std::make_shared<nearest_way>(options); }

model_pointer detail::naive_bayes_from_body(const json& body, std::int32_t classes,
                                            std::vector<feature_info> features) {
  auto prior = body.at("log_prior").get<std::vector<double>>();
  std::vector<class_column> columns;
  for (const json& c : body.at("columns")) {
    columns.push_back(
        {c.at("mean").get<double>(), c.at("variance").get<double>(), c.at("log_frequency").get<std::vector<double>>()});
  }
  const auto k = static_cast<std::size_t>(classes);
  if (prior.size() != k || columns.size() != k * features.size())
    throw domain_error("the classes and columns do not fit");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (features[i % features.size()].categorical && columns[i].log_frequency.empty())
      throw domain_error("a column has no frequencies");
  }
  return std::make_shared<naive_bayes_model>(classes, std::move(features), std::move(prior), std::move(columns));
}

model_pointer detail::nearest_from_body(const json& body, std::int32_t classes, std::vector<feature_info> features) {
  spreading spread{body.at("mean").get<std::vector<double>>(), body.at("scale").get<std::vector<double>>(),
                   body.at("fill").get<std::vector<double>>(), body.at("codes").get<std::vector<std::int32_t>>()};
  auto points = body.at("points").get<std::vector<double>>();
  auto targets = body.at("targets").get<std::vector<double>>();
  const std::size_t d = features.size();
  if (spread.mean.size() != d || spread.scale.size() != d || spread.fill.size() != d || spread.codes.size() != d ||
      points.size() != targets.size() * static_cast<std::size_t>(spread.width())) {
    throw domain_error("the points and columns do not fit");
  }
  return std::make_shared<nearest_model>(
      classes, std::move(features),
      nearest_options{body.at("k").get<std::int64_t>(), body.at("by_distance").get<bool>()}, std::move(spread),
      std::move(points), std::move(targets));
}

}  // namespace credence::ensemble
