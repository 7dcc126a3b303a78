#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes special.csv: function@region,argument,...,value. Arguments are doubles (hexadecimal), values have 40 digits.

Needs mpmath (run with 1.3).  python3 special.py > special.csv
"""
import math
import random

import mpmath as m
from mpmath import mp, mpf

mp.prec = 400
random.seed(20240608)


def spread(low, high, count):
    return [low + (high - low) * (i + random.random()) / count for i in range(count)]


def magnitudes(low, high, count):
    return [math.exp(v) for v in spread(math.log(low), math.log(high), count)]


def line(name, region, arguments, value):
    print(",".join([name + "@" + region] + [float(a).hex() for a in arguments] + [m.nstr(value, 40, strip_zeros=False)]))


def unary(name, f, regions):
    for region, points in regions.items():
        for x in points:
            line(name, region, [x], f(mpf(x)))


def series_p(a, x):
    """P(a, x) by its power series, all of whose terms are positive."""
    term = total = mpf(1)
    n = 0
    while term > total * mpf(2) ** (-mp.prec) or n < x - a:
        n += 1
        term *= x / (a + n)
        total += term
    return m.exp(a * m.log(x) - x - m.loggamma(a + 1)) * total


def slope(f, a):
    h = mpf(2) ** (-mp.prec // 3) * abs(a)
    return (f(a + h) - f(a - h)) / (2 * h)


def series_i(a, b, x):
    """I_x(a, b) by the series with positive terms."""
    if x > (a + 1) / (a + b + 2):
        return 1 - series_i(b, a, 1 - x)
    term = total = mpf(1)
    n = 0
    while term > total * mpf(2) ** (-mp.prec):
        term *= (a + b + n) / (a + 1 + n) * x
        n += 1
        total += term
    return m.exp(a * m.log(x) + b * m.log1p(-x) - m.log(a) - m.loggamma(a) - m.loggamma(b) + m.loggamma(a + b)) * total


def main():
    print("# special.csv, written by special.py (mpmath %s): function@region,argument,...,value" % m.__version__)
    gamma_regions = {
        "(0 1)": magnitudes(1e-300, 1, 12) + spread(0, 1, 25),
        "[1 8)": spread(1, 8, 40) + [1 + 2.0**-40, 2 - 2.0**-40, 2 + 2.0**-40, 1.4616321449683622],
        "[8 1e300)": magnitudes(8, 1e300, 20) + spread(8, 100, 20),
        "(-20 0)": [x for x in spread(-20, 0, 40) if abs(x - round(x)) > 1e-3],
    }
    unary("lgamma", lambda x: m.log(abs(m.gamma(x))) if x < 0 else m.loggamma(x), gamma_regions)
    unary("digamma", m.digamma, gamma_regions)
    unary("trigamma", lambda x: m.polygamma(1, x), gamma_regions | {"[8 1e300)": magnitudes(8, 1e150, 20) + spread(8, 100, 20)})
    small = {"(0 1)": magnitudes(1e-90, 1, 12) + spread(0, 1, 20), "[8 1e300)": magnitudes(8, 1e100, 20) + spread(8, 100, 20)}
    unary("tetragamma", lambda x: m.polygamma(2, x), gamma_regions | small)

    unary("erf", m.erf, {"all": magnitudes(1e-300, 6, 30) + spread(-4, 4, 30)})
    unary("erfc", m.erfc, {"[-6 1)": spread(-6, 1, 25), "[1 26)": spread(1, 26, 30)})
    unary("erfcx", lambda x: m.exp(x * x) * m.erfc(x), {"[-26 0)": spread(-26, 0, 20), "[0 1e10)": spread(0, 10, 25) + magnitudes(1e-10, 1e10, 15)})
    unary("log_erfc", lambda x: m.log(m.erfc(x)), {"all": spread(-5, 5, 30) + spread(5, 1000, 10)})
    unary("normal_cdf", m.ncdf, {"[-38 -1)": spread(-38, -1, 30), "[-1 8)": spread(-1, 8, 30)})
    unary("log_normal_cdf", lambda x: m.log(m.ncdf(x)), {"[-1000 -1)": spread(-40, -1, 25) + spread(-1000, -40, 10), "[-1 8)": spread(-1, 8, 30)})
    unary("erf_inv", m.erfinv, {"all": magnitudes(1e-300, 0.5, 15) + spread(-1, 1, 30)})

    def quantile(p):
        # Newton on log ncdf from the asymptotic start
        x = -m.sqrt(-2 * m.log(p)) if p < 0.4 else mpf(0)
        for _ in range(60):
            c = m.ncdf(x)
            d = m.npdf(x)
            step = (m.log(c) - m.log(p)) * c / d
            x -= step
            if abs(step) < mpf(2) ** -300:
                break
        return x

    unary("normal_quantile", quantile, {"(1e-300 0.1)": magnitudes(1e-300, 0.1, 30), "[0.1 0.999)": [p for p in spread(0.1, 0.999, 30)]})
    unary("erfc_inv", lambda q: -quantile(q / 2) / m.sqrt(2), {"all": magnitudes(1e-300, 0.3, 15) + spread(0.3, 1.9, 15)})

    bessel = {"[0 8)": magnitudes(1e-10, 8, 10) + spread(0, 8, 25), "[8 700)": spread(8, 40, 20) + magnitudes(40, 700, 15)}
    unary("bessel_i0", lambda x: m.besseli(0, x), bessel)
    unary("bessel_i1", lambda x: m.besseli(1, x), bessel)
    unary("bessel_i0_scaled", lambda x: m.besseli(0, x) * m.exp(-x), bessel)
    unary("bessel_i1_scaled", lambda x: m.besseli(1, x) * m.exp(-x), bessel)
    unary("log_bessel_i0", lambda x: m.log(m.besseli(0, x)), bessel)
    unary("bessel_ratio", lambda x: m.besseli(1, x) / m.besseli(0, x), bessel)

    edge = -0.36787944117144233
    unary("lambert_w0", lambda x: m.lambertw(x).real, {"[-1/e 0)": spread(edge, 0, 25) + [edge * (1 - 2.0**-k) for k in (4, 10, 30, 50)] + [edge],
                                                       "[0 1e300)": magnitudes(1e-300, 1e300, 20) + spread(0, 5, 20)})
    unary("lambert_wm1", lambda x: m.lambertw(x, -1).real, {"all": spread(edge, 0, 25) + [edge * (1 - 2.0**-k) for k in (4, 10, 30, 50)] + [-v for v in magnitudes(1e-300, 0.1, 15)]})

    for region, points in {"|a| <= 1": [(h, a) for h in (0.0, 0.1, 0.7, 1.9, 4.0, 9.0, 25.0) for a in (1e-10, 0.03, 0.4, 0.77, 1.0)],
                           "|a| > 1": [(h, a) for h in (0.0, 0.01, 0.3, 1.1, 3.0, 8.0, 20.0) for a in (1.01, 1.7, 5.0, 80.0)]}.items():
        for h, a in points:
            with mp.workprec(160):
                hh, aa = mpf(h), mpf(a)
                # the integrand is a Gaussian of width 1 / h; beyond 32 / h it is below 1e-222 of its start
                cuts = [mpf(0)] + [c / hh for c in range(1, 32) if h > 0 and c / hh < aa]
                cuts.append(min(aa, 32 / hh) if h > 0 else aa)
                if h == 0:
                    cuts = [aa * c for c in (0, 2**-6, 2**-4, 2**-2, 1)]
                # exp(-h^2 / 2) outside: quad's tolerance is absolute
                value = m.quad(lambda x: m.exp(-hh * hh * x * x / 2) / (1 + x * x), cuts) / (2 * m.pi) * m.exp(-hh * hh / 2)
            line("owens_t", region, [h, a], value)

    def lbeta(a, b):
        return m.loggamma(a) + m.loggamma(b) - m.loggamma(a + b)

    for a in (1e-10, 0.01, 0.3, 1.0, 2.5, 7.9, 8.1, 60.0, 1e4):
        for b in (0.2, 1.5, 9.0, 700.0, 1e6, 1e12):
            line("log_beta", "all", [a, b], lbeta(mpf(a), mpf(b)))
    for n, k in ((5, 2), (10, 5), (100, 3), (1e6, 4e5), (1e9, 1), (60.5, 20.25)):
        line("log_binomial", "all", [n, k], m.log(m.binomial(mpf(n), mpf(k))))

    gamma_points = {"a < 1": [], "1 <= a < 20": [], "20 <= a <= 1e4": [], "a > 1e5": []}
    for a in (1e-4, 0.003, 0.1, 0.55, 0.9):
        gamma_points["a < 1"] += [(a, x) for x in (1e-30, 1e-3, 0.05, 0.3, 0.56, 1.0, 1.2, 2.0, 5.0, 20.0, 100.0)]
    for a in (1.0, 1.7, 3.0, 7.5, 12.0):
        gamma_points["1 <= a < 20"] += [(a, a * f) for f in (1e-3, 0.1, 0.5, 0.9, 1.0, 1.1, 1.5, 3.0, 10.0)]
    for a in (20.0, 100.0, 1000.0, 10000.0):
        gamma_points["20 <= a <= 1e4"] += [(a, a + k * math.sqrt(a)) for k in (-4.0, -2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 4.0, 8.0)]
    for a in (2e5, 1e6):
        gamma_points["a > 1e5"] += [(a, a + k * math.sqrt(a)) for k in (-6.0, -1.0, 0.0, 2.0, 6.0)]
    for region, points in gamma_points.items():
        for a, x in points:
            aa, xx = mpf(a), mpf(x)
            p = series_p(aa, xx)
            by_a = slope(lambda s: series_p(s, xx), aa)
            density = m.exp((aa - 1) * m.log(xx) - xx - m.loggamma(aa))
            line("gamma_p", region, [a, x], p)
            line("gamma_q", region, [a, x], 1 - p)
            line("log_gamma_p", region, [a, x], m.log(p))
            line("log_gamma_q", region, [a, x], m.log(1 - p))
            line("gamma_p_derivative_x", region, [a, x], density)
            line("gamma_p_derivative_a", region, [a, x], by_a)
            line("gamma_variate_derivative", region, [a, x], -by_a / density)

    beta_points = {"a or b < 1": [], "1 <= a b < 20": [], "20 <= a or b <= 1e4": []}
    for a, b in ((1e-4, 0.5), (1e-4, 3.0), (0.2, 4.0), (0.5, 0.5), (0.9, 40.0), (0.05, 0.01), (6.0, 0.3)):
        beta_points["a or b < 1"] += [(a, b, x) for x in (1e-10, 0.01, 0.25, 0.5, 0.75, 0.96875)]
    for a, b in ((1.0, 1.0), (2.0, 3.0), (5.0, 2.0), (10.0, 10.0), (1.5, 18.0)):
        beta_points["1 <= a b < 20"] += [(a, b, x) for x in (0.001, 0.1, 0.25, 0.5, 0.8, 0.96875)]
    for a, b in ((30.0, 40.0), (200.0, 5.0), (1000.0, 1000.0), (1e4, 20.0), (1e4, 1e4)):
        mean, sd = a / (a + b), math.sqrt(a * b / (a + b) ** 2 / (a + b + 1))
        beta_points["20 <= a or b <= 1e4"] += [(a, b, mean + k * sd) for k in (-4.0, -1.0, 0.0, 1.0, 2.0) if mean + k * sd < 1]
    for region, points in beta_points.items():
        for a, b, x in points:
            aa, bb, xx = mpf(a), mpf(b), mpf(x)
            i = series_i(aa, bb, xx)
            by_a = slope(lambda s: series_i(s, bb, xx), aa)
            by_b = slope(lambda s: series_i(aa, s, xx), bb)
            density = m.exp((aa - 1) * m.log(xx) + (bb - 1) * m.log1p(-xx) - lbeta(aa, bb))
            line("beta_p", region, [a, b, x], i)
            line("beta_q", region, [a, b, x], 1 - i)
            line("log_beta_p", region, [a, b, x], m.log(i))
            line("log_beta_q", region, [a, b, x], m.log(1 - i))
            line("beta_p_derivative_x", region, [a, b, x], density)
            line("beta_p_derivative_a", region, [a, b, x], by_a)
            line("beta_p_derivative_b", region, [a, b, x], by_b)
            line("beta_variate_derivative_a", region, [a, b, x], -by_a / density)
            line("beta_variate_derivative_b", region, [a, b, x], -by_b / density)


main()
