// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/linear_gaussian.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/graph/ancestry.hpp"
#include "credence/random/fill.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace credence::bayesnet {

namespace {

constexpr std::int64_t block_rows = 2048;
/// A pivot this much smaller than its variance is rounding: the observation is a function of the others.
constexpr double singular = 1e-12;

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

double log_normal_density(double deviation, double variance) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (variance == 0.0) return deviation == 0.0 ? infinity : -infinity;
  return -0.5 * (std::log(2.0 * std::numbers::pi * variance) + deviation * deviation / variance);
}

}  // namespace

struct gaussian_network::data {
  std::string name;
  dag graph;
  std::vector<gaussian_cpd> cpds;

  /// Mean and covariance of the marked nodes, which hold all their ancestors; others stay zero.
  gaussian_joint moments(const std::vector<char>& marked) const {
    const auto n = at(graph.size());
    gaussian_joint made{{}, std::vector<double>(n), std::vector<double>(n * n)};
    std::vector<node_id> before;
    for (const node_id v : graph.topological_order()) {
      if (marked[at(v)] == 0) continue;
      const gaussian_cpd& t = cpds[at(v)];
      made.mean[at(v)] = t.intercept;
      double* const row = made.covariance.data() + at(v) * n;
      for (std::size_t i = 0; i < t.parents.size(); ++i) {
        const double* const above = made.covariance.data() + at(t.parents[i]) * n;
        made.mean[at(v)] += t.coefficients[i] * made.mean[at(t.parents[i])];
        for (const node_id u : before) row[u] += t.coefficients[i] * above[u];
      }
      for (const node_id u : before) made.covariance[at(u) * n + at(v)] = row[u];
      row[v] = t.variance;
      for (std::size_t i = 0; i < t.parents.size(); ++i) row[v] += t.coefficients[i] * row[t.parents[i]];
      before.push_back(v);
    }
    for (std::size_t v = 0; v < n; ++v) made.names.push_back(graph.name(static_cast<node_id>(v)));
    return made;
  }
};

gaussian_network::gaussian_network() : data_(std::make_shared<const data>()) {}

gaussian_network::gaussian_network(std::vector<std::string> names, std::vector<gaussian_cpd> cpds, std::string name) {
  constexpr std::string_view where = "gaussian_network";
  check::same_size(where, "cpds", static_cast<std::int64_t>(cpds.size()), "names",
                   static_cast<std::int64_t>(names.size()));
  std::vector<arc> arcs;
  for (std::size_t v = 0; v < cpds.size(); ++v) {
    const gaussian_cpd& t = cpds[v];
    check::same_size(where, "the coefficients of '" + names[v] + "'", static_cast<std::int64_t>(t.coefficients.size()),
                     "its parents", static_cast<std::int64_t>(t.parents.size()));
    check::finite(where, "the intercept of '" + names[v] + "'", t.intercept);
    check::non_negative(where, "the variance of '" + names[v] + "'", t.variance);
    for (const double c : t.coefficients) check::finite(where, "a coefficient of '" + names[v] + "'", c);
    for (const node_id p : t.parents) arcs.push_back({p, static_cast<node_id>(v)});
  }
  data_ = std::make_shared<const data>(data{std::move(name), dag(std::move(names), arcs), std::move(cpds)});
}

const std::string& gaussian_network::name() const { return data_->name; }
const dag& gaussian_network::graph() const { return data_->graph; }
const gaussian_cpd& gaussian_network::table(node_id node) const { return data_->cpds[at(node)]; }

std::int64_t gaussian_network::parameter_count() const { return 2 * size() + graph().arc_count(); }

bool operator==(const gaussian_network& a, const gaussian_network& b) {
  return a.data_ == b.data_ ||
         (a.data_->name == b.data_->name && a.data_->graph == b.data_->graph && a.data_->cpds == b.data_->cpds);
}

gaussian_joint gaussian_network::joint() const { return data_->moments(std::vector<char>(at(size()), 1)); }

gaussian_joint gaussian_network::posterior(const node_selection& targets,
                                           const std::vector<observed_value>& given) const {
  constexpr std::string_view where = "gaussian_network::posterior";
  const std::vector<node_id> wanted = targets.resolve(graph(), where);
  std::vector<node_id> seen;
  for (const observed_value& o : given) {
    const node_id v = graph().index_of(o.node, where);
    check::finite(where, "the value of '" + o.node + "'", o.value);
    if (std::find(seen.begin(), seen.end(), v) != seen.end())
      check::fail_domain(where, "observation", "'" + o.node + "', given twice", "given once");
    if (std::binary_search(wanted.begin(), wanted.end(), v))
      check::fail_domain(where, "target", "'" + o.node + "', which is observed", "not observed");
    seen.push_back(v);
  }
  std::vector<node_id> all = wanted;
  all.insert(all.end(), seen.begin(), seen.end());
  std::sort(all.begin(), all.end());
  std::vector<char> marked(at(size()), 0);
  for (const node_id v : all) marked[at(v)] = 1;
  for (const node_id v : ancestors(graph(), all)) marked[at(v)] = 1;
  const gaussian_joint whole = data_->moments(marked);
  const auto n = at(size());
  const auto covariance = [&](node_id a, node_id b) { return whole.covariance[at(a) * n + at(b)]; };

  // Cholesky factor L of the observations' covariance; z = L^-1 (value - mean), and for targets W = L^-1 cov.
  const std::size_t m = seen.size(), k = wanted.size();
  std::vector<double> factor(m * m, 0.0), z(m), solved(m * k);
  gaussian_joint result;
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = covariance(seen[i], seen[j]);
      for (std::size_t l = 0; l < j; ++l) sum -= factor[i * m + l] * factor[j * m + l];
      if (i != j) {
        factor[i * m + j] = sum / factor[j * m + j];
        continue;
      }
      if (!(sum > singular * covariance(seen[i], seen[i]))) {
        throw domain_error(std::string(where) + ": the value of '" + given[i].node +
                           "' is determined by the other evidence, but must be free to vary");
      }
      factor[i * m + i] = std::sqrt(sum);
    }
    double rest = given[i].value - whole.mean[at(seen[i])];
    for (std::size_t l = 0; l < i; ++l) rest -= factor[i * m + l] * z[l];
    z[i] = rest / factor[i * m + i];
    result.log_evidence += log_normal_density(rest, factor[i * m + i] * factor[i * m + i]);
    for (std::size_t t = 0; t < k; ++t) {
      double sum = covariance(seen[i], wanted[t]);
      for (std::size_t l = 0; l < i; ++l) sum -= factor[i * m + l] * solved[l * k + t];
      solved[i * k + t] = sum / factor[i * m + i];
    }
  }
  result.names = graph().names(wanted);
  result.covariance.resize(k * k);
  for (std::size_t a = 0; a < k; ++a) {
    double mean = whole.mean[at(wanted[a])];
    for (std::size_t i = 0; i < m; ++i) mean += solved[i * k + a] * z[i];
    result.mean.push_back(mean);
    for (std::size_t b = 0; b <= a; ++b) {
      double sum = covariance(wanted[a], wanted[b]);
      for (std::size_t i = 0; i < m; ++i) sum -= solved[i * k + a] * solved[i * k + b];
      if (a == b) sum = std::max(sum, 0.0);
      result.covariance[a * k + b] = result.covariance[b * k + a] = sum;
    }
  }
  return result;
}

double gaussian_network::log_density(std::span<const double> values) const {
  check::same_size("gaussian_network::log_density", "values", static_cast<std::int64_t>(values.size()), "the network",
                   size());
  double sum = 0.0;
  for (node_id v = 0; v < size(); ++v) {
    const gaussian_cpd& t = table(v);
    double deviation = values[at(v)] - t.intercept;
    for (std::size_t i = 0; i < t.parents.size(); ++i) deviation -= t.coefficients[i] * values[at(t.parents[i])];
    sum += log_normal_density(deviation, t.variance);
  }
  return sum;
}

std::vector<double> forward_sample(const exec::context& ctx, const gaussian_network& net, std::int64_t rows,
                                   rng_key key) {
  check::at_least("forward_sample", "rows", rows, 0);
  std::vector<double> made(at(rows * net.size()));
  exec::for_each_range(
      ctx, rows,
      [&](std::int64_t begin, std::int64_t end) {
        for (const node_id v : net.graph().topological_order()) {
          const gaussian_cpd& t = net.table(v);
          double* const out = made.data() + v * rows + begin;
          random::fill_normal(key.split(purpose::data_simulation, 0, 0, static_cast<std::uint64_t>(v)),
                              std::span<double>(out, at(end - begin)), static_cast<std::uint64_t>(begin));
          const double scale = std::sqrt(t.variance);
          for (std::int64_t i = 0; i < end - begin; ++i) out[i] = t.intercept + scale * out[i];
          for (std::size_t p = 0; p < t.parents.size(); ++p) {
            const double* const parent = made.data() + t.parents[p] * rows + begin;
            for (std::int64_t i = 0; i < end - begin; ++i) out[i] += t.coefficients[p] * parent[i];
          }
        }
      },
      block_rows);
  return made;
}

fitted_gaussian_network fit_gaussian(const dag& graph, const gaussian_data& data) {
  constexpr std::string_view where = "fit_gaussian";
  std::vector<node_id> column;
  for (node_id v = 0; v < graph.size(); ++v) {
    const auto found = std::find(data.names().begin(), data.names().end(), graph.name(v));
    if (found == data.names().end())
      throw domain_error(std::string(where) + ": the data have no column '" + graph.name(v) + "'");
    column.push_back(static_cast<node_id>(found - data.names().begin()));
  }
  fitted_gaussian_network result;
  std::vector<gaussian_cpd> cpds;
  const double rows = static_cast<double>(data.rows());
  for (node_id v = 0; v < graph.size(); ++v) {
    gaussian_cpd t{{graph.parents(v).begin(), graph.parents(v).end()}, 0.0, {}, 0.0};
    std::vector<node_id> parents;
    for (const node_id p : t.parents) parents.push_back(column[at(p)]);
    gaussian_family family = regress(data, column[at(v)], parents);
    const double alone = data.covariance()[at(column[at(v)]) * (at(data.size()) + 1)];
    if (!(family.variance > singular * alone)) {
      throw domain_error(std::string(where) + ": '" + graph.name(v) +
                         "' is a linear function of its parents in the data, so the likelihood has no maximum");
    }
    result.log_likelihood -= 0.5 * rows * (std::log(2.0 * std::numbers::pi * family.variance) + 1.0);
    t.intercept = family.intercept;
    t.coefficients = std::move(family.coefficients);
    t.variance = family.variance;
    cpds.push_back(std::move(t));
  }
  std::vector<std::string> names;
  for (node_id v = 0; v < graph.size(); ++v) names.push_back(graph.name(v));
  result.net = gaussian_network(std::move(names), std::move(cpds));
  return result;
}

}  // namespace credence::bayesnet
