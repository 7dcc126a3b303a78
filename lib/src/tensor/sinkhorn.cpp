// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/sinkhorn.hpp"

#include "credence/tensor/elementwise.hpp"
#include "credence/tensor/layout.hpp"
#include "credence/tensor/reduce.hpp"

#include <cmath>

namespace credence {

namespace {

tensor<double> targets(const exec::context& ctx, const char* name, const array_view<const double>& given,
                       std::int64_t n) {
  if (given.empty() && n > 0) return tensor<double>({n});
  check::rank_is("sinkhorn", name, given.shape(), 1);
  check::same_size("sinkhorn", name, given.size(), "the kernel", n);
  return to_tensor(ctx, given);
}

void check_logs(const char* name, const tensor<double>& logs) {
  for (const double v : logs) {
    if (!(v < __builtin_inf())) check::fail_domain("sinkhorn", name, v, "finite or -Infinity");
  }
}

/// target - log_sum_exp, where a forbidden row (both -infinity) keeps scale 0.
void rescale(tensor<double>& scale, const tensor<double>& target, const tensor<double>& sums) {
  for (std::int64_t i = 0; i < scale.size(); ++i) {
    scale[i] = target[i] == -__builtin_inf() ? -__builtin_inf() : target[i] - (sums[i] - scale[i]);
  }
}

tensor<double> scaled(const exec::context& ctx, const tensor<double>& kernel, const sinkhorn_result& now) {
  tensor<double> plan(kernel.shape());
  const array_view<const double> rows(now.log_row_scale.data(), {kernel.extent(0), 1});
  transform_into(
      ctx, plan.array(), [](double k, double r, double c) { return k + r + c; }, kernel, rows, now.log_column_scale);
  return plan;
}

double largest_error(const tensor<double>& sums, const tensor<double>& target) {
  double worst = 0.0;
  for (std::int64_t i = 0; i < sums.size(); ++i) {
    if (target[i] == -__builtin_inf()) continue;
    const double error = std::abs(std::expm1(sums[i] - target[i]));
    worst = error > worst || error != error ? error : worst;
  }
  return worst;
}

}  // namespace

sinkhorn_result sinkhorn(const exec::context& ctx, array_view<const double> log_kernel,
                         array_view<const double> log_row_sums, array_view<const double> log_column_sums,
                         const sinkhorn_options& options) {
  check::rank_is("sinkhorn", "log_kernel", log_kernel.shape(), 2);
  check::at_least("sinkhorn", "max_iterations", options.max_iterations, 1);
  check::non_negative("sinkhorn", "tolerance", options.tolerance);
  const tensor<double> kernel = to_tensor(ctx, log_kernel);
  const tensor<double> rows = targets(ctx, "log_row_sums", log_row_sums, kernel.extent(0));
  const tensor<double> columns = targets(ctx, "log_column_sums", log_column_sums, kernel.extent(1));
  check_logs("an element of log_kernel", kernel);
  check_logs("a row sum", rows);
  check_logs("a column sum", columns);
  const double difference = log_sum_exp(ctx, rows)[0] - log_sum_exp(ctx, columns)[0];
  if (!(std::abs(difference) <= 1e-9)) {
    check::fail_domain("sinkhorn", "log of total row sum over total column sum", difference, "0");
  }
  sinkhorn_result now;
  now.log_row_scale = tensor<double>({kernel.extent(0)});
  now.log_column_scale = tensor<double>({kernel.extent(1)});
  now.log_plan = kernel;
  while (now.iterations < options.max_iterations) {
    rescale(now.log_row_scale, rows, log_sum_exp(ctx, now.log_plan, 1));
    now.log_plan = scaled(ctx, kernel, now);
    rescale(now.log_column_scale, columns, log_sum_exp(ctx, now.log_plan, 0));
    now.log_plan = scaled(ctx, kernel, now);
    ++now.iterations;
    // Columns are exact now; rows show how far the two are from agreement.
    if (largest_error(log_sum_exp(ctx, now.log_plan, 1), rows) <= options.tolerance) {
      now.why = sinkhorn_stop::converged;
      break;
    }
  }
  return now;
}

}  // namespace credence
