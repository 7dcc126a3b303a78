#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Log densities and gradients of the reference posteriors at their listed points, in 50 digits.

Usage: posterior_gradients.py FOLDER > posterior_gradients.json
FOLDER holds one folder a model with data.json and logdensity_points.json. The models are written anew here from their
mathematics; derivatives are central differences with a step of 1e-16 in 50 digits, so good to some 30.
"""
import json
import sys

from mpmath import mp, mpf, log, exp, pi, sqrt, gamma, loggamma, matrix

mp.dps = 50
HALF_LOG_2PI = log(2 * pi) / 2


def normal(y, mean, sd):
    return -((y - mean) / sd) ** 2 / 2 - log(sd) - HALF_LOG_2PI


def cauchy(y, scale):
    return -log(pi * scale * (1 + (y / scale) ** 2))


def logistic(x):
    return 1 / (1 + exp(-x))


def vector(x, name, n):
    return [x[f"{name}[{i + 1}]"] for i in range(n)]


def eight_schools(d, x):
    z, mu, tau = vector(x, "theta_trans", 8), x["mu"], exp(x["log tau"])
    f = normal(mu, 0, 5) + cauchy(tau, 5) + x["log tau"]
    return f + sum(normal(z[j], 0, 1) + normal(d["y"][j], mu + tau * z[j], d["sigma"][j]) for j in range(8))


def regression(y, design, beta, sigma):
    """Through sums of squares: the normal equations make a point cheap."""
    n, k = len(y), len(beta)
    if "gram" not in regression.memory.get(id(design), {}):
        gram = [[sum(r[a] * r[b] for r in design) for b in range(k)] for a in range(k)]
        xy = [sum(r[a] * v for r, v in zip(design, y)) for a in range(k)]
        regression.memory[id(design)] = {"gram": gram, "xy": xy, "yy": sum(v * v for v in y)}
    m = regression.memory[id(design)]
    rss = m["yy"] - 2 * sum(b * v for b, v in zip(beta, m["xy"]))
    rss += sum(beta[a] * beta[b] * m["gram"][a][b] for a in range(k) for b in range(k))
    return -rss / (2 * sigma**2) - n * (log(sigma) + HALF_LOG_2PI)


regression.memory = {}


def interaction(a, b):
    return [[mpf(1), u, v, u * v] for u, v in zip(a, b)]


def kidscore_interaction(d, x):
    if "design" not in d:
        d["design"] = interaction(d["mom_hs"], d["mom_iq"])
    sigma = exp(x["log sigma"])
    return regression(d["kid_score"], d["design"], vector(x, "beta", 4), sigma) + cauchy(sigma, mpf("2.5")) + x["log sigma"]


def logearn_interaction(d, x):
    if "design" not in d:
        d["design"] = interaction(d["height"], d["male"])
        d["log_earn"] = [log(v) for v in d["earn"]]
    return regression(d["log_earn"], d["design"], vector(x, "beta", 4), exp(x["log sigma"])) + x["log sigma"]


def sblrc_blr(d, x):
    beta, sigma = vector(x, "beta", int(d["D"])), exp(x["log sigma"])
    prior = sum(normal(b, 0, 10) for b in beta) + normal(sigma, 0, 10)
    return prior + regression(d["y"], d["X"], beta, sigma) + x["log sigma"]


def arK(d, x):
    k, y = int(d["K"]), d["y"]
    if "design" not in d:
        d["design"] = [[mpf(1)] + [y[t - j] for j in range(1, k + 1)] for t in range(k, int(d["T"]))]
    coefficients, sigma = [x["alpha"]] + vector(x, "beta", k), exp(x["log sigma"])
    prior = sum(normal(c, 0, 10) for c in coefficients) + cauchy(sigma, mpf("2.5"))
    return prior + regression(y[k:], d["design"], coefficients, sigma) + x["log sigma"]


def garch11(d, x):
    mu, a0, a1 = x["mu"], exp(x["log alpha0"]), logistic(x["logit alpha1"])
    v = logistic(x["logit(beta1/(1-alpha1))"])
    b1 = v * (1 - a1)
    f = log(a0) + log(a1) + log(1 - a1) + log(1 - a1) + log(v) + log(1 - v)
    variance = d["sigma1"] ** 2
    for t, y in enumerate(d["y"]):
        if t > 0:
            variance = a0 + a1 * (d["y"][t - 1] - mu) ** 2 + b1 * variance
        f += normal(y, mu, sqrt(variance))
    return f


def low_dim_gauss_mix(d, x):
    m1 = x["mu[1]"]
    m2 = m1 + exp(x["log(mu[2]-mu[1])"])
    s1, s2, t = exp(x["log sigma[1]"]), exp(x["log sigma[2]"]), logistic(x["logit theta"])
    f = normal(m1, 0, 2) + normal(m2, 0, 2) + normal(s1, 0, 2) + normal(s2, 0, 2)
    f += 4 * log(t) + 4 * log(1 - t) - log(gamma(5) ** 2 / gamma(10))
    f += x["log(mu[2]-mu[1])"] + x["log sigma[1]"] + x["log sigma[2]"] + log(t) + log(1 - t)
    return f + sum(log(t * exp(normal(y, m1, s1)) + (1 - t) * exp(normal(y, m2, s2))) for y in d["y"])


def hmm_example(d, x):
    t1, t2 = logistic(x["logit theta1[1]"]), logistic(x["logit theta2[1]"])
    m1 = exp(x["log mu[1]"])
    m2 = m1 + exp(x["log(mu[2]-mu[1])"])
    f = normal(m1, 3, 1) + normal(m2, 10, 1) + log(t1) + log(1 - t1) + log(t2) + log(1 - t2)
    f += x["log mu[1]"] + x["log(mu[2]-mu[1])"]
    a, b = exp(normal(d["y"][0], m1, 1)), exp(normal(d["y"][0], m2, 1))
    for y in d["y"][1:]:
        a, b = (a * t1 + b * t2) * exp(normal(y, m1, 1)), (a * (1 - t1) + b * (1 - t2)) * exp(normal(y, m2, 1))
    return f + log(a + b)


def gp_pois_regr(d, x):
    rho, alpha, n = exp(x["log rho"]), exp(x["log alpha"]), int(d["N"])
    z = vector(x, "f_tilde", n)
    k = matrix(n, n)
    for i in range(n):
        for j in range(n):
            k[i, j] = alpha**2 * exp(-((d["x"][i] - d["x"][j]) ** 2) / (2 * rho**2)) + (mpf("1e-10") if i == j else 0)
    factor = mp.cholesky(k)
    f = 25 * log(mpf(4)) - loggamma(25) + 24 * log(rho) - 4 * rho + normal(alpha, 0, 2) + x["log rho"] + x["log alpha"]
    for i in range(n):
        latent = sum(factor[i, j] * z[j] for j in range(i + 1))
        f += normal(z[i], 0, 1) + d["k"][i] * latent - exp(latent) - loggamma(d["k"][i] + 1)
    return f


MODELS = [eight_schools, kidscore_interaction, logearn_interaction, sblrc_blr, arK, garch11, low_dim_gauss_mix,
          hmm_example, gp_pois_regr]


def exact(value):
    return [exact(v) for v in value] if isinstance(value, list) else mpf(value)


def main(folder):
    table = {}
    for model in MODELS:
        with open(f"{folder}/{model.__name__}/data.json") as file:
            data = {name: exact(value) for name, value in json.load(file).items()}
        with open(f"{folder}/{model.__name__}/logdensity_points.json") as file:
            points = json.load(file)["points"]
        table[model.__name__] = []
        for point in points:
            x = {name: mpf(value) for name, value in point["unconstrained"].items()}
            gradient, step = {}, mpf(10) ** -16
            for name in x:
                up, down = dict(x), dict(x)
                up[name] += step
                down[name] -= step
                gradient[name] = float((model(data, up) - model(data, down)) / (2 * step))
            table[model.__name__].append({"log_density": float(model(data, x)), "gradient": gradient})
        print(model.__name__, file=sys.stderr)
    json.dump(table, sys.stdout, indent=1)
    print()


main(sys.argv[1])
