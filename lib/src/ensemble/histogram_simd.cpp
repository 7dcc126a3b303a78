// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/config.hpp"

#include "ensemble/histogram_kernels.hpp"

#include <cstring>

namespace credence::detail::CREDENCE_ISA {

namespace {

/// Bins are loaded eight at a time: one load and shifts are cheaper than eight loads.
template <int Width>
CREDENCE_INLINE void add_row(const std::uint8_t* bins, std::uint64_t gradient, std::uint64_t* sums) {
#pragma GCC unroll 4
  for (int part = 0; part < Width / 8; ++part) {
    std::uint64_t eight;
    std::memcpy(&eight, bins + 8 * part, 8);
    std::uint64_t* to = sums + part * 8 * 256;
#pragma GCC unroll 8
    for (int k = 0; k < 8; ++k) to[k * 256 + ((eight >> (8 * k)) & 255)] += gradient;
  }
  if constexpr (Width % 8 != 0) {
    std::uint32_t four;
    std::memcpy(&four, bins + Width / 8 * 8, 4);
    std::uint64_t* to = sums + Width / 8 * 8 * 256;
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) to[k * 256 + ((four >> (8 * k)) & 255)] += gradient;
  }
}

template <int Width>
void add_rows(const narrow_histogram_task& t) {
  constexpr std::int64_t ahead = 16;
  std::int64_t i = 0;
  for (; i + ahead < t.count; ++i) {
    __builtin_prefetch(t.bins + static_cast<std::int64_t>(t.rows[i + ahead]) * Width);
    add_row<Width>(t.bins + static_cast<std::int64_t>(t.rows[i]) * Width, t.gradients[i], t.sums);
  }
  for (; i < t.count; ++i) {
    add_row<Width>(t.bins + static_cast<std::int64_t>(t.rows[i]) * Width, t.gradients[i], t.sums);
  }
}

/// The best of one direction of the missing values. `left_g`, `left_h` are prefix sums with those of the missing rows
/// where they go left.
void best_cut(const scan_task& t, const double* CREDENCE_RESTRICT left_g, const double* CREDENCE_RESTRICT left_h,
              double add_g, double add_h, std::int32_t cuts, bool missing_left, scan_result& best) {
  alignas(64) double score[256];
  const auto all_g = static_cast<double>(t.gradient), all_h = static_cast<double>(t.hessian);
  const double penalty = t.penalty, least = t.least_hessian;
  for (std::int32_t b = 0; b < cuts; ++b) {
    const double gl = left_g[b] + add_g, hl = left_h[b] + add_h, gr = all_g - gl, hr = all_h - hl;
    const double below_l = hl + penalty, below_r = hr + penalty;
    // One division for both sides; products of sums stay far below overflow.
    const double value = (gl * gl * below_r + gr * gr * below_l) / (below_l * below_r);
    score[b] = hl >= least && hr >= least ? value : -1.0;
  }
  double top = best.score;
  for (std::int32_t b = 0; b < cuts; ++b) top = score[b] > top ? score[b] : top;
  if (!(top > best.score)) return;
  std::int32_t at = 0;
  while (score[at] != top) ++at;
  best.score = top;
  best.bin = at;
  best.missing_left = missing_left;
  best.left_gradient = static_cast<std::int64_t>(left_g[at] + add_g);
  best.left_hessian = static_cast<std::int64_t>(left_h[at] + add_h);
}

}  // namespace

void add_to_histogram(const narrow_histogram_task& t) {
  switch (t.width) {
    case 4:
      return add_rows<4>(t);
    case 8:
      return add_rows<8>(t);
    case 12:
      return add_rows<12>(t);
    default:
      return add_rows<16>(t);
  }
}

void scan_column(const scan_task& t, scan_result& best) {
  alignas(64) double left_g[256], left_h[256];
  std::int64_t g = 0, h = 0, missing_g = 0, missing_h = 0;
  if (t.narrow != nullptr) {
    std::uint64_t sum = 0;
    for (std::int32_t b = 0; b < t.bins; ++b) {
      sum += t.narrow[b];
      left_g[b] = static_cast<double>(gradient_sum(sum));
      left_h[b] = static_cast<double>(hessian_sum(sum));
    }
    g = gradient_sum(sum);
    h = hessian_sum(sum);
    missing_g = gradient_sum(t.narrow[255]);
    missing_h = hessian_sum(t.narrow[255]);
  } else {
    for (std::int32_t b = 0; b < t.bins; ++b) {
      g += t.wide[2 * b];
      h += t.wide[2 * b + 1];
      left_g[b] = static_cast<double>(g);
      left_h[b] = static_cast<double>(h);
    }
    missing_g = t.wide[510];
    missing_h = t.wide[511];
  }
  const bool missing = missing_h != 0 || missing_g != 0;
  // Missing to the right; with missing rows, also all values left and the missing ones right.
  best_cut(t, left_g, left_h, 0.0, 0.0, missing ? t.bins : t.bins - 1, false, best);
  if (missing) {
    best_cut(t, left_g, left_h, static_cast<double>(missing_g), static_cast<double>(missing_h), t.bins - 1, true, best);
  }
}

std::int64_t partition_rows(const partition_task& t) {
  std::int64_t left = 0, right = 0;
  for (std::int64_t i = 0; i < t.count; ++i) {
    const std::uint32_t row = t.rows[i];
    const std::uint64_t gradient = t.gradients[i];
    const std::int64_t to_left = t.goes_left[t.bins[static_cast<std::int64_t>(row) * t.stride]];
    t.rows_left[left] = row;
    t.gradients_left[left] = gradient;
    t.rows_right[right] = row;
    t.gradients_right[right] = gradient;
    left += to_left;
    right += 1 - to_left;
  }
  return left;
}

void subtract_narrow(std::uint64_t* CREDENCE_RESTRICT from, const std::uint64_t* CREDENCE_RESTRICT what,
                     std::int64_t words) {
  for (std::int64_t i = 0; i < words; ++i) from[i] -= what[i];
}

}  // namespace credence::detail::CREDENCE_ISA
