// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/plan.hpp"

#include "plan_data.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

namespace credence::bayesnet {

namespace {

/// The rows of a table in the order of their observed sets, rows of equal sets in their own order.
std::vector<std::int64_t> by_pattern(const evidence_table& rows) {
  const std::size_t words = (rows.nodes.size() + 63) / 64;
  std::vector<std::uint64_t> pattern(static_cast<std::size_t>(rows.rows) * words, 0);
  for (std::size_t i = 0; i < rows.nodes.size(); ++i) {
    for (std::size_t row = 0; row < static_cast<std::size_t>(rows.rows); ++row) {
      if (rows.codes[i][row] >= 0) pattern[row * words + i / 64] |= std::uint64_t{1} << (i % 64);
    }
  }
  std::vector<std::int64_t> order(static_cast<std::size_t>(rows.rows));
  std::iota(order.begin(), order.end(), 0);
  const auto of = [&](std::int64_t row) { return pattern.begin() + row * static_cast<std::int64_t>(words); };
  const auto width = static_cast<std::ptrdiff_t>(words);
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return std::lexicographical_compare(of(a), of(a) + width, of(b), of(b) + width);
  });
  return order;
}

void check_rows(const network& net, const evidence_table& rows) {
  check::same_size("plan::posteriors", "evidence columns", static_cast<std::int64_t>(rows.codes.size()), "nodes",
                   static_cast<std::int64_t>(rows.nodes.size()));
  for (std::size_t i = 0; i < rows.nodes.size(); ++i) {
    check::at_least("plan::posteriors", "an evidence node", rows.nodes[i], 0);
    check::less_than("plan::posteriors", "an evidence node", rows.nodes[i], net.size());
    check::same_size("plan::posteriors", "an evidence column", static_cast<std::int64_t>(rows.codes[i].size()), "rows",
                     rows.rows);
    for (const std::int32_t code : rows.codes[i]) {
      if (code >= -1 && code < net.cardinality(rows.nodes[i])) continue;
      check::fail_domain("plan::posteriors", "a state of '" + net.at(rows.nodes[i]).name + "'",
                         static_cast<std::int64_t>(code),
                         "-1 or below " + std::to_string(net.cardinality(rows.nodes[i])));
    }
  }
}

/// One batch: what its blocks share.
class batch {
 public:
  batch(const evidence_table& rows, const weighted_states& common, posterior_table& result)
      : rows_(rows), common_(common), result_(result), order_(by_pattern(rows)) {}

  void run_lanes(const exec::context& ctx, const detail::lane_tree& tree) {
    constexpr std::int64_t blocks_a_task = 16;
    exec::for_each_range(
        ctx, rows_.rows,
        [&](std::int64_t begin, std::int64_t end) {
          detail::lane_workspace w = tree.make_workspace();
          for (; begin < end; begin += detail::tree_lanes)
            run_block(tree, w, begin, std::min(end, begin + detail::tree_lanes));
        },
        detail::tree_lanes * blocks_a_task);
  }

  template <class Run>
  void run_one_by_one(const exec::context& ctx, const Run& run) {
    exec::for_each_task(ctx, rows_.rows, [&](std::int64_t place) {
      const std::int64_t row = order_[static_cast<std::size_t>(place)];
      weighted_states known = common_;
      double& log_evidence = result_.log_evidence[static_cast<std::size_t>(row)];
      try {
        for (std::size_t i = 0; i < rows_.nodes.size(); ++i) {
          const std::int32_t code = rows_.codes[i][static_cast<std::size_t>(row)];
          if (code >= 0) observe(known, rows_.nodes[i], code);
        }
        const posterior_set found = run(known, result_.nodes);
        log_evidence = found.log_evidence;
        double* out = result_.values.data() + row * result_.begin.back();
        for (const auto& p : found.probabilities) out = std::copy(p.begin(), p.end(), out);
      } catch (const domain_error&) {
        log_evidence = -std::numeric_limits<double>::infinity();
      }
    });
  }

 private:
  void observe(weighted_states& known, node_id v, std::int32_t code) const {
    auto& weights = known.weights[static_cast<std::size_t>(v)];
    const auto states = static_cast<std::size_t>(result_.net.cardinality(v));
    if (weights.empty()) weights.assign(states, 1.0);
    for (std::size_t s = 0; s < states; ++s) {
      if (s != static_cast<std::size_t>(code)) weights[s] = 0.0;
    }
    if (weights[static_cast<std::size_t>(code)] == 0.0) throw domain_error("impossible");
    known.state[static_cast<std::size_t>(v)] = code;
  }

  void run_block(const detail::lane_tree& tree, detail::lane_workspace& w, std::int64_t begin, std::int64_t end) {
    constexpr std::int64_t lanes = detail::tree_lanes;
    tree.clear(w);
    for (node_id v = 0; v < result_.net.size(); ++v) {
      const auto& weights = common_.weights[static_cast<std::size_t>(v)];
      if (weights.empty()) continue;
      double* const to = tree.weights(w, v);
      for (std::size_t s = 0; s < weights.size(); ++s)
        std::fill_n(to + static_cast<std::int64_t>(s) * lanes, lanes, weights[s]);
    }
    for (std::size_t i = 0; i < rows_.nodes.size(); ++i) {
      const node_id v = rows_.nodes[i];
      for (std::int64_t k = begin; k < end; ++k) {
        const std::int32_t code = rows_.codes[i][static_cast<std::size_t>(order_[static_cast<std::size_t>(k)])];
        if (code < 0) continue;
        double* const to = tree.weights(w, v) + (k - begin);
        for (std::int64_t s = 0; s < result_.net.cardinality(v); ++s) to[s * lanes] *= s == code ? 1.0 : 0.0;
      }
    }
    for (const node_id v : result_.nodes) tree.need(w, v);
    tree.run(w);
    for (std::int64_t k = begin; k < end; ++k)
      result_.log_evidence[static_cast<std::size_t>(order_[static_cast<std::size_t>(k)])] =
          w.log_evidence[static_cast<std::size_t>(k - begin)];
    for (std::size_t i = 0; i < result_.nodes.size(); ++i) {
      const double* const p = tree.posterior(w, result_.nodes[i]);
      const std::int64_t states = result_.begin[i + 1] - result_.begin[i];
      for (std::int64_t k = begin; k < end; ++k) {
        double* const out =
            result_.values.data() + order_[static_cast<std::size_t>(k)] * result_.begin.back() + result_.begin[i];
        for (std::int64_t s = 0; s < states; ++s) out[s] = p[s * lanes + (k - begin)];
      }
    }
  }

  const evidence_table& rows_;
  const weighted_states& common_;
  posterior_table& result_;
  std::vector<std::int64_t> order_;
};

}  // namespace

posterior_table plan::posteriors(const evidence_table& rows, const node_selection& targets, const exec::context& ctx,
                                 const evidence& common) const {
  check_rows(data_->net, rows);
  posterior_table result{data_->net, targets.resolve(data_->net.graph(), "plan::posteriors"), {0}, {}, {}};
  for (const node_id v : result.nodes) result.begin.push_back(result.begin.back() + data_->net.cardinality(v));
  result.values.resize(static_cast<std::size_t>(rows.rows * result.begin.back()));
  result.log_evidence.resize(static_cast<std::size_t>(rows.rows));
  const weighted_states known = resolve(data_->net, common, "plan::posteriors");
  batch all(rows, known, result);
  if (detail::lane_tree::fits(data_->full))
    all.run_lanes(ctx, data_->lanes());
  else
    all.run_one_by_one(
        ctx, [&](const weighted_states& one, const std::vector<node_id>& nodes) { return data_->run(one, nodes); });
  for (std::size_t row = 0; row < result.log_evidence.size(); ++row) {
    if (result.log_evidence[row] == -std::numeric_limits<double>::infinity())
      throw domain_error("plan::posteriors: the evidence of row " + std::to_string(row) + " has probability zero");
  }
  return result;
}

const inference_cost& plan::cost() const { return data_->full.cost(); }
const network& plan::net() const { return data_->net; }

posterior_set plan::posteriors(const evidence& given, const node_selection& targets) const {
  return data_->run(given, targets.resolve(data_->net.graph(), "plan::posteriors"));
}

posterior_set plan::posteriors(const evidence& given) const {
  std::vector<node_id> all(static_cast<std::size_t>(data_->net.size()));
  std::iota(all.begin(), all.end(), 0);
  return data_->run(given, std::move(all));
}

std::vector<posterior_set> plan::posteriors(std::span<const evidence> rows, const node_selection& targets,
                                            const exec::context& ctx) const {
  const std::vector<node_id> nodes = targets.resolve(data_->net.graph(), "plan::posteriors");
  std::vector<posterior_set> results(rows.size());
  std::vector<std::string> refused(rows.size());  // told after the loop, so that the first row is named for any threads
  exec::for_each_task(ctx, static_cast<std::int64_t>(rows.size()), [&](std::int64_t row) {
    const auto at = static_cast<std::size_t>(row);
    try {
      results[at] = data_->run(rows[at], nodes);
    } catch (const domain_error& failure) {
      refused[at] = failure.what();
    }
  });
  for (std::size_t row = 0; row < refused.size(); ++row) {
    if (!refused[row].empty()) throw domain_error("row " + std::to_string(row) + ": " + refused[row]);
  }
  return results;
}

plan compile(const network& net, const compile_options& options) {
  plan made;
  made.data_ = std::make_shared<plan::data>(net, options);
  return made;
}

}  // namespace credence::bayesnet
