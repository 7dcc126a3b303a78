// SPDX-License-Identifier: BSD-3-Clause
#include "neighbors/brute_kernels.hpp"
#include "neighbors/leaf_scan.hpp"

namespace credence::detail::CREDENCE_ISA {

namespace {

constexpr std::int64_t tile_bytes = std::int64_t{1} << 17;  // points that stay in the second-level cache

template <class Key, class D>
nearest_sink<Key>* make_sinks(void* memory, std::int64_t queries, std::int64_t k, D start) {
  auto* sinks = static_cast<nearest_sink<Key>*>(memory);
  auto* keys = reinterpret_cast<Key*>(static_cast<char*>(memory) + queries * 128);
  static_assert(sizeof(nearest_sink<Key>) <= 128);
  for (std::int64_t q = 0; q < queries; ++q) {
    sinks[q] = nearest_sink<Key>(keys + q * k, k, start, search_limit<D>{});
  }
  return sinks;
}

template <class Key, class D>
void write_sink(nearest_sink<Key>& sink, std::int64_t stride, std::int64_t* indices, D* far, D missing) {
  sink.finish();
  for (std::int64_t i = 0; i < sink.count; ++i) {
    indices[i] = sink.keys[i].index();
    far[i] = sink.keys[i].power_distance();
  }
  for (std::int64_t i = sink.count; i < stride; ++i) {
    indices[i] = -1;
    far[i] = missing;
  }
}

/// Hands the points of a chunk that are near enough to the sink.
template <class T, class Sink>
CREDENCE_INLINE void offer_chunk(const typename lanes<T>::value (&sums)[scan_chunk / lanes<T>::width],
                                 std::int64_t first, std::int64_t size, Sink& sink) {
  std::uint32_t mask = near_mask<T>(sums, sink.worst, size - first);
  if (mask == 0) return;
  alignas(64) distance_t<T> far[scan_chunk];
  store_chunk<T>(sums, far);
  for (; mask != 0; mask &= mask - 1) {
    const int i = __builtin_ctz(mask);
    if (far[i] <= sink.worst) sink.offer(far[i], first + i);
  }
}

template <class T, class Metric>
void compare_with(brute_task<T>& task) {
  using D = distance_t<T>;
  using Key = wide_key<D>;
  const std::int64_t queries = task.end - task.begin, d = task.dimensions;
  auto* sinks = make_sinks<Key>(task.memory, queries, task.k, task.missing);
  const std::int64_t chunk_size = scan_chunk * d, chunks = (task.size + scan_chunk - 1) / scan_chunk;
  const std::int64_t tile = 1 + tile_bytes / (chunk_size * static_cast<std::int64_t>(sizeof(T)));
  for (std::int64_t first = 0; first < chunks; first += tile) {
    const std::int64_t last = first + tile < chunks ? first + tile : chunks;
    for (std::int64_t q = 0; q < queries; ++q) {
      const T* query = task.queries + (task.begin + q) * d;
      for (std::int64_t c = first; c < last; ++c) {
        const leaf_view<T> points{task.chunks + c * chunk_size, 0, scan_chunk, scan_chunk, false};
        typename lanes<T>::value sums[scan_chunk / lanes<T>::width];
        chunk_distances<T, Metric, 0>(points, 0, static_cast<int>(d), task.how, query, sums);
        offer_chunk<T>(sums, c * scan_chunk, task.size, sinks[q]);
      }
    }
  }
  for (std::int64_t q = 0; q < queries; ++q) {
    const std::int64_t at = (task.begin + q) * task.stride;
    write_sink(sinks[q], task.stride, task.indices + at, task.power_distances + at, task.missing);
  }
}

template <class T>
void compare(brute_task<T>& task) {
  with_metric<T>(task.how, [&](auto steps) { compare_with<T, decltype(steps)>(task); });
}

/// Sums of products of pairs, vector by vector.
#if defined(__AVX512F__)
struct pair_lanes {
  using value = __m512i;
  static constexpr int width = 16;
  static value zero() { return _mm512_setzero_si512(); }
  static value pairs(const std::int16_t* p) { return _mm512_loadu_si512(p); }
  static value query(const std::int16_t* p) {
    std::int32_t both;
    __builtin_memcpy(&both, p, 4);
    return _mm512_set1_epi32(both);
  }
  static value add(value sum, value a, value b) { return _mm512_add_epi32(sum, _mm512_madd_epi16(a, b)); }
  static value squared(const std::int32_t* norms, std::int32_t query_norm, value dot) {
    return _mm512_sub_epi32(_mm512_add_epi32(_mm512_loadu_si512(norms), _mm512_set1_epi32(query_norm)),
                            _mm512_slli_epi32(dot, 1));
  }
};
#elif defined(__AVX2__)
struct pair_lanes {
  using value = __m256i;
  static constexpr int width = 8;
  static value zero() { return _mm256_setzero_si256(); }
  static value pairs(const std::int16_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static value query(const std::int16_t* p) {
    std::int32_t both;
    __builtin_memcpy(&both, p, 4);
    return _mm256_set1_epi32(both);
  }
  static value add(value sum, value a, value b) { return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b)); }
  static value squared(const std::int32_t* norms, std::int32_t query_norm, value dot) {
    const value lengths = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(norms));
    return _mm256_sub_epi32(_mm256_add_epi32(lengths, _mm256_set1_epi32(query_norm)), _mm256_slli_epi32(dot, 1));
  }
};
#else
struct pair_lanes {
  using value = lanes<std::uint8_t>::value;
  static constexpr int width = lanes<std::uint8_t>::width;
  static value zero() { return lanes<std::uint8_t>::set(0); }
  struct both {
    std::int16_t at[2 * width];
  };
  static both pairs(const std::int16_t* p) {
    both out;
    for (int i = 0; i < 2 * width; ++i) out.at[i] = p[i];
    return out;
  }
  static both query(const std::int16_t* p) {
    both out;
    for (int i = 0; i < 2 * width; ++i) out.at[i] = p[i % 2];
    return out;
  }
  static value add(value sum, const both& a, const both& b) {
    for (int i = 0; i < width; ++i) sum.at[i] += a.at[2 * i] * b.at[2 * i] + a.at[2 * i + 1] * b.at[2 * i + 1];
    return sum;
  }
  static value squared(const std::int32_t* norms, std::int32_t query_norm, const value& dot) {
    value out;
    for (int i = 0; i < width; ++i) {
      // Modulo 2^32: the sum of both norms may pass 2^31, the result does not.
      out.at[i] =
          static_cast<std::int32_t>(static_cast<std::uint32_t>(norms[i]) + static_cast<std::uint32_t>(query_norm) -
                                    2U * static_cast<std::uint32_t>(dot.at[i]));
    }
    return out;
  }
};
#endif

constexpr int byte_vectors = scan_chunk / pair_lanes::width;
constexpr int byte_queries = 4;  ///< side by side: with two vectors of points eight sums, which stay in registers

/// Dot products of two vectors of points with Queries queries.
template <int Queries>
CREDENCE_INLINE void byte_products(const std::int16_t* points, const std::int16_t* queries, std::int64_t pairs,
                                   pair_lanes::value (&sums)[Queries][2]) {
  for (int q = 0; q < Queries; ++q) sums[q][0] = sums[q][1] = pair_lanes::zero();
  for (std::int64_t p = 0; p < pairs; ++p) {
    const auto first = pair_lanes::pairs(points + p * scan_chunk * 2);
    const auto second = pair_lanes::pairs(points + p * scan_chunk * 2 + 2 * pair_lanes::width);
    for (int q = 0; q < Queries; ++q) {
      const auto query = pair_lanes::query(queries + (q * pairs + p) * 2);
      sums[q][0] = pair_lanes::add(sums[q][0], first, query);
      sums[q][1] = pair_lanes::add(sums[q][1], second, query);
#if defined(__AVX2__)
      asm("" : "+x"(sums[q][0]), "+x"(sums[q][1]));  // in this order: GCC would load all queries first, and spill a sum
#endif
    }
  }
}

template <int Queries, class Sink>
CREDENCE_INLINE void compare_byte_group(const integer_task& task, std::int64_t query, std::int64_t first,
                                        std::int64_t last, Sink* sinks) {
  for (std::int64_t c = first; c < last; ++c) {
    pair_lanes::value squared[Queries][byte_vectors];
    for (int v = 0; v < byte_vectors; v += 2) {
      pair_lanes::value sums[Queries][2];
      byte_products<Queries>(task.chunks + c * scan_chunk * 2 * task.pairs + v * 2 * pair_lanes::width,
                             task.queries + query * 2 * task.pairs, task.pairs, sums);
      for (int q = 0; q < Queries; ++q) {
        for (int half = 0; half < 2; ++half) {
          squared[q][v + half] = pair_lanes::squared(task.norms + c * scan_chunk + (v + half) * pair_lanes::width,
                                                     task.query_norms[query + q], sums[q][half]);
        }
      }
    }
    for (int q = 0; q < Queries; ++q) offer_chunk<std::uint8_t>(squared[q], c * scan_chunk, task.size, sinks[q]);
  }
}

template <class L, class T>
CREDENCE_INLINE std::int64_t filter(const T* norms, const T* products, T limit, std::int64_t count,
                                    std::int32_t* places) {
  std::int64_t found = 0, i = 0;
  const auto border = L::set(limit), minus_two = L::set(T(-2));
  for (; i + L::width <= count; i += L::width) {
    std::uint32_t mask = L::not_above(L::fma(minus_two, L::load(products + i), L::load(norms + i)), border);
    for (; mask != 0; mask &= mask - 1) places[found++] = static_cast<std::int32_t>(i) + __builtin_ctz(mask);
  }
  for (; i < count; ++i) {
    if (one_lane<T>::fma(T(-2), products[i], norms[i]) <= limit) places[found++] = static_cast<std::int32_t>(i);
  }
  return found;
}

template <class T>
void rescore(const T* rows, std::int64_t dimensions, const std::int64_t* places, std::int64_t count, const T* query,
             T* far) {
  constexpr int together = 8;  // chains of fma that hide each other's latency
  std::int64_t i = 0;
  for (; i + together <= count; i += together) {
    const T* row[together];
    T sum[together] = {};
    for (int c = 0; c < together; ++c) row[c] = rows + places[i + c] * dimensions;
    for (std::int64_t j = 0; j < dimensions; ++j) {
      for (int c = 0; c < together; ++c) {
        const T t = query[j] - row[c][j];
        sum[c] = one_lane<T>::fma(t, t, sum[c]);
      }
    }
    for (int c = 0; c < together; ++c) far[i + c] = sum[c];
  }
  for (; i < count; ++i) {
    const T* row = rows + places[i] * dimensions;
    T sum = 0;
    for (std::int64_t j = 0; j < dimensions; ++j) {
      const T t = query[j] - row[j];
      sum = one_lane<T>::fma(t, t, sum);
    }
    far[i] = sum;
  }
}

}  // namespace

void compare_all(brute_task<float>& task) { compare(task); }
void compare_all(brute_task<double>& task) { compare(task); }
void compare_all(brute_task<std::uint8_t>& task) { compare(task); }
void compare_all(brute_task<std::int8_t>& task) { compare(task); }

void compare_bytes(integer_task& task) {
  using Key = wide_key<std::int32_t>;
  const std::int64_t queries = task.end - task.begin;
  auto* sinks = make_sinks<Key>(task.memory, queries, task.k, std::int32_t{0x7FFFFFFF});
  const std::int64_t chunks = (task.size + scan_chunk - 1) / scan_chunk;
  const std::int64_t tile = 1 + tile_bytes / (scan_chunk * 4 * task.pairs);
  for (std::int64_t first = 0; first < chunks; first += tile) {
    const std::int64_t last = first + tile < chunks ? first + tile : chunks;
    std::int64_t q = 0;
    for (; q + byte_queries <= queries; q += byte_queries) {
      compare_byte_group<byte_queries>(task, task.begin + q, first, last, sinks + q);
    }
    for (; q < queries; ++q) compare_byte_group<1>(task, task.begin + q, first, last, sinks + q);
  }
  for (std::int64_t q = 0; q < queries; ++q) {
    const std::int64_t at = (task.begin + q) * task.stride;
    write_sink(sinks[q], task.stride, task.indices + at, task.power_distances + at, std::int32_t{0x7FFFFFFF});
  }
}

std::int64_t filter_f32(const float* norms, const float* products, float limit, std::int64_t count,
                        std::int32_t* places) {
  return filter<lanes<float>>(norms, products, limit, count, places);
}
std::int64_t filter_f64(const double* norms, const double* products, double limit, std::int64_t count,
                        std::int32_t* places) {
  return filter<lanes<double>>(norms, products, limit, count, places);
}

void rescore_f32(const float* rows, std::int64_t dimensions, const std::int64_t* places, std::int64_t count,
                 const float* query, float* far) {
  rescore(rows, dimensions, places, count, query, far);
}
void rescore_f64(const double* rows, std::int64_t dimensions, const std::int64_t* places, std::int64_t count,
                 const double* query, double* far) {
  rescore(rows, dimensions, places, count, query, far);
}

}  // namespace credence::detail::CREDENCE_ISA
