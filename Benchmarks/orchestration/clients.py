"""The ways to run one workload on one fleet: teamfix, and what people use instead.

A client is called as `await client(cell)`; it returns when all jobs are answered, or raises. What it was told is
in its `told`. All of them send the same prompts, the results that a job needs included.
"""
import asyncio
import collections
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess

import workload

HAPROXY = "/usr/sbin/haproxy"
TRIES = 3


class Failed(Exception):
    """The client didn't get all answers."""


class Cell:
    """One run: a workload, and the servers in the order in which a client learns of them."""

    def __init__(self, work, servers, ports, folder, timeout):
        self.work, self.servers, self.ports, self.folder, self.timeout = work, servers, ports, folder, timeout
        self.wall = None  # of the whole command, where there is one

    def port(self, server):
        return self.ports[server.name]


# What the clients in Python share.

def body_of(job, results):
    sections = [f"## Result of {name}\n\n{text}" for name, text in results]
    parts = [part for part in (job.shared, *sections, job.text) if part]
    return json.dumps({
        "model": workload.MODEL, "stream": True, "options": {"num_ctx": workload.CONTEXT},
        "messages": [{"role": "system", "content": workload.INSTRUCTIONS}, {"role": "user", "content": "\n\n".join(parts)}],
    }).encode()


async def exchange(port, body):
    """One chat; its text."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        writer.write(b"POST /api/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\n"
                     b"Content-Length: %d\r\n\r\n" % len(body) + body)
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise Failed(head.decode(errors="replace").splitlines()[0])
        data = bytearray()
        if b"chunked" not in head.lower():
            raise Failed("the answer isn't a stream")
        while True:
            size = int(await reader.readuntil(b"\r\n"), 16)
            data += await reader.readexactly(size + 2)
            del data[-2:]
            if size == 0:
                break
    finally:
        writer.close()
    lines = [json.loads(line) for line in bytes(data).splitlines() if line]
    if not lines or not lines[-1].get("done"):
        raise Failed("the answer ended without done")
    return "".join(line["message"]["content"] for line in lines)


async def chat(cell, port, job, answers):
    """A chat with a deadline; another try when it passes."""
    results = [(cell.work.jobs[other].name, answers[other]) for other in job.needs]
    body = body_of(job, results)
    return await asyncio.wait_for(exchange(port, body), cell.timeout)


async def waves(cell):
    """The jobs of one depth to the servers in turn, at most `slots` at once each; the next depth when all are done."""
    jobs = cell.work.jobs
    depth = []
    for job in jobs:
        depth.append(max((depth[other] + 1 for other in job.needs), default=0))
    limits = [asyncio.Semaphore(server.slots) for server in cell.servers]
    answers = {}

    async def one(index, place):
        for attempt in range(TRIES):
            server = (place + attempt) % len(cell.servers)
            async with limits[server]:
                try:
                    answers[index] = await chat(cell, cell.port(cell.servers[server]), jobs[index], answers)
                    return
                except (OSError, EOFError, Failed, asyncio.TimeoutError):
                    pass
        raise Failed(jobs[index].name)

    for level in range(max(depth) + 1):
        members = [index for index in range(len(jobs)) if depth[index] == level]
        await asyncio.gather(*(one(index, place) for place, index in enumerate(members)))


waves.told = "servers, slots; waits for each depth of the graph"


class Readiness:
    """What each job still waits for."""

    def __init__(self, jobs):
        self.missing = [len(job.needs) for job in jobs]
        self.followers = [[] for _ in jobs]
        for index, job in enumerate(jobs):
            for other in job.needs:
                self.followers[other].append(index)

    def first(self):
        return [index for index, count in enumerate(self.missing) if not count]

    def after(self, index):
        for follower in self.followers[index]:
            self.missing[follower] -= 1
        return [follower for follower in self.followers[index] if not self.missing[follower]]


async def everything(cell, start):
    """Runs `start(index, answers)` for each job as soon as its needs are there."""
    jobs, answers = cell.work.jobs, {}
    readiness = Readiness(jobs)
    running = {}

    def launch(indices):
        for index in indices:
            running[asyncio.ensure_future(start(index, answers))] = index

    launch(readiness.first())
    try:
        while running:
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                index = running.pop(task)
                answers[index] = task.result()
                launch(readiness.after(index))
    finally:
        for task in running:
            task.cancel()


async def pool(cell):
    """A central queue and a pool of all slots: the next job takes the first free slot in the order of the list."""
    free = [server.slots for server in cell.servers]
    waiting = collections.deque()

    async def slot():
        for server, count in enumerate(free):
            if count:
                free[server] -= 1
                return server
        turn = asyncio.get_running_loop().create_future()
        waiting.append(turn)
        return await turn

    def give_back(server):
        if waiting:
            waiting.popleft().set_result(server)
        else:
            free[server] += 1

    async def start(index, answers):
        for _ in range(TRIES):
            server = await slot()
            try:
                return await chat(cell, cell.port(cell.servers[server]), cell.work.jobs[index], answers)
            except (OSError, EOFError, Failed, asyncio.TimeoutError):
                pass
            finally:
                give_back(server)
        raise Failed(cell.work.jobs[index].name)

    await everything(cell, start)


pool.told = "servers, slots"


@contextlib.asynccontextmanager
async def balancer(cell):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    seconds = f"{max(1, round(cell.timeout * 1000))}ms"
    path = pathlib.Path(cell.folder) / "haproxy.cfg"
    lines = ["global", "    maxconn 4000", "    nbthread 1", "defaults", "    mode http", "    timeout connect 4s",
             "    timeout client 600s", f"    timeout server {seconds}", "    timeout queue 600s", "    no log",
             "listen models", f"    bind 127.0.0.1:{port}", "    balance leastconn"]
    lines += [f"    server {server.name} 127.0.0.1:{cell.port(server)} maxconn {server.slots}" for server in cell.servers]
    path.write_text("\n".join(lines) + "\n")
    process = await asyncio.create_subprocess_exec(HAPROXY, "-db", "-f", str(path), stdin=subprocess.DEVNULL,
                                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        for _ in range(200):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            except OSError:
                await asyncio.sleep(0.02)
        else:
            raise Failed("HAProxy doesn't listen")
        yield port
    finally:
        process.kill()
        await process.wait()


async def haproxy(cell):
    """Everything that is ready goes to one HAProxy, which queues: leastconn, maxconn = slots."""
    async with balancer(cell) as port:
        async def start(index, answers):
            for _ in range(TRIES):
                try:
                    # The queue is HAProxy's, and so is the deadline of an attempt.
                    job = cell.work.jobs[index]
                    results = [(cell.work.jobs[other].name, answers[other]) for other in job.needs]
                    return await exchange(port, body_of(job, results))
                except (OSError, EOFError, Failed):
                    pass
            raise Failed(cell.work.jobs[index].name)

        await everything(cell, start)


haproxy.told = "servers, slots (maxconn)"


class Teamfix:
    """The built program with folders of its own."""

    def __init__(self, program, *, home=None, lengths=True, told=""):
        self.program, self.home, self.lengths, self.told = program, home, lengths, told
        self.options = self.known_options(program)

    @staticmethod
    def known_options(program):
        text = subprocess.run([program, "run", "--help"], capture_output=True, text=True, timeout=60).stdout
        return ["--no-cache"] if "--no-cache" in text else []

    def prepare(self, cell, home):
        """A repository to stand in, and a configuration that names the servers."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", "NO_COLOR": "1",
                       "GIT_CONFIG_NOSYSTEM": "1"}
        for name in ("config", "state", "cache", "data", "runtime"):
            folder = home / name
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            environment["XDG_RUNTIME_DIR" if name == "runtime" else f"XDG_{name.upper()}_HOME"] = str(folder)
        lines = ["max-workers: 256", f"timeout: {max(1, round(cell.timeout))}", "servers:"]
        for server in cell.servers:
            lines += [f"  - name: {server.name}", f"    url: http://127.0.0.1:{cell.port(server)}",
                      f"    slots: {server.slots}", f"    model: {workload.MODEL}"]
        lines += ["specialists:", f"  - name: {workload.SPECIALIST}", "    summary: Reviews a text",
                  f"    instructions: {workload.INSTRUCTIONS}", "    temperature: 0.2", "    max-tokens: 1024"]
        (home / "config/teamfix").mkdir(exist_ok=True)
        (home / "config/teamfix/config.yml").write_text("\n".join(lines) + "\n")
        repository = home / "repository"
        if not repository.exists():
            repository.mkdir()
            for words in (["init", "-q", "-b", "main"], ["config", "user.name", "Ada Tester"],
                          ["config", "user.email", "ada@example.org"], ["commit", "-q", "--allow-empty", "-m", "Begin"]):
                subprocess.run(["git", *words], cwd=repository, env=environment, check=True, stdin=subprocess.DEVNULL)
        return repository, environment

    async def __call__(self, cell):
        home = pathlib.Path(cell.folder) / "home"
        if self.home:
            for name in ("state", "cache", "data"):
                shutil.copytree(self.home / name, home / name, dirs_exist_ok=True)
        await self.run(cell, home)

    async def run(self, cell, home):
        repository, environment = self.prepare(cell, home)
        plan = pathlib.Path(cell.folder) / "plan.json"
        plan.write_text(json.dumps(cell.work.plan(self.lengths)))
        loop = asyncio.get_running_loop()
        began = loop.time()
        process = await asyncio.create_subprocess_exec(
            self.program, "run", str(plan), "--format", "json", "--quiet", *self.options, cwd=repository, env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            output, errors = await process.communicate()
        except asyncio.CancelledError:
            process.send_signal(signal.SIGKILL)
            await process.wait()
            raise
        cell.wall = loop.time() - began
        try:
            result = json.loads(output)
        except ValueError:
            raise Failed(f"teamfix ended with {process.returncode}: {errors.decode(errors='replace').strip()[-400:]}") from None
        failed = [task["id"] + ": " + str(task.get("reason")) for task in result.get("tasks", [])
                  if task["outcome"] != "succeeded"]
        if failed or not result.get("success"):
            raise Failed(f"teamfix: {len(failed)} tasks without success: {'; '.join(failed[:3])}")
