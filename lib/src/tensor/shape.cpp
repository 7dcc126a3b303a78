// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/shape.hpp"

#include "credence/base/check.hpp"

namespace credence {

tensor_shape::tensor_shape(std::span<const std::int64_t> sizes) {
  for (const std::int64_t extent : sizes) push_back(extent);
}

void tensor_shape::push_back(std::int64_t extent) {
  if (rank_ == max_rank) check::fail_shape("tensor_shape", "rank is 33 or more, but must be at most 32");
  if (extent < 0) {
    check::fail_shape("tensor_shape", "size of axis " + std::to_string(rank_) + " is " + std::to_string(extent) +
                                          ", but must be non-negative");
  }
  std::int64_t bytes = 0;  // leave room for elements of 16 bytes, so that byte counts never overflow
  if (__builtin_mul_overflow(size() * 16, extent, &bytes)) {
    check::fail_shape("tensor_shape", "the number of elements is above 2^59, but must fit memory");
  }
  sizes_[rank_++] = extent;
}

tensor_shape tensor_shape::without(int axis) const {
  tensor_shape out;
  for (int d = 0; d < rank_; ++d) {
    if (d != axis) out.push_back(sizes_[d]);
  }
  return out;
}

tensor_shape tensor_shape::with(int axis, std::int64_t extent) const {
  tensor_shape out;
  for (int d = 0; d < rank_; ++d) out.push_back(d == axis ? extent : sizes_[d]);
  return out;
}

std::string to_text(const tensor_shape& shape) {
  std::string text = "(";
  for (int d = 0; d < shape.rank(); ++d) {
    if (d > 0) text += ", ";
    text += std::to_string(shape[d]);
  }
  return text + ")";
}

tensor_shape broadcast_shapes(std::string_view where, const tensor_shape& a, const tensor_shape& b) {
  const tensor_shape& longer = a.rank() >= b.rank() ? a : b;
  const tensor_shape& shorter = a.rank() >= b.rank() ? b : a;
  const int shift = longer.rank() - shorter.rank();
  tensor_shape out;
  for (int d = 0; d < longer.rank(); ++d) {
    const std::int64_t p = longer[d];
    const std::int64_t q = d < shift ? 1 : shorter[d - shift];
    if (p != q && p != 1 && q != 1) {
      check::fail_shape(where, "shapes " + to_text(a) + " and " + to_text(b) + " do not broadcast");
    }
    out.push_back(p == 1 ? q : p);
  }
  return out;
}

namespace check {

void same_shape(std::string_view where, std::string_view first, const tensor_shape& a, std::string_view second,
                const tensor_shape& b) {
  if (a == b) return;
  fail_shape(where, std::string(first) + " has shape " + to_text(a) + ", but " + std::string(second) + " has shape " +
                        to_text(b));
}

void rank_is(std::string_view where, std::string_view name, const tensor_shape& shape, int rank) {
  if (shape.rank() == rank) return;
  fail_shape(where,
             std::string(name) + " has shape " + to_text(shape) + ", but must have rank " + std::to_string(rank));
}

int axis_of(std::string_view where, const tensor_shape& shape, int axis) {
  const int counted = axis < 0 ? axis + shape.rank() : axis;
  if (counted < 0 || counted >= shape.rank()) {
    fail_shape(where, "axis is " + std::to_string(axis) + ", but the shape is " + to_text(shape));
  }
  return counted;
}

void permutation_size(std::string_view where, std::size_t count, const tensor_shape& shape) {
  if (count == static_cast<std::size_t>(shape.rank())) return;
  fail_shape(where, "the order names " + std::to_string(count) + " axes, but the shape is " + to_text(shape));
}

void axis_once(std::string_view where, int axis, std::uint64_t& seen) {
  if ((seen >> axis) & 1U) fail_shape(where, "axis " + std::to_string(axis) + " is named twice");
  seen |= std::uint64_t{1} << axis;
}

void range_of_axis(std::string_view where, std::int64_t extent, std::int64_t begin, std::int64_t end,
                   std::int64_t step) {
  if (0 <= begin && begin <= end && end <= extent && step >= 1) return;
  fail_shape(where, "the range is " + std::to_string(begin) + " to " + std::to_string(end) + " in steps of " +
                        std::to_string(step) + ", but the axis has size " + std::to_string(extent));
}

}  // namespace check
}  // namespace credence
