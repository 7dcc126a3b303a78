// SPDX-License-Identifier: BSD-3-Clause
// Inputs of awkward shapes, and the slow walk over all indices that twins are made of.
#pragma once

#include "credence/tensor/tensor.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

namespace credence::test {

inline const double inf = std::numeric_limits<double>::infinity();
inline const double not_a_number = std::numeric_limits<double>::quiet_NaN();

template <class T = double>
tensor<T> random_tensor(const tensor_shape& shape, unsigned seed = 1, double low = -2.0, double high = 2.0) {
  std::mt19937_64 engine(seed);
  std::uniform_real_distribution<double> uniform(low, high);
  tensor<T> out(shape);
  for (T& v : out) v = static_cast<T>(uniform(engine));
  return out;
}

/// The same values seen through a view with gaps and, for rank 2, transposed storage.
template <class T>
struct strided_copy {
  tensor<T> storage;
  array_view<T> seen;
};
template <class T>
strided_copy<T> make_strided(const tensor<T>& x) {
  tensor_shape shape;
  std::vector<int> order;
  for (int d = x.rank() - 1; d >= 0; --d) shape.push_back(2 * x.extent(d) + 1), order.push_back(d);
  strided_copy<T> out{tensor<T>::filled(shape, T(77)), {}};
  array_view<T> view = out.storage.array().permuted(order);
  for (int d = 0; d < x.rank(); ++d) view = view.slice(d, 1, 1 + 2 * x.extent(d), 2);
  out.seen = view;
  for (std::int64_t i = 0; i < x.size(); ++i) {
    std::int64_t offset = 0, rest = i;
    for (int d = x.rank() - 1; d >= 0; --d) {
      offset += rest % x.extent(d) * view.stride(d);
      rest /= x.extent(d);
    }
    view.data()[offset] = x[i];
  }
  return out;
}

/// The multi-index of a row-major position.
inline std::vector<std::int64_t> index_of(const tensor_shape& shape, std::int64_t position) {
  std::vector<std::int64_t> index(static_cast<std::size_t>(shape.rank()));
  for (int d = shape.rank() - 1; d >= 0; --d) {
    index[static_cast<std::size_t>(d)] = position % shape[d];
    position /= shape[d];
  }
  return index;
}
/// The row-major position of a multi-index; axes of size 1 and missing outer axes broadcast.
inline std::int64_t position_of(const tensor_shape& shape, const std::vector<std::int64_t>& index) {
  std::int64_t position = 0;
  const std::size_t shift = index.size() - static_cast<std::size_t>(shape.rank());
  for (int d = 0; d < shape.rank(); ++d) {
    position = position * shape[d] + (shape[d] == 1 ? 0 : index[shift + static_cast<std::size_t>(d)]);
  }
  return position;
}

template <class T>
bool same_bits(const tensor<T>& a, const tensor<T>& b) {
  return a.shape() == b.shape() &&
         (a.empty() || std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(T)) == 0);
}

}  // namespace credence::test
