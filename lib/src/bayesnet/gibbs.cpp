// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/gibbs.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/graph/ancestry.hpp"
#include "credence/random/fill.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace credence::bayesnet {

namespace {

/// Chains that one task runs side by side; fixed, so that results do not depend on threads.
constexpr std::int64_t lanes = 64;

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

/// How a node enters the row of a table.
struct step {
  node_id node;
  std::int32_t stride;
};

/// A child's table seen from one of its parents: entry = sum of strides over the others + state * own.
struct child_term {
  const double* table;
  std::vector<step> others;  ///< the other parents and the child
  std::int32_t own;
};

struct site {
  node_id node;
  std::int32_t states;
  const double* table;
  std::vector<step> parents;
  std::vector<child_term> children;
  std::vector<double> weights;  ///< soft evidence, or empty
};

/// The sites to draw, in the order of their colours.
class sweeper {
 public:
  sweeper(const network& net, const weighted_states& known) : net_(net) {
    for (node_id v = 0; v < net.size(); ++v) tables_.push_back(net.probabilities(v));
    for (const auto& color : blanket_coloring(net.graph())) {
      for (const node_id v : color) {
        if (known.state[at(v)] < 0 && net.cardinality(v) > 1) sites_.push_back(make_site(v, known));
      }
    }
  }
  [[nodiscard]] const std::vector<site>& sites() const { return sites_; }
  [[nodiscard]] const network& net() const { return net_; }

 private:
  [[nodiscard]] std::vector<step> steps_of(node_id child) const {
    std::vector<step> steps;
    std::int64_t stride = net_.cardinality(child);
    const auto& parents = net_.table(child).parents;
    for (std::size_t i = parents.size(); i-- > 0;) {
      steps.push_back({parents[i], static_cast<std::int32_t>(stride)});
      stride *= net_.cardinality(parents[i]);
    }
    return steps;
  }

  [[nodiscard]] site make_site(node_id v, const weighted_states& known) const {
    site made{v,
              static_cast<std::int32_t>(net_.cardinality(v)),
              tables_[at(v)].data(),
              steps_of(v),
              {},
              known.weights[at(v)]};
    for (const node_id c : net_.graph().children(v)) {
      child_term term{tables_[at(c)].data(), {{c, 1}}, 0};
      for (const step& s : steps_of(c)) {
        if (s.node == v)
          term.own = s.stride;
        else
          term.others.push_back(s);
      }
      made.children.push_back(std::move(term));
    }
    return made;
  }

  const network& net_;
  std::vector<std::vector<double>> tables_;
  std::vector<site> sites_;
};

/// Up to `lanes` chains. Everything is (node or state, lane), lanes side by side.
class chain_block {
 public:
  chain_block(const sweeper& sites, const std::vector<std::int32_t>& start, std::int64_t first, std::int64_t total)
      : sweeper_(sites), states_(at(sites.net().size() * lanes)), offset_(at(lanes)), uniform_(at(lanes)) {
    std::int64_t most = 1;
    for (node_id v = 0; v < sites.net().size(); ++v) {
      most = std::max(most, sites.net().cardinality(v));
      // A block that is not full repeats its last chain; nobody looks at the copies.
      for (std::int64_t k = 0; k < lanes; ++k)
        states_[at(v * lanes + k)] = start[at(v * total + std::min(first + k, total - 1))];
    }
    weight_.resize(at(most * lanes));
  }

  /// One sweep. With `sums`, adds the conditional probabilities of each site to its part of them.
  void sweep(rng_key key, std::int64_t number, std::int64_t first, std::vector<double>* sums,
             const std::vector<std::int64_t>& sum_begin) {
    for (const site& s : sweeper_.sites()) {
      conditional(s);
      random::fill_uniform(
          key.split(purpose::network, 1, static_cast<std::uint64_t>(number), static_cast<std::uint64_t>(s.node)),
          std::span<double>(uniform_), static_cast<std::uint64_t>(first));
      draw(s);
      if (sums == nullptr || sum_begin[at(s.node)] < 0) continue;
      double* const to = sums->data() + sum_begin[at(s.node)] * lanes;
      for (std::int64_t i = 0; i < s.states * lanes; ++i) to[i] += weight_[at(i)];
    }
  }

  [[nodiscard]] std::int32_t state(node_id v, std::int64_t lane) const { return states_[at(v * lanes + lane)]; }

 private:
  /// weight_[state][lane] becomes P(state | blanket).
  void conditional(const site& s) {
    const auto gather = [&](const std::vector<step>& steps) {
      std::fill(offset_.begin(), offset_.end(), 0);
      for (const step& p : steps) {
        const std::int32_t* const of = states_.data() + static_cast<std::int64_t>(p.node) * lanes;
        for (std::int64_t k = 0; k < lanes; ++k) offset_[at(k)] += of[k] * p.stride;
      }
    };
    gather(s.parents);
    for (std::int32_t x = 0; x < s.states; ++x) {
      double* const w = weight_.data() + x * lanes;
      const double soft = s.weights.empty() ? 1.0 : s.weights[at(x)];
      for (std::int64_t k = 0; k < lanes; ++k) w[k] = soft * s.table[offset_[at(k)] + x];
    }
    for (const child_term& c : s.children) {
      gather(c.others);
      for (std::int32_t x = 0; x < s.states; ++x) {
        double* const w = weight_.data() + x * lanes;
        for (std::int64_t k = 0; k < lanes; ++k) w[k] *= c.table[offset_[at(k)] + x * c.own];
      }
    }
    std::array<double, at_lanes> total{};
    for (std::int32_t x = 0; x < s.states; ++x) {
      for (std::int64_t k = 0; k < lanes; ++k) total[at(k)] += weight_[at(x * lanes + k)];
    }
    for (double& t : total) t = 1.0 / t;
    for (std::int32_t x = 0; x < s.states; ++x) {
      for (std::int64_t k = 0; k < lanes; ++k) weight_[at(x * lanes + k)] *= total[at(k)];
    }
  }

  void draw(const site& s) {
    std::int32_t* const out = states_.data() + static_cast<std::int64_t>(s.node) * lanes;
    std::array<double, at_lanes> left{};
    for (std::int64_t k = 0; k < lanes; ++k) {
      left[at(k)] = uniform_[at(k)];
      out[k] = 0;
    }
    // The state is the number of partial sums at or below the uniform; rounding must not lead to a state of no weight.
    for (std::int32_t x = 0; x + 1 < s.states; ++x) {
      for (std::int64_t k = 0; k < lanes; ++k) {
        left[at(k)] -= weight_[at(x * lanes + k)];
        out[k] += left[at(k)] >= 0.0 ? 1 : 0;
      }
    }
    for (std::int64_t k = 0; k < lanes; ++k) {
      while (weight_[at(out[k] * lanes + k)] == 0.0 && out[k] > 0) --out[k];
      while (weight_[at(out[k] * lanes + k)] == 0.0 && out[k] + 1 < s.states) ++out[k];
    }
  }

  static constexpr std::size_t at_lanes = static_cast<std::size_t>(lanes);
  const sweeper& sweeper_;
  std::vector<std::int32_t> states_, offset_;
  std::vector<double> uniform_, weight_;
};

/// A start for each chain: draws weighted by the evidence, one picked for each chain by its weight.
std::vector<std::int32_t> find_starts(const network& net, const weighted_states& known, std::int64_t chains,
                                      const gibbs_options& options) {
  constexpr std::int64_t enough = 16,
                         tries = 512;  // draws for a chain that has found a start, and for one that has not
  std::vector<std::int32_t> start(at(net.size() * chains), 0);
  std::vector<std::vector<double>> tables;
  for (node_id v = 0; v < net.size(); ++v) tables.push_back(net.probabilities(v));
  std::vector<char> found(at(chains), 0);
  exec::for_each_task(options.context, chains, [&](std::int64_t chain) {
    std::vector<std::int32_t> states(at(net.size()));
    double total = 0.0;
    for (std::int64_t attempt = 0; attempt < (found[at(chain)] != 0 ? enough : tries); ++attempt) {
      const auto key = [&](node_id v) {
        return options.key.split(purpose::network, 2, static_cast<std::uint64_t>(attempt),
                                 static_cast<std::uint64_t>(v));
      };
      double weight = 1.0;
      for (const node_id v : net.graph().topological_order()) {
        std::int64_t row = 0;
        for (const node_id p : net.table(v).parents) row = row * net.cardinality(p) + states[at(p)];
        const double* const p = tables[at(v)].data() + row * net.cardinality(v);
        std::int32_t x = 0;
        if (known.state[at(v)] >= 0) {
          x = static_cast<std::int32_t>(known.state[at(v)]);
          weight *= p[x];
        } else {
          double left = random::uniform<double>(key(v), static_cast<std::uint64_t>(chain));
          while (x + 1 < net.cardinality(v) && (left -= p[x]) >= 0.0) ++x;
          while (p[x] == 0.0 && x > 0) --x;
          if (!known.weights[at(v)].empty()) weight *= known.weights[at(v)][at(x)];
        }
        states[at(v)] = x;
      }
      if (!(weight > 0.0)) continue;
      total += weight;
      // Reservoir: the draw stays with probability weight / total.
      const double u =
          random::uniform<double>(key(static_cast<node_id>(net.size())), static_cast<std::uint64_t>(chain));
      if (found[at(chain)] != 0 && u * total >= weight) continue;
      found[at(chain)] = 1;
      for (node_id v = 0; v < net.size(); ++v) start[at(v * chains + chain)] = states[at(v)];
    }
  });
  // Chains without luck begin where the next lucky one does.
  const auto lucky = std::find(found.begin(), found.end(), 1);
  if (lucky == found.end()) {
    throw domain_error("gibbs: no draw agrees with the evidence: it is impossible or very rare; use an exact method");
  }
  for (std::int64_t chain = 0, from = lucky - found.begin(); chain < chains; ++chain) {
    if (found[at(chain)] != 0) {
      from = chain;
      continue;
    }
    for (node_id v = 0; v < net.size(); ++v) start[at(v * chains + chain)] = start[at(v * chains + from)];
  }
  return start;
}

}  // namespace

std::vector<std::vector<node_id>> blanket_coloring(const dag& graph) {
  std::vector<std::int32_t> color(at(graph.size()), -1);
  std::vector<std::vector<node_id>> classes;
  std::vector<char> taken;
  for (node_id v = 0; v < graph.size(); ++v) {
    taken.assign(classes.size() + 1, 0);
    for (const node_id u : markov_blanket(graph, {v})) {
      if (color[at(u)] >= 0) taken[at(color[at(u)])] = 1;
    }
    color[at(v)] = static_cast<std::int32_t>(std::find(taken.begin(), taken.end(), 0) - taken.begin());
    if (at(color[at(v)]) == classes.size()) classes.emplace_back();
    classes[at(color[at(v)])].push_back(v);
  }
  return classes;
}

gibbs_posteriors gibbs(const network& net, const node_selection& targets, const evidence& given,
                       const gibbs_options& options) {
  check::at_least("gibbs", "chains", options.chains, 2);
  check::at_least("gibbs", "warmup", options.warmup, 0);
  check::at_least("gibbs", "sweeps", options.sweeps, 1);
  const weighted_states known = resolve(net, given, "gibbs");
  gibbs_posteriors result;
  result.posterior = {net, targets.resolve(net.graph(), "gibbs"), {}, std::numeric_limits<double>::quiet_NaN(), {}};
  std::vector<std::int64_t> begin(at(net.size()), -1);
  std::int64_t width = 0;
  for (const node_id v : result.posterior.nodes) {
    if (known.state[at(v)] >= 0 || net.cardinality(v) == 1) continue;
    begin[at(v)] = width;
    width += net.cardinality(v);
  }
  const sweeper sites(net, known);
  const std::vector<std::int32_t> start = find_starts(net, known, options.chains, options);
  const std::int64_t blocks = (options.chains + lanes - 1) / lanes;
  std::vector<std::vector<double>> sums(at(blocks)), half(at(blocks));
  exec::for_each_task(options.context, blocks, [&](std::int64_t b) {
    chain_block block(sites, start, b * lanes, options.chains);
    sums[at(b)].assign(at(width * lanes), 0.0);
    for (std::int64_t s = 0; s < options.warmup; ++s) block.sweep(options.key, s, b * lanes, nullptr, begin);
    for (std::int64_t s = 0; s < options.sweeps; ++s) {
      block.sweep(options.key, options.warmup + s, b * lanes, &sums[at(b)], begin);
      if (2 * (s + 1) / options.sweeps == 1 && half[at(b)].empty()) half[at(b)] = sums[at(b)];
    }
    if (half[at(b)].empty()) half[at(b)] = sums[at(b)];
  });
  const double n = static_cast<double>(options.chains), sweeps = static_cast<double>(options.sweeps);
  result.effective_sample_size = std::numeric_limits<double>::infinity();
  for (const node_id v : result.posterior.nodes) {
    auto& p = result.posterior.probabilities.emplace_back(at(net.cardinality(v)), 0.0);
    auto& errors = result.std_errors.emplace_back(p.size(), 0.0);
    if (begin[at(v)] < 0) {
      p[at(std::max<std::int64_t>(known.state[at(v)], 0))] = 1.0;
      continue;
    }
    for (std::size_t x = 0; x < p.size(); ++x) {
      const std::int64_t place = (begin[at(v)] + static_cast<std::int64_t>(x)) * lanes;
      const auto mean_of = [&](std::int64_t chain) {
        return sums[at(chain / lanes)][at(place + chain % lanes)] / sweeps;
      };
      double mean = 0.0, spread = 0.0, drift = 0.0;
      for (std::int64_t chain = 0; chain < options.chains; ++chain) mean += mean_of(chain) / n;
      for (std::int64_t chain = 0; chain < options.chains; ++chain) {
        const double off = mean_of(chain) - mean;
        spread += off * off / (n - 1.0);
        // Half the difference of the chain's two halves tells how far means of this length move by chance.
        const double first = half[at(chain / lanes)][at(place + chain % lanes)];
        const double early = std::max(1.0, std::floor(0.5 * sweeps));
        const double a = first / early, b = (mean_of(chain) * sweeps - first) / std::max(1.0, sweeps - early);
        drift += 0.25 * (a - b) * (a - b) / n;
      }
      p[x] = mean;
      errors[x] = std::sqrt(spread / n);
      if (mean > 0.0 && mean < 1.0 && spread > 0.0)
        result.effective_sample_size = std::min(result.effective_sample_size, mean * (1.0 - mean) / (spread / n));
      if (spread > 1e-20 && sweeps >= 4.0)
        result.disagreement = std::max(
            result.disagreement, drift > 0.0 ? std::sqrt(spread / drift) : std::numeric_limits<double>::infinity());
    }
  }
  return result;
}

weighted_posteriors rejection_sampling(const exec::context& ctx, const network& net, const node_selection& targets,
                                       const evidence& given, std::int64_t samples, rng_key key) {
  check::at_least("rejection_sampling", "samples", samples, 1);
  constexpr std::int64_t batch = 1 << 15;  // rows drawn at a time
  const weighted_states known = resolve(net, given, "rejection_sampling");
  weighted_posteriors result;
  result.posterior = {net, targets.resolve(net.graph(), "rejection_sampling"), {}, 0.0, {}};
  for (const node_id v : result.posterior.nodes)
    result.posterior.probabilities.emplace_back(at(net.cardinality(v)), 0.0);
  std::vector<double> largest(at(net.size()), 1.0);
  double log_scale = 0.0;
  for (std::size_t v = 0; v < largest.size(); ++v) {
    if (known.weights[v].empty()) continue;
    largest[v] = *std::max_element(known.weights[v].begin(), known.weights[v].end());
    log_scale += std::log(largest[v]);
  }
  double accepted = 0.0;
  for (std::int64_t begin = 0; begin < samples; begin += batch) {
    const std::int64_t rows = std::min(batch, samples - begin);
    const auto number = static_cast<std::uint64_t>(begin / batch);
    const sample_table drawn = forward_sample(ctx, net, rows, key.split(purpose::network, 3, number, 0));
    const rng_key decisions = key.split(purpose::acceptance, 0, number, 0);
    for (std::int64_t row = 0; row < rows; ++row) {
      double chance = 1.0;
      for (node_id v = 0; v < net.size() && chance > 0.0; ++v) {
        if (!known.weights[at(v)].empty())
          chance *= known.weights[at(v)][at(drawn.column(v)[at(row)])] / largest[at(v)];
      }
      if (!(chance >= 1.0 || random::uniform<double>(decisions, static_cast<std::uint64_t>(row)) < chance)) continue;
      accepted += 1.0;
      for (std::size_t i = 0; i < result.posterior.nodes.size(); ++i)
        result.posterior.probabilities[i][at(drawn.column(result.posterior.nodes[i])[at(row)])] += 1.0;
    }
  }
  if (accepted == 0.0) {
    throw domain_error("rejection_sampling: none of " + std::to_string(samples) +
                       " draws agrees with the evidence: it is impossible or rare; use an exact method");
  }
  for (auto& p : result.posterior.probabilities) {
    auto& errors = result.std_errors.emplace_back();
    for (double& x : p) {
      x /= accepted;
      errors.push_back(std::sqrt(x * (1.0 - x) / accepted));
    }
  }
  const double share = accepted / static_cast<double>(samples);
  result.posterior.log_evidence = std::log(share) + log_scale;
  result.log_evidence_std_error = std::sqrt((1.0 - share) / accepted);
  result.effective_sample_size = accepted;
  return result;
}

}  // namespace credence::bayesnet
