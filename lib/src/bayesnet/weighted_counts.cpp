// SPDX-License-Identifier: BSD-3-Clause
#include "weighted_counts.hpp"

#include <algorithm>
#include <cmath>

namespace credence::bayesnet::detail {

namespace {
std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }
}  // namespace

void weighted_counts::rescale(double to) {
  if (to == largest || largest == -std::numeric_limits<double>::infinity()) {
    largest = to;
    return;
  }
  const double factor = std::exp(largest - to);
  sum *= factor;
  squares *= factor * factor;
  for (double& x : state_sum) x *= factor;
  for (double& x : state_squares) x *= factor * factor;
  largest = to;
}

void weighted_counts::add(weighted_counts other) {
  if (other.largest == -std::numeric_limits<double>::infinity()) return;
  const double to = std::max(largest, other.largest);
  rescale(to);
  other.rescale(to);
  sum += other.sum;
  squares += other.squares;
  for (std::size_t i = 0; i < state_sum.size(); ++i) state_sum[i] += other.state_sum[i];
  for (std::size_t i = 0; i < state_squares.size(); ++i) state_squares[i] += other.state_squares[i];
}

weighted_counts count_block(const network& net, const std::vector<node_id>& targets, std::int64_t width,
                            const std::vector<std::int32_t>& states, std::int64_t count,
                            const std::vector<double>& log_weight) {
  weighted_counts counts;
  counts.state_sum.assign(at(width), 0.0);
  counts.state_squares.assign(at(width), 0.0);
  for (const double w : log_weight) counts.largest = std::max(counts.largest, w);
  if (counts.largest == -std::numeric_limits<double>::infinity()) return counts;
  for (std::int64_t i = 0; i < count; ++i) {
    const double weight = std::exp(log_weight[at(i)] - counts.largest);
    counts.sum += weight;
    counts.squares += weight * weight;
    std::int64_t base = 0;
    for (const node_id t : targets) {
      const std::int64_t place = base + states[at(t * count + i)];
      counts.state_sum[at(place)] += weight;
      counts.state_squares[at(place)] += weight * weight;
      base += net.cardinality(t);
    }
  }
  return counts;
}

void finish(std::string_view where, std::vector<weighted_counts>& parts, std::int64_t samples,
            weighted_posteriors& result) {
  const network& net = result.posterior.net;
  std::int64_t width = 0;
  for (const node_id t : result.posterior.nodes) width += net.cardinality(t);
  weighted_counts all;
  all.state_sum.assign(at(width), 0.0);
  all.state_squares.assign(at(width), 0.0);
  for (weighted_counts& part : parts) all.add(std::move(part));
  if (all.sum == 0.0) {
    throw domain_error(std::string(where) + ": none of " + std::to_string(samples) +
                       " draws agrees with the evidence; it is impossible or too rare for this method");
  }

  const double n = static_cast<double>(samples), mean = all.sum / n;
  result.posterior.log_evidence = all.largest + std::log(mean);
  const double variance = std::max(all.squares / n - mean * mean, 0.0);
  result.log_evidence_std_error = std::sqrt(variance / n) / mean;
  result.effective_sample_size = all.sum * all.sum / all.squares;
  std::size_t place = 0;
  for (const node_id t : result.posterior.nodes) {
    auto& p = result.posterior.probabilities.emplace_back();
    auto& errors = result.std_errors.emplace_back();
    for (std::int64_t s = 0; s < net.cardinality(t); ++s, ++place) {
      // sum over draws of (w (1{state} - p))^2, the delta method for a ratio of means
      const double estimate = all.state_sum[place] / all.sum;
      const double squares = all.state_squares[place] * (1.0 - 2.0 * estimate) + all.squares * estimate * estimate;
      p.push_back(estimate);
      errors.push_back(std::sqrt(std::max(squares, 0.0)) / all.sum);
    }
  }
}

}  // namespace credence::bayesnet::detail
