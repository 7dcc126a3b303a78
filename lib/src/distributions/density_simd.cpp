// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/families.hpp"
#include "distributions/density_loops.hpp"

/// The array loops of every family, made from the one list. The arithmetic is that of the scalar functions.
namespace credence::detail::CREDENCE_ISA {

namespace {

constexpr int at_least_one(int n) { return n > 0 ? n : 1; }

template <class Kernel>
struct loops {
  static constexpr int count = Kernel::parameters;

  /// Each loop is a function of its own: merged into one, they would share the compiler's inlining budget and
  /// registers.
  template <bool Gradient, bool Varying>
  [[gnu::noinline]] static void run(const density_block& work) {
    const std::int64_t n = work.n;
    const double* x = work.x;
    double* out = work.out;
    double* dx = work.dx;
    const double* from[count];
    double* dp[count];
    double p[count], terms[at_least_one(Kernel::parameter_terms)];
    for (int j = 0; j < count; ++j) {
      from[j] = work.parameters[j];
      dp[j] = work.dp[j];
      p[j] = *from[j];
    }
    if constexpr (!Varying) Kernel::prepare_parameters(p, terms);
#pragma GCC ivdep
    for (std::int64_t i = 0; i < n; ++i) {
      double variate[at_least_one(Kernel::variate_terms)], slope[count];
      if constexpr (Varying) {
        for (int j = 0; j < count; ++j) p[j] = from[j][i];
        Kernel::prepare_parameters(p, terms);
      }
      Kernel::prepare_variate(x[i], variate);
      if constexpr (Gradient) {
        double slope_x;
        out[i] = Kernel::partials(x[i], variate, p, terms, slope_x, slope);
        dx[i] = slope_x;
        for (int j = 0; j < count; ++j) dp[j][i] = slope[j];
      } else {
        out[i] = Kernel::log_pdf(x[i], variate, p, terms);
      }
    }
  }

  static void choose(const density_block& work) {
    if (work.gradient) {
      work.varying ? run<true, true>(work) : run<true, false>(work);
    } else {
      work.varying ? run<false, true>(work) : run<false, false>(work);
    }
  }
};

template <class... Kernels>
void dispatch(const density_block& work, type_list<Kernels...>) {
  using loop = void (*)(const density_block&);
  static constexpr loop table[] = {&loops<Kernels>::choose...};
  static_assert(((Kernels::parameters <= most_parameters) && ...));
  table[work.family](work);
}

}  // namespace

void run_density_block(const density_block& work) { dispatch(work, univariate_kernels{}); }

bool to_counts(const double* x, std::int64_t n, std::int32_t* counts) {
  int wrong = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const bool inside = (x[i] >= 0.0) & (x[i] < static_cast<double>(counted));
    const auto k = static_cast<std::int32_t>(math::select(inside, x[i], 0.0));
    counts[i] = k;
    wrong |= static_cast<int>(!inside | (static_cast<double>(k) != x[i]));
  }
  return wrong == 0;
}

void look_up(const double* table, const std::int32_t* counts, std::int64_t n, double* out) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = table[counts[i]];
}

void add_to_eight(const double* v, std::int64_t n, double* sums) {
  double s[8];
  for (int l = 0; l < 8; ++l) s[l] = sums[l];
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (int l = 0; l < 8; ++l) s[l] += v[i + l];
  }
  for (; i < n; ++i) s[i & 7] += v[i];
  for (int l = 0; l < 8; ++l) sums[l] = s[l];
}

}  // namespace credence::detail::CREDENCE_ISA
