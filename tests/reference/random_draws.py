#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Draws computed in 40 digits from the rules of docs/design/randomness.md alone: the twin of credence::random.

Writes the tables of tests/random/reference_draws.hpp. Needs mpmath.
"""
from mpmath import mp, mpf, log, sqrt, sin, cos, pi, floor, exp, loggamma

mp.dps = 40
M32 = 0xFFFFFFFF


def philox(index, stream, seed):
    c = [index & M32, index >> 32, stream & M32, stream >> 32]
    k = [seed & M32, seed >> 32]
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & M32, (p0 >> 32) ^ c[3] ^ k[1], p0 & M32]
        k = [(k[0] + 0x9E3779B9) & M32, (k[1] + 0xBB67AE85) & M32]
    return c


SEED, STREAM = 0x0123456789ABCDEF, 0xFEDCBA9876543210


def halves(index):
    w = philox(index, STREAM, SEED)
    return w[0] | w[1] << 32, w[2] | w[3] << 32


def bits64(e):
    return halves(e // 2)[e % 2]


def unit(bits):
    return (mpf(bits >> 12) + mpf(1) / 2) / mpf(2) ** 52


def uniform(e):
    return unit(bits64(e))


def normal(e):
    h0, h1 = halves(e // 2)
    radius = sqrt(-2 * log(unit(h0)))
    # the low word of the half counts turns / 2^32, the upper 31 bits of the high word the fraction of that
    turns = (mpf(h1 & M32) + (mpf(h1 >> 33) + mpf(1) / 2) / mpf(2) ** 31) / mpf(2) ** 32
    return radius * (cos if e % 2 == 0 else sin)(2 * pi * turns)


def exponential(e):
    return -log(uniform(e))


def gumbel(e):
    return -log(exponential(e))


def gamma(e, shape):
    boosted = shape < 1
    a = mpf(shape) + (1 if boosted else 0)
    d = a - mpf(1) / 3
    c = 1 / sqrt(9 * d)
    for attempt in range(65535):
        h0, h1 = halves(attempt << 48 | e)
        angle = h1 & M32
        angle = angle - 2**32 if angle >= 2**31 else angle
        x = sqrt(-2 * log(unit(h0))) * sin(pi / 2 * (mpf(angle) + mpf(1) / 2) / mpf(2) ** 31)
        u = (mpf(h1 >> 32) + mpf(1) / 2) / mpf(2) ** 32
        v = (1 + c * x) ** 3
        if v > 0 and log(u) < x * x / 2 + d * (1 - v + log(v)):
            value = d * v
            if boosted:
                value *= unit(halves(65535 << 48 | e)[0]) ** (1 / mpf(shape))
            return value


def integer(e, n):
    product = bits64(e) * n
    assert product % 2**64 >= n  # no attempt beyond the first for these
    return product >> 64


def inversion(e, pmf):
    u, total, k = unit(halves(e)[0]), mpf(0), 0
    while True:
        total += pmf(k)
        if u <= total:
            return k
        k += 1


def poisson(e, rate):
    rate = mpf(rate)
    pmf = lambda k: exp(-rate + k * log(rate) - loggamma(k + 1))
    if rate < 10:
        return inversion(e, pmf)
    b = mpf("0.931") + mpf("2.53") * sqrt(rate)
    a = mpf("-0.059") + mpf("0.02483") * b
    inverse_alpha = mpf("1.1239") + mpf("1.1328") / (b - mpf("3.4"))
    v_r = mpf("0.9277") - mpf("3.6224") / (b - 2)
    for attempt in range(65535):
        h0, h1 = halves(attempt << 48 | e)
        u, v = unit(h0) - mpf(1) / 2, unit(h1)
        us = mpf(1) / 2 - abs(u)
        k = floor((2 * a / us + b) * u + rate + mpf("0.43"))
        if us >= mpf("0.07") and v <= v_r:
            return int(k)
        if k < 0 or (us < mpf("0.013") and v > us):
            continue
        if log(v * inverse_alpha / (a / us**2 + b)) <= -rate + k * log(rate) - loggamma(k + 1):
            return int(k)


def binomial(e, n, p):
    p = mpf(p)
    log_pmf = lambda k: (loggamma(n + 1) - loggamma(k + 1) - loggamma(n - k + 1) + k * log(p) + (n - k) * log(1 - p))
    if n * p < 10:
        return inversion(e, lambda k: exp(log_pmf(k)))
    sd = sqrt(n * p * (1 - p))
    b = mpf("1.15") + mpf("2.53") * sd
    a = mpf("-0.0873") + mpf("0.0248") * b + mpf("0.01") * p
    c, v_r, alpha = n * p + mpf(1) / 2, mpf("0.92") - mpf("4.2") / b, (mpf("2.83") + mpf("5.1") / b) * sd
    mode = floor((n + 1) * p)
    for attempt in range(65535):
        h0, h1 = halves(attempt << 48 | e)
        u, v = unit(h0) - mpf(1) / 2, unit(h1)
        us = mpf(1) / 2 - abs(u)
        k = floor((2 * a / us + b) * u + c)
        if us >= mpf("0.07") and v <= v_r:
            return int(k)
        if k < 0 or k > n:
            continue
        if log(v * alpha / (a / us**2 + b)) <= log_pmf(k) - log_pmf(mode):
            return int(k)


ELEMENTS = [0, 1, 2, 3, 10, 77, 1000, 123456789, 2**40 + 5]


def table(name, draw, integral=False):
    kind = "std::int64_t" if integral else "double"
    print(f"inline constexpr {kind} {name}[] = {{")
    for e in ELEMENTS:
        value = draw(e)
        print(f"    {value}," if integral else f"    {mp.nstr(value, 20)},")
    print("};")


print("// SPDX-License-Identifier: BSD-3-Clause")
print("// Written by tests/reference/random_draws.py.")
print("#pragma once\n\n#include <cstdint>\n\nnamespace credence::test::reference {\n")
print(f"inline constexpr std::uint64_t seed = {SEED:#x}ULL, stream = {STREAM:#x}ULL;")
print("inline constexpr std::uint64_t elements[] = {" + ", ".join(f"{e}ULL" for e in ELEMENTS) + "};")
table("uniform", uniform)
table("normal", normal)
table("exponential", exponential)
table("gumbel", gumbel)
table("gamma_2_5", lambda e: gamma(e, 2.5))
table("gamma_0_3", lambda e: gamma(e, 0.3))
table("integer_1000", lambda e: integer(e, 1000), True)
table("poisson_3", lambda e: poisson(e, 3), True)
table("poisson_100", lambda e: poisson(e, 100), True)
table("binomial_12", lambda e: binomial(e, 12, 0.25), True)
table("binomial_80", lambda e: binomial(e, 80, 0.375), True)
print("\n}  // namespace credence::test::reference")
