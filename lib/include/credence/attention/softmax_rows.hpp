// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/tensor/view.hpp"

/// Softmax of rows of scores as attention takes it: in the type of the scores (credence/tensor/softmax.hpp takes double
/// exponentials and gives NaN to a row without a finite score), into memory of the caller. T is double or float.
namespace credence::attention {

/// out = exp(in - maximum) / sum for each row. A row of -infinity is zero; one +infinity takes all weight (several
/// share it); NaN makes its row NaN. About 3 ulp.
/// @param in, out  (rows, columns), elements of a row side by side; `out` may be `in`
/// @throws shape_error
template <class T>
void softmax_rows(const exec::context& ctx, view<const T, 2> in, view<T, 2> out);

/// d_in = out (d_out - sum(out d_out)) for each row: the gradient by the scores, from the result. `d_in` may be
/// `d_out`.
/// @throws shape_error
template <class T>
void softmax_rows_backward(const exec::context& ctx, view<const T, 2> out, view<const T, 2> d_out, view<T, 2> d_in);

}  // namespace credence::attention
