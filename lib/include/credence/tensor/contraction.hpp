// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/tensor/contraction_plan.hpp"
#include "credence/tensor/semiring.hpp"
#include "credence/tensor/tensor.hpp"

#include <algorithm>
#include <vector>

/// Tables over named axes, their products and their sums over a semiring: the arithmetic of Bayesian networks, hidden
/// Markov models and tensor networks. An axis is an integer that the caller chose (a variable's number); tables that
/// name the same axis share it. All of it runs on the CPU; results never depend on the number of threads.
namespace credence {

/// A table whose axis d is the variable `axes[d]`. Rank 0 is a number.
template <class T>
struct named_tensor {
  std::vector<int> axes;
  tensor<T> values;
};

/// a(..) times b(..) on the axes of both: those of `a` first, then the new ones of `b`, in their order there.
/// @throws shape_error  when an axis is named twice in one table, their number is not the rank, or a shared axis has
/// two
///                      sizes
template <semiring S>
named_tensor<typename S::value_type> product(const exec::context& ctx, S, const named_tensor<typename S::value_type>& a,
                                             const named_tensor<typename S::value_type>& b);

/// The sum (plus of the semiring) over the named axes; the others stay in their order. Naming an axis that the table
/// does not have is an error. The sum over an axis of size 0 is the semiring's zero.
/// @throws shape_error
template <semiring S>
named_tensor<typename S::value_type> marginalise(const exec::context& ctx, S,
                                                 const named_tensor<typename S::value_type>& a,
                                                 const std::vector<int>& eliminated);

/// marginalise(product(a, b)) without storing the product.
template <semiring S>
named_tensor<typename S::value_type> product_marginalised(const exec::context& ctx, S,
                                                          const named_tensor<typename S::value_type>& a,
                                                          const named_tensor<typename S::value_type>& b,
                                                          const std::vector<int>& eliminated);

/// a / b on the axes of `a`, which must include those of `b`; 0 / 0 is 0. For the messages of junction trees.
named_tensor<double> quotient(const exec::context& ctx, const named_tensor<double>& a, const named_tensor<double>& b);
named_tensor<float> quotient(const exec::context& ctx, const named_tensor<float>& a, const named_tensor<float>& b);

/// The part of a table where the named axis has that index; the axis goes. A table without the axis is returned as is.
/// @throws shape_error  when the index leaves the axis
template <class T>
named_tensor<T> select(const named_tensor<T>& a, int axis, std::int64_t index);

/// The same table with its axes in the given order.
/// @throws shape_error  when `order` does not name the same axes
template <class T>
named_tensor<T> with_axis_order(const named_tensor<T>& a, const std::vector<int>& order);

/// Sum of the product of all factors over every axis that is not kept.
///
/// Axes are eliminated one by one in the given order: the factors that have the axis are multiplied, smallest first,
/// and the axis is summed out in the last of these products. Axes in neither list follow, each time the one whose
/// resulting table is smallest (ties: the smaller axis). The result has the axes of `keep`, in that order.
/// @throws shape_error   when factors disagree on the size of an axis
/// @throws domain_error  when a kept axis is in no factor, or also eliminated, or named twice
template <semiring S>
named_tensor<typename S::value_type> contract(const exec::context& ctx, S,
                                              std::vector<named_tensor<typename S::value_type>> factors,
                                              const std::vector<int>& keep, const std::vector<int>& order = {});

/// A maximum over one axis, with the index where it is: ties go to the smallest index.
template <class T>
struct maximised {
  named_tensor<T> value;
  named_tensor<std::int32_t> where;  ///< same axes as value
};
/// `a` maximised over one of its axes; that axis has size 1 at least. Values only need `<`.
/// @throws shape_error
template <class T>
maximised<T> maximise(const exec::context& ctx, const named_tensor<T>& a, int axis);

/// The best assignment and its value.
template <class T>
struct best_assignment {
  T value;
  std::vector<int> axes;              ///< every axis of the factors, ascending
  std::vector<std::int32_t> indices;  ///< of the same length
};
/// The assignment of every axis with the largest product of factors (S is max_product, max_sum or alike: `plus` must be
/// the maximum). Axes are maximised out in the given order, as `contract` does; among equal maxima the axis maximised
/// last takes its smallest index first, then the one before, and so on backwards.
template <semiring S>
best_assignment<typename S::value_type> contract_argmax(const exec::context& ctx, S,
                                                        std::vector<named_tensor<typename S::value_type>> factors,
                                                        const std::vector<int>& order = {});

}  // namespace credence

#include "credence/tensor/contraction_inline.hpp"
