// SPDX-License-Identifier: BSD-3-Clause
// Steps along gradients: recorded runs, the same bits in pieces and on threads, limits of their settings.
#include "credence/optim/first_order.hpp"
#include "credence/base/errors.hpp"
#include "credence/random/fill.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace credence;
using namespace credence::first_order;

namespace {

std::vector<double> gradient_of(const std::string& problem, const std::vector<double>& w) {
  if (problem == "quad") return {10.0 * w[0] + w[1] - 1.0, w[0] + w[1]};
  const double curve = w[1] - w[0] * w[0];
  return {-2.0 * (1.0 - w[0]) - 400.0 * w[0] * curve, 200.0 * curve};
}

template <class Method>
void check_run(const nlohmann::json& run, const Method& how) {
  for (const char* problem : {"quad", "rosenbrock"}) {
    if (!run.contains(problem)) continue;
    const auto& path = run[problem]["trajectory"];
    std::vector<double> w = run[problem]["start"].get<std::vector<double>>();
    state<double> memory;
    for (std::size_t k = 1; k < path.size(); ++k) {
      step(exec::cpu(1), how, memory, w, gradient_of(problem, w), run["hyper"]["lr"].get<double>());
      CAPTURE(problem, k, w[0], w[1]);
      // Rounding of a few operations a step, which Rosenbrock's valley magnifies.
      CHECK_THAT(w[0], WithinRel(path[k][0].get<double>(), 1e-10));
      CHECK_THAT(w[1], WithinRel(path[k][1].get<double>(), 1e-10));
    }
  }
}

template <class T, class Method>
void check_threads(const Method& how) {
  const std::size_t n = 70001;
  std::vector<T> gradient(n), one(n), four(n), pieces(n);
  random::fill_normal({3, 1}, one);
  four = pieces = one;
  state<T> a, b, c;
  for (std::uint64_t k = 0; k < 3; ++k) {
    random::fill_normal({3, 2 + k}, gradient);
    step(exec::cpu(1), how, a, one, gradient, 0.01);
    step(exec::cpu(4), how, b, four, gradient, 0.01);
    // Element by element: every one is a run of its own.
    if (k == 0) c = a;
  }
  CHECK(one == four);
  // A stretch that no vector register divides.
  std::vector<T> few(pieces.begin(), pieces.begin() + 13);
  state<T> small;
  for (std::uint64_t k = 0; k < 3; ++k) {
    random::fill_normal({3, 2 + k}, gradient);
    step(exec::cpu(1), how, small, few, std::span<const T>(gradient.data(), 13), 0.01);
  }
  CHECK(std::equal(few.begin(), few.end(), one.begin()));
}

}  // namespace

TEST_CASE("first order: recorded runs", "[optim][first_order]") {
  CREDENCE_REQUIRE_DATA_FOLDER(shared);
  std::ifstream file(shared + "/optim/first-order-trajectories.json");
  REQUIRE(file);
  const nlohmann::json runs = nlohmann::json::parse(file)["runs"];
  CHECK(runs.size() == 14);
  check_run(runs["sgd"], sgd{});
  check_run(runs["sgd_weight_decay"], sgd{.weight_decay = 0.1});
  check_run(runs["momentum"], sgd{.momentum = 0.9});
  check_run(runs["nesterov"], sgd{.momentum = 0.9, .nesterov = true});
  check_run(runs["ema_momentum_bias_corrected"], averaged_momentum{});
  check_run(runs["adagrad"], adagrad{});
  check_run(runs["rmsprop"], rmsprop{});
  check_run(runs["adadelta"], adadelta{});
  check_run(runs["adam"], adam{});
  check_run(runs["adam_l2"], adam{.weight_decay = 0.1});
  check_run(runs["adamw"], adam{.weight_decay = 0.1, .decoupled = true});
  check_run(runs["amsgrad"], adam{.amsgrad = true});
  check_run(runs["adamax"], adamax{});
  check_run(runs["lion"], lion{.weight_decay = 0.1});
}

TEST_CASE("first order: the same bits on any number of threads and in any stretch", "[optim][first_order]") {
  const auto both = [](const auto& how) {
    check_threads<double>(how);
    check_threads<float>(how);
  };
  both(sgd{.weight_decay = 0.1});
  both(sgd{.momentum = 0.9});
  both(sgd{.momentum = 0.9, .nesterov = true});
  both(averaged_momentum{});
  both(adagrad{});
  both(rmsprop{});
  both(adadelta{});
  both(adam{.weight_decay = 0.01, .decoupled = true});
  both(adam{.amsgrad = true});
  both(nadam{});
  both(adamax{});
  both(lion{.weight_decay = 0.1});
}

TEST_CASE("first order: Nadam, written out", "[optim][first_order]") {
  const nadam how;
  std::vector<double> w{1.0, -2.0}, v{1.0, -2.0};
  state<double> memory;
  double m[2] = {}, s[2] = {}, product = 1.0;
  for (int t = 1; t <= 15; ++t) {
    step(exec::cpu(1), how, memory, w, gradient_of("quad", w), 0.1);
    const auto g = gradient_of("quad", v);
    const double now = 0.9 * (1.0 - 0.5 * std::pow(0.96, t * 4e-3)),
                 next = 0.9 * (1.0 - 0.5 * std::pow(0.96, (t + 1) * 4e-3));
    product *= now;
    for (std::size_t i = 0; i < 2; ++i) {
      m[i] = 0.9 * m[i] + 0.1 * g[i];
      s[i] = 0.999 * s[i] + 0.001 * g[i] * g[i];
      const double denominator = std::sqrt(s[i] / (1.0 - std::pow(0.999, t))) + 1e-8;
      v[i] -= 0.1 * (1.0 - now) / (1.0 - product) * g[i] / denominator;
      v[i] -= 0.1 * next / (1.0 - product * next) * m[i] / denominator;
    }
    CHECK_THAT(w[0], WithinRel(v[0], 1e-12));
    CHECK_THAT(w[1], WithinRel(v[1], 1e-12));
  }
}

TEST_CASE("first order: full AdaGrad turns with the axes, and is AdaGrad on one", "[optim][first_order]") {
  const double c = 0.6, s = 0.8;
  std::vector<double> plain{1.0, -2.0}, turned{c * 1.0 - s * -2.0, s * 1.0 + c * -2.0};
  state<double> a, b;
  for (int k = 0; k < 10; ++k) {
    const auto g = gradient_of("quad", plain);
    const std::vector<double> h{c * g[0] - s * g[1], s * g[0] + c * g[1]};
    step(full_adagrad{}, a, plain, g, 0.5);
    step(full_adagrad{}, b, turned, h, 0.5);
    CHECK_THAT(turned[0],
               WithinAbs(c * plain[0] - s * plain[1], 1e-7));  // epsilon to the power 1/2 of directions unseen
    CHECK_THAT(turned[1], WithinAbs(s * plain[0] + c * plain[1], 1e-7));
  }
  std::vector<double> x{3.0}, y{3.0};
  state<double> one, full;
  for (int k = 0; k < 10; ++k) {
    step(exec::cpu(1), adagrad{.epsilon = 0.0}, one, x, std::vector<double>{2.0 * x[0]}, 0.5);
    step(full_adagrad{.epsilon = 1e-300}, full, y, std::vector<double>{2.0 * y[0]}, 0.5);
    CHECK_THAT(x[0], WithinRel(y[0], 1e-12));
  }
}

// T73: regret of AdaGrad on |w - z|, z alternating, stays below sqrt(2) D sqrt(sum g^2).
TEST_CASE("textbook T73: AdaGrad's regret", "[optim][first_order][textbook]") {
  std::vector<double> w{0.3};
  state<double> memory;
  double lost = 0.0, squares = 0.0;
  const int rounds = 100;
  for (int t = 0; t < rounds; ++t) {
    const double z = t % 2 == 0 ? 1.0 : -1.0, g = w[0] > z ? 1.0 : -1.0;
    lost += std::abs(w[0] - z);
    squares += g * g;
    step(exec::cpu(1), adagrad{.epsilon = 0.0}, memory, w, std::vector<double>{g}, 2.0 / std::sqrt(2.0));
    w[0] = std::clamp(w[0], -1.0, 1.0);
  }
  // Any fixed w in [-1, 1] loses 1 a round on average.
  CHECK(lost - rounds <= std::sqrt(2.0) * 2.0 * std::sqrt(squares));
}

TEST_CASE("first order: clipping and loss scaling", "[optim][first_order]") {
  std::vector<double> g{3.0, -4.0};
  CHECK(clip_by_norm(g, 10.0) == 5.0);
  CHECK(g == std::vector<double>{3.0, -4.0});
  CHECK(clip_by_norm(g, 1.0) == 5.0);
  CHECK_THAT(g[0], WithinRel(0.6, 1e-15));
  g = {3.0, -0.5};
  clip_by_value(g, 1.0);
  CHECK(g == std::vector<double>{1.0, -0.5});
  loss_scaling scaling{.scale = 4.0, .patience = 2};
  std::vector<float> h{8.0F, INFINITY};
  CHECK_FALSE(scaling.unscale(h));
  CHECK(scaling.scale == 2.0);
  h = {8.0F, 2.0F};
  CHECK(scaling.unscale(h));
  CHECK(h == std::vector<float>{4.0F, 1.0F});
  CHECK(scaling.unscale(h));
  CHECK(scaling.scale == 4.0);
}

TEST_CASE("first order: refuses what makes no sense", "[optim][first_order]") {
  std::vector<double> w{1.0, 2.0}, g{1.0, 2.0}, shorter{1.0};
  state<double> memory;
  CHECK_THROWS_AS(step(exec::cpu(1), adam{}, memory, w, shorter, 0.1), shape_error);
  CHECK_THROWS_WITH(step(exec::cpu(1), adam{.beta1 = 1.0}, memory, w, g, 0.1), Contains("beta1 is 1"));
  CHECK_THROWS_WITH(step(exec::cpu(1), adam{}, memory, w, g, -0.1), Contains("rate is -0.1"));
  CHECK_THROWS_AS(step(exec::cpu(1), sgd{.nesterov = true}, memory, w, g, 0.1), domain_error);
  step(exec::cpu(1), adam{}, memory, w, g, 0.1);
  CHECK_THROWS_AS(step(exec::cpu(1), adam{}, memory, shorter, shorter, 0.1), shape_error);
}
