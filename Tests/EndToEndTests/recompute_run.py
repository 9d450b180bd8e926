"""One run's figures from its events alone, by the definitions of docs/statistics.md; used by recompute_stats.py."""
import json
import math


def service_time(end):
    if end.get("cached"):
        return 0.0
    if end.get("prompt") is None and end.get("answer") is None:
        return end["elapsed"]
    return (end.get("load") or 0.0) + (end.get("prompt") or 0.0) + (end.get("answer") or 0.0)


class Task:
    def __init__(self, planned):
        self.specialist, self.dependencies, self.pinned = planned["specialist"], planned["dependencies"], planned.get("server")
        self.last = None
        self.skipped = self.dropped = self.retried = self.hedged = False
        self.open, self.spans = {}, []


class Run:
    def __init__(self, lines):
        self.records = [json.loads(line) for line in lines]
        self.tasks, self.current, self.servers, self.ends, self.owners = [], {}, {}, [], []
        self.builtin, self.lost, self.failovers = {"builtin"}, {}, 0
        self.duration, open_plan = 0.0, None
        self.command = self.outcome = self.code = self.pattern = self.whole = self.branch = None
        self.builds, self.build_time, self.judged, self.replies = 0, 0.0, [], []
        for record in self.records:
            (kind, value), = record["event"].items()
            now = record["elapsed"]
            value = value.get("_0", value)
            if kind == "runStarted":
                self.command = value["command"]
            elif kind == "planned":
                self.pattern = self.pattern or value["pattern"]
                open_plan = now if open_plan is None else open_plan
                for planned in value["tasks"]:
                    self.current[planned["id"]] = len(self.tasks)
                    self.tasks.append(Task(planned))
            elif kind == "serverJoined":
                if value["kind"] == "builtin":
                    self.builtin.add(value["name"])
                elif value["name"] in self.servers:
                    self.servers[value["name"]]["model"] = value.get("model") or self.servers[value["name"]]["model"]
                else:
                    self.servers[value["name"]] = {"slots": value["slots"], "model": value.get("model")}
            elif kind == "serverSlots" and value["name"] in self.servers:
                server = self.servers[value["name"]]
                server["slots"] = max(server["slots"], value["slots"])
            elif kind == "serverLost":
                self.lost[value["name"]] = self.lost.get(value["name"], 0) + 1
            elif kind == "taskStarted" and value["server"] not in self.builtin:
                self.change(value["task"], lambda task: task.open.update({value["attempt"]: now}))
            elif kind == "taskFinished" and value["server"] not in self.builtin:
                self.finish(value, now)
            elif kind == "taskHedged":
                self.change(value["task"], lambda task: setattr(task, "hedged", True))
            elif kind == "taskMoved":
                self.failovers += 1
            elif kind == "taskRetried":
                self.change(value["task"], lambda task: setattr(task, "retried", True))
            elif kind == "taskSkipped":
                self.change(value["task"], lambda task: setattr(task, "skipped" if value["wasNeeded"] else "dropped", True))
            elif kind == "orchestrationFinished":
                self.duration += value["duration"]
                open_plan = None
            elif kind == "buildFinished":
                self.builds += 1
                self.build_time += value["duration"]
            elif kind == "replyRead":
                self.replies.append({**value, "verified": False})
            elif kind == "candidateJudged":
                self.judge(value)
            elif kind == "runFinished":
                self.outcome, self.code, self.whole = value["outcome"], value["exitCode"], value["duration"]
        end = self.records[-1]["elapsed"] if self.records else 0.0
        if open_plan is not None:
            self.duration += max(0.0, end - open_plan)
        self.whole = end if self.whole is None else self.whole
        self.derive()

    def change(self, name, body):
        if name in self.current:
            body(self.tasks[self.current[name]])

    def finish(self, end, now):
        self.ends.append(end)
        index = self.current.get(end["task"])
        self.owners.append(index)
        if index is None:
            return
        task = self.tasks[index]
        if task.last is None or task.last["outcome"] != "succeeded":
            task.last = end
        start = task.open.pop(end["attempt"], None)
        start = now - end["elapsed"] if start is None else start
        if not end.get("cached"):
            task.spans.append((start, now))

    def judge(self, verdict):
        good = verdict["result"] in ("passed", "improved")
        if good:
            for reply in self.replies:
                reply["verified"] |= reply["task"] == verdict["source"]
        index = self.current.get(verdict["source"])
        specialist = self.tasks[index].specialist if index is not None else None
        self.judged.append({**verdict, "good": good, "specialist": specialist})

    def derive(self):
        self.state = []
        for task in self.tasks:
            outcome = task.last and task.last["outcome"]
            if outcome is None:
                outcome = "failed" if task.skipped else "cancelled" if task.dropped else None
            self.state.append(outcome)
        good = [end for end in self.ends if end["outcome"] == "succeeded"]
        self.sequential = 0.0
        for end in good:
            self.sequential += service_time(end)
        count = {name: self.state.count(name) for name in ("succeeded", "failed", "cancelled")}
        cached = sum(1 for task in self.tasks if task.last and task.last["outcome"] == "succeeded" and task.last.get("cached"))
        self.counts = {"total": len(self.tasks), **count, "cached": cached, "skipped": 0,
                       "hedged": sum(task.hedged for task in self.tasks), "retried": sum(task.retried for task in self.tasks)}
        self.prompt_tokens = sum(end.get("promptTokens") or 0 for end in self.ends)
        self.answer_tokens = sum(end.get("answerTokens") or 0 for end in self.ends)
        firsts = [end["firstToken"] for end in good if end.get("firstToken") is not None]
        self.first_token = math_sum(firsts) / len(firsts) if firsts else None
        self.factor = self.overlapping() / len(self.tasks) if self.tasks else None
        self.parts = [self.part(name, server) for name, server in self.servers.items()]
        self.efficiency = self.fastest = self.bound = None
        if self.duration > 0:
            if count["succeeded"] > cached:
                self.efficiency = self.sequential / self.duration
            bound = lower_bound(self)
            if bound:
                seconds, alone = bound
                self.fastest = alone / self.duration if alone > 0 else None
                self.bound = self.duration / seconds if seconds > 0.01 else None

    def overlapping(self):
        spans = [(number, *span) for number, task in enumerate(self.tasks) for span in task.spans if span[1] > span[0]]
        return len({number for number, start, end in spans
                    if any(other != number and begin < end and start < stop for other, begin, stop in spans)})

    def part(self, name, server):
        own = [end for end in self.ends if end["server"] == name and not end.get("cached")]
        part = {"name": name, "model": server["model"], "slots": max(1, server["slots"]), "attempts": len(own),
                "succeeded": sum(end["outcome"] == "succeeded" for end in own),
                "failed": sum(end["outcome"] == "failed" for end in own), "lost": self.lost.get(name, 0),
                "busy": math_sum(end["elapsed"] for end in own),
                "promptTokens": sum(end.get("promptTokens") or 0 for end in own),
                "answerTokens": sum(end.get("answerTokens") or 0 for end in own),
                "firsts": [end["firstToken"] for end in own
                           if end["outcome"] == "succeeded" and end.get("firstToken") is not None]}
        for tokens, seconds in (("promptTokens", "prompt"), ("answerTokens", "answer")):
            timed = [end for end in own if end.get(tokens) is not None and end.get(seconds) is not None]
            part[seconds] = (sum(end[tokens] for end in timed), math_sum(end[seconds] for end in timed))
        part["utilization"] = part["busy"] / (part["slots"] * self.duration) if self.duration > 0 else None
        part["rate"] = part["answer"][0] / part["answer"][1] if part["answer"][1] > 0.01 else None
        return part

    def report(self, name):
        """What `stats RUN --format json` calls `statistics`, without advice."""
        report = {"run": name, "command": self.command, "outcome": self.outcome, "duration": self.whole, "failovers": 0,
                  "tasks": {key: 0 for key in self.counts}, "tokens": {"prompt": 0, "answer": 0, "reused": 0}, "servers": []}
        if not self.tasks:
            return report
        report.update({
            "orchestrationTime": self.duration, "sequentialDuration": self.sequential, "parallelEfficiency": self.efficiency,
            "againstFastest": self.fastest, "parallelismFactor": self.factor, "boundRatio": self.bound,
            "timeToFirstToken": self.first_token, "failovers": self.failovers, "tasks": self.counts,
            "tokens": {"prompt": self.prompt_tokens, "answer": self.answer_tokens, "reused": 0},
            "servers": [{"name": part["name"], "model": part["model"], "slots": part["slots"], "tasks": part["attempts"],
                         "failed": part["failed"], "busy": part["busy"], "utilization": part["utilization"],
                         "promptTokens": part["promptTokens"], "answerTokens": part["answerTokens"], "rate": part["rate"]}
                        for part in self.parts]})
        return report

    def verification(self):
        return {"builds": self.builds, "buildTime": self.build_time, "candidates": len(self.judged),
                "passed": sum(verdict["result"] == "passed" for verdict in self.judged),
                "refused": sum(verdict["result"] == "refused" for verdict in self.judged),
                "fromBuiltinEngine": sum(verdict.get("model") is None for verdict in self.judged)}


def math_sum(values):
    """Added one after the other: Python's own `sum` corrects rounding since 3.12."""
    total = 0.0
    for value in values:
        total += value
    return total


def lower_bound(run):
    rates = []
    for name, server in run.servers.items():
        own = [end for end in run.ends if end["server"] == name and end["outcome"] == "succeeded"]
        prompt = [end for end in own if end.get("promptTokens") is not None and end.get("prompt") is not None]
        answer = [end for end in own if end.get("answerTokens") is not None and end.get("answer") is not None]
        prompt_tokens, answer_tokens = sum(end["promptTokens"] for end in prompt), sum(end["answerTokens"] for end in answer)
        answer_time = math_sum(end["answer"] for end in answer)
        if answer_tokens > 0 and answer_time > 0:
            prompt_rate = math_sum(end["prompt"] for end in prompt) / prompt_tokens if prompt_tokens else 0.0
            rates.append((name, float(max(1, server["slots"])), prompt_rate, answer_time / answer_tokens))
    done = [number for number, task in enumerate(run.tasks)
            if task.last and task.last["outcome"] == "succeeded" and not task.last.get("cached")]
    if not done or not rates or len(done) > 4000:
        return None
    times = []
    for number in done:
        task = run.tasks[number]
        if task.last.get("promptTokens") is None or task.last.get("answerTokens") is None:
            return None
        own = [math.inf if task.pinned not in (None, name) else task.last["promptTokens"] * prompt + task.last["answerTokens"] * answer
               for name, _, prompt, answer in rates]
        if all(map(math.isinf, own)):
            return None
        times.append(own)
    place = {number: position for position, number in enumerate(done)}
    needs = [[place[run.current[name]] for name in run.tasks[number].dependencies if run.current.get(name) in place]
             for number in done]
    users = [[] for _ in done]
    for number, own in enumerate(needs):
        for other in own:
            users[other].append(number)
    missing, order = [len(own) for own in needs], [number for number, own in enumerate(needs) if not own]
    for number in order:
        for other in users[number]:
            missing[other] -= 1
            if missing[other] == 0:
                order.append(other)
    if len(order) != len(done):
        return None
    return bound_of(times, needs, users, order, [slots for _, slots, _, _ in rates])


def bound_of(times, needs, users, order, slots):
    least = [min(own) for own in times]
    heads, tails = [0.0] * len(times), [0.0] * len(times)
    for number in order:
        heads[number] = max((heads[other] + least[other] for other in needs[number]), default=0.0)
    for number in reversed(order):
        tails[number] = max((tails[other] + least[other] for other in users[number]), default=0.0)
    bound = max(0.0, *(heads[number] + least[number] + tails[number] for number in order))
    prices = [[1 / math_sum(slots)] * len(slots)]
    speeds = []
    for server in range(len(slots)):
        own = [task[server] for task in times if math.isfinite(task[server])]
        total = math_sum(own)
        speeds.append(len(own) / total if total > 0 else 0.0)
    whole = math_sum(one * other for one, other in zip(slots, speeds))
    if whole > 0:
        prices.append([speed / whole for speed in speeds])
    levels = sorted(set(tails))
    for level in levels[::max(1, len(levels) // 24)]:
        chosen = [number for number in order if tails[number] >= level]
        head = min((heads[number] for number in chosen), default=0.0)
        for price in prices:
            area = math_sum(min(rate * time if math.isfinite(time) else math.inf for rate, time in zip(price, times[number]))
                            for number in chosen)
            if math.isfinite(area):
                bound = max(bound, head + area + level)
    alone = math.inf
    for server, count in enumerate(slots):
        own = [task[server] for task in times]
        alone = min(alone, max(math_sum(own) / count, max(own)))
    return bound, alone if math.isfinite(alone) else 0.0
