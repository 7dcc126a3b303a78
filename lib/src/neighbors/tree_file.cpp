// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/check.hpp"
#include "credence/neighbors/kd_tree.hpp"
#include "credence/table/files.hpp"

#include "neighbors/kd_storage.hpp"

#include <cmath>
#include <cstring>

/// The file of a tree: the eight bytes "credKDT" and a version, then little-endian numbers, then the arrays, then an
/// FNV-1a sum over all before. A reader trusts nothing: every link, leaf and index is checked before a search can use
/// it.
namespace credence::neighbors {

namespace {

using credence::detail::kd_storage;
using credence::detail::tree_node;

constexpr char signature[8] = {'c', 'r', 'e', 'd', 'K', 'D', 'T', 1};

template <class T>
constexpr std::uint32_t type_code = 0;
template <>
constexpr std::uint32_t type_code<float> = 0x34660000U;  // f4
template <>
constexpr std::uint32_t type_code<double> = 0x38660000U;  // f8
template <>
constexpr std::uint32_t type_code<std::uint8_t> = 0x31750000U;  // u1
template <>
constexpr std::uint32_t type_code<std::int8_t> = 0x31690000U;  // i1

struct header {
  char magic[8];
  std::uint32_t type;
  std::uint32_t dimension_bits;
  std::int64_t size, dimensions, leaf_size, leaves, largest_leaf, depth;
  std::int64_t nodes, places, id_bytes, weights;
  std::uint32_t kind, split;
  double p;
};

std::uint64_t check_sum(std::string_view bytes) {
  // FNV-1a over words of eight bytes, the rest byte by byte.
  std::uint64_t sum = 0xCBF29CE484222325ULL;
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, 8);
    sum = (sum ^ word) * 0x100000001B3ULL;
    sum ^= sum >> 29;
  }
  for (; at < bytes.size(); ++at) sum = (sum ^ static_cast<unsigned char>(bytes[at])) * 0x100000001B3ULL;
  return sum;
}

template <class U>
void append(std::string& out, const U* data, std::int64_t count) {
  out.append(reinterpret_cast<const char*>(data), static_cast<std::size_t>(count) * sizeof(U));
}

class reader {
 public:
  reader(std::string_view bytes, const std::string& source) : bytes_(bytes), source_(source) {}

  [[noreturn]] void fail(const std::string& what) const {
    throw parse_error(source_, 0, static_cast<std::int64_t>(at_), what);
  }

  void take(void* to, std::int64_t count, std::int64_t size) {
    if (count < 0 || static_cast<std::uint64_t>(count) > (bytes_.size() - at_) / static_cast<std::uint64_t>(size)) {
      fail("the file ends early");
    }
    const auto total = static_cast<std::size_t>(count * size);
    if (total > 0) std::memcpy(to, bytes_.data() + at_, total);
    at_ += total;
  }
  template <class U>
  exec::buffer<U> array(std::int64_t count, std::int64_t spare = 0) {
    if (count < 0 || static_cast<std::uint64_t>(count) > (bytes_.size() - at_) / sizeof(U)) fail("the file ends early");
    exec::buffer<U> out(exec::cpu(1), count + spare);
    take(out.data(), count, sizeof(U));
    return out;
  }
  [[nodiscard]] std::size_t at() const { return at_; }

 private:
  std::string_view bytes_;
  const std::string& source_;
  std::size_t at_ = 0;
};

/// Walks all nodes: children lie behind their parents, so that there is no cycle; leaves lie within the arrays.
template <class T>
void check_nodes(const kd_storage<T>& tree, std::int64_t places, const reader& in) {
  struct step {
    std::uint32_t node;
    int level;
  };
  const std::uint32_t mark = (1U << tree.dimension_bits) - 1U;
  const auto nodes = tree.nodes.size();
  std::vector<step> pending{{0, 1}};
  std::vector<bool> taken(static_cast<std::size_t>(places / credence::detail::leaf_block), false);
  std::vector<bool> named(static_cast<std::size_t>(tree.size), false);
  std::int64_t leaves = 0, points = 0;
  int depth = 0;
  while (!pending.empty()) {
    const step now = pending.back();
    pending.pop_back();
    depth = std::max(depth, now.level);
    const tree_node<T>& node = tree.nodes.data()[now.node];
    const std::uint32_t dimension = node.word & mark, link = node.word >> tree.dimension_bits;
    if (dimension != mark) {
      if (dimension >= static_cast<std::uint64_t>(tree.dimensions))
        in.fail("a node splits a dimension that is not there");
      if (link <= now.node || static_cast<std::int64_t>(link) + 1 >= nodes) in.fail("a node has a link out of range");
      if (now.level > nodes) in.fail("the tree is too deep");
      pending.push_back({link + 1, now.level + 1});
      pending.push_back({link, now.level + 1});
      continue;
    }
    const std::int64_t count = static_cast<std::uint32_t>(node.payload) & ~credence::detail::equal_points_flag;
    const std::int64_t blocks = (count + credence::detail::leaf_block - 1) / credence::detail::leaf_block;
    if (count < 1 || link + blocks > static_cast<std::int64_t>(taken.size())) in.fail("a leaf lies out of range");
    for (std::int64_t b = link; b < link + blocks; ++b) {
      if (taken[static_cast<std::size_t>(b)]) in.fail("two leaves overlap");
      taken[static_cast<std::size_t>(b)] = true;
    }
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t place = link * credence::detail::leaf_block + i;
      const std::int64_t id = tree.ids32.empty() ? tree.ids64.data()[place] : tree.ids32.data()[place];
      if (id < 0 || id >= tree.size || named[static_cast<std::size_t>(id)])
        in.fail("an index is not that of one point");
      named[static_cast<std::size_t>(id)] = true;
    }
    ++leaves;
    points += count;
  }
  if (leaves != tree.leaves || points != tree.size || depth != tree.depth) in.fail("the counts do not match the tree");
}

}  // namespace

template <class T>
std::string kd_tree<T>::to_bytes() const {
  const kd_storage<T>& tree = *storage_;
  header head{};
  std::memcpy(head.magic, signature, sizeof signature);
  head.type = type_code<T>;
  head.dimension_bits = tree.dimension_bits;
  head.size = tree.size;
  head.dimensions = tree.dimensions;
  head.leaf_size = tree.leaf_size;
  head.leaves = tree.leaves;
  head.largest_leaf = tree.largest_leaf;
  head.depth = tree.depth;
  head.nodes = tree.nodes.size();
  head.places = tree.ids32.empty() ? tree.ids64.size() : tree.ids32.size();
  head.id_bytes = tree.ids32.empty() ? 8 : 4;
  head.weights = static_cast<std::int64_t>(tree.how.weights.size());
  head.kind = static_cast<std::uint32_t>(tree.how.kind);
  head.split = static_cast<std::uint32_t>(tree.split);
  head.p = tree.how.p;
  std::string out;
  append(out, &head, 1);
  append(out, tree.how.weights.data(), head.weights);
  append(out, tree.low.data(), head.dimensions);
  append(out, tree.high.data(), head.dimensions);
  append(out, tree.nodes.data(), head.nodes);
  append(out, tree.points.data(), head.places * head.dimensions);
  append(out, tree.ids32.data(), tree.ids32.size());
  append(out, tree.ids64.data(), tree.ids64.size());
  const std::uint64_t sum = check_sum(out);
  append(out, &sum, 1);
  return out;
}

template <class T>
kd_tree<T> kd_tree<T>::from_bytes(std::string_view bytes, const std::string& source) {
  reader in(bytes, source);
  header head{};
  if (bytes.size() < sizeof head || std::memcmp(bytes.data(), signature, 7) != 0) {
    in.fail("this is no kd-tree file, which begins with credKDT");
  }
  if (bytes[7] != signature[7]) {
    in.fail("the file has version " + std::to_string(static_cast<int>(bytes[7])) +
            ", but this library reads version 1");
  }
  in.take(&head, 1, sizeof head);
  if (head.type != type_code<T>) in.fail("the points of the file have another type");
  if (head.size < 1 || head.dimensions < 1 || head.dimensions > (std::int64_t{1} << 30) || head.places < head.size ||
      head.places % credence::detail::leaf_block != 0 || head.nodes < 1 || head.depth < 1 || head.depth > head.nodes ||
      head.depth > (1 << 24) || head.dimension_bits != credence::detail::bits_for_dimensions(head.dimensions) ||
      (head.id_bytes != 4 && head.id_bytes != 8) || head.kind > 3 || head.split > 1 ||
      (head.weights != 0 && head.weights != head.dimensions) || head.largest_leaf < 1 || head.leaf_size < 1) {
    in.fail("the header is damaged");
  }
  auto made = std::make_shared<kd_storage<T>>();
  kd_storage<T>& tree = *made;
  tree.size = head.size;
  tree.dimensions = head.dimensions;
  tree.leaf_size = head.leaf_size;
  tree.leaves = head.leaves;
  tree.largest_leaf = head.largest_leaf;
  tree.depth = static_cast<int>(head.depth);
  tree.dimension_bits = head.dimension_bits;
  tree.split = static_cast<split_rule>(head.split);
  tree.how.kind = static_cast<metric_kind>(head.kind);
  tree.how.p = head.p;
  const auto weights = in.array<double>(head.weights);
  tree.how.weights.assign(weights.data(), weights.data() + weights.size());
  const auto low = in.array<T>(head.dimensions), high = in.array<T>(head.dimensions);
  tree.low.assign(low.data(), low.data() + head.dimensions);
  tree.high.assign(high.data(), high.data() + head.dimensions);
  tree.nodes = in.array<tree_node<T>>(head.nodes);
  if (head.places > std::int64_t(bytes.size()) / head.dimensions) in.fail("the file ends early");
  const std::int64_t spare = credence::detail::scan_chunk + 64;
  tree.points = in.array<T>(head.places * head.dimensions, spare);
  std::fill_n(tree.points.data() + head.places * head.dimensions, spare, T(0));
  if (head.id_bytes == 4) {
    tree.ids32 = in.array<std::uint32_t>(head.places);
  } else {
    tree.ids64 = in.array<std::int64_t>(head.places);
  }
  const std::size_t end = in.at();
  std::uint64_t sum = 0;
  in.take(&sum, 1, sizeof sum);
  if (in.at() != bytes.size()) in.fail("there are bytes behind the end");
  if (sum != check_sum(bytes.substr(0, end))) in.fail("the check sum is wrong: the file is damaged");
  try {
    credence::detail::check_metric<T>("kd_tree::load", tree.how, tree.dimensions);
    credence::detail::check_points("kd_tree::load", "points",
                                   view<const T, 2>(tree.points.data(), head.places, head.dimensions));
    credence::detail::check_points("kd_tree::load", "corners", view<const T, 2>(tree.low.data(), 1, head.dimensions));
    credence::detail::check_points("kd_tree::load", "corners", view<const T, 2>(tree.high.data(), 1, head.dimensions));
  } catch (const parse_error&) {
    throw;
  } catch (const error& wrong) {
    in.fail(wrong.what());
  }
  for (const double w : tree.how.weights) tree.weights.push_back(static_cast<distance_t<T>>(w));
  check_nodes(tree, head.places, in);
  return kd_tree(std::shared_ptr<const kd_storage<T>>(std::move(made)));
}

template <class T>
void kd_tree<T>::save(const std::string& path) const {
  write_file(path, to_bytes());
}

template <class T>
kd_tree<T> kd_tree<T>::load(const std::string& path) {
  return from_bytes(read_file(path), path);
}

#define CREDENCE_INSTANTIATE(T)                                                     \
  template std::string kd_tree<T>::to_bytes() const;                                \
  template kd_tree<T> kd_tree<T>::from_bytes(std::string_view, const std::string&); \
  template void kd_tree<T>::save(const std::string&) const;                         \
  template kd_tree<T> kd_tree<T>::load(const std::string&);
CREDENCE_INSTANTIATE(float)
CREDENCE_INSTANTIATE(double)
CREDENCE_INSTANTIATE(std::uint8_t)
CREDENCE_INSTANTIATE(std::int8_t)
#undef CREDENCE_INSTANTIATE

}  // namespace credence::neighbors
