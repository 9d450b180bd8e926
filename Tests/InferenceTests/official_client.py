"""Drives a simulated server with Ollama's official Python client: `official_client.py URL`.

Exits with 0 when the client, which knows nothing of this project, finds everything as it expects it.
"""

import sys

import ollama

client = ollama.Client(host=sys.argv[1], timeout=20)
MODEL = "qwen2.5-coder:7b"
HELLO = [{"role": "user", "content": "hello <there> & more"}]


def expect(condition, what):
    if not condition:
        sys.exit(f"not as expected: {what}")


def expect_error(status, words, call):
    try:
        call()
    except ollama.ResponseError as error:
        expect(error.status_code == status and words in error.error, f"{error.status_code}: {error.error}")
    else:
        sys.exit(f"no error: {words}")


whole = client.chat(MODEL, HELLO)
expect(whole.message.content == "echo: hello <there> & more", whole)
expect(whole.done and whole.done_reason == "stop" and whole.eval_count > 0, whole)

parts = list(client.chat(MODEL, HELLO, stream=True, options={"num_ctx": 4096}, keep_alive="5m"))
expect("".join(part.message.content for part in parts) == "echo: hello <there> & more", parts)
expect([part.done for part in parts[-2:]] == [False, True] and len(parts) > 3, parts)

cut = client.chat(MODEL, HELLO, options={"num_predict": 2, "num_ctx": 4096})
expect(cut.done_reason == "length" and cut.message.content == "echo: he", cut)

written = "".join(part.response for part in client.generate(MODEL, "once", stream=True))
expect(written == "echo: once", written)
expect(client.generate(MODEL, "twice").response == "echo: twice", "generate")

listed = client.list().models
expect([model.model for model in listed] == [MODEL] and listed[0].details.parameter_size == "7.6B", listed)
expect(listed[0].modified_at.year == 2026, listed)
shown = client.show(MODEL)
expect("completion" in shown.capabilities and shown.modelinfo["qwen2.context_length"] == 32768, shown)
running = client.ps().models
expect(running[0].model == MODEL and running[0].context_length == 4096 and running[0].expires_at, running)

expect(client.generate(MODEL, "", keep_alive=0).done_reason == "unload", "unload")
expect(client.ps().models == [], "nothing is loaded")
expect(client.chat(MODEL, []).done_reason == "load", "load")

expect_error(404, "model 'other' not found", lambda: client.chat("other", HELLO))
expect_error(404, "model 'other:latest' not found", lambda: client.show("other"))
expect_error(400, 'missing unit in duration "300"', lambda: client.chat(MODEL, HELLO, keep_alive="300"))
expect_error(400, "does not support thinking", lambda: client.chat(MODEL, HELLO, think=True))
expect_error(500, "must be of type", lambda: client.chat(MODEL, HELLO, options={"num_ctx": "many"}))
expect_error(500, "ran out", lambda: client.chat(MODEL, [{"role": "user", "content": "fail"}]))
expect_error(-1, "gave up", lambda: list(client.chat(MODEL, [{"role": "user", "content": "fail later"}], stream=True)))
