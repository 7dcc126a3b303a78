# SPDX-License-Identifier: BSD-3-Clause
"""Times credence and its peers in turns, in one run on one machine, and writes the ratios.

compare.py PROGRAM FOLDER RESULT.json [--rounds N] [--only TEXT]

PROGRAM is credence_peers (our side, and peers that are C++ libraries); FOLDER takes input files. Each round times one
batch of each side; the number shown is the median over rounds. A row whose own side or peer is missing is unmeasured.
"""

import argparse
import importlib.metadata
import json
import os
import pathlib
import platform
import statistics
import subprocess
import time

import peer_rows


class Program:
    """credence_peers, kept running so that its caches stay warm."""

    def __init__(self, path, folder):
        self.process = subprocess.Popen([path, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.names = set(self.ask("list").split("\t"))

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def seconds(self, name):
        """Seconds per unit of one batch."""
        if name not in self.names:
            raise LookupError("not in this build")
        answer = self.ask(name)
        if answer.startswith("error") or not answer:
            raise RuntimeError(answer or "credence_peers ended")
        return float(answer)


    def answer(self, name):
        return [float(word) for word in self.ask("answer " + name).split()]


def time_batch(call, units):
    start, calls = time.perf_counter(), 0
    while True:
        call()
        calls += 1
        seconds = time.perf_counter() - start
        if seconds >= 0.1:
            return seconds / (calls * units)


def peer_timer(row, program):
    """A function that times one batch of the peer. Where the peer tells its answer, ours has to be the same."""
    if isinstance(row.peer, str):
        return lambda: program.seconds(row.peer)
    call, units, *answer = row.peer()
    if answer and row.ours in program.names:
        ours, largest = program.answer(row.ours), max(abs(value) for value in answer[0])
        if len(ours) != len(answer[0]) or any(abs(a - b) > 1e-9 * largest for a, b in zip(ours, answer[0])):
            raise RuntimeError("the answers differ")
    call()
    return lambda: time_batch(call, units)


def version_of(package):
    try:
        return f"{package} {importlib.metadata.version(package)}"
    except importlib.metadata.PackageNotFoundError:
        return package


def measure(row, program, rounds):
    """Medians of both sides in seconds per unit, taken in turns; what is missing is named in `unmeasured`."""
    result = {"name": row.name, "unit": row.unit, "peer_name": version_of(row.package)}
    timers = {}
    for side, make in {"ours": lambda: lambda: program.seconds(row.ours), "peer": lambda: peer_timer(row, program)}.items():
        try:
            timer = make()
            timer()
            timers[side] = timer
        except Exception as failure:  # a side that cannot be had leaves its row unmeasured, and says why
            result.setdefault("unmeasured", []).append(f"{side}: {failure}".splitlines()[0])
    samples = {side: [] for side in timers}
    for _ in range(rounds):
        for side, timer in timers.items():
            samples[side].append(timer())
    for side, values in samples.items():
        result[side] = statistics.median(values)
        result[f"{side}_samples"] = values
    if len(samples) == 2:
        result["ratio"] = result["peer"] / result["ours"]
    return result


def shown(row, result, side):
    if side not in result:
        return "-"
    seconds = result[side]
    return f"{seconds * row.scale:.4g}" if row.scale else f"{1 / seconds * row.rate_scale:.4g}"


def print_table(rows, results):
    print(f"{'what':44} {'unit':>8} {'credence':>10} {'peer':>10} {'ratio':>7}  peer")
    for row, result in zip(rows, results):
        ratio = f"{result['ratio']:.2f}" if "ratio" in result else "-"
        note = "  unmeasured: " + "; ".join(result["unmeasured"]) if "unmeasured" in result else ""
        print(f"{row.name:44} {row.unit:>8} {shown(row, result, 'ours'):>10} {shown(row, result, 'peer'):>10} "
              f"{ratio:>7}  {result['peer_name']}{note}")
    print("ratio: how many times faster credence is; below 1 the peer is faster")


def machine():
    name = platform.processor()
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            name = line.split(":", 1)[1].strip()
            break
    return {"cpu": name, "cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("result", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="rows whose name has this text")
    options = parser.parse_args()

    options.folder.mkdir(parents=True, exist_ok=True)
    peer_rows.write_inputs(options.folder)
    program = Program(options.program, str(options.folder))
    rows = [row for row in peer_rows.rows(options.folder) if options.only in row.name]
    results = []
    for row in rows:
        print(f"timing {row.name}", flush=True)
        results.append(measure(row, program, options.rounds))
    print()
    print_table(rows, results)
    revision = subprocess.run(["git", "-C", peer_rows.HERE, "rev-parse", "--short=12", "HEAD"], capture_output=True,
                              text=True, check=False).stdout.strip()
    report = {"machine": machine(), "git_revision": revision, "date": time.strftime("%Y-%m-%d"),
              "rounds": options.rounds, "unit_of_times": "seconds per unit of work", "rows": results}
    options.result.write_text(json.dumps(report, indent=1) + "\n")
    print(f"written to {options.result}")


if __name__ == "__main__":
    main()
