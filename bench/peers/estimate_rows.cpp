// SPDX-License-Identifier: BSD-3-Clause
// Estimation: our rows; compare.py hands the same numbers to SciPy and statsmodels.
#include "rows.hpp"

#include "credence/estimate/fit.hpp"
#include "credence/estimate/glm_inference.hpp"
#include "credence/random/gamma.hpp"
#include "credence/random/normal.hpp"
#include "credence/random/uniform.hpp"

#include <cmath>
#include <fstream>
#include <memory>

namespace credence::peers {

namespace {

void write(const std::string& name, const std::vector<double>& values) {
  std::ofstream file(input_folder() + "/" + name, std::ios::binary);
  file.write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size() * sizeof(double)));
}

/// A logistic regression with an intercept and normal columns, column after column.
struct regression {
  std::int64_t n, p;
  std::vector<double> x, y;
  glm::problem problem;

  regression(std::int64_t rows, std::int64_t columns) : n(rows), p(columns), x(static_cast<std::size_t>(n * p)) {
    const rng_key key{1, 0}, other{2, 0};
    for (std::int64_t j = 0; j < p; ++j) {
      for (std::int64_t i = 0; i < n; ++i) {
        const auto at = static_cast<std::uint64_t>(j * n + i);
        x[at] = j == 0 ? 1.0 : random::normal<double>(key, at);
      }
    }
    for (std::int64_t i = 0; i < n; ++i) {
      double eta = -0.5;
      for (std::int64_t j = 1; j < p; ++j) {
        eta += (j % 2 == 0 ? -0.2 : 0.3) * x[static_cast<std::size_t>(j * n + i)] / static_cast<double>(j);
      }
      y.push_back(random::uniform(other, static_cast<std::uint64_t>(i)) < 1.0 / (1.0 + std::exp(-eta)) ? 1.0 : 0.0);
    }
    problem.x = view<const double, 2>(x.data(), n, p);
    problem.x.strides[0] = 1;
    problem.x.strides[1] = n;
    problem.y = y;
    const std::string name = "logistic_fit_" + std::to_string(n) + "x" + std::to_string(p);
    write(name + ".x.f64", x);
    write(name + ".y.f64", y);
  }
};

row logistic_row(std::int64_t n, std::int64_t p, int threads) {
  const auto data = std::make_shared<const regression>(n, p);
  const auto fit = [=] {
    return glm::fit(data->problem, {.family = glm::family::binomial, .context = exec::cpu(threads)});
  };
  return {1.0, [=] { keep(fit().coefficients[0]); }, [=] { return fit().coefficients; }};
}

row distribution_row(const std::string& family) {
  const auto x = std::make_shared<std::vector<double>>(1000000);
  const rng_key key{3, 0};
  for (std::size_t i = 0; i < x->size(); ++i) {
    (*x)[i] = family == "gamma" ? 2.0 * random::gamma(key, i, 2.5)
                                : 3.0 * std::pow(-std::log(random::uniform(key, i)), 1.0 / 1.7);
  }
  write(family + "_fit.f64", *x);
  const auto fit = [=] {
    return fit_distribution(family, {.values = *x}, {.goodness_of_fit = false, .context = exec::cpu(1)}).estimates;
  };
  return {1.0, [=] { keep(fit()[0]); }, fit};
}

row bootstrap_row() {
  const auto data = std::make_shared<const regression>(1000, 5);
  return {1000.0, [=] {
            const glm::options how{.family = glm::family::binomial, .context = exec::cpu(1)};
            const auto fit = glm::fit(data->problem, how);
            keep(glm::bootstrap(fit, data->problem, how, {.replicates = 1000, .seed = 1}).coefficients[0]);
          }};
}

}  // namespace

void add_estimate_rows(rows& all) {
  all.add("gamma MLE, n = 1e6", [] { return distribution_row("gamma"); });
  all.add("weibull MLE, n = 1e6", [] { return distribution_row("weibull"); });
  for (const int threads : {1, 2}) {
    all.add("logistic GLM, 1e6 x 20, threads " + std::to_string(threads),
            [=] { return logistic_row(1000000, 20, threads); });
  }
  all.add("bootstrap refit, logistic 1000 x 5", bootstrap_row);
}

}  // namespace credence::peers
