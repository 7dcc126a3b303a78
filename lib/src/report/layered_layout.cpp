// SPDX-License-Identifier: BSD-3-Clause
#include "credence/report/layered_layout.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace credence::report {

namespace {

constexpr int order_sweeps = 24, place_sweeps = 16;
/// Arcs that pass a layer take as much room as a thin box.
constexpr double passing_width = 6.0;

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

/// Nodes and the places where long arcs pass a layer, with arcs between neighbouring layers only.
struct proper_graph {
  std::vector<std::vector<std::size_t>> layers;
  std::vector<std::vector<std::size_t>> up, down;
  std::vector<double> width, height;
  std::vector<std::size_t> place;  ///< within the layer

  void note_places() {
    for (const auto& layer : layers)
      for (std::size_t i = 0; i < layer.size(); ++i) place[layer[i]] = i;
  }
};

std::vector<std::int64_t> find_layers(const dag& graph) {
  std::vector<std::int64_t> layer(at(graph.size()), 0);
  const auto order = graph.topological_order();
  for (const node_id v : order)
    for (const node_id p : graph.parents(v)) layer[at(v)] = std::max(layer[at(v)], layer[at(p)] + 1);
  // Down again as far as children allow, where there are more children than parents: arcs get shorter.
  for (auto v = order.rbegin(); v != order.rend(); ++v) {
    const auto children = graph.children(*v);
    if (children.size() <= graph.parents(*v).size()) continue;
    std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
    for (const node_id c : children) lowest = std::min(lowest, layer[at(c)] - 1);
    layer[at(*v)] = std::max(layer[at(*v)], lowest);
  }
  return layer;
}

/// @param chains  receives the vertices of each arc, both ends included
proper_graph make_proper(const dag& graph, const std::vector<box_size>& sizes, const std::vector<std::int64_t>& layer,
                         std::vector<std::vector<std::size_t>>& chains) {
  proper_graph g;
  const std::int64_t last = layer.empty() ? -1 : *std::max_element(layer.begin(), layer.end());
  g.layers.resize(at(last + 1));
  const auto add = [&](std::int64_t of, double width, double height) {
    g.layers[at(of)].push_back(g.width.size());
    g.width.push_back(width);
    g.height.push_back(height);
    g.up.emplace_back();
    g.down.emplace_back();
    return g.width.size() - 1;
  };
  for (std::size_t v = 0; v < layer.size(); ++v) add(layer[v], sizes[v].width, sizes[v].height);
  for (const arc& a : graph.arcs()) {
    auto& chain = chains.emplace_back();
    chain.push_back(at(a.from));
    for (std::int64_t l = layer[at(a.from)] + 1; l < layer[at(a.to)]; ++l) chain.push_back(add(l, passing_width, 0.0));
    chain.push_back(at(a.to));
    for (std::size_t i = 1; i < chain.size(); ++i) {
      g.down[chain[i - 1]].push_back(chain[i]);
      g.up[chain[i]].push_back(chain[i - 1]);
    }
  }
  g.place.resize(g.width.size());
  g.note_places();
  return g;
}

/// Crossings of arcs between neighbouring layers: pairs out of order, counted by a Fenwick tree.
std::int64_t count_crossings(const proper_graph& g) {
  std::int64_t crossings = 0;
  for (std::size_t l = 0; l + 1 < g.layers.size(); ++l) {
    std::vector<std::int64_t> seen(g.layers[l + 1].size() + 1, 0);
    std::int64_t total = 0;
    for (const std::size_t v : g.layers[l]) {
      std::vector<std::size_t> targets;
      for (const std::size_t u : g.down[v]) targets.push_back(g.place[u]);
      for (const std::size_t t : targets) {
        std::int64_t not_right = 0;
        for (std::size_t i = t + 1; i > 0; i -= i & (~i + 1)) not_right += seen[i];
        crossings += total - not_right;
      }
      for (const std::size_t t : targets) {
        for (std::size_t i = t + 1; i < seen.size(); i += i & (~i + 1)) ++seen[i];
        ++total;
      }
    }
  }
  return crossings;
}

/// Orders one layer by the mean place of its neighbours on one side; those without any stay where they are.
void order_layer(proper_graph& g, std::vector<std::size_t>& layer, const std::vector<std::vector<std::size_t>>& side) {
  std::vector<std::pair<double, std::size_t>> keyed;
  for (std::size_t i = 0; i < layer.size(); ++i) {
    double sum = 0.0;
    for (const std::size_t u : side[layer[i]]) sum += static_cast<double>(g.place[u]);
    const auto n = static_cast<double>(side[layer[i]].size());
    keyed.emplace_back(n > 0.0 ? sum / n : static_cast<double>(i), layer[i]);
  }
  std::stable_sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < layer.size(); ++i) g.place[layer[i] = keyed[i].second] = i;
}

std::int64_t order_layers(proper_graph& g) {
  auto best = g.layers;
  std::int64_t fewest = count_crossings(g);
  for (int sweep = 0; sweep < order_sweeps && fewest > 0; ++sweep) {
    if (sweep % 2 == 0) {
      for (std::size_t l = 1; l < g.layers.size(); ++l) order_layer(g, g.layers[l], g.up);
    } else {
      for (std::size_t l = g.layers.size() - 1; l-- > 0;) order_layer(g, g.layers[l], g.down);
    }
    const std::int64_t crossings = count_crossings(g);
    if (crossings >= fewest) continue;
    fewest = crossings;
    best = g.layers;
  }
  g.layers = std::move(best);
  g.note_places();
  return fewest;
}

/// The places nearest to the wishes (least squares) that keep the order and the gaps: isotonic regression by pooling.
void place_layer(const proper_graph& g, const std::vector<std::size_t>& layer, const std::vector<double>& wish,
                 double gap, std::vector<double>& x) {
  struct pool {
    double sum, weight;
    std::size_t count;
  };
  std::vector<pool> pools;
  std::vector<double> offset(layer.size(), 0.0);
  for (std::size_t i = 0; i < layer.size(); ++i) {
    if (i > 0) offset[i] = offset[i - 1] + 0.5 * (g.width[layer[i - 1]] + g.width[layer[i]]) + gap;
    pools.push_back({wish[i] - offset[i], 1.0, 1});
    while (pools.size() > 1 &&
           pools[pools.size() - 2].sum * pools.back().weight >= pools.back().sum * pools[pools.size() - 2].weight) {
      const pool last = pools.back();
      pools.pop_back();
      pools.back() = {pools.back().sum + last.sum, pools.back().weight + last.weight, pools.back().count + last.count};
    }
  }
  std::size_t i = 0;
  for (const pool& p : pools)
    for (std::size_t k = 0; k < p.count; ++k, ++i) x[layer[i]] = p.sum / p.weight + offset[i];
}

std::vector<double> place_nodes(const proper_graph& g, double gap) {
  std::vector<double> x(g.width.size(), 0.0);
  for (const auto& layer : g.layers) place_layer(g, layer, std::vector<double>(layer.size(), 0.0), gap, x);
  for (int sweep = 0; sweep < place_sweeps; ++sweep) {
    for (std::size_t step = 0; step < g.layers.size(); ++step) {
      const std::size_t l = sweep % 2 == 0 ? step : g.layers.size() - 1 - step;
      std::vector<double> wish;
      for (const std::size_t v : g.layers[l]) {
        double sum = 0.0;
        for (const std::size_t u : g.up[v]) sum += x[u];
        for (const std::size_t u : g.down[v]) sum += x[u];
        const auto n = static_cast<double>(g.up[v].size() + g.down[v].size());
        wish.push_back(n > 0.0 ? sum / n : x[v]);
      }
      place_layer(g, g.layers[l], wish, gap, x);
    }
  }
  return x;
}

}  // namespace

graph_layout layered_layout(const dag& graph, const std::vector<box_size>& sizes, const layout_options& options) {
  check::same_size("layered_layout", "sizes", static_cast<std::int64_t>(sizes.size()), "nodes", graph.size());
  for (const box_size& s : sizes) {
    check::positive("layered_layout", "a width", s.width);
    check::positive("layered_layout", "a height", s.height);
  }
  graph_layout made;
  made.layer = find_layers(graph);
  std::vector<std::vector<std::size_t>> chains;
  proper_graph g = make_proper(graph, sizes, made.layer, chains);
  made.crossings = order_layers(g);
  std::vector<double> x = place_nodes(g, options.node_gap);

  double left = 0.0, right = 0.0;
  for (std::size_t v = 0; v < x.size(); ++v) {
    left = v == 0 ? x[v] - 0.5 * g.width[v] : std::min(left, x[v] - 0.5 * g.width[v]);
    right = v == 0 ? x[v] + 0.5 * g.width[v] : std::max(right, x[v] + 0.5 * g.width[v]);
  }
  std::vector<double> y(x.size()), top(g.layers.size()), bottom(g.layers.size());
  double down = options.margin;
  for (std::size_t l = 0; l < g.layers.size(); ++l) {
    double tallest = 0.0;
    for (const std::size_t v : g.layers[l]) tallest = std::max(tallest, g.height[v]);
    for (const std::size_t v : g.layers[l]) y[v] = down + 0.5 * tallest;
    top[l] = down;
    bottom[l] = down + tallest;
    down += tallest + options.layer_gap;
  }
  made.width = right - left + 2.0 * options.margin;
  made.height = g.layers.empty() ? 2.0 * options.margin : down - options.layer_gap + options.margin;
  for (double& v : x) v += options.margin - left;
  for (std::size_t v = 0; v < sizes.size(); ++v) made.centre.push_back({x[v], y[v]});
  for (const auto& chain : chains) {
    auto& route = made.routes.emplace_back();
    const std::size_t from = chain.front(), to = chain.back();
    route.push_back({x[from], y[from] + 0.5 * g.height[from]});
    // An arc passes its layers straight, beside their boxes.
    for (std::size_t i = 1; i + 1 < chain.size(); ++i) {
      const std::size_t l = at(made.layer[from]) + i;
      route.push_back({x[chain[i]], top[l]});
      route.push_back({x[chain[i]], bottom[l]});
    }
    route.push_back({x[to], y[to] - 0.5 * g.height[to]});
  }
  return made;
}

}  // namespace credence::report
