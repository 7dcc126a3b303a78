// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/adjustment.hpp"

#include "credence/graph/ancestry.hpp"
#include "credence/graph/d_separation.hpp"

#include "support/catch.hpp"

#include <functional>
#include <random>

using namespace credence;

namespace {

using node_list = std::vector<node_id>;

dag random_dag(int n, unsigned percent, std::mt19937_64& engine) {
  std::vector<arc> arcs;
  for (node_id b = 0; b < n; ++b) {
    for (node_id a = 0; a < b; ++a) {
      if (engine() % 100 < percent) arcs.push_back({a, b});
    }
  }
  return dag(n, arcs);
}

/// Every path between x and y without repeated nodes.
void for_each_path(const dag& g, node_id x, node_id y, const std::function<void(const node_list&)>& f) {
  node_list path{x};
  const std::function<void()> extend = [&] {
    const node_id v = path.back();
    if (v == y) return f(path);
    for (node_id u = 0; u < g.size(); ++u) {
      if (!g.adjacent(u, v) || std::find(path.begin(), path.end(), u) != path.end()) continue;
      path.push_back(u);
      extend();
      path.pop_back();
    }
  };
  extend();
}

/// Whether z blocks a path, by the definition.
bool blocked(const dag& g, const node_list& path, const node_list& z) {
  for (std::size_t i = 1; i + 1 < path.size(); ++i) {
    const bool collider = g.has_arc(path[i - 1], path[i]) && g.has_arc(path[i + 1], path[i]);
    const bool in_z = std::find(z.begin(), z.end(), path[i]) != z.end();
    if (!collider && in_z) return true;
    if (!collider) continue;
    node_list below = descendants(g, {path[i]});
    below.push_back(path[i]);
    const bool opened =
        std::any_of(below.begin(), below.end(), [&](node_id v) { return std::find(z.begin(), z.end(), v) != z.end(); });
    if (!opened) return true;
  }
  return false;
}

bool back_door_by_paths(const dag& g, node_id x, node_id y, const node_list& z) {
  const node_list below = descendants(g, {x});
  for (const node_id v : z) {
    if (std::find(below.begin(), below.end(), v) != below.end()) return false;
  }
  bool fine = true;
  for_each_path(g, x, y, [&](const node_list& path) {
    if (g.has_arc(path[1], x) && !blocked(g, path, z)) fine = false;
  });
  return fine;
}

bool front_door_by_paths(const dag& g, node_id x, node_id y, const node_list& z) {
  bool fine = true;
  for_each_path(g, x, y, [&](const node_list& path) {
    bool directed = true, meets = false;
    for (std::size_t i = 1; i < path.size(); ++i) {
      directed = directed && g.has_arc(path[i - 1], path[i]);
      meets = meets || (i + 1 < path.size() && std::find(z.begin(), z.end(), path[i]) != z.end());
    }
    if (directed && !meets) fine = false;
  });
  for (const node_id v : z) {
    for_each_path(g, x, v, [&](const node_list& path) {
      if (g.has_arc(path[1], x) && !blocked(g, path, {})) fine = false;
    });
    for_each_path(g, v, y, [&](const node_list& path) {
      // Paths that leave another node of z by an arc out of it do not count: z is set as a whole.
      bool counts = g.has_arc(path[1], v);
      for (std::size_t i = 0; i + 1 < path.size(); ++i) {
        const auto in_z = [&](node_id u) { return std::find(z.begin(), z.end(), u) != z.end(); };
        if (g.has_arc(path[i], path[i + 1]) && in_z(path[i])) counts = false;
        if (g.has_arc(path[i + 1], path[i]) && in_z(path[i + 1])) counts = false;
      }
      // Removing arcs out of z also takes descendants away from colliders: use the cut graph for blocking.
      std::vector<arc> arcs = g.arcs();
      std::erase_if(arcs, [&](const arc& a) { return std::find(z.begin(), z.end(), a.from) != z.end(); });
      if (counts && !blocked(dag(g.size(), arcs), path, {x})) fine = false;
    });
  }
  return fine;
}

std::vector<node_list> minimal_by_subsets(const dag& g, node_id x, node_id y, const node_list& latent,
                                          const std::function<bool(const node_list&)>& good) {
  std::vector<node_list> fit;
  for (unsigned bits = 0; bits < (1U << g.size()); ++bits) {
    node_list z;
    bool usable = true;
    for (node_id v = 0; v < g.size(); ++v) {
      if ((bits >> v & 1U) == 0) continue;
      usable = usable && v != x && v != y && std::find(latent.begin(), latent.end(), v) == latent.end();
      z.push_back(v);
    }
    if (usable && good(z)) fit.push_back(z);
  }
  std::vector<node_list> minimal;
  for (const node_list& a : fit) {
    const bool larger = std::any_of(fit.begin(), fit.end(), [&](const node_list& b) {
      return b != a && std::includes(a.begin(), a.end(), b.begin(), b.end());
    });
    if (!larger) minimal.push_back(a);
  }
  std::sort(minimal.begin(), minimal.end(),
            [](const node_list& a, const node_list& b) { return a.size() != b.size() ? a.size() < b.size() : a < b; });
  return minimal;
}

}  // namespace

TEST_CASE("back-door sets: all minimal ones, by paths and subsets", "[graph][adjustment]") {
  std::mt19937_64 engine(11);
  std::size_t listed = 0;
  for (int repeat = 0; repeat < 150; ++repeat) {
    const dag g = random_dag(6, 45, engine);
    const auto x = static_cast<node_id>(engine() % 6), y = static_cast<node_id>((x + 1 + engine() % 5) % 6);
    const node_list latent = repeat % 3 == 0 ? node_list{static_cast<node_id>(engine() % 6)} : node_list{};
    const auto expected =
        minimal_by_subsets(g, x, y, latent, [&](const node_list& z) { return back_door_by_paths(g, x, y, z); });
    const adjustment_sets found = minimal_back_door_sets(g, x, y, {.latent = latent});
    CHECK(found.sets == expected);
    CHECK(found.all);
    for (const node_list& z : found.sets) CHECK(satisfies_back_door(g, x, y, z));
    listed += found.sets.size();
  }
  CHECK(listed > 100);
}

TEST_CASE("front-door sets: all minimal ones, by paths and subsets", "[graph][adjustment]") {
  std::mt19937_64 engine(13);
  std::size_t listed = 0;
  for (int repeat = 0; repeat < 120; ++repeat) {
    const dag g = random_dag(6, 35, engine);
    const auto x = static_cast<node_id>(engine() % 3), y = static_cast<node_id>(3 + engine() % 3);
    const node_list latent = repeat % 2 == 0 ? node_list{static_cast<node_id>(engine() % 3)} : node_list{};
    const auto expected =
        minimal_by_subsets(g, x, y, latent, [&](const node_list& z) { return front_door_by_paths(g, x, y, z); });
    CHECK(minimal_front_door_sets(g, x, y, {.latent = latent}).sets == expected);
    listed += expected.size();
  }
  CHECK(listed > 50);
}

TEST_CASE("adjustment: the graphs of the textbooks", "[graph][adjustment]") {
  // Pearl, Causality, figure 3.4: back-door sets of (X_i, X_j) are {X3, X4} and {X4, X5}; X4 alone, X6 are not.
  const dag g("X1->X3->Xi; X1->X4<-X2; X2->X5->Xj; X4->Xi; X4->Xj; Xi->X6->Xj");
  const auto number = [&](const std::string& name) { return g.index_of(name); };
  const adjustment_sets sets = minimal_back_door_sets(g, number("Xi"), number("Xj"));
  const auto named = [&](const node_list& z) { return g.names(z); };
  std::vector<std::vector<std::string>> names;
  for (const node_list& z : sets.sets) names.push_back(named(z));
  const auto holds = [&](std::vector<std::string> wanted) {
    return std::any_of(names.begin(), names.end(), [&](std::vector<std::string> z) {
      std::sort(z.begin(), z.end());
      return z == wanted;
    });
  };
  CHECK(holds({"X3", "X4"}));
  CHECK(holds({"X4", "X5"}));
  CHECK(holds({"X1", "X4"}));
  CHECK(holds({"X2", "X4"}));
  CHECK(names.size() == 4);
  CHECK_FALSE(satisfies_back_door(g, number("Xi"), number("Xj"), {"X4"}));
  CHECK_FALSE(satisfies_back_door(g, number("Xi"), number("Xj"), {"X3", "X4", "X6"}));
  // Smoking, tar, cancer with a hidden genotype: the front door.
  const dag smoking("U->X; U->Y; X->Z->Y");
  const node_id x = smoking.index_of("X"), y = smoking.index_of("Y");
  CHECK(minimal_back_door_sets(smoking, x, y, {.latent = {"U"}}).sets.empty());
  CHECK(minimal_front_door_sets(smoking, x, y, {.latent = {"U"}}).sets ==
        std::vector<node_list>{{smoking.index_of("Z")}});
  CHECK(intervened(smoking, {"X"}) == dag(std::vector<std::string>{"U", "X", "Y", "Z"}, {{0, 2}, {1, 3}, {3, 2}}));
  CHECK_THROWS_AS(minimal_back_door_sets(smoking, x, x), domain_error);
  CHECK_THROWS_AS(satisfies_back_door(smoking, x, y, {"X"}), domain_error);
  CHECK(minimal_back_door_sets(smoking, x, y, {.most_sets = 0}).sets.empty());
}
