// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/sampling.hpp"

#include "weighted_counts.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/random/fill.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace credence::bayesnet {

namespace {

/// Rows that are drawn together: one block is one task, so results do not depend on threads.
constexpr std::int64_t block_rows = 2048;

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

/// Draws blocks of rows, column by column.
class ancestral_sampler {
 public:
  ancestral_sampler(const network& net, rng_key key, purpose use) : net_(net), key_(key), use_(use) {
    for (node_id v = 0; v < net.size(); ++v) {
      tables_.push_back(net.probabilities(v));
      std::vector<double> sums = tables_.back();
      const auto states = at(net.cardinality(v));
      for (std::size_t begin = 0; begin < sums.size(); begin += states) {
        for (std::size_t s = 1; s < states; ++s) sums[begin + s] += sums[begin + s - 1];
      }
      cumulative_.push_back(std::move(sums));
    }
  }

  /// Fills `states` (column v at states + v * stride) for `count` rows from `first`. Nodes in `known` with one state
  /// take it; all findings are multiplied into `log_weight`, when it is given.
  void draw(std::int64_t first, std::int64_t count, std::int32_t* states, std::int64_t stride,
            const weighted_states* known, std::vector<double>* log_weight) const {
    std::vector<double> uniform(at(count));
    std::vector<std::int64_t> row(at(count));
    for (const node_id v : net_.graph().topological_order()) {
      std::fill(row.begin(), row.end(), 0);
      for (const node_id p : net_.table(v).parents) {
        const std::int32_t* parent = states + p * stride;
        const std::int64_t size = net_.cardinality(p);
        for (std::int64_t i = 0; i < count; ++i) row[at(i)] = row[at(i)] * size + parent[i];
      }
      std::int32_t* const out = states + v * stride;
      const std::int64_t size = net_.cardinality(v);
      const bool fixed = known != nullptr && known->state[at(v)] >= 0;
      if (fixed) {
        std::fill(out, out + count, static_cast<std::int32_t>(known->state[at(v)]));
      } else {
        random::fill_uniform(key_.split(use_, 0, 0, static_cast<std::uint64_t>(v)), std::span<double>(uniform),
                             static_cast<std::uint64_t>(first));
        for (std::int64_t i = 0; i < count; ++i) {
          const double* const sums = cumulative_[at(v)].data() + row[at(i)] * size;
          const double target = uniform[at(i)] * sums[size - 1];
          std::int64_t state = 0;
          while (state + 1 < size && sums[state] <= target) ++state;
          out[i] = static_cast<std::int32_t>(state);
        }
      }
      if (known == nullptr || known->weights[at(v)].empty()) continue;
      for (std::int64_t i = 0; i < count; ++i) {
        const double weight = known->weights[at(v)][at(out[i])];
        const double chance = fixed ? tables_[at(v)][at(row[at(i)] * size + out[i])] : 1.0;
        (*log_weight)[at(i)] += std::log(weight * chance);
      }
    }
  }

 private:
  const network& net_;
  rng_key key_;
  purpose use_;
  std::vector<std::vector<double>> tables_, cumulative_;
};

}  // namespace

sample_table forward_sample(const exec::context& ctx, const network& net, std::int64_t rows, rng_key key) {
  check::at_least("forward_sample", "rows", rows, 0);
  sample_table made{net, rows, std::vector<std::int32_t>(at(rows * net.size()))};
  const ancestral_sampler sampler(net, key, purpose::data_simulation);
  exec::for_each_range(
      ctx, rows,
      [&](std::int64_t begin, std::int64_t end) {
        sampler.draw(begin, end - begin, made.states.data() + begin, rows, nullptr, nullptr);
      },
      block_rows);
  return made;
}

weighted_posteriors likelihood_weighting(const exec::context& ctx, const network& net, const node_selection& targets,
                                         const evidence& given, std::int64_t samples, rng_key key) {
  constexpr std::string_view where = "likelihood_weighting";
  check::at_least(where, "samples", samples, 1);
  const weighted_states known = resolve(net, given, where);
  weighted_posteriors result;
  result.posterior = {net, targets.resolve(net.graph(), where), {}, 0.0, {}};
  std::int64_t width = 0;
  for (const node_id t : result.posterior.nodes) width += net.cardinality(t);
  result.posterior.predicted.bytes = static_cast<double>(block_rows * (4 * net.size() + 24) * ctx.threads);
  result.posterior.predicted.operations = static_cast<double>(samples * (net.size() + net.graph().arc_count()));

  const ancestral_sampler sampler(net, key, purpose::network);
  const std::int64_t blocks = (samples + block_rows - 1) / block_rows;
  std::vector<detail::weighted_counts> parts(at(blocks));
  exec::for_each_task(ctx, blocks, [&](std::int64_t block) {
    const std::int64_t begin = block * block_rows, count = std::min(block_rows, samples - begin);
    std::vector<std::int32_t> states(at(count * net.size()));
    std::vector<double> log_weight(at(count), 0.0);
    sampler.draw(begin, count, states.data(), count, &known, &log_weight);
    parts[at(block)] = detail::count_block(net, result.posterior.nodes, width, states, count, log_weight);
  });
  detail::finish(where, parts, samples, result);
  return result;
}

}  // namespace credence::bayesnet
