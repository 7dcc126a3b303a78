// SPDX-License-Identifier: BSD-3-Clause
#include "neighbors/query_order.hpp"

#include "credence/exec/for_each.hpp"
#include "credence/exec/sort.hpp"

#include <algorithm>
#include <numeric>

namespace credence::detail {

template <class T>
std::vector<std::int64_t> order_of_queries(const exec::context& ctx, const kd_storage<T>& tree, const T* queries,
                                           std::int64_t count, neighbors::query_order wanted) {
  if (wanted == neighbors::query_order::given || (wanted == neighbors::query_order::automatic && count < 256))
    return {};
  const std::int64_t d = tree.dimensions;
  std::vector<std::int64_t> sides(static_cast<std::size_t>(d));
  std::iota(sides.begin(), sides.end(), std::int64_t{0});
  const auto width = [&](std::int64_t j) {
    const auto at = static_cast<std::size_t>(j);
    return static_cast<double>(tree.high[at]) - static_cast<double>(tree.low[at]);
  };
  std::stable_sort(sides.begin(), sides.end(), [&](std::int64_t a, std::int64_t b) { return width(a) > width(b); });
  const int used = static_cast<int>(std::min<std::int64_t>(d, 6)), bits = 30 / used > 16 ? 16 : 30 / used;
  const double cells = static_cast<double>(1 << bits);
  double start[6], scale[6];
  std::int64_t side[6];
  for (int s = 0; s < used; ++s) {
    side[s] = sides[static_cast<std::size_t>(s)];
    start[s] = static_cast<double>(tree.low[static_cast<std::size_t>(side[s])]);
    scale[s] = width(side[s]) > 0.0 ? cells / width(side[s]) : 0.0;
  }
  // Bits of one side spread to every used-th place, eight bits at a time.
  std::vector<std::uint32_t> spread(256);
  for (std::uint32_t value = 0; value < 256; ++value) {
    for (int b = 0; b < 8 && b * used < 32; ++b) spread[value] |= (value >> b & 1U) << (b * used);
  }
  std::vector<std::uint32_t> codes(static_cast<std::size_t>(count));
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  exec::for_each(ctx, count, [&](std::int64_t q) {
    std::uint32_t code = 0;
    for (int s = 0; s < used; ++s) {
      const double x = (static_cast<double>(queries[q * d + side[s]]) - start[s]) * scale[s];
      const auto place = static_cast<std::uint32_t>(std::clamp(x, 0.0, cells - 1.0));
      std::uint32_t wide = spread[place & 255U];
      if (bits > 8) wide |= spread[place >> 8] << (8 * used & 31);
      code |= wide << s;
    }
    codes[static_cast<std::size_t>(q)] = code;
    order[static_cast<std::size_t>(q)] = q;
  });
  exec::sort_by_key(ctx, std::span<std::uint32_t>(codes), std::span<std::int64_t>(order));
  return order;
}

template <class T>
const T* packed_rows(const view<const T, 2>& rows, std::vector<T>& copy) {
  if (rows.contiguous()) return rows.data;
  const std::int64_t n = rows.extents[0], d = rows.extents[1];
  copy.resize(static_cast<std::size_t>(n * d));
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < d; ++j) copy[static_cast<std::size_t>(i * d + j)] = rows(i, j);
  }
  return copy.data();
}

#define CREDENCE_INSTANTIATE(T)                                                                             \
  template std::vector<std::int64_t> order_of_queries(const exec::context&, const kd_storage<T>&, const T*, \
                                                      std::int64_t, neighbors::query_order);                \
  template const T* packed_rows(const view<const T, 2>&, std::vector<T>&);
CREDENCE_INSTANTIATE(float)
CREDENCE_INSTANTIATE(double)
CREDENCE_INSTANTIATE(std::uint8_t)
CREDENCE_INSTANTIATE(std::int8_t)
#undef CREDENCE_INSTANTIATE

}  // namespace credence::detail
