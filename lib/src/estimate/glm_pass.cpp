// SPDX-License-Identifier: BSD-3-Clause
#include "estimate/glm_pass.hpp"

#include "credence/exec/for_each.hpp"
#include "credence/tensor/gemm.hpp"
#include "estimate/glm_rows.hpp"

#include <algorithm>
#include <cmath>

namespace credence::estimate_detail {

using glm::family;
using glm::link;

namespace {

/// From so many columns on, products of whole matrices beat the kernel over pairs of columns.
constexpr std::int64_t wide_gram = 32;

std::int64_t rows_of_block(std::int64_t columns, bool gram) {
  if (gram && columns >= wide_gram) return detail::glm_rows_most;
  return std::clamp<std::int64_t>(4096 / std::max<std::int64_t>(columns, 1) / 8 * 8, 32, detail::glm_rows_most);
}

/// Rows of one task: they depend on the size of the problem only.
std::int64_t rows_of_task(std::int64_t n, std::int64_t block) {
  return block * std::max<std::int64_t>(1, std::max<std::int64_t>(4096, n / 64) / block);
}

}  // namespace

/// The working memory of one task.
struct glm_rows::block {
  std::int64_t first = 0, rows = 0, stride = 0;
  std::vector<double> x, eta, score, weight, y, prior;
  double deviance = 0.0;
  bool valid = true;

  block(std::int64_t columns, std::int64_t most)
      : stride(most),
        x(static_cast<std::size_t>(columns * most)),
        eta(static_cast<std::size_t>(most)),
        score(eta),
        weight(eta),
        y(eta),
        prior(eta) {}
};

glm_rows::glm_rows(const glm::problem& data, const glm::options& how, enum link chosen)
    : data_(data), how_(how), link_(chosen), n_(data.x.extents[0]) {
  for (std::int64_t j = 0; j < data.x.extents[1]; ++j) columns.push_back(j);
  if (how.family == family::binomial && chosen == link::logit) {
    bernoulli_ = std::all_of(data.y.begin(), data.y.end(), [](double v) { return v == 0.0 || v == 1.0; });
  }
  precise_ = how.family == family::gaussian && chosen == link::identity && n_ * data.x.extents[1] <= 4000000;
}

double glm_rows::first_mean(double y, double weight) const {
  switch (how_.family) {
    case family::binomial:
      return (weight * y + 0.5) / (weight + 1.0);
    case family::poisson:
      return y + 0.1;
    case family::negative_binomial:
      return y > 0.0 ? y : 1.0 / 6.0;
    case family::gaussian:
      if (link_ == link::log) return std::fmax(y, 1e-3);
      return link_ == link::inverse && y == 0.0 ? 1e-3 : y;
    default:
      return y;
  }
}

bool glm_rows::mean_is_valid(double mean) const {
  if (!std::isfinite(mean)) return false;
  switch (how_.family) {
    case family::gaussian:
      return true;
    case family::binomial:
      // 0 and 1 are what the logit rounds to; other links that reach them have left the range.
      return link_ == link::log || link_ == link::identity ? mean > 0.0 && mean < 1.0 : mean >= 0.0 && mean <= 1.0;
    default:
      return mean > 0.0;
  }
}

void glm_rows::fill(block& work, std::int64_t first, std::int64_t count, std::span<const double> b,
                    bool predictor) const {
  work.first = first;
  work.rows = count;
  const auto p = static_cast<std::int64_t>(columns.size());
  const std::int64_t down = data_.x.strides[0], across = data_.x.strides[1];
  for (std::int64_t j = 0; j < p; ++j) {
    const double* from = data_.x.data + first * down + columns[static_cast<std::size_t>(j)] * across;
    double* to = work.x.data() + j * work.stride;
    if (down == 1) {
      std::copy_n(from, count, to);
    } else {
      for (std::int64_t i = 0; i < count; ++i) to[i] = from[i * down];
    }
  }
  for (std::int64_t i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    work.y[at] = y(first + i);
    work.prior[at] = weight(first + i);
    work.eta[at] = offset(first + i);
  }
  if (!predictor) return;
  if (precise_) {
    for (std::int64_t i = 0; i < count; ++i) {
      long double sum = work.eta[static_cast<std::size_t>(i)];
      for (std::int64_t j = 0; j < p; ++j) {
        sum += static_cast<long double>(work.x[static_cast<std::size_t>(j * work.stride + i)]) *
               b[static_cast<std::size_t>(j)];
      }
      // The residual is what matters: it is formed before the sum is rounded.
      work.score[static_cast<std::size_t>(i)] = static_cast<double>(work.y[static_cast<std::size_t>(i)] - sum);
      work.eta[static_cast<std::size_t>(i)] = static_cast<double>(sum);
    }
  } else {
    CREDENCE_SIMD_PICK(glm_predictor)(work.x.data(), work.stride, count, p, b.data(), work.eta.data());
  }
}

void glm_rows::rows_of(block& work, bool start) const {
  if (bernoulli_ && !start) {
    work.deviance += CREDENCE_SIMD_PICK(glm_bernoulli)(work.eta.data(), work.y.data(), work.prior.data(), work.rows,
                                                       work.score.data(), work.weight.data());
    return;
  }
  // Zeros and ones of equal weight start alike: logarithms once, not once a row.
  struct known_start {
    double prior = -1.0, predictor = 0.0, weight = 0.0, gap = 0.0;
  };
  known_start known[2];
  for (std::int64_t i = 0; i < work.rows; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const double y = work.y[at], prior = work.prior[at];
    double eta = work.eta[at], mean;
    if (start && bernoulli_) {
      known_start& one = known[y > 0.5 ? 1 : 0];
      if (one.prior != prior) {
        mean = first_mean(y, prior);
        one = {prior, glm::link_value(link_, mean), prior * mean * (1.0 - mean), (y - mean) / (mean * (1.0 - mean))};
      }
      work.weight[at] = one.weight;
      work.score[at] = one.weight * (one.predictor - eta + one.gap);
      continue;
    }
    if (start) {
      mean = first_mean(y, prior);
      const double offset = eta;
      eta = glm::link_value(link_, mean);
      const double slope = glm::inverse_link_slope(link_, eta);
      work.weight[at] = prior * slope * slope / glm::variance(how_.family, mean, theta);
      work.score[at] = work.weight[at] * (eta - offset + (y - mean) / slope);
      if (prior > 0.0 && !std::isfinite(work.score[at])) work.valid = false;
      continue;
    }
    if (precise_) {
      work.weight[at] = prior;
      work.deviance += prior * work.score[at] * work.score[at];
      work.score[at] *= prior;
      continue;
    }
    mean = glm::inverse_link(link_, eta);
    if (prior == 0.0) {
      work.weight[at] = work.score[at] = 0.0;
      continue;
    }
    if (!mean_is_valid(mean)) {
      work.valid = false;
      work.weight[at] = work.score[at] = 0.0;
      continue;
    }
    const double slope = glm::inverse_link_slope(link_, eta);
    // Means that round to the border still have a variance, and weights a limit.
    const double tiny = 2.2e-16;
    const double inside = how_.family == family::binomial ? std::clamp(mean, tiny, 1.0 - tiny) : mean;
    const double variance = glm::variance(how_.family, inside, theta);
    work.weight[at] = prior * slope * slope / variance;
    work.score[at] = prior * (y - mean) * slope / variance;
    work.deviance += prior * glm::unit_deviance(how_.family, y, inside, theta);
  }
}

pass_sums glm_rows::run(std::span<const double> b, bool gram, bool start) const {
  const auto p = static_cast<std::int64_t>(columns.size());
  const std::int64_t block_rows = rows_of_block(p, gram), task_rows = rows_of_task(n_, block_rows);
  const std::int64_t tasks = std::max<std::int64_t>(1, (n_ + task_rows - 1) / task_rows);
  std::vector<pass_sums> parts(static_cast<std::size_t>(tasks));
  exec::for_each_task(how_.context, tasks, [&](std::int64_t t) {
    pass_sums& sums = parts[static_cast<std::size_t>(t)];
    std::vector<double>& matrix = gram ? sums.gram : sums.triangle;
    matrix.assign(static_cast<std::size_t>(p * p), 0.0);
    sums.score.assign(static_cast<std::size_t>(p), 0.0);
    std::vector<long double> long_score(precise_ ? static_cast<std::size_t>(p) : 0, 0.0L);
    block work(p, block_rows);
    const std::int64_t end = std::min(n_, (t + 1) * task_rows);
    for (std::int64_t first = t * task_rows; first < end; first += block_rows) {
      fill(work, first, std::min(block_rows, end - first), b, !start);
      rows_of(work, start);
      if (precise_) {
        for (std::int64_t j = 0; j < p; ++j) {
          for (std::int64_t i = 0; i < work.rows; ++i) {
            long_score[static_cast<std::size_t>(j)] +=
                static_cast<long double>(work.x[static_cast<std::size_t>(j * work.stride + i)]) *
                work.score[static_cast<std::size_t>(i)];
          }
        }
      } else {
        CREDENCE_SIMD_PICK(glm_cross)(work.x.data(), work.stride, work.rows, p, work.score.data(), sums.score.data());
      }
      for (std::int64_t i = 0; i < work.rows; ++i) {
        work.weight[static_cast<std::size_t>(i)] = std::sqrt(work.weight[static_cast<std::size_t>(i)]);
      }
      CREDENCE_SIMD_PICK(glm_scale)(work.x.data(), work.stride, work.rows, p, work.weight.data());
      if (gram && p >= wide_gram) {
        view<const double, 2> x(work.x.data(), p, work.rows);
        x.strides[0] = work.stride;
        gemm(exec::context{}, x, x, view<double, 2>(matrix.data(), p, p), {.b = transposed::yes, .beta = 1.0});
      } else if (gram) {
        CREDENCE_SIMD_PICK(glm_gram)(work.x.data(), work.stride, work.rows, p, matrix.data());
      } else {
        CREDENCE_SIMD_PICK(glm_triangle)(work.x.data(), work.stride, work.rows, p, matrix.data());
      }
    }
    for (std::size_t j = 0; j < long_score.size(); ++j) sums.score[j] = static_cast<double>(long_score[j]);
    sums.deviance = work.deviance;
    sums.valid = work.valid;
  });
  for (std::size_t width = 1; width < parts.size(); width *= 2) {
    for (std::size_t i = 0; i + width < parts.size(); i += 2 * width) {
      pass_sums &into = parts[i], &other = parts[i + width];
      for (std::size_t j = 0; j < into.score.size(); ++j) into.score[j] += other.score[j];
      for (std::size_t j = 0; j < into.gram.size(); ++j) into.gram[j] += other.gram[j];
      if (!gram) join_triangles(into.triangle, other.triangle, p);
      into.deviance += other.deviance;
      into.valid = into.valid && other.valid;
    }
  }
  return std::move(parts[0]);
}

pass_sums glm_rows::at(std::span<const double> b, bool gram) const { return run(b, gram, false); }
pass_sums glm_rows::start() const { return run({}, false, true); }

std::vector<double> glm_rows::product(std::span<const double> v) const {
  const auto p = static_cast<std::int64_t>(columns.size());
  std::vector<double> out(static_cast<std::size_t>(n_), 0.0);
  exec::for_each_range(how_.context, n_, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t j = 0; j < p; ++j) {
      const std::int64_t column = columns[static_cast<std::size_t>(j)];
      for (std::int64_t i = begin; i < end; ++i) {
        out[static_cast<std::size_t>(i)] += data_.x(i, column) * v[static_cast<std::size_t>(j)];
      }
    }
  });
  return out;
}

std::vector<double> glm_rows::predictor(std::span<const double> b) const {
  std::vector<double> out = product(b);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] += offset(static_cast<std::int64_t>(i));
  return out;
}

}  // namespace credence::estimate_detail
