// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/random/uniform.hpp"

#include "neighbors/cell_builder.hpp"
#include "neighbors/kd_storage.hpp"

#include <limits>

/// A tree is built in two steps. A sieve, learnt from a sample, drops all points into up to 256 cells in two passes
/// over memory, which replaces the upper eight levels; cells that are still large are sieved again. Then every cell is
/// built by itself, in the cache. Both steps are cut by sizes only: any number of threads builds the same tree.
namespace credence::detail {

namespace {

/// An upper node: an inner one has children in the same list, an outer one is a cell.
template <class T>
struct sieve_node {
  T split{};
  std::uint32_t dimension = 0;
  std::int32_t left = -1;  ///< the right child is the next; -1: a cell
  std::int32_t cell = -1;
};

template <class T>
struct sieve {
  std::vector<sieve_node<T>> nodes;
  std::int64_t cells = 0;

  [[nodiscard]] std::int32_t cell_of(const T* row) const {
    const sieve_node<T>* at = nodes.data();
    while (at->left >= 0) at = nodes.data() + at->left + (row[at->dimension] < at->split ? 0 : 1);
    return at->cell;
  }
};

/// Halves a sample again and again, each part across its widest side.
template <class T>
sieve<T> learn_sieve(const build_rules& rules, std::vector<T> sample, int levels) {
  struct part {
    std::int64_t begin, end;
    std::int32_t node;
    int level;
  };
  const std::int64_t d = rules.dimensions;
  sieve<T> out;
  out.nodes.emplace_back();
  std::vector<std::int64_t> order(sample.size() / static_cast<std::size_t>(d));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::vector<part> pending{{0, static_cast<std::int64_t>(order.size()), 0, 0}};
  const auto value = [&](std::int64_t place, std::int64_t j) {
    return sample[static_cast<std::size_t>(order[static_cast<std::size_t>(place)] * d + j)];
  };
  while (!pending.empty()) {
    const part now = pending.back();
    pending.pop_back();
    double best = 0.0;
    std::int64_t along = 0;
    std::vector<double> sides(static_cast<std::size_t>(d));
    for (std::int64_t j = 0; j < d; ++j) {
      T low = value(now.begin, j), high = low;
      for (std::int64_t i = now.begin; i < now.end; ++i) {
        low = std::min(low, value(i, j));
        high = std::max(high, value(i, j));
      }
      double side = static_cast<double>(high) - static_cast<double>(low);
      if (!rules.scale.empty()) side *= rules.scale[static_cast<std::size_t>(j)];
      sides[static_cast<std::size_t>(j)] = side;
      if (side > best) {
        best = side;
        along = j;
      }
    }
    if (rules.random && best > 0.0) {
      const std::uint32_t drawn =
          rules.draw_side(sides, static_cast<std::uint64_t>(now.begin) << 8U, now.level + 1000U);
      if (sides[drawn] > 0.0) along = drawn;
    }
    if (now.level == levels || best == 0.0 || now.end - now.begin < 8) {
      out.nodes[static_cast<std::size_t>(now.node)].cell = static_cast<std::int32_t>(out.cells++);
      continue;
    }
    std::sort(order.begin() + now.begin, order.begin() + now.end, [&](std::int64_t a, std::int64_t b) {
      const T x = sample[static_cast<std::size_t>(a * d + along)], y = sample[static_cast<std::size_t>(b * d + along)];
      return x < y || (!(y < x) && a < b);
    });
    std::int64_t at = (now.begin + now.end) / 2;
    while (at < now.end && !(value(at - 1, along) < value(at, along))) ++at;  // equal ones stay together
    if (at == now.end) {
      at = (now.begin + now.end) / 2;
      while (!(value(at - 1, along) < value(at, along))) --at;
    }
    const auto left = static_cast<std::int32_t>(out.nodes.size());
    sieve_node<T>& node = out.nodes[static_cast<std::size_t>(now.node)];
    node.split = value(at, along);
    node.dimension = static_cast<std::uint32_t>(along);
    node.left = left;
    out.nodes.emplace_back();
    out.nodes.emplace_back();
    pending.push_back({at, now.end, left + 1, now.level + 1});
    pending.push_back({now.begin, at, left, now.level + 1});
  }
  return out;
}

/// Points [begin, end) that lie together in one of two row arrays, below one node of the upper tree.
struct cell {
  std::int64_t begin, end;
  std::size_t node;
  int level;
  int source;  ///< which array holds them; -1: still where the user put them
};

template <class T, class Id>
class tree_builder {
 public:
  tree_builder(kd_storage<T>& out, const view<const T, 2>& points, const build_rules& rules, const exec::context& ctx)
      : out_(out), points_(points), rules_(rules), ctx_(ctx), n_(points.extents[0]), d_(points.extents[1]) {
    const std::int64_t row = d_ * static_cast<std::int64_t>(sizeof(T));
    cell_size_ = std::clamp<std::int64_t>((std::int64_t{1} << 18) / (row + 28), 1024, 16384);
  }

  void build() {
    upper_.emplace_back();
    upper_.emplace_back();  // so that pairs of children share a cache line
    std::vector<cell> pending{{0, n_, 0, 1, -1}};
    while (!pending.empty()) {
      const cell now = pending.back();
      pending.pop_back();
      if (now.end - now.begin <= 4 * cell_size_ || !sift(now, pending)) cells_.push_back(now);
    }
    build_cells();
  }

 private:
  [[nodiscard]] const T* row_of(const cell& where, std::int64_t i, T* buffer) const {
    if (where.source >= 0) return rows_[where.source].data() + i * d_;
    const T* row = points_.data + i * points_.strides[0];
    if (points_.strides[1] == 1) return row;
    for (std::int64_t j = 0; j < d_; ++j) buffer[j] = row[j * points_.strides[1]];
    return buffer;
  }

  /// Distributes a large cell over smaller ones. @returns false when its sample has nothing to split
  bool sift(const cell& now, std::vector<cell>& pending) {
    const std::int64_t n = now.end - now.begin;
    int levels = 2;
    while (levels < 8 && (n >> levels) > cell_size_) ++levels;
    const std::int64_t sampled = std::min(n, std::int64_t{40} << levels);
    std::vector<T> sample(static_cast<std::size_t>(sampled * d_));
    for (std::int64_t s = 0; s < sampled; ++s) {
      // One point of each stretch, at a place that follows no period of the data.
      const std::int64_t first = n / sampled * s, size = n / sampled;
      const auto jump = static_cast<std::int64_t>((static_cast<std::uint64_t>(s) * 0x9E3779B97F4A7C15ULL) >> 33) % size;
      const T* row = row_of(now, now.begin + first + jump, sample.data() + s * d_);
      std::copy_n(row, d_, sample.data() + s * d_);
    }
    const sieve<T> tree = learn_sieve(rules_, std::move(sample), levels);
    if (tree.cells < 2) return false;
    const int target = now.source == 0 ? 1 : 0;
    if (rows_[target].empty()) {
      rows_[target] = exec::buffer<T>(exec::cpu(1), n_ * d_);
      row_ids_[target] = exec::buffer<Id>(exec::cpu(1), n_);
    }
    const std::vector<std::int64_t> first = scatter(now, tree, target);
    append(now, tree, first, target, pending);
    return true;
  }

  /// Moves the points of a cell into the order of the new cells; within one they keep their order.
  std::vector<std::int64_t> scatter(const cell& now, const sieve<T>& tree, int target) {
    const std::int64_t n = now.end - now.begin, grain = 32768, chunks = (n + grain - 1) / grain;
    std::vector<std::uint16_t> cell_of(static_cast<std::size_t>(n));
    std::vector<std::int64_t> places(static_cast<std::size_t>(chunks * tree.cells), 0);
    exec::for_each_task(ctx_, chunks, [&](std::int64_t chunk) {
      std::vector<T> buffer(static_cast<std::size_t>(d_));
      std::int64_t* counts = places.data() + chunk * tree.cells;
      for (std::int64_t i = chunk * grain; i < std::min(n, (chunk + 1) * grain); ++i) {
        const std::int32_t c = tree.cell_of(row_of(now, now.begin + i, buffer.data()));
        cell_of[static_cast<std::size_t>(i)] = static_cast<std::uint16_t>(c);
        ++counts[c];
      }
    });
    std::vector<std::int64_t> first(static_cast<std::size_t>(tree.cells) + 1);
    std::int64_t at = now.begin;
    for (std::int64_t c = 0; c < tree.cells; ++c) {
      first[static_cast<std::size_t>(c)] = at;
      for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
        std::int64_t& place = places[static_cast<std::size_t>(chunk * tree.cells + c)];
        at += std::exchange(place, at);
      }
    }
    first.back() = at;
    exec::for_each_task(ctx_, chunks, [&](std::int64_t chunk) {
      std::vector<T> buffer(static_cast<std::size_t>(d_));
      std::int64_t* place = places.data() + chunk * tree.cells;
      T* rows = rows_[target].data();
      Id* ids = row_ids_[target].data();
      for (std::int64_t i = chunk * grain; i < std::min(n, (chunk + 1) * grain); ++i) {
        const std::int64_t to = place[cell_of[static_cast<std::size_t>(i)]]++;
        const T* row = row_of(now, now.begin + i, buffer.data());
        for (std::int64_t j = 0; j < d_; ++j) rows[to * d_ + j] = row[j];
        ids[to] = now.source >= 0 ? row_ids_[now.source].data()[now.begin + i] : static_cast<Id>(now.begin + i);
      }
    });
    return first;
  }

  /// Puts the inner nodes of a sieve into the upper tree, below the node of the cell that was sieved.
  void append(const cell& now, const sieve<T>& tree, const std::vector<std::int64_t>& first, int target,
              std::vector<cell>& pending) {
    struct step {
      std::int32_t from;
      std::size_t to;
      int level;
    };
    std::vector<step> steps{{0, now.node, now.level}};
    while (!steps.empty()) {
      const step at = steps.back();
      steps.pop_back();
      const sieve_node<T>& node = tree.nodes[static_cast<std::size_t>(at.from)];
      if (node.left < 0) {
        const auto c = static_cast<std::size_t>(node.cell);
        pending.push_back({first[c], first[c + 1], at.to, at.level, target});
        continue;
      }
      const std::size_t left = upper_.size();
      set_split(upper_[at.to], node.split, node.dimension, left, rules_.dimension_bits);
      upper_.emplace_back();
      upper_.emplace_back();
      steps.push_back({node.left + 1, left + 1, at.level + 1});
      steps.push_back({node.left, left, at.level + 1});
    }
  }

  void build_cells() {
    std::vector<cell_tree<T, Id>> parts(cells_.size());
    exec::for_each_task(ctx_, static_cast<std::int64_t>(cells_.size()), [&](std::int64_t c) {
      const cell& now = cells_[static_cast<std::size_t>(c)];
      const std::int64_t n = now.end - now.begin;
      if (now.source >= 0) {
        parts[static_cast<std::size_t>(c)] = cell_builder<T, Id>(rules_, rows_[now.source].data() + now.begin * d_,
                                                                 row_ids_[now.source].data() + now.begin, n)
                                                 .build();
        return;
      }
      std::vector<T> rows(static_cast<std::size_t>(n * d_));
      std::vector<Id> ids(static_cast<std::size_t>(n));
      for (std::int64_t i = 0; i < n; ++i) {
        std::copy_n(row_of(now, now.begin + i, rows.data() + i * d_), d_, rows.data() + i * d_);
        ids[static_cast<std::size_t>(i)] = static_cast<Id>(now.begin + i);
      }
      parts[static_cast<std::size_t>(c)] = cell_builder<T, Id>(rules_, rows.data(), ids.data(), n).build();
    });
    join(parts);
  }

  /// One tree out of the upper nodes and those of all cells.
  void join(std::vector<cell_tree<T, Id>>& parts) {
    std::vector<std::int64_t> first_node(parts.size()), first_place(parts.size());
    auto nodes = static_cast<std::int64_t>(upper_.size());
    std::int64_t places = 0;
    for (std::size_t c = 0; c < parts.size(); ++c) {
      first_node[c] = nodes;
      first_place[c] = places;
      nodes += static_cast<std::int64_t>(parts[c].nodes.size()) - 1;
      places += static_cast<std::int64_t>(parts[c].ids.size());
      out_.leaves += parts[c].leaves;
      out_.largest_leaf = std::max(out_.largest_leaf, parts[c].largest_leaf);
      out_.depth = std::max(out_.depth, cells_[c].level - 1 + parts[c].depth);
    }
    const std::int64_t most = (std::int64_t{1} << (32 - rules_.dimension_bits)) - 1;
    if (nodes > most || places / leaf_block > most) {
      check::fail_domain("kd_tree", "points(n, d) with n", n_, "fewer for this dimension: nodes have 32-bit links");
    }
    out_.nodes = exec::buffer<tree_node<T>>(exec::cpu(1), nodes);
    // What a kernel may read behind the last leaf.
    out_.points = exec::buffer<T>(exec::cpu(1), places * d_ + scan_chunk + 64);
    Id* ids = make_ids(places);
    std::copy(upper_.begin(), upper_.end(), out_.nodes.data());
    std::fill_n(out_.points.data() + places * d_, scan_chunk + 64, T(0));
    const std::uint32_t mark = (1U << rules_.dimension_bits) - 1U;
    exec::for_each_task(ctx_, static_cast<std::int64_t>(parts.size()), [&](std::int64_t task) {
      const auto c = static_cast<std::size_t>(task);
      cell_tree<T, Id>& part = parts[c];
      for (tree_node<T>& node : part.nodes) {
        const std::int64_t shift = (node.word & mark) == mark ? first_place[c] / leaf_block : first_node[c] - 1;
        node.word += static_cast<std::uint32_t>(shift) << rules_.dimension_bits;
      }
      out_.nodes.data()[cells_[c].node] = part.nodes[0];
      std::copy(part.nodes.begin() + 1, part.nodes.end(), out_.nodes.data() + first_node[c]);
      std::copy(part.points.begin(), part.points.end(), out_.points.data() + first_place[c] * d_);
      std::copy(part.ids.begin(), part.ids.end(), ids + first_place[c]);
      part = {};
    });
  }

  Id* make_ids(std::int64_t places) {
    if constexpr (sizeof(Id) == 4) {
      out_.ids32 = exec::buffer<std::uint32_t>(exec::cpu(1), places);
      return out_.ids32.data();
    } else {
      out_.ids64 = exec::buffer<std::int64_t>(exec::cpu(1), places);
      return out_.ids64.data();
    }
  }

  kd_storage<T>& out_;
  const view<const T, 2>& points_;
  const build_rules& rules_;
  exec::context ctx_;
  std::int64_t n_, d_, cell_size_;
  std::vector<tree_node<T>> upper_;
  std::vector<cell> cells_;
  exec::buffer<T> rows_[2];
  exec::buffer<Id> row_ids_[2];
};

/// The least and the largest coordinate of each dimension.
template <class T>
void find_box(kd_storage<T>& out, const view<const T, 2>& points, const exec::context& ctx) {
  const std::int64_t n = points.extents[0], d = points.extents[1], grain = 65536, chunks = (n + grain - 1) / grain;
  std::vector<T> boxes(static_cast<std::size_t>(chunks * 2 * d));
  exec::for_each_task(ctx, chunks, [&](std::int64_t chunk) {
    T* low = boxes.data() + chunk * 2 * d;
    T* high = low + d;
    std::fill_n(low, d, std::numeric_limits<T>::max());
    std::fill_n(high, d, std::numeric_limits<T>::lowest());
    for (std::int64_t i = chunk * grain; i < std::min(n, (chunk + 1) * grain); ++i) {
      const T* row = points.data + i * points.strides[0];
      for (std::int64_t j = 0; j < d; ++j) {
        const T x = row[j * points.strides[1]];
        low[j] = x < low[j] ? x : low[j];
        high[j] = high[j] < x ? x : high[j];
      }
    }
  });
  out.low.assign(boxes.begin(), boxes.begin() + d);
  out.high.assign(boxes.begin() + d, boxes.begin() + 2 * d);
  for (std::int64_t chunk = 1; chunk < chunks; ++chunk) {
    for (std::int64_t j = 0; j < d; ++j) {
      const auto at = static_cast<std::size_t>(j);
      out.low[at] = std::min(out.low[at], boxes[static_cast<std::size_t>(chunk * 2 * d + j)]);
      out.high[at] = std::max(out.high[at], boxes[static_cast<std::size_t>(chunk * 2 * d + d + j)]);
    }
  }
}

}  // namespace

std::uint32_t build_rules::draw_side(const std::vector<double>& variation, std::uint64_t first,
                                     std::uint64_t second) const {
  constexpr std::size_t most = 5;
  std::vector<std::uint32_t> order(variation.size());
  std::iota(order.begin(), order.end(), std::uint32_t{0});
  const std::size_t choices = std::min(most, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(choices), order.end(),
                    [&](std::uint32_t a, std::uint32_t b) {
                      return variation[a] > variation[b] || (variation[a] == variation[b] && a < b);
                    });
  const rng_key key = rng_key{seed, 0}.split(purpose::tree, first, second);
  return order[static_cast<std::size_t>(random::integer_below(key, 0, choices))];
}

template <class T>
void build_tree(kd_storage<T>& out, const view<const T, 2>& points, const neighbors::kd_tree_options& options,
                const std::uint64_t* random_seed) {
  out.size = points.extents[0];
  out.dimensions = points.extents[1];
  out.how = options.how;
  out.split = options.split;
  for (const double w : options.how.weights) out.weights.push_back(static_cast<distance_t<T>>(w));
  out.dimension_bits = bits_for_dimensions(out.dimensions);
  out.leaf_size = options.leaf_size > 0 ? options.leaf_size : scan_chunk;
  build_rules rules{out.dimensions,
                    out.leaf_size,
                    out.dimension_bits,
                    options.split,
                    {},
                    random_seed != nullptr,
                    random_seed != nullptr ? *random_seed : 0};
  for (const double w : options.how.weights) {
    rules.scale.push_back(options.how.kind == metric_kind::euclidean ? std::sqrt(w) : w);
  }
  find_box(out, points, options.context);
  if (options.wide_indices || out.size >= 0xFFFFFFFF) {
    tree_builder<T, std::int64_t>(out, points, rules, options.context).build();
  } else {
    tree_builder<T, std::uint32_t>(out, points, rules, options.context).build();
  }
}
template void build_tree(kd_storage<float>&, const view<const float, 2>&, const neighbors::kd_tree_options&,
                         const std::uint64_t*);
template void build_tree(kd_storage<double>&, const view<const double, 2>&, const neighbors::kd_tree_options&,
                         const std::uint64_t*);
template void build_tree(kd_storage<std::uint8_t>&, const view<const std::uint8_t, 2>&,
                         const neighbors::kd_tree_options&, const std::uint64_t*);
template void build_tree(kd_storage<std::int8_t>&, const view<const std::int8_t, 2>&, const neighbors::kd_tree_options&,
                         const std::uint64_t*);

}  // namespace credence::detail
