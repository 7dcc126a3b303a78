// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/tensor/shape.hpp"
#include "credence/tensor/view.hpp"

#include <type_traits>

namespace credence {

/// A strided window on memory owned by somebody else, with its rank known at run time: what operations take.
/// Strides count elements; 0 repeats an element along an axis, negative ones walk backwards. Nothing is owned or
/// copied.
template <class T>
class array_view {
 public:
  using value_type = std::remove_const_t<T>;

  /// No elements: shape (0).
  array_view() : shape_{0} { strides_[0] = 1; }

  /// Row-major.
  array_view(T* data, const tensor_shape& shape) : data_(data), shape_(shape) {
    std::int64_t stride = 1;
    for (int d = shape.rank() - 1; d >= 0; --d) {
      strides_[d] = stride;
      stride *= shape[d];
    }
  }
  array_view(T* data, const tensor_shape& shape, const std::int64_t* strides) : data_(data), shape_(shape) {
    for (int d = 0; d < shape.rank(); ++d) strides_[d] = strides[d];
  }

  /// A view of mutable elements is also one of const ones.
  template <class U>
  requires(std::is_same_v<const U, T> && !std::is_same_v<U, T>) array_view(const array_view<U>& other)
      : array_view(other.data(), other.shape(), other.strides()) {}

  template <class U, int Rank>
  requires(std::is_convertible_v<U (*)[], T (*)[]>) array_view(const view<U, Rank>& other)
      : array_view(other.data, tensor_shape(std::span<const std::int64_t>(other.extents, Rank)), other.strides) {}

  [[nodiscard]] T* data() const { return data_; }
  [[nodiscard]] const tensor_shape& shape() const { return shape_; }
  [[nodiscard]] int rank() const { return shape_.rank(); }
  [[nodiscard]] std::int64_t extent(int axis) const { return shape_[axis]; }
  [[nodiscard]] std::int64_t stride(int axis) const { return strides_[axis]; }
  [[nodiscard]] const std::int64_t* strides() const { return strides_; }
  [[nodiscard]] std::int64_t size() const { return shape_.size(); }
  [[nodiscard]] bool empty() const { return size() == 0; }

  /// True when the elements lie in row-major order without gaps.
  [[nodiscard]] bool contiguous() const {
    std::int64_t stride = 1;
    for (int d = rank() - 1; d >= 0; --d) {
      if (shape_[d] != 1 && strides_[d] != stride) return false;
      stride *= shape_[d];
    }
    return true;
  }

  /// One element, by as many indices as there are axes. Unchecked.
  template <class... Indices>
  T& operator()(Indices... indices) const {
    std::int64_t offset = 0;
    int d = 0;
    ((offset += static_cast<std::int64_t>(indices) * strides_[d++]), ...);
    return data_[offset];
  }

  /// The axes in another order: axis d of the result is axis `order[d]` of this. Nothing moves.
  /// @throws shape_error  when `order` is not a permutation of the axes
  [[nodiscard]] array_view permuted(std::span<const int> order) const {
    tensor_shape shape;
    std::int64_t strides[tensor_shape::max_rank];
    std::uint64_t seen = 0;
    check::permutation_size("array_view::permuted", order.size(), shape_);
    for (std::size_t d = 0; d < order.size(); ++d) {
      const int axis = check::axis_of("array_view::permuted", shape_, order[d]);
      check::axis_once("array_view::permuted", axis, seen);
      strides[d] = strides_[axis];
      shape.push_back(shape_[axis]);
    }
    return array_view(data_, shape, strides);
  }
  [[nodiscard]] array_view permuted(std::initializer_list<int> order) const {
    return permuted(std::span<const int>(order.begin(), order.size()));
  }

  /// The part with `begin <= index < end` along one axis, every `step`-th.
  /// @throws shape_error  when the range leaves the axis or step is not positive
  [[nodiscard]] array_view slice(int axis, std::int64_t begin, std::int64_t end, std::int64_t step = 1) const {
    const int d = check::axis_of("array_view::slice", shape_, axis);
    check::range_of_axis("array_view::slice", shape_[d], begin, end, step);
    array_view out(data_ + begin * strides_[d], shape_.with(d, (end - begin + step - 1) / step), strides_);
    out.strides_[d] *= step;
    return out;
  }

  /// The part with one index fixed along one axis; that axis goes.
  /// @throws shape_error  when the index leaves the axis
  [[nodiscard]] array_view at(int axis, std::int64_t index) const {
    const int d = check::axis_of("array_view::at", shape_, axis);
    check::range_of_axis("array_view::at", shape_[d], index, index + 1, 1);
    array_view out(data_ + index * strides_[d], shape_.without(d));
    for (int from = 0, to = 0; from < rank(); ++from) {
      if (from != d) out.strides_[to++] = strides_[from];
    }
    return out;
  }

  /// The same elements seen in a larger shape: axes of size 1 and missing outer axes are repeated by stride 0.
  /// @throws shape_error  when the shape cannot be broadcast to that one
  [[nodiscard]] array_view broadcast_to(const tensor_shape& target) const {
    check::same_shape("array_view::broadcast_to", "the target", target, "the broadcast of both",
                      broadcast_shapes("array_view::broadcast_to", shape_, target));
    std::int64_t strides[tensor_shape::max_rank];
    const int shift = target.rank() - rank();
    for (int d = 0; d < target.rank(); ++d) {
      const bool repeated = d < shift || (shape_[d - shift] == 1 && target[d] != 1);
      strides[d] = repeated ? 0 : strides_[d - shift];
    }
    return array_view(data_, target, strides);
  }

  /// With the rank in the type, for kernels.
  /// @throws shape_error  when the rank is another
  template <int Rank>
  [[nodiscard]] credence::view<T, Rank> view() const {
    check::rank_is("array_view::view", "the array", shape_, Rank);
    credence::view<T, Rank> out;
    out.data = data_;
    for (int d = 0; d < Rank; ++d) {
      out.extents[d] = shape_[d];
      out.strides[d] = strides_[d];
    }
    return out;
  }

 private:
  T* data_ = nullptr;
  tensor_shape shape_;
  std::int64_t strides_[tensor_shape::max_rank];  // only the first rank() are set
};

/// Anything that views as an array of `value_type`: tensor, array_view, view.
template <class A>
concept array_like = requires {
  typename A::value_type;
}
&&std::is_convertible_v<const A&, array_view<const typename A::value_type>>;

}  // namespace credence
