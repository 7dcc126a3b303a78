// SPDX-License-Identifier: BSD-3-Clause
// Stochastic approximation: recorded runs, conditions of convergence, and intervals that cover as often as they say.
#include "credence/base/errors.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/optim/stochastic_approximation.hpp"
#include "credence/random/fill.hpp"
#include "credence/random/normal.hpp"
#include "credence/random/uniform.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace credence;

namespace {

/// The generator of the recorded runs: x = (1664525 x + 1013904223) mod 2^32, u = (x + 1/2) / 2^32.
struct recorded_stream {
  std::uint32_t x = 12345;
  double operator()() {
    x = 1664525U * x + 1013904223U;
    return (x + 0.5) / 4294967296.0;
  }
};

nlohmann::json goldens(const std::string& folder, const char* name) {
  std::ifstream file(folder + "/optim/" + name);
  REQUIRE(file);
  return nlohmann::json::parse(file);
}

template <class Expected>
void check_close(double got, const Expected& expected) {
  CHECK_THAT(got, WithinRel(expected.template get<double>(), 1e-9));
}

}  // namespace

TEST_CASE("stochastic approximation: recorded runs", "[optim][stochastic]") {
  CREDENCE_REQUIRE_DATA_FOLDER(shared);
  const nlohmann::json all = goldens(shared, "sa-goldens.json");
  SECTION("the median, Robbins and Monro") {
    recorded_stream u;
    robbins_monro median(1.0, harmonic_steps(2.0));
    const auto& at = all["robbins_monro_median"]["theta_at"];
    for (int n = 1; n <= 1000; ++n) {
      const double x = -std::log(u());
      median.add((x <= median.theta() ? 1.0 : 0.0) - 0.5);
      if (at.contains(std::to_string(n))) check_close(median.theta(), at[std::to_string(n)]);
    }
  }
  SECTION("a quantile, averaged") {
    recorded_stream u;
    running_quantile q(0.9, 1.0, polynomial_steps(2.0, 0.7));
    const auto& at = all["polyak_ruppert_q90"]["theta_bar_at"];
    for (int n = 1; n <= 1000; ++n) {
      q.add(-std::log(u()));
      if (!at.contains(std::to_string(n))) continue;
      check_close(q.theta(), at[std::to_string(n)][0]);
      check_close(q.average(), at[std::to_string(n)][1]);
    }
  }
  SECTION("the mean") {
    recorded_stream u;
    running_mean mean;
    for (int n = 0; n < 1000; ++n) mean.add(u());
    check_close(mean.mean(), all["mean_recursion"]["batch_mean"]);
  }
  SECTION("Kiefer and Wolfowitz") {
    const auto& at = all["kiefer_wolfowitz"]["theta_at"];
    for (const auto& [steps, expected] : at.items()) {
      recorded_stream u;
      const double t = kiefer_wolfowitz([&](double x) { return (x - 2.0) * (x - 2.0) - (u() - 0.5); }, 0.0,
                                        {harmonic_steps(0.5), polynomial_steps(1.0, 0.25)}, std::stoll(steps));
      check_close(t, expected);
    }
  }
  SECTION("SPSA") {
    for (const auto& [steps, expected] : all["spsa"]["theta_at"].items()) {
      recorded_stream u;
      const auto f = [](const std::vector<double>& w) {
        return 5.0 * w[0] * w[0] + 0.5 * w[1] * w[1] + w[0] * w[1] - w[0];
      };
      const auto x = spsa(f, {1.0, -2.0}, spall_gains(0.05, 0.1, 10.0), std::stoll(steps),
                          [&](std::int64_t, std::int64_t) { return u() < 0.5 ? 1.0 : -1.0; });
      check_close(x[0], expected[0]);
      check_close(x[1], expected[1]);
    }
  }
  SECTION("random scaling") {
    recorded_stream u;
    averaged_iterates path(1);
    double theta = 0.0;
    const step_schedule gains = polynomial_steps(1.0, 0.501);
    for (int k = 1; k <= 1000; ++k) {
      theta -= gains(k) * (theta - u());
      path.add({&theta, 1});
    }
    const auto& expected = all["random_scaling_mean"];
    const interval_estimate got = path.random_scaling();
    check_close(got.estimate[0], expected["bar"]);
    check_close(1000.0 * got.std_error[0] * got.std_error[0], expected["V"]);
    check_close(got.lower[0], expected["ci"][0]);
    check_close(got.upper[0], expected["ci"][1]);
  }
}

TEST_CASE("schedules: recorded sizes", "[optim][stochastic]") {
  CREDENCE_REQUIRE_DATA_FOLDER(shared);
  const nlohmann::json all = goldens(shared, "schedules.json");
  const std::pair<const char*, step_schedule> known[] = {
      {"robbins_monro a/(t+A)^alpha, a=1,A=10,alpha=0.602", polynomial_steps(1.0, 0.602, 10.0)},
      {"harmonic 1/t (t>=1)", harmonic_steps()},
      {"exp 0.1*0.95^t", exponential_steps(0.1, 0.95)},
      {"step 0.1*0.5^(t//10)", staircase_steps(0.1, 0.5, 10)},
      {"cosine lr_max .1 lr_min .001 T=100", cosine_steps(0.1, 0.001, 100)},
      {"noam d=512 warmup=4000 (t>=1)", noam_steps(512.0, 4000)},
      {"inv sqrt 0.1/sqrt(1+t)", inverse_sqrt_steps(0.1)}};
  CHECK(all.size() == std::size(known));
  for (const auto& [name, schedule] : known) {
    for (const auto& [t, size] : all[name].items()) {
      CAPTURE(name, t);
      CHECK_THAT(schedule(std::stoll(t)), WithinRel(size.get<double>(), 1e-14));
    }
  }
}

TEST_CASE("schedules: prove or refuse the conditions of convergence", "[optim][stochastic]") {
  const auto robbins = [](const step_schedule& a) { return robbins_monro_conditions(a).holds; };
  CHECK(robbins(harmonic_steps()));
  CHECK(robbins(polynomial_steps(3.0, 0.6)));
  CHECK_FALSE(robbins(polynomial_steps(3.0, 0.5)));   // sum 1/n diverges
  CHECK_FALSE(robbins(polynomial_steps(3.0, 1.01)));  // stops short
  CHECK_FALSE(robbins(constant_steps(0.1)));
  CHECK_FALSE(robbins(exponential_steps(0.1, 0.9)));
  CHECK_FALSE(robbins(cosine_steps(0.1, 0.0, 100)));
  CHECK_FALSE(robbins(noam_steps(512.0, 10)));
  CHECK_THAT(robbins_monro_conditions(constant_steps(0.1)).why, Contains("sum a_n^2 diverges") && Contains("must"));
  CHECK(kiefer_wolfowitz_conditions(harmonic_steps(), polynomial_steps(1.0, 0.25)).holds);
  const difference_gains spall = spall_gains(1.0, 1.0);
  CHECK(kiefer_wolfowitz_conditions(spall.steps, spall.widths).holds);
  CHECK_FALSE(kiefer_wolfowitz_conditions(harmonic_steps(), constant_steps(0.1)).holds);
  CHECK_FALSE(kiefer_wolfowitz_conditions(harmonic_steps(), polynomial_steps(1.0, 0.5)).holds);  // sum 1/n again
  CHECK_THROWS_WITH(robbins_monro(0.0, constant_steps(0.1)), Contains("gains are refused"));
  CHECK_THROWS_WITH(kiefer_wolfowitz([](double x) { return x * x; }, 0.0, {harmonic_steps(), constant_steps(1.0)}, 5),
                    Contains("c_n does not fall"));
  CHECK_THROWS_AS(harmonic_steps()(0), domain_error);
  CHECK_THROWS_AS(exponential_steps(0.1, -1.0), domain_error);
}

TEST_CASE("running mean: the batch mean to rounding, however long the stream", "[optim][stochastic]") {
  running_mean mean;
  long double sum = 0.0L;
  const int n = 1'000'000;
  for (int i = 0; i < n; ++i) {
    const double x = 1e6 + random::normal<double>({1, 1}, static_cast<std::uint64_t>(i));
    mean.add(x);
    sum += x;
  }
  const auto exact = static_cast<double>(sum / n);
  CHECK_THAT(mean.mean(), WithinULP(exact, 1));
  CHECK_THAT(mean.variance(), WithinAbs(1.0, 5.0 * std::sqrt(2.0 / n)));
  CHECK_THROWS_AS(mean.add(NAN), domain_error);
  CHECK(std::isnan(running_mean().variance()));
}

TEST_CASE("running covariance: that of two passes", "[optim][stochastic]") {
  running_covariance c(3);
  std::vector<std::array<double, 3>> rows;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const double a = random::normal<double>({2, 1}, 2 * i), b = random::normal<double>({2, 1}, 2 * i + 1);
    rows.push_back({a, a + 0.1 * b + 100.0, b - a});
    c.add(rows.back());
  }
  double mean[3] = {};
  for (const auto& r : rows) {
    for (std::size_t i = 0; i < 3; ++i) mean[i] += r[i] / 200.0;
  }
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      double sum = 0.0;
      for (const auto& r : rows) sum += (r[i] - mean[i]) * (r[j] - mean[j]);
      CHECK_THAT(c.covariance()[i * 3 + j], WithinAbs(sum / 199.0, 1e-12));
    }
  }
}

// 1000 replications; the share that covers has a standard error of 0.7 %.
TEST_CASE("coverage: averaged gradients of a linear regression", "[optim][stochastic][coverage]") {
  const std::int64_t replications = 1000, n = 100000, d = 5;
  const std::vector<double> truth{0.0, 0.25, 0.5, 0.75, 1.0};
  std::vector<int> plug_in(replications), scaling(replications), batches(replications);
  exec::for_each_task(exec::cpu(2), replications, [&](std::int64_t r) {
    const rng_key key = rng_key{11, 0}.split(purpose::data_simulation, static_cast<std::uint64_t>(r));
    std::vector<double> theta(d), gradient(d), noise(static_cast<std::size_t>((d + 1) * 1000));
    std::vector<double> hessian(d * d);
    averaged_iterates path(d);
    sandwich_covariance sandwich(d);
    const step_schedule gains = polynomial_steps(0.5, 0.505);
    for (std::int64_t k = 1; k <= n; ++k) {
      const std::int64_t place = (k - 1) % 1000;
      if (place == 0) random::fill_normal(key, noise, static_cast<std::uint64_t>((k - 1) * (d + 1)));
      const double* const x = noise.data() + place * (d + 1);
      double residual = x[d];
      for (std::size_t i = 0; i < d; ++i) residual += x[i] * (truth[i] - theta[i]);
      for (std::size_t i = 0; i < d; ++i) gradient[i] = -residual * x[i];
      if (k % 10 == 0) {  // every tenth gradient tells enough of the covariance
        for (std::size_t i = 0; i < d; ++i) {
          for (std::size_t j = 0; j < d; ++j) hessian[i * d + j] = x[i] * x[j];
        }
        sandwich.add(gradient, view<const double, 2>(hessian.data(), d, d));
      }
      const double gain = gains(k);
      for (std::size_t i = 0; i < d; ++i) theta[i] -= gain * gradient[i];
      path.add(theta);
    }
    const auto covers = [&](const interval_estimate& e, double shrink) {
      const double half = (e.upper[2] - e.lower[2]) / 2.0 * shrink;
      return std::abs(e.estimate[2] - truth[2]) <= half ? 1 : 0;
    };
    plug_in[static_cast<std::size_t>(r)] = covers(sandwich.interval(path.average()), std::sqrt(0.1));
    scaling[static_cast<std::size_t>(r)] = covers(path.random_scaling(), 1.0);
    batches[static_cast<std::size_t>(r)] = covers(path.batch_means(), 1.0);
  });
  const auto share = [&](const std::vector<int>& hits) {
    int sum = 0;
    for (const int hit : hits) sum += hit;
    return static_cast<double>(sum) / static_cast<double>(replications);
  };
  CAPTURE(share(plug_in), share(scaling), share(batches));
  CHECK(share(plug_in) >= 0.93);
  CHECK(share(plug_in) <= 0.97);
  CHECK(share(scaling) >= 0.93);
  CHECK(share(scaling) <= 0.97);
  // Batches of early iterates are not independent: it covers less, as Chen et al. say.
  CHECK(share(batches) > 0.8);
}

TEST_CASE("coverage: the median by Robbins and Monro", "[optim][stochastic][coverage]") {
  const std::int64_t replications = 1000, n = 20000;
  std::vector<int> averaged(replications), last(replications), scaling(replications);
  exec::for_each_task(exec::cpu(2), replications, [&](std::int64_t r) {
    const rng_key key = rng_key{12, 0}.split(purpose::data_simulation, static_cast<std::uint64_t>(r));
    std::vector<double> x(static_cast<std::size_t>(n));
    random::fill_normal(key, x);
    running_quantile slow(0.5, 0.5, polynomial_steps(2.0, 0.7)), fast(0.5, 0.5, harmonic_steps(4.0));
    averaged_iterates path(1);
    for (const double one : x) {
      slow.add(one);
      fast.add(one);
      const double theta = slow.theta();
      path.add({&theta, 1});
    }
    const auto covers = [](const interval_estimate& e) { return e.lower[0] <= 0.0 && 0.0 <= e.upper[0] ? 1 : 0; };
    averaged[static_cast<std::size_t>(r)] = covers(slow.interval(true));
    last[static_cast<std::size_t>(r)] = covers(fast.interval(false));
    scaling[static_cast<std::size_t>(r)] = covers(path.random_scaling());
  });
  const auto share = [&](const std::vector<int>& hits) {
    int sum = 0;
    for (const int hit : hits) sum += hit;
    return static_cast<double>(sum) / static_cast<double>(replications);
  };
  CAPTURE(share(averaged), share(last), share(scaling));
  for (const auto* hits : {&averaged, &last, &scaling}) {
    CHECK(share(*hits) >= 0.93);
    CHECK(share(*hits) <= 0.97);
  }
}

// T46 and T47: the limits of n times the variance. A variance of r numbers is known to sqrt(2 / r); four of these, and
// a little for n that is not infinite.
TEST_CASE("textbook T46 and T47: limit variances", "[optim][stochastic][textbook]") {
  const auto scaled = [](std::int64_t replications, std::int64_t n, auto error_of) {
    std::vector<double> error(static_cast<std::size_t>(replications));
    exec::for_each_task(exec::cpu(2), replications, [&](std::int64_t r) {
      error[static_cast<std::size_t>(r)] =
          error_of(rng_key{13, 0}.split(purpose::data_simulation, static_cast<std::uint64_t>(r)), n);
    });
    double sum = 0.0;
    for (const double e : error) sum += e * e;
    return static_cast<double>(n) * sum / static_cast<double>(replications);
  };
  const auto median = [](double gain) {
    return [gain](rng_key key, std::int64_t n) {
      running_quantile q(0.5, 0.0, harmonic_steps(gain));
      for (std::int64_t k = 0; k < n; ++k) q.add(random::normal<double>(key, static_cast<std::uint64_t>(k)));
      return q.theta();
    };
  };
  CHECK_THAT(scaled(4000, 4000, median(4.0)), WithinRel(1.825202, 0.09 + 0.02));
  CHECK_THAT(scaled(4000, 4000, median(std::sqrt(2.0 * M_PI))), WithinRel(M_PI / 2.0, 0.09 + 0.02));
  const auto tail = [](rng_key key, std::int64_t n) {
    running_quantile q(0.9, std::log(10.0), polynomial_steps(4.0, 0.7, 50.0));
    for (std::int64_t k = 0; k < n; ++k) {
      q.add(-std::log(random::uniform<double>(key, static_cast<std::uint64_t>(k))));
    }
    return q.average() - std::log(10.0);
  };
  CHECK_THAT(scaled(2000, 40000, tail), WithinRel(9.0, 0.127 + 0.03));
}

TEST_CASE("random scaling: its quantiles are those of the limit law", "[optim][stochastic]") {
  // W(1) / sqrt(int (W - r W(1))^2) from walks of 1000 steps.
  const std::int64_t walks = 20000, n = 1000;
  std::vector<double> ratio(walks);
  exec::for_each_task(exec::cpu(2), walks, [&](std::int64_t w) {
    std::vector<double> steps(static_cast<std::size_t>(n));
    random::fill_normal(rng_key{14, static_cast<std::uint64_t>(w)}, steps);
    averaged_iterates path(1);
    for (const double s : steps) path.add({&s, 1});
    const interval_estimate e = path.random_scaling(0.8);
    ratio[static_cast<std::size_t>(w)] = std::abs(e.estimate[0]) / e.std_error[0];
  });
  for (const auto& [level, quantile] : {std::pair{0.8, 3.875}, {0.9, 5.323}, {0.95, 6.747}, {0.98, 8.613}}) {
    double below = 0.0;
    for (const double x : ratio) below += x <= quantile ? 1.0 : 0.0;
    const double error = std::sqrt(level * (1.0 - level) / static_cast<double>(walks));
    CHECK_THAT(below / static_cast<double>(walks), WithinAbs(level, 4.0 * error + 2e-3));  // 2e-3: steps of 1/1000
  }
}
