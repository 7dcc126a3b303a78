// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/independence_test.hpp"

#include "data_columns.hpp"

#include "credence/base/check.hpp"
#include "credence/graph/d_separation.hpp"
#include "credence/special/erf.hpp"
#include "credence/special/incomplete_gamma.hpp"

#include <cmath>
#include <limits>
#include <numbers>

namespace credence::bayesnet {

namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

/// Sums over tables of (x, y), one for each configuration of the given variables.
class table_statistic {
 public:
  table_statistic(const discrete_data::columns& raw, std::int64_t states_x, std::int64_t states_y)
      : raw_(raw), states_x_(states_x), states_y_(states_y), row_(at(states_x)), column_(at(states_y)) {}

  double g2(const std::int32_t* counts) {
    const std::int64_t total = margins(counts);
    if (total == 0) return 0.0;
    double cells = 0.0, sums = 0.0;
    for (std::int64_t i = 0; i < states_x_ * states_y_; ++i) cells += n_log_n(counts[i]);
    for (const std::int64_t n : row_) sums += n_log_n(n);
    for (const std::int64_t n : column_) sums += n_log_n(n);
    return 2.0 * (cells - sums + n_log_n(total));
  }

  double x2(const std::int32_t* counts) {
    const std::int64_t total = margins(counts);
    double sum = 0.0;
    for (std::int64_t i = 0; i < states_x_; ++i) {
      for (std::int64_t k = 0; k < states_y_; ++k) {
        if (row_[at(i)] == 0 || column_[at(k)] == 0) continue;
        const double expected =
            static_cast<double>(row_[at(i)]) * static_cast<double>(column_[at(k)]) / static_cast<double>(total);
        const double off = static_cast<double>(counts[i * states_y_ + k]) - expected;
        sum += off * off / expected;
      }
    }
    return sum;
  }

 private:
  std::int64_t margins(const std::int32_t* counts) {
    std::fill(row_.begin(), row_.end(), 0);
    std::fill(column_.begin(), column_.end(), 0);
    std::int64_t total = 0;
    for (std::int64_t i = 0; i < states_x_; ++i) {
      for (std::int64_t k = 0; k < states_y_; ++k) {
        const std::int64_t n = counts[i * states_y_ + k];
        row_[at(i)] += n;
        column_[at(k)] += n;
      }
      total += row_[at(i)];
    }
    return total;
  }

  [[nodiscard]] double n_log_n(std::int64_t n) const {
    if (n < static_cast<std::int64_t>(raw_.n_log_n.size())) return raw_.n_log_n[at(n)];
    return static_cast<double>(n) * std::log(static_cast<double>(n));
  }

  const discrete_data::columns& raw_;
  std::int64_t states_x_, states_y_;
  std::vector<std::int64_t> row_, column_;
};

void check_columns(const discrete_data& data, std::span<const node_id> nodes) {
  for (const node_id v : nodes) {
    check::at_least("test_independence", "a variable", v, 0);
    check::less_than("test_independence", "a variable", v, data.size());
    if (data.first_missing(v) < 0) continue;
    throw domain_error("test_independence: column '" + data.variables()[at(v)].name + "' is missing in row " +
                       std::to_string(data.first_missing(v)) + ", but tests need complete data");
  }
}

independence_answer run_test(const discrete_data& data, node_id x, node_id y, std::span<const node_id> given,
                             independence_statistic statistic) {
  thread_local contingency table;
  const node_id pair[] = {x, y};
  count_into(data, given, pair, table);
  table_statistic sum(data.raw(), data.cardinality(x), data.cardinality(y));
  independence_answer answer;
  for (std::size_t begin = 0; begin < table.counts.size(); begin += at(table.cells)) {
    const std::int32_t* const counts = table.counts.data() + begin;
    answer.statistic += statistic == independence_statistic::x2 ? sum.x2(counts) : sum.g2(counts);
  }
  answer.statistic = std::max(answer.statistic, 0.0);
  answer.degrees_of_freedom = static_cast<double>((data.cardinality(x) - 1) * (data.cardinality(y) - 1));
  for (const node_id v : given) answer.degrees_of_freedom *= static_cast<double>(data.cardinality(v));
  if (answer.degrees_of_freedom > 0.0)
    answer.p_value = special::gamma_q(0.5 * answer.degrees_of_freedom, 0.5 * answer.statistic);
  if (statistic == independence_statistic::mutual_information)
    answer.statistic = data.rows() > 0 ? 0.5 * answer.statistic / static_cast<double>(data.rows()) : 0.0;
  return answer;
}

}  // namespace

independence_answer test_independence(const discrete_data& data, node_id x, node_id y, std::span<const node_id> given,
                                      independence_statistic statistic) {
  const node_id pair[] = {x, y};
  check_columns(data, pair);
  check_columns(data, given);
  return run_test(data, x, y, given, statistic);
}

independence_test make_independence_test(discrete_data data, independence_statistic statistic) {
  for (node_id v = 0; v < data.size(); ++v) check_columns(data, {&v, 1});
  return [data = std::move(data), statistic](node_id x, node_id y, std::span<const node_id> given) {
    return run_test(data, x, y, given, statistic);
  };
}

independence_test fisher_z(gaussian_data data) {
  return [data = std::move(data)](node_id x, node_id y, std::span<const node_id> given) {
    independence_answer answer;
    answer.degrees_of_freedom = static_cast<double>(data.rows()) - static_cast<double>(given.size()) - 3.0;
    if (!(answer.degrees_of_freedom > 0.0)) return answer;
    std::vector<node_id> with(given.begin(), given.end());
    double correlation = 0.0;
    try {
      // The coefficient of y among the regressors of x, times the ratio of the residual deviations, is the partial
      // correlation.
      const gaussian_family of_y = regress(data, y, with);
      const gaussian_family of_x = regress(data, x, with);
      with.push_back(y);
      const gaussian_family both = regress(data, x, with);
      correlation = both.coefficients.back() * std::sqrt(of_y.variance / of_x.variance);
    } catch (const domain_error&) {
      return answer;  // y (or a given variable) is a function of the others: x can tell nothing more about it
    }
    if (!std::isfinite(correlation)) return answer;
    const double z = std::fabs(correlation) < 1.0 ? std::atanh(correlation) : std::numeric_limits<double>::infinity();
    answer.statistic = std::sqrt(answer.degrees_of_freedom) * z;
    answer.p_value = std::erfc(std::fabs(answer.statistic) / std::numbers::sqrt2);
    return answer;
  };
}

independence_test d_separation_oracle(dag graph) {
  return [graph = std::move(graph)](node_id x, node_id y, std::span<const node_id> given) {
    const bool separated = d_separated(graph, {x}, {y}, node_selection(given)).separated;
    return independence_answer{separated ? 0.0 : std::numeric_limits<double>::infinity(), 1.0, separated ? 1.0 : 0.0};
  };
}

}  // namespace credence::bayesnet
