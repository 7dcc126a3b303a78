// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/for_each.hpp"
#include "credence/tensor/contraction.hpp"

/// Bodies of the templates of contraction.hpp: thin around the plans, and a plain loop for numbers without kernels.
namespace credence {

namespace detail {

template <class T>
table_axes axes_of(const named_tensor<T>& a) {
  return {a.axes, a.values.shape()};
}
template <class T>
std::vector<table_axes> axes_of(const std::vector<named_tensor<T>>& factors) {
  std::vector<table_axes> list;
  list.reserve(factors.size());
  for (const auto& factor : factors) list.push_back(axes_of(factor));
  return list;
}

/// The obvious loop, for exact types.
template <semiring S, class T>
void run_plain_contraction(const contraction_nest& nest, T* out, const T* a, const T* b) {
  const std::int64_t results = nest.kept.size(), steps = nest.reduced.size();
  auto to = nest_at(nest.kept, nest.kept.rank, 0);
  for (std::int64_t result = 0; result < results; ++result) {
    auto at = nest_at(nest.reduced, nest.reduced.rank, 0);
    T sum = S::zero();
    for (std::int64_t step = 0; step < steps; ++step) {
      const T& x = a[to.offset[1] + at.offset[1]];
      const T term = b == nullptr ? x : T(S::times(x, b[to.offset[2] + at.offset[2]]));
      sum = step == 0 ? term : T(S::plus(sum, term));
      nest_next(nest.reduced, nest.reduced.rank, at);
    }
    out[to.offset[0]] = sum;
    nest_next(nest.kept, nest.kept.rank, to);
  }
}

template <semiring S, class T = typename S::value_type>
named_tensor<T> contract_two(const exec::context& ctx, const char* where, const named_tensor<T>& a,
                             const named_tensor<T>* b, const std::vector<int>& eliminated) {
  const table_axes second = b == nullptr ? axes_of(a) : axes_of(*b);
  contraction_plan plan = plan_contraction(where, axes_of(a), b == nullptr ? nullptr : &second, eliminated);
  named_tensor<T> out{std::move(plan.axes), tensor<T>::uninitialized({}, plan.shape)};
  const T* const from_b = b == nullptr ? nullptr : b->values.data();
  if constexpr (kernel_kind<S>() != semiring_kind::other) {
    run_contraction(ctx, kernel_kind<S>(), plan.nest, out.values.data(), a.values.data(), from_b);
  } else {
    run_plain_contraction<S>(plan.nest, out.values.data(), a.values.data(), from_b);
  }
  return out;
}

/// Takes the factors that have the axis out of the list, smallest table first.
template <class T>
std::vector<named_tensor<T>> take_with(std::vector<named_tensor<T>>& factors, int axis) {
  const auto split = std::stable_partition(factors.begin(), factors.end(),
                                           [&](const auto& f) { return position_of(f.axes, axis) < 0; });
  std::vector<named_tensor<T>> taken(std::make_move_iterator(split), std::make_move_iterator(factors.end()));
  factors.erase(split, factors.end());
  std::stable_sort(taken.begin(), taken.end(),
                   [](const auto& x, const auto& y) { return x.values.size() < y.values.size(); });
  return taken;
}

/// The product of a list; the unit of the semiring when it is empty.
template <semiring S, class T = typename S::value_type>
named_tensor<T> product_of(const exec::context& ctx, std::vector<named_tensor<T>> list) {
  if (list.empty()) return {{}, tensor<T>::filled({}, S::one())};
  named_tensor<T> joint = std::move(list.front());
  for (std::size_t k = 1; k < list.size(); ++k) joint = contract_two<S>(ctx, "contract", joint, &list[k], {});
  return joint;
}

}  // namespace detail

template <semiring S>
named_tensor<typename S::value_type> product(const exec::context& ctx, S, const named_tensor<typename S::value_type>& a,
                                             const named_tensor<typename S::value_type>& b) {
  return detail::contract_two<S>(ctx, "product", a, &b, {});
}

template <semiring S>
named_tensor<typename S::value_type> marginalise(const exec::context& ctx, S,
                                                 const named_tensor<typename S::value_type>& a,
                                                 const std::vector<int>& eliminated) {
  return detail::contract_two<S, typename S::value_type>(ctx, "marginalise", a, nullptr, eliminated);
}

template <semiring S>
named_tensor<typename S::value_type> product_marginalised(const exec::context& ctx, S,
                                                          const named_tensor<typename S::value_type>& a,
                                                          const named_tensor<typename S::value_type>& b,
                                                          const std::vector<int>& eliminated) {
  return detail::contract_two<S>(ctx, "product_marginalised", a, &b, eliminated);
}

template <class T>
named_tensor<T> with_axis_order(const named_tensor<T>& a, const std::vector<int>& order) {
  if (order == a.axes) return a;
  tensor_shape shape;
  std::int64_t strides[tensor_shape::max_rank];
  detail::strides_in_order("with_axis_order", detail::axes_of(a), order, shape, strides);
  detail::loop_nest<1> nest;
  for (int d = 0; d < shape.rank(); ++d) nest.add(shape[d], {strides[d]});
  named_tensor<T> out{order, tensor<T>::uninitialized({}, shape)};
  auto at = nest_at(nest, nest.rank, 0);
  for (T& element : out.values) {
    element = a.values[at.offset[0]];
    nest_next(nest, nest.rank, at);
  }
  return out;
}

template <class T>
named_tensor<T> select(const named_tensor<T>& a, int axis, std::int64_t index) {
  const int d = detail::position_of(a.axes, axis);
  if (d < 0) return a;
  const std::int64_t extent = a.values.extent(d);
  check::range_of_axis("select", extent, index, index + 1, 1);
  std::int64_t inner = 1;
  for (int k = d + 1; k < a.values.rank(); ++k) inner *= a.values.extent(k);
  named_tensor<T> out{a.axes, tensor<T>::uninitialized({}, a.values.shape().without(d))};
  out.axes.erase(out.axes.begin() + d);
  for (std::int64_t i = 0; i < out.values.size(); ++i) {
    out.values[i] = a.values[(i / inner * extent + index) * inner + i % inner];
  }
  return out;
}

template <semiring S>
named_tensor<typename S::value_type> contract(const exec::context& ctx, S,
                                              std::vector<named_tensor<typename S::value_type>> factors,
                                              const std::vector<int>& keep, const std::vector<int>& order) {
  for (const int axis : detail::elimination_order("contract", detail::axes_of(factors), keep, order)) {
    auto with = detail::take_with(factors, axis);
    auto last = std::move(with.back());
    with.pop_back();
    if (with.empty()) {
      factors.push_back(detail::contract_two<S, typename S::value_type>(ctx, "contract", last, nullptr, {axis}));
    } else {
      const auto joint = detail::product_of<S>(ctx, std::move(with));
      factors.push_back(detail::contract_two<S>(ctx, "contract", joint, &last, {axis}));
    }
  }
  return with_axis_order(detail::product_of<S>(ctx, std::move(factors)), keep);
}

template <class T>
maximised<T> maximise(const exec::context& ctx, const named_tensor<T>& a, int axis) {
  const detail::contraction_plan plan = detail::plan_contraction("maximise", detail::axes_of(a), nullptr, {axis});
  const int d = detail::position_of(a.axes, axis);
  const std::int64_t extent = a.values.extent(d);
  if (extent == 0) check::fail_shape("maximise", "the axis is empty, but must have an element");
  std::int64_t stride = 1;
  for (int k = d + 1; k < a.values.rank(); ++k) stride *= a.values.extent(k);
  maximised<T> out{{plan.axes, tensor<T>::uninitialized({}, plan.shape)},
                   {plan.axes, tensor<std::int32_t>::uninitialized({}, plan.shape)}};
  exec::for_each(ctx, out.value.values.size(), [&](std::int64_t i) {
    const T* from = a.values.data() + i / stride * stride * extent + i % stride;
    std::int32_t best = 0;
    for (std::int64_t k = 1; k < extent; ++k) {
      const T &now = from[k * stride], &so_far = from[best * stride];
      if (so_far < now || (now != now && so_far == so_far)) best = static_cast<std::int32_t>(k);
    }
    out.value.values[i] = from[best * stride];
    out.where.values[i] = best;
  });
  return out;
}

template <semiring S>
best_assignment<typename S::value_type> contract_argmax(const exec::context& ctx, S,
                                                        std::vector<named_tensor<typename S::value_type>> factors,
                                                        const std::vector<int>& order) {
  using T = typename S::value_type;
  best_assignment<T> best;
  best.axes = detail::all_axes("contract_argmax", detail::axes_of(factors));
  best.indices.resize(best.axes.size(), 0);
  const std::vector<int> complete = detail::elimination_order("contract_argmax", detail::axes_of(factors), {}, order);
  std::vector<named_tensor<std::int32_t>> back_pointers;
  for (const int axis : complete) {
    auto gone = maximise(ctx, detail::product_of<S>(ctx, detail::take_with(factors, axis)), axis);
    factors.push_back(std::move(gone.value));
    back_pointers.push_back(std::move(gone.where));
  }
  best.value = detail::product_of<S>(ctx, std::move(factors)).values[0];
  for (std::size_t step = complete.size(); step-- > 0;) {
    const auto& table = back_pointers[step];
    std::int64_t at = 0;
    for (int d = 0; d < table.values.rank(); ++d) {
      const int position = detail::position_of(best.axes, table.axes[static_cast<std::size_t>(d)]);
      at = at * table.values.extent(d) + best.indices[static_cast<std::size_t>(position)];
    }
    best.indices[static_cast<std::size_t>(detail::position_of(best.axes, complete[step]))] = table.values[at];
  }
  return best;
}

}  // namespace credence
