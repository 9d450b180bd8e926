#!/usr/bin/env python3
"""A fleet of simulated Ollama servers on loopback, in one process of its own.

usage: simulator.py FLEET.json

FLEET.json is {"model", "digest", "context", "servers": [{"name", "port", "slots", "prompt_rate", "answer_rate",
"load_seconds", "cancel_seconds"}]}: rates in tokens a second, port 0 for any. One line of JSON on standard output says
that it is ready, with the ports and the control port. It ends when its standard input does.

A server answers GET /api/version, /api/tags, /api/ps and POST /api/show, /api/chat as Ollama does: a request waits for a
slot in order and without a byte; the first byte comes with the first token; one NDJSON object a token, written about every
20 ms; counts and durations in the last one. Durations are those of the rates, never of this process's own lateness.

What an answer takes is in the last user message, where the last mark of each kind counts:

    [task NAME]          whose answer it is, for the record
    [prompt 400 tokens]  what the prompt is charged; without it, bytes / 4 of all messages
    [answer 123 tokens]  how long the answer is, unless num_predict is less; without it, 64

The control port has GET /stats (this run's requests, lateness, busy time, reused prefixes) and POST /reset, which ends what
is under way and begins a run: {"prefix_cache": bool, "resident": bool, "stall": {"server", "after", "seconds"}}. A stalled
server sends nothing more from `after` seconds past the run's first chat, for `seconds` (null: for ever); it still tells its
version.

Every wait is for an absolute deadline, so lateness doesn't add up within an answer; the worst one is in the statistics.
"""
import asyncio
import gc
import json
import os
import socket
import sys

from simulated_server import Refusal, Run, Server

VERSION = "0.32.15"
MOST_BODY = 16 << 20


class Fleet:
    def __init__(self, setting):
        self.model = setting.get("model", "qwen2.5-coder:7b")
        self.digest = setting.get("digest", "5ee4f07cdb9beadbbb293e85803c569b01bd37ed059d2715faa7bb405f31caa6")
        self.context = setting.get("context", 8192)
        self.trained = setting.get("trained", 32768)
        self.run = Run({})
        self.servers = [Server(self, server) for server in setting["servers"]]
        self.connections = set()

    def reset(self, wish):
        self.run = Run(wish)
        for connection in list(self.connections):
            connection.abandon()
        for server in self.servers:
            server.begin(wish.get("resident", True))


class Connection(asyncio.Protocol):
    """HTTP/1.1, one request at a time; an answer ends when the client goes away."""

    def __init__(self, fleet, server):
        self.fleet, self.server = fleet, server
        self.buffer, self.task, self.headers_sent = bytearray(), None, False

    def connection_made(self, transport):
        self.transport = transport
        self.fleet.connections.add(self)

    def connection_lost(self, error):
        self.fleet.connections.discard(self)
        if self.task:
            self.task.cancel()

    def abandon(self):
        if self.server and self.task:
            self.task.cancel()
            self.transport.abort()

    def data_received(self, data):
        self.buffer += data
        if len(self.buffer) > MOST_BODY:
            self.transport.abort()
        self.pump()

    def pump(self):
        if self.task is None and not self.transport.is_closing():
            request = self.parse()
            if request:
                self.task = asyncio.get_running_loop().create_task(self.serve(*request))
                self.task.add_done_callback(self.served)

    def served(self, task):
        self.task = None
        if task.cancelled() or self.closes:
            self.transport.close()
        elif task.exception():
            print(f"simulator: {task.exception()!r}", file=sys.stderr)
            self.transport.abort()
        else:
            self.pump()

    def parse(self):
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        lines = self.buffer[:end].decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ", 2)
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        body, rest = b"", end + 4
        if "chunked" in headers.get("transfer-encoding", "").lower():
            while True:
                line = self.buffer.find(b"\r\n", rest)
                if line < 0:
                    return None
                size = int(self.buffer[rest:line].split(b";")[0], 16)
                if len(self.buffer) < line + 4 + size:
                    return None
                body += self.buffer[line + 2:line + 2 + size]
                rest = line + 4 + size
                if size == 0:
                    break
        else:
            size = int(headers.get("content-length", 0))
            if len(self.buffer) < rest + size:
                return None
            body = bytes(self.buffer[rest:rest + size])
            rest += size
        del self.buffer[:rest]
        self.closes = headers.get("connection", "").lower() == "close"
        return method, path.split("?")[0], bytes(body)

    async def serve(self, method, path, body):
        self.headers_sent = False
        try:
            value = json.loads(body) if body else {}
            answer = await (self.api if self.server else self.control)(method, path, value)
            if answer is not None:
                self.reply(200, answer)
        except Refusal as refusal:
            self.reply(refusal.status, {"error": str(refusal)})
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            self.reply(400, {"error": f"{error}"})

    async def api(self, method, path, body):
        server = self.server
        if path == "/api/chat" and method == "POST":
            return await server.chat(body, self)
        if path == "/api/show" and method == "POST":
            return server.show(body)
        if method in ("GET", "HEAD"):
            if path == "/api/version":
                return {"version": VERSION}
            if path == "/api/tags":
                return server.tags()
            if path == "/api/ps":
                return server.ps()
        self.text(404, "404 page not found")

    async def control(self, method, path, body):
        if path == "/stats":
            return self.fleet.run.stats(self.fleet.servers)
        if path == "/reset" and method == "POST":
            self.fleet.reset(body)
            gc.collect()
            return {}
        self.text(404, "404 page not found")

    # Writing.

    def reply(self, status, value):
        self.text(status, json.dumps(value), "application/json; charset=utf-8")

    def text(self, status, text, kind="text/plain"):
        if not self.headers_sent:
            body = text.encode()
            self.transport.write(f"HTTP/1.1 {status} {'OK' if status == 200 else 'Refused'}\r\nContent-Type: {kind}\r\n"
                                 f"Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def piece(self, data):
        head = b""
        if not self.headers_sent:
            self.headers_sent = True
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
        self.transport.write(head + f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def last_piece(self):
        self.transport.write(b"0\r\n\r\n")


async def end_with_standard_input():
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.read(4096):
        pass


async def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        fleet = Fleet(json.load(file))
    loop = asyncio.get_running_loop()

    async def listen(server, port):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        await loop.create_server(lambda: Connection(fleet, server), sock=listener, backlog=1024)
        return listener.getsockname()[1]

    for server in fleet.servers:
        server.port = await listen(server, server.port)
    control = await listen(None, 0)
    gc.freeze()
    gc.disable()
    print(json.dumps({"control": control, "ports": {server.name: server.port for server in fleet.servers}}), flush=True)
    await end_with_standard_input()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        os.nice(-10)  # The servers are other machines: they don't wait for the client's processor.
    except OSError:
        pass
    asyncio.run(main())
