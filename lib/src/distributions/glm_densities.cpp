// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/glm_densities.hpp"

#include "credence/base/check.hpp"
#include "credence/base/errors.hpp"
#include "credence/exec/for_each.hpp"
#include "distributions/glm_blocks.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace credence {

using namespace detail;

namespace {

/// So many rows that a block, which is read twice, stays in half of the first cache.
std::int64_t rows_of_block(std::int64_t columns) {
  const std::int64_t rows = 2048 / std::max<std::int64_t>(columns, 1) / 8 * 8;
  return std::clamp<std::int64_t>(rows, 8, glm_block_rows);
}

/// Sums over all rows: value, by intercept, by sd, by each coefficient. Ranges of rows depend on their number only.
template <class D>
std::vector<double> sum_over_rows(const exec::context& ctx, const char* who, const D& d, view<const double, 1> y,
                                  glm_density density, double sd, bool gradient) {
  if (ctx.where != exec::backend::cpu) throw not_built_error(std::string(who) + ": CUDA devices are not built");
  const std::int64_t n = d.x.extents[0], k = d.x.extents[1];
  check::same_size(who, "y", y.extents[0], "rows of x", n);
  check::same_size(who, "coefficients", static_cast<std::int64_t>(d.coefficients.size()), "columns of x", k);
  const std::int64_t rows_a_block = rows_of_block(k);
  const std::int64_t width = rows_a_block * std::max<std::int64_t>(4096 / rows_a_block, n / (64 * rows_a_block));
  const std::int64_t ranges = std::max<std::int64_t>(1, (n + width - 1) / width);
  const auto sums = static_cast<std::size_t>(k + 3);
  std::vector<double> parts(static_cast<std::size_t>(ranges) * sums, 0.0);
  exec::for_each_range(
      ctx, n,
      [&](std::int64_t begin, std::int64_t end) {
        std::vector<double> rows;
        double y_block[glm_block_rows];
        for (std::int64_t first = begin; first < end; first += rows_a_block) {
          glm_block work;
          work.density = density;
          work.gradient = gradient;
          work.rows = std::min(rows_a_block, end - first);
          work.columns = k;
          work.x = d.x.data + first * d.x.strides[0];
          work.row_stride = d.x.strides[0];
          if (d.x.strides[1] != 1 && k > 1) {  // column by column, say: copied a block at a time
            rows.resize(static_cast<std::size_t>(rows_a_block * k));
            for (std::int64_t j = 0; j < k; ++j) {
              for (std::int64_t i = 0; i < work.rows; ++i)
                rows[static_cast<std::size_t>(i * k + j)] = d.x(first + i, j);
            }
            work.x = rows.data();
            work.row_stride = k;
          }
          work.y = y.data + first;
          if (y.strides[0] != 1) {
            for (std::int64_t i = 0; i < work.rows; ++i) y_block[i] = y(first + i);
            work.y = y_block;
          }
          work.intercept = d.intercept;
          work.coefficients = d.coefficients.data();
          work.sd = sd;
          work.sums = parts.data() + static_cast<std::size_t>(first / width) * sums;
          CREDENCE_SIMD_PICK(run_glm_block)(work);
        }
      },
      width);
  for (std::size_t r = 1; r < static_cast<std::size_t>(ranges); ++r) {
    for (std::size_t j = 0; j < sums; ++j) parts[j] += parts[r * sums + j];
  }
  return parts;
}

template <class D>
double with_gradient(const exec::context& ctx, const char* who, const D& d, view<const double, 1> y,
                     glm_density density, double sd, double& dintercept, std::span<double> dcoefficients, double& dsd) {
  check::same_size(who, "dcoefficients", static_cast<std::int64_t>(dcoefficients.size()), "coefficients",
                   static_cast<std::int64_t>(d.coefficients.size()));
  const std::vector<double> sums = sum_over_rows(ctx, who, d, y, density, sd, true);
  dintercept = sums[1];
  dsd = sums[2];
  std::copy_n(sums.begin() + 3, dcoefficients.size(), dcoefficients.begin());
  return sums[0];
}

}  // namespace

double log_pdf(const exec::context& ctx, const bernoulli_logit_glm& d, view<const double, 1> y) {
  return sum_over_rows(ctx, "bernoulli_logit_glm", d, y, glm_density::bernoulli_logit, 1.0, false)[0];
}
double log_pdf(const exec::context& ctx, const poisson_log_glm& d, view<const double, 1> y) {
  return sum_over_rows(ctx, "poisson_log_glm", d, y, glm_density::poisson_log, 1.0, false)[0];
}
double log_pdf(const exec::context& ctx, const normal_id_glm& d, view<const double, 1> y) {
  check::positive("normal_id_glm", "sd", d.sd);
  return sum_over_rows(ctx, "normal_id_glm", d, y, glm_density::normal_id, d.sd, false)[0];
}

double log_pdf_partials(const exec::context& ctx, const bernoulli_logit_glm& d, view<const double, 1> y,
                        double& dintercept, std::span<double> dcoefficients) {
  double dsd = 0.0;
  return with_gradient(ctx, "bernoulli_logit_glm", d, y, glm_density::bernoulli_logit, 1.0, dintercept, dcoefficients,
                       dsd);
}
double log_pdf_partials(const exec::context& ctx, const poisson_log_glm& d, view<const double, 1> y, double& dintercept,
                        std::span<double> dcoefficients) {
  double dsd = 0.0;
  return with_gradient(ctx, "poisson_log_glm", d, y, glm_density::poisson_log, 1.0, dintercept, dcoefficients, dsd);
}
double log_pdf_partials(const exec::context& ctx, const normal_id_glm& d, view<const double, 1> y, double& dintercept,
                        std::span<double> dcoefficients, double& dsd) {
  check::positive("normal_id_glm", "sd", d.sd);
  return with_gradient(ctx, "normal_id_glm", d, y, glm_density::normal_id, d.sd, dintercept, dcoefficients, dsd);
}

}  // namespace credence
