// SPDX-License-Identifier: BSD-3-Clause
// Logistic models of many observations: credit risks, and answers of students to questions.
#include "entries.hpp"

#include "credence/autodiff/density.hpp"
#include "credence/base/check.hpp"
#include "credence/distributions/bernoulli_logit.hpp"
#include "credence/distributions/gamma.hpp"
#include "credence/distributions/normal.hpp"

#include <cmath>
#include <vector>

namespace credence::models::detail {

namespace {

/// Adds `design`: the columns of raw_features with mean 0 and standard deviation 1 (divisor n), and a column of ones.
named_data with_design(named_data data) {
  const auto n = static_cast<std::size_t>(data.integer("n")), d = static_cast<std::size_t>(data.integer("d"));
  const std::vector<double>& raw = data.at("raw_features").values;
  std::vector<double> design(n * (d + 1), 1.0);
  for (std::size_t j = 0; j < d; ++j) {
    double mean = 0.0, squares = 0.0;
    for (std::size_t i = 0; i < n; ++i) mean += raw[i * d + j] / static_cast<double>(n);
    for (std::size_t i = 0; i < n; ++i) squares += (raw[i * d + j] - mean) * (raw[i * d + j] - mean);
    const double sd = std::sqrt(squares / static_cast<double>(n));
    if (!(sd > 0.0)) {
      throw domain_error("german_credit: column " + std::to_string(j + 1) +
                         " of raw_features is constant, but must vary");
    }
    for (std::size_t i = 0; i < n; ++i) design[i * (d + 1) + j] = (raw[i * d + j] - mean) / sd;
  }
  data.set("design", data_array({static_cast<std::int64_t>(n), static_cast<std::int64_t>(d + 1)}, std::move(design)));
  return data;
}

entry credit() {
  entry e;
  e.source = "UCI Statlog German Credit data; inference_gym of TensorFlow Probability";
  e.data = {
      {"n", "number of clients", data_domain::positive_count},
      {"d", "number of features", data_domain::positive_count},
      {"raw_features", "features; each is standardised, and a constant is appended", data_domain::real, {"n", "d"}},
      {"label", "1 for a bad risk", data_domain::binary, {"n"}}};
  e.prepare = with_design;
  return e;
}

/// Answers point at students and questions, counted from 0.
void check_ids(const named_data& data, const char* ids, const char* count) {
  const auto limit = static_cast<double>(data.integer(count));
  for (const double id : data.at(ids).values) {
    if (!(id < limit)) {
      check::fail_domain("item_response_1pl", std::string("an element of ") + ids, id,
                         std::string("less than ") + count);
    }
  }
}

named_data with_checked_ids(named_data data) {
  check_ids(data, "student_ids", "n_students");
  check_ids(data, "question_ids", "n_questions");
  return data;
}

std::vector<std::int64_t> whole_numbers(const data_array& array) { return {array.values.begin(), array.values.end()}; }

}  // namespace

entry german_credit_logistic() {
  entry e = credit();
  e.name = "german_credit_logistic";
  e.summary = "bad credit risks by 24 features of 1000 clients: logistic regression";
  e.definition = "label[i] ~ bernoulli_logit(design[i] . weights); weights[j] ~ normal(0, 1)";
  e.parameters = {{"weights", "d + 1", "coefficients of the standardised features, then the constant"}};
  e.recipe = model([](recorder& r) {
    const std::int64_t n = r.integer("n"), d = r.integer("d") + 1;
    const var weights = r.parameter("weights", {d});
    r.prior += log_pdf(normal{0.0, 1.0}, weights);
    r.likelihood += log_pdf(bernoulli_logit{matmul(r.data("design", {n, d}), weights)}, r.data("label", {n}));
  });
  return e;
}

entry german_credit_sparse_logistic() {
  entry e = credit();
  e.name = "german_credit_sparse_logistic";
  e.summary = "the same with a scale for each weight and one for all: most features are shrunk away";
  e.definition =
      "label[i] ~ bernoulli_logit(design[i] . (unscaled_weights local_scales global_scale)); unscaled_weights[j] ~ "
      "normal(0, 1); local_scales[j] ~ gamma(0.5, 0.5); global_scale ~ gamma(0.5, 0.5)";
  e.parameters = {{"global_scale", "", "scale of all weights"},
                  {"local_scales", "d + 1", "scale of each weight"},
                  {"unscaled_weights", "d + 1", "weights in units of their scales"}};
  e.recipe = model([](recorder& r) {
    const std::int64_t n = r.integer("n"), d = r.integer("d") + 1;
    const var unscaled = r.parameter("unscaled_weights", {d});
    const var local = r.parameter("local_scales", {d}, lower(0.0)), global = r.parameter("global_scale", lower(0.0));
    r.prior += log_pdf(normal{0.0, 1.0}, unscaled) + log_pdf(gamma{0.5, 0.5}, local) + log_pdf(gamma{0.5, 0.5}, global);
    const var weights = unscaled * local * global;
    r.likelihood += log_pdf(bernoulli_logit{matmul(r.data("design", {n, d}), weights)}, r.data("label", {n}));
  });
  return e;
}

entry item_response_1pl() {
  entry e;
  e.name = "item_response_1pl";
  e.summary = "abilities of students and difficulties of questions from right and wrong answers";
  e.definition =
      "correct[a] ~ bernoulli_logit(centered_student_ability[student] - question_difficulty[question] + "
      "mean_student_ability); mean_student_ability ~ normal(0.75, 1); abilities and difficulties ~ normal(0, 1)";
  e.source = "inference_gym of TensorFlow Probability (synthetic data)";
  e.parameters = {{"mean_student_ability", "", "mean of the abilities"},
                  {"centered_student_ability", "n_students", "abilities less their mean"},
                  {"question_difficulty", "n_questions", "difficulty of each question"}};
  e.data = {{"n_students", "number of students", data_domain::positive_count},
            {"n_questions", "number of questions", data_domain::positive_count},
            {"student_ids", "who answered, from 0", data_domain::count, {"length of student_ids"}},
            {"question_ids", "what was answered, from 0", data_domain::count, {"length of student_ids"}},
            {"correct", "1 for a right answer", data_domain::binary, {"length of student_ids"}}};
  e.prepare = with_checked_ids;
  e.recipe_for = [](const named_data& data) {
    const auto student = whole_numbers(data.at("student_ids")), question = whole_numbers(data.at("question_ids"));
    return model([student, question](recorder& r) {
      const std::int64_t students = r.integer("n_students"), questions = r.integer("n_questions");
      const var mean = r.parameter("mean_student_ability"),
                ability = r.parameter("centered_student_ability", {students});
      const var difficulty = r.parameter("question_difficulty", {questions});
      r.prior +=
          log_pdf(normal{0.75, 1.0}, mean) + log_pdf(normal{0.0, 1.0}, ability) + log_pdf(normal{0.0, 1.0}, difficulty);
      const var logit = gather(ability, student) - gather(difficulty, question) + mean;
      r.likelihood += log_pdf(bernoulli_logit{logit}, r.data("correct"));
    });
  };
  return e;
}

}  // namespace credence::models::detail
