// SPDX-License-Identifier: BSD-3-Clause
#include "credence/neighbors/results.hpp"

#include "credence/base/check.hpp"

#include <limits>

namespace credence::neighbors {

template <class T>
std::span<const distance_t<T>> nearest_result<T>::squared_distances() const {
  if (how.kind != metric_kind::euclidean) {
    check::fail_domain("squared_distances", "metric", to_string(how),
                       "euclidean (power_distances has the powers of others)");
  }
  return power_distances;
}

template <class T>
std::vector<double> nearest_result<T>::distances() const {
  std::vector<double> out(power_distances.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = indices[i] < 0 ? std::numeric_limits<double>::infinity()
                            : root_distance(how, static_cast<double>(power_distances[i]));
  }
  return out;
}

template <class T>
std::vector<double> range_result<T>::distances() const {
  if (power_distances.size() != indices.size()) {
    check::fail_domain("distances", "a result", "that of a box search", "that of a radius search");
  }
  std::vector<double> out(power_distances.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = root_distance(how, static_cast<double>(power_distances[i]));
  return out;
}

template struct nearest_result<float>;
template struct nearest_result<double>;
template struct nearest_result<std::uint8_t>;
template struct nearest_result<std::int8_t>;
template struct range_result<float>;
template struct range_result<double>;
template struct range_result<std::uint8_t>;
template struct range_result<std::int8_t>;

}  // namespace credence::neighbors
