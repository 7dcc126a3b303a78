// SPDX-License-Identifier: BSD-3-Clause
// Gelman et al., Bayesian Data Analysis, third edition (2013): the eight schools of 5.5.
#include "exercises/exercise.hpp"

#include "credence/autodiff/density.hpp"
#include "credence/distributions/normal.hpp"
#include "credence/samplers/run.hpp"

#include <array>
#include <cmath>

namespace credence::exercises {

namespace {

constexpr std::array<double, 8> effect{28, 8, -3, 7, -1, 1, 18, 12}, error{15, 10, 16, 11, 9, 11, 10, 18};

/// The mean of all schools weighted by 1 / (error^2 + tau^2), and the sum of these weights.
std::pair<double, double> pooled(double tau) {
  double weights = 0.0, sum = 0.0;
  for (std::size_t j = 0; j < 8; ++j) {
    const double w = 1.0 / (error[j] * error[j] + tau * tau);
    weights += w;
    sum += w * effect[j];
  }
  return {sum / weights, weights};
}

std::vector<answer> pooling() {
  const auto [mean, weights] = pooled(0.0);
  double chi_square = 0.0;
  for (std::size_t j = 0; j < 8; ++j) chi_square += std::pow((effect[j] - mean) / error[j], 2);
  return {stated("pooled mean", 7.6856, 4, mean), stated("its standard error", 4.0719, 4, 1.0 / std::sqrt(weights)),
          stated("chi-square on 7 degrees of freedom", 4.7071, 4, chi_square)};
}

/// Given tau everything is normal, so all posterior moments are integrals over tau alone. The midpoint rule in
/// u = tau / (1 + tau) on a fine grid; the tail beyond falls as tau^-6.
struct exact_posterior {
  double mu = 0.0, mu_sd = 0.0, tau = 0.0, tau_median = 0.0;
  std::array<double, 8> theta{};
};
exact_posterior integrate() {
  exact_posterior out;
  const int steps = 200000;
  std::vector<double> at, mass;
  double total = 0.0, mu_square = 0.0;
  for (int i = 0; i < steps; ++i) {
    const double u = (i + 0.5) / steps, tau = 10.0 * u / (1.0 - u), slope = 10.0 / ((1.0 - u) * (1.0 - u));
    const auto [mu, weights] = pooled(tau);
    double log_density = -0.5 * std::log(weights);
    for (std::size_t j = 0; j < 8; ++j) {
      log_density += log_pdf(normal{mu, std::sqrt(error[j] * error[j] + tau * tau)}, effect[j]);
    }
    const double p = std::exp(log_density) * slope;
    at.push_back(tau);
    mass.push_back(p);
    total += p;
    out.tau += p * tau;
    out.mu += p * mu;
    mu_square += p * (mu * mu + 1.0 / weights);
    for (std::size_t j = 0; j < 8; ++j) {
      const double own = 1.0 / (error[j] * error[j]), common = 1.0 / (tau * tau);
      out.theta[j] += p * (own * effect[j] + common * mu) / (own + common);
    }
  }
  out.tau /= total;
  out.mu /= total;
  out.mu_sd = std::sqrt(mu_square / total - out.mu * out.mu);
  for (double& t : out.theta) t /= total;
  double below = 0.0;
  for (std::size_t i = 0; i < at.size(); ++i) {
    below += mass[i] / total;
    if (below < 0.5) continue;
    out.tau_median = at[i];
    break;
  }
  return out;
}

std::vector<answer> hierarchical() {
  const exact_posterior exact = integrate();
  std::vector<answer> answers{stated("E mu", 7.9324, 4, exact.mu), stated("sd mu", 5.1784, 4, exact.mu_sd),
                              stated("E tau", 6.5755, 4, exact.tau), stated("median tau", 5.2385, 4, exact.tau_median)};
  const double theta[] = {11.4003, 7.8946, 6.1307, 7.6447, 5.1264, 6.1385, 10.6670, 8.4568};
  for (std::size_t j = 0; j < 8; ++j) {
    answers.push_back(stated("E theta_" + std::to_string(j + 1), theta[j], 4, exact.theta[j]));
  }
  // The same by NUTS, mu and tau flat.
  const program schools = model([](recorder& r) {
                            const var mu = r.parameter("mu"), tau = r.parameter("tau", lower(0.0));
                            const var z = r.parameter("z", {8});
                            const var deviation = r.generated("theta", mu + tau * z);
                            r.prior += log_pdf(normal{0.0, 1.0}, z);
                            r.likelihood += log_pdf(normal{deviation, r.data("sigma")}, r.data("y"));
                          })
                              .compile({{"y", data_array(std::vector<double>(effect.begin(), effect.end()))},
                                        {"sigma", data_array(std::vector<double>(error.begin(), error.end()))}});
  run_options run;
  run.draws = 5000;
  run.seed = 7;
  const draws_summary sampled = summary(sample(schools, nuts::options{.target_acceptance = 0.95}, run));
  for (const parameter_summary& p : sampled.parameters) {
    if (p.name == "mu") answers.push_back(simulated("E mu by NUTS", exact.mu, p.mean, p.mcse_mean));
    if (p.name == "tau") answers.push_back(simulated("E tau by NUTS", exact.tau, p.mean, p.mcse_mean));
    if (p.name == "theta[1]") answers.push_back(simulated("E theta_1 by NUTS", exact.theta[0], p.mean, p.mcse_mean));
  }
  return answers;
}

}  // namespace

void add_gelman_eight_schools(catalogue& all);
void add_gelman_eight_schools(catalogue& all) {
  const char* const book = "gelman";
  const std::string source = "Gelman et al., Bayesian Data Analysis, third edition (2013), 5.5";
  all.push_back({"T23", book, source,
                 "Eight schools as if they were one: mean, standard error, and whether they differ.", pooling});
  all.push_back({"T24", book, source,
                 "Eight schools, each with an effect of its own, mean and spread unknown: exactly, and by sampling.",
                 hierarchical});
}

}  // namespace credence::exercises
