// SPDX-License-Identifier: BSD-3-Clause
// Nearest neighbours: our rows, and the peers that are C++ libraries where the build found them.
#include "rows.hpp"

#include "credence/neighbors/approximate.hpp"
#include "credence/neighbors/kd_tree.hpp"
#include "credence/neighbors/search.hpp"
#include "credence/random/normal.hpp"
#include "credence/random/uniform.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <memory>
#include <numeric>
#include <stdexcept>

#ifdef CREDENCE_HAVE_NANOFLANN
#include <nanoflann.hpp>
#endif
#ifdef CREDENCE_HAVE_PICO_TREE
#include <pico_tree/array_traits.hpp>
#include <pico_tree/kd_tree.hpp>
#include <pico_tree/vector_traits.hpp>
#endif
#ifdef CREDENCE_HAVE_FLANN
#include <flann/flann.hpp>
#endif

namespace credence::peers {

namespace {

using neighbors::kd_tree;
using neighbors::query_order;

/// Points and queries of one kind of data; compare.py hands the same numbers to the peers in Python.
struct cloud {
  std::int64_t n = 0, m = 0, d = 0;
  std::vector<float> points, queries;
  [[nodiscard]] view<const float, 2> point_rows() const { return view<const float, 2>(points.data(), n, d); }
  [[nodiscard]] view<const float, 2> query_rows() const { return view<const float, 2>(queries.data(), m, d); }
};

void fill(const std::string& kind, std::int64_t count, std::int64_t d, bool as_query, std::vector<float>& out) {
  const rng_key key{as_query ? 2U : 1U, 0}, centres{3, 0};
  out.resize(static_cast<std::size_t>(count * d));
  const auto unit = [&](std::int64_t i, std::int64_t j) {
    return random::uniform<float>(key, static_cast<std::uint64_t>(i * d + j));
  };
  const auto side = static_cast<std::int64_t>(std::ceil(std::cbrt(static_cast<double>(count))));
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t j = 0; j < d; ++j) {
      float x = unit(i, j);
      if (kind == "clustered") {
        const auto c = random::integer_below(key.split(purpose::user, 1), static_cast<std::uint64_t>(i), 100);
        x = random::uniform<float>(centres, c * static_cast<std::uint64_t>(d) + static_cast<std::uint64_t>(j)) +
            0.003F * random::normal<float>(key.split(purpose::user, 2), static_cast<std::uint64_t>(i * d + j));
      }
      if (kind == "gridded" && !as_query) {
        std::int64_t rest = i;
        for (std::int64_t a = 0; a < j; ++a) rest /= side;
        x = static_cast<float>(rest % side) / static_cast<float>(side);
      }
      if (kind == "duplicates") x = std::floor(20.0F * x) / 20.0F;
      if (kind == "lidar") {  // rings around a sensor: ground, and walls here and there
        const float angle = 6.2831853F * unit(i, 0), r = 2.0F + 60.0F * unit(i, 1) * unit(i, 1);
        x = j == 0 ? r * std::cos(angle) : (j == 1 ? r * std::sin(angle) : (i % 4 == 0 ? 3.0F * x : 0.02F * x));
      }
      out[static_cast<std::size_t>(i * d + j)] = x;
    }
  }
  if (kind == "sorted" && !as_query) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    std::sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
      return out[static_cast<std::size_t>(a * d)] < out[static_cast<std::size_t>(b * d)];
    });
    std::vector<float> sorted;
    for (const std::int64_t i : order) sorted.insert(sorted.end(), out.begin() + i * d, out.begin() + (i + 1) * d);
    out = sorted;
  }
}

std::shared_ptr<const cloud> cloud_of(const std::string& kind) {
  static std::map<std::string, std::shared_ptr<const cloud>> kept;
  auto& made = kept[kind];
  if (made == nullptr) {
    auto next = std::make_shared<cloud>();
    next->d = kind == "8-D" ? 8 : 3;
    next->n = kind == "8-D" ? 100000 : 1000000;
    next->m = kind == "8-D" ? 10000 : 100000;
    fill(kind, next->n, next->d, false, next->points);
    fill(kind, next->m, next->d, true, next->queries);
    // The peers in Python read the same numbers.
    std::ofstream file(input_folder() + "/cloud_" + kind + ".f32", std::ios::binary);
    for (const auto* part : {&next->points, &next->queries}) {
      file.write(reinterpret_cast<const char*>(part->data()), static_cast<std::streamsize>(part->size() * sizeof(float)));
    }
    made = next;
  }
  return made;
}

template <class Index>
std::shared_ptr<const Index> index_of(const std::string& kind, std::shared_ptr<const Index> (*make)(const cloud&)) {
  static std::map<std::string, std::shared_ptr<const Index>> kept;
  auto& made = kept[kind];
  if (made == nullptr) made = make(*cloud_of(kind));
  return made;
}

std::shared_ptr<const kd_tree<float>> our_index(const cloud& all) {
  return std::make_shared<const kd_tree<float>>(all.point_rows(), neighbors::kd_tree_options{.context = exec::cpu(1)});
}

/// One query after the other, in the order given. `ask(query, k)` returns the distance of the last neighbour.
template <class Ask>
row one_by_one(const std::shared_ptr<const cloud>& all, const Ask& ask) {
  return {static_cast<double>(all->m),
          [=] {
            double sum = 0.0;
            for (std::int64_t q = 0; q < all->m; ++q) sum += ask(all->queries.data() + q * all->d);
            keep(sum);
          },
          [=] {
            std::vector<double> far;  // the answers of some: peers have to agree
            for (std::int64_t q = 0; q < 100; ++q) far.push_back(ask(all->queries.data() + q * all->d));
            return far;
          }};
}

void add_ours(rows& all, const std::string& kind) {
  for (const std::int64_t k : {1, 10}) {
    const std::string name = "neighbors " + kind + " k=" + std::to_string(k);
    all.add(name, [=] {
      const auto data = cloud_of(kind);
      const auto tree = index_of<kd_tree<float>>(kind, our_index);
      const auto indices = std::make_shared<std::vector<std::int64_t>>(static_cast<std::size_t>(k));
      const auto far = std::make_shared<std::vector<float>>(static_cast<std::size_t>(k));
      return one_by_one(data, [=](const float* query) {
        tree->nearest(std::span<const float>(query, static_cast<std::size_t>(data->d)), *indices, *far);
        return static_cast<double>(far->back());
      });
    });
    all.add(name + " batch", [=] {
      const auto data = cloud_of(kind);
      const auto tree = index_of<kd_tree<float>>(kind, our_index);
      return row{static_cast<double>(data->m),
                 [=] { keep(tree->nearest(data->query_rows(), k, {.context = exec::cpu(1)})); }};
    });
  }
  for (const int threads : {1, 2}) {
    all.add("neighbors " + kind + " build, threads " + std::to_string(threads), [=] {
      const auto data = cloud_of(kind);
      return row{1.0, [=] {
                   keep(kd_tree<float>(data->point_rows(), neighbors::kd_tree_options{.context = exec::cpu(threads)}));
                 }};
    });
  }
}

#ifdef CREDENCE_HAVE_NANOFLANN
template <int D>
struct nanoflann_index {
  struct adaptor {
    const cloud& all;
    [[nodiscard]] std::size_t kdtree_get_point_count() const { return static_cast<std::size_t>(all.n); }
    [[nodiscard]] float kdtree_get_pt(std::size_t i, std::size_t j) const { return all.points[i * D + j]; }
    template <class Box>
    bool kdtree_get_bbox(Box&) const {
      return false;
    }
  };
  adaptor points;
  nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<float, adaptor>, adaptor, D, std::uint32_t> tree;
  // The leaf size that was fastest: 40 in three dimensions, 20 in eight.
  explicit nanoflann_index(const cloud& all)
      : points{all}, tree(D, points, nanoflann::KDTreeSingleIndexAdaptorParams(D == 3 ? 40 : 20)) {}
};

template <int D>
void add_nanoflann(rows& all, const std::string& kind) {
  using index = nanoflann_index<D>;
  for (const std::size_t k : {1, 10}) {
    all.add("neighbors " + kind + " k=" + std::to_string(k) + " nanoflann", [=] {
      const auto tree = index_of<index>(
          kind, +[](const cloud& data) { return std::make_shared<const index>(data); });
      return one_by_one(cloud_of(kind), [=](const float* query) {
        std::array<std::uint32_t, 10> at{};
        std::array<float, 10> distance{};
        if (tree->tree.knnSearch(query, k, at.data(), distance.data()) != k) return -1.0;
        return static_cast<double>(distance[k - 1]);
      });
    });
  }
  all.add("neighbors " + kind + " build nanoflann", [=] {
    const auto data = cloud_of(kind);
    return row{1.0, [=] { keep(std::make_unique<index>(*data)); }};
  });
}
#endif

#ifdef CREDENCE_HAVE_PICO_TREE
template <int D>
struct pico_index {
  using point = std::array<float, D>;
  std::vector<point> points;
  pico_tree::kd_tree<std::reference_wrapper<std::vector<point>>> tree;
  static std::vector<point> copy(const cloud& all) {
    std::vector<point> out(static_cast<std::size_t>(all.n));
    for (std::size_t i = 0; i < out.size(); ++i) std::copy_n(all.points.data() + i * D, D, out[i].data());
    return out;
  }
  explicit pico_index(const cloud& all) : points(copy(all)), tree(std::ref(points), pico_tree::max_leaf_size_t(12)) {}
};

template <int D>
void add_pico(rows& all, const std::string& kind) {
  using index = pico_index<D>;
  for (const std::size_t k : {1, 10}) {
    all.add("neighbors " + kind + " k=" + std::to_string(k) + " pico_tree", [=] {
      const auto tree = index_of<index>(
          kind, +[](const cloud& data) { return std::make_shared<const index>(data); });
      const auto found = std::make_shared<std::vector<pico_tree::neighbor<int, float>>>();
      return one_by_one(cloud_of(kind), [=](const float* query) {
        typename index::point at{};
        std::copy_n(query, D, at.data());
        tree->tree.search_knn(at, k, *found);
        return static_cast<double>(found->back().distance);
      });
    });
  }
  all.add("neighbors " + kind + " build pico_tree", [=] {
    const auto data = cloud_of(kind);
    const auto points = std::make_shared<std::vector<typename index::point>>(index::copy(*data));
    return row{1.0, [=] {
                 keep(pico_tree::kd_tree<std::reference_wrapper<std::vector<typename index::point>>>(
                     std::ref(*points), pico_tree::max_leaf_size_t(12)));
               }};
  });
}
#endif

#ifdef CREDENCE_HAVE_FLANN
struct flann_index {
  flann::Matrix<float> points;
  flann::Index<flann::L2_Simple<float>> tree;
  explicit flann_index(const cloud& all)
      : points(const_cast<float*>(all.points.data()), static_cast<std::size_t>(all.n), static_cast<std::size_t>(all.d)),
        tree(points, flann::KDTreeSingleIndexParams(20, true)) {
    tree.buildIndex();
  }
};

void add_flann(rows& all, const std::string& kind) {
  for (const std::size_t k : {1, 10}) {
    all.add("neighbors " + kind + " k=" + std::to_string(k) + " flann", [=] {
      const auto tree = index_of<flann_index>(
          kind, +[](const cloud& data) { return std::make_shared<const flann_index>(data); });
      const auto data = cloud_of(kind);
      return one_by_one(data, [=](const float* query) {
        std::array<std::size_t, 10> indices{};
        std::array<float, 10> distance{};
        flann::Matrix<float> at(const_cast<float*>(query), 1, static_cast<std::size_t>(data->d));
        flann::Matrix<std::size_t> index_rows(indices.data(), 1, k);
        flann::Matrix<float> distance_rows(distance.data(), 1, k);
        tree->tree.knnSearch(at, index_rows, distance_rows, k, flann::SearchParams(flann::FLANN_CHECKS_UNLIMITED));
        return static_cast<double>(distance[k - 1]);
      });
    });
  }
}
#endif

/// SIFT descriptors that compare.py left, as bytes: 9,000 real ones, or 100,000 made from them.
std::shared_ptr<const std::vector<std::uint8_t>> bytes_of(const std::string& name) {
  static std::map<std::string, std::shared_ptr<const std::vector<std::uint8_t>>> kept;
  auto& made = kept[name];
  if (made == nullptr) {
    std::ifstream file(input_folder() + "/" + name, std::ios::binary);
    if (!file) throw std::runtime_error("no " + name);
    made = std::make_shared<const std::vector<std::uint8_t>>(std::istreambuf_iterator<char>(file),
                                                             std::istreambuf_iterator<char>());
  }
  return made;
}

view<const std::uint8_t, 2> descriptors(const std::vector<std::uint8_t>& all) {
  return view<const std::uint8_t, 2>(all.data(), static_cast<std::int64_t>(all.size()) / 128, 128);
}

/// The part of the first neighbours of `truth` that `found` has (recall@1).
template <class Indices>
double first_recall(const std::vector<std::int64_t>& truth, const Indices& found, std::int64_t k) {
  double hits = 0.0;
  for (std::size_t q = 0; q < truth.size(); ++q) {
    hits += static_cast<std::int64_t>(found[q * static_cast<std::size_t>(k)]) == truth[q] ? 1.0 : 0.0;
  }
  return hits / static_cast<double>(truth.size());
}

std::vector<std::int64_t> first_truth() {
  const auto base = bytes_of("sift100k.bin"), asked = bytes_of("sift_query.bin");
  return neighbors::brute_force<std::uint8_t>(descriptors(*base)).nearest(descriptors(*asked), 1).indices;
}

void add_sift(rows& all) {
  all.add("neighbors SIFT 9000 x 128 bytes exact k=10", [] {
    const auto base = bytes_of("sift9k.bin"), asked = bytes_of("sift_query.bin");
    const auto index = std::make_shared<const neighbors::brute_force<std::uint8_t>>(descriptors(*base));
    return row{static_cast<double>(asked->size()) / 128.0,
               [=] { keep(index->nearest(descriptors(*asked), 10, {.context = exec::cpu(1)})); }};
  });
  // Both sides spend the least budget of their kind that finds 90 % of the first neighbours.
  all.add("neighbors SIFT 100000 x 128 bytes, recall 0.9", [] {
    const auto base = bytes_of("sift100k.bin"), asked = bytes_of("sift_query.bin");
    const std::vector<std::int64_t> truth = first_truth();
    const auto forest = std::make_shared<const neighbors::kd_forest<std::uint8_t>>(
        descriptors(*base), neighbors::forest_options{.trees = 4, .seed = 1});
    std::int64_t budget = 4;
    while (first_recall(truth, forest->nearest(descriptors(*asked), 1, {.max_leaves = budget}).neighbors.indices, 1) <
           0.9) {
      budget = std::max(budget + 1, budget * 9 / 8);
    }
    return row{static_cast<double>(asked->size()) / 128.0,
               [=] { keep(forest->nearest(descriptors(*asked), 1, {.max_leaves = budget, .context = exec::cpu(1)})); }};
  });
#ifdef CREDENCE_HAVE_FLANN
  all.add("neighbors SIFT 100000 x 128 bytes, recall 0.9 flann", [] {
    const auto base = bytes_of("sift100k.bin"), asked = bytes_of("sift_query.bin");
    const std::vector<std::int64_t> truth = first_truth();
    using index = flann::Index<flann::L2<std::uint8_t>>;
    flann::Matrix<std::uint8_t> points(const_cast<std::uint8_t*>(base->data()), base->size() / 128, 128);
    flann::Matrix<std::uint8_t> queries(const_cast<std::uint8_t*>(asked->data()), asked->size() / 128, 128);
    const auto forest = std::make_shared<index>(points, flann::KDTreeIndexParams(4));
    forest->buildIndex();
    const auto indices = std::make_shared<std::vector<std::size_t>>(queries.rows);
    const auto far = std::make_shared<std::vector<float>>(queries.rows);
    const auto ask = [=](int checks) {
      flann::Matrix<std::size_t> index_rows(indices->data(), queries.rows, 1);
      flann::Matrix<float> distance_rows(far->data(), queries.rows, 1);
      flann::SearchParams how(checks);
      how.cores = 1;
      forest->knnSearch(queries, index_rows, distance_rows, 1, how);
    };
    int checks = 32;
    for (ask(checks); first_recall(truth, *indices, 1) < 0.9; ask(checks)) checks = checks * 9 / 8;
    return row{static_cast<double>(queries.rows), [=] { ask(checks); }};
  });
#endif
}

}  // namespace

void add_neighbors_rows(rows& all) {
  for (const char* kind : {"uniform", "8-D", "clustered", "gridded", "sorted", "duplicates", "lidar"}) {
    add_ours(all, kind);
    const bool eight = std::string(kind) == "8-D";
#ifdef CREDENCE_HAVE_NANOFLANN
    eight ? add_nanoflann<8>(all, kind) : add_nanoflann<3>(all, kind);
#endif
#ifdef CREDENCE_HAVE_PICO_TREE
    eight ? add_pico<8>(all, kind) : add_pico<3>(all, kind);
#endif
#ifdef CREDENCE_HAVE_FLANN
    add_flann(all, kind);
#endif
    (void)eight;
  }
  add_sift(all);
}

}  // namespace credence::peers
