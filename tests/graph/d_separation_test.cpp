// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/d_separation.hpp"

#include "credence/graph/independencies.hpp"
#include "credence/graph/separators.hpp"
#include "graph/support.hpp"
#include "support/catch.hpp"

using namespace credence;

namespace {

dag student() { return dag("D->G<-I; I->S; G->L"); }

dag asia() { return dag("asia->tub->either->xray; smoke->lung->either->dysp<-bronc<-smoke"); }

/// Splits the nodes of mask into sets: two bits a node (0 none, 1 x, 2 y, 3 given).
struct split {
  std::set<node_id> x, y, z;
  split(std::int64_t mask, int n) {
    for (node_id v = 0; v < n; ++v, mask /= 4) {
      if (mask % 4 == 1) x.insert(v);
      if (mask % 4 == 2) y.insert(v);
      if (mask % 4 == 3) z.insert(v);
    }
  }
};

}  // namespace

TEST_CASE("d-separation: agrees with path enumeration on every DAG of up to five nodes, certificates included",
          "[graph][d_separation]") {
  std::int64_t questions = 0;
  for (int n = 2; n <= 5; ++n) {
    test::for_each_dag(n, [&](const dag& g) {
      d_separator engine(g);
      for (node_id a = 0; a < n; ++a) {
        for (node_id b = 0; b < n; ++b) {
          if (a == b || (n == 5 && a > b)) continue;  // both directions up to four nodes
          for (unsigned mask = 0; mask < (1U << n); ++mask) {
            if ((mask >> a & 1U) != 0 || (mask >> b & 1U) != 0) continue;
            std::set<node_id> z;
            for (node_id v = 0; v < n; ++v) {
              if ((mask >> v & 1U) != 0) z.insert(v);
            }
            ++questions;
            const std::vector<node_id> x{a}, y{b}, given = test::to_vector(z);
            const separation answer = engine.explain(x, y, given);
            if (answer.separated != test::separated_by_enumeration(g, {a}, {b}, z)) {
              FAIL("wrong answer on " << to_arrows(g) << " for " << a << ", " << b);
            }
            const certificate_check verdict = check_certificate(g, x, y, given, answer);
            if (!verdict.valid) FAIL(verdict.reason << " on " << to_arrows(g) << " for " << a << ", " << b);
          }
        }
      }
    });
  }
  CHECK(questions == 3 * 2 + 25 * 6 * 2 + 543 * 12 * 4 + 29281 * 10 * 8);
}

TEST_CASE("d-separation of sets: agrees with path enumeration on every DAG of four nodes", "[graph][d_separation]") {
  test::for_each_dag(4, [&](const dag& g) {
    for (std::int64_t mask = 0; mask < 256; ++mask) {
      const split s(mask, 4);
      if (s.x.empty() || s.y.empty()) continue;
      const auto x = test::to_vector(s.x), y = test::to_vector(s.y), z = test::to_vector(s.z);
      const separation answer = d_separated(g, x, y, z);
      if (answer.separated != test::separated_by_enumeration(g, s.x, s.y, s.z))
        FAIL("wrong answer on " << to_arrows(g));
      const certificate_check verdict = check_certificate(g, x, y, z, answer);
      if (!verdict.valid) FAIL(verdict.reason << " on " << to_arrows(g));
    }
  });
}

TEST_CASE("d-separation: agrees with moralisation on random larger DAGs", "[graph][d_separation]") {
  std::mt19937_64 engine(11);
  int separated = 0, connected = 0;
  for (int trial = 0; trial < 3000; ++trial) {
    const int n = 6 + static_cast<int>(engine() % 30);
    const dag g = test::random_dag(n, 2.0 / n * (1.0 + 0.5 * static_cast<double>(engine() % 3)), engine);
    std::set<node_id> x, y, z;
    for (node_id v = 0; v < n; ++v) {
      const auto pick = engine() % 10;
      if (pick == 0) x.insert(v);
      if (pick == 1) y.insert(v);
      if (pick == 2 || pick == 3) z.insert(v);
    }
    if (x.empty() || y.empty()) continue;
    const auto xs = test::to_vector(x), ys = test::to_vector(y), zs = test::to_vector(z);
    const separation answer = d_separated(g, xs, ys, zs);
    ++(answer.separated ? separated : connected);
    if (answer.separated != test::separated_by_moralisation(g, x, y, z)) FAIL("wrong answer on " << to_arrows(g));
    const certificate_check verdict = check_certificate(g, xs, ys, zs, answer);
    if (!verdict.valid) FAIL(verdict.reason << " on " << to_arrows(g));
    // All targets at once.
    const std::vector<node_id> linked = d_connected(g, xs, zs), apart = d_separated_from(g, xs, zs);
    for (node_id v = 0; v < n; ++v) {
      const bool in_linked = std::binary_search(linked.begin(), linked.end(), v);
      const bool in_apart = std::binary_search(apart.begin(), apart.end(), v);
      const bool asked = x.count(v) == 0 && z.count(v) == 0;
      if (in_linked + in_apart != (asked ? 1 : 0)) FAIL("lists must split the other nodes");
      if (asked && in_apart != test::separated_by_moralisation(g, x, {v}, z)) FAIL("wrong list");
    }
  }
  CHECK(separated > 200);  // both answers really occur
  CHECK(connected > 200);
}

TEST_CASE("d-separation: the ten questions about the student network (T4)", "[graph][d_separation][textbook]") {
  const dag g = student();
  const auto sep = [&](const node_selection& x, const node_selection& y, const node_selection& z = {}) {
    const separation answer = d_separated(g, x, y, z);
    CHECK(check_certificate(g, x, y, z, answer).valid);
    return answer.separated;
  };
  CHECK(sep({"D"}, {"I"}));
  CHECK_FALSE(sep({"D"}, {"I"}, {"G"}));
  CHECK_FALSE(sep({"D"}, {"I"}, {"L"}));
  CHECK(sep({"D"}, {"S"}));
  CHECK_FALSE(sep({"D"}, {"S"}, {"G"}));
  CHECK(sep({"D"}, {"S"}, {"G", "I"}));
  CHECK(sep({"L"}, {"I"}, {"G"}));
  CHECK_FALSE(sep({"L"}, {"S"}));
  CHECK(sep({"L"}, {"S"}, {"I"}));
  CHECK(sep({"L"}, {"S"}, {"G"}));
}

TEST_CASE("d-separation: the active trail names its rules and what opened its colliders", "[graph][d_separation]") {
  const dag g = asia();
  const separation answer = d_separated(g, {"asia"}, {"smoke"}, {"dysp"});
  CHECK_FALSE(answer.separated);
  CHECK(g.names(answer.active_trail) == std::vector<std::string>{"asia", "tub", "either", "lung", "smoke"});
  CHECK(answer.rules == std::vector<trail_rule>{trail_rule::chain, trail_rule::collider, trail_rule::chain});
  CHECK(g.names(answer.opened_by[1]) == std::vector<std::string>{"either", "dysp"});
  const separation blocked = d_separated(g, {"asia"}, {"smoke"});
  CHECK(blocked.separated);
  CHECK_FALSE(blocked.reached().empty());
}

TEST_CASE("certificate checker: refuses every tampered certificate", "[graph][d_separation]") {
  std::mt19937_64 engine(5);
  int trails = 0, proofs = 0;
  for (int trial = 0; trial < 400; ++trial) {
    const dag g = test::random_dag(9, 0.25, engine);
    std::vector<node_id> z;
    for (node_id v = 2; v < 9; ++v) {
      if (engine() % 3 == 0) z.push_back(v);
    }
    const node_selection x{0}, y{1};
    const separation good = d_separated(g, x, y, z);
    REQUIRE(check_certificate(g, x, y, z, good).valid);
    const auto refuses = [&](const separation& claim) { return !check_certificate(g, x, y, z, claim).valid; };
    separation flipped = good;
    flipped.separated = !good.separated;
    CHECK(refuses(flipped));
    if (!good.separated) {
      ++trails;
      for (std::size_t i = 0; i < good.active_trail.size(); ++i) {  // drop, repeat or change a node
        separation bad = good;
        bad.active_trail.erase(bad.active_trail.begin() + static_cast<std::ptrdiff_t>(i));
        CHECK(refuses(bad));
        bad = good;
        bad.active_trail[i] = g.size() > bad.active_trail[i] + 1 ? -1 : 99;
        CHECK(refuses(bad));
      }
      for (std::size_t i = 0; i < good.rules.size(); ++i) {
        separation bad = good;
        bad.rules[i] = static_cast<trail_rule>((static_cast<int>(good.rules[i]) + 1) % 3);
        CHECK(refuses(bad));
        bad = good;
        if (good.rules[i] == trail_rule::collider)
          bad.opened_by[i].pop_back();
        else
          bad.opened_by[i].push_back(good.active_trail[i + 1]);
        CHECK(refuses(bad));
      }
      // The same trail under other evidence: observing an inner chain or fork blocks it.
      for (std::size_t i = 0; i < good.rules.size(); ++i) {
        if (good.rules[i] == trail_rule::collider) continue;
        std::vector<node_id> more = z;
        more.push_back(good.active_trail[i + 1]);
        CHECK_FALSE(check_certificate(g, x, y, more, good).valid);
      }
    } else {
      ++proofs;
      // Any single member taken away leaves a set that is not closed, or lacks a start or an observed ancestor.
      for (auto member : {&separation::reached_from_child, &separation::reached_from_parent}) {
        for (std::size_t i = 0; i < (good.*member).size(); ++i) {
          separation bad = good;
          (bad.*member).erase((bad.*member).begin() + static_cast<std::ptrdiff_t>(i));
          CHECK(refuses(bad));
        }
      }
      for (const node_id observed : z) {
        separation bad = good;
        std::erase(bad.observed_ancestors, observed);
        CHECK(refuses(bad));
      }
      separation bad = good;
      bad.reached_from_parent.push_back(good.starts_at_y ? 0 : 1);
      CHECK(refuses(bad));
      bad = good;
      bad.starts_at_y = !bad.starts_at_y;
      CHECK(refuses(bad));
      bad = good;
      bad.reached_from_child.push_back(77);
      CHECK(refuses(bad));
    }
  }
  CHECK(trails > 50);
  CHECK(proofs > 50);
}

TEST_CASE("d-separation: sets that overlap, are empty or unknown are refused", "[graph][d_separation]") {
  const dag g = student();
  CHECK_THROWS_WITH(d_separated(g, {"D"}, {"D"}), Contains("disjoint"));
  CHECK_THROWS_WITH(d_separated(g, {"D"}, {"I"}, {"I"}), Contains("disjoint"));
  CHECK_THROWS_WITH(d_separated(g, {}, {"I"}), Contains("x is empty"));
  CHECK_THROWS_WITH(d_separated(g, {"D"}, {}), Contains("y is empty"));
  CHECK_THROWS_WITH(d_separated(g, {"D"}, {"Q"}), Contains("'Q'"));
  CHECK_THROWS_AS(d_separated(g, {9}, {0}), domain_error);
}

TEST_CASE("d-separation: a chain of a million nodes, both answers", "[graph][d_separation]") {
  std::vector<arc> arcs;
  constexpr node_id n = 1'000'000;
  for (node_id v = 0; v + 1 < n; ++v) arcs.push_back({v, v + 1});
  const dag g(n, arcs);
  const separation open = d_separated(g, {0}, {n - 1});
  CHECK_FALSE(open.separated);
  CHECK(open.active_trail.size() == n);
  CHECK(check_certificate(g, {0}, {n - 1}, {}, open).valid);
  const separation blocked = d_separated(g, {0}, {n - 1}, {n / 2});
  CHECK(blocked.separated);
  CHECK(check_certificate(g, {0}, {n - 1}, {n / 2}, blocked).valid);
}

TEST_CASE("minimal separator: separates, is minimal, and is absent exactly when nothing separates",
          "[graph][separators]") {
  const auto check_one = [](const dag& g, int n, const std::set<node_id>& x, const std::set<node_id>& y) {
    std::vector<node_id> others;
    for (node_id v = 0; v < n; ++v) {
      if (x.count(v) == 0 && y.count(v) == 0) others.push_back(v);
    }
    const auto found = minimal_separator(g, test::to_vector(x), test::to_vector(y));
    bool exists = false;
    for (unsigned mask = 0; mask < (1U << others.size()); ++mask) {
      std::set<node_id> z;
      for (std::size_t i = 0; i < others.size(); ++i) {
        if ((mask >> i & 1U) != 0) z.insert(others[i]);
      }
      if (!test::separated_by_moralisation(g, x, y, z)) continue;
      exists = true;
      if (found && z.size() < found->size() && std::includes(found->begin(), found->end(), z.begin(), z.end())) {
        FAIL("not minimal on " << to_arrows(g));
      }
    }
    if (exists != found.has_value()) FAIL("wrong existence on " << to_arrows(g));
    if (found && !test::separated_by_moralisation(g, x, y, {found->begin(), found->end()})) {
      FAIL("does not separate on " << to_arrows(g));
    }
  };
  for (int n = 2; n <= 4; ++n) {
    test::for_each_dag(n, [&](const dag& g) {
      std::int64_t all = 1;
      for (int i = 0; i < n; ++i) all *= 4;
      for (std::int64_t mask = 0; mask < all; ++mask) {
        const split s(mask, n);
        if (s.z.empty() && !s.x.empty() && !s.y.empty()) check_one(g, n, s.x, s.y);
      }
    });
  }
  std::mt19937_64 engine(8);
  for (int trial = 0; trial < 500; ++trial) {
    const dag g = test::random_dag(9, 0.3, engine);
    check_one(g, 9, {static_cast<node_id>(engine() % 4)}, {static_cast<node_id>(4 + engine() % 5)});
  }
}

TEST_CASE("minimal separator: keeps what must be in and uses only what may be", "[graph][separators]") {
  const dag g = asia();
  CHECK(g.names(*minimal_separator(g, {"lung"}, {"bronc"})) == std::vector<std::string>{"smoke"});
  CHECK_FALSE(minimal_separator(g, {"lung"}, {"either"}));
  CHECK(minimal_separator(g, {"asia"}, {"smoke"})->empty());
  const auto forced = minimal_separator(g, {"asia"}, {"smoke"}, {"either"}, {"either", "lung", "bronc"});
  REQUIRE(forced);
  CHECK(g.names(*forced) == std::vector<std::string>{"either", "lung"});
  CHECK_FALSE(minimal_separator(g, {"lung"}, {"bronc"}, {}, {"asia", "xray"}));
  CHECK_THROWS_AS(minimal_separator(g, {"lung"}, {"lung"}), domain_error);
}

TEST_CASE("independencies: local, pairwise and full lists of the student network hold and are complete",
          "[graph][independencies]") {
  const dag g = student();
  std::vector<std::string> local;
  for (const auto& s : local_independencies(g)) local.push_back(to_text(g, s));
  CHECK(local ==
        std::vector<std::string>{"D _|_ I, S", "G _|_ S | D, I", "I _|_ D", "S _|_ D, G, L | I", "L _|_ D, I, S | G"});
  const auto as_sets = [](const std::vector<node_id>& v) { return std::set<node_id>(v.begin(), v.end()); };
  for (const auto& s : pairwise_independencies(g)) {
    CHECK(test::separated_by_enumeration(g, as_sets(s.x), as_sets(s.y), as_sets(s.given)));
  }
  CHECK(pairwise_independencies(g).size() == 10 - 4);
  std::size_t expected = 0;
  for (node_id a = 0; a < 5; ++a) {
    for (node_id b = a + 1; b < 5; ++b) {
      for (unsigned mask = 0; mask < 32; ++mask) {
        if ((mask >> a & 1U) != 0 || (mask >> b & 1U) != 0) continue;
        std::set<node_id> z;
        for (node_id v = 0; v < 5; ++v) {
          if ((mask >> v & 1U) != 0) z.insert(v);
        }
        expected += test::separated_by_enumeration(g, {a}, {b}, z) ? 1 : 0;
      }
    }
  }
  CHECK(all_independencies(g, 3).size() == expected);
  CHECK(all_independencies(g, 0).size() == 2);  // D with I and with S
}
