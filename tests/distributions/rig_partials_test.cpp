// SPDX-License-Identifier: BSD-3-Clause
// The rig's checks of densities and derivatives: against exact formulas, differences, and beyond the support.
#include "rig_checks.hpp"

#include <algorithm>
#include <cmath>

namespace credence::test {

namespace {

high sum_of(const highs& terms) {
  high sum = 0;
  for (const high& t : terms) sum += t;
  return sum;
}

/// Terms and their derivatives in 50 digits. Input 0 is x, input j + 1 is parameter j.
struct exact_formula {
  const subject& f;
  support_interval support;

  highs terms(const highs& in) const { return f.declared.terms(highs(in.begin() + 1, in.end()), in[0]); }
  high step(const highs& in, std::size_t j, const char* relative) const {
    high scale = in[j] == 0 ? high(1) : abs(in[j]);
    if (j == 0) {  // steps stay inside the support
      if (support.lower > -inf && in[0] > support.lower) scale = std::min<high>(scale, in[0] - support.lower);
      if (support.upper < inf && in[0] < support.upper) scale = std::min<high>(scale, support.upper - in[0]);
    } else if (f.specs[j - 1].domain == parameter_domain::real && in[j] != in[0]) {  // it may be an end itself
      scale = std::min<high>(scale, abs(in[j] - in[0]));
    }
    return high(relative) * scale;
  }
  /// Central difference: its error is some 1e-20 of the slope, that of the second differences below some 1e-8.
  highs slope(const highs& in, std::size_t j) const {
    highs up = in, down = in;
    const high h = step(in, j, "1e-10");
    up[j] += h;
    down[j] -= h;
    highs a = terms(up);
    const highs b = terms(down);
    for (std::size_t k = 0; k < a.size(); ++k) a[k] = (a[k] - b[k]) / (2 * h);
    return a;
  }
  /// |in_k d/d in_k| of the slope by input j, summed over k: what roundings of the inputs do to it.
  high slope_condition(const highs& in, std::size_t j) const {
    high total = 0;
    for (std::size_t k = 0; k < in.size(); ++k) {
      if (!differentiable(k)) continue;
      highs up = in;
      const high h = step(in, k, "1e-9");
      up[k] += h;
      total += abs(in[k] * (sum_of(slope(up, j)) - sum_of(slope(in, j))) / h);
    }
    return total;
  }
  bool differentiable(std::size_t j) const { return j == 0 ? !support.discrete : !is_count(f.specs[j - 1].domain); }
};

}  // namespace

void check_against_formula(const subject& f, const doubles& p) {
  const exact_formula exact{f, f.support(p)};
  for (const double x : interior_points(f, p)) {
    CAPTURE(x);
    highs in{high(x)};
    in.insert(in.end(), p.begin(), p.end());
    const highs terms = exact.terms(in);
    const doubles got = f.partials(p, x);
    high condition = size_of(terms);
    for (std::size_t j = 0; j < in.size(); ++j) {
      if (exact.differentiable(j)) condition += abs(in[j] * sum_of(exact.slope(in, j)));
    }
    CHECK(abs(sum_of(terms) - got[0]) <= 4 * eps * condition);
    CHECK(got[0] == f.log_pdf(p, x));
    for (std::size_t j = 0; j < in.size(); ++j) {
      CAPTURE(j);
      if (!exact.differentiable(j)) {
        CHECK(got[j + 1] == 0.0);
        continue;
      }
      const highs slope = exact.slope(in, j);
      // the slopes' terms and what roundings of the inputs do; x + 1 in the last place for an input that is 0
      const high allowed = 8 * eps * (size_of(slope) - 1 + exact.slope_condition(in, j)) + 1e-300;
      INFO("exact " << sum_of(slope).str(20) << " got " << check::to_text(got[j + 1]));
      CHECK(abs(sum_of(slope) - got[j + 1]) <= allowed);
    }
  }
}

namespace {

/// Derivative of f by in[j], by central differences with Richardson extrapolation over three steps.
double difference_quotient(const std::function<double(const doubles&)>& f, const doubles& in, std::size_t j, double h) {
  const auto difference = [&](double step) {
    doubles up = in, down = in;
    up[j] += step;
    down[j] -= step;
    return (f(up) - f(down)) / (up[j] - down[j]);
  };
  return (64.0 * difference(h / 4) - 20.0 * difference(h / 2) + difference(h)) / 45.0;
}

/// A step for differences by parameter j at x that stays in the parameter's domain and keeps x well inside a support
/// whose ends move with the parameters; 0 where there is none.
double parameter_step(const subject& f, const doubles& p, double x, std::size_t j) {
  const support_interval s = f.support(p);
  const parameter_domain domain = f.specs[j].domain;
  const bool real = domain == parameter_domain::real;
  if (real && !s.discrete && x == p[j]) return 0.0;  // some densities have a kink there
  double h = 1e-3 * (std::abs(p[j]) > 0.0 ? std::abs(p[j]) : 1.0);
  if (domain == parameter_domain::probability || domain == parameter_domain::open_probability) {
    h = std::min(h, 0.1 * (1.0 - p[j]));
  }
  if (real) h = std::min(h, 1e-3 * std::max(f.quantile(p, 0.75) - f.quantile(p, 0.25), 1e-3));
  for (const double end : {s.lower, s.upper}) {
    if (s.discrete || !std::isfinite(end) || (end == 0.0 && !real)) continue;
    const double distance = std::abs(x - end);
    if (distance < 1e-4 * std::abs(end)) return 0.0;  // roundings of x - end
    h = std::min(h, 2e-3 * distance * (real ? 1.0 : std::min(1.0, p[j])));
  }
  doubles up = p, down = p;
  up[j] += h;
  down[j] -= h;
  try {
    f.construct(up);
    f.construct(down);
  } catch (const domain_error&) {
    return 0.0;  // at the edge of what the parameters together may be
  }
  return h;
}

}  // namespace

/// Partials of the distribution function and of both logarithms against differences of those functions.
void check_tail_partials(const subject& f, const doubles& p) {
  const support_interval s = f.support(p);
  int compared = 0;
  for (const double x : interior_points(f, p)) {
    CAPTURE(x);
    if (s.discrete && x >= s.upper) continue;
    const doubles by_cdf = f.cdf_partials(p, x), by_log = f.log_cdf_partials(p, x),
                  by_upper = f.log_ccdf_partials(p, x);
    CHECK(by_cdf[0] == f.cdf(p, x));
    CHECK(by_log[0] == f.log_cdf(p, x));
    CHECK(by_upper[0] == f.log_ccdf(p, x));
    const double density = s.discrete ? 0.0 : std::exp(f.log_pdf(p, x));
    CHECK_THAT(by_cdf[1], WithinRel(density, 1e-14) || WithinAbs(density, 0.0));
    for (std::size_t j = 0; j < p.size(); ++j) {
      CAPTURE(j);
      if (is_count(f.specs[j].domain)) {
        CHECK((by_cdf[j + 2] == 0.0 && by_log[j + 2] == 0.0 && by_upper[j + 2] == 0.0));
        continue;
      }
      const double h = parameter_step(f, p, x, j);
      if (h == 0.0) continue;
      ++compared;
      // 1e-6 of the slope: what the differences leave; and the roundings of the values, some 1000 units in the last
      // place for large parameters
      const auto compare = [&](const auto& of, double got, double value, const char* what) {
        const double expected = difference_quotient([&](const doubles& q) { return of(q, x); }, p, j, h);
        INFO(what << " differences " << expected << " got " << got);
        CHECK_THAT(got, WithinAbs(expected, 1e-6 * std::abs(expected) + 1000 * eps / h * std::abs(value)));
      };
      compare(f.cdf, by_cdf[j + 2], by_cdf[0], "cdf");
      if (by_log[0] < -1e-4) compare(f.log_cdf, by_log[j + 2], by_log[0], "log_cdf");  // nearer 0 the cdf tells more
      if (by_upper[0] < -1e-4) compare(f.log_ccdf, by_upper[j + 2], by_upper[0], "log_ccdf");
    }
  }
  const bool counts_only =
      std::all_of(f.specs.begin(), f.specs.end(), [](const auto& q) { return is_count(q.domain); });
  CHECK((compared > 0 || counts_only));
  const doubles outside = f.log_cdf_partials(p, s.lower > -inf ? s.lower - 1.0 : -inf);
  for (std::size_t j = 1; j < outside.size(); ++j) CHECK(outside[j] == 0.0);
  CHECK(std::isnan(f.cdf_partials(p, nan)[2]));
}

void check_outside(const subject& f, const doubles& p) {
  const support_interval s = f.support(p);
  doubles points{inf, -inf};
  const double blur = f.declared.rounded_ends ? 8 * eps : 0.0;
  if (f.declared.periodic) {
    const double period = s.upper - s.lower, middle = f.mean(p) + 0.3;
    CHECK_THAT(f.log_pdf(p, middle + period), WithinAbs(f.log_pdf(p, middle), 1e-13 * (1.0 + std::abs(p[1]))));
  } else if (s.lower > -inf)
    points.insert(points.end(),
                  {s.lower - 1.0, std::nextafter(s.lower - blur * (1.0 + std::abs(s.lower)), -inf), -1e300});
  if (s.upper < inf && !f.declared.periodic)
    points.insert(points.end(),
                  {s.upper + 1.0, std::nextafter(s.upper + blur * (1.0 + std::abs(s.upper)), inf), 1e300});
  if (s.discrete) points.insert(points.end(), {s.lower + 0.5, 2.0 + 1e-9, std::nextafter(3.0, 2.0)});
  for (const double x : points) {
    CAPTURE(x);
    CHECK(f.log_pdf(p, x) == -inf);
    const doubles got = f.partials(p, x);
    CHECK(got[0] == -inf);
    for (std::size_t j = 1; j < got.size(); ++j) CHECK(got[j] == 0.0);
  }
  CHECK(std::isnan(f.log_pdf(p, nan)));
  CHECK(std::isnan(f.partials(p, nan)[0]));
  CHECK(std::isnan(f.cdf(p, nan)));
  CHECK(std::isnan(f.log_ccdf(p, nan)));
  CHECK((f.cdf(p, -inf) == 0.0 && f.ccdf(p, -inf) == 1.0 && f.log_cdf(p, -inf) == -inf && f.log_ccdf(p, -inf) == 0.0));
  CHECK((f.cdf(p, inf) == 1.0 && f.ccdf(p, inf) == 0.0 && f.log_cdf(p, inf) == 0.0 && f.log_ccdf(p, inf) == -inf));
  CHECK(f.quantile(p, 0.0) == s.lower);
  CHECK(f.quantile(p, 1.0) == s.upper);
  CHECK_THROWS_WITH(f.quantile(p, -0.1), Contains(f.name) && Contains("probability is -0.1"));
  CHECK_THROWS_AS(f.quantile(p, nan), domain_error);
}

}  // namespace credence::test
