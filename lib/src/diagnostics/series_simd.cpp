// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/config.hpp"

#include "diagnostics/series_kernels.hpp"

namespace credence::detail::CREDENCE_ISA {

namespace {

#if defined(__AVX512F__)
constexpr int width = 8;
#elif defined(__AVX__)
constexpr int width = 4;
#else
constexpr int width = 2;
#endif
constexpr int parts = 8 / width;

/// As many doubles as one register holds, by the vector extension of the compiler: loops over small arrays do not
/// always stay in registers. Its arithmetic is elementwise, so the bits are those of scalars.
typedef double wide __attribute__((vector_size(8 * width)));
typedef double wide_unaligned __attribute__((vector_size(8 * width), aligned(8), may_alias));

CREDENCE_INLINE const wide_unaligned& load(const double* p) { return *reinterpret_cast<const wide_unaligned*>(p); }

/// Eight partial sums; element i of an array belongs to sum i mod 8.
struct eight {
  wide part[parts] = {};

  CREDENCE_INLINE double get(int j) const { return part[j / width][j % width]; }
  CREDENCE_INLINE void add(int j, double x) { part[j / width][j % width] += x; }
  CREDENCE_INLINE double sum() const {
    return ((get(0) + get(1)) + (get(2) + get(3))) + ((get(4) + get(5)) + (get(6) + get(7)));
  }
};

}  // namespace

double sum_about(const double* x, std::int64_t n, double centre) {
  eight sum;
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (int j = 0; j < parts; ++j) sum.part[j] += load(x + i + width * j) - centre;
  }
  for (int j = 0; i < n; ++i, ++j) sum.add(j, x[i] - centre);
  return sum.sum();
}

central_sums sums_about(const double* x, std::int64_t n, double centre) {
  eight first, second, fourth;
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (int j = 0; j < parts; ++j) {
      const wide d = load(x + i + width * j) - centre, square = d * d;
      first.part[j] += d;
      second.part[j] += square;
      fourth.part[j] += square * square;
    }
  }
  for (int j = 0; i < n; ++i, ++j) {
    const double d = x[i] - centre, square = d * d;
    first.add(j, d);
    second.add(j, square);
    fourth.add(j, square * square);
  }
  return {first.sum(), second.sum(), fourth.sum()};
}

value_range range_of(const double* x, std::int64_t n) {
  if (n <= 0) return {0.0, 0.0, true};
  wide low = {}, high = {}, difference = {};
  low += x[0], high += x[0];
  std::int64_t i = 0;
  for (; i + width <= n; i += width) {
    const wide v = load(x + i);
    low = v < low ? v : low;
    high = v > high ? v : high;
    difference += v - v;  // NaN once a value is NaN or infinite
  }
  value_range result{low[0], high[0], true};
  for (int j = 0; j < width; ++j) {
    result.low = low[j] < result.low ? low[j] : result.low;
    result.high = high[j] > result.high ? high[j] : result.high;
    result.finite = result.finite && difference[j] == 0.0;
  }
  for (; i < n; ++i) {
    result.low = x[i] < result.low ? x[i] : result.low;
    result.high = x[i] > result.high ? x[i] : result.high;
    result.finite = result.finite && x[i] - x[i] == 0.0;
  }
  return result;
}

void add_lagged_products(const double* CREDENCE_RESTRICT y, std::int64_t n, std::int64_t first_lag,
                         double* CREDENCE_RESTRICT sums) {
  for (int group = 0; group < 8; group += 4) {
    const double* CREDENCE_RESTRICT later = y + first_lag + group;
    eight a, b, c, d;
    for (std::int64_t i = 0; i < n; i += 8) {
      for (int j = 0; j < parts; ++j) {
        const std::int64_t at = i + width * j;
        const wide now = load(y + at);
        a.part[j] += now * load(later + at);
        b.part[j] += now * load(later + at + 1);
        c.part[j] += now * load(later + at + 2);
        d.part[j] += now * load(later + at + 3);
      }
    }
    sums[group] += a.sum();
    sums[group + 1] += b.sum();
    sums[group + 2] += c.sum();
    sums[group + 3] += d.sum();
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
