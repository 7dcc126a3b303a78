// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/linear_gaussian.hpp"

#include "support/catch.hpp"

#include <cmath>
#include <numbers>
#include <numeric>
#include <random>

using namespace credence;
using namespace credence::bayesnet;

namespace {

gaussian_network random_gaussian(int n, std::mt19937_64& engine) {
  std::normal_distribution<double> normal;
  std::vector<std::string> names;
  std::vector<gaussian_cpd> cpds(static_cast<std::size_t>(n));
  std::vector<node_id> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), engine);
  for (int v = 0; v < n; ++v) names.push_back(std::string("v").append(std::to_string(v)));
  for (std::size_t i = 0; i < order.size(); ++i) {
    gaussian_cpd& t = cpds[static_cast<std::size_t>(order[i])];
    t.intercept = normal(engine);
    t.variance = 0.2 + std::abs(normal(engine));
    for (std::size_t k = 0; k < i; ++k) {
      if (engine() % 2 == 0) continue;
      t.parents.push_back(order[k]);
      t.coefficients.push_back(normal(engine));
    }
  }
  return {std::move(names), std::move(cpds), "random"};
}

/// Gauss-Jordan with pivots: A X = B, in place; returns ln |det A|.
double solve(std::vector<std::vector<double>> a, std::vector<std::vector<double>>& b) {
  double log_determinant = 0.0;
  const std::size_t n = a.size();
  for (std::size_t i = 0; i < n; ++i) {
    std::size_t pivot = i;
    for (std::size_t r = i; r < n; ++r)
      if (std::abs(a[r][i]) > std::abs(a[pivot][i])) pivot = r;
    std::swap(a[i], a[pivot]);
    std::swap(b[i], b[pivot]);
    log_determinant += std::log(std::abs(a[i][i]));
    for (std::size_t r = 0; r < n; ++r) {
      if (r == i) continue;
      const double f = a[r][i] / a[i][i];
      for (std::size_t c = 0; c < n; ++c) a[r][c] -= f * a[i][c];
      for (std::size_t c = 0; c < b[r].size(); ++c) b[r][c] -= f * b[i][c];
    }
    for (double& x : b[i]) x /= a[i][i];
    const double d = a[i][i];
    for (double& x : a[i]) x /= d;
  }
  return log_determinant;
}

/// The other road: the precision matrix is a sum over nodes, sum (e_v - c)(e_v - c)' / variance.
std::vector<std::vector<double>> precision(const gaussian_network& net) {
  const auto n = static_cast<std::size_t>(net.size());
  std::vector<std::vector<double>> k(n, std::vector<double>(n, 0.0));
  for (node_id v = 0; v < net.size(); ++v) {
    std::vector<double> a(n, 0.0);
    a[static_cast<std::size_t>(v)] = 1.0;
    const gaussian_cpd& t = net.table(v);
    for (std::size_t i = 0; i < t.parents.size(); ++i) a[static_cast<std::size_t>(t.parents[i])] -= t.coefficients[i];
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) k[i][j] += a[i] * a[j] / t.variance;
  }
  return k;
}

}  // namespace

TEST_CASE("linear-Gaussian networks: joint and posteriors equal those of the precision matrix",
          "[bayesnet][gaussian]") {
  std::mt19937_64 engine(411);
  std::normal_distribution<double> normal;
  for (int trial = 0; trial < 40; ++trial) {
    const gaussian_network net = random_gaussian(2 + trial % 6, engine);
    const auto n = static_cast<std::size_t>(net.size());
    const auto k = precision(net);
    const gaussian_joint joint = net.joint();
    std::vector<std::vector<double>> identity(n, std::vector<double>(n, 0.0));
    for (std::size_t i = 0; i < n; ++i) identity[i][i] = 1.0;
    solve(k, identity);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        CHECK_THAT(joint.covariance[i * n + j],
                   WithinAbs(identity[i][j], 1e-10 * (1.0 + std::abs(identity[i][j]) * 10)));

    // Everything that is not observed, given the rest: K_tt^-1 and mean - K_tt^-1 K_te (x_e - mean_e).
    std::vector<observed_value> given;
    std::vector<node_id> rest;
    std::vector<double> x(n, 0.0);
    for (std::size_t v = 0; v < n; ++v) {
      x[v] = joint.mean[v] + normal(engine);
      if (engine() % 3 == 0 && rest.size() + given.size() + 1 < n)
        given.push_back({net.graph().name(static_cast<node_id>(v)), x[v]});
      else
        rest.push_back(static_cast<node_id>(v));
    }
    const gaussian_joint found = net.posterior(rest, given);
    std::vector<std::vector<double>> tt, right;
    for (const node_id a : rest) {
      auto& row = tt.emplace_back();
      auto& b = right.emplace_back();
      for (const node_id c : rest) {
        row.push_back(k[static_cast<std::size_t>(a)][static_cast<std::size_t>(c)]);
        b.push_back(a == c ? 1.0 : 0.0);
      }
      double pull = 0.0;
      for (const observed_value& o : given) {
        const auto e = static_cast<std::size_t>(net.graph().index_of(o.node));
        pull -= k[static_cast<std::size_t>(a)][e] * (o.value - joint.mean[e]);
      }
      b.push_back(pull);
    }
    const double log_determinant = solve(tt, right);
    double squares = 0.0;
    for (std::size_t a = 0; a < rest.size(); ++a) {
      const double mean = joint.mean[static_cast<std::size_t>(rest[a])] + right[a].back();
      CHECK_THAT(found.mean[a], WithinAbs(mean, 1e-9 * (1.0 + std::abs(mean))));  // conditioning of some hundreds
      for (std::size_t b = 0; b < rest.size(); ++b) {
        CHECK_THAT(found.covariance[a * rest.size() + b], WithinAbs(right[a][b], 1e-9 * (1.0 + std::abs(right[a][b]))));
        squares += tt[a][b] * (x[static_cast<std::size_t>(rest[a])] - found.mean[a]) *
                   (x[static_cast<std::size_t>(rest[b])] - found.mean[b]);
      }
    }
    // ln p(e) = ln p(x) - ln p(rest | e), at any x
    const double conditional =
        0.5 * log_determinant - 0.5 * squares - 0.5 * static_cast<double>(rest.size()) * std::log(2 * std::numbers::pi);
    CHECK_THAT(found.log_evidence, WithinAbs(net.log_density(x) - conditional, 1e-8));
  }
}

TEST_CASE("linear-Gaussian networks: a chain by hand", "[bayesnet][gaussian]") {
  // x ~ N(1, 4), y = -5 + x / 2 + N(0, 4), z = 4 - y + N(0, 3): Koller and Friedman, example 7.3
  const gaussian_network net({"x", "y", "z"}, {{{}, 1, {}, 4}, {{0}, -5, {0.5}, 4}, {{1}, 4, {-1}, 3}});
  const gaussian_joint joint = net.joint();
  CHECK(joint.mean == std::vector<double>{1, -4.5, 8.5});
  CHECK(joint.covariance == std::vector<double>{4, 2, -2, 2, 5, -5, -2, -5, 8});
  const gaussian_joint given = net.posterior({"x"}, {{"z", 8.5}});
  CHECK_THAT(given.mean[0], WithinAbs(1.0, 1e-15));
  CHECK_THAT(given.variance(0), WithinRel(4.0 - 4.0 / 8.0, 1e-15));
  CHECK(net.posterior({"x"}, {}).variance(0) == 4.0);
  CHECK(net.parameter_count() == 8);
}

TEST_CASE("linear-Gaussian networks: draws have the joint's moments, and do not depend on threads or rows",
          "[bayesnet][gaussian]") {
  std::mt19937_64 engine(413);
  const gaussian_network net = random_gaussian(5, engine);
  constexpr std::int64_t rows = 100'000;
  const auto one = forward_sample(exec::cpu(1), net, rows, {3, 0}),
             four = forward_sample(exec::cpu(4), net, rows, {3, 0});
  CHECK(one == four);
  const auto few = forward_sample(exec::cpu(1), net, 1000, {3, 0});
  CHECK(std::equal(few.begin(), few.begin() + 1000, one.begin()));
  CHECK(std::equal(few.begin() + 4000, few.end(), one.begin() + 4 * rows));
  const gaussian_joint joint = net.joint();
  double largest = 0.0;
  for (std::size_t i = 0; i < 5; ++i) {
    double mean = 0.0;
    for (std::size_t r = 0; r < rows; ++r) mean += one[i * rows + r] / rows;
    largest = std::max(largest, std::abs(mean - joint.mean[i]) / std::sqrt(joint.variance(i) / rows));
    for (std::size_t j = 0; j <= i; ++j) {
      double product = 0.0;
      for (std::size_t r = 0; r < rows; ++r)
        product += (one[i * rows + r] - joint.mean[i]) * (one[j * rows + r] - joint.mean[j]) / rows;
      const double c = joint.covariance[i * 5 + j];
      largest =
          std::max(largest, std::abs(product - c) / std::sqrt((joint.variance(i) * joint.variance(j) + c * c) / rows));
    }
  }
  CHECK(largest < 4.5);  // twenty numbers, Bonferroni at 1e-4
}

TEST_CASE("linear-Gaussian networks: the fit of exact moments is the network, and data come back",
          "[bayesnet][gaussian]") {
  std::mt19937_64 engine(414);
  for (int trial = 0; trial < 10; ++trial) {
    const gaussian_network net = random_gaussian(6, engine);
    const gaussian_joint joint = net.joint();
    const fitted_gaussian_network fitted = fit_gaussian(net.graph(), {joint.names, joint.mean, joint.covariance, 1000});
    for (node_id v = 0; v < net.size(); ++v) {
      const gaussian_cpd &a = net.table(v), &b = fitted.net.table(v);
      REQUIRE(a.parents == b.parents);
      CHECK_THAT(b.variance, WithinRel(a.variance, 1e-8));
      CHECK_THAT(b.intercept, WithinAbs(a.intercept, 1e-8));
      for (std::size_t i = 0; i < a.parents.size(); ++i)
        CHECK_THAT(b.coefficients[i], WithinAbs(a.coefficients[i], 1e-8));
    }
  }
  const gaussian_network net = random_gaussian(4, engine);
  const auto draws = forward_sample(exec::cpu(1), net, 500, {4, 0});
  std::vector<column> columns;
  double log_likelihood = 0.0;
  for (std::size_t v = 0; v < 4; ++v)
    columns.push_back(make_column(net.graph().name(static_cast<node_id>(v)),
                                  std::vector<double>(draws.begin() + 500 * static_cast<std::ptrdiff_t>(v),
                                                      draws.begin() + 500 * static_cast<std::ptrdiff_t>(v + 1))));
  const fitted_gaussian_network fitted = fit_gaussian(net.graph(), gaussian_data(table(columns)));
  for (std::size_t r = 0; r < 500; ++r)
    log_likelihood +=
        fitted.net.log_density(std::vector<double>{draws[r], draws[500 + r], draws[1000 + r], draws[1500 + r]});
  CHECK_THAT(fitted.log_likelihood, WithinRel(log_likelihood, 1e-11));
}

TEST_CASE("linear-Gaussian networks: refusals and deterministic nodes", "[bayesnet][gaussian]") {
  CHECK_THROWS_WITH(gaussian_network({"x"}, {{{}, 0, {}, -1}}), Contains("variance of 'x'"));
  CHECK_THROWS_AS(gaussian_network({"x"}, {{{}, NAN, {}, 1}}), domain_error);
  CHECK_THROWS_AS(gaussian_network({"x", "y"}, {{{}, 0, {}, 1}, {{0}, 0, {}, 1}}), shape_error);
  CHECK_THROWS_AS(gaussian_network({"x", "y"}, {{{1}, 0, {1}, 1}, {{0}, 0, {1}, 1}}), cycle_error);
  const gaussian_network net({"x", "y", "sum"}, {{{}, 0, {}, 1}, {{}, 0, {}, 1}, {{0, 1}, 0, {1, 1}, 0}});
  CHECK_THAT(net.posterior({"x"}, {{"sum", 2}}).mean[0], WithinAbs(1.0, 1e-15));
  CHECK(net.posterior({"sum"}, {{"x", 2}, {"y", 3}}).variance(0) == 0.0);
  CHECK_THROWS_WITH(net.posterior({"x"}, {{"y", 1}, {"sum", 2}, {"x", 1}}), Contains("'x'"));
  const gaussian_network twice({"x", "y", "z"}, {{{}, 0, {}, 1}, {{0}, 0, {2}, 0}, {{0}, 0, {1}, 1}});
  CHECK_THROWS_WITH(twice.posterior({"z"}, {{"x", 1}, {"y", 2}}), Contains("'y' is determined"));
  CHECK_THROWS_AS(net.posterior({"x"}, {{"q", 1}}), domain_error);
  CHECK_THROWS_AS(net.posterior({"x"}, {{"y", 1}, {"y", 1}}), domain_error);
  const std::vector<double> on{1, 2, 3}, off{1, 2, 4};
  CHECK(net.log_density(on) == INFINITY);
  CHECK(net.log_density(off) == -INFINITY);
  const gaussian_data copies({"x", "y"}, {0, 0}, {1, 2, 2, 4}, 100);
  CHECK_THROWS_WITH(fit_gaussian(dag("x->y"), copies), Contains("'y' is a linear function"));
  CHECK_THROWS_WITH(fit_gaussian(dag("x->q"), copies), Contains("'q'"));
}

TEST_CASE("linear-Gaussian networks: JSON round trips and refusals", "[bayesnet][gaussian][formats]") {
  std::mt19937_64 engine(415);
  for (int trial = 0; trial < 10; ++trial) {
    const gaussian_network net = random_gaussian(1 + trial, engine);
    CHECK(parse_gaussian_json(to_json(net)) == net);
  }
  CHECK(parse_gaussian_json(to_json(gaussian_network())).size() == 0);
  const auto refused = [](const std::string& body, std::int64_t column, const std::string& what) {
    CAPTURE(body);
    try {
      parse_gaussian_json("{\"format\": \"credence-linear-gaussian\", \"version\": 1, \"nodes\": [\n" + body + "]}");
      FAIL("was read");
    } catch (const parse_error& e) {
      CHECK_THAT(e.what(), Contains(what));
      CHECK(e.line == 2);
      CHECK(e.column == column);
    }
  };
  refused(R"({"name": "x"})", 1, "'variance'");
  refused(R"({"name": "x", "variance": -1})", 27, "negative");
  refused(R"({"name": "x", "variance": 1, "coefficients": {"y": 1}})", 52, "'y'");
  refused(R"({"name": "x", "variance": 1, "coefficients": [1]})", 46, "object");
  refused(R"({"name": "x", "variance": 1}, {"name": "x", "variance": 1})", 40, "second variable");
}
