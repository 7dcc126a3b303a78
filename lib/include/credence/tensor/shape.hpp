// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace credence {

/// The sizes of a tensor's axes, outermost first. A plain value without heap memory.
///
/// Rank 0 is a scalar: one element. An axis of size 0 makes the tensor empty.
class tensor_shape {
 public:
  static constexpr int max_rank = 32;

  tensor_shape() = default;
  /// @throws shape_error  when a size is negative, there are more than 32 of them, or the product overflows
  tensor_shape(std::initializer_list<std::int64_t> sizes)
      : tensor_shape(std::span<const std::int64_t>(sizes.begin(), sizes.size())) {}
  explicit tensor_shape(std::span<const std::int64_t> sizes);

  [[nodiscard]] int rank() const { return rank_; }
  [[nodiscard]] std::int64_t operator[](int axis) const { return sizes_[axis]; }
  [[nodiscard]] const std::int64_t* begin() const { return sizes_; }
  [[nodiscard]] const std::int64_t* end() const { return sizes_ + rank_; }
  /// Number of elements: the product of the sizes, 1 for rank 0.
  [[nodiscard]] std::int64_t size() const {
    std::int64_t n = 1;
    for (const std::int64_t extent : *this) n *= extent;
    return n;
  }

  /// Adds an innermost axis.
  void push_back(std::int64_t extent);
  [[nodiscard]] tensor_shape without(int axis) const;
  [[nodiscard]] tensor_shape with(int axis, std::int64_t extent) const;

  friend bool operator==(const tensor_shape& a, const tensor_shape& b) {
    if (a.rank_ != b.rank_) return false;
    for (int d = 0; d < a.rank_; ++d) {
      if (a.sizes_[d] != b.sizes_[d]) return false;
    }
    return true;
  }

 private:
  int rank_ = 0;
  std::int64_t sizes_[max_rank];  // only the first rank_ are set
};

/// "(2, 3)"; "()" for a scalar.
std::string to_text(const tensor_shape& shape);

/// The shape two operands meet in: aligned at the innermost axis, sizes equal or one of them 1.
/// @throws shape_error  when they do not fit
tensor_shape broadcast_shapes(std::string_view where, const tensor_shape& a, const tensor_shape& b);

namespace check {

/// @throws shape_error  "where: first has shape (2, 3), but second has shape (3, 2)"
void same_shape(std::string_view where, std::string_view first, const tensor_shape& a, std::string_view second,
                const tensor_shape& b);
/// @throws shape_error  when the rank differs
void rank_is(std::string_view where, std::string_view name, const tensor_shape& shape, int rank);
/// The axis counted from the front; negative ones count from the back, as -1 for the innermost.
/// @throws shape_error  when there is no such axis
int axis_of(std::string_view where, const tensor_shape& shape, int axis);
/// @throws shape_error  when `count` axes are named of a shape with another rank
void permutation_size(std::string_view where, std::size_t count, const tensor_shape& shape);
/// Notes the axis in the bit set `seen`. @throws shape_error  when it is there already
void axis_once(std::string_view where, int axis, std::uint64_t& seen);
/// @throws shape_error  unless 0 <= begin <= end <= extent and step >= 1
void range_of_axis(std::string_view where, std::int64_t extent, std::int64_t begin, std::int64_t end,
                   std::int64_t step);

}  // namespace check
}  // namespace credence
