// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/check.hpp"
#include "credence/exec/context.hpp"
#include "credence/tensor/array_view.hpp"
#include "credence/tensor/dtype.hpp"

#include <memory>
#include <utility>

namespace credence {

namespace detail {

/// Memory of a tensor: 64-byte aligned on the CPU; on a CUDA device where the context says so.
/// @throws memory_error, not_built_error, device_error
void* allocate_elements(const exec::context& ctx, std::int64_t bytes);
void free_elements(const exec::context& ctx, void* memory) noexcept;
/// Copies bytes between any two places and waits for the end.
void copy_bytes(const exec::context& from_ctx, const void* from, const exec::context& to_ctx, void* to,
                std::int64_t bytes);
[[noreturn]] void fail_not_on_cpu(const char* where);

}  // namespace detail

/// A row-major array that owns its memory, with rank and sizes known at run time.
///
/// A regular value: copies are deep and stay in the same place (CPU or one CUDA device); moving to another place is the
/// explicit call `copy_to`. Elements start as T{} (zero). Element access, iteration and conversion to views of
/// elements on the CPU are plain pointers; memory is 64-byte aligned. T is one of the dtypes for the library's kernels;
/// other types (exact rationals, say) work on the CPU with the templates of semiring contraction.
template <class T>
class tensor {
 public:
  using value_type = T;

  /// No elements: shape (0).
  tensor() : shape_{0} {}
  /// Zeros on the CPU.
  explicit tensor(const tensor_shape& shape) : tensor(exec::context{}, shape) {}
  /// Zeros where the context says.
  tensor(const exec::context& ctx, const tensor_shape& shape) : tensor(ctx, shape, true) {}
  /// The given elements in row-major order, on the CPU.
  /// @throws shape_error  when their number is not the size of the shape
  tensor(const tensor_shape& shape, std::span<const T> elements) : tensor(exec::context{}, shape, false) {
    check::same_size("tensor", "the shape", size(), "the list of elements", static_cast<std::int64_t>(elements.size()));
    for (std::size_t i = 0; i < elements.size(); ++i) data_[i] = elements[i];
  }
  tensor(const tensor_shape& shape, std::initializer_list<T> elements)
      : tensor(shape, std::span<const T>(elements.begin(), elements.size())) {}

  /// Elements of trivial types are left unset: for results that are about to be written.
  static tensor uninitialized(const exec::context& ctx, const tensor_shape& shape) { return tensor(ctx, shape, false); }
  /// Every element the same, on the CPU.
  static tensor filled(const tensor_shape& shape, const T& value) {
    tensor out(exec::context{}, shape, false);
    for (T& element : out) element = value;
    return out;
  }

  tensor(const tensor& other) : tensor(other.where_, other.shape_, false) {
    if constexpr (std::is_trivially_copyable_v<T>) {
      detail::copy_bytes(where_, other.data_, where_, data_, size() * static_cast<std::int64_t>(sizeof(T)));
    } else {
      for (std::int64_t i = 0; i < size(); ++i) data_[i] = other.data_[i];
    }
  }
  tensor(tensor&& other) noexcept : tensor() { swap(other); }
  tensor& operator=(const tensor& other) {
    if (this != &other) tensor(other).swap(*this);
    return *this;
  }
  tensor& operator=(tensor&& other) noexcept {
    tensor gone;
    gone.swap(other);
    swap(gone);
    return *this;
  }
  ~tensor() {
    if (data_ == nullptr) return;
    if constexpr (!std::is_trivially_destructible_v<T>) std::destroy_n(data_, size());
    detail::free_elements(where_, data_);
  }
  void swap(tensor& other) noexcept {
    std::swap(where_, other.where_);
    std::swap(shape_, other.shape_);
    std::swap(data_, other.data_);
  }

  [[nodiscard]] const tensor_shape& shape() const { return shape_; }
  [[nodiscard]] int rank() const { return shape_.rank(); }
  [[nodiscard]] std::int64_t extent(int axis) const { return shape_[axis]; }
  [[nodiscard]] std::int64_t size() const { return shape_.size(); }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] const exec::context& where() const { return where_; }
  [[nodiscard]] bool on_cpu() const { return where_.where == exec::backend::cpu; }

  [[nodiscard]] T* data() { return data_; }
  [[nodiscard]] const T* data() const { return data_; }
  [[nodiscard]] T* begin() { return data_; }
  [[nodiscard]] T* end() { return data_ + size(); }
  [[nodiscard]] const T* begin() const { return data_; }
  [[nodiscard]] const T* end() const { return data_ + size(); }
  [[nodiscard]] std::span<T> elements() { return {data_, static_cast<std::size_t>(size())}; }
  [[nodiscard]] std::span<const T> elements() const { return {data_, static_cast<std::size_t>(size())}; }

  /// By row-major position, or by as many indices as there are axes; only on the CPU, unchecked.
  T& operator[](std::int64_t i) { return data_[i]; }
  const T& operator[](std::int64_t i) const { return data_[i]; }
  template <class... Indices>
  T& operator()(Indices... indices) {
    return data_[offset(indices...)];
  }
  template <class... Indices>
  const T& operator()(Indices... indices) const {
    return data_[offset(indices...)];
  }

  [[nodiscard]] array_view<T> array() { return {data_, shape_}; }
  [[nodiscard]] array_view<const T> array() const { return {data_, shape_}; }
  operator array_view<T>() { return array(); }
  operator array_view<const T>() const { return array(); }
  /// With the rank in the type. @throws shape_error  when the rank is another
  template <int Rank>
  [[nodiscard]] credence::view<T, Rank> view() {
    return array().template view<Rank>();
  }
  template <int Rank>
  [[nodiscard]] credence::view<const T, Rank> view() const {
    return array().template view<Rank>();
  }

  /// The same elements in row-major order under another shape of the same size; nothing moves when called on an rvalue.
  /// @throws shape_error  when the sizes differ
  [[nodiscard]] tensor reshaped(const tensor_shape& shape) && {
    check::same_size("tensor::reshaped", "the tensor", size(), "the new shape", shape.size());
    shape_ = shape;
    return std::move(*this);
  }
  [[nodiscard]] tensor reshaped(const tensor_shape& shape) const& { return tensor(*this).reshaped(shape); }

  /// A copy in the place that `ctx` names: between CPU and device, or within. Returns when the copy is complete.
  /// @throws device_error  when the copy fails
  [[nodiscard]] tensor copy_to(const exec::context& ctx) const {
    static_assert(std::is_trivially_copyable_v<T>);
    tensor out(ctx, shape_, false);
    detail::copy_bytes(where_, data_, ctx, out.data_, size() * static_cast<std::int64_t>(sizeof(T)));
    return out;
  }

  /// Same shape and equal elements; NaN equals nothing. Only on the CPU.
  friend bool operator==(const tensor& a, const tensor& b) {
    if (!a.on_cpu() || !b.on_cpu()) detail::fail_not_on_cpu("tensor::operator==");
    if (!(a.shape_ == b.shape_)) return false;
    for (std::int64_t i = 0; i < a.size(); ++i) {
      if (!(a.data_[i] == b.data_[i])) return false;
    }
    return true;
  }

 private:
  tensor(const exec::context& ctx, const tensor_shape& shape, bool zero) : where_(ctx), shape_(shape) {
    where_.threads = 1;
    const std::int64_t n = shape.size();
    if (n == 0) return;
    data_ = static_cast<T*>(detail::allocate_elements(where_, n * static_cast<std::int64_t>(sizeof(T))));
    if constexpr (!std::is_trivially_copyable_v<T>) {
      if (!on_cpu()) detail::fail_not_on_cpu("tensor");
      std::uninitialized_value_construct_n(data_, n);
    } else if (zero) {
      detail::copy_bytes(exec::context{}, nullptr, where_, data_, n * static_cast<std::int64_t>(sizeof(T)));
    }
  }

  template <class... Indices>
  [[nodiscard]] std::int64_t offset(Indices... indices) const {
    std::int64_t at = 0;
    int d = 0;
    ((at = at * shape_[d++] + static_cast<std::int64_t>(indices)), ...);
    return at;
  }

  exec::context where_;
  tensor_shape shape_;
  T* data_ = nullptr;
};

}  // namespace credence
