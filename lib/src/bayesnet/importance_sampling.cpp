// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/importance_sampling.hpp"

#include "weighted_counts.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/random/fill.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace credence::bayesnet {

namespace {

constexpr std::int64_t block_rows = 2048;
/// Support of a state below this share of the best one's is raised to it: the pass is only approximate, and a proposal
/// that is too small makes rare draws with huge weights.
constexpr double least_support = 1e-3;
/// What one round's frequencies weigh against the tables before, falling from the first to the second (Cheng and
/// Druzdzel's values), and the draws that the tables before count as, for each state.
constexpr double first_rate = 0.4, last_rate = 0.14, kept_draws = 4.0;

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

/// Calls f(entry, parents' states, state) for every entry of the table of v.
template <class F>
void for_each_entry(const network& net, node_id v, const F& f) {
  const auto& parents = net.table(v).parents;
  std::vector<std::int64_t> index(parents.size(), 0);
  const std::int64_t states = net.cardinality(v);
  for (std::int64_t entry = 0; entry < static_cast<std::int64_t>(net.table(v).values.size()); entry += states) {
    for (std::int64_t s = 0; s < states; ++s) f(at(entry + s), index, at(s));
    for (std::size_t d = index.size(); d-- > 0;) {
      if (++index[d] < net.cardinality(parents[d])) break;
      index[d] = 0;
    }
  }
}

void normalise(std::vector<double>& p, double (*size)(const std::vector<double>&)) {
  const double by = size(p);
  if (by > 0.0) {
    for (double& x : p) x /= by;
  }
}
double sum_of(const std::vector<double>& p) { return std::accumulate(p.begin(), p.end(), 0.0); }
double largest_of(const std::vector<double>& p) { return *std::max_element(p.begin(), p.end()); }

/// Tables to draw from, in the layout of the network's tables.
class proposal {
 public:
  proposal(const network& net, const weighted_states& known) : net_(net), known_(known) {
    for (node_id v = 0; v < net.size(); ++v) tables_.push_back(net.probabilities(v));
    send_evidence_up();
    for (node_id v = 0; v < net.size(); ++v) draw_.push_back(first_table(v));
    update();
  }

  /// Rows first, ..., first + count - 1 of a stream: states column by column, and the logarithms of their weights.
  void draw(rng_key key, std::int64_t first, std::int64_t count, std::vector<std::int32_t>& states,
            std::vector<double>& log_weight) const {
    std::vector<double> uniform(at(count));
    std::vector<std::int64_t> row(at(count));
    states.resize(at(count * net_.size()));
    log_weight.assign(at(count), 0.0);
    for (const node_id v : net_.graph().topological_order()) {
      std::fill(row.begin(), row.end(), 0);
      for (const node_id p : net_.table(v).parents) {
        const std::int32_t* const parent = states.data() + p * count;
        for (std::int64_t i = 0; i < count; ++i) row[at(i)] = row[at(i)] * net_.cardinality(p) + parent[i];
      }
      const std::int64_t size = net_.cardinality(v);
      random::fill_uniform(key.split(purpose::network, 1, 0, static_cast<std::uint64_t>(v)), std::span<double>(uniform),
                           static_cast<std::uint64_t>(first));
      std::int32_t* const out = states.data() + v * count;
      for (std::int64_t i = 0; i < count; ++i) {
        const double* const sums = cumulative_[at(v)].data() + row[at(i)] * size;
        const double target = uniform[at(i)] * sums[size - 1];
        std::int64_t state = 0;
        while (state + 1 < size && sums[state] <= target) ++state;
        out[i] = static_cast<std::int32_t>(state);
        log_weight[at(i)] += log_ratio_[at(v)][at(row[at(i)] * size + state)];
      }
    }
  }

  /// One round of learning from draws of this proposal.
  void learn(const std::vector<std::int32_t>& states, const std::vector<double>& log_weight, double rate) {
    const double largest = largest_of(log_weight);
    if (!std::isfinite(largest)) return;
    const auto count = static_cast<std::int64_t>(log_weight.size());
    std::vector<double> weight(log_weight.size());
    for (std::size_t i = 0; i < weight.size(); ++i) weight[i] = std::exp(log_weight[i] - largest);
    for (node_id v = 0; v < net_.size(); ++v) {
      const std::int64_t size = net_.cardinality(v);
      std::vector<double> sums(draw_[at(v)].size(), 0.0), squares(sums.size() / at(size), 0.0);
      for (std::int64_t i = 0; i < count; ++i) {
        std::int64_t row = 0;
        for (const node_id p : net_.table(v).parents) row = row * net_.cardinality(p) + states[at(p * count + i)];
        sums[at(row * size + states[at(v * count + i)])] += weight[at(i)];
        squares[at(row)] += weight[at(i)] * weight[at(i)];
      }
      for (std::size_t row = 0; row < squares.size(); ++row) {
        double total = 0.0;
        for (std::size_t s = 0; s < at(size); ++s) total += sums[row * at(size) + s];
        if (!(squares[row] > 0.0) || !(total > 0.0)) continue;
        const double draws = total * total / squares[row];  // what the row's weighted draws are worth
        const double share = rate * draws / (draws + kept_draws * static_cast<double>(size));
        for (std::size_t s = 0; s < at(size); ++s) {
          double& q = draw_[at(v)][row * at(size) + s];
          q += share * (sums[row * at(size) + s] / total - q);
        }
      }
    }
    update();
  }

 private:
  /// support_[v][x]: about P(evidence on v and below | v = x), up to a factor; zero only where that is zero.
  void send_evidence_up() {
    std::vector<std::vector<double>> prior(at(net_.size()));
    for (const node_id v : net_.graph().topological_order()) {
      auto& p = prior[at(v)];
      p.assign(at(net_.cardinality(v)), 0.0);
      for_each_entry(net_, v, [&](std::size_t entry, const std::vector<std::int64_t>& index, std::size_t s) {
        double weight = tables_[at(v)][entry];
        for (std::size_t i = 0; i < index.size(); ++i) weight *= prior[at(net_.table(v).parents[i])][at(index[i])];
        p[s] += weight;
      });
      const auto& w = known_.weights[at(v)];
      for (std::size_t s = 0; s < w.size(); ++s) p[s] *= w[s];
      normalise(p, sum_of);
    }
    for (node_id v = 0; v < net_.size(); ++v) {
      support_.push_back(known_.weights[at(v)]);
      if (support_.back().empty()) support_.back().assign(at(net_.cardinality(v)), 1.0);
    }
    const auto order = net_.graph().topological_order();
    for (auto v = order.rbegin(); v != order.rend(); ++v) {
      normalise(support_[at(*v)], largest_of);
      const auto& below = support_[at(*v)];
      if (std::all_of(below.begin(), below.end(), [](double x) { return x == 1.0; })) continue;
      const auto& parents = net_.table(*v).parents;
      std::vector<std::vector<double>> message;
      for (const node_id p : parents) message.emplace_back(at(net_.cardinality(p)), 0.0);
      for_each_entry(net_, *v, [&](std::size_t entry, const std::vector<std::int64_t>& index, std::size_t s) {
        const double weight = tables_[at(*v)][entry] * below[s];
        for (std::size_t i = 0; i < parents.size(); ++i) {
          double others = weight;
          for (std::size_t k = 0; k < parents.size(); ++k)
            if (k != i) others *= prior[at(parents[k])][at(index[k])];
          message[i][at(index[i])] += others;
        }
      });
      for (std::size_t i = 0; i < parents.size(); ++i)
        for (std::size_t s = 0; s < message[i].size(); ++s) support_[at(parents[i])][s] *= message[i][s];
    }
  }

  /// Rows P(x | parents) support(x), normalised.
  std::vector<double> first_table(node_id v) const {
    std::vector<double> table = tables_[at(v)];
    const auto size = at(net_.cardinality(v));
    const bool known = !known_.weights[at(v)].empty();
    for (std::size_t row = 0; row < table.size(); row += size) {
      double total = 0.0;
      for (std::size_t s = 0; s < size; ++s) {
        const double support = support_[at(v)][s];
        // What was seen at the node itself is certain and is not raised.
        table[row + s] *= support == 0.0 ? 0.0 : known ? support : std::max(support, least_support);
        total += table[row + s];
      }
      for (std::size_t s = 0; s < size; ++s) table[row + s] = total > 0.0 ? table[row + s] / total : s == 0 ? 1.0 : 0.0;
    }
    return table;
  }

  void update() {
    cumulative_ = draw_;
    log_ratio_ = draw_;
    for (node_id v = 0; v < net_.size(); ++v) {
      const auto size = at(net_.cardinality(v));
      const auto& w = known_.weights[at(v)];
      for (std::size_t entry = 0; entry < draw_[at(v)].size(); ++entry) {
        if (entry % size != 0) cumulative_[at(v)][entry] += cumulative_[at(v)][entry - 1];
        const double target = tables_[at(v)][entry] * (w.empty() ? 1.0 : w[entry % size]);
        log_ratio_[at(v)][entry] = std::log(target / draw_[at(v)][entry]);
      }
    }
  }

  const network& net_;
  const weighted_states& known_;
  std::vector<std::vector<double>> tables_, support_;
  std::vector<std::vector<double>> draw_, cumulative_, log_ratio_;
};

weighted_posteriors run(std::string_view where, const network& net, const node_selection& targets,
                        const evidence& given, const importance_options& options, int stages) {
  check::at_least(where, "samples", options.samples, 1);
  check::at_least(where, "stages", options.stages, 0);
  check::at_least(where, "stage_samples", options.stage_samples, 1);
  const weighted_states known = resolve(net, given, where);
  weighted_posteriors result;
  result.posterior = {net, targets.resolve(net.graph(), where), {}, 0.0, {}};
  std::int64_t width = 0;
  for (const node_id t : result.posterior.nodes) width += net.cardinality(t);
  result.posterior.predicted.bytes = static_cast<double>(block_rows * (4 * net.size() + 24) * options.context.threads);
  result.posterior.predicted.operations =
      static_cast<double>((options.samples + stages * options.stage_samples) * (net.size() + net.graph().arc_count()));

  proposal from(net, known);
  std::vector<std::int32_t> states;
  std::vector<double> log_weight;
  for (int stage = 0; stage < stages; ++stage) {
    from.draw(options.key.split(purpose::network, 2, static_cast<std::uint64_t>(stage)), 0, options.stage_samples,
              states, log_weight);
    const double progress = stages > 1 ? static_cast<double>(stage) / (stages - 1) : 0.0;
    from.learn(states, log_weight, first_rate * std::pow(last_rate / first_rate, progress));
  }
  const std::int64_t blocks = (options.samples + block_rows - 1) / block_rows;
  std::vector<detail::weighted_counts> parts(at(blocks));
  exec::for_each_task(options.context, blocks, [&](std::int64_t block) {
    const std::int64_t begin = block * block_rows, count = std::min(block_rows, options.samples - begin);
    std::vector<std::int32_t> drawn;
    std::vector<double> weights;
    from.draw(options.key, begin, count, drawn, weights);
    parts[at(block)] = detail::count_block(net, result.posterior.nodes, width, drawn, count, weights);
  });
  detail::finish(where, parts, options.samples, result);
  return result;
}

}  // namespace

weighted_posteriors importance_sampling(const network& net, const node_selection& targets, const evidence& given,
                                        const importance_options& options) {
  return run("importance_sampling", net, targets, given, options, 0);
}

weighted_posteriors adaptive_importance_sampling(const network& net, const node_selection& targets,
                                                 const evidence& given, const importance_options& options) {
  return run("adaptive_importance_sampling", net, targets, given, options, options.stages);
}

}  // namespace credence::bayesnet
