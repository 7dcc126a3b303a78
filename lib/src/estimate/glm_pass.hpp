// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/estimate/glm.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// One pass over the rows of a generalised linear model, and the small triangular algebra around it.
namespace credence::estimate_detail {

/// What a pass adds up at given coefficients.
struct pass_sums {
  std::vector<double> triangle;  ///< row-major R with R'R = X'WX, upper; empty when `gram` was asked for
  std::vector<double> gram;      ///< row-major X'WX, lower triangle; else empty
  std::vector<double> score;     ///< X' W (working residual): the gradient of the log likelihood at dispersion 1
  double deviance = 0.0;
  bool valid = true;  ///< every mean lies inside the range of the family
};

/// The rows of a problem with some of its columns.
class glm_rows {
 public:
  glm_rows(const glm::problem& data, const glm::options& how, enum glm::link link);

  std::vector<std::int64_t> columns;  ///< which columns take part; at first all
  double theta = 1.0;

  /// Sums at coefficients b (of the columns that take part).
  /// @param gram  add up X'WX itself instead of its triangle
  [[nodiscard]] pass_sums at(std::span<const double> b, bool gram) const;
  /// Sums at the means that the responses suggest: `score` is X' W z for the working response z.
  [[nodiscard]] pass_sums start() const;
  /// The predictor of every row, offset included.
  [[nodiscard]] std::vector<double> predictor(std::span<const double> b) const;
  /// x_i . v for every row, without the offset.
  [[nodiscard]] std::vector<double> product(std::span<const double> v) const;

  [[nodiscard]] std::int64_t rows() const { return n_; }
  [[nodiscard]] double y(std::int64_t i) const { return data_.y[static_cast<std::size_t>(i)]; }
  [[nodiscard]] double weight(std::int64_t i) const {
    return data_.weights.empty() ? 1.0 : data_.weights[static_cast<std::size_t>(i)];
  }
  [[nodiscard]] double offset(std::int64_t i) const {
    return data_.offset.empty() ? 0.0 : data_.offset[static_cast<std::size_t>(i)];
  }
  [[nodiscard]] enum glm::link link() const { return link_; }
  [[nodiscard]] enum glm::family family() const { return how_.family; }
  [[nodiscard]] const exec::context& context() const { return how_.context; }
  /// Every response is 0 or 1, and the link is the logit.
  [[nodiscard]] bool bernoulli() const { return bernoulli_; }
  [[nodiscard]] bool unweighted() const { return data_.weights.empty(); }
  /// A mean near the response that lies inside the family's range.
  [[nodiscard]] double first_mean(double y, double weight) const;
  [[nodiscard]] bool mean_is_valid(double mean) const;

 private:
  struct block;
  void fill(block& work, std::int64_t first, std::int64_t count, std::span<const double> b, bool predictor) const;
  void rows_of(block& work, bool start) const;
  [[nodiscard]] pass_sums run(std::span<const double> b, bool gram, bool start) const;

  const glm::problem& data_;
  const glm::options& how_;
  enum glm::link link_;
  std::int64_t n_;
  bool bernoulli_ = false;  ///< every response is 0 or 1, and the link is the logit
  bool precise_ = false;    ///< sums in extended precision: small linear problems, which may be ill-conditioned
};

/// The triangle of [R1; R2], both row-major (p, p).
void join_triangles(std::vector<double>& into, const std::vector<double>& other, std::int64_t p);
/// The triangle of R with only some columns.
std::vector<double> triangle_of_columns(const std::vector<double>& r, std::int64_t p,
                                        std::span<const std::int64_t> columns);
/// Upper R with R'R = the matrix whose lower triangle is given; empty when it is not positive definite.
std::vector<double> triangle_of_gram(const std::vector<double>& gram, std::int64_t p);
/// x with R'R x = g.
std::vector<double> solve_normal(const std::vector<double>& r, std::span<const double> g);
/// x with R'x = g.
std::vector<double> solve_transposed(const std::vector<double>& r, std::span<const double> g);
/// x with R x = g.
std::vector<double> solve_upper(const std::vector<double>& r, std::span<const double> g);
/// (R'R)^-1, row-major.
std::vector<double> inverse_normal(const std::vector<double>& r, std::int64_t p);
/// The condition of R with columns scaled to length 1.
double condition_of(const std::vector<double>& r, std::int64_t p);

/// Which columns of the triangle stand on their own, in order; for each other one the combination of those before it.
struct rank_answer {
  std::vector<std::int64_t> kept;
  struct alias {
    std::int64_t column;
    std::vector<double> combination;  ///< one coefficient a kept column before it
  };
  std::vector<alias> aliases;
};
rank_answer rank_of(const std::vector<double>& r, std::int64_t p, double tolerance);

}  // namespace credence::estimate_detail
