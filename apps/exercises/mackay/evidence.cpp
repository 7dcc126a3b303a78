// SPDX-License-Identifier: BSD-3-Clause
// MacKay, Information Theory, Inference, and Learning Algorithms (2003).
#include "exercises/exercise.hpp"

#include "credence/bayesnet/inference.hpp"
#include "credence/distributions/beta_binomial.hpp"
#include "credence/distributions/binomial.hpp"

#include <cmath>

namespace credence::exercises {

namespace {

std::vector<answer> jo() {
  const auto net = bayesnet::network_builder::from_arrows("disease{yes,no}->test{positive,negative}")
                       .cpd("disease", {0.01, 0.99})
                       .cpd("test", {0.95, 0.05, 0.05, 0.95})
                       .build();
  return {stated("P(disease | positive)", 0.161017, 6,
                 eliminate(net, {"disease"}, {{"test", "positive"}}).at("disease", "yes"))};
}

std::vector<answer> euro_coin() {
  const double spins = 250.0, heads = 140.0;
  // A bias that may be anything, uniformly, makes the count beta-binomial(1, 1).
  const double ratio = std::exp(log_pdf(beta_binomial{spins, 1.0, 1.0}, heads) - log_pdf(binomial{spins, 0.5}, heads));
  const double p_value = 2.0 * ccdf(binomial{spins, 0.5}, heads - 1.0);  // the distribution is symmetric
  return {stated("evidence ratio, any bias : fair", 0.4767, 4, ratio), stated("two-sided p-value", 0.0664, 4, p_value)};
}

std::vector<answer> blood_stains() {
  // Both explain the two stains O and AB; two strangers may have left them in either order.
  const double o = 0.6, ab = 0.01;
  const double with_suspect = ab, two_strangers = o * ab + ab * o;
  return {stated("likelihood ratio, suspect : two strangers", 0.8333, 4, with_suspect / two_strangers)};
}

}  // namespace

void add_mackay_evidence(catalogue& all);
void add_mackay_evidence(catalogue& all) {
  const char* const book = "mackay";
  const std::string source = "MacKay, Information Theory, Inference, and Learning Algorithms (2003), ";
  all.push_back({"T17", book, source + "exercise 2.3",
                 "A test that is right in 95 of 100 cases says that Jo has a disease of one in a hundred.", jo});
  all.push_back({"T18", book, source + "exercise 3.15 and chapter 37",
                 "140 heads in 250 spins of a euro: do they speak against a fair coin?", euro_coin});
  all.push_back({"T19", book, source + "3.4",
                 "Two blood stains, one of the suspect's common type: do they speak for his presence?", blood_stains});
}

}  // namespace credence::exercises
