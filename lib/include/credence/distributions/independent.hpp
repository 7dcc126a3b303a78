// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/functions.hpp"

#include <array>
#include <span>
#include <utility>
#include <vector>

namespace credence {

/// A vector of independent numbers, each with its own distribution of one family.
template <numeric_distribution D>
struct independent {
  std::vector<D> parts;

  explicit independent(std::vector<D> all) : parts(std::move(all)) {}
};

/// The sum of the log densities.
/// @throws shape_error  when x has another size than the parts
template <numeric_distribution D>
double log_pdf(const independent<D>& d, std::span<const double> x) {
  check::same_size("independent", "x", static_cast<std::int64_t>(x.size()), "parts",
                   static_cast<std::int64_t>(d.parts.size()));
  double sum = 0.0;
  for (std::size_t k = 0; k < x.size(); ++k) sum += log_pdf(d.parts[k], x[k]);
  return sum;
}

/// log_pdf and its derivatives by x[k] and by the parameters of each part.
template <numeric_distribution D>
double log_pdf_partials(const independent<D>& d, std::span<const double> x, std::span<double> dx,
                        std::span<decltype(parameter_array(std::declval<const D&>()))> dparameters) {
  check::same_size("independent", "dx", static_cast<std::int64_t>(dx.size()), "parts",
                   static_cast<std::int64_t>(d.parts.size()));
  check::same_size("independent", "dparameters", static_cast<std::int64_t>(dparameters.size()), "parts",
                   static_cast<std::int64_t>(d.parts.size()));
  const double value = log_pdf(d, x);
  for (std::size_t k = 0; k < x.size(); ++k) {
    const auto part = log_pdf_partials(d.parts[k], x[k]);
    dx[k] = part.x;
    dparameters[k] = part.parameters;
  }
  return value;
}

/// Element k of draw `index` is the draw index * size + k of its part.
template <numeric_distribution D>
void sample(const independent<D>& d, rng_key key, std::uint64_t index, std::span<double> out) {
  check::same_size("independent", "out", static_cast<std::int64_t>(out.size()), "parts",
                   static_cast<std::int64_t>(d.parts.size()));
  for (std::size_t k = 0; k < out.size(); ++k) out[k] = sample(d.parts[k], key, index * out.size() + k);
}

template <numeric_distribution D>
std::vector<double> mean(const independent<D>& d) {
  std::vector<double> out;
  for (const D& part : d.parts) out.push_back(mean(part));
  return out;
}
template <numeric_distribution D>
std::vector<double> variance(const independent<D>& d) {
  std::vector<double> out;
  for (const D& part : d.parts) out.push_back(variance(part));
  return out;
}

}  // namespace credence
