// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"

#include "neighbors/tree_view.hpp"

#include <cstdint>

/// Comparing queries with all points, compiled once for each instruction set.
namespace credence::detail {

/// Points by chunks of scan_chunk: chunk c begins at c * scan_chunk * dimensions and holds dimension after dimension.
template <class T>
struct brute_task {
  const T* chunks = nullptr;
  std::int64_t size = 0;
  std::int64_t dimensions = 0;
  metric_view<T> how;
  const T* queries = nullptr;  ///< row-major, without gaps
  std::int64_t begin = 0, end = 0;
  std::int64_t k = 1, stride = 1;
  std::int64_t* indices = nullptr;
  distance_t<T>* power_distances = nullptr;
  distance_t<T> missing;
  void* memory = nullptr;  ///< brute_memory bytes
};

/// Keys of all queries of a task, and of their sinks.
constexpr std::int64_t brute_memory(std::int64_t queries, std::int64_t k) { return queries * (k * 16 + 128) + 64; }

/// Bytes as products of pairs: chunk c holds for each pair of dimensions the pairs of scan_chunk points, 16 bits each,
/// an odd last dimension paired with 0; `norms` are squared lengths. Everything is exact modulo 2^32, and the squared
/// distances are below 2^31.
struct integer_task {
  const std::int16_t* chunks = nullptr;
  const std::int32_t* norms = nullptr;  ///< padded to whole chunks
  std::int64_t size = 0;
  std::int64_t pairs = 0;
  const std::int16_t* queries = nullptr;  ///< (queries, 2 pairs)
  const std::int32_t* query_norms = nullptr;
  std::int64_t begin = 0, end = 0;
  std::int64_t k = 1, stride = 1;
  std::int64_t* indices = nullptr;
  std::int32_t* power_distances = nullptr;
  void* memory = nullptr;
};

CREDENCE_SIMD_DECLARE(void, compare_all, brute_task<float>& task)
CREDENCE_SIMD_DECLARE(void, compare_all, brute_task<double>& task)
CREDENCE_SIMD_DECLARE(void, compare_all, brute_task<std::uint8_t>& task)
CREDENCE_SIMD_DECLARE(void, compare_all, brute_task<std::int8_t>& task)
CREDENCE_SIMD_DECLARE(void, compare_bytes, integer_task& task)
/// One row of a matrix product: writes the places i with norms[i] - 2 products[i] <= limit, and returns how many.
CREDENCE_SIMD_DECLARE(std::int64_t, filter_f32, const float* norms, const float* products, float limit,
                      std::int64_t count, std::int32_t* places)
CREDENCE_SIMD_DECLARE(std::int64_t, filter_f64, const double* norms, const double* products, double limit,
                      std::int64_t count, std::int32_t* places)
/// Squared distances of `count` rows to a query by definition, several rows side by side.
CREDENCE_SIMD_DECLARE(void, rescore_f32, const float* rows, std::int64_t dimensions, const std::int64_t* places,
                      std::int64_t count, const float* query, float* far)
CREDENCE_SIMD_DECLARE(void, rescore_f64, const double* rows, std::int64_t dimensions, const std::int64_t* places,
                      std::int64_t count, const double* query, double* far)

}  // namespace credence::detail
