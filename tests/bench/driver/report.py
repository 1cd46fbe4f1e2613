# SPDX-License-Identifier: MPL-2.0
"""Tables and JSON of what was measured."""

import json
import os
import platform
import statistics
import subprocess
import time

BASE = "floe"
NOTHING = "–"


def read_first(path, prefix):
    """What follows @prefix in the first line of a file that begins with it."""
    try:
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                if line.startswith(prefix):
                    return line.partition("=" if "=" in line else ":")[2].strip().strip('"')
    except OSError:
        pass
    return "unknown"


def get_commit():
    command = ["git", "-C", os.path.dirname(os.path.abspath(__file__)), "describe", "--always",
               "--dirty", "--abbrev=10"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def describe_machine():
    """What the figures depend on, as it was before the first run."""
    return {"date": time.strftime("%Y-%m-%d", time.gmtime()),
            "commit": get_commit(),
            "cpu": read_first("/proc/cpuinfo", "model name"),
            "cores": len(os.sched_getaffinity(0)),
            "kernel": platform.release(),
            "system": read_first("/etc/os-release", "PRETTY_NAME="),
            "load": os.getloadavg()[0]}


def summarize(values, reading):
    """Median, best, and how far the rounds are apart, in percent of the median."""
    median = statistics.median(values)
    return {"median": median,
            "best": max(values) if reading.is_higher_better else min(values),
            "spread": 100 * (max(values) - min(values)) / median if median else 0.0,
            "rounds": values}


def get_ratio(ours, theirs, reading):
    """How many times better Floe is: above 1 it is faster or smaller, whatever the unit."""
    if not ours or not theirs:
        return None
    return ours / theirs if reading.is_higher_better else theirs / ours


def collect(bench, names, measures):
    """A row for each reading: {stack: summary with its ratio, or with why there is none}."""
    rows = []
    for reading in (reading for measure in measures for reading in measure.readings):
        cells = {}
        for name in names:
            key = (name, reading.name)
            # Of a stack that failed in a later round nothing is shown.
            if key in bench.reasons or key not in bench.values:
                cells[name] = {"reason": bench.reasons.get(key, "not measured")}
            else:
                cells[name] = summarize(bench.values[key], reading)
        ours = cells.get(BASE, {}).get("median")
        for name, cell in cells.items():
            if "median" in cell and name != BASE:
                cell["ratio"] = get_ratio(ours, cell["median"], reading)
        rows.append((reading, cells))
    return rows


def show(value, digits):
    return NOTHING if value is None else f"{value:,.{digits}f}"


def make_table(heads, rows):
    lines = [" | ".join(heads), " | ".join(["---"] + ["---:"] * (len(heads) - 1))]
    lines += [" | ".join(row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines) + "\n"


def make_medians(rows, names):
    return make_table(["median"] + names,
                      [[f"{reading.title} ({reading.unit})"]
                       + [show(cells[name].get("median"), reading.digits) for name in names]
                       for reading, cells in rows])


def make_ratios(rows, names):
    others = [name for name in names if name != BASE]
    return make_table(["Floe is better by"] + others,
                      [[reading.title] + [show(cells[name].get("ratio"), 2) for name in others]
                       for reading, cells in rows])


def make_details(rows, names):
    lines = []
    for reading, cells in rows:
        row = [f"{reading.title} ({reading.unit})"]
        for name in names:
            cell = cells[name]
            row.append(NOTHING if "reason" in cell else
                       f"{show(cell['best'], reading.digits)} (±{cell['spread'] / 2:.0f} %)")
        lines.append(row)
    return make_table(["best round (half the spread)"] + names, lines)


def make_modes(bench, names, trials):
    """What each trial gave in one and in two processes, the better one in bold."""
    lines = []
    for name in names:
        line = [f"{name} {bench.versions[name]}"]
        for trial in trials:
            for mode in ("one", "two"):
                value = bench.modes.get((name, trial.name), {}).get(mode)
                text = show(value, trial.readings[0].digits)
                line.append(f"**{text}**" if value is not None
                            and mode == bench.chosen[name, trial.name] else text)
        lines.append(line)
    heads = [f"{trial.name}, {mode} ({trial.readings[0].unit})" for trial in trials
             for mode in ("one", "two")]
    return make_table(["stack", *heads], lines)


def make_reasons(rows):
    """A line for each dash."""
    reasons = {f"- {name}, {reading.title}: {cell['reason']}.\n"
               for reading, cells in rows for name, cell in cells.items() if "reason" in cell}
    return "".join(sorted(reasons))


def make_markdown(bench, names, rows, trials, machine):
    options = bench.options
    parts = [
        "# The benchmark\n",
        f"Commit {machine['commit']}, {machine['date']}, {machine['system']}, kernel "
        f"{machine['kernel']}, {machine['cores']} cores ({machine['cpu']}), load "
        f"{machine['load']:.1f} before the first run; {options.rounds} rounds, transfers of "
        f"{options.seconds:g} s.\n`sh tests/bench/run.sh` measures it, and "
        "[benchmark.md](../benchmark.md) tells how, and what the numbers do not say.\n",
        make_medians(rows, names),
        "How many times better Floe is than each, by the medians: above 1 Floe carries more or "
        "takes less.\n", make_ratios(rows, names), make_details(rows, names),
        "Each stack in one and in two processes, tried once: goodput with messages of 64 KiB, the "
        "median round trip\nand time to open. What was better (bold) is what was measured above: "
        "goodput decides for all transfers,\nthe time to open for connections and memory.\n",
        make_modes(bench, names, trials)]
    reasons = make_reasons(rows)
    if reasons:
        parts += ["Where there is a dash:\n", reasons]
    if bench.notes:
        parts += ["Besides:\n", "".join(f"- {note}.\n" for note in sorted(set(bench.notes)))]
    return "\n".join(parts)


def write(bench, names, measures, trials, machine):
    rows = collect(bench, names, measures)
    text = make_markdown(bench, names, rows, trials, machine)
    print(text, flush=True)
    if bench.options.table:
        with open(bench.options.table, "w", encoding="utf-8") as table:
            table.write(text)
    if bench.options.json:
        document = {
            "machine": machine, "rounds": bench.options.rounds, "seconds": bench.options.seconds,
            "notes": sorted(set(bench.notes)),
            "stacks": {name: {"version": bench.versions[name],
                              "trials": {trial.name: {"chosen": bench.chosen[name, trial.name],
                                                      **bench.modes[name, trial.name]}
                                         for trial in trials if (name, trial.name) in bench.chosen}}
                       for name in names},
            "readings": {reading.name: {"title": reading.title, "unit": reading.unit,
                                        "isHigherBetter": reading.is_higher_better,
                                        "stacks": cells} for reading, cells in rows}}
        with open(bench.options.json, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1, ensure_ascii=False)
            file.write("\n")
