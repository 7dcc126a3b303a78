// SPDX-License-Identifier: BSD-3-Clause
#include "estimate/reference.hpp"

#include "credence/autodiff/density.hpp"
#include "credence/base/errors.hpp"
#include "credence/distributions/binomial_logit.hpp"
#include "credence/distributions/normal.hpp"
#include "credence/distributions/student_t.hpp"
#include "credence/estimate/conjugate.hpp"
#include "credence/estimate/glm_path.hpp"
#include "credence/estimate/posterior_mode.hpp"
#include "credence/optim/scalar_search.hpp"

#include <cmath>

using namespace credence;
using namespace credence::test;

namespace {

/// Gelman et al., "Bayesian Data Analysis", section 3.7: deaths of animals by dose, with weak normal priors.
program bioassay() {
  const named_data data{{"x", {-0.86, -0.30, -0.05, 0.73}}, {"n", {5.0, 5.0, 5.0, 5.0}}, {"y", {0.0, 1.0, 3.0, 5.0}}};
  return model([](recorder& r) {
           const var a = r.parameter("a"), b = r.parameter("b");
           r.prior += log_pdf(normal(0.0, 2.0), a) + log_pdf(normal(10.0, 10.0), b);
           r.likelihood += log_pdf(binomial_logit(r.data("n"), a + b * r.data("x")), r.data("y"));
         })
      .compile(data);
}

}  // namespace

TEST_CASE("find_mode and laplace: the bioassay agrees with the reference", "[estimate][posterior]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  const auto wanted = read_reference(folder + "/fit/fit-reference.json").at("bioassay_map_laplace");
  const program p = bioassay();
  for (const auto method : {mode_method::lbfgs, mode_method::newton, mode_method::conjugate_gradient}) {
    const auto mode = find_mode(p, {.target = mode_target::posterior_unconstrained, .method = method});
    CHECK(converged(mode.why));
    CHECK(mode.gradient_norm < 1e-6);
    for (std::size_t j = 0; j < 2; ++j) {
      CHECK(relative_gap(mode.values[j], wanted["map"][j]) < 1e-7);
      CHECK(relative_gap(mode.covariance[2 * j + j], wanted["cov_laplace"][j][j]) < 1e-6);
      CHECK(relative_gap(mode.std_errors[j], std::sqrt(wanted["cov_laplace"][j][j].get<double>())) < 1e-6);
    }
    const auto around = laplace_approximation(p, mode, 4000, 1);
    CHECK(relative_gap(around.log_evidence, wanted["log_evidence_laplace"]) < 1e-8);
    // Importance sampling from the approximation estimates the evidence itself, here known by quadrature.
    double sum = 0.0, squares = 0.0;
    for (const double w : around.log_weights) {
      const double e = std::exp(w - around.log_evidence);
      sum += e;
      squares += e * e;
    }
    const double mean = sum / 4000.0, error = std::sqrt((squares / 4000.0 - mean * mean) / 4000.0);
    const double exact = std::exp(wanted["log_evidence_quadrature"].get<double>() - around.log_evidence);
    CHECK(std::fabs(mean - exact) < 4.0 * error);
  }
  const auto likelihood = find_mode(p, {.target = mode_target::likelihood});
  CHECK_THAT(likelihood.values[0], WithinAbs(0.8466, 5e-5));  // printed: 0.8, 7.7; glm gives 0.8466, 7.7488
  CHECK_THAT(likelihood.values[1], WithinAbs(7.7488, 5e-5));
  const auto many = find_mode(p, {.starts = 5, .seed = 3});
  CHECK(many.distinct == 1);
}

TEST_CASE("find_mode: the scale of the mode is the one asked for", "[estimate][posterior]") {
  // One observation y = 2 of normal(0, s) with a flat prior of s: likelihood s^-1 exp(-2 / s^2). The mode is at s = 2;
  // for log s, whose Jacobian adds a factor s, there is none: the density tends to a constant. Three observations: with
  // sum of squares 12, s = 2 naturally and sqrt(12 / 2) for log s.
  const named_data data{{"y", {2.0, -2.0, 2.0}}};
  const program p = model([](recorder& r) {
                      const var s = r.parameter("s", lower(0.0));
                      r.likelihood += log_pdf(normal(0.0, s), r.data("y"));
                    }).compile(data);
  CHECK_THAT(find_mode(p).values[0], WithinRel(2.0, 1e-7));
  CHECK_THAT(find_mode(p, {.target = mode_target::posterior_unconstrained}).values[0], WithinRel(std::sqrt(6.0), 1e-7));
  // The error of s by the delta method: information of log s at the mode is 2 n = 6.
  CHECK_THAT(find_mode(p).std_errors[0], WithinRel(2.0 / std::sqrt(6.0), 1e-6));
  CHECK_THROWS_AS(find_mode(p, {.start = {1.0, 2.0}}), shape_error);
}

TEST_CASE("ridge, a normal prior and a ball are one estimate", "[estimate][posterior][equivalence]") {
  // Six rows, two columns, no intercept, noise sd 1: -log p(y | b) + lambda n |b|^2 / 2 with lambda n = 1 / tau^2.
  const std::vector<double> x{1.0, 0.5, -1.0, 2.0, 0.3, 1.5, 0.2, -0.7, 1.1, 0.4, -0.6, 0.9};
  const std::vector<double> y{1.2, -0.4, 0.5, 2.2, 0.1, 1.4};
  glm::problem problem{.x = view<const double, 2>(x.data(), 6, 2), .y = y, .intercept = false};
  const double tau = 0.8, penalty = 1.0 / (6.0 * tau * tau);
  const auto ridge =
      glm::regularisation_path(problem, {}, {.mix = 0.0, .penalties = {penalty}, .standardise = false})[0].coefficients;
  const named_data data{{"x", data_array({6, 2}, x)}, {"y", y}};
  const program p = model([&](recorder& r) {
                      const var b = r.parameter("b", {2});
                      r.prior += log_pdf(normal(0.0, 0.8), b);
                      r.likelihood += log_pdf(normal(matmul(r.data("x"), b), 1.0), r.data("y"));
                    }).compile(data);
  const auto map = find_mode(p, {.method = mode_method::newton}).values;
  // The ball: least squares with |b| <= |ridge|; its multiplier, found by the radius alone, is the same penalty.
  const auto least_squares = [&](double multiplier) {
    return glm::regularisation_path(problem, {}, {.mix = 0.0, .penalties = {multiplier}, .standardise = false})[0]
        .coefficients;
  };
  const double radius = std::hypot(ridge[0], ridge[1]);
  const double multiplier = brent_root(
                                [&](double m) {
                                  const auto b = least_squares(m);
                                  return std::hypot(b[0], b[1]) - radius;
                                },
                                1e-6, 10.0)
                                .x;
  CHECK_THAT(multiplier, WithinRel(penalty, 1e-8));
  for (std::size_t j = 0; j < 2; ++j) CHECK_THAT(map[j], WithinRel(ridge[j], 1e-9));
}

TEST_CASE("conjugate updates: the evidence is the product of one-step predictions",
          "[estimate][posterior][conjugate]") {
  const std::vector<double> counts{3.0, 0.0, 5.0, 2.0};
  const auto together = update_poisson(credence::gamma(2.0, 0.5), counts);
  CHECK(together.posterior.shape == 12.0);
  CHECK(together.posterior.rate == 4.5);
  double chain = 0.0;
  credence::gamma<> now(2.0, 0.5);
  for (const double y : counts) {
    const auto one = update_poisson(now, std::vector<double>{y});
    chain += one.log_evidence;
    now = one.posterior;
  }
  CHECK_THAT(together.log_evidence, WithinRel(chain, 1e-13));
  CHECK(now.shape == 12.0);

  const std::vector<double> times{0.5, 2.0, 1.25};
  const auto waits = update_exponential(credence::gamma(3.0, 2.0), times);
  CHECK(waits.posterior.shape == 6.0);
  CHECK(waits.posterior.rate == 5.75);
  // One waiting time: a Lomax density, shape rate^shape / (rate + t)^(shape + 1).
  CHECK_THAT(update_exponential(credence::gamma(3.0, 2.0), std::vector<double>{0.5}).log_evidence,
             WithinRel(std::log(3.0) + 3.0 * std::log(2.0) - 4.0 * std::log(2.5), 1e-13));

  const auto coin = update_bernoulli(beta(2.0, 3.0), 4.0, 1.0);
  CHECK(coin.posterior.a == 6.0);
  CHECK(coin.posterior.b == 4.0);
  CHECK_THAT(update_bernoulli(beta(2.0, 3.0), 1.0, 0.0).log_evidence, WithinRel(std::log(0.4), 1e-13));

  const auto mean = update_normal_mean(normal(1.0, 2.0), 0.5, std::vector<double>{1.4, 0.8});
  CHECK_THAT(1.0 / (mean.posterior.sd * mean.posterior.sd), WithinRel(0.25 + 8.0, 1e-13));
  CHECK_THAT(mean.posterior.mean, WithinRel((0.25 * 1.0 + 4.0 * 2.2) / 8.25, 1e-13));

  const normal_inverse_gamma prior{0.5, 2.0, 3.0, 1.5};
  const std::vector<double> z{1.0, -0.3, 2.2};
  const auto whole = update_normal(prior, z);
  normal_inverse_gamma step = prior;
  double steps = 0.0;
  for (const double v : z) {
    // One prediction is a Student t: df 2 shape, scale^2 = scale (count + 1) / (shape count).
    steps += log_pdf(
        student_t(2.0 * step.shape, step.mean, std::sqrt(step.scale * (step.count + 1.0) / (step.shape * step.count))),
        v);
    step = update_normal(step, std::vector<double>{v}).posterior;
  }
  CHECK_THAT(whole.log_evidence, WithinRel(steps, 1e-12));
  CHECK_THAT(whole.posterior.scale, WithinRel(step.scale, 1e-12));
  const auto colours = update_categorical(std::vector<double>{1.0, 2.0, 1.0}, std::vector<double>{0.0, 1.0, 0.0});
  CHECK_THAT(colours.log_evidence, WithinRel(std::log(0.5), 1e-13));
  CHECK_THROWS_AS(update_bernoulli(beta(1.0, 1.0), -1.0, 0.0), domain_error);
}
