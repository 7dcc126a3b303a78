// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/family_score.hpp"

#include "data_columns.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <unordered_map>

namespace credence::bayesnet {

namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

struct hash_nodes {
  std::size_t operator()(const std::vector<node_id>& nodes) const {
    std::uint64_t h = 0x9E3779B97F4A7C15ULL;
    for (const node_id v : nodes) {
      h = (h ^ static_cast<std::uint64_t>(v)) * 0xBF58476D1CE4E5B9ULL;
      h ^= h >> 29;
    }
    return static_cast<std::size_t>(h);
  }
};

double n_log_n(const discrete_data::columns& raw, std::int64_t n) {
  if (n < static_cast<std::int64_t>(raw.n_log_n.size())) return raw.n_log_n[at(n)];
  return static_cast<double>(n) * std::log(static_cast<double>(n));
}

}  // namespace

struct family_scores::memory {
  struct families {
    std::mutex mutex;
    std::unordered_map<std::vector<node_id>, double, hash_nodes> known;
  };
  discrete_data data;
  score_kind kind;
  double equivalent_sample_size;
  std::vector<families> of_child;

  memory(discrete_data from, score_kind what, double ess)
      : data(std::move(from)), kind(what), equivalent_sample_size(ess), of_child(at(data.size())) {}

  [[nodiscard]] double parameters(node_id child, std::span<const node_id> parents) const {
    double count = static_cast<double>(data.cardinality(child) - 1);
    for (const node_id p : parents) count *= static_cast<double>(data.cardinality(p));
    return count;
  }

  [[nodiscard]] double penalty(node_id child, std::span<const node_id> parents) const {
    if (kind == score_kind::aic) return parameters(child, parents);
    if (kind == score_kind::bic && data.rows() > 0)
      return 0.5 * std::log(static_cast<double>(data.rows())) * parameters(child, parents);
    return 0.0;
  }

  [[nodiscard]] double evaluate(node_id child, std::span<const node_id> parents) const {
    thread_local contingency table;
    count_into(data, parents, {&child, 1}, table);
    const auto states = at(data.cardinality(child));
    if (kind == score_kind::bdeu) return bdeu(table, parents);
    double total = 0.0;
    for (std::size_t begin = 0; begin < table.counts.size(); begin += states) {
      total += kind == score_kind::k2 ? k2_row(table, begin) : loglik_row(table, begin);
    }
    return total - penalty(child, parents);
  }

  [[nodiscard]] double loglik_row(const contingency& table, std::size_t begin) const {
    std::int64_t sum = 0;
    double value = 0.0;
    for (std::size_t i = begin; i < begin + at(table.cells); ++i) {
      sum += table.counts[i];
      value += n_log_n(data.raw(), table.counts[i]);
    }
    return value - n_log_n(data.raw(), sum);
  }

  [[nodiscard]] static double k2_row(const contingency& table, std::size_t begin) {
    std::int64_t sum = 0;
    double value = 0.0;
    for (std::size_t i = begin; i < begin + at(table.cells); ++i) {
      sum += table.counts[i];
      if (table.counts[i] > 1) value += std::lgamma(1.0 + static_cast<double>(table.counts[i]));
    }
    if (sum == 0) return 0.0;
    const double states = static_cast<double>(table.cells);
    return value + std::lgamma(states) - std::lgamma(states + static_cast<double>(sum));
  }

  [[nodiscard]] double bdeu(const contingency& table, std::span<const node_id> parents) const {
    double rows = 1.0;
    for (const node_id p : parents) rows *= static_cast<double>(data.cardinality(p));
    const double row_weight = equivalent_sample_size / rows;
    const double cell_weight = row_weight / static_cast<double>(table.cells);
    const double of_row = std::lgamma(row_weight), of_cell = std::lgamma(cell_weight);
    double value = 0.0;
    for (std::size_t begin = 0; begin < table.counts.size(); begin += at(table.cells)) {
      std::int64_t sum = 0;
      for (std::size_t i = begin; i < begin + at(table.cells); ++i) {
        sum += table.counts[i];
        if (table.counts[i] > 0) value += std::lgamma(cell_weight + static_cast<double>(table.counts[i])) - of_cell;
      }
      if (sum > 0) value += of_row - std::lgamma(row_weight + static_cast<double>(sum));
    }
    return value;
  }
};

family_scores::family_scores(discrete_data data, score_kind kind, double equivalent_sample_size) {
  check::positive("family_scores", "equivalent_sample_size", equivalent_sample_size);
  for (node_id v = 0; v < data.size(); ++v) {
    if (data.first_missing(v) < 0) continue;
    throw domain_error("family_scores: column '" + data.variables()[at(v)].name + "' is missing in row " +
                       std::to_string(data.first_missing(v)) + ", but scores need complete data");
  }
  memory_ = std::make_shared<memory>(std::move(data), kind, equivalent_sample_size);
}

double family_scores::operator()(node_id child, std::span<const node_id> parents) const {
  std::vector<node_id> key(parents.begin(), parents.end());
  std::sort(key.begin(), key.end());
  memory::families& mine = memory_->of_child[at(child)];
  {
    const std::lock_guard<std::mutex> lock(mine.mutex);
    const auto found = mine.known.find(key);
    if (found != mine.known.end()) return found->second;
  }
  const double value = memory_->evaluate(child, key);
  const std::lock_guard<std::mutex> lock(mine.mutex);
  mine.known.emplace(std::move(key), value);
  return value;
}

double family_scores::fresh(node_id child, std::span<const node_id> parents) const {
  std::vector<node_id> sorted(parents.begin(), parents.end());
  std::sort(sorted.begin(), sorted.end());
  return memory_->evaluate(child, sorted);
}

double family_scores::of(const dag& graph) const {
  check::same_size("family_scores::of", "nodes", graph.size(), "variables", memory_->data.size());
  double total = 0.0;
  for (node_id v = 0; v < graph.size(); ++v) total += (*this)(v, graph.parents(v));
  return total;
}

std::int64_t family_scores::evaluations() const {
  std::int64_t total = 0;
  for (memory::families& f : memory_->of_child) {
    const std::lock_guard<std::mutex> lock(f.mutex);
    total += static_cast<std::int64_t>(f.known.size());
  }
  return total;
}

const discrete_data& family_scores::data() const { return memory_->data; }
score_kind family_scores::kind() const { return memory_->kind; }
double family_scores::bound(node_id child, std::span<const node_id> parents) const {
  return 0.0 - memory_->penalty(child, parents);
}

}  // namespace credence::bayesnet
