#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""High-precision log densities and log tail probabilities of the univariate families, one line a point.

Writes distributions.csv beside this file: family, region, parameters, x, log_pdf, log_cdf, log_ccdf. Needs mpmath.
The formulas are textbook ones, evaluated with 60 digits (more where they cancel); inputs are exact doubles.
"""
import os
import sys

from mpmath import (atan, besseli, beta, betainc, cos, erfc, exp, expm1, fsum, gammainc, inf, linspace, log, log1p,
                    loggamma, mp, mpf, pi, quad, sqrt)

mp.dps = 60
families = {}


def family(name, points):
    def register(cls):
        families[name] = (cls, points)
        return cls
    return register


def upper_normal(z):
    return erfc(z / sqrt(mpf(2))) / 2


def lower_gamma(a, x):
    return gammainc(a, 0, x, regularized=True)


def upper_gamma(a, x):
    return gammainc(a, x, inf, regularized=True)


def lower_beta(a, b, x):
    return betainc(a, b, 0, x, regularized=True)


def log_normal_density(z):
    return -z * z / 2 - log(2 * pi) / 2


# region: points; "centre" are ordinary, "left" and "right" the tails, "edge" what is near an end or a change of formula


@family("normal", [((0, 1), dict(centre=[0, 0.3, -1.2], left=[-8, -40, -1e10], right=[5, 38.5, 40, 1e10], edge=[1e-300])),
                   ((-3.5, 0.02), dict(centre=[-3.5, -3.51], right=[-2.7]))])
class Normal:
    def log_pdf(x, m, s): return log_normal_density((x - m) / s) - log(s)
    def cdf(x, m, s): return upper_normal((m - x) / s)
    def ccdf(x, m, s): return upper_normal((x - m) / s)


@family("lognormal", [((0, 1), dict(centre=[1, 0.3, 4], left=[1e-300, 1e-10], right=[1e10, 1e300])),
                      ((2, 0.1), dict(centre=[7.4], left=[0.2], right=[400]))])
class Lognormal:
    def log_pdf(x, m, s): return log_normal_density((log(x) - m) / s) - log(s) - log(x)
    def cdf(x, m, s): return upper_normal((m - log(x)) / s)
    def ccdf(x, m, s): return upper_normal((log(x) - m) / s)


@family("half_normal", [((1,), dict(centre=[0.2, 1.5], left=[1e-300, 1e-8], right=[8, 40])),
                        ((25,), dict(centre=[3, 60], right=[900]))])
class HalfNormal:
    def log_pdf(x, s): return log_normal_density(x / s) - log(s) + log(mpf(2))
    def cdf(x, s): return 1 - 2 * upper_normal(x / s)
    def ccdf(x, s): return 2 * upper_normal(x / s)


@family("cauchy", [((0, 1), dict(centre=[0, 0.7, -1.2], left=[-1e5, -1e300], right=[1e5, 1e17, 1e19, 1e200])),
                   ((-2, 5), dict(centre=[-2, 3], left=[-1e4]))])
class Cauchy:
    def log_pdf(x, m, s): return -log(pi) - log(s) - log(1 + ((x - m) / s) ** 2)
    def cdf(x, m, s): return Cauchy.ccdf(2 * m - x, m, s)
    def ccdf(x, m, s):
        z = (x - m) / s
        return atan(1 / z) / pi if z > 0 else (mpf(1) / 2 if z == 0 else 1 + atan(1 / z) / pi)


@family("half_cauchy", [((1,), dict(centre=[0.2, 1.5], left=[1e-300, 1e-8], right=[1e5, 1e300])),
                        ((5,), dict(centre=[3, 60], right=[1e20]))])
class HalfCauchy:
    def log_pdf(x, s): return log(2 / pi) - log(s) - log(1 + (x / s) ** 2)
    def cdf(x, s): return 2 * atan(x / s) / pi
    def ccdf(x, s): return 2 * atan(s / x) / pi


@family("student_t", [((3, 0, 1), dict(centre=[0.1, -1.5], left=[-40, -1e30], right=[40, 1e20, 1e200])),
                      ((30, 4, 10), dict(centre=[3, 21], right=[404])),
                      ((0.7, 0, 1), dict(centre=[0.1, 2.5], right=[1e6])),
                      ((1e6, 0, 1), dict(centre=[0.5, -2], right=[40])),
                      ((32.5, 0, 1), dict(edge=[0.5, -3]))])
class StudentT:
    def log_pdf(x, n, m, s):
        z = (x - m) / s
        return loggamma((n + 1) / 2) - loggamma(n / 2) - log(pi * n) / 2 - log(s) - (n + 1) / 2 * log(1 + z * z / n)
    def cdf(x, n, m, s): return StudentT.ccdf(2 * m - x, n, m, s)
    def ccdf(x, n, m, s):
        z = (x - m) / s
        w = n / (n + z * z)
        u = lower_beta(n / 2, mpf(1) / 2, w) / 2
        return u if z >= 0 else 1 - u


@family("half_student_t", [((3, 1), dict(centre=[0.1, 1.5], left=[1e-8], right=[40, 1e20, 1e200])),
                           ((60, 0.3), dict(centre=[0.1, 0.5], right=[12]))])
class HalfStudentT:
    def log_pdf(x, n, s): return StudentT.log_pdf(x, n, mpf(0), s) + log(mpf(2))
    def cdf(x, n, s): return 1 - HalfStudentT.ccdf(x, n, s)
    def ccdf(x, n, s): return 2 * StudentT.ccdf(x, n, mpf(0), s)


@family("exponential", [((1,), dict(centre=[0.5, 2], left=[1e-300, 1e-10], right=[40, 800])),
                        ((0.01,), dict(centre=[30, 200], right=[1e5]))])
class Exponential:
    def log_pdf(x, r): return log(r) - r * x
    def cdf(x, r): return -expm1(-r * x)
    def ccdf(x, r): return exp(-r * x)


@family("gamma", [((2.5, 1), dict(centre=[0.5, 2, 6], left=[1e-300, 1e-120, 1e-10], right=[40, 900])),
                  ((0.3, 0.01), dict(centre=[3, 50], left=[1e-300, 1e-10], right=[4000, 1e5])),
                  ((1, 3), dict(centre=[0.2], right=[300])),
                  ((80, 30), dict(centre=[2.5, 3], left=[1e-5], right=[15, 80])),
                  ((1e4, 2), dict(centre=[5000, 4900], left=[1000], right=[9000]))])
class Gamma:
    def log_pdf(x, a, r): return a * log(r) - loggamma(a) + (a - 1) * log(x) - r * x
    def cdf(x, a, r): return lower_gamma(a, r * x)
    def ccdf(x, a, r): return upper_gamma(a, r * x)


@family("beta", [((2, 3), dict(centre=[0.2, 0.5, 0.9], left=[1e-300, 1e-10], right=[0.999999])),
                 ((0.5, 0.5), dict(centre=[0.3, 0.6], left=[1e-300, 1e-8], right=[0.9999999999])),
                 ((60, 20), dict(centre=[0.7, 0.8], left=[1e-5, 0.01], right=[0.999])),
                 ((0.3, 5), dict(centre=[0.05], left=[1e-100], right=[0.99]))])
class Beta:
    def log_pdf(x, a, b): return (a - 1) * log(x) + (b - 1) * log1p(-x) - log(beta(a, b))
    def cdf(x, a, b): return lower_beta(a, b, x)
    def ccdf(x, a, b): return lower_beta(b, a, 1 - x)


@family("uniform", [((0, 1), dict(centre=[0.25, 0.5], left=[1e-300], right=[0.999999999])),
                    ((-3, 5), dict(centre=[0, 4], left=[-2.999999], right=[4.9999999]))])
class Uniform:
    def log_pdf(x, a, b): return -log(b - a)
    def cdf(x, a, b): return (x - a) / (b - a)
    def ccdf(x, a, b): return (b - x) / (b - a)

def log1m(p):
    return log1p(-p)


@family("laplace", [((0, 1), dict(centre=[0.3, -1.2], left=[-40, -800], right=[40, 800, 1e-300])),
                    ((-2, 5), dict(centre=[-1, 3], left=[-400]))])
class Laplace:
    def log_pdf(x, m, s): return -abs(x - m) / s - log(2 * s)
    def cdf(x, m, s): return exp((x - m) / s) / 2 if x < m else 1 - exp((m - x) / s) / 2
    def ccdf(x, m, s): return Laplace.cdf(2 * m - x, m, s)


@family("logistic", [((0, 1), dict(centre=[0, 0.3, -1.2], left=[-40, -800], right=[40, 800])),
                     ((-2, 5), dict(centre=[-1, 3], left=[-400]))])
class Logistic:
    def log_pdf(x, m, s): return -abs(x - m) / s - log(s) - 2 * log1p(exp(-abs(x - m) / s))
    def cdf(x, m, s): return 1 / (1 + exp((m - x) / s))
    def ccdf(x, m, s): return 1 / (1 + exp((x - m) / s))


@family("gumbel", [((0, 1), dict(centre=[0, 0.3, -1.2], left=[-3, -6], right=[40, 38.5, 800])),
                   ((-2, 5), dict(centre=[-1, 3], right=[400]))])
class Gumbel:
    def log_pdf(x, m, s): return -(x - m) / s - exp(-(x - m) / s) - log(s)
    def cdf(x, m, s): return exp(-exp(-(x - m) / s))
    def ccdf(x, m, s): return -expm1(-exp(-(x - m) / s))


@family("weibull", [((1.5, 2), dict(centre=[0.5, 2, 4], left=[1e-300, 1e-10], right=[40, 200])),
                    ((0.4, 0.1), dict(centre=[0.01, 0.3], left=[1e-300], right=[1e4])),
                    ((1, 3), dict(centre=[0.2], right=[300])), ((30, 5), dict(centre=[4.9], left=[0.5], right=[6]))])
class Weibull:
    def log_pdf(x, k, s): return log(k / s) + (k - 1) * log(x / s) - (x / s) ** k
    def cdf(x, k, s): return -expm1(-(x / s) ** k)
    def ccdf(x, k, s): return exp(-(x / s) ** k)


@family("frechet", [((3, 2), dict(centre=[1.5, 2, 4], left=[0.3, 0.1], right=[1e10, 1e100])),
                    ((0.8, 0.1), dict(centre=[0.05, 0.3], left=[1e-4], right=[1e30]))])
class Frechet:
    def log_pdf(x, k, s): return log(k / s) - (k + 1) * log(x / s) - (x / s) ** -k
    def cdf(x, k, s): return exp(-(x / s) ** -k)
    def ccdf(x, k, s): return -expm1(-(x / s) ** -k)


@family("rayleigh", [((1,), dict(centre=[0.5, 1.5], left=[1e-300, 1e-10, 1e-9], right=[8, 40])),
                     ((25,), dict(centre=[3, 60], right=[900]))])
class Rayleigh:
    def log_pdf(x, s): return log(x) - 2 * log(s) - (x / s) ** 2 / 2
    def cdf(x, s): return -expm1(-(x / s) ** 2 / 2)
    def ccdf(x, s): return exp(-(x / s) ** 2 / 2)


@family("inverse_gamma", [((2.5, 1), dict(centre=[0.2, 0.5, 2], left=[0.02, 0.001], right=[1e10, 1e100])),
                          ((0.3, 10), dict(centre=[3, 50], left=[0.1], right=[1e20])),
                          ((80, 30), dict(centre=[0.37, 0.4], left=[0.1], right=[5]))])
class InverseGamma:
    def log_pdf(x, a, b): return a * log(b) - loggamma(a) - (a + 1) * log(x) - b / x
    def cdf(x, a, b): return upper_gamma(a, b / x)
    def ccdf(x, a, b): return lower_gamma(a, b / x)


@family("chi_squared", [((3,), dict(centre=[0.5, 2, 6], left=[1e-300, 1e-10], right=[60, 900])),
                        ((0.5,), dict(centre=[0.05, 1], left=[1e-300])), ((200,), dict(centre=[190], right=[700]))])
class ChiSquared:
    def log_pdf(x, n): return Gamma.log_pdf(x, n / 2, mpf(1) / 2)
    def cdf(x, n): return lower_gamma(n / 2, x / 2)
    def ccdf(x, n): return upper_gamma(n / 2, x / 2)


@family("inverse_chi_squared", [((3,), dict(centre=[0.2, 0.5, 2], left=[0.02, 0.001], right=[1e10, 1e100])),
                                ((30,), dict(centre=[0.03, 0.04], right=[1]))])
class InverseChiSquared:
    def log_pdf(x, n): return InverseGamma.log_pdf(x, n / 2, mpf(1) / 2)
    def cdf(x, n): return upper_gamma(n / 2, 1 / (2 * x))
    def ccdf(x, n): return lower_gamma(n / 2, 1 / (2 * x))


@family("nakagami", [((1.5, 2), dict(centre=[0.5, 1.2, 2], left=[1e-100, 1e-10], right=[10, 40])),
                     ((0.5, 1), dict(centre=[0.2, 1], right=[20])), ((30, 4), dict(centre=[1.9, 2.1], right=[6]))])
class Nakagami:
    def log_pdf(x, m, w):
        return log(mpf(2)) + m * log(m / w) - loggamma(m) + (2 * m - 1) * log(x) - m * x * x / w
    def cdf(x, m, w): return lower_gamma(m, m * x * x / w)
    def ccdf(x, m, w): return upper_gamma(m, m * x * x / w)


@family("pareto", [((1, 2.5), dict(centre=[1.1, 2, 5], edge=[1.0000001], right=[1e10, 1e100])),
                   ((30, 0.7), dict(centre=[31, 100], right=[1e30]))])
class Pareto:
    def log_pdf(x, m, a): return log(a) + a * log(m) - (a + 1) * log(x)
    def cdf(x, m, a): return 1 - (m / x) ** a
    def ccdf(x, m, a): return (m / x) ** a


@family("pareto_ii", [((0, 1, 2.5), dict(centre=[0.1, 2, 5], left=[1e-300, 1e-10], right=[1e10, 1e100])),
                      ((-3, 30, 0.7), dict(centre=[1, 100], right=[1e30]))])
class ParetoII:
    def log_pdf(x, m, s, a): return log(a / s) - (a + 1) * log1p((x - m) / s)
    def cdf(x, m, s, a): return -expm1(-a * log1p((x - m) / s))
    def ccdf(x, m, s, a): return exp(-a * log1p((x - m) / s))


@family("log_logistic", [((1, 2.5), dict(centre=[0.3, 1, 5], left=[1e-200, 1e-10], right=[1e10, 1e100])),
                         ((30, 6), dict(centre=[29, 40], left=[1], right=[1e5]))])
class LogLogistic:
    def log_pdf(x, a, b): return log(b / a) + (b - 1) * log(x / a) - 2 * log1p((x / a) ** b)
    def cdf(x, a, b): return 1 / (1 + (x / a) ** -b)
    def ccdf(x, a, b): return 1 / (1 + (x / a) ** b)


@family("beta_proportion", [((0.4, 5), dict(centre=[0.2, 0.5, 0.9], left=[1e-300, 1e-10], right=[0.999999])),
                            ((0.75, 80), dict(centre=[0.7, 0.8], left=[0.01], right=[0.999]))])
class BetaProportion:
    def log_pdf(x, m, k): return Beta.log_pdf(x, m * k, (1 - m) * k)
    def cdf(x, m, k): return Beta.cdf(x, m * k, (1 - m) * k)
    def ccdf(x, m, k): return Beta.ccdf(x, m * k, (1 - m) * k)


@family("kumaraswamy", [((2, 3), dict(centre=[0.2, 0.5, 0.9], left=[1e-100, 1e-10], right=[0.999999])),
                        ((0.5, 0.5), dict(centre=[0.3, 0.6], left=[1e-300, 1e-8], right=[0.9999999999])),
                        ((8, 0.7), dict(centre=[0.7, 0.9], left=[1e-5]))])
class Kumaraswamy:
    def log_pdf(x, a, b): return log(a * b) + (a - 1) * log(x) + (b - 1) * log1m(x ** a)
    def cdf(x, a, b): return 1 - (1 - x ** a) ** b
    def ccdf(x, a, b): return (1 - x ** a) ** b


@family("triangular", [((0, 0.25, 1), dict(centre=[0.1, 0.25, 0.5], left=[1e-300, 1e-10], right=[0.999999999])),
                       ((-3, 5, 5), dict(centre=[0, 4], left=[-2.999999])), ((2, 2, 4), dict(centre=[2.5], right=[3.9]))])
class Triangular:
    def log_pdf(x, a, c, b):
        return log(2 * (x - a) / (b - a) / (c - a)) if x < c else log(2 * (b - x) / (b - a) / (b - c))
    def cdf(x, a, c, b): return (x - a) ** 2 / (b - a) / (c - a) if x < c else 1 - Triangular.ccdf(x, a, c, b)
    def ccdf(x, a, c, b): return (b - x) ** 2 / (b - a) / (b - c) if x >= c else 1 - Triangular.cdf(x, a, c, b)


def bent(z, shape):
    return z if shape == 0 else log1p(shape * z) / shape


EXTREMES = [((0, 1, 0.2), dict(centre=[0.3, 2, 5], right=[40, 1e10])), ((5, 0.1, 0), dict(centre=[5.05, 5.3], right=[8])),
            ((-3, 2, -0.3), dict(centre=[-2.5, 0], right=[3.6])), ((0, 1, 1e-7), dict(centre=[0.5], edge=[3], right=[30])),
            ((0, 1, 1.5), dict(centre=[1], right=[1e100]))]


@family("generalized_pareto", EXTREMES)
class GeneralizedPareto:
    def log_pdf(x, m, s, k): return -log(s) - bent((x - m) / s, k) - log1p(k * (x - m) / s)
    def cdf(x, m, s, k): return -expm1(-bent((x - m) / s, k))
    def ccdf(x, m, s, k): return exp(-bent((x - m) / s, k))


@family("generalized_extreme_value", EXTREMES)
class GeneralizedExtremeValue:
    def log_pdf(x, m, s, k):
        t = bent((x - m) / s, k)
        return -log(s) - t - exp(-t) - log1p(k * (x - m) / s)
    def cdf(x, m, s, k): return exp(-exp(-bent((x - m) / s, k)))
    def ccdf(x, m, s, k): return -expm1(-exp(-bent((x - m) / s, k)))


@family("burr_xii", [((1, 2.5, 1.5), dict(centre=[0.3, 1, 5], left=[1e-200, 1e-10], right=[1e10, 1e100])),
                     ((30, 4, 0.8), dict(centre=[29, 40], left=[1], right=[1e5]))])
class BurrXII:
    def log_pdf(x, a, c, k): return log(c * k / a) + (c - 1) * log(x / a) - (k + 1) * log1p((x / a) ** c)
    def cdf(x, a, c, k): return -expm1(-k * log1p((x / a) ** c))
    def ccdf(x, a, c, k): return exp(-k * log1p((x / a) ** c))


def logistic(x):
    return 1 / (1 + exp(-x))


@family("bernoulli_logit", [((0,), dict(centre=[0, 1])), ((2,), dict(centre=[0, 1])), ((-40,), dict(left=[0, 1])),
                            ((800,), dict(right=[0, 1]))])
class BernoulliLogit:
    def log_pdf(x, t): return -log1p(exp(-t if x == 1 else t))
    def cdf(x, t): return logistic(-t) if x < 1 else mpf(1)
    def ccdf(x, t): return logistic(t) if x < 1 else mpf(0)


@family("poisson", [((0.5,), dict(centre=[0, 1, 2], right=[30, 170, 500])),
                    ((3,), dict(centre=[2, 5], right=[60])),
                    ((250,), dict(centre=[240, 260], left=[0, 100], right=[500, 2000]))])
class Poisson:
    def log_pdf(x, r): return x * log(r) - r - loggamma(x + 1)
    def cdf(x, r): return upper_gamma(x + 1, r)
    def ccdf(x, r): return lower_gamma(x + 1, r)


def log_choose(n, x):
    return loggamma(n + 1) - loggamma(x + 1) - loggamma(n - x + 1)


@family("bernoulli", [((0.25,), dict(centre=[0, 1])), ((0.5,), dict(centre=[0, 1])), ((1e-300,), dict(left=[0, 1])),
                      ((0.999999999,), dict(right=[0, 1]))])
class Bernoulli:
    def log_pdf(x, p): return log(p) if x == 1 else log1m(p)
    def cdf(x, p): return 1 - p if x < 1 else mpf(1)
    def ccdf(x, p): return p if x < 1 else mpf(0)


@family("binomial", [((10, 0.3), dict(centre=[0, 3, 5, 9])), ((1000, 0.01), dict(centre=[8, 12], right=[100, 600])),
                     ((50, 0.999), dict(centre=[49], left=[10, 0]))])
class Binomial:
    def log_pdf(x, n, p): return log_choose(n, x) + x * log(p) + (n - x) * log1m(p)
    def cdf(x, n, p): return fsum(exp(Binomial.log_pdf(mpf(k), n, p)) for k in range(int(x) + 1))
    def ccdf(x, n, p): return fsum(exp(Binomial.log_pdf(mpf(k), n, p)) for k in range(int(x) + 1, int(n) + 1))


@family("binomial_logit", [((10, -0.5), dict(centre=[0, 3, 5, 9])), ((1000, -4.5), dict(centre=[8, 12], right=[100, 600])),
                           ((50, 7), dict(centre=[49], left=[10, 0]))])
class BinomialLogit:
    def log_pdf(x, n, t): return Binomial.log_pdf(x, n, logistic(t))
    def cdf(x, n, t): return Binomial.cdf(x, n, logistic(t))
    def ccdf(x, n, t): return Binomial.ccdf(x, n, logistic(t))


@family("poisson_log", [((-0.7,), dict(centre=[0, 1, 2], right=[30, 170])), ((1.1,), dict(centre=[2, 5], right=[60])),
                        ((5.5,), dict(centre=[240, 260], left=[0, 100], right=[500]))])
class PoissonLog:
    def log_pdf(x, t): return Poisson.log_pdf(x, exp(t))
    def cdf(x, t): return Poisson.cdf(x, exp(t))
    def ccdf(x, t): return Poisson.ccdf(x, exp(t))


@family("negative_binomial", [((3, 2.5), dict(centre=[0, 1, 4], right=[60, 500])), ((40, 0.5), dict(centre=[1, 60], right=[900])),
                              ((5, 1e6), dict(centre=[3, 6], right=[60])), ((5, 16.5), dict(edge=[3, 40]))])
class NegativeBinomial:
    def log_pdf(x, m, d): return NegativeBinomialP.log_pdf(x, d, d / (m + d))
    def cdf(x, m, d): return NegativeBinomialP.cdf(x, d, d / (m + d))
    def ccdf(x, m, d): return NegativeBinomialP.ccdf(x, d, d / (m + d))


@family("negative_binomial_p", [((3, 0.4), dict(centre=[0, 1, 4], right=[60, 500])), ((0.5, 0.05), dict(centre=[1, 60], right=[900])),
                                ((200, 0.9), dict(centre=[20, 30], right=[300]))])
class NegativeBinomialP:
    def log_pdf(x, r, p): return loggamma(x + r) - loggamma(r) - loggamma(x + 1) + r * log(p) + x * log1m(p)
    def cdf(x, r, p): return fsum(exp(NegativeBinomialP.log_pdf(mpf(k), r, p)) for k in range(int(x) + 1))
    def ccdf(x, r, p): return lower_beta(x + 1, r, 1 - p)


@family("geometric", [((0.25,), dict(centre=[0, 1, 4], right=[60, 3000])), ((0.001,), dict(centre=[100, 2000], right=[1e6])),
                      ((0.9,), dict(centre=[0, 2], right=[300]))])
class Geometric:
    def log_pdf(x, p): return log(p) + x * log1m(p)
    def cdf(x, p): return 1 - (1 - p) ** (x + 1)
    def ccdf(x, p): return (1 - p) ** (x + 1)


@family("beta_binomial", [((10, 2, 3), dict(centre=[0, 3, 5, 9])), ((200, 0.5, 0.7), dict(centre=[0, 12, 199], right=[150])),
                          ((50, 40, 60), dict(centre=[20], left=[1], right=[48]))])
class BetaBinomial:
    def log_pdf(x, n, a, b): return log_choose(n, x) + log(beta(x + a, n - x + b)) - log(beta(a, b))
    def cdf(x, n, a, b): return fsum(exp(BetaBinomial.log_pdf(mpf(k), n, a, b)) for k in range(int(x) + 1))
    def ccdf(x, n, a, b): return fsum(exp(BetaBinomial.log_pdf(mpf(k), n, a, b)) for k in range(int(x) + 1, int(n) + 1))


@family("zero_inflated_poisson", [((0.25, 3), dict(centre=[0, 2, 5], right=[60])), ((0.7, 0.4), dict(centre=[0, 1, 2])),
                                  ((0.01, 50), dict(centre=[45, 60], left=[0]))])
class ZeroInflatedPoisson:
    def log_pdf(x, z, r): return log(z + (1 - z) * exp(-r)) if x == 0 else log1m(z) + Poisson.log_pdf(x, r)
    def cdf(x, z, r): return z + (1 - z) * Poisson.cdf(x, r)
    def ccdf(x, z, r): return (1 - z) * Poisson.ccdf(x, r)


@family("zero_truncated_poisson", [((0.01,), dict(centre=[1, 2], right=[30])), ((3.5,), dict(centre=[1, 2, 5], right=[60])),
                                   ((60,), dict(centre=[50, 70], left=[5]))])
class ZeroTruncatedPoisson:
    def log_pdf(x, r): return x * log(r) - loggamma(x + 1) - log(expm1(r))
    def cdf(x, r): return fsum(exp(ZeroTruncatedPoisson.log_pdf(mpf(k), r)) for k in range(1, int(x) + 1))
    def ccdf(x, r): return Poisson.ccdf(x, r) / -expm1(-r)


def outward(log_pdf, x, direction, width, panels=40):
    """Integral from x outwards, panels growing by half; 30 digits, nothing cancels."""
    with mp.workdps(30):
        points, step = [x], width
        for _ in range(panels):
            points.append(points[-1] + direction * step)
            step *= mpf(3) / 2
        top, total = log_pdf(x), mpf(0)
        for low, high in zip(points, points[1:]):
            part = abs(quad(lambda t: exp(log_pdf(t) - top), [low, high]))
            total += part
            if part < total * mpf(10) ** -28:
                break
        return exp(top) * total


@family("skew_normal", [((0, 1, 2), dict(centre=[0, 0.3, 1.5], left=[-3, -8], right=[6, 39, 45])),
                        ((-2, 3, -5), dict(centre=[-3, -6, -2], left=[-20], right=[1, 5])),
                        ((1, 0.5, 0), dict(centre=[1, 1.7], left=[-3])), ((0, 1, 0.3), dict(centre=[0.2], left=[-12]))])
class SkewNormal:
    def log_pdf(x, m, s, a):
        z = (x - m) / s
        return log(2 * upper_normal(-a * z)) + log_normal_density(z) - log(s)
    def cdf(x, m, s, a):
        return outward(lambda t: SkewNormal.log_pdf(t, m, s, a), x, -1, s / (8 * (1 + abs(a)) * (1 + abs(x - m) / s)))
    def ccdf(x, m, s, a):
        return outward(lambda t: SkewNormal.log_pdf(t, m, s, a), x, 1, s / (8 * (1 + abs(a)) * (1 + abs(x - m) / s)))


@family("exp_mod_normal", [((0, 1, 0.5), dict(centre=[0, 1.5, 5], left=[-3, -9, -39], right=[40, 900])),
                           ((300, 20, 0.01), dict(centre=[280, 350, 500], left=[200], right=[1500])),
                           ((-1, 0.3, 8), dict(centre=[-1, -0.8], left=[-3], right=[3]))])
class ExpModNormal:
    def log_pdf(x, m, s, r): return log(r) + r * (m - x) + r * r * s * s / 2 + log(upper_normal(-((x - m) / s - r * s)))
    def cdf(x, m, s, r): return upper_normal((m - x) / s) - exp(ExpModNormal.log_pdf(x, m, s, r)) / r
    def ccdf(x, m, s, r): return upper_normal((x - m) / s) + exp(ExpModNormal.log_pdf(x, m, s, r)) / r


@family("von_mises", [((0, 1), dict(centre=[0, 0.7, -1.5], left=[-3, -3.1415], right=[3.14159])),
                      ((2, 0.01), dict(centre=[2.5, 4], left=[-1])), ((-1, 80), dict(centre=[-1, -1.1], left=[-3], right=[2.1])),
                      ((0.5, 5), dict(centre=[0.3], right=[3.6]))])
class VonMises:
    def log_pdf(x, m, k): return k * cos(x - m) - log(2 * pi * besseli(0, k))
    def arc(low, high, m, k):
        with mp.workdps(30):
            return quad(lambda t: exp(k * cos(t - m)), linspace(low, high, 12)) / (2 * pi * besseli(0, k))
    def cdf(x, m, k): return VonMises.arc(m - pi, x, m, k)
    def ccdf(x, m, k): return VonMises.arc(x, m + pi, m, k)


@family("inverse_gaussian", [((1, 2), dict(centre=[0.5, 1, 2], left=[0.05, 0.001], right=[20, 500])),
                             ((3, 0.2), dict(centre=[0.1, 2], left=[0.001], right=[100, 1e4])),
                             ((2, 500), dict(centre=[2, 1.9], left=[1], right=[4]))])
class InverseGaussian:
    def log_pdf(x, m, s): return (log(s / (2 * pi)) - 3 * log(x) - s * (x - m) ** 2 / (m * m * x)) / 2
    def cdf(x, m, s):
        r = sqrt(s / x)
        return upper_normal(r * (1 - x / m)) + exp(2 * s / m) * upper_normal(r * (1 + x / m))
    def ccdf(x, m, s):
        r = sqrt(s / x)
        return upper_normal(r * (x / m - 1)) - exp(2 * s / m) * upper_normal(r * (1 + x / m))


@family("gompertz", [((0.1, 0.01), dict(centre=[5, 20, 40], left=[1e-300, 1e-10], right=[80, 100])),
                     ((2, 30), dict(centre=[0.02, 0.1], right=[1])), ((1, 1), dict(centre=[0.3, 1], right=[5]))])
class Gompertz:
    def log_pdf(x, a, b): return log(b) + a * x - b / a * expm1(a * x)
    def cdf(x, a, b): return -expm1(-b / a * expm1(a * x))
    def ccdf(x, a, b): return exp(-b / a * expm1(a * x))


@family("hypergeometric", [((10, 7, 13), dict(centre=[2, 3, 4], left=[0], right=[7])),
                           ((300, 500, 1500), dict(centre=[70, 75, 90], left=[20], right=[250])),
                           ((20, 15, 8), dict(edge=[12, 14]))])
class Hypergeometric:
    def log_pdf(x, n, a, b): return log_choose(a, x) + log_choose(b, n - x) - log_choose(a + b, n)
    def cdf(x, n, a, b):
        return fsum(exp(Hypergeometric.log_pdf(mpf(k), n, a, b)) for k in range(int(max(0, n - b)), int(x) + 1))
    def ccdf(x, n, a, b):
        return fsum(exp(Hypergeometric.log_pdf(mpf(k), n, a, b)) for k in range(int(x) + 1, int(min(n, a)) + 1))


@family("zero_inflated_negative_binomial", [((0.25, 3, 2), dict(centre=[0, 2, 5], right=[60])),
                                            ((0.7, 0.4, 0.5), dict(centre=[0, 1, 2])), ((0.01, 50, 20), dict(centre=[45, 60], left=[0]))])
class ZeroInflatedNegativeBinomial:
    def log_pdf(x, z, m, d):
        p = exp(NegativeBinomial.log_pdf(x, m, d))
        return log((z if x == 0 else 0) + (1 - z) * p)
    def cdf(x, z, m, d): return z + (1 - z) * NegativeBinomial.cdf(x, m, d)
    def ccdf(x, z, m, d): return (1 - z) * NegativeBinomial.ccdf(x, m, d)


@family("zero_truncated_negative_binomial", [((0.01, 2), dict(centre=[1, 2], right=[30])), ((3.5, 0.7), dict(centre=[1, 2, 5], right=[60])),
                                             ((60, 30), dict(centre=[50, 70], left=[5]))])
class ZeroTruncatedNegativeBinomial:
    def some(m, d): return -expm1(-d * log1p(m / d))
    def log_pdf(x, m, d): return NegativeBinomial.log_pdf(x, m, d) - log(ZeroTruncatedNegativeBinomial.some(m, d))
    def cdf(x, m, d): return fsum(exp(ZeroTruncatedNegativeBinomial.log_pdf(mpf(k), m, d)) for k in range(1, int(x) + 1))
    def ccdf(x, m, d): return NegativeBinomial.ccdf(x, m, d) / ZeroTruncatedNegativeBinomial.some(m, d)


def log_of(probability, other):
    """log of one tail, from the other where the first is nearly 1."""
    if probability == 0:
        return "-inf"
    value = log1p(-other) if other < mpf(10) ** -10 else log(probability)
    return mp.nstr(value, 20) if abs(value) > mpf(10) ** -320 else "-0.0"


def main():
    """All families, or those named by the arguments, whose lines are then replaced."""
    here = os.path.dirname(os.path.abspath(__file__))
    path, header = os.path.join(here, "distributions.csv"), "family,region,parameters,x,log_pdf,log_cdf,log_ccdf\n"
    only = set(sys.argv[1:]) or set(families)
    with open(path, encoding="ascii") as table:
        kept = [line for line in table.readlines()[1:] if line.split(",")[0] not in only]
    with open(path, "w", encoding="ascii") as out:
        out.write(header)
        out.writelines(kept)
        for name, (cls, groups) in families.items():
            if name not in only:
                continue
            for parameters, regions in groups:
                p = [mpf(v) for v in parameters]
                for region, points in regions.items():
                    for point in points:
                        x = mpf(point)
                        lower, upper = cls.cdf(x, *p), cls.ccdf(x, *p)
                        integrated = name in ("skew_normal", "von_mises")  # these cannot have cancelled
                        if not integrated and (lower < mpf(10) ** -30 or upper < mpf(10) ** -30):
                            with mp.workdps(400 if max(lower, upper) < 2 else 60):
                                lower, upper = cls.cdf(x, *p), cls.ccdf(x, *p)
                        fields = [name, region, " ".join(repr(float(v)) for v in parameters), repr(float(point)),
                                  mp.nstr(cls.log_pdf(x, *p), 20), log_of(lower, upper), log_of(upper, lower)]
                        out.write(",".join(fields) + "\n")


if __name__ == "__main__":
    main()
