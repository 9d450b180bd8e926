#!/usr/bin/env python3
"""Makespan over its lower bound, over real HTTP: teamfix against wave barriers, a slot pool and HAProxy.

usage: [TIME_SCALE=N] run.py TEAMFIX [--quick] [--seeds N] [--jobs N] [--fleets NAMES] [--clients NAMES] [--sections NAMES] [--json FILE]

TEAMFIX is a release build. Simulated Ollama servers run in a process of their own (simulator.py); the work is seeded
(workload.py), each seed with another shape and with the servers listed in another order. Sections:

    grid      24 jobs on 4 servers: equal, 3-fold and 18-fold spread of speeds; every client, every seed
    stall     one of 4 equal servers stops sending in mid-run and stays so; against the bound of the other three
    prefix    jobs that share long texts, on servers that keep evaluated prefixes
    overhead  many tiny jobs on one slot: what a client takes from the end of an answer to the next request

The makespan is from the first request's arrival at a server to the end of the last job's first whole answer, by the
simulator's clock: the same for every client, without the start of a program. A run whose pacing was late by more than 2 % of
its makespan is discarded and repeated, three times at most and not after 11 minutes; a figure that rests on a late run all
the same has a `~`.
A run counts only when every job was answered whole and no job was asked for before its needs were answered.
"""
import argparse
import asyncio
import json
import os
import pathlib
import random
import shutil
import statistics
import sys
import tempfile
import time

import clients
import workload
from measuring import CAP, Simulator, measure

REPEATS = 3
# Seconds after which late runs are kept as they are.
REPEATING_ENDS = 11 * 60
# A minute on real hardware.
ATTEMPT = 60.0 / workload.TIME_SCALE
STALL_CAP = 400.0 / workload.TIME_SCALE
GRID = ("4-equal", "4-spread-3", "4-spread-18")
SECTIONS = ("grid", "stall", "prefix", "overhead")
NAMES = ("teamfix-profile", "teamfix", "teamfix-untold", "haproxy", "pool", "waves")
WARM_UP_SEED = 1000


class Report:
    """Collects the runs, and says what goes wrong as it goes."""

    def __init__(self):
        self.runs, self.discarded, self.began = [], 0, time.monotonic()

    def settled(self, label, *arguments, **more):
        for turn in range(1 + REPEATS):
            outcome = measure(*arguments, **more)
            if not outcome.late or turn == REPEATS or time.monotonic() - self.began > REPEATING_ENDS:
                break
            self.discarded += 1
            note(f"{label}: pacing was {outcome.lateness * 1000:.0f} ms late in {outcome.makespan:.2f} s; again")
        if outcome.failure:
            note(f"{label}: {outcome.failure}")
        return outcome

    def add(self, section, fleet, client, seed, shape, bound, outcome):
        own, servers = outcome.stats["requests"], outcome.stats["servers"].values()
        self.runs.append({
            "section": section, "fleet": fleet, "client": client, "seed": seed, "shape": shape, "bound": bound,
            "makespan": outcome.makespan, "ratio": outcome.makespan and outcome.makespan / bound, "failure": outcome.failure,
            "late": outcome.late, "lateness": outcome.lateness, "mean_lateness": outcome.stats["mean_lateness"],
            "wall": outcome.wall, "client_cpu": outcome.cpu, "requests": len(own),
            "cancelled": sum(request["outcome"] == "cancelled" for request in own),
            "reused": sum(request["reused"] for request in own if request["outcome"] == "done"),
            "loads": sum(server["loads"] for server in servers),
            "queued_at_a_server": max(server["most_waiting"] for server in servers)})
        if self.runs[-1]["loads"]:
            note(f"{section}, {fleet}, {client}: asked for another window, so that a model was loaded again")

    def of(self, **wanted):
        return [run for run in self.runs if all(run[key] == value for key, value in wanted.items())]


def note(text):
    print(text, file=sys.stderr, flush=True)


def ratio_text(runs):
    ratios = [run["ratio"] for run in runs if run["ratio"]]
    if not ratios:
        return "failed" if runs else "-"
    text = f"{statistics.mean(ratios):.2f} ({max(ratios):.2f})"
    failed = len(runs) - len(ratios)
    return text + ("~" if any(run["late"] for run in runs) else "") + (f" {failed} failed" if failed else "")


def table(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


class Benchmark:
    def __init__(self, arguments, folder):
        self.arguments, self.folder, self.report = arguments, folder, Report()
        self.program = os.path.abspath(arguments.teamfix)
        self.names = [name for name in arguments.clients if name != "haproxy" or os.path.exists(clients.HAPROXY)]

    def client(self, name, profile):
        """Profile: the folder that a warm-up run left."""
        if name == "teamfix-profile":
            return clients.Teamfix(self.program, home=profile)
        if name == "teamfix":
            return clients.Teamfix(self.program)
        if name == "teamfix-untold":
            return clients.Teamfix(self.program, lengths=False)
        return getattr(clients, name)

    def warm_up(self, fleet, servers, simulator):
        """One run of other work on the same servers; the folder with what teamfix kept of it."""
        home = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        work = workload.Workload("flat", WARM_UP_SEED, max(24, self.arguments.jobs))
        simulator.ask("POST", "/reset", {})
        cell = clients.Cell(work, workload.permuted(servers, WARM_UP_SEED), simulator.ports, home, 600.0)
        try:
            asyncio.run(asyncio.wait_for(clients.Teamfix(self.program).run(cell, home), CAP))
        except (clients.Failed, asyncio.TimeoutError, TimeoutError) as error:
            note(f"warm-up on {fleet}: {error or 'not done in time'}")
        return home

    def profile(self, fleet, servers, simulator):
        return self.warm_up(fleet, servers, simulator) if "teamfix-profile" in self.names else None

    def shuffled(self, seed):
        names = list(self.names)
        random.Random(f"clients {seed}").shuffle(names)
        return names

    def grid(self):
        for fleet in self.arguments.fleets:
            servers = workload.FLEETS[fleet]
            with Simulator(servers, self.folder) as simulator:
                profile = self.profile(fleet, servers, simulator)
                for seed in range(self.arguments.seeds):
                    shape = workload.SHAPES[seed % len(workload.SHAPES)]
                    work = workload.Workload(shape, seed, self.arguments.jobs)
                    bound = work.bound(servers)
                    for name in self.shuffled(seed):
                        label = f"{fleet}, {shape} {seed}, {name}"
                        outcome = self.report.settled(label, self.client(name, profile), work,
                                                      workload.permuted(servers, seed), simulator, self.folder)
                        self.report.add("grid", fleet, name, seed, shape, bound, outcome)
        self.show_grid()

    def show_grid(self):
        print(f"\nMakespan / lower bound: mean (worst) of {self.arguments.seeds} seeds, {self.arguments.jobs} jobs, shapes "
              f"{', '.join(workload.SHAPES[:self.arguments.seeds])}; servers listed in an order of each seed")
        rows = [["client", *self.arguments.fleets, "requests", "client CPU s"]]
        for name in self.names:
            runs = self.report.of(section="grid", client=name)
            rows.append([name, *(ratio_text(self.report.of(section="grid", client=name, fleet=fleet))
                                 for fleet in self.arguments.fleets),
                         f"{statistics.mean(run['requests'] for run in runs):.1f}",
                         f"{statistics.mean(run['client_cpu'] for run in runs):.2f}"])
        bounds = [f"{statistics.mean(run['bound'] for run in self.report.of(section='grid', fleet=fleet)):.2f} s"
                  for fleet in self.arguments.fleets]
        table(rows + [["(mean bound)", *bounds, "", ""]])

    def stall(self):
        fleet, servers = "4-equal", workload.FLEETS["4-equal"]
        without = ("teamfix-untold", "waves") if self.arguments.quick else ("teamfix-untold",)
        names = [name for name in self.names if name not in without]
        seeds = 1 if self.arguments.quick else 3
        with Simulator(servers, self.folder) as simulator:
            profile = self.profile(fleet, servers, simulator)
            for seed in range(seeds):
                shape = workload.SHAPES[(0, 3, 2)[seed]]
                work = workload.Workload(shape, seed, self.arguments.jobs)
                stalled = servers[seed % len(servers)]
                bound = work.bound([server for server in servers if server is not stalled])
                wish = {"stall": {"server": stalled.name, "after": 0.4 * work.bound(servers), "seconds": None}}
                for name in names:
                    outcome = self.report.settled(
                        f"stall, {shape} {seed}, {name}", self.client(name, profile), work, workload.permuted(servers, seed),
                        simulator, self.folder, wish=wish, timeout=ATTEMPT, cap=STALL_CAP)
                    self.report.add("stall", fleet, name, seed, shape, bound, outcome)
        print(f"\nOne of 4 equal servers stalls for good at 40 % of the bound: makespan / bound of the other three, mean "
              f"(worst) of {seeds} seeds; every client gives an attempt {ATTEMPT:.0f} s")
        table([["client", "ratio", "makespan s"]] + [
            [name, ratio_text(self.report.of(section="stall", client=name)),
             ", ".join(f"{run['makespan']:.2f}" if run["makespan"] else f"({run['failure'][:40]})"
                       for run in self.report.of(section="stall", client=name))] for name in names])

    def prefix(self):
        fleet, servers = "4-equal", workload.FLEETS["4-equal"]
        names = [name for name in self.names if name not in ("teamfix-untold", "waves")]
        work = workload.Workload("flat", 1, self.arguments.jobs, shared_tokens=1500, groups=4)
        shared = sum(len(job.shared) // 4 for job in work.jobs)
        bound = work.bound(servers)
        with Simulator(servers, self.folder) as simulator:
            profile = self.profile(fleet, servers, simulator)
            for name in names:
                outcome = self.report.settled(f"prefix, {name}", self.client(name, profile), work,
                                              workload.permuted(servers, 1), simulator, self.folder,
                                              wish={"prefix_cache": True})
                self.report.add("prefix", fleet, name, 1, "flat", bound, outcome)
        least = shared - sum({job.shared: len(job.shared) // 4 for job in work.jobs}.values())
        print(f"\nShared prefixes: {len(work.jobs)} jobs, 4 texts of 1,500 tokens shared by a quarter each, 4 equal servers that "
              f"keep prefixes; at most {least} tokens can be reused. The bound doesn't know of reuse ({bound:.2f} s)")
        table([["client", "makespan s", "tokens reused"]] + [
            [run["client"], f"{run['makespan']:.2f}" if run["makespan"] else "failed", str(run["reused"])]
            for run in self.report.of(section="prefix")])

    def overhead(self):
        count = 40 if self.arguments.quick else 120
        servers = workload.fleet_of((400, 8000))
        names = [name for name in self.names if name not in ("teamfix-profile", "teamfix-untold")]
        rows = [["client", "median ms", "mean ms", "90 % below ms", "start and end s"]]
        with Simulator(servers, self.folder) as simulator:
            for name in names:
                work = workload.Workload("flat", 1, count, tiny=True)
                outcome = measure(self.client(name, None), work, servers, simulator, self.folder)
                self.report.add("overhead", "1", name, 1, "flat", work.bound(servers), outcome)
                done = sorted((request for request in outcome.stats["requests"] if request["outcome"] == "done"),
                              key=lambda request: request["arrived"])
                gaps = sorted(later["arrived"] - earlier["sent"] for earlier, later in zip(done, done[1:]))
                if outcome.failure or not gaps:
                    note(f"overhead, {name}: {outcome.failure}")
                    rows.append([name, "failed", "", "", ""])
                    continue
                self.report.runs[-1]["gaps"] = gaps
                rest = f"{outcome.wall - outcome.makespan:.2f}" if outcome.wall else ""
                rows.append([name, *(f"{1000 * value:.2f}" for value in (
                    statistics.median(gaps), statistics.mean(gaps), gaps[len(gaps) * 9 // 10])), rest])
        print(f"\nOverhead a job: from the end of an answer to the next request's arrival, {count} tiny jobs, one slot "
              "(loopback included)")
        table(rows)

    def told(self):
        teamfix = "servers, slots"
        lengths = "each task's maxTokens: true length x lognormal noise (log-sigma 0.5, cut at 2) x e: 1 to 7.4 times the truth"
        words = {
            "teamfix-profile": f"{teamfix}; {lengths}; what it kept itself of one run of other work on these servers",
            "teamfix": f"{teamfix}; {lengths}; no rates",
            "teamfix-untold": f"{teamfix}; no lengths, no rates",
            "haproxy": clients.haproxy.told, "pool": clients.pool.told, "waves": clients.waves.told}
        print("What each client is told (nobody is told a rate, nor the true length of an answer):")
        for name in self.names:
            print(f"  {name:16} {words[name]}")
        missing = [name for name in self.arguments.clients if name not in self.names]
        if missing:
            print(f"  not installed: {', '.join(missing)}")
        print(f"Times are {workload.TIME_SCALE:g} times shorter than on the hardware that the rates are of; a client's own "
              f"milliseconds weigh {workload.TIME_SCALE:g} times as much.")


def arguments_of(line):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)

    def names(known):
        def read(text):
            wanted = text.split(",")
            unknown = [name for name in wanted if name not in known]
            if unknown:
                raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: none of {', '.join(known)}")
            return wanted
        return read

    parser.add_argument("teamfix", help="the built program")
    parser.add_argument("--quick", action="store_true", help="a smoke run: one seed, 12 jobs")
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--jobs", type=int)
    parser.add_argument("--fleets", type=names(list(workload.FLEETS)), default=list(GRID))
    parser.add_argument("--clients", type=names(NAMES), default=list(NAMES))
    parser.add_argument("--sections", type=names(SECTIONS), default=list(SECTIONS))
    parser.add_argument("--json", help="write every run's figures to this file")
    arguments = parser.parse_args(line)
    arguments.seeds = arguments.seeds or (1 if arguments.quick else 5)
    arguments.jobs = arguments.jobs or (12 if arguments.quick else 24)
    return arguments


def main():
    arguments = arguments_of(sys.argv[1:])
    folder = tempfile.mkdtemp(prefix="teamfix-orchestration-")
    began = time.monotonic()
    try:
        benchmark = Benchmark(arguments, folder)
        benchmark.told()
        for section in arguments.sections:
            getattr(benchmark, section)()
        runs = benchmark.report.runs
        late = [run for run in runs if run["late"] and run["section"] != "overhead"]
        print(f"\n{len(runs)} runs in {time.monotonic() - began:.0f} s; {benchmark.report.discarded} discarded for late pacing, "
              f"{len(late)} late ones kept (~); mean lateness {1000 * statistics.mean(run['mean_lateness'] for run in runs):.1f} ms")
        if arguments.json:
            pathlib.Path(arguments.json).write_text(json.dumps(runs, indent=1))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if any(run["failure"] and run["client"].startswith("teamfix") for run in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
