// SPDX-License-Identifier: BSD-3-Clause
// Attention of two tokens three ways: the naive product, the online softmax by hand, and the library. Then what
// reordering V (K' Q) saves.
#include "credence/attention/choose.hpp"
#include "credence/attention/exact.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

using namespace credence;

int main() {
  // Two queries, two keys, two values; scores are divided by sqrt(2).
  const tensor<double> q({1, 1, 2, 2}, {1, 0, 0, 1}), k = q, v({1, 1, 2, 2}, {1, 2, 3, 4});
  const double scale = 1.0 / std::sqrt(2.0);
  double naive[2][2], online[2][2];

  for (int i = 0; i < 2; ++i) {
    // Naive: all weights first, then their sum, then the values.
    double weight[2], sum = 0.0;
    for (int j = 0; j < 2; ++j) {
      weight[j] = std::exp(scale * (q(0, 0, i, 0) * k(0, 0, j, 0) + q(0, 0, i, 1) * k(0, 0, j, 1)));
      sum += weight[j];
    }
    for (int c = 0; c < 2; ++c) naive[i][c] = (weight[0] * v(0, 0, 0, c) + weight[1] * v(0, 0, 1, c)) / sum;

    // Online: one key after the other. When a larger score comes, what was gathered shrinks to the new maximum.
    double largest = -INFINITY, total = 0.0, out[2] = {0.0, 0.0};
    for (int j = 0; j < 2; ++j) {
      const double s = scale * (q(0, 0, i, 0) * k(0, 0, j, 0) + q(0, 0, i, 1) * k(0, 0, j, 1));
      const double joint = std::max(largest, s), shrink = std::exp(largest - joint), w = std::exp(s - joint);
      for (int c = 0; c < 2; ++c) out[c] = shrink * out[c] + w * v(0, 0, j, c);
      total = shrink * total + w;
      largest = joint;
    }
    for (int c = 0; c < 2; ++c) online[i][c] = out[c] / total;
  }

  const auto done = attention::forward<double>(exec::cpu(), {q.view<4>(), k.view<4>(), v.view<4>(), {}});
  double worst = 0.0;
  std::printf("naive      online     library\n");
  for (int i = 0; i < 2; ++i) {
    for (int c = 0; c < 2; ++c) {
      std::printf("%.8f %.8f %.8f\n", naive[i][c], online[i][c], done.output(0, 0, i, c));
      worst = std::max({worst, std::abs(naive[i][c] - online[i][c]), std::abs(naive[i][c] - done.output(0, 0, i, c))});
    }
  }

  // Without a softmax in between, (Q K') V = Q (K' V): N^2 (d + d') multiplications become 2 N d d'.
  std::printf("\n      N   (Q K') V   Q (K' V)\n");
  for (const std::int64_t n : {64, 1024, 16384}) {
    const attention::attention_size size{n, n, 64, 64};
    std::printf("%7lld %10lld %10lld\n", static_cast<long long>(n),
                static_cast<long long>(attention::count_exact(size)),
                static_cast<long long>(attention::count_linear(size, 64, false)));
  }
  const auto crossover = attention::linear_crossover(64, 64, 64, false);
  std::printf("reordering multiplies less from N = %lld on\n", static_cast<long long>(crossover));
  return worst < 1e-14 && std::abs(naive[0][0] - 1.66047690134669) < 1e-13 && crossover == 65 ? 0 : 1;
}
