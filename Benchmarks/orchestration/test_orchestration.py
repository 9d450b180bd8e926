"""Tests of the benchmark itself: python3 -m unittest (in this folder). They take some seconds."""
import asyncio
import itertools
import json
import random
import tempfile
import time
import unittest

import clients
import measuring
import workload
from bound import lower_bound


def best_makespan(times, dependencies, slots):
    """The best of all schedules, for very few jobs: every order, every assignment, each job as soon as it can."""
    machines = [server for server, count in enumerate(slots) for _ in range(count)]
    best = float("inf")
    for order in itertools.permutations(range(len(times))):
        if any(order.index(other) > order.index(job) for job in order for other in dependencies[job]):
            continue
        for choice in itertools.product(range(len(machines)), repeat=len(times)):
            free, end = [0.0] * len(machines), {}
            for job in order:
                machine = choice[job]
                start = max([free[machine]] + [end[other] for other in dependencies[job]])
                end[job] = free[machine] = start + times[job][machines[machine]]
            best = min(best, max(end.values()))
    return best


class Bounds(unittest.TestCase):
    def test_no_schedule_is_shorter_than_the_bound(self):
        source, ratios = random.Random(7), []
        for _ in range(40):
            count = source.randint(1, 5)
            slots = source.choice([[1, 1], [2], [1, 1, 1], [2, 1]])
            times = [[source.uniform(0.2, 3) for _ in slots] for _ in range(count)]
            needs = [[other for other in range(job) if source.random() < 0.3] for job in range(count)]
            bound, best = lower_bound(times, needs, slots), best_makespan(times, needs, slots)
            self.assertLessEqual(bound, best + 1e-9)
            ratios.append(best / bound)
        self.assertLess(sum(ratios) / len(ratios), 1.25)

    def test_a_chain_is_bound_by_its_length_and_equal_jobs_by_the_slots(self):
        self.assertAlmostEqual(lower_bound([[1.0, 2.0]] * 3, [[], [0], [1]], [1, 1]), 3.0)
        self.assertAlmostEqual(lower_bound([[1.0, 1.0]] * 8, [[]] * 8, [1, 3]), 2.0)

    def test_proportional_speeds_bound_as_the_sum_of_speeds(self):
        work = [1.0, 2.0, 3.0, 4.0] * 6
        bound = lower_bound([[own / speed for speed in (6, 3, 1)] for own in work], [[]] * len(work), [1, 1, 1])
        self.assertAlmostEqual(bound, sum(work) / 10, places=3)


class Workloads(unittest.TestCase):
    def test_shapes_have_as_many_jobs_as_asked_for_and_need_earlier_ones_only(self):
        for shape, count in itertools.product(workload.SHAPES, (1, 2, 5, 12, 24, 40, 200)):
            jobs = workload.Workload(shape, 3, count).jobs
            self.assertEqual(len(jobs), count)
            self.assertEqual(len({job.name for job in jobs}), count)
            self.assertTrue(all(other < index for index, job in enumerate(jobs) for other in job.needs))

    def test_a_stated_length_never_cuts_and_is_rarely_the_truth(self):
        jobs = [job for seed in range(20) for job in workload.Workload("flat", seed, 50).jobs]
        self.assertTrue(all(job.answer <= job.told <= 7.5 * job.answer + 1 for job in jobs))
        self.assertLess(sum(job.told <= job.answer + 1 for job in jobs) / len(jobs), 0.05)

    def test_a_prompt_has_about_four_bytes_for_each_token_that_it_is_charged(self):
        for job in workload.Workload("flat", 1, 50, shared_tokens=500).jobs:
            size = len(job.shared) + len(job.text) + len(workload.INSTRUCTIONS)
            self.assertLess(abs(size / 4 - job.prompt), 12, job.name)

    def test_the_fastest_server_is_listed_at_every_place(self):
        servers = workload.FLEETS["4-spread-18"]
        places = {workload.permuted(servers, seed).index(servers[0]) for seed in range(4)}
        self.assertEqual(places, {0, 1, 2, 3})


def body(task, prompt, answer, *, text="", **more):
    return json.dumps({"model": workload.MODEL, "options": {"num_ctx": workload.CONTEXT, **more}, "messages": [
        {"role": "user", "content": f"{text} [task {task}] [prompt {prompt} tokens] [answer {answer} tokens]"}]}).encode()


class Simulated(unittest.TestCase):
    """One server of 2 slots: 4,000 prompt tokens and 200 answer tokens a second."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.simulator = measuring.Simulator([workload.Server("one", 20, 400, 2)], self.folder.name)
        self.addCleanup(self.simulator.__exit__)
        self.port = self.simulator.ports["one"]

    def all(self, *bodies):
        async def together():
            return await asyncio.gather(*(clients.exchange(self.port, each) for each in bodies))
        return asyncio.run(together())

    def requests(self):
        return {each["task"]: each for each in self.simulator.ask("GET", "/stats")["requests"]}

    def test_an_answer_takes_what_the_rates_say_and_third_waits_for_a_slot(self):
        texts = self.all(*(body(name, 400, 40) for name in "abc"))
        self.assertTrue(all(len(text.split()) == 40 for text in texts))
        requests = self.requests()
        for name, seconds in (("a", 0.3), ("b", 0.3), ("c", 0.6)):
            self.assertAlmostEqual(requests[name]["ended"], seconds, delta=0.05)
        stats = self.simulator.ask("GET", "/stats")
        self.assertEqual((stats["servers"]["one"]["most_in_flight"], stats["servers"]["one"]["most_waiting"]), (2, 1))

    def test_the_last_object_carries_ollamas_figures(self):
        async def last():
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            data = body("a", 400, 40, num_predict=10)
            writer.write(b"POST /api/chat HTTP/1.1\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(data) + data)
            whole = await reader.read()
            writer.close()
            return json.loads([line for line in whole.splitlines() if line.startswith(b"{")][-1])
        answer = asyncio.run(last())
        self.assertEqual((answer["done"], answer["done_reason"], answer["eval_count"], answer["prompt_eval_count"]),
                         (True, "length", 10, 400))
        self.assertEqual((answer["eval_duration"], answer["prompt_eval_duration"]), (50_000_000, 100_000_000))
        self.assertAlmostEqual(answer["total_duration"] / 1e9, 0.15, delta=0.04)

    def test_a_prefix_is_evaluated_once_when_prefixes_are_kept(self):
        self.simulator.ask("POST", "/reset", {"prefix_cache": True})
        shared = workload.filler(random.Random(1), 4000)
        self.all(body("a", 1000, 4, text=shared))
        self.all(body("b", 1000, 4, text=shared))
        requests = self.requests()
        self.assertEqual(requests["a"]["reused"], 0)
        self.assertGreater(requests["b"]["reused"], 950)
        self.assertLess(requests["b"]["ended"] - requests["b"]["started"], 0.06)

    def test_a_client_that_leaves_frees_its_slot(self):
        async def leave():
            tasks = [asyncio.ensure_future(clients.exchange(self.port, body(name, 400, 4000))) for name in "ab"]
            await asyncio.sleep(0.15)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            began = time.monotonic()
            await clients.exchange(self.port, body("c", 40, 4))
            return time.monotonic() - began
        self.assertLess(asyncio.run(leave()), 0.3)
        self.assertEqual([self.requests()[name]["outcome"] for name in "abc"], ["cancelled", "cancelled", "done"])

    def test_a_stalled_server_sends_nothing_more_until_it_goes_on(self):
        self.simulator.ask("POST", "/reset", {"stall": {"server": "one", "after": 0.2, "seconds": 0.5}})
        self.all(body("a", 400, 40))
        self.assertAlmostEqual(self.requests()["a"]["ended"], 0.8, delta=0.05)
        self.simulator.ask("POST", "/reset", {"stall": {"server": "one", "after": 0.2, "seconds": None}})
        with self.assertRaises(asyncio.TimeoutError):
            asyncio.run(asyncio.wait_for(clients.exchange(self.port, body("a", 400, 40)), 0.6))

    def test_python_clients_meet_the_checks_of_a_run(self):
        work = workload.Workload("divide-and-conquer", 1, 6)
        for client in (clients.pool, clients.waves):
            outcome = measuring.measure(client, work, [workload.Server("one", 20, 400, 2)], self.simulator, self.folder.name)
            self.assertIsNone(outcome.failure)
            self.assertEqual(outcome.stats["servers"]["one"]["most_waiting"], 0)
            self.assertGreaterEqual(outcome.makespan, work.bound([workload.Server("one", 20, 400, 2)]) - 0.01)

    def test_a_run_without_an_answer_doesnt_count(self):
        async def nothing(cell):
            pass
        work = workload.Workload("flat", 1, 2)
        outcome = measuring.measure(nothing, work, [workload.Server("one", 20, 400, 2)], self.simulator, self.folder.name)
        self.assertIn("never answered", outcome.failure)


if __name__ == "__main__":
    unittest.main()
