# SPDX-License-Identifier: BSD-3-Clause
"""Numbers of tests/diagnostics/psis_test.cpp, from ArviZ 0.23 (pip install "arviz==0.23.4"). Prints them."""
import numpy as np
from arviz import ess, psislw
from arviz.stats.stats import _gpdfit


def uniform(n):
    """The additive sequence of the golden ratio: the test makes the same numbers."""
    return ((np.arange(1, n + 1) * 0.6180339887498949) % 1.0)


for power in (0.4, 0.8, 1.2):
    ratios = -power * np.log(uniform(1000))
    weights, k = psislw(ratios.copy(), reff=1.0)
    weights = np.asarray(weights)
    print("power", power, "k", repr(float(k)), "largest", repr(float(weights.max())), "first", repr(float(weights[0])),
          "ess", repr(float(1 / np.sum(np.exp(2 * weights)))))

exceedances = np.sort(uniform(200) ** -0.7 - 1.0 + 1e-3)
print("gpd", [repr(float(v)) for v in _gpdfit(exceedances)])

chains, draws, points = 2, 200, 6
i = np.arange(chains * draws)
mean = np.sin(1.7 * i) + 0.5 * np.cos(0.9 * i * i)
y = np.array([-1.0, 0.0, 0.3, 0.8, 2.0, 6.0])
ll = -0.5 * (y[None, :] - mean[:, None]) ** 2 - 0.5 * np.log(2 * np.pi)
elpd, par, ks, waic = [], [], [], []
for p in range(points):
    x = ll[:, p]
    reff = float(ess(np.exp(x).reshape(chains, draws), method="mean")) / x.size
    w, k = psislw(-x.copy(), reff=reff)
    elpd.append(float(np.logaddexp.reduce(x + np.asarray(w))))
    lpd = float(np.logaddexp.reduce(x) - np.log(x.size))
    par.append(lpd - elpd[-1])
    ks.append(float(k))
    waic.append(lpd - x.var(ddof=1))
print("elpd", elpd, "k", ks, sum(elpd), np.sqrt(points * np.var(elpd, ddof=1)), sum(par))
print("waic", waic, sum(waic))
