"""One run of one client on the simulator: its makespan, and whether it counts."""
import asyncio
import http.client
import json
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

import clients
import workload

# A run whose pacing was late by more of its makespan doesn't count.
LATE = 0.02
CAP = 900.0 / workload.TIME_SCALE
# How soon an engine notices that its client left: 0.4 s were seen on real hardware.
CANCEL = 0.4 / workload.TIME_SCALE


class Simulator:
    """The fleet's process. Its ports stay the same over all runs, so that what a client keeps per server stays true."""

    def __init__(self, servers, folder):
        setting = {"model": workload.MODEL, "context": workload.CONTEXT, "servers": [
            {"name": server.name, "slots": server.slots, "prompt_rate": server.prompt_rate * workload.TIME_SCALE,
             "answer_rate": server.answer_rate * workload.TIME_SCALE, "cancel_seconds": CANCEL} for server in servers]}
        path = pathlib.Path(folder) / "fleet.json"
        path.write_text(json.dumps(setting))
        script = pathlib.Path(__file__).with_name("simulator.py")
        self.process = subprocess.Popen([sys.executable, str(script), str(path)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        ready = json.loads(self.process.stdout.readline() or "{}")
        if not ready:
            sys.exit("the simulator doesn't start")
        self.ports, self.control = ready["ports"], ready["control"]

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.control, timeout=30)
        try:
            connection.request(method, path, json.dumps(body or {}))
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.stdin.close()
        self.process.stdout.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Outcome:
    """What one run showed."""

    def __init__(self, makespan=None, failure=None, lateness=0.0, stats=None, wall=None, cpu=0.0):
        self.makespan, self.failure, self.lateness = makespan, failure, lateness
        self.stats, self.wall, self.cpu = stats, wall, cpu

    @property
    def late(self):
        return self.makespan is not None and self.lateness > LATE * self.makespan


def processor_seconds():
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, (resource.RUSAGE_SELF,
                                                                                   resource.RUSAGE_CHILDREN)))


def judged(work, stats):
    """The makespan, or what is wrong with the run."""
    first = {}
    for request in stats["requests"]:
        if request["outcome"] == "done" and request["reason"] == "stop":
            name = request["task"]
            if name not in first or request["sent"] < first[name]["sent"]:
                first[name] = request
    for job in work.jobs:
        if job.name not in first:
            return None, f"{job.name} was never answered whole"
        answer = first[job.name]
        if (answer["prompt"], answer["answer"]) != (job.prompt, job.answer):
            return None, f"{job.name} was charged another size"
        for other in job.needs:
            if answer["arrived"] < first[work.jobs[other].name]["sent"] - 0.002:
                return None, f"{job.name} was asked for before {work.jobs[other].name} was answered"
    return max(request["sent"] for request in first.values()), None


def measure(client, work, servers, simulator, folder, *, wish=None, timeout=600.0, cap=CAP):
    """One run."""
    simulator.ask("POST", "/reset", wish)
    own = tempfile.mkdtemp(dir=folder)
    cell = clients.Cell(work, servers, simulator.ports, own, timeout)
    cpu = processor_seconds()
    failure = None
    try:
        asyncio.run(asyncio.wait_for(client(cell), cap))
    except (asyncio.TimeoutError, TimeoutError):
        failure = f"not done in {cap:.0f} s"
    except clients.Failed as error:
        failure = str(error)
    cpu = processor_seconds() - cpu
    stats = simulator.ask("GET", "/stats")
    makespan = None
    if not failure:
        makespan, failure = judged(work, stats)
    shutil.rmtree(own, ignore_errors=True)
    return Outcome(makespan, failure, stats["worst_lateness"], stats, cell.wall, cpu)
