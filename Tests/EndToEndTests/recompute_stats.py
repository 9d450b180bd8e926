#!/usr/bin/env python3
"""Recomputes the figures of `teamfix stats` from the runs' events alone, by the definitions of docs/statistics.md, and compares.

usage: recompute_stats.py TEAMFIX

Runs in the folder and environment of the tests' repository. Every figure must be the same to the last bit: sums go in the order
of the events, and from the oldest run to the newest. Prints what differs; ends with 0 when nothing does.
"""
import csv
import datetime
import io
import json
import math
import subprocess
import sys

# No compiled file beside the sources.
sys.dont_write_bytecode = True

from recompute_run import Run, math_sum, service_time  # noqa: E402

Z = 1.959963984540054
problems = []


def teamfix(*words):
    done = subprocess.run([sys.argv[1], "stats", *words], capture_output=True, timeout=60)
    if done.returncode:
        sys.exit(f"stats {' '.join(words)} ended with {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode()


def same(where, given, wanted):
    """Notes every place where two values differ; None stands for what isn't there."""
    if isinstance(wanted, dict) and isinstance(given, dict):
        for key in sorted(set(given) | set(wanted)):
            same(f"{where}.{key}", given.get(key), wanted.get(key))
    elif isinstance(wanted, list) and isinstance(given, list):
        if len(given) != len(wanted):
            problems.append(f"{where} has {len(given)} rows, not {len(wanted)}")
        for number, (one, other) in enumerate(zip(given, wanted)):
            same(f"{where}[{number}]", one, other)
    elif given != wanted:
        problems.append(f"{where} is {given!r}, not {wanted!r}")


def quantiles(values):
    values = sorted(values)
    rank = {name: values[math.ceil(percent * len(values) / 100) - 1] if values else None
            for name, percent in (("p50", 50), ("p95", 95), ("p99", 99))}
    return {"count": len(values), **rank}


def wilson(good, count):
    if not count:
        return {"low": 0, "high": 1}
    p = good / count
    middle = p + Z * Z / (2 * count)
    margin = Z * math.sqrt(p * (1 - p) / count + Z * Z / (4 * count * count))
    scale = 1 + Z * Z / count
    return {"share": p, "low": max(0.0, (middle - margin) / scale), "high": min(1.0, (middle + margin) / scale)}


def totals(runs):
    outcomes = {}
    for run in runs:
        if run.outcome is not None:
            outcomes[run.outcome] = outcomes.get(run.outcome, 0) + 1
    tasks = {key: sum(run.counts[key] for run in runs) for key in runs[0].counts}
    checked = [run.verification() for run in runs]
    return {"runs": len(runs), "unfinished": sum(run.outcome is None for run in runs),
            "succeeded": sum(run.code == 0 for run in runs), "outcomes": outcomes,
            "duration": math_sum(run.whole for run in runs), "orchestrationTime": math_sum(run.duration for run in runs),
            "sequentialDuration": math_sum(run.sequential for run in runs), "tasks": tasks,
            "attempts": sum(len(run.ends) for run in runs), "failovers": sum(run.failovers for run in runs),
            "promptTokens": sum(run.prompt_tokens for run in runs), "answerTokens": sum(run.answer_tokens for run in runs),
            **{key: math_sum(one[key] for one in checked) if key == "buildTime" else sum(one[key] for one in checked)
               for key in checked[0]}}


def trend(names, runs):
    days = [datetime.datetime.strptime(name[:8], "%Y%m%d").date() for name in names]
    weekly = (max(days) - min(days)).days >= 28
    starts = [day - datetime.timedelta(days=day.weekday()) if weekly else day for day in days]
    step, buckets = datetime.timedelta(days=7 if weekly else 1), []
    day = min(starts)
    while day <= max(starts):
        own = [run for start, run in zip(starts, runs) if start == day]
        buckets.append({"start": day.isoformat(), "runs": len(own), "succeeded": sum(run.code == 0 for run in own),
                        "unfinished": sum(run.outcome is None for run in own),
                        "tasks": sum(len(run.tasks) for run in own), "answerTokens": sum(run.answer_tokens for run in own),
                        "duration": math_sum(run.whole for run in own)})
        day += step
    return {"period": "week" if weekly else "day", "buckets": buckets[-104:]}


def servers(runs):
    rows = []
    for name in sorted({part["name"] for run in runs for part in run.parts}):
        parts = [(run, part) for run in runs for part in run.parts if part["name"] == name]
        row = {"name": name, "runs": len(parts), "models": sorted({part["model"] for _, part in parts if part["model"]})}
        for key in ("attempts", "succeeded", "failed", "lost", "promptTokens", "answerTokens"):
            row[key] = sum(part[key] for _, part in parts)
        row["busy"] = math_sum(part["busy"] for _, part in parts)
        row["slotTime"] = math_sum(part["slots"] * run.duration for run, part in parts)
        row["utilization"] = row["busy"] / row["slotTime"] if row["slotTime"] > 0 else None
        for kind in ("prompt", "answer"):
            seconds = math_sum(part[kind][1] for _, part in parts)
            row[f"{kind}Rate"] = sum(part[kind][0] for _, part in parts) / seconds if seconds > 0.01 else None
        firsts = [first for _, part in parts for first in part["firsts"]]
        row["firstToken"], row["firstTokenTime"] = quantiles(firsts), math_sum(firsts)
        rows.append(row)
    return rows


def specialists(runs):
    rows = {}

    def row(run_rows, specialist, model):
        return run_rows.setdefault((specialist, model), {
            "specialist": specialist, "model": model, "attempts": 0, "succeeded": 0, "failed": 0, "cached": 0, "serviceTime": 0.0,
            "answerTokens": 0, "verified": 0, "refused": 0})

    for run in runs:
        own = {}
        for end, index in zip(run.ends, run.owners):
            if index is None:
                continue
            one = row(own, run.tasks[index].specialist, end["model"])
            one["attempts"] += 1
            one["failed"] += end["outcome"] == "failed"
            if end["outcome"] == "succeeded":
                one["succeeded"] += 1
                one["cached"] += bool(end.get("cached"))
                one["serviceTime"] += service_time(end)
                one["answerTokens"] += end.get("answerTokens") or 0
        for verdict in run.judged:
            if verdict.get("model") and verdict["specialist"] and verdict["result"] != "cancelled":
                row(own, verdict["specialist"], verdict["model"])["verified" if verdict["good"] else "refused"] += 1
        for key, one in own.items():
            whole = row(rows, *key)
            for name in whole:
                if name not in ("specialist", "model"):
                    whole[name] += one[name]
    return [{**rows[key], "verifiedRate": wilson(rows[key]["verified"], rows[key]["verified"] + rows[key]["refused"])}
            for key in sorted(rows)]


def formats(runs):
    rows = []
    replies = [reply for run in runs for reply in run.replies]
    for model, form in sorted({(reply["model"], reply["format"]) for reply in replies}):
        own = [reply for reply in replies if (reply["model"], reply["format"]) == (model, form)]
        count = {key: sum(reply["outcome"] == key for reply in own) for key in ("applied", "unchanged", "malformed")}
        rows.append({"model": model, "format": form, "asked": len(own), **count,
                     "verified": sum(reply["verified"] for reply in own),
                     "wellFormed": wilson(count["applied"] + count["unchanged"], len(own))})
    return rows


def patterns(runs):
    rows = []
    for pattern in sorted({run.pattern for run in runs if run.pattern}):
        own = [run for run in runs if run.pattern == pattern]
        timed = [run for run in own if run.efficiency is not None]
        time, sequential = math_sum(run.duration for run in timed), math_sum(run.sequential for run in timed)
        rows.append({"pattern": pattern, "runs": len(own), "tasks": sum(len(run.tasks) for run in own), "orchestrationTime": time,
                     "sequentialDuration": sequential, "parallelEfficiency": sequential / time if time > 0 else None,
                     "boundRatio": quantiles([run.bound for run in own if run.bound is not None])})
    return rows


def main():
    rows = list(csv.DictReader(io.StringIO(teamfix("--everywhere", "--format", "csv"), newline="")))
    overview = json.loads(teamfix("--everywhere", "--format", "json"))
    names = [row["run"] for row in rows]
    if not names:
        sys.exit("there are no runs to look at")
    runs = []
    for name, row in zip(names, rows):
        run = Run(teamfix("events", name, "--everywhere").rstrip("\n").split("\n"))
        runs.append(run)
        shown = json.loads(teamfix(name, "--everywhere", "--format", "json"))
        shown["statistics"].pop("advice")
        same(f"{name}.statistics", shown["statistics"], run.report(name))
        same(f"{name}.verification", shown["verification"], run.verification())
        for key, wanted in (
                ("duration", run.whole), ("tasks", len(run.tasks)), ("orchestration_time", run.duration),
                ("sequential_duration", run.sequential), ("parallel_efficiency", run.efficiency),
                ("against_fastest", run.fastest), ("parallelism_factor", run.factor), ("bound_ratio", run.bound),
                ("prompt_tokens", run.prompt_tokens), ("build_time", run.build_time), ("exit_code", run.code)):
            same(f"{name}.csv.{key}", float(row[key]) if row[key] else None, None if wanted is None else float(wanted))
    same("totals", overview["totals"], totals(runs))
    same("trend", overview["trend"], trend(names, runs))
    same("servers", overview["servers"], servers(runs))
    same("specialists", overview["specialists"], specialists(runs))
    same("formats", overview["formats"], formats(runs))
    same("patterns", overview["patterns"], patterns(runs))
    same("runs", [run["id"] for run in overview["runs"]], names[::-1][:30])
    print("\n".join(problems[:50]) or f"{len(runs)} runs, {sum(len(run.records) for run in runs)} events: every figure is the same")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
