// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/fit.hpp"

#include "factors.hpp"
#include "fit_tables.hpp"
#include "lane_tree.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/random/uniform.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace credence::bayesnet {

namespace {

using detail::tree_lanes;
using tables = std::vector<std::vector<double>>;

/// Rows whose expected counts are added up together: one task, so that sums do not depend on threads.
constexpr std::int64_t task_rows = 256;

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

/// Equal rows taken together, in the order of their cells.
struct distinct_rows {
  std::vector<std::int64_t> row;  ///< the first of each kind
  std::vector<double> count;
};

distinct_rows distinct(const discrete_data& data) {
  std::vector<std::int64_t> order(at(data.rows()));
  std::iota(order.begin(), order.end(), 0);
  const auto compare = [&](std::int64_t a, std::int64_t b) {
    // Missing cells first, so that rows with the same observed set lie together.
    for (node_id v = 0; v < data.size(); ++v) {
      const bool x = data.codes(v)[at(a)] == discrete_data::missing, y = data.codes(v)[at(b)] == discrete_data::missing;
      if (x != y) return x ? -1 : 1;
    }
    for (node_id v = 0; v < data.size(); ++v) {
      const auto x = data.codes(v)[at(a)], y = data.codes(v)[at(b)];
      if (x != y) return x < y ? -1 : 1;
    }
    return 0;
  };
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return compare(a, b) < 0; });
  distinct_rows found;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || compare(order[i - 1], order[i]) != 0) {
      found.row.push_back(order[i]);
      found.count.push_back(0.0);
    }
    found.count.back() += 1.0;
  }
  return found;
}

/// The expectation step.
class expectation {
 public:
  expectation(const network& net, const discrete_data& data)
      : net_(net),
        data_(data),
        rows_(distinct(data)),
        skeleton_(net, std::vector<bool>(at(net.size()), false), 10, 8e9),
        tree_(skeleton_) {
    tables counts;
    for (node_id v = 0; v < net.size(); ++v) counts.emplace_back(net.table(v).values.size(), 0.0);
    for (std::size_t i = 0; i < rows_.row.size(); ++i) {
      for (node_id v = 0; v < net.size(); ++v) {
        const std::int64_t place = place_of(v, rows_.row[i]);
        if (place >= 0) counts[at(v)][at(place)] += rows_.count[i];
      }
    }
    known_ = std::move(counts);
  }

  struct answer {
    tables counts;
    double log_likelihood = 0.0;
  };

  /// @throws domain_error  naming a row that has probability zero
  answer run(const exec::context& ctx, const tables& parameters, bool with_counts) {
    tree_.load(parameters);
    const auto n = static_cast<std::int64_t>(rows_.row.size());
    const std::int64_t tasks = (n + task_rows - 1) / task_rows;
    std::vector<answer> parts(at(tasks));
    std::vector<std::int64_t> impossible(at(tasks), -1);
    exec::for_each_task(ctx, tasks, [&](std::int64_t task) {
      answer& part = parts[at(task)];
      if (with_counts) {
        for (node_id v = 0; v < net_.size(); ++v) part.counts.emplace_back(known_[at(v)].size(), 0.0);
      }
      detail::lane_workspace w = tree_.make_workspace();
      const std::int64_t end = std::min(n, (task + 1) * task_rows);
      for (std::int64_t begin = task * task_rows; begin < end; begin += tree_lanes)
        run_block(w, begin, std::min(end, begin + tree_lanes), part, impossible[at(task)]);
    });
    answer all{with_counts ? known_ : tables{}, 0.0};
    std::int64_t refused = -1;
    for (const std::int64_t row : impossible) {
      if (row >= 0 && (refused < 0 || row < refused)) refused = row;
    }
    if (refused >= 0) {
      throw domain_error("fit_em: row " + std::to_string(refused) +
                         " has probability zero in the network; start from tables without such zeros");
    }
    for (const answer& part : parts) {
      all.log_likelihood += part.log_likelihood;
      for (std::size_t v = 0; v < part.counts.size(); ++v) {
        for (std::size_t k = 0; k < part.counts[v].size(); ++k) all.counts[v][k] += part.counts[v][k];
      }
    }
    return all;
  }

 private:
  /// Where the family of v lies in its table, or -1 when a part of it is missing.
  [[nodiscard]] std::int64_t place_of(node_id v, std::int64_t row) const {
    std::int64_t place = 0;
    for (const node_id p : net_.table(v).parents) {
      if (data_.codes(p)[at(row)] == discrete_data::missing) return -1;
      place = place * net_.cardinality(p) + data_.codes(p)[at(row)];
    }
    if (data_.codes(v)[at(row)] == discrete_data::missing) return -1;
    return place * net_.cardinality(v) + data_.codes(v)[at(row)];
  }

  void run_block(detail::lane_workspace& w, std::int64_t begin, std::int64_t end, answer& part,
                 std::int64_t& impossible) const {
    tree_.clear(w);
    const auto lanes = at(end - begin);
    for (node_id v = 0; v < net_.size(); ++v) {
      for (std::size_t k = 0; k < lanes; ++k) {
        const auto code = data_.codes(v)[at(rows_.row[at(begin) + k])];
        if (code == discrete_data::missing) continue;
        double* const to = tree_.weights(w, v) + k;
        for (std::int64_t s = 0; s < net_.cardinality(v); ++s) to[s * tree_lanes] = s == code ? 1.0 : 0.0;
      }
    }
    std::vector<std::pair<node_id, std::uint32_t>>
        wanted;  // families, and the lanes in which a part of them is missing
    for (node_id v = 0; v < net_.size() && !part.counts.empty(); ++v) {
      std::uint32_t open = 0;
      for (std::size_t k = 0; k < lanes; ++k)
        open |= place_of(v, rows_.row[at(begin) + k]) < 0 ? std::uint32_t{1} << k : 0;
      if (open == 0) continue;
      wanted.emplace_back(v, open);
      tree_.need_family(w, v);
    }
    tree_.run(w);
    for (std::size_t k = 0; k < lanes; ++k) {
      const std::int64_t row = rows_.row[at(begin) + k];
      if (w.log_evidence[k] == -std::numeric_limits<double>::infinity()) {
        if (impossible < 0 || row < impossible) impossible = row;
        return;
      }
      part.log_likelihood += rows_.count[at(begin) + k] * w.log_evidence[k];
    }
    for (const auto& [v, open] : wanted) {
      const double* const p = tree_.family(w, v);
      const auto& places = tree_.family_places(v);
      for (std::size_t e = 0; e < places.size(); ++e) {
        double sum = 0.0;
        for (std::size_t k = 0; k < lanes; ++k) {
          if ((open >> k & 1U) != 0) sum += rows_.count[at(begin) + k] * p[e * at(tree_lanes) + k];
        }
        part.counts[at(v)][at(places[e])] += sum;
      }
    }
  }

  const network& net_;
  const discrete_data& data_;
  distinct_rows rows_;
  detail::clique_tree skeleton_;
  detail::lane_tree tree_;
  tables known_;  ///< counts of families with nothing missing
};

tables start_of(const network& net, const em_options& options) {
  tables all;
  for (node_id v = 0; v < net.size(); ++v) {
    std::vector<double> table = net.probabilities(v);
    if (options.random_start) {
      const rng_key key = options.key.split(purpose::initial_point, 0, 0, static_cast<std::uint64_t>(v));
      for (std::size_t k = 0; k < table.size(); ++k) table[k] = -std::log(random::uniform<double>(key, k));
      detail::to_probabilities(table, net.at(v).states.size());
    }
    all.push_back(std::move(table));
  }
  return all;
}

/// sum of prior counts times ln of the parameters.
double log_prior(const tables& prior, const tables& parameters) {
  double sum = 0.0;
  for (std::size_t v = 0; v < prior.size(); ++v) {
    for (std::size_t k = 0; k < prior[v].size(); ++k) {
      if (prior[v][k] > 0.0) sum += prior[v][k] * std::log(parameters[v][k]);
    }
  }
  return sum;
}

}  // namespace

em_result fit_em(const network& net, const discrete_data& data, const em_options& options) {
  detail::check_matches(net, data, "fit_em");
  detail::check_prior(net, options.prior, "fit_em");
  check::at_least("fit_em", "max_iterations", options.max_iterations, 0);
  check::non_negative("fit_em", "tolerance", options.tolerance);
  expectation step(net, data);
  tables prior;
  for (node_id v = 0; v < net.size(); ++v) prior.push_back(detail::prior_counts(net, options.prior, v));
  tables now = start_of(net, options);
  em_result result;
  result.why = em_stop::max_iterations;
  while (true) {
    const bool last = result.iterations >= options.max_iterations;
    expectation::answer found = step.run(options.context, now, !last);
    result.log_likelihood = found.log_likelihood;
    const double objective = found.log_likelihood + log_prior(prior, now);
    const bool small = !result.trace.empty() &&
                       objective - result.trace.back() <= options.tolerance * std::max(1.0, std::fabs(objective));
    result.trace.push_back(objective);
    if (small) result.why = em_stop::gain_small;
    if (small || last) break;
    for (node_id v = 0; v < net.size(); ++v) {
      std::vector<double>& table = found.counts[at(v)];
      for (std::size_t k = 0; k < table.size(); ++k) table[k] += prior[at(v)][k];
      detail::to_probabilities(table, net.at(v).states.size());
    }
    now = std::move(found.counts);
    ++result.iterations;
  }
  result.net = detail::with_tables(net, std::move(now));
  return result;
}

double log_likelihood(const exec::context& ctx, const network& net, const discrete_data& data) {
  detail::check_matches(net, data, "log_likelihood");
  tables now;
  for (node_id v = 0; v < net.size(); ++v) now.push_back(net.probabilities(v));
  return expectation(net, data).run(ctx, now, false).log_likelihood;
}

}  // namespace credence::bayesnet
