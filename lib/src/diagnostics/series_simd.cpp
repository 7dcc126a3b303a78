// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/config.hpp"

#include "diagnostics/series_kernels.hpp"

namespace credence::detail::CREDENCE_ISA {

namespace {

CREDENCE_INLINE double tree_sum(const double* p) {
  return ((p[0] + p[1]) + (p[2] + p[3])) + ((p[4] + p[5]) + (p[6] + p[7]));
}

}  // namespace

central_sums sums_about(const double* x, std::int64_t n, double centre) {
  double first[8] = {}, second[8] = {}, fourth[8] = {};
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (int j = 0; j < 8; ++j) {
      const double d = x[i + j] - centre, square = d * d;
      first[j] += d;
      second[j] += square;
      fourth[j] += square * square;
    }
  }
  for (int j = 0; i < n; ++i, ++j) {
    const double d = x[i] - centre, square = d * d;
    first[j] += d;
    second[j] += square;
    fourth[j] += square * square;
  }
  return {tree_sum(first), tree_sum(second), tree_sum(fourth)};
}

void add_lagged_products(const double* CREDENCE_RESTRICT y, std::int64_t n, std::int64_t first_lag,
                         double* CREDENCE_RESTRICT sums) {
  for (int group = 0; group < 8; group += 4) {
    const double* CREDENCE_RESTRICT later = y + first_lag + group;
    double a[8] = {}, b[8] = {}, c[8] = {}, d[8] = {};
    for (std::int64_t i = 0; i < n; i += 8) {
      for (int j = 0; j < 8; ++j) {
        const double now = y[i + j];
        a[j] += now * later[i + j];
        b[j] += now * later[i + j + 1];
        c[j] += now * later[i + j + 2];
        d[j] += now * later[i + j + 3];
      }
    }
    sums[group] += tree_sum(a);
    sums[group + 1] += tree_sum(b);
    sums[group + 2] += tree_sum(c);
    sums[group + 3] += tree_sum(d);
  }
}

namespace {

/// One Stockham pass of radix 4: `blocks` groups of 4 interleaved runs of `run` values each.
void radix4_pass(const double* CREDENCE_RESTRICT xr, const double* CREDENCE_RESTRICT xi, double* CREDENCE_RESTRICT yr,
                 double* CREDENCE_RESTRICT yi, std::int64_t blocks, std::int64_t run, std::int64_t turn_step,
                 const double* turns_re, const double* turns_im) {
  const std::int64_t quarter = blocks * run;
  for (std::int64_t p = 0; p < blocks; ++p) {
    const double w1r = turns_re[p * turn_step], w1i = turns_im[p * turn_step];
    const double w2r = turns_re[2 * p * turn_step], w2i = turns_im[2 * p * turn_step];
    const double w3r = turns_re[3 * p * turn_step], w3i = turns_im[3 * p * turn_step];
    const double* ar = xr + run * p;
    const double* ai = xi + run * p;
    double* br = yr + run * 4 * p;
    double* bi = yi + run * 4 * p;
    for (std::int64_t q = 0; q < run; ++q) {
      const double a_r = ar[q], a_i = ai[q];
      const double b_r = ar[q + quarter], b_i = ai[q + quarter];
      const double c_r = ar[q + 2 * quarter], c_i = ai[q + 2 * quarter];
      const double d_r = ar[q + 3 * quarter], d_i = ai[q + 3 * quarter];
      const double apc_r = a_r + c_r, apc_i = a_i + c_i, amc_r = a_r - c_r, amc_i = a_i - c_i;
      const double bpd_r = b_r + d_r, bpd_i = b_i + d_i;
      const double jbmd_r = -(b_i - d_i), jbmd_i = b_r - d_r;
      br[q] = apc_r + bpd_r;
      bi[q] = apc_i + bpd_i;
      const double s_r = amc_r - jbmd_r, s_i = amc_i - jbmd_i;
      br[q + run] = w1r * s_r - w1i * s_i;
      bi[q + run] = w1r * s_i + w1i * s_r;
      const double t_r = apc_r - bpd_r, t_i = apc_i - bpd_i;
      br[q + 2 * run] = w2r * t_r - w2i * t_i;
      bi[q + 2 * run] = w2r * t_i + w2i * t_r;
      const double u_r = amc_r + jbmd_r, u_i = amc_i + jbmd_i;
      br[q + 3 * run] = w3r * u_r - w3i * u_i;
      bi[q + 3 * run] = w3r * u_i + w3i * u_r;
    }
  }
}

/// The last pass of radix 2, where n is not a power of four.
void radix2_pass(const double* CREDENCE_RESTRICT xr, const double* CREDENCE_RESTRICT xi, double* CREDENCE_RESTRICT yr,
                 double* CREDENCE_RESTRICT yi, std::int64_t run) {
  for (std::int64_t q = 0; q < run; ++q) {
    yr[q] = xr[q] + xr[q + run];
    yi[q] = xi[q] + xi[q + run];
    yr[q + run] = xr[q] - xr[q + run];
    yi[q + run] = xi[q] - xi[q + run];
  }
}

}  // namespace

void fourier_transform(double* re, double* im, std::int64_t n, double* scratch, const double* turns_re,
                       const double* turns_im) {
  double* xr = re;
  double* xi = im;
  double* yr = scratch;
  double* yi = scratch + n;
  const auto swap = [&] {
    double* keep_re = xr;
    double* keep_im = xi;
    xr = yr, xi = yi;
    yr = keep_re, yi = keep_im;
  };
  std::int64_t rest = n, run = 1;
  for (; rest >= 4; rest /= 4, run *= 4) {
    radix4_pass(xr, xi, yr, yi, rest / 4, run, run, turns_re, turns_im);
    swap();
  }
  if (rest == 2) {
    radix2_pass(xr, xi, yr, yi, run);
    swap();
  }
  if (xr != re) {
    for (std::int64_t i = 0; i < n; ++i) re[i] = xr[i], im[i] = xi[i];
  }
}

}  // namespace credence::detail::CREDENCE_ISA
