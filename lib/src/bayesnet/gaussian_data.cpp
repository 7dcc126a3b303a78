// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/family_score.hpp"

#include "credence/base/check.hpp"

#include <cmath>
#include <limits>
#include <numbers>

namespace credence::bayesnet {

namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

}  // namespace

gaussian_data::gaussian_data(const table& data) : names_(data.names()), rows_(data.rows()) {
  check::at_least("gaussian_data", "rows", rows_, 2);
  std::vector<std::vector<double>> columns;
  for (const column& c : data.columns()) {
    std::vector<double> values = c.numbers();
    double sum = 0.0;
    for (std::int64_t row = 0; row < rows_; ++row) {
      if (!std::isfinite(values[at(row)])) {
        throw domain_error("gaussian_data: column '" + c.name + "' is " +
                           (c.is_missing(row) ? "missing" : "not finite") + " in row " + std::to_string(row) +
                           ", but must be a finite number");
      }
      sum += values[at(row)];
    }
    mean_.push_back(sum / static_cast<double>(rows_));
    for (double& x : values) x -= mean_.back();
    columns.push_back(std::move(values));
  }
  covariance_.assign(columns.size() * columns.size(), 0.0);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (std::size_t k = 0; k <= i; ++k) {
      double sum = 0.0;
      for (std::size_t row = 0; row < columns[i].size(); ++row) sum += columns[i][row] * columns[k][row];
      covariance_[i * columns.size() + k] = covariance_[k * columns.size() + i] = sum / static_cast<double>(rows_);
    }
  }
}

gaussian_data::gaussian_data(std::vector<std::string> names, std::vector<double> mean, std::vector<double> covariance,
                             std::int64_t rows)
    : names_(std::move(names)), mean_(std::move(mean)), covariance_(std::move(covariance)), rows_(rows) {
  check::at_least("gaussian_data", "rows", rows, 2);
  check::same_size("gaussian_data", "mean", static_cast<std::int64_t>(mean_.size()), "names", size());
  check::same_size("gaussian_data", "covariance", static_cast<std::int64_t>(covariance_.size()), "names squared",
                   size() * size());
}

gaussian_family regress(const gaussian_data& data, node_id child, std::span<const node_id> parents) {
  const std::size_t k = parents.size();
  const std::vector<double>& s = data.covariance();
  const auto entry = [&](node_id a, node_id b) { return s[at(a * data.size() + b)]; };
  // Cholesky factor of the parents' covariance, and the solution for the child beside it.
  std::vector<double> l(k * k, 0.0), half(k, 0.0);
  gaussian_family fitted{data.mean()[at(child)], std::vector<double>(k), entry(child, child)};
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = entry(parents[i], parents[j]);
      for (std::size_t m = 0; m < j; ++m) sum -= l[i * k + m] * l[j * k + m];
      if (i == j) {
        if (!(sum > 1e-12 * entry(parents[i], parents[i]))) {
          throw domain_error("regress: parent '" + data.names()[at(parents[i])] + "' of '" + data.names()[at(child)] +
                             "' is a linear function of the others");
        }
        l[i * k + i] = std::sqrt(sum);
      } else {
        l[i * k + j] = sum / l[j * k + j];
      }
    }
    double sum = entry(parents[i], child);
    for (std::size_t m = 0; m < i; ++m) sum -= l[i * k + m] * half[m];
    half[i] = sum / l[i * k + i];
    fitted.variance -= half[i] * half[i];
  }
  for (std::size_t i = k; i-- > 0;) {
    double sum = half[i];
    for (std::size_t m = i + 1; m < k; ++m) sum -= l[m * k + i] * fitted.coefficients[m];
    fitted.coefficients[i] = sum / l[i * k + i];
    fitted.intercept -= fitted.coefficients[i] * data.mean()[at(parents[i])];
  }
  return fitted;
}

local_score gaussian_bic(gaussian_data data) {
  return [data = std::move(data)](node_id child, std::span<const node_id> parents) {
    const double rows = static_cast<double>(data.rows());
    const double variance_alone = data.covariance()[at(child * data.size() + child)];
    double variance = 0.0;
    try {
      variance = regress(data, child, parents).variance;
    } catch (const domain_error&) {
      return -std::numeric_limits<double>::infinity();
    }
    if (!(variance > 1e-12 * variance_alone)) return -std::numeric_limits<double>::infinity();
    return -0.5 * rows * (std::log(2.0 * std::numbers::pi * variance) + 1.0) -
           0.5 * (static_cast<double>(parents.size()) + 2.0) * std::log(rows);
  };
}

}  // namespace credence::bayesnet
