// SPDX-License-Identifier: BSD-3-Clause
// What graphs say about numbers, and numbers about graphs: the classic theorems on random networks.
#include "credence/graph/ancestry.hpp"
#include "credence/graph/d_separation.hpp"
#include "credence/graph/independence_map.hpp"

#include "bayesnet/support.hpp"
#include "credence/bayesnet/bif.hpp"

using namespace credence;
using namespace credence::bayesnet;

namespace {

/// The joint distribution as a list, for small networks.
class joint_table {
 public:
  explicit joint_table(const network& net) : net_(net) {
    test::for_each_assignment(net, {}, [&](const std::vector<std::int64_t>& s, double p) { rows_.emplace_back(s, p); });
  }

  /// The largest |P(a, b, z) P(z) - P(a, z) P(b, z)| over all states: zero exactly when a and b are independent given
  /// z.
  [[nodiscard]] double dependence(node_id a, node_id b, std::span<const node_id> given) const {
    const std::int64_t states_a = net_.cardinality(a), states_b = net_.cardinality(b);
    std::map<std::vector<std::int64_t>, std::vector<double>> tables;
    for (const auto& [s, p] : rows_) {
      std::vector<std::int64_t> z;
      for (const node_id v : given) z.push_back(s[static_cast<std::size_t>(v)]);
      auto& table = tables.try_emplace(z, static_cast<std::size_t>(states_a * states_b), 0.0).first->second;
      table[static_cast<std::size_t>(s[static_cast<std::size_t>(a)] * states_b + s[static_cast<std::size_t>(b)])] += p;
    }
    double largest = 0.0;
    for (const auto& [z, table] : tables) {
      std::vector<double> of_a(static_cast<std::size_t>(states_a)), of_b(static_cast<std::size_t>(states_b));
      double total = 0.0;
      for (std::size_t i = 0; i < table.size(); ++i) {
        of_a[i / of_b.size()] += table[i];
        of_b[i % of_b.size()] += table[i];
        total += table[i];
      }
      for (std::size_t i = 0; i < table.size(); ++i)
        largest = std::max(largest, std::abs(table[i] * total - of_a[i / of_b.size()] * of_b[i % of_b.size()]));
    }
    return largest;
  }

 private:
  const network& net_;
  std::vector<std::pair<std::vector<std::int64_t>, double>> rows_;
};

/// Sums of some hundred products near one, each rounded.
constexpr double rounding = 1e-14;

/// Tables in random directions but far from independence.
network generic_network(int n, std::mt19937_64& engine) {
  std::uniform_real_distribution<double> uniform(0.1, 0.9);
  std::vector<variable> variables;
  std::vector<cpd> cpds(static_cast<std::size_t>(n));
  for (int v = 0; v < n; ++v) {
    variables.push_back({std::string("v").append(std::to_string(v)), {"0", "1"}, {}});
    auto& t = cpds[static_cast<std::size_t>(v)];
    for (node_id p = 0; p < v; ++p)
      if (engine() % 2 == 0) t.parents.push_back(p);
    for (std::size_t row = 0; row < (std::size_t{1} << t.parents.size()); ++row) {
      t.values.push_back(uniform(engine));
      t.values.push_back(1.0 - t.values.back());
    }
  }
  return {"", std::move(variables), std::move(cpds)};
}

}  // namespace

TEST_CASE("d-separation: exactly what is independent in random tables", "[bayesnet][theorems]") {
  std::mt19937_64 engine(501);
  std::int64_t separated = 0, joined = 0;
  double weakest = 1.0;
  for (int trial = 0; trial < 60; ++trial) {
    const int n = 3 + trial % 3;
    const network net = generic_network(n, engine);
    const joint_table joint(net);
    for (node_id a = 0; a < n; ++a) {
      for (node_id b = 0; b < a; ++b) {
        for (unsigned set = 0; set < (1U << n); ++set) {
          if ((set >> a & 1U) != 0 || (set >> b & 1U) != 0) continue;
          std::vector<node_id> given;
          for (node_id v = 0; v < n; ++v)
            if ((set >> v & 1U) != 0) given.push_back(v);
          const double dependence = joint.dependence(a, b, given);
          if (d_separated(net.graph(), {a}, {b}, given).separated) {
            ++separated;
            CHECK(dependence < rounding);
          } else {
            ++joined;
            weakest = std::min(weakest, dependence);
          }
        }
      }
    }
  }
  CHECK(separated > 300);
  CHECK(joined > 1000);
  // Tables that hide a dependence have measure zero; the weakest seen is far above rounding.
  CHECK(weakest > 100.0 * rounding);
}

TEST_CASE("local Markov property and Markov blankets hold in the numbers", "[bayesnet][theorems]") {
  std::mt19937_64 engine(503);
  for (int trial = 0; trial < 30; ++trial) {
    const network net = test::random_network(6, 0.4, engine, trial % 2 == 0, 3);
    const joint_table joint(net);
    for (node_id v = 0; v < net.size(); ++v) {
      const auto parents = net.graph().parents(v);
      std::vector<node_id> above(parents.begin(), parents.end());
      std::sort(above.begin(), above.end());
      const std::vector<node_id> below = descendants(net.graph(), {v}), blanket = markov_blanket(net.graph(), {v});
      for (node_id u = 0; u < net.size(); ++u) {
        if (u == v) continue;
        const auto in = [&](const std::vector<node_id>& set) { return std::binary_search(set.begin(), set.end(), u); };
        if (!in(above) && !in(below)) CHECK(joint.dependence(v, u, above) < rounding);
        if (!in(blanket)) CHECK(joint.dependence(v, u, blanket) < rounding);
      }
    }
  }
}

TEST_CASE("minimal I-maps: the student distribution gives those of its graph, from every order",
          "[bayesnet][theorems][textbook]") {
  const network net = read_bif(CREDENCE_SOURCE_DIR "/models/networks/student.bif");
  const joint_table joint(net);
  std::vector<std::string> names;
  for (const variable& v : net.variables()) names.push_back(v.name);
  const independence_oracle by_numbers = [&](node_id x, node_id y, std::span<const node_id> given) {
    return joint.dependence(x, y, given) < 1e-12;  // the tables have two decimals: real dependences are above 1e-6
  };
  std::vector<node_id> order{0, 1, 2, 3, 4};
  int orders = 0;
  do {
    const dag found = minimal_i_map(names, order, by_numbers);
    CHECK(found == minimal_i_map(net.graph(), order));
    CHECK(is_i_map(found, net.graph()));
    // An I-map factorises the distribution: its tables from the joint give the joint back.
    for (const node_id v : order) {
      const auto parents = found.parents(v);
      std::vector<node_id> above(parents.begin(), parents.end());
      std::sort(above.begin(), above.end());
      for (const node_id u : order) {
        if (u == v) break;
        if (!std::binary_search(above.begin(), above.end(), u)) CHECK(joint.dependence(v, u, above) < 1e-12);
      }
    }
    ++orders;
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(orders == 120);
}
