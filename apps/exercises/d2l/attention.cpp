// SPDX-License-Identifier: BSD-3-Clause
// Zhang, Lipton, Li and Smola, Dive into Deep Learning: attention.
#include "exercises/exercise.hpp"

#include "credence/attention/exact.hpp"
#include "credence/neighbors/kernel_regression.hpp"

namespace credence::exercises {

namespace {

std::vector<answer> valid_lengths() {
  tensor<double> q({2, 1, 1, 2}), k({2, 1, 10, 2}), v({2, 1, 10, 4});
  for (double& x : k) x = 1.0;
  for (double& x : q) x = 0.7;
  for (std::int64_t i = 0; i < v.size(); ++i) v[i] = static_cast<double>(i % 40);
  const std::vector<std::int64_t> lengths{2, 6};
  const auto done =
      attention::forward<double>(exec::cpu(), {q.view<4>(), k.view<4>(), v.view<4>(), {}}, {.key_lengths = lengths});
  const double expected[] = {2, 3, 4, 5, 10, 11, 12, 13};
  std::vector<answer> answers;
  for (std::int64_t i = 0; i < 8; ++i) {
    answers.push_back(exactly("output " + std::to_string(i % 4 + 1) + " of query " + std::to_string(i / 4 + 1),
                              expected[i], done.output[i]));
  }
  return answers;
}

std::vector<answer> kernel_regression_is_attention() {
  const std::vector<double> x{0, 1, 2, 3, 4}, y{0, 1, 4, 9, 16}, at{2.5};
  const neighbors::kernel_regression smooth(view<const double, 2>(x.data(), 5, 1), y, {.bandwidth = 1.0});
  const double regression = smooth.predict(view<const double, 2>(at.data(), 1, 1)).values[0];
  // -(q - k)^2 / 2 is q k - k^2 / 2 and what does not depend on k: the bias carries -k^2 / 2.
  const tensor<double> q({1, 1, 1, 1}, {2.5}), k({1, 1, 5, 1}, {0, 1, 2, 3, 4}), v({1, 1, 5, 1}, {0, 1, 4, 9, 16});
  tensor<double> bias({5});
  for (std::int64_t j = 0; j < 5; ++j) bias[j] = -0.5 * k[j] * k[j];
  const auto attended =
      attention::forward<double>(exec::cpu(), {q.view<4>(), k.view<4>(), v.view<4>(), bias.array()}, {.scale = 1.0});
  return {stated("Nadaraya-Watson at 2.5", 6.912092222, 9, regression),
          stated("the same by attention", 6.912092222, 9, attended.output[0])};
}

}  // namespace

void add_d2l_attention(catalogue& all);
void add_d2l_attention(catalogue& all) {
  const char* const book = "d2l";
  const std::string source = "Zhang, Lipton, Li and Smola, Dive into Deep Learning, ";
  all.push_back({"T59", book, source + "attention scoring functions",
                 "Where all keys are alike, attention is the mean of the values that are valid.", valid_lengths});
  all.push_back({"T60", book, source + "attention pooling by similarity",
                 "Nadaraya-Watson regression with a Gaussian kernel is softmax attention.",
                 kernel_regression_is_attention});
}

}  // namespace credence::exercises
