# SPDX-License-Identifier: BSD-3-Clause
"""Coefficients and standard errors of two binomial regressions to 16 digits, by Fisher scoring in mpmath with 40 digits.

glm_exact.py FOLDER, where FOLDER holds mtcars_logit.csv and budworm_cauchit.csv. The answers stand in
tests/estimate/glm_reference_test.cpp: R itself reports errors from the weights of its last but one iteration, which are off
by up to 5e-8 there.
"""

import csv
import sys

import mpmath as mp

mp.mp.dps = 40


def fit(x, y, trials, link):
    p = len(x[0])
    b = mp.matrix([mp.mpf(0)] * p)
    for _ in range(1000):
        a, g = mp.zeros(p, p), mp.zeros(p, 1)
        for row, response, m in zip(x, y, trials):
            mean, slope = link(sum(row[k] * b[k] for k in range(p)))
            variance = mean * (1 - mean)
            for i in range(p):
                g[i] += m * (response - mean) * slope / variance * row[i]
                for j in range(p):
                    a[i, j] += m * slope**2 / variance * row[i] * row[j]
        step = mp.lu_solve(a, g)
        b += step
        if mp.norm(step) < mp.mpf(10) ** -34 * mp.norm(b):
            break
    inverse = a**-1
    return [mp.nstr(v, 16) for v in b], [mp.nstr(mp.sqrt(inverse[i, i]), 16) for i in range(p)]


def logit(eta):
    mean = 1 / (1 + mp.exp(-eta))
    return mean, mean * (1 - mean)


def cauchit(eta):
    return mp.atan(eta) / mp.pi + mp.mpf(1) / 2, 1 / (mp.pi * (1 + eta**2))


rows = list(csv.DictReader(open(sys.argv[1] + "/mtcars_logit.csv")))
print(fit([[mp.mpf(1), mp.mpf(r["wt"]), mp.mpf(r["hp"])] for r in rows], [mp.mpf(r["am"]) for r in rows], [1] * len(rows), logit))
rows = list(csv.DictReader(open(sys.argv[1] + "/budworm_cauchit.csv")))
dead, alive = [[mp.mpf(r[k]) for r in rows] for k in ("numdead", "numalive")]
print(fit([[mp.mpf(r["sex"] == "F"), mp.mpf(r["sex"] == "M"), mp.mpf(r["ldose"])] for r in rows],
          [d / (d + a) for d, a in zip(dead, alive)], [d + a for d, a in zip(dead, alive)], cauchit))
