// SPDX-License-Identifier: BSD-3-Clause
// One pass over the data; what follows never sees them again.
#include "credence/base/array_math.hpp"
#include "credence/base/constants.hpp"
#include "credence/exec/reduce.hpp"
#include "credence/special/bessel.hpp"
#include "credence/special/gamma.hpp"
#include "estimate/fit_likelihood.hpp"

#include <algorithm>
#include <cmath>

namespace credence::estimate_detail {

namespace {

double put(double* slopes, double value, double a, double b = 0.0) {
  if (slopes != nullptr) {
    slopes[0] = a;
    slopes[1] = b;
  }
  return value;
}
void put_one(double* slopes, double a) {
  if (slopes != nullptr) slopes[0] = a;
}

double normal_sums(const sufficient_sums& s, const double* p, double* slopes) {
  const double gap = s.mean - p[0], square = s.squares + s.n * gap * gap, v = p[1] * p[1];
  return put(slopes, -s.n * (constants::half_log_two_pi + std::log(p[1])) - 0.5 * square / v, s.n * gap / v,
             (square / v - s.n) / p[1]);
}
double lognormal_sums(const sufficient_sums& s, const double* p, double* slopes) {
  const double gap = s.log_mean - p[0], square = s.log_squares + s.n * gap * gap, v = p[1] * p[1];
  return put(slopes, -s.n * (constants::half_log_two_pi + std::log(p[1])) - 0.5 * square / v - s.log_x, s.n * gap / v,
             (square / v - s.n) / p[1]);
}
double exponential_sums(const sufficient_sums& s, const double* p, double* slopes) {
  put_one(slopes, s.n / p[0] - s.x);
  return s.n * std::log(p[0]) - p[0] * s.x;
}
double gamma_sums(const sufficient_sums& s, const double* p, double* slopes) {
  const double log_rate = std::log(p[1]);
  return put(slopes, s.n * (p[0] * log_rate - special::lgamma(p[0])) + (p[0] - 1.0) * s.log_x - p[1] * s.x,
             s.n * (log_rate - special::digamma(p[0])) + s.log_x, s.n * p[0] / p[1] - s.x);
}
double inverse_gamma_sums(const sufficient_sums& s, const double* p, double* slopes) {
  const double log_scale = std::log(p[1]);
  return put(slopes, s.n * (p[0] * log_scale - special::lgamma(p[0])) - (p[0] + 1.0) * s.log_x - p[1] * s.inverse_x,
             s.n * (log_scale - special::digamma(p[0])) - s.log_x, s.n * p[0] / p[1] - s.inverse_x);
}
double beta_sums(const sufficient_sums& s, const double* p, double* slopes) {
  const double both = special::digamma(p[0] + p[1]);
  return put(slopes,
             (p[0] - 1.0) * s.log_x + (p[1] - 1.0) * s.log1m_x -
                 s.n * (special::lgamma(p[0]) + special::lgamma(p[1]) - special::lgamma(p[0] + p[1])),
             s.log_x + s.n * (both - special::digamma(p[0])), s.log1m_x + s.n * (both - special::digamma(p[1])));
}
double inverse_gaussian_sums(const sufficient_sums& s, const double* p, double* slopes) {
  const double m = p[0], sum = s.x / (m * m) - 2.0 * s.n / m + s.inverse_x;  // sum (x - m)^2 / (m^2 x)
  return put(slopes, 0.5 * s.n * (std::log(p[1]) - 2.0 * constants::half_log_two_pi) - 1.5 * s.log_x - 0.5 * p[1] * sum,
             p[1] * (s.x / (m * m * m) - s.n / (m * m)), 0.5 * (s.n / p[1] - sum));
}
double nakagami_sums(const sufficient_sums& s, const double* p, double* slopes) {
  const double m = p[0], w = p[1], log_ratio = std::log(m / w);
  return put(
      slopes,
      s.n * (std::log(2.0) + m * log_ratio - special::lgamma(m)) + (2.0 * m - 1.0) * s.log_x - m / w * s.raw_squares,
      s.n * (log_ratio + 1.0 - special::digamma(m)) + 2.0 * s.log_x - s.raw_squares / w,
      m / w * (s.raw_squares / w - s.n));
}
double rayleigh_sums(const sufficient_sums& s, const double* p, double* slopes) {
  const double v = p[0] * p[0];
  put_one(slopes, (s.raw_squares / v - 2.0 * s.n) / p[0]);
  return s.log_x - 2.0 * s.n * std::log(p[0]) - 0.5 * s.raw_squares / v;
}
double half_normal_sums(const sufficient_sums& s, const double* p, double* slopes) {
  const double v = p[0] * p[0];
  put_one(slopes, (s.raw_squares / v - s.n) / p[0]);
  return s.n * (std::log(2.0) - constants::half_log_two_pi - std::log(p[0])) - 0.5 * s.raw_squares / v;
}
double poisson_sums(const sufficient_sums& s, const double* p, double* slopes) {
  put_one(slopes, s.x / p[0] - s.n);
  return (s.x > 0.0 ? s.x * std::log(p[0]) : 0.0) - s.n * p[0] - s.log_factorial;
}
double geometric_sums(const sufficient_sums& s, const double* p, double* slopes) {
  put_one(slopes, s.n / p[0] - s.x / (1.0 - p[0]));
  return s.n * std::log(p[0]) + s.x * std::log1p(-p[0]);
}
double bernoulli_sums(const sufficient_sums& s, const double* p, double* slopes) {
  put_one(slopes, s.x / p[0] - (s.n - s.x) / (1.0 - p[0]));
  return s.x * std::log(p[0]) + (s.n - s.x) * std::log1p(-p[0]);
}
double binomial_sums(const sufficient_sums& s, const double* p, double* slopes) {
  const double failures = s.n * p[0] - s.x;
  put(slopes, 0.0, 0.0, s.x / p[1] - failures / (1.0 - p[1]));
  return s.log_choose + s.x * std::log(p[1]) + failures * std::log1p(-p[1]);
}
double von_mises_sums(const sufficient_sums& s, const double* p, double* slopes) {
  const double c = std::cos(p[0]), z = std::sin(p[0]), along = c * s.cosine + z * s.sine;
  const double log_i0 = special::log_bessel_i0(p[1]);
  return put(slopes, p[1] * along - s.n * (2.0 * constants::half_log_two_pi + log_i0),
             p[1] * (c * s.sine - z * s.cosine), along - s.n * special::bessel_ratio(p[1]));
}

/// Which sums a family asks for.
struct needs {
  bool logs = false, log1m = false, inverse = false, angle = false, factorial = false, choose = false;
};

constexpr std::int64_t piece = 1024;

}  // namespace

sufficient_likelihood sufficient_likelihood_of(const std::string& family) {
  if (family == "normal") return normal_sums;
  if (family == "lognormal") return lognormal_sums;
  if (family == "exponential") return exponential_sums;
  if (family == "gamma") return gamma_sums;
  if (family == "inverse_gamma") return inverse_gamma_sums;
  if (family == "beta") return beta_sums;
  if (family == "inverse_gaussian") return inverse_gaussian_sums;
  if (family == "nakagami") return nakagami_sums;
  if (family == "rayleigh") return rayleigh_sums;
  if (family == "half_normal") return half_normal_sums;
  if (family == "poisson") return poisson_sums;
  if (family == "geometric") return geometric_sums;
  if (family == "bernoulli") return bernoulli_sums;
  if (family == "binomial") return binomial_sums;
  if (family == "von_mises") return von_mises_sums;
  return nullptr;
}

sufficient_sums sufficient_sums_of(const std::string& family, std::span<const double> x,
                                   std::span<const double> weights, double trials, const exec::context& ctx) {
  needs want;
  want.logs = family == "lognormal" || family == "gamma" || family == "inverse_gamma" || family == "beta" ||
              family == "inverse_gaussian" || family == "nakagami" || family == "rayleigh";
  want.log1m = family == "beta";
  want.inverse = family == "inverse_gamma" || family == "inverse_gaussian";
  want.angle = family == "von_mises";
  want.factorial = family == "poisson";
  want.choose = family == "binomial";
  const auto n = static_cast<std::int64_t>(x.size());
  const std::int64_t chunks = (n + exec::reduce_chunk - 1) / exec::reduce_chunk;
  std::vector<sufficient_sums> parts(static_cast<std::size_t>(std::max<std::int64_t>(chunks, 1)));
  exec::for_each_range(
      ctx, n,
      [&](std::int64_t begin, std::int64_t end) {
        sufficient_sums& s = parts[static_cast<std::size_t>(begin / exec::reduce_chunk)];
        s.minimum = HUGE_VAL;
        s.maximum = -HUGE_VAL;
        // Deviations are taken from the first value of the chunk: no cancellation for data far from zero.
        const double origin = x[static_cast<std::size_t>(begin)], log_origin = want.logs ? std::log(origin) : 0.0;
        double sum = 0.0, squares = 0.0, log_sum = 0.0, log_squares = 0.0;
        double logs[piece];
        for (std::int64_t first = begin; first < end; first += piece) {
          const auto count = static_cast<std::size_t>(std::min(piece, end - first));
          const double* at = x.data() + first;
          const double* w = weights.empty() ? nullptr : weights.data() + first;
          if (want.logs) array::log({at, count}, {logs, count});
          // Four partial sums each, so that additions need not wait for one another.
          double p[4] = {}, q[4] = {}, r[4] = {}, t[4] = {}, total[4] = {}, raw[4] = {};
          std::size_t done = 0;
          if (w == nullptr) {  // without branches, four at a time: the vectoriser's share
            double low[4] = {s.minimum, s.minimum, s.minimum, s.minimum};
            double high[4] = {s.maximum, s.maximum, s.maximum, s.maximum};
            for (; done + 4 <= count; done += 4) {
              for (std::size_t k = 0; k < 4; ++k) {
                const double v = at[done + k], d = v - origin;
                p[k] += d;
                q[k] += d * d;
                raw[k] += v * v;
                low[k] = v < low[k] ? v : low[k];
                high[k] = v > high[k] ? v : high[k];
              }
            }
            for (std::size_t i = 0; want.logs && i < done; i += 4) {
              for (std::size_t k = 0; k < 4; ++k) {
                const double d = logs[i + k] - log_origin;
                r[k] += d;
                t[k] += d * d;
              }
            }
            total[0] += static_cast<double>(done);
            for (std::size_t k = 0; k < 4; ++k) {
              s.minimum = std::min(s.minimum, low[k]);
              s.maximum = std::max(s.maximum, high[k]);
            }
          }
          for (std::size_t i = done; i < count; ++i) {
            const std::size_t k = i % 4;
            const double wi = w == nullptr ? 1.0 : w[i], d = at[i] - origin;
            total[k] += wi;
            p[k] += wi * d;
            q[k] += wi * d * d;
            raw[k] += wi * at[i] * at[i];
            if (wi > 0.0) {
              s.minimum = std::min(s.minimum, at[i]);
              s.maximum = std::max(s.maximum, at[i]);
            }
          }
          for (std::size_t i = done; want.logs && i < count; ++i) {
            const std::size_t k = i % 4;
            const double wi = w == nullptr ? 1.0 : w[i], d = wi == 0.0 ? 0.0 : logs[i] - log_origin;
            r[k] += wi * d;
            t[k] += wi * d * d;
          }
          const auto all = [](const double* v) { return (v[0] + v[1]) + (v[2] + v[3]); };
          s.n += all(total);
          sum += all(p);
          squares += all(q);
          s.raw_squares += all(raw);
          log_sum += all(r);
          log_squares += all(t);
          for (std::size_t i = 0;
               i < count && (want.log1m || want.inverse || want.angle || want.factorial || want.choose); ++i) {
            const double wi = w == nullptr ? 1.0 : w[i];
            if (wi == 0.0) continue;
            if (want.log1m) s.log1m_x += wi * std::log1p(-at[i]);
            if (want.inverse) s.inverse_x += wi / at[i];
            if (want.angle) {
              s.cosine += wi * std::cos(at[i]);
              s.sine += wi * std::sin(at[i]);
            }
            if (want.factorial) s.log_factorial += wi * special::lgamma(at[i] + 1.0);
            if (want.choose) {
              s.log_choose += wi * (special::lgamma(trials + 1.0) - special::lgamma(at[i] + 1.0) -
                                    special::lgamma(trials - at[i] + 1.0));
            }
          }
        }
        if (s.n > 0.0) {
          s.mean = origin + sum / s.n;
          s.squares = squares - sum * sum / s.n;
          s.x = s.n * s.mean;
          s.log_mean = log_origin + log_sum / s.n;
          s.log_squares = log_squares - log_sum * log_sum / s.n;
          s.log_x = s.n * s.log_mean;
        }
      },
      exec::reduce_chunk);
  for (std::size_t width = 1; width < parts.size(); width *= 2) {
    for (std::size_t i = 0; i + width < parts.size(); i += 2 * width) {
      sufficient_sums& a = parts[i];
      const sufficient_sums& b = parts[i + width];
      const double n_all = a.n + b.n;
      if (n_all > 0.0) {
        const double gap = b.mean - a.mean, log_gap = b.log_mean - a.log_mean, share = b.n / n_all;
        a.squares += b.squares + a.n * share * gap * gap;
        a.log_squares += b.log_squares + a.n * share * log_gap * log_gap;
        a.mean += share * gap;
        a.log_mean += share * log_gap;
      }
      a.n = n_all;
      a.x += b.x;
      a.log_x += b.log_x;
      a.inverse_x += b.inverse_x;
      a.log1m_x += b.log1m_x;
      a.raw_squares += b.raw_squares;
      a.cosine += b.cosine;
      a.sine += b.sine;
      a.log_factorial += b.log_factorial;
      a.log_choose += b.log_choose;
      a.minimum = std::min(a.minimum, b.minimum);
      a.maximum = std::max(a.maximum, b.maximum);
    }
  }
  return parts[0];
}

weibull_answer weibull_maximum(std::span<const double> x, std::span<const double> weights, const exec::context& ctx) {
  const auto n = static_cast<std::int64_t>(x.size());
  std::vector<double> logs(x.size());
  exec::for_each_range(ctx, n, [&](std::int64_t begin, std::int64_t end) {
    const auto first = static_cast<std::size_t>(begin), count = static_cast<std::size_t>(end - begin);
    array::log(x.subspan(first, count), {logs.data() + first, count});
  });
  const auto weight = [&](std::int64_t i) { return weights.empty() ? 1.0 : weights[static_cast<std::size_t>(i)]; };
  struct first_sums {
    double n, logs, squares, top;
  };
  const first_sums whole = exec::transform_reduce(
      ctx, n, first_sums{0.0, 0.0, 0.0, -HUGE_VAL},
      [&](std::int64_t i) {
        const double w = weight(i), l = logs[static_cast<std::size_t>(i)];
        return w == 0.0 ? first_sums{0.0, 0.0, 0.0, -HUGE_VAL} : first_sums{w, w * l, w * l * l, l};
      },
      [](const first_sums& a, const first_sums& b) {
        return first_sums{a.n + b.n, a.logs + b.logs, a.squares + b.squares, std::max(a.top, b.top)};
      });
  const double mean = whole.logs / whole.n, variance = whole.squares / whole.n - mean * mean;
  // Powers relative to the largest value cannot overflow.
  struct power_sums {
    double zero, one, two;
  };
  const auto sums_at = [&](double shape) {
    const std::int64_t chunks = (n + exec::reduce_chunk - 1) / exec::reduce_chunk;
    std::vector<power_sums> parts(static_cast<std::size_t>(chunks));
    exec::for_each_range(
        ctx, n,
        [&](std::int64_t begin, std::int64_t end) {
          double power[piece];
          power_sums out{};
          for (std::int64_t at = begin; at < end; at += piece) {
            const std::int64_t count = std::min(piece, end - at);
            for (std::int64_t i = 0; i < count; ++i)
              power[i] = shape * (logs[static_cast<std::size_t>(at + i)] - whole.top);
            array::exp({power, static_cast<std::size_t>(count)}, {power, static_cast<std::size_t>(count)});
            double zero[4] = {}, one[4] = {}, two[4] = {};
            for (std::int64_t i = 0; i < count; ++i) {
              const double l = logs[static_cast<std::size_t>(at + i)] - mean;
              const double v = weights.empty() ? power[i] : weight(at + i) * power[i];
              zero[i % 4] += v;
              one[i % 4] += v * l;
              two[i % 4] += v * l * l;
            }
            out.zero += (zero[0] + zero[1]) + (zero[2] + zero[3]);
            out.one += (one[0] + one[1]) + (one[2] + one[3]);
            out.two += (two[0] + two[1]) + (two[2] + two[3]);
          }
          parts[static_cast<std::size_t>(begin / exec::reduce_chunk)] = out;
        },
        exec::reduce_chunk);
    return exec::detail::join_tree(parts.data(), chunks, [](const power_sums& a, const power_sums& b) {
      return power_sums{a.zero + b.zero, a.one + b.one, a.two + b.two};
    });
  };
  weibull_answer out;
  double shape =
      1.2825498301618641 / std::sqrt(variance);  // pi / sqrt(6): the sd of the logarithms is that over the shape
  power_sums now{};
  for (; out.iterations < 100; ++out.iterations) {
    now = sums_at(shape);
    const double m1 = now.one / now.zero, m2 = now.two / now.zero;
    const double f = m1 - 1.0 / shape, slope = m2 - m1 * m1 + 1.0 / (shape * shape);
    double next = shape - f / slope;
    if (!(next > 0.0)) next = 0.5 * shape;
    const double change = std::fabs(next - shape);
    shape = next;
    if (change <= 1e-9 * shape) {  // quadratic: the next change would be 1e-18
      now = sums_at(shape);
      ++out.iterations;
      break;
    }
  }
  // scale^shape = mean of x^shape
  const double log_power = shape * whole.top + std::log(now.zero / whole.n);
  const double log_scale = log_power / shape, gap = log_scale - mean;
  out.shape = shape;
  out.scale = std::exp(log_scale);
  out.log_likelihood = whole.n * (std::log(shape) - log_scale - (shape - 1.0) * gap - 1.0);
  // With z = (x / scale)^shape and l = log(x / scale): sums of z, z l, z l^2.
  const double z0 = whole.n, z1 = whole.n * (now.one / now.zero - gap),
               z2 = whole.n * (now.two / now.zero - 2.0 * gap * now.one / now.zero + gap * gap);
  out.information[0] = whole.n / (shape * shape) + z2;
  out.information[1] = (whole.n - z0 - shape * z1) / out.scale;
  out.information[2] = (shape * (shape + 1.0) * z0 - whole.n * shape) / (out.scale * out.scale);
  return out;
}

}  // namespace credence::estimate_detail
