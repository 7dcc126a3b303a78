// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/score.hpp"

#include "credence/base/check.hpp"

#include <cmath>
#include <unordered_map>

namespace credence::bayesnet {

namespace {

[[noreturn]] void fail_cell(const variable& v, std::int64_t row, const std::string& text) {
  std::string states;
  for (const std::string& s : v.states) states += (states.empty() ? "" : ", ") + s;
  check::fail_domain("state_codes", "column '" + v.name + "' in row " + std::to_string(row), "'" + text + "'",
                     "one of " + states);
}

/// The scores of one node; rows of its table that no data reach add nothing to any of them.
void add_node(const network& net, node_id node, const std::vector<std::vector<std::int32_t>>& codes, double ess,
              network_scores& total) {
  const std::int64_t states = net.cardinality(node);
  const auto& parents = net.table(node).parents;
  const double table_rows = static_cast<double>(net.table(node).values.size()) / static_cast<double>(states);
  // Counts of the parents' states that occur, so that wide tables cost what the data cost.
  std::unordered_map<std::int64_t, std::size_t> place;
  std::vector<std::int64_t> counts;
  for (std::int64_t row = 0; row < total.rows; ++row) {
    std::int64_t key = 0;
    for (const node_id p : parents)
      key = key * net.cardinality(p) + codes[static_cast<std::size_t>(p)][static_cast<std::size_t>(row)];
    const auto [entry, is_new] = place.try_emplace(key, counts.size());
    if (is_new) counts.resize(counts.size() + static_cast<std::size_t>(states), 0);
    ++counts[entry->second +
             static_cast<std::size_t>(codes[static_cast<std::size_t>(node)][static_cast<std::size_t>(row)])];
  }
  const double row_weight = ess / table_rows, cell_weight = row_weight / static_cast<double>(states);
  for (std::size_t begin = 0; begin < counts.size(); begin += static_cast<std::size_t>(states)) {
    std::int64_t sum = 0;
    for (std::int64_t s = 0; s < states; ++s) {
      const std::int64_t n = counts[begin + static_cast<std::size_t>(s)];
      sum += n;
      if (n == 0) continue;
      const double count = static_cast<double>(n);
      total.loglik += count * std::log(count);
      total.bdeu += std::lgamma(cell_weight + count) - std::lgamma(cell_weight);
      total.k2 += std::lgamma(1.0 + count);
    }
    const double count = static_cast<double>(sum);
    total.loglik -= count * std::log(count);
    total.bdeu += std::lgamma(row_weight) - std::lgamma(row_weight + count);
    total.k2 += std::lgamma(static_cast<double>(states)) - std::lgamma(static_cast<double>(states) + count);
  }
}

}  // namespace

std::vector<std::vector<std::int32_t>> state_codes(const network& net, const table& data) {
  std::vector<std::vector<std::int32_t>> codes;
  for (const variable& v : net.variables()) {
    const column& c = data.at(v.name);
    std::unordered_map<std::string, std::int32_t> number;
    for (const std::string& s : v.states) number.emplace(s, static_cast<std::int32_t>(number.size()));
    auto& out = codes.emplace_back(static_cast<std::size_t>(data.rows()), -1);
    // Texts are looked up once a level, not once a cell.
    std::vector<std::int32_t> of_level;
    if (c.type() == column_type::text) {
      for (const std::string& level : c.texts().levels) {
        const auto found = number.find(level);
        of_level.push_back(found == number.end() ? -1 : found->second);
      }
    }
    for (std::int64_t row = 0; row < data.rows(); ++row) {
      if (c.is_missing(row)) continue;
      std::int32_t code = -1;
      if (c.type() == column_type::text) {
        const std::int32_t level = c.texts().codes[static_cast<std::size_t>(row)];
        if (level >= 0) code = of_level[static_cast<std::size_t>(level)];
      } else if (const auto found = number.find(c.text(row)); found != number.end()) {
        code = found->second;
      }
      if (code < 0) fail_cell(v, row, c.text(row));
      out[static_cast<std::size_t>(row)] = code;
    }
  }
  return codes;
}

network_scores score(const network& net, const table& data, double equivalent_sample_size) {
  check::positive("score", "equivalent_sample_size", equivalent_sample_size);
  const auto codes = state_codes(net, data);
  network_scores total;
  total.rows = data.rows();
  total.parameters = net.parameter_count();
  for (node_id v = 0; v < net.size(); ++v) {
    for (std::int64_t row = 0; row < total.rows; ++row) {
      if (codes[static_cast<std::size_t>(v)][static_cast<std::size_t>(row)] < 0) {
        throw domain_error("score: column '" + net.at(v).name + "' is missing in row " + std::to_string(row) +
                           ", but scores need complete data");
      }
    }
  }
  for (node_id v = 0; v < net.size(); ++v) add_node(net, v, codes, equivalent_sample_size, total);
  total.aic = total.loglik - static_cast<double>(total.parameters);
  total.bic = total.loglik;
  if (total.rows > 0)
    total.bic -= 0.5 * static_cast<double>(total.parameters) * std::log(static_cast<double>(total.rows));
  return total;
}

}  // namespace credence::bayesnet
