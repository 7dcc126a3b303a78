#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes portable_math.csv: function,argument,...,value. Arguments are doubles (hexadecimal), values have 40 digits.

Needs mpmath (run with 1.3); the arguments mix plain ones, ends of the domain, and places where a reduction or a series
changes hands.  python3 portable_math.py > portable_math.csv
"""
import random

from mpmath import mp, mpf
import mpmath as m

mp.prec = 1500  # sin of 1e308 loses 1024 bits to the reduction
random.seed(20240607)


def spread(low, high, count):
    return [low + (high - low) * (i + random.random()) / count for i in range(count)]


def magnitudes(low, high, count, signed=False):
    import math
    out = [math.exp(v) for v in spread(math.log(low), math.log(high), count)]
    return [v if not signed or random.random() < 0.5 else -v for v in out]


def log1p_exp(x):
    return m.log1p(m.exp(x)) if x < 0 else x + m.log1p(m.exp(-x))


ln2 = 0.6931471805599453
unary = {
    "exp": (m.exp, spread(-745, 709.7, 30) + [k * ln2 / 2 for k in (-3, -1, 1, 3)] + [1e-20, -708.5, -744.9, 709.78]),
    "expm1": (m.expm1, spread(-2, 2, 20) + magnitudes(1e-300, 700, 20, True) + [ln2 / 2, -ln2 / 2]),
    "exp2": (lambda x: mpf(2) ** x, spread(-1074, 1023.9, 25) + spread(-1, 1, 10)),
    "log": (m.log, magnitudes(5e-324, 1.7e308, 25) + spread(0.5, 2, 15) + [1 + 2**-52, 1 - 2**-53, 2**0.5, 0.5**0.5]),
    "log1p": (m.log1p, magnitudes(1e-300, 0.9, 20, True) + spread(-0.999, 3, 15) + [1e15, 1e300, -1 + 2**-53]),
    "log2": (lambda x: m.log(x, 2), magnitudes(5e-324, 1.7e308, 15) + spread(0.5, 2, 10) + [8.0, 2.0**-1074]),
    "sin": (m.sin, spread(-7, 7, 20) + magnitudes(1e-300, 1e308, 40, True) + [2.0**20, 2.0**20 - 1, 6381956970095103 * 2.0**797, 5.319372648326541e255]),
    "cos": (m.cos, spread(-7, 7, 20) + magnitudes(1e-300, 1e308, 40, True) + [2.0**20, 6381956970095103 * 2.0**797, 1.5707963267948966]),
    "tan": (m.tan, spread(-7, 7, 20) + magnitudes(1e-300, 1e308, 30, True)),
    "atan": (m.atan, magnitudes(1e-300, 1e300, 30, True) + spread(-3, 3, 15) + [0.41421356237309503, 2.414213562373095]),
    "asin": (m.asin, spread(-1, 1, 20) + magnitudes(1e-300, 1, 10, True) + [0.5, 1.0, -1.0, 1 - 2**-53]),
    "acos": (m.acos, spread(-1, 1, 20) + [0.5, 1 - 2**-53, -1 + 2**-53, 1e-200]),
    "sinh": (m.sinh, spread(-5, 5, 15) + magnitudes(1e-300, 710, 20, True) + [40.0, 40.5, 710.4]),
    "cosh": (m.cosh, spread(-5, 5, 15) + magnitudes(1e-300, 710, 10, True) + [710.4]),
    "tanh": (m.tanh, spread(-5, 5, 20) + magnitudes(1e-300, 20, 20, True)),
    "log_factorial": (lambda n: m.loggamma(n + 1), magnitudes(1e-300, 1e300, 25) + spread(0, 12, 40) + [0.5, 1.5, 1 + 2**-50, 2 - 2**-50, 8.0, 7.999999, 100.0]),
    "inv_logit": (lambda x: 1 / (1 + m.exp(-x)), spread(-745, 50, 20) + spread(-4, 4, 15)),
    "log1p_exp": (log1p_exp, spread(-745, 800, 20) + spread(-4, 4, 15)),
    "log1m_exp": (lambda x: m.log(-m.expm1(x)), spread(-40, 0, 20) + [-x for x in magnitudes(1e-300, 700, 20)] + [-ln2]),
}
binary = {
    "pow": (lambda x, y: x**y, [(x, y) for x in magnitudes(1e-300, 1e300, 8) for y in spread(-1, 1, 4)]
            + [(1 + 2.0**-30, 5e11), (1 - 2.0**-40, -3e14), (0.5, 1074.0), (10.0, 308.0), (10.0, -308.0), (-2.5, 3.0), (-2.5, -40.0)]),
}


def line(name, arguments, value):
    print(",".join([name] + [float(a).hex() for a in arguments] + [m.nstr(value, 40, strip_zeros=False)]))


print("# portable_math.csv, written by portable_math.py (mpmath %s): function,argument,...,value" % m.__version__)
for name, (f, points) in unary.items():
    for x in points:
        line(name, [x], f(mpf(x)))
for name, (f, points) in binary.items():
    for x, y in points:
        line(name, [x, y], f(mpf(x), mpf(y)))
