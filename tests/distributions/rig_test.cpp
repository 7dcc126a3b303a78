// SPDX-License-Identifier: BSD-3-Clause
#include "rig_checks.hpp"

#include <algorithm>
#include <boost/math/quadrature/exp_sinh.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <sstream>

namespace credence::test {

namespace {

/// Integral of g(x) f(x) between two points of the support (infinite ends too).
double integrate(const subject& f, const doubles& p, double a, double b, const std::function<double(double)>& g) {
  const auto h = [&](double x) {
    const double d = std::exp(f.log_pdf(p, x));
    return d == 0.0 || !(d < inf) ? 0.0 : g(x) * d;
  };
  if (a > -inf && b < inf) return boost::math::quadrature::tanh_sinh<double>(15).integrate(h, a, b, 1e-12);
  boost::math::quadrature::exp_sinh<double> half_line(12);
  if (b < inf) return half_line.integrate([&](double t) { return h(b - t); }, 1e-12);
  return half_line.integrate([&](double t) { return h(a + t); }, 1e-12);
}

/// Integral of the density between two points, over the logarithm of the distance to a near left end of the support,
/// where the density may be infinite.
double mass_between(const subject& f, const doubles& p, double a, double b) {
  using rule = boost::math::quadrature::gauss_kronrod<double, 31>;
  const double end = f.support(p).lower;
  const bool near = end > -inf && a - end < 1e3 * (b - a);  // from far away the substitution would only lose digits
  if (!near) return rule::integrate([&](double x) { return std::exp(f.log_pdf(p, x)); }, a, b, 15, 1e-12);
  return rule::integrate([&](double t) { return std::exp(t + f.log_pdf(p, end + std::exp(t))); }, std::log(a - end),
                         std::log(b - end), 15, 1e-12);
}

void check_continuous(const subject& f, const doubles& p) {
  const doubles cuts{f.quantile(p, 1e-4), f.quantile(p, 0.2), f.quantile(p, 0.5), f.quantile(p, 0.9),
                     f.quantile(p, 0.999)};
  for (std::size_t k = 0; k + 1 < cuts.size(); ++k) {
    const double between = mass_between(f, p, cuts[k], cuts[k + 1]);
    CAPTURE(cuts[k], cuts[k + 1]);
    // the quadrature's own tolerance, and the roundings of two numbers below 1
    CHECK_THAT(f.cdf(p, cuts[k + 1]) - f.cdf(p, cuts[k]), WithinAbs(between, 1e-10));
  }
  for (const double q : {1e-9, 1e-3, 0.1, 0.5, 0.75, 0.999}) {
    const double x = f.quantile(p, q), density = std::exp(f.log_pdf(p, x));
    // x is a double: moving it by one rounding moves the probability by |x| f(x) eps
    CHECK_THAT(f.cdf(p, x), WithinAbs(q, 1e-12 * q + 4 * eps * (q + std::abs(x) * density)));
  }
  const double middle = f.quantile(p, 0.5);
  const support_interval s = f.support(p);
  const auto moment = [&](const std::function<double(double)>& g) {
    return integrate(f, p, s.lower, middle, g) + integrate(f, p, middle, s.upper, g);
  };
  const double mean = f.mean(p), variance = f.variance(p);
  const int skip = f.declared.skip_moments;
  // 1e-7: the quadrature over infinite tails; 1e-6 where the density may rise without bound towards a right end that
  // doubles approach to 1e-16 only
  const double close = s.upper < inf ? 1e-6 : 1e-7;
  if (std::isfinite(mean) && skip != 1) {
    const double spread = std::isfinite(variance) ? std::sqrt(variance) : f.quantile(p, 0.75) - f.quantile(p, 0.25);
    CHECK_THAT(moment([&](double x) { return x; }), WithinAbs(mean, close * (std::abs(mean) + spread)));
  }
  if (std::isfinite(variance) && skip == 0) {
    CHECK_THAT(moment([&](double x) { return (x - mean) * (x - mean); }), WithinRel(variance, close));
  }
  if (f.entropy) {
    const double entropy = f.entropy(p);
    CHECK_THAT(moment([&](double x) { return -f.log_pdf(p, x); }),
               WithinAbs(entropy, close * (1.0 + std::abs(entropy))));
  }
  const double mode = f.mode(p), at_mode = f.log_pdf(p, mode);
  for (const double q : {1e-6, 0.01, 0.1, 0.3, 0.4, 0.5, 0.6, 0.8, 0.95, 1.0 - 1e-6}) {
    CHECK(f.log_pdf(p, f.quantile(p, q)) <= at_mode + 1e-12 * (1.0 + std::abs(at_mode)));
  }
  CHECK(((mode >= s.lower && mode <= s.upper) || std::isnan(mode)));
}

void check_discrete(const subject& f, const doubles& p) {
  const support_interval s = f.support(p);
  const double last = std::min(f.quantile(p, 1.0 - 1e-15) * 1.5 + 60.0, s.upper);
  double sum = 0.0, first = 0.0, second = 0.0, entropy = 0.0, best = -inf, where = 0.0;
  const double mean = f.mean(p);
  REQUIRE(last < 1e6);
  for (double k = s.lower; k <= last; k += 1.0) {
    const double l = f.log_pdf(p, k), mass = std::exp(l);
    sum += mass;
    first += k * mass;
    second += (k - mean) * (k - mean) * mass;
    if (mass > 0.0) entropy -= mass * l;
    if (l > best * (best < 0.0 ? 1.0 - 1e-14 : 1.0 + 1e-14)) {
      best = l;
      where = k;
    }
    if (k < s.lower + 40 || std::fmod(k, 97.0) == 0.0) {
      CAPTURE(k);
      // a sum of k numbers, each with the error of exp(log_pdf)
      CHECK_THAT(f.cdf(p, k), WithinAbs(std::min(sum, 1.0), 1e-12));
      CHECK_THAT(f.ccdf(p, k), WithinAbs(1.0 - f.cdf(p, k), 1e-13));
      CHECK(f.cdf(p, k + 0.5) == f.cdf(p, k));
    }
  }
  CHECK_THAT(sum, WithinAbs(1.0, 1e-12));
  if (f.declared.skip_moments != 1) CHECK_THAT(first, WithinAbs(mean, 1e-9 * (1.0 + mean)));
  const double variance = f.variance(p);
  if (f.declared.skip_moments == 0) CHECK_THAT(second, WithinAbs(variance, 1e-9 * (1e-3 + variance)));
  if (f.entropy) CHECK_THAT(f.entropy(p), WithinAbs(entropy, 1e-9));
  CHECK_THAT(f.log_pdf(p, f.mode(p)), WithinAbs(best, 1e-12 * (1.0 + std::abs(best))));
  CHECK(f.mode(p) <= where + 0.5);
  for (const double q : {1e-9, 1e-3, 0.1, 0.5, 0.75, 0.999}) {
    const double k = f.quantile(p, q);
    CAPTURE(q, k);
    CHECK(k == std::floor(k));
    CHECK(f.cdf(p, k) >= q);
    if (k > s.lower) CHECK(f.cdf(p, k - 1.0) < q);
  }
}

/// Chi-square of 10^4 draws in 2 N^0.4 = 80 equally probable bins, above 1e-6 for each of three keys.
void check_draws(const subject& f, const doubles& p) {
  constexpr int draws = 10000, bins = 80;
  const support_interval s = f.support(p);
  const auto bin_of = [&](double x) {
    const double u = f.cdf(p, x) * (s.discrete ? 1.0 - 1e-12 : 1.0);
    return static_cast<std::size_t>(std::min(std::max(u, 0.0) * bins, bins - 1.0));
  };
  doubles expected(bins, static_cast<double>(draws) / bins);
  if (s.discrete) {
    std::fill(expected.begin(), expected.end(), 0.0);
    const double last = std::min(f.quantile(p, 1.0 - 1e-13), s.upper);
    for (double k = s.lower; k <= last; k += 1.0) expected[bin_of(k)] += draws * std::exp(f.log_pdf(p, k));
  }
  for (const std::uint64_t seed : {1ULL, 20ULL, 300ULL}) {
    doubles seen(bins, 0.0);
    const rng_key key = rng_key{seed, 0}.split(purpose::test);
    for (std::uint64_t i = 0; i < draws; ++i) {
      const double x = f.sample(p, key, i);
      if (!(x >= s.lower && x <= s.upper)) FAIL("draw " << i << " is " << x << ", outside the support");
      ++seen[bin_of(x)];
    }
    double chi_square = 0.0, rest_seen = 0.0, rest_expected = 0.0;
    int used = 0;
    for (int b = 0; b < bins; ++b) {
      const auto k = static_cast<std::size_t>(b);
      if (expected[k] < 5.0) {  // too few for the approximation: counted together
        rest_seen += seen[k];
        rest_expected += expected[k];
        continue;
      }
      chi_square += (seen[k] - expected[k]) * (seen[k] - expected[k]) / expected[k];
      ++used;
    }
    if (rest_expected >= 5.0) {
      chi_square += (rest_seen - rest_expected) * (rest_seen - rest_expected) / rest_expected;
      ++used;
    } else {
      CHECK(rest_seen <= 40.0);
    }
    if (used > 1) {
      CAPTURE(seed, chi_square, used);
      CHECK(boost::math::gamma_q(0.5 * (used - 1), 0.5 * chi_square) > 1e-6);
    }
    CHECK(f.sample(p, key, 7) == f.sample(p, key, 7));
  }
}

bool same_bits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0 || (std::isnan(a) && std::isnan(b)); }

void check_arrays(const subject& f, const doubles& p) {
  doubles x = interior_points(f, p);
  x.insert(x.end(), {-1.5, 0.0, 1.0, 0.5, 1e-300, 1e300, nan, inf, -inf});
  const support_interval s = f.support(p);
  while (x.size() < 1031) {  // more than one block, and not a multiple of any vector width
    const double u = f.quantile(p, std::fmod(0.6180339887 * static_cast<double>(x.size()), 1.0));
    x.push_back(s.discrete ? u : u * 1.0000001);
  }
  // counts again and again, so many that they are looked up in a table, and among them what the table has not
  if (s.discrete) {
    const std::size_t once = x.size();
    while (x.size() < 5003) x.push_back(x.size() % 1000 == 0 ? 2.5 : x[40 + x.size() % (once - 40)]);
  }
  const auto n = static_cast<std::int64_t>(x.size());
  doubles out(x.size()), dx(x.size()), spread(3 * x.size());
  std::vector<doubles> dp(p.size(), doubles(x.size()));
  std::vector<view<double, 1>> dp_views;
  for (doubles& d : dp) dp_views.emplace_back(d.data(), n);
  const view<const double, 1> x_view(x.data(), n);
  f.log_pdf_array(exec::cpu(1), p, x_view, view<double, 1>(out.data(), n));
  int different = 0;
  for (std::size_t i = 0; i < x.size(); ++i) different += !same_bits(out[i], f.log_pdf(p, x[i]));
  CHECK(different == 0);

  f.partials_array(exec::cpu(2), p, x_view, view<double, 1>(out.data(), n), view<double, 1>(dx.data(), n), dp_views);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const doubles one = f.partials(p, x[i]);
    different += !same_bits(out[i], one[0]) + !same_bits(dx[i], one[1]);
    for (std::size_t j = 0; j < p.size(); ++j) different += !same_bits(dp[j][i], one[j + 2]);
  }
  CHECK(different == 0);

  for (std::size_t i = 0; i < x.size(); ++i) spread[3 * i] = x[i];
  view<double, 1> strided_x(spread.data(), n);
  strided_x.strides[0] = 3;
  f.log_pdf_array(exec::cpu(1), p, strided_x, strided_x);  // strided, and in place
  for (std::size_t i = 0; i < x.size(); ++i) different += !same_bits(spread[3 * i], f.log_pdf(p, x[i]));
  CHECK(different == 0);

  const std::vector<doubles>& good = f.declared.good;
  std::vector<doubles> varying(p.size(), doubles(x.size()));
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j < p.size(); ++j) varying[j][i] = good[i % good.size()][j];
  }
  f.varying_array(exec::cpu(1), varying, x_view, view<double, 1>(out.data(), n));
  for (std::size_t i = 0; i < x.size(); ++i) different += !same_bits(out[i], f.log_pdf(good[i % good.size()], x[i]));
  CHECK(different == 0);

  doubles inside = interior_points(f, p);
  const std::size_t once = inside.size();
  while (s.discrete && inside.size() < 4500) inside.push_back(inside[inside.size() % once]);
  doubles score(p.size()), plain(p.size() + 1, 0.0), sizes(p.size() + 1, 1e-300);
  const view<const double, 1> inside_view(inside.data(), static_cast<std::int64_t>(inside.size()));
  const double total = f.sum(exec::cpu(1), p, inside_view, score);
  for (const double v : inside) {
    const doubles one = f.partials(p, v);
    for (std::size_t j = 0; j < plain.size(); ++j) {
      const double part = one[j == 0 ? 0 : j + 1];
      plain[j] += part;
      sizes[j] += std::abs(part);
    }
  }
  // the roundings of the plain sum, at most one a term in either order; those of many equal terms are of one sign
  const double tolerance = eps * std::max(16.0, static_cast<double>(inside.size()));
  CHECK_THAT(total, WithinAbs(plain[0], tolerance * sizes[0]));
  for (std::size_t j = 0; j < p.size(); ++j) CHECK_THAT(score[j], WithinAbs(plain[j + 1], tolerance * sizes[j + 1]));
}

void check_parameters_refused(const subject& f) {
  std::vector<declaration::refused> bad = f.declared.bad;
  for (std::size_t j = 0; j < f.specs.size(); ++j) {  // what no parameter may be, and what its domain forbids
    const auto add = [&](double value) {
      declaration::refused one{f.declared.good[0], f.specs[j].name};
      one.parameters[j] = value;
      bad.push_back(one);
    };
    for (const double value : {nan, inf, -inf}) add(value);
    switch (f.specs[j].domain) {
      case parameter_domain::real:
        break;
      case parameter_domain::positive:
        add(0.0), add(-1.0);
        break;
      case parameter_domain::non_negative:
        add(-1e-300);
        break;
      case parameter_domain::probability:
        add(-1e-9), add(1.0 + 1e-9);
        break;
      case parameter_domain::open_probability:
        add(0.0), add(1.0);
        break;
      case parameter_domain::count:
        add(-1.0), add(2.5);
        break;
      case parameter_domain::positive_count:
        add(0.0), add(2.5);
        break;
    }
  }
  for (const auto& one : bad) {
    CAPTURE(text(one.parameters), one.name);
    CHECK_THROWS_WITH(f.construct(one.parameters),
                      Contains(f.name + ": " + one.name + " is ") && Contains("but must be"));
  }
}

/// The lines of tests/reference/distributions.csv, made by distributions.py beside it with mpmath.
struct reference_line {
  std::string family, region;
  doubles p;
  double x;
  std::string log_pdf, log_cdf, log_ccdf;
};
std::vector<reference_line> read_reference() {
  std::istringstream in(read_file(CREDENCE_SOURCE_DIR "/tests/reference/distributions.csv"));
  std::vector<reference_line> lines;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    reference_line r;
    std::string parameters, x;
    std::getline(fields, r.family, ',');
    std::getline(fields, r.region, ',');
    std::getline(fields, parameters, ',');
    std::getline(fields, x, ',');
    std::getline(fields, r.log_pdf, ',');
    std::getline(fields, r.log_cdf, ',');
    std::getline(fields, r.log_ccdf, ',');
    std::istringstream each(parameters);
    std::string value;
    while (each >> value) r.p.push_back(std::stod(value));
    r.x = std::stod(x);
    lines.push_back(r);
  }
  return lines;
}

void check_reference_table(const subject& f) {
  static const std::vector<reference_line> lines = read_reference();
  int count = 0;
  for (const reference_line& r : lines) {
    if (r.family != f.name) continue;
    ++count;
    CAPTURE(r.region, text(r.p), r.x);
    const doubles slopes = f.partials(r.p, r.x);
    const high exact = high(r.log_pdf);
    high condition = 1 + abs(exact) + std::abs(r.x * slopes[1]);
    for (std::size_t j = 0; j < r.p.size(); ++j) condition += std::abs(r.p[j] * slopes[j + 2]);
    const highs terms = f.declared.terms(highs(r.p.begin(), r.p.end()), high(r.x));
    condition += size_of(terms);
    INFO("log_pdf exact " << r.log_pdf << " got " << check::to_text(slopes[0]));
    CHECK(abs(exact - slopes[0]) <= 4 * eps * condition);
    const auto check_tail = [&](const std::string& text_value, double got, const char* what) {
      if (text_value.empty()) return;
      const auto value = static_cast<double>(high(text_value));  // std::stod throws where this underflows
      // d log P / d log x = x f / P; 64: the incomplete functions' own error in units of the last place, which grows
      // with their largest parameter
      const double slope = std::isfinite(value) ? std::abs(r.x) * std::exp(static_cast<double>(exact) - value) : 0.0;
      double shape = 0.0;
      for (const double v : r.p) shape += std::abs(std::log(std::abs(v) + 1.0)) + std::abs(v) / 32.0;
      INFO(what << " exact " << text_value << " got " << check::to_text(got));
      if (std::isinf(value)) {
        CHECK(got == value);
      } else {
        CHECK_THAT(got, WithinAbs(value, std::abs(value) * 64 * eps + 64 * eps * std::min(1.0, std::exp(value)) +
                                             8 * eps * (slope + shape * std::min(1.0, std::abs(value))) +
                                             f.declared.summed_tails * eps * static_cast<double>(condition)));
      }
    };
    check_tail(r.log_cdf, f.log_cdf(r.p, r.x), "log_cdf");
    check_tail(r.log_ccdf, f.log_ccdf(r.p, r.x), "log_ccdf");
  }
  CHECK(count >= 8);
}

}  // namespace

void check_family(const subject& f) {
  CAPTURE(f.name);
  check_parameters_refused(f);
  check_reference_table(f);
  for (const doubles& p : f.declared.good) {
    CAPTURE(text(p));
    check_against_formula(f, p);
    check_outside(f, p);
    check_tail_partials(f, p);
    f.support(p).discrete ? check_discrete(f, p) : check_continuous(f, p);
    check_draws(f, p);
    check_arrays(f, p);
  }
}

}  // namespace credence::test
