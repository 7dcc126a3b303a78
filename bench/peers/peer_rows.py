# SPDX-License-Identifier: BSD-3-Clause
"""The rows of the comparison: what credence is timed against, and how each peer is set up."""

import ctypes
import json
import os
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SIZE = 100_000  # numbers in a batch of random draws, as in random_rows.cpp


class Row:
    """One comparison: our row in credence_peers, a unit, and how to set up the peer.

    `peer` is a function that returns (call, units) or (call, units, answer), or the name of another row of credence_peers.
    """

    def __init__(self, name, unit, package, peer, ours=None):
        self.name, self.unit, self.package, self.peer = name, unit, package, peer
        self.ours = ours or name
        self.scale = {"ns": 1e9, "us": 1e6}.get(unit)  # seconds per unit of work, shown as a time ...
        self.rate_scale = {"GFLOP/s": 1e-9, "MB/s": 1e-6}.get(unit)  # ... or as a rate


def numpy_random(draw):
    def setup():
        import numpy as np

        generator = np.random.Generator(np.random.Philox(1))
        return (lambda: draw(generator)), SIZE

    return setup


def numpy_map(name, shift=0.0):
    def setup():
        import numpy as np

        function, x = getattr(np, name), np.linspace(shift - 50, shift + 50, 10_000)
        out = np.empty_like(x)
        return (lambda: function(x, out=out)), x.size

    return setup


def torch_attention(n, d, heads, dtype="float32", causal=False, backward=False):
    """scaled_dot_product_attention on one thread; backward times the gradient alone."""

    def setup():
        import torch

        torch.set_num_threads(1)
        q, k, v = (
            torch.randn(1, heads, n, d, dtype=getattr(torch, dtype), requires_grad=backward) for _ in range(3)
        )
        attend = lambda: torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=causal)
        units = 4.0 * heads * n * n * d * (0.5 if causal else 1.0) * (2.5 if backward else 1.0)
        if not backward:
            return attend, units
        out = attend()
        upstream = torch.randn_like(out)
        return (lambda: torch.autograd.grad(out, (q, k, v), upstream, retain_graph=True)), units

    return setup


ATTENTION = {
    "attention f32 D64 S2048": (2048, 64, 1),
    "attention f32 D64 S2048 causal": (2048, 64, 1, "float32", True),
    "attention f32 D64 S512, 8 heads": (512, 64, 8),
    "attention f32 D64 S512, 8 heads, causal": (512, 64, 8, "float32", True),
    "attention f32 D128 S2048": (2048, 128, 1),
    "attention bf16 D64 S2048": (2048, 64, 1, "bfloat16"),
    "attention f64 D64 S1024": (1024, 64, 1, "float64"),
    "attention backward f32 D64 S2048": (2048, 64, 1, "float32", False, True),
    "attention backward f32 D64 S2048 causal": (2048, 64, 1, "float32", True, True),
}


def numpy_gemm(dtype):
    def setup():
        import numpy as np

        generator = np.random.Generator(np.random.Philox(1))
        a, b = generator.random((512, 512), dtype=dtype), generator.random((512, 512), dtype=dtype)
        out = np.empty((512, 512), dtype=dtype)
        return (lambda: np.matmul(a, b, out=out)), 2 * 512**3

    return setup


def scipy_score(family):
    """Log likelihood by SciPy, its derivatives by the parameters written out in NumPy: what one does by hand."""

    def setup():
        import numpy as np
        from scipy import special, stats

        n = 1_000_000
        generator = np.random.Generator(np.random.Philox(1))

        def normal(x=generator.normal(0.5, 2.0, n)):
            z = (x - 0.5) / 2.0
            return stats.norm.logpdf(x, 0.5, 2.0).sum(), (z / 2.0).sum(), ((z * z - 1.0) / 2.0).sum()

        def gamma(x=generator.gamma(2.5, 2.0, n)):
            by_shape = (np.log(0.5) - special.digamma(2.5) + np.log(x)).sum()
            return stats.gamma.logpdf(x, 2.5, scale=2.0).sum(), by_shape, (2.5 / 0.5 - x).sum()

        def beta(x=generator.beta(2.0, 3.0, n)):
            sum_term = special.digamma(5.0)
            by_a, by_b = np.log(x) + sum_term - special.digamma(2.0), np.log1p(-x) + sum_term - special.digamma(3.0)
            return stats.beta.logpdf(x, 2.0, 3.0).sum(), by_a.sum(), by_b.sum()

        def student_t(x=0.5 + 2.0 * generator.standard_t(4.0, n)):
            z = (x - 0.5) / 2.0
            w = 5.0 * z / (4.0 + z * z)
            constant = 0.5 * (special.digamma(2.5) - special.digamma(2.0) - 0.25)
            by_df = constant + 0.5 * (z * w / 4.0 - np.log1p(z * z / 4.0))
            value = stats.t.logpdf(x, 4.0, 0.5, 2.0).sum()
            return value, by_df.sum(), (w / 2.0).sum(), ((z * w - 1.0) / 2.0).sum()

        def poisson(x=generator.poisson(7.5, n)):
            return stats.poisson.logpmf(x, 7.5).sum(), (x / 7.5 - 1.0).sum()

        functions = {"normal": normal, "gamma": gamma, "beta": beta, "student_t": student_t, "poisson": poisson}
        return functions[family], n

    return setup


def arviz_summary():
    import arviz
    import numpy as np

    draws = np.random.Generator(np.random.Philox(1)).standard_normal((4, 1000, 100))
    data = arviz.convert_to_dataset({"x": draws})
    return (lambda: arviz.summary(data, round_to="none")), 100


def pandas_csv(folder):
    def setup():
        import pandas

        path = csv_file(folder)
        return (lambda: pandas.read_csv(path)), os.path.getsize(path)

    return setup


def csv_file(folder):
    """1e6 rows of 28 numbers with ten digits: one block of 10,000 rows, repeated."""
    path = folder / "1e6x28.csv"
    if not path.exists():
        import numpy as np

        block = np.random.Generator(np.random.Philox(1)).standard_normal((10_000, 28))
        lines = "".join(",".join(f"{x:.9g}" for x in row) + "\n" for row in block)
        partial = path.with_suffix(".partial")
        with open(partial, "w") as out:
            out.write(",".join(f"x{i}" for i in range(28)) + "\n")
            for _ in range(100):
                out.write(lines)
        partial.rename(path)
    return path


def garch_data(steps):
    """A simulated GARCH(1,1) series: mu 0.1, alpha0 0.2, alpha1 0.3, beta1 0.5."""
    import numpy as np

    noise = np.random.Generator(np.random.Philox(7)).standard_normal(steps)
    y, sigma = [], 0.7
    for z in noise:
        y.append(0.1 + sigma * float(z))
        sigma = (0.2 + 0.3 * (y[-1] - 0.1) ** 2 + 0.5 * sigma**2) ** 0.5
    return {"T": steps, "y": y, "sigma1": 0.7}


def logistic_data(rows, columns):
    import numpy as np

    generator = np.random.Generator(np.random.Philox(11))
    x = generator.standard_normal((rows, columns))
    beta = generator.standard_normal(columns) / columns**0.5
    y = (generator.random(rows) < 1 / (1 + np.exp(-x @ beta))).astype(int)
    return {"N": rows, "D": columns, "X": x.tolist(), "y": y.tolist()}


def network_rows(file, count=16, scattered=False):
    """A network and rows of evidence drawn from it; every fifth node is observed: always the same ones, or others in
    each row when scattered."""

    def make():
        import numpy as np
        import pyagrum

        path = HERE.parents[2] / "shared" / "data" / "bn" / file
        if not path.exists():
            return {"path": "", "rows": []}
        network = pyagrum.loadBN(str(path))
        generator, rows = np.random.Generator(np.random.Philox(13)), []
        for _ in range(count):
            states = {}
            for node in network.topologicalOrder():
                name = network.variable(node).name()
                given = {network.variable(p).name(): states[network.variable(p).name()] for p in network.parents(node)}
                chances = np.asarray(network.cpt(node)[given] if given else network.cpt(node).toarray(), dtype=float)
                states[name] = int(generator.choice(chances.size, p=chances / chances.sum()))
            names = sorted(states)[::5]
            if scattered:
                names = [name for name in sorted(states) if generator.random() < 0.2]
            rows.append({name: network.variable(name).label(states[name]) for name in names})
        return {"path": str(path), "rows": rows}

    return make


def agrum_posteriors(name, folder):
    """All posteriors by pyAgrum's lazy propagation, row after row; its answer is the first row's."""

    def setup():
        import pyagrum

        data = json.loads((folder / f"{name}.json").read_text())
        network = pyagrum.loadBN(data["path"])
        for node in network.nodes():
            network.cpt(node).normalizeAsCPT()
        engine = pyagrum.LazyPropagation(network)
        engine.setNumberOfThreads(1)
        nodes, rows = sorted(network.names()), data["rows"]

        def one(row):
            engine.setEvidence(row)
            engine.makeInference()
            return [engine.posterior(node) for node in nodes]

        def call():
            for row in rows:
                one(row)

        answer = [float(p) for table in one(rows[0]) for p in table.toarray()]
        return call, len(rows), answer

    return setup


def pgmpy_posteriors(name, folder):
    """All posteriors by pgmpy's variable elimination, node by node (asked for all at once it makes the joint table), on
    two of the rows."""

    def setup():
        import logging

        import numpy as np
        from pgmpy.inference import VariableElimination
        from pgmpy.readwrite import BIFReader

        logging.disable(logging.WARNING)
        data = json.loads((folder / f"{name}.json").read_text())
        network = BIFReader(data["path"]).get_model()
        for table in network.get_cpds():
            table.normalize()
        engine, nodes, rows = VariableElimination(network), sorted(network.nodes()), data["rows"][:2]
        states = {}  # pgmpy sorts the states that a file lists in an order of its own
        for line in pathlib.Path(data["path"]).read_text().splitlines():
            words = line.replace(",", " ").split()
            if words[:1] == ["variable"]:
                states[words[1]] = []
                last = words[1]
            elif words[:1] == ["type"]:
                states[last] = words[words.index("{") + 1 : words.index("};")]

        def one(row):
            return {node: engine.query([node], evidence=row, show_progress=False) for node in nodes if node not in row}

        def call():
            for row in rows:
                one(row)

        found, answer = one(rows[0]), []
        for node in nodes:
            if node in rows[0]:
                answer += [float(state == rows[0][node]) for state in states[node]]
            else:
                values = dict(zip(found[node].state_names[node], np.asarray(found[node].values, dtype=float)))
                answer += [float(values[state]) for state in states[node]]
        return call, len(rows), answer

    return setup


def learning_set(name, rows):
    """The first rows of a shared learning set as a CSV file."""

    def make():
        import gzip

        path = HERE.parents[2] / "shared" / "data" / "bn" / "learn" / f"{name}-10000.txt.gz"
        if not path.exists():
            return {"path": ""}
        lines = gzip.open(path, "rt").read().split("\n")[: rows + 1]
        out = pathlib.Path(tempfile.gettempdir()) / f"credence-peers-{name}-{rows}.csv"
        out.write_text("\n".join(",".join(line.split()) for line in lines) + "\n")
        return {"path": str(out)}

    return make


def agrum_learning(name, folder, choose):
    """Structure learning by pyAgrum on one thread, from a table that is in its memory already."""

    def setup():
        import pandas
        import pyagrum

        path = json.loads((folder / f"{name}.json").read_text())["path"]
        table = pandas.read_csv(path, dtype=str)
        learner = pyagrum.BNLearner(table)
        learner.setNumberOfThreads(1)
        learner.useNoPrior()
        call = choose(learner)
        return call, 1

    return setup


def agrum_hill_climbing(learner):
    learner.useScoreBIC()
    learner.useGreedyHillClimbing()
    return learner.learnDAG


NETWORKS = ["alarm", "win95pts", "hailfinder", "insurance", "andes", "pigs"]
EIGHT_SCHOOLS = {"J": 8, "y": [28, 8, -3, 7, -1, 1, 18, 12], "sigma": [15, 10, 16, 11, 9, 11, 10, 18]}
INPUTS = {
    "eight_schools": lambda: EIGHT_SCHOOLS,
    "garch": lambda: garch_data(1000),
    "logistic": lambda: logistic_data(1000, 25),
    "logistic_10": lambda: logistic_data(1000, 10),
    "logistic_20": lambda: logistic_data(5000, 20),
    **{name: network_rows(f"{name}.bif") for name in NETWORKS},
    "alarm_scattered": network_rows("alarm.bif", 1000, True),
    "alarm_learning": learning_set("alarm", 10_000),
}


def write_inputs(folder):
    """The data that both sides read."""
    write_sift(folder)
    for name, make in INPUTS.items():
        path = folder / f"{name}.json"
        if not path.exists():
            path.write_text(json.dumps(make()))


def write_sift(folder):
    """SIFT descriptors as raw bytes: the real ones, and 100,000 between pairs of them with some noise."""
    source = HERE.parents[2] / "shared" / "data" / "tabular"
    if (folder / "sift100k.bin").exists() or not (source / "sift_base_u8.bin.gz").exists():
        return
    import gzip

    import numpy as np

    base = np.frombuffer(gzip.decompress((source / "sift_base_u8.bin.gz").read_bytes()), np.uint8).reshape(-1, 128)
    queries = np.frombuffer(gzip.decompress((source / "sift_query_u8.bin.gz").read_bytes()), np.uint8)
    generator = np.random.Generator(np.random.Philox(1))
    a, b = base[generator.integers(0, len(base), 100_000)], base[generator.integers(0, len(base), 100_000)]
    part = generator.uniform(0.5, 1.0, (100_000, 1))
    mixed = part * a + (1 - part) * b + generator.normal(0, 8, a.shape)
    (folder / "sift9k.bin").write_bytes(base.tobytes())
    (folder / "sift_query.bin").write_bytes(queries.tobytes())
    (folder / "sift100k.bin").write_bytes(np.clip(np.rint(mixed), 0, 255).astype(np.uint8).tobytes())


CLOUDS = {"uniform": (1_000_000, 3), "8-D": (100_000, 8)}


def python_tree(package, kind, k, folder):
    """A batch of queries to a kd-tree of a Python package, on one thread; our side has written the points."""

    def setup():
        import numpy as np

        n, d = CLOUDS[kind]
        values = np.fromfile(folder / f"cloud_{kind}.f32", np.float32).reshape(-1, d)
        points, queries = values[:n], values[n:]
        if package == "scipy":
            from scipy.spatial import cKDTree

            tree = cKDTree(points)
            return (lambda: tree.query(queries, k=k, workers=1)), len(queries)
        if package == "scikit-learn":
            from sklearn.neighbors import KDTree

            tree = KDTree(points)
            return (lambda: tree.query(queries, k=k)), len(queries)
        from pykdtree.kdtree import KDTree

        tree = KDTree(points, leafsize=16)
        return (lambda: tree.query(queries, k=k)), len(queries)

    return setup


def neighbor_rows(folder):
    table = []
    for kind in ("uniform", "8-D", "clustered", "gridded", "sorted", "duplicates", "lidar"):
        for peer in ("nanoflann", "pico_tree", "flann"):
            for k in (1, 10):
                name = f"neighbors {kind} k={k}"
                table.append(Row(f"{name} ({peer})", "us", peer, f"{name} {peer}", ours=name))
                table.append(Row(f"{name} batch ({peer})", "us", peer, f"{name} {peer}", ours=f"{name} batch"))
            if peer != "flann":
                name = f"neighbors {kind} build"
                table.append(Row(f"{name} ({peer})", "us", peer, f"{name} {peer}", ours=f"{name}, threads 1"))
    for kind in CLOUDS:
        for package in ("scipy", "scikit-learn", "pykdtree"):
            for k in (1, 10):
                name = f"neighbors {kind} k={k} batch"
                table.append(Row(f"{name} ({package})", "us", package, python_tree(package, kind, k, folder), ours=name))
    name = "neighbors SIFT 100000 x 128 bytes, recall 0.9"
    table.append(Row(name, "us", "flann", f"{name} flann"))
    table.append(Row("neighbors uniform build on two threads", "us", "own, one thread", "neighbors uniform build, threads 1",
                     ours="neighbors uniform build, threads 2"))
    return table


def ensemble_peer(package, what, folder):
    """Fits or predicts by another library on the rows that our side has written; one thread, as ours."""

    def setup():
        import numpy as np

        values = np.fromfile(folder / "higgs_like.f32", np.float32)
        n = values.size // 29
        x, y = values[: n * 28].reshape(-1, 28), values[n * 28 :]
        rows = 20_000 if what in ("predict", "forest", "extra") else n
        if package == "xgboost":
            import xgboost

            model = xgboost.XGBClassifier(n_estimators=100, max_depth=6, learning_rate=0.1, tree_method="hist", n_jobs=1)
        elif package == "lightgbm":
            import lightgbm

            model = lightgbm.LGBMClassifier(n_estimators=100, max_depth=6, num_leaves=63, learning_rate=0.1, n_jobs=1, verbose=-1)
        else:
            from sklearn import ensemble

            make = ensemble.RandomForestClassifier if what == "forest" else ensemble.ExtraTreesClassifier
            bag = {"oob_score": True} if what == "forest" else {}
            model = make(100, max_features=5, n_jobs=1, random_state=1, **bag)
        if what != "predict":
            return (lambda: model.fit(x[:rows], y[:rows])), 1
        model.fit(x[:rows], y[:rows])
        return (lambda: model.predict_proba(x)), n

    return setup


def ensemble_rows(folder):
    table = []
    for package in ("xgboost", "lightgbm"):
        for what, name, unit in (("fit", "boosting 200000 x 28, depth 6", "us"), ("predict", "boosting predict, 100 trees of depth 6", "ns")):
            table.append(Row(f"{name} ({package})", unit, package, ensemble_peer(package, what, folder), ours=name))
    for what, name in (("forest", "random forest 20000 x 28"), ("extra", "extra trees 20000 x 28")):
        table.append(Row(name, "us", "scikit-learn", ensemble_peer("scikit-learn", what, folder)))
    return table


def stanli_gradient(program, folder):
    """ns per gradient of a Stan program, called in a C loop through stanli's own C interface."""

    def setup():
        import numpy as np
        import stanli

        library = folder / "gradient_loop.so"
        compiler = os.environ.get("CC", "cc")
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", HERE / "gradient_loop.c", "-o", library], check=True)
        loop = ctypes.CDLL(str(library)).gradient_loop
        loop.restype = ctypes.c_int64
        loop.argtypes = [ctypes.c_void_p] * 5 + [ctypes.c_int64]
        data = (folder / f"{program}.json").read_text()
        model = stanli.Model(stan_file=str(HERE / "stan" / f"{program}.stan"), data=data)
        q = np.full(model.n_unconstrained, 0.1)
        value, grad = np.zeros(1), np.zeros(model.n_unconstrained)
        function = ctypes.cast(stanli._lib.stanli_grad, ctypes.c_void_p)
        calls = 2000

        def call():
            if loop(function, model._m, q.ctypes.data, value.ctypes.data, grad.ctypes.data, calls) != 0:
                raise RuntimeError("stanli could not evaluate the gradient")

        return call, calls, model.log_prob_grad(q)[1].tolist()

    return setup


def effective_draws(draws):
    """The fewest effective draws over parameters, from (chains, draws, parameters)."""
    import arviz

    return float(min(arviz.ess(arviz.convert_to_dataset(draws[:, :, k]))["x"] for k in range(draws.shape[2])))


def stanli_sampling(program, data, delta, folder):
    """Four chains of Stan's NUTS, one after the other, as `credence_peers` runs ours."""

    def setup():
        import numpy as np
        import stanli

        text = (folder / f"{data}.json").read_text()
        model = stanli.Model(stan_file=str(HERE / "stan" / f"{program}.stan"), data=text)

        def call():
            return model.sample(chains=4, seed=5, delta=delta, parallel_chains=1, refresh=0)

        fit = call()
        return call, effective_draws(np.asarray(fit.draws))

    return setup


def numpyro_sampling(program, data, delta, folder):
    """Four chains of NumPyro's NUTS, one after the other, compiled before the clock starts."""

    def setup():
        os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
        import jax
        import numpy as np
        import numpyro
        import numpyro.distributions as dist
        from numpyro.infer import MCMC, NUTS

        jax.config.update("jax_enable_x64", True)
        given = {k: np.asarray(v) for k, v in json.loads((folder / f"{data}.json").read_text()).items()}

        def eight_schools():
            mu, tau = numpyro.sample("mu", dist.Normal(0, 5)), numpyro.sample("tau", dist.HalfCauchy(5))
            z = numpyro.sample("z", dist.Normal(0, 1).expand([8]).to_event(1))
            numpyro.sample("y", dist.Normal(mu + tau * z, given["sigma"]), obs=given["y"])

        def logistic():
            beta = numpyro.sample("beta", dist.Normal(0, 1).expand([given["X"].shape[1]]).to_event(1))
            numpyro.sample("y", dist.Bernoulli(logits=given["X"] @ beta), obs=given["y"])

        kernel = NUTS({"eight_schools": eight_schools, "logistic": logistic}[program], target_accept_prob=delta)
        mcmc = MCMC(kernel, num_warmup=1000, num_samples=1000, num_chains=4, chain_method="sequential", progress_bar=False)

        def call():
            mcmc.run(jax.random.PRNGKey(5))
            jax.block_until_ready(mcmc.get_samples())

        call()
        draws = mcmc.get_samples(group_by_chain=True)
        columns = [np.asarray(v).reshape(4, 1000, -1) for v in draws.values()]
        return call, effective_draws(np.concatenate(columns, axis=2))

    return setup


def input_numbers(folder, name):
    """What our row wrote when it was set up, which is before the peer is."""
    import numpy as np

    return np.fromfile(folder / name, dtype="float64")


def scipy_mle(family, folder):
    def setup():
        from scipy import stats

        x = input_numbers(folder, f"{family}_fit.f64")
        if family == "gamma":
            return (lambda: stats.gamma.fit(x, floc=0)), 1
        return (lambda: stats.weibull_min.fit(x, floc=0)), 1

    return setup


def statsmodels_logistic(rows_count, columns, folder):
    def setup():
        import statsmodels.api as sm

        name = f"logistic_fit_{rows_count}x{columns}"
        x = input_numbers(folder, f"{name}.x.f64").reshape(columns, rows_count).T.copy()
        y = input_numbers(folder, f"{name}.y.f64")
        fit = lambda: sm.GLM(y, x, family=sm.families.Binomial()).fit()
        return fit, 1, list(fit().params)

    return setup


def statsmodels_bootstrap(folder):
    def setup():
        import numpy as np
        import statsmodels.api as sm

        x = input_numbers(folder, "logistic_fit_1000x5.x.f64").reshape(5, 1000).T.copy()
        y = input_numbers(folder, "logistic_fit_1000x5.y.f64")
        generator = np.random.Generator(np.random.Philox(1))

        def loop():
            for _ in range(20):
                rows = generator.integers(0, 1000, 1000)
                sm.Logit(y[rows], x[rows]).fit(disp=0)

        return loop, 20

    return setup


def estimate_rows(folder):
    logistic = statsmodels_logistic(1000000, 20, folder)
    return [
        Row("gamma MLE, n = 1e6", "us", "scipy", scipy_mle("gamma", folder)),
        Row("weibull MLE, n = 1e6", "us", "scipy", scipy_mle("weibull", folder)),
        Row("logistic GLM, 1e6 x 20, threads 1", "us", "statsmodels", logistic),
        Row("logistic GLM, 1e6 x 20, threads 2", "us", "statsmodels", logistic),
        Row("bootstrap refit, logistic 1000 x 5", "us", "statsmodels", statsmodels_bootstrap(folder)),
    ]


def rows(folder):
    random = [
        ("random words", lambda g: g.integers(0, 2**32, SIZE, dtype="uint32")),
        ("uniform f64", lambda g: g.random(SIZE)),
        ("normal f32", lambda g: g.standard_normal(SIZE, dtype="float32")),
        ("normal f64", lambda g: g.standard_normal(SIZE)),
        ("exponential f64", lambda g: g.standard_exponential(SIZE)),
        ("gamma(2.5) f64", lambda g: g.standard_gamma(2.5, SIZE)),
        ("beta(2,3) f64", lambda g: g.beta(2.0, 3.0, SIZE)),
        ("poisson(3.5)", lambda g: g.poisson(3.5, SIZE)),
        ("poisson(100)", lambda g: g.poisson(100.0, SIZE)),
        ("binomial(50,0.3)", lambda g: g.binomial(50, 0.3, SIZE)),
        ("integers below 1000", lambda g: g.integers(0, 1000, SIZE)),
    ]
    table = [Row(name, "ns", "numpy", numpy_random(draw)) for name, draw in random]
    for name, shift in [("exp", 0.0), ("log", 50.5), ("sin", 0.0), ("tanh", 0.0)]:
        table += [
            Row(f"{name} f64", "ns", "libm", f"{name} f64: libm"),
            Row(f"{name} f64 (against NumPy)", "ns", "numpy", numpy_map(name, shift), ours=f"{name} f64"),
        ]
    table += [
        Row("gemm f64 512", "GFLOP/s", "OpenBLAS", "gemm f64 512: OpenBLAS"),
        Row("gemm f32 512", "GFLOP/s", "OpenBLAS", "gemm f32 512: OpenBLAS"),
        Row("gemm f64 512 (against Eigen)", "GFLOP/s", "Eigen", "gemm f64 512: Eigen", ours="gemm f64 512"),
        Row("gemm f32 512 (against Eigen)", "GFLOP/s", "Eigen", "gemm f32 512: Eigen", ours="gemm f32 512"),
        Row("gemm f64 512 (against NumPy)", "GFLOP/s", "numpy", numpy_gemm("float64"), ours="gemm f64 512"),
        Row("gemm f32 512 (against NumPy)", "GFLOP/s", "numpy", numpy_gemm("float32"), ours="gemm f32 512"),
    ]
    table += [Row(name, "GFLOP/s", "torch", torch_attention(*shape)) for name, shape in ATTENTION.items()]
    table += [
        Row(f"log_pdf + gradient, {family}", "ns", "scipy", scipy_score(family))
        for family in ("normal", "gamma", "beta", "student_t", "poisson")
    ]
    table += [
        Row("CSV of 1e6 x 28", "MB/s", "pandas", pandas_csv(folder)),
        Row("summary of 4 x 1000 x 100 draws", "us", "arviz", arviz_summary),
        Row("gradient, eight schools, 1 lane", "ns", "stanli", stanli_gradient("eight_schools", folder)),
        Row("gradient, eight schools, 256 lanes", "ns", "stanli", stanli_gradient("eight_schools", folder)),
        Row("gradient, GARCH(1,1) of 1000 steps, 1 lane", "ns", "stanli", stanli_gradient("garch", folder)),
        Row("gradient, logistic 1000 x 25, 1 lane", "ns", "stanli", stanli_gradient("logistic", folder)),
        Row("gradient, logistic 1000 x 25, 64 lanes", "ns", "stanli", stanli_gradient("logistic", folder)),
    ]
    for name, program, data, delta in [
        ("eight schools", "eight_schools", "eight_schools", 0.95),
        ("logistic 1000 x 10", "logistic", "logistic_10", 0.8),
        ("logistic 5000 x 20", "logistic", "logistic_20", 0.8),
    ]:
        ours = f"effective draw, {name}"
        table += [
            Row(ours, "us", "stanli", stanli_sampling(program, data, delta, folder)),
            Row(f"{ours} (against NumPyro)", "us", "numpyro", numpyro_sampling(program, data, delta, folder), ours=ours),
        ]
        if program == "logistic":
            peer = stanli_sampling(program, data, delta, folder)
            table.append(Row(f"{ours} (low rank, warm-up 400)", "us", "stanli", peer, ours=f"{ours}: low rank"))
    table += [
        Row(f"all posteriors of {name}, 20 % observed", "us", "pyagrum", agrum_posteriors(name, folder)) for name in NETWORKS
    ]
    for name in ["alarm", "insurance"]:
        ours = f"all posteriors of {name}, 20 % observed"
        table.append(Row(f"{ours} (against pgmpy)", "us", "pgmpy", pgmpy_posteriors(name, folder), ours=ours))
    scattered = agrum_posteriors("alarm_scattered", folder)
    table += [
        Row("posteriors of alarm, 10,000 rows with their own 20 %", "us", "pyagrum", scattered),
        Row("posteriors of alarm, the same rows one by one", "us", "pyagrum", scattered),
        Row(
            "hill climbing with BIC, alarm, 10,000 rows",
            "us",
            "pyagrum",
            agrum_learning("alarm_learning", folder, agrum_hill_climbing),
        ),
    ]
    table += neighbor_rows(folder)
    table += ensemble_rows(folder)
    table += estimate_rows(folder)
    return table
