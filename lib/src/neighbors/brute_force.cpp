// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/check.hpp"
#include "credence/exec/buffer.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/neighbors/search.hpp"
#include "credence/tensor/gemm.hpp"

#include "neighbors/brute_kernels.hpp"
#include "neighbors/kd_storage.hpp"
#include "neighbors/query_order.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

namespace credence::detail {

/// Points as the two ways of comparing want them; the second is made when it is first used.
template <class T>
struct brute_storage {
  neighbors::metric how;
  std::vector<distance_t<T>> weights;
  std::int64_t size = 0, dimensions = 0;
  std::vector<T> rows;  ///< row-major

  mutable std::once_flag chunks_once, products_once;
  mutable exec::buffer<T> chunks;
  // Bytes: pairs of 16-bit numbers in chunks. Floats: rows less the centre of their box, and its coordinates.
  mutable exec::buffer<std::int16_t> pairs;
  mutable std::vector<T> centred, centre;
  mutable std::vector<distance_t<T>> norms;
  mutable double longest = 0.0;  ///< length of the longest centred row
};

namespace {

template <class T>
void make_chunks(const brute_storage<T>& all) {
  const std::int64_t n = all.size, d = all.dimensions, chunks = (n + scan_chunk - 1) / scan_chunk;
  all.chunks = exec::buffer<T>(exec::cpu(1), chunks * scan_chunk * d);
  for (std::int64_t i = 0; i < chunks * scan_chunk; ++i) {
    const T* row = all.rows.data() + std::min(i, n - 1) * d;
    T* to = all.chunks.data() + i / scan_chunk * scan_chunk * d + i % scan_chunk;
    for (std::int64_t j = 0; j < d; ++j) to[j * scan_chunk] = row[j];
  }
}

template <class T>
void widen_row(const T* row, std::int64_t d, std::int16_t* pairs, std::int64_t step, std::int32_t& norm) {
  norm = 0;
  for (std::int64_t j = 0; j < d; ++j) {
    pairs[j / 2 * step + j % 2] = row[j];
    norm += static_cast<std::int32_t>(row[j]) * row[j];
  }
  if (d % 2 == 1) pairs[d / 2 * step + 1] = 0;
}

template <class T>
void make_pairs(const brute_storage<T>& all) {
  const std::int64_t n = all.size, d = all.dimensions, pairs = (d + 1) / 2, chunks = (n + scan_chunk - 1) / scan_chunk;
  all.pairs = exec::buffer<std::int16_t>(exec::cpu(1), chunks * scan_chunk * 2 * pairs);
  all.norms.resize(static_cast<std::size_t>(chunks * scan_chunk));
  for (std::int64_t i = 0; i < chunks * scan_chunk; ++i) {
    std::int16_t* to = all.pairs.data() + i / scan_chunk * scan_chunk * 2 * pairs + i % scan_chunk * 2;
    widen_row(all.rows.data() + std::min(i, n - 1) * d, d, to, scan_chunk * 2, all.norms[static_cast<std::size_t>(i)]);
  }
}

/// x - centre, rounded; returns its squared length.
template <class T>
T centre_row(const T* row, const std::vector<T>& centre, T* to) {
  T sum = 0;
  for (std::size_t j = 0; j < centre.size(); ++j) {
    to[j] = row[j] - centre[j];
    sum += to[j] * to[j];
  }
  return sum;
}

template <class T>
void make_centred(const brute_storage<T>& all) {
  const std::int64_t n = all.size, d = all.dimensions;
  std::vector<T> low(all.rows.begin(), all.rows.begin() + d), high = low;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < d; ++j) {
      const auto at = static_cast<std::size_t>(j);
      low[at] = std::min(low[at], all.rows[static_cast<std::size_t>(i * d + j)]);
      high[at] = std::max(high[at], all.rows[static_cast<std::size_t>(i * d + j)]);
    }
  }
  all.centre.resize(static_cast<std::size_t>(d));
  for (std::size_t j = 0; j < all.centre.size(); ++j) all.centre[j] = low[j] / 2 + high[j] / 2;
  all.centred.resize(all.rows.size());
  all.norms.resize(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) {
    const T norm = centre_row(all.rows.data() + i * d, all.centre, all.centred.data() + i * d);
    all.norms[static_cast<std::size_t>(i)] = norm;
    all.longest = std::max(all.longest, std::sqrt(static_cast<double>(norm)));
  }
}

/// Runs one compiled copy of an overloaded kernel.
template <class T>
void run_compare(brute_task<T>& task) {
  void (*generic)(brute_task<T>&) = &isa_generic::compare_all;
  void (*avx2)(brute_task<T>&) = &isa_avx2::compare_all;
  void (*avx512)(brute_task<T>&) = &isa_avx512::compare_all;
  pick(generic, avx2, avx512)(task);
}

/// How many queries a task takes: few enough that their neighbours fit a few megabytes.
std::int64_t group_of(std::int64_t k, std::int64_t most) {
  return std::clamp<std::int64_t>((std::int64_t{1} << 22) / (16 * k + 128), 1, most);
}

template <class T>
void compare_by_vectors(const exec::context& ctx, const brute_storage<T>& all, const T* queries, std::int64_t m,
                        std::int64_t k, neighbors::nearest_result<T>& out) {
  std::call_once(all.chunks_once, [&] { make_chunks(all); });
  const std::int64_t group = group_of(k, 48);
  exec::for_each_task(ctx, (m + group - 1) / group, [&](std::int64_t t) {
    exec::buffer<char> memory(exec::cpu(1), brute_memory(group, k));
    brute_task<T> task;
    task.chunks = all.chunks.data();
    task.size = all.size;
    task.dimensions = all.dimensions;
    task.how = {all.how.kind, all.weights.empty() ? nullptr : all.weights.data(),
                static_cast<distance_t<T>>(all.how.p)};
    task.queries = queries;
    task.begin = t * group;
    task.end = std::min(m, task.begin + group);
    task.k = k;
    task.stride = out.k;
    task.indices = out.indices.data();
    task.power_distances = out.power_distances.data();
    task.missing = no_distance<T>();
    task.memory = memory.data();
    run_compare(task);
  });
}

template <class T>
void compare_by_pairs(const exec::context& ctx, const brute_storage<T>& all, const T* queries, std::int64_t m,
                      std::int64_t k, neighbors::nearest_result<T>& out) {
  std::call_once(all.products_once, [&] { make_pairs(all); });
  const std::int64_t pairs = (all.dimensions + 1) / 2, group = group_of(k, 48);
  exec::for_each_task(ctx, (m + group - 1) / group, [&](std::int64_t t) {
    const std::int64_t begin = t * group, count = std::min(m, begin + group) - begin;
    exec::buffer<char> memory(exec::cpu(1), brute_memory(group, k));
    std::vector<std::int16_t> wide(static_cast<std::size_t>(count * 2 * pairs));
    std::vector<std::int32_t> norms(static_cast<std::size_t>(count));
    for (std::int64_t q = 0; q < count; ++q) {
      widen_row(queries + (begin + q) * all.dimensions, all.dimensions, wide.data() + q * 2 * pairs, 2,
                norms[static_cast<std::size_t>(q)]);
    }
    integer_task task;
    task.chunks = all.pairs.data();
    task.norms = all.norms.data();
    task.size = all.size;
    task.pairs = pairs;
    task.queries = wide.data();
    task.query_norms = norms.data();
    task.end = count;
    task.k = k;
    task.stride = out.k;
    task.indices = out.indices.data() + begin * out.k;
    task.power_distances = out.power_distances.data() + begin * out.k;
    task.memory = memory.data();
    CREDENCE_SIMD_PICK(compare_bytes)(task);
  });
}

/// A list of the k nearest, by (distance, index).
template <class T>
struct short_list {
  std::vector<std::pair<T, std::int64_t>> heap;
  std::size_t k = 0;
  [[nodiscard]] T worst() const { return heap.size() < k ? std::numeric_limits<T>::infinity() : heap.front().first; }
  void offer(T far, std::int64_t index) {
    const std::pair<T, std::int64_t> key{far, index};
    if (heap.size() == k) {
      if (!(key < heap.front())) return;
      std::pop_heap(heap.begin(), heap.end());
      heap.back() = key;
    } else {
      heap.push_back(key);
    }
    std::push_heap(heap.begin(), heap.end());
  }
};

/// The squared distance out of centred rows, |x|^2 + |q|^2 - 2 x.q, misses the one by definition by at most
/// margin * (|x| + |q|)^2: each rounding of the centring, the norms, the product (in any order of summation) and the
/// definition itself moves it by at most some u (|x| + |q|)^2 a dimension.
template <class T>
double product_margin(std::int64_t d) {
  return (6.0 * static_cast<double>(d) + 64.0) * static_cast<double>(std::numeric_limits<T>::epsilon());
}

template <class T>
void compare_by_products(const exec::context& ctx, const brute_storage<T>& all, const T* queries, std::int64_t m,
                         std::int64_t k, neighbors::nearest_result<T>& out) {
  std::call_once(all.products_once, [&] { make_centred(all); });
  const std::int64_t d = all.dimensions, n = all.size, group = group_of(k, 64);
  const std::int64_t tile = std::clamp<std::int64_t>((std::int64_t{1} << 17) / d, 256, 4096);
  exec::for_each_task(ctx, (m + group - 1) / group, [&](std::int64_t t) {
    const std::int64_t begin = t * group, count = std::min(m, begin + group) - begin;
    std::vector<T> rows(static_cast<std::size_t>(count * d)), products(static_cast<std::size_t>(count * tile));
    std::vector<T> norms(static_cast<std::size_t>(count)), far(static_cast<std::size_t>(tile));
    std::vector<short_list<T>> lists(static_cast<std::size_t>(count));
    std::vector<std::int32_t> places(static_cast<std::size_t>(tile));
    std::vector<std::int64_t> chosen(static_cast<std::size_t>(tile));
    for (std::int64_t q = 0; q < count; ++q) {
      norms[static_cast<std::size_t>(q)] = centre_row(queries + (begin + q) * d, all.centre, rows.data() + q * d);
      lists[static_cast<std::size_t>(q)].k = static_cast<std::size_t>(k);
    }
    for (std::int64_t first = 0, size = std::min(n, std::max<std::int64_t>(2 * k, 128)); first < n;
         first += size, size = std::min(tile, n - first)) {
      size = std::min({size, tile, n - first});
      gemm(exec::cpu(1), view<const T, 2>(rows.data(), count, d),
           view<const T, 2>(all.centred.data() + first * d, size, d), view<T, 2>(products.data(), count, size),
           {.b = transposed::yes});
      for (std::int64_t q = 0; q < count; ++q) {
        short_list<T>& list = lists[static_cast<std::size_t>(q)];
        const double norm = static_cast<double>(norms[static_cast<std::size_t>(q)]);
        const double span = std::sqrt(norm) + all.longest;
        // norms[i] - 2 products[i] <= worst - |q|^2 + margin; where anything overflows, every point is taken.
        const double limit = static_cast<double>(list.worst()) - norm + product_margin<T>(d) * (span * span + 1e-30);
        std::int64_t found = 0;
        const double most = static_cast<double>(std::numeric_limits<T>::max()) / 16.0;
        if (!(limit < most) || !(span * span < most) || list.heap.size() < list.k) {
          found = size;
          for (std::int64_t i = 0; i < size; ++i) chosen[static_cast<std::size_t>(i)] = first + i;
        } else {
          if constexpr (std::is_same_v<T, float>) {
            const float border = std::nextafter(static_cast<float>(limit), std::numeric_limits<float>::infinity());
            found = CREDENCE_SIMD_PICK(filter_f32)(all.norms.data() + first, products.data() + q * size, border, size,
                                                   places.data());
          } else {
            found = CREDENCE_SIMD_PICK(filter_f64)(all.norms.data() + first, products.data() + q * size, limit, size,
                                                   places.data());
          }
          for (std::int64_t i = 0; i < found; ++i) {
            chosen[static_cast<std::size_t>(i)] = first + places[static_cast<std::size_t>(i)];
          }
        }
        const T* query = queries + (begin + q) * d;
        if constexpr (std::is_same_v<T, float>) {
          CREDENCE_SIMD_PICK(rescore_f32)(all.rows.data(), d, chosen.data(), found, query, far.data());
        } else {
          CREDENCE_SIMD_PICK(rescore_f64)(all.rows.data(), d, chosen.data(), found, query, far.data());
        }
        for (std::int64_t i = 0; i < found; ++i)
          list.offer(far[static_cast<std::size_t>(i)], chosen[static_cast<std::size_t>(i)]);
      }
    }
    for (std::int64_t q = 0; q < count; ++q) {
      auto& heap = lists[static_cast<std::size_t>(q)].heap;
      std::sort(heap.begin(), heap.end());
      for (std::int64_t i = 0; i < out.k; ++i) {
        const auto at = static_cast<std::size_t>((begin + q) * out.k + i);
        const bool there = i < static_cast<std::int64_t>(heap.size());
        out.indices[at] = there ? heap[static_cast<std::size_t>(i)].second : -1;
        out.power_distances[at] = there ? heap[static_cast<std::size_t>(i)].first : no_distance<T>();
      }
    }
  });
}

}  // namespace
}  // namespace credence::detail

namespace credence::neighbors {

using namespace credence::detail;

const char* to_string(brute_method method) {
  switch (method) {
    case brute_method::vectors:
      return "vectors";
    case brute_method::products:
      return "products";
    case brute_method::automatic:
      break;
  }
  return "automatic";
}

template <class T>
brute_force<T>::brute_force(view<const T, 2> points, const metric& how) {
  check::at_least("brute_force", "the number of points", points.extents[0], 1);
  check_points("brute_force", "points", points);
  check_metric<T>("brute_force", how, points.extents[1]);
  auto made = std::make_shared<brute_storage<T>>();
  made->how = how;
  for (const double w : how.weights) made->weights.push_back(static_cast<distance_t<T>>(w));
  made->size = points.extents[0];
  made->dimensions = points.extents[1];
  const T* rows = packed_rows(points, made->rows);
  if (made->rows.empty()) made->rows.assign(rows, rows + made->size * made->dimensions);
  storage_ = std::move(made);
}

template <class T>
nearest_result<T> brute_force<T>::nearest(view<const T, 2> queries, std::int64_t k, const nearest_options& options,
                                          brute_method method) const {
  const char* where = "brute_force::nearest";
  const brute_storage<T>& all = *storage_;
  if (options.context.where != exec::backend::cpu) throw device_error("brute_force::nearest: runs on the CPU only");
  check::at_least(where, "k", k, 1);
  if (options.too_few == shortage::error && k > all.size) {
    check::fail_domain(where, "k", k, "at most the number of points, " + std::to_string(all.size));
  }
  check::same_size(where, "a query", queries.extents[1], "a point", all.dimensions);
  check_points(where, "queries", queries);
  const bool can_multiply = all.how.kind == metric_kind::euclidean && all.how.weights.empty();
  if (method == brute_method::products && !can_multiply) {
    check::fail_domain(where, "method", "products", "vectors in this metric");
  }
  if (method == brute_method::automatic) {
    // A matrix product pays when the rows are long enough to hide the filter behind it.
    const bool pays = std::is_floating_point_v<T> ? all.dimensions >= 24 : all.dimensions >= 8;
    method = can_multiply && pays ? brute_method::products : brute_method::vectors;
  }
  std::vector<T> copy;
  const T* rows = packed_rows(queries, copy);
  const std::int64_t m = queries.extents[0];
  nearest_result<T> out;
  out.queries = m;
  out.k = k;
  out.how = all.how;
  out.indices.resize(static_cast<std::size_t>(m * k));
  out.power_distances.resize(out.indices.size());
  out.work.distances = m * all.size;
  const std::int64_t wanted = std::min(k, all.size);
  if (method == brute_method::vectors) {
    compare_by_vectors(options.context, all, rows, m, wanted, out);
  } else if constexpr (std::is_floating_point_v<T>) {
    compare_by_products(options.context, all, rows, m, wanted, out);
  } else {
    compare_by_pairs(options.context, all, rows, m, wanted, out);
  }
  return out;
}

template <class T>
std::int64_t brute_force<T>::size() const {
  return storage_->size;
}
template <class T>
std::int64_t brute_force<T>::dimensions() const {
  return storage_->dimensions;
}

template class brute_force<float>;
template class brute_force<double>;
template class brute_force<std::uint8_t>;
template class brute_force<std::int8_t>;

}  // namespace credence::neighbors
