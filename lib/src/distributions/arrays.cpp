// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/arrays.hpp"

#include "credence/base/check.hpp"
#include "credence/base/errors.hpp"
#include "credence/exec/for_each.hpp"
#include "distributions/density_loops.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace credence::detail {

namespace {

constexpr std::int64_t block = density_block_size;
constexpr std::int64_t grain = 16 * block;  // some tens of microseconds of work

bool same_for_all(const parameter_source& p) { return p.size < 0; }

void check_request(const exec::context& ctx, const density_request& what, const view<const double, 1>& x) {
  if (ctx.where != exec::backend::cpu) {
    throw not_built_error(std::string("log_pdf of ") + what.name + ": arrays on a CUDA device are not built");
  }
  for (const parameter_source& p : what.parameters) {
    if (!same_for_all(p)) check::same_size(what.name, "x", x.extents[0], "a parameter", p.size);
  }
}

/// Staging for what does not lie as the loops want it: strided data, and one-for-all parameters beside varying ones.
struct staging {
  double x[block], out[block], dx[block];
  double p[most_parameters][block], dp[most_parameters][block];
};

/// Points `work` at the elements first .. first + n - 1, through the staging area where needed.
void gather(const density_request& what, const view<const double, 1>& x, std::int64_t first, staging& at,
            density_block& work) {
  work.family = what.family;
  work.varying = !std::all_of(what.parameters.begin(), what.parameters.end(), same_for_all);
  work.x = x.data + first * x.strides[0];
  if (x.strides[0] != 1 && work.n > 1) {
    for (std::int64_t i = 0; i < work.n; ++i) at.x[i] = x.data[(first + i) * x.strides[0]];
    work.x = at.x;
  }
  for (std::size_t j = 0; j < what.parameters.size(); ++j) {
    const parameter_source& p = what.parameters[j];
    work.parameters[j] = p.data + first * p.stride;
    if (work.varying && p.stride != 1) {
      for (std::int64_t i = 0; i < work.n; ++i) at.p[j][i] = p.data[(first + i) * p.stride];
      work.parameters[j] = at.p[j];
    }
  }
}

/// Calls f(staging, work, first) for every block.
template <class F>
void for_each_block(const exec::context& ctx, const density_request& what, const view<const double, 1>& x, const F& f,
                    std::int64_t range = grain) {
  exec::for_each_range(
      ctx, x.extents[0],
      [&](std::int64_t begin, std::int64_t end) {
        staging at;
        for (std::int64_t first = begin; first < end; first += block) {
          density_block work;
          work.n = std::min(block, end - first);
          gather(what, x, first, at, work);
          f(at, work, first);
        }
      },
      range);
}

/// The log density of 0 .. counted - 1 and its derivatives: the same for every element that is such a count, so that
/// one table and a look-up serve an array of them, and their histogram a sum.
class count_table {
 public:
  count_table(const density_request& what, std::int64_t n, bool gradient) {
    if (!what.counts || n < 4 * counted) return;
    stride_ = what.parameters.size() + 2;
    columns_.resize(stride_ * counted);
    double x[block];
    for (std::int64_t first = 0; first < counted; first += block) {
      density_block work;
      work.family = what.family;
      work.gradient = gradient;
      work.n = block;
      for (std::int64_t i = 0; i < block; ++i) x[i] = static_cast<double>(first + i);
      work.x = x;
      work.out = column(0) + first;
      work.dx = column(1) + first;
      for (std::size_t j = 0; j < what.parameters.size(); ++j) {
        work.parameters[j] = what.parameters[j].data;
        work.dp[j] = column(j + 2) + first;
      }
      CREDENCE_SIMD_PICK(run_density_block)(work);
    }
  }
  [[nodiscard]] bool empty() const { return columns_.empty(); }
  /// Column 0: the log density, 1: its derivative by x, 2 and more: by the parameters.
  [[nodiscard]] double* column(std::size_t j) { return columns_.data() + j * counted; }
  [[nodiscard]] const double* column(std::size_t j) const { return columns_.data() + j * counted; }

  /// The work of a block by look-up; false, and nothing done, when its x are not all among the counts.
  bool run(const density_block& work, std::size_t parameters) const {
    std::int32_t counts[block];
    if (empty() || !CREDENCE_SIMD_PICK(to_counts)(work.x, work.n, counts)) return false;
    CREDENCE_SIMD_PICK(look_up)(column(0), counts, work.n, work.out);
    if (!work.gradient) return true;
    CREDENCE_SIMD_PICK(look_up)(column(1), counts, work.n, work.dx);
    for (std::size_t j = 0; j < parameters; ++j) {
      CREDENCE_SIMD_PICK(look_up)(column(j + 2), counts, work.n, work.dp[j]);
    }
    return true;
  }

 private:
  std::size_t stride_ = 0;
  std::vector<double> columns_;
};

void run_block(const density_block& work, const count_table& table, std::size_t parameters) {
  if (!table.run(work, parameters)) CREDENCE_SIMD_PICK(run_density_block)(work);
}

void scatter(const double* from, std::int64_t n, const view<double, 1>& to, std::int64_t first) {
  for (std::int64_t i = 0; i < n; ++i) to.data[(first + i) * to.strides[0]] = from[i];
}

}  // namespace

void log_pdf_array(const exec::context& ctx, const density_request& what, view<const double, 1> x,
                   view<double, 1> out) {
  check_request(ctx, what, x);
  check::same_size(what.name, "x", x.extents[0], "out", out.extents[0]);
  const count_table table(what, x.extents[0], false);
  for_each_block(ctx, what, x, [&](staging& at, density_block& work, std::int64_t first) {
    const bool direct = out.strides[0] == 1;
    work.out = direct ? out.data + first : at.out;
    run_block(work, table, what.parameters.size());
    if (!direct) scatter(at.out, work.n, out, first);
  });
}

void log_pdf_array_gradient(const exec::context& ctx, const density_request& what, view<const double, 1> x,
                            view<double, 1> out, view<double, 1> dx, std::span<const view<double, 1>> dparameters) {
  check_request(ctx, what, x);
  const std::int64_t n = x.extents[0];
  check::same_size(what.name, "x", n, "out", out.extents[0]);
  const bool want_x = !dx.empty() || n == 0;
  if (want_x) check::same_size(what.name, "x", n, "dx", dx.extents[0]);
  check::same_size(what.name, "parameters", static_cast<std::int64_t>(what.parameters.size()), "dparameters",
                   static_cast<std::int64_t>(dparameters.size()));
  for (const auto& d : dparameters) check::same_size(what.name, "x", n, "dparameters", d.extents[0]);
  const count_table table(what, n, true);
  for_each_block(ctx, what, x, [&](staging& at, density_block& work, std::int64_t first) {
    work.gradient = true;
    // written to the staging area and copied: out, dx and x may share memory, and partials need x after out is written
    work.out = at.out;
    work.dx = at.dx;
    for (std::size_t j = 0; j < dparameters.size(); ++j) {
      work.dp[j] = dparameters[j].strides[0] == 1 ? dparameters[j].data + first : at.dp[j];
    }
    run_block(work, table, dparameters.size());
    scatter(at.out, work.n, out, first);
    if (want_x) scatter(at.dx, work.n, dx, first);
    for (std::size_t j = 0; j < dparameters.size(); ++j) {
      if (work.dp[j] == at.dp[j]) scatter(at.dp[j], work.n, dparameters[j], first);
    }
  });
}

double log_pdf_array_sum(const exec::context& ctx, const density_request& what, view<const double, 1> x,
                         std::span<double> dparameters) {
  check_request(ctx, what, x);
  const std::size_t count = dparameters.size();
  if (count > 0) {
    check::same_size(what.name, "parameters", static_cast<std::int64_t>(what.parameters.size()), "score",
                     static_cast<std::int64_t>(count));
  }
  // Eight interleaved sums for each range and quantity (docs/design/kernels.md), the ranges added in order. Counts in
  // the table are tallied instead: whole numbers, the same in any order.
  const std::int64_t n = x.extents[0];
  const count_table table(what, n, count > 0);
  // few ranges where each has a tally
  const std::int64_t width = table.empty() ? grain : grain * std::max<std::int64_t>(1, n / (64 * grain));
  const std::int64_t ranges = (n + width - 1) / width;
  const std::size_t quantities = count + 1;
  std::vector<double> sums(static_cast<std::size_t>(ranges) * quantities * 8, 0.0);
  std::vector<std::int64_t> tallies(table.empty() ? 0 : static_cast<std::size_t>(ranges) * counted, 0);
  for_each_block(
      ctx, what, x,
      [&](staging& at, density_block& work, std::int64_t first) {
        const auto range = static_cast<std::size_t>(first / width);
        std::int32_t counts[block];
        if (!table.empty() && CREDENCE_SIMD_PICK(to_counts)(work.x, work.n, counts)) {
          std::int64_t* tally = tallies.data() + range * counted;
          for (std::int64_t i = 0; i < work.n; ++i) ++tally[counts[i]];
          return;
        }
        work.gradient = count > 0;
        work.out = at.out;
        work.dx = at.dx;
        for (std::size_t j = 0; j < count; ++j) work.dp[j] = at.dp[j];
        CREDENCE_SIMD_PICK(run_density_block)(work);
        double* mine = sums.data() + range * quantities * 8;
        CREDENCE_SIMD_PICK(add_to_eight)(at.out, work.n, mine);
        for (std::size_t j = 0; j < count; ++j) CREDENCE_SIMD_PICK(add_to_eight)(at.dp[j], work.n, mine + 8 * (j + 1));
      },
      width);
  std::vector<double> tally(table.empty() ? 0 : counted, 0.0);
  for (std::size_t k = 0; k < tallies.size(); ++k) tally[k % counted] += static_cast<double>(tallies[k]);
  const auto total = [&](std::size_t quantity) {
    double sum = 0.0;
    for (std::int64_t r = 0; r < ranges; ++r) {
      const double* s = sums.data() + (static_cast<std::size_t>(r) * quantities + quantity) * 8;
      sum += ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
    }
    for (std::size_t k = 0; k < tally.size(); ++k) {
      if (tally[k] > 0.0) sum += tally[k] * table.column(quantity == 0 ? 0 : quantity + 1)[k];
    }
    return sum;
  };
  for (std::size_t j = 0; j < count; ++j) dparameters[j] = total(j + 1);
  return total(0);
}

}  // namespace credence::detail
