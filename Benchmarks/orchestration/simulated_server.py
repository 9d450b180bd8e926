"""One simulated Ollama server: what it answers, when, and what of it is recorded."""
import asyncio
import collections
import json
import random
import re
import time

FLUSH_SECONDS = 0.02
FAMILY = "qwen2"
PREFIXES_KEPT = 16
LEAST_PREFIX_TOKENS = 16
MARK = {kind: re.compile(pattern) for kind, pattern in {
    "task": r"\[task ([\w.-]+)\]", "prompt": r"\[prompt (\d+) tokens\]", "answer": r"\[answer (\d+) tokens\]"}.items()}
WORDS = ("the loop reads one byte then checks its bound before any write so a value that is absent stays so while each call "
         "may fail with what it saw and why this path was taken first a list keeps order when two keys match we sort by age "
         "no lock is held here as only its owner moves it into place after both ends are known good").split()


def timestamp():
    now = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1e6):06d}Z"


def last_mark(kind, text):
    found = None
    for found in MARK[kind].finditer(text):
        pass
    return found and found.group(1)


def common_prefix(one, other):
    """The bytes that both begin with."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


class Slots:
    """Permits in the order of asking. A permit carries the moment since which it is free, so that a late wake-up doesn't
    delay the work of whoever waited for it."""

    def __init__(self, count):
        self.free = count
        self.waiting = collections.deque()

    async def take(self):
        now = time.monotonic()
        if self.free and not self.waiting:
            self.free -= 1
            return now
        waiter = asyncio.get_running_loop().create_future()
        self.waiting.append(waiter)
        try:
            return max(now, await waiter)
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self.give(waiter.result())
            else:
                self.waiting.remove(waiter)
            raise

    def give(self, moment):
        while self.waiting:
            waiter = self.waiting[0]
            self.waiting.popleft()
            if not waiter.done():
                waiter.set_result(moment)
                return
        self.free += 1


class Refusal(Exception):
    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class Run:
    """What happened since the last reset."""

    def __init__(self, wish):
        self.prefix_cache = bool(wish.get("prefix_cache"))
        self.stall = wish.get("stall")
        self.began = None
        self.requests = []
        self.worst_lateness = 0.0
        self.lateness = 0.0
        self.wakes = 0

    def stats(self, servers):
        began = self.began or 0.0

        def relative(request):
            return {key: value - began if key in ("arrived", "started", "ended", "sent") and value is not None else value
                    for key, value in request.items()}

        per_server = {}
        for server in servers:
            own = [request for request in self.requests if request["server"] == server.name]
            busy = sum(request["ended"] - request["started"] for request in own
                       if request["ended"] is not None and request["started"] is not None)
            per_server[server.name] = {
                "busy": busy, "requests": len(own), "loads": server.loads, "most_in_flight": server.most_in_flight,
                "most_waiting": server.most_waiting, "reused_prompt_tokens": sum(request["reused"] for request in own)}
        return {"worst_lateness": self.worst_lateness, "mean_lateness": self.lateness / max(1, self.wakes),
                "wakes": self.wakes, "servers": per_server, "requests": [relative(request) for request in self.requests]}


class Server:
    def __init__(self, fleet, setting):
        self.fleet = fleet
        self.name = setting["name"]
        self.port = setting.get("port", 0)
        self.count = setting.get("slots", 1)
        self.prompt_rate = float(setting["prompt_rate"])
        self.answer_rate = float(setting["answer_rate"])
        self.load_seconds = float(setting.get("load_seconds", 0))
        self.cancel_seconds = float(setting.get("cancel_seconds", 0))
        self.begin(resident=True)

    def begin(self, resident):
        self.slots = Slots(self.count)
        self.loading = asyncio.Lock()
        self.context = self.fleet.context if resident else None
        self.prefixes = collections.deque(maxlen=PREFIXES_KEPT)
        self.loads = self.in_flight = self.most_in_flight = self.most_waiting = 0

    # What the small calls answer.

    def details(self):
        return {"parent_model": "", "format": "gguf", "family": FAMILY, "families": [FAMILY], "parameter_size": "7.6B",
                "quantization_level": "Q4_K_M", "context_length": self.fleet.trained, "embedding_length": 3584}

    def entry(self):
        return {"name": self.fleet.model, "model": self.fleet.model, "size": 4683087332, "digest": self.fleet.digest,
                "details": self.details()}

    def tags(self):
        return {"models": [{**self.entry(), "modified_at": "2026-08-21T10:00:00Z", "capabilities": ["completion"]}]}

    def ps(self):
        if self.context is None:
            return {"models": []}
        return {"models": [{**self.entry(), "size_vram": 4683087332, "expires_at": "2318-01-01T00:00:00Z",
                            "context_length": self.context}]}

    def show(self, body):
        self.check_model(body, ":latest")
        return {"capabilities": ["completion"], "details": self.details(), "parameters": "", "template": "{{ .Prompt }}",
                "modified_at": "2026-08-21T10:00:00Z",
                "model_info": {"general.architecture": FAMILY, f"{FAMILY}.context_length": self.fleet.trained}}

    def check_model(self, body, suffix=""):
        model = body.get("model") or body.get("name")
        if not isinstance(model, str) or not model:
            raise Refusal(400, "model is required")
        if model.lower().removesuffix(":latest") != self.fleet.model.removesuffix(":latest"):
            raise Refusal(404, f"model '{model}{suffix if ':' not in model else ''}' not found")
        return model

    # A chat.

    async def chat(self, body, connection):
        arrived = time.monotonic()
        model = self.check_model(body)
        messages = body.get("messages") or []
        options = body.get("options") or {}
        if not messages:
            return await self.load_only(body, model, options)
        text = next((message["content"] for message in reversed(messages) if message.get("role") == "user"), "")
        whole = "\0".join(message.get("content", "") for message in messages).encode()
        prompt = int(last_mark("prompt", text) or (len(whole) + 3) // 4)
        answer = int(last_mark("answer", text) or 64)
        most = options.get("num_predict", -1)
        reason = "stop"
        if most is not None and 0 <= most < answer:
            answer, reason = max(1, most), "length"
        window = self.window(options)
        if prompt >= window:
            inner = {"error": {"code": 400, "type": "exceed_context_size_error", "n_prompt_tokens": prompt, "n_ctx": window,
                               "message": f"request ({prompt} tokens) exceeds the available context size ({window} tokens), "
                                          "try increasing it"}}
            raise Refusal(400, json.dumps(inner, separators=(",", ":")))
        run = self.fleet.run
        if run.began is None:
            run.began = arrived
        record = {"task": last_mark("task", text), "server": self.name, "arrived": arrived, "started": None, "ended": None,
                  "sent": None, "outcome": "open", "prompt": prompt, "answer": answer, "reused": 0, "reason": reason,
                  "bytes": len(whole), "num_predict": most}
        run.requests.append(record)
        stream = body.get("stream") is not False
        try:
            await self.load(window)
            loaded = time.monotonic() - arrived if self.load_seconds else 0.0
            self.most_waiting = max(self.most_waiting, len(self.slots.waiting) + (not self.slots.free))
            start = await self.slots.take()
            await self.answer(run, record, start, loaded, whole, model, stream, connection)
        except asyncio.CancelledError:
            record["outcome"] = "cancelled"
            if record["ended"] is None:
                record["ended"] = time.monotonic()
            raise

    async def answer(self, run, record, start, loaded, whole, model, stream, connection):
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        free_at = None
        try:
            start = self.after_stall(run, start)
            if start is None:
                record["started"] = time.monotonic()
                await asyncio.get_running_loop().create_future()
            record["started"] = start
            prompt, answer = record["prompt"], record["answer"]
            record["reused"] = reused = self.reused(run, whole, prompt)
            prompt_seconds = (prompt - reused) / self.prompt_rate
            evaluated = start + prompt_seconds
            await self.until(run, start, evaluated)
            if run.prefix_cache:
                self.prefixes.append(whole)
            end = evaluated + answer / self.answer_rate
            await self.pieces(run, record, start, evaluated, end, model, stream, connection)
            last = {"model": model, "created_at": timestamp(), "message": {"role": "assistant", "content": ""}, "done": True,
                    "done_reason": record["reason"],
                    "total_duration": int((time.monotonic() - record["arrived"]) * 1e9), "load_duration": int(loaded * 1e9),
                    "prompt_eval_count": prompt, "prompt_eval_duration": int(prompt_seconds * 1e9),
                    "eval_count": answer, "eval_duration": int(answer / self.answer_rate * 1e9)}
            if stream:
                connection.piece(json.dumps(last).encode() + b"\n")
                connection.last_piece()
            else:
                last["message"]["content"] = "".join(self.words(record))
                connection.reply(200, last)
            free_at = self.shifted(run, start, end)
            record.update(ended=free_at, sent=time.monotonic(), outcome="done")
        finally:
            self.in_flight -= 1
            if free_at is not None:
                self.slots.give(free_at)
            elif self.fleet.run is run:
                # Whoever leaves frees the slot when the engine has noticed.
                slots, loop = self.slots, asyncio.get_running_loop()
                loop.call_later(self.cancel_seconds, lambda: slots.give(time.monotonic()))

    async def pieces(self, run, record, start, evaluated, end, model, stream, connection):
        """Sends the tokens, in absolute time."""
        words, sent, flush = self.words(record), 0, evaluated
        head = f'{{"model":{json.dumps(model)},"created_at":"'
        while sent < len(words):
            # The next flush is 20 ms on, or when a token is there at last.
            flush = min(end, max(flush + FLUSH_SECONDS, evaluated + (sent + 1) / self.answer_rate))
            await self.until(run, start, flush)
            due = len(words) if flush >= end else int((flush - evaluated) * self.answer_rate + 1e-6)
            if due > sent and stream:
                opening = head + timestamp() + '","message":{"role":"assistant","content":"'
                connection.piece("".join(f'{opening}{word}"}},"done":false}}\n' for word in words[sent:due]).encode())
            sent = max(sent, due)

    @staticmethod
    def words(record):
        """One piece a token, about four bytes each, never the same twice over."""
        source = random.Random(f"{record['task']} {record['answer']}")
        return [" " + word for word in source.choices(WORDS, k=record["answer"])]

    def reused(self, run, whole, prompt):
        if not run.prefix_cache or not self.prefixes:
            return 0
        shared = max(common_prefix(whole, old) for old in self.prefixes)
        tokens = min(prompt - 1, prompt * shared // max(1, len(whole)))
        return tokens if tokens >= LEAST_PREFIX_TOKENS else 0

    # Time.

    def stall(self, run):
        stall = run.stall
        if not stall or stall["server"] != self.name or run.began is None:
            return None
        return run.began + stall["after"], stall.get("seconds")

    def after_stall(self, run, start):
        """When work that would begin now begins; nil for never."""
        stall = self.stall(run)
        if stall is None or start < stall[0]:
            return start
        if stall[1] is None:
            return None
        return max(start, stall[0] + stall[1])

    def shifted(self, run, start, moment):
        """When what is due at a moment happens, for work that began at `start`; nil for never."""
        stall = self.stall(run)
        if stall is None or start >= stall[0] or moment < stall[0]:
            return moment
        return None if stall[1] is None else moment + stall[1]

    async def until(self, run, start, moment):
        """Waits for a deadline, and notes how late it woke."""
        moment = self.shifted(run, start, moment)
        loop = asyncio.get_running_loop()
        waker = loop.create_future()
        if moment is not None:
            handle = loop.call_at(moment, lambda: waker.done() or waker.set_result(None))
        try:
            await waker
        finally:
            if moment is not None:
                handle.cancel()
        late = time.monotonic() - moment
        run.worst_lateness = max(run.worst_lateness, late)
        run.lateness += late
        run.wakes += 1

    # Loading.

    def window(self, options):
        return min(self.fleet.trained, int(options.get("num_ctx") or self.context or self.fleet.context))

    async def load(self, window):
        if self.context == window:
            return
        async with self.loading:
            if self.context != window:
                self.loads += 1
                await asyncio.sleep(self.load_seconds)
                self.context = window

    async def load_only(self, body, model, options):
        reason = "load"
        if body.get("keep_alive") == 0:
            self.context, reason = None, "unload"
        else:
            await self.load(self.window(options))
        return {"model": model, "created_at": timestamp(), "message": {"role": "assistant", "content": ""}, "done": True,
                "done_reason": reason}
