"""Seeded work for seeded fleets: what the simulator charges, what a client is told, and the plan that `teamfix run` takes.

usage: workload.py SHAPE SEED [--fleet NAME] [--jobs N] [--fleets]     prints the plan, or the fleets' table
"""
import argparse
import dataclasses
import json
import math
import os
import random

from bound import lower_bound

MODEL = "qwen2.5-coder:7b"
CONTEXT = 8192
SPECIALIST = "Bench Worker"
INSTRUCTIONS = "Review what you are given. Be brief."
# How much shorter times are than on the hardware that the rates are of; 1 shows what waits of seconds, a stall's above all, really
# cost.
TIME_SCALE = float(os.environ.get("TIME_SCALE", 10))
SHAPES = ("flat", "divide-and-conquer", "pipelines", "random-dag", "heavy-tailed")
# What a client adds around each result that a job needs, in tokens.
RESULT_TOKENS = 16
# The instructions, the marks and the first line of a job's text.
LEAST_PROMPT = 80
# The noise of a stated answer length: log-sigma, where the normal draw is cut, so that no bound lies below the truth.
LENGTH_SIGMA, LENGTH_CUT = 0.5, 2.0

WORDS = ("buffer index guard branch return value handle state parser token stream offset length result option queue retry "
         "header column match reader writer caller module import field record signal thread session cursor packet").split()


@dataclasses.dataclass
class Server:
    name: str
    answer_rate: float  # tokens a second, as on real hardware
    prompt_rate: float
    slots: int = 1


def fleet_of(*settings):
    names = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "iris", "jade", "kelp", "lotus", "maple",
             "north", "ochre", "poppy")
    return [Server(name, *setting) for name, setting in zip(names, settings)]


# The rates of graphics cards, laptops and processors; the fastest first. Clients get them listed in permuted orders.
FLEETS = {
    "2-equal": fleet_of((36, 540), (36, 540)),
    "4-equal": fleet_of((36, 540), (36, 540), (36, 540), (36, 540)),
    "4-spread-3": fleet_of((60, 960), (42, 600), (30, 450), (20, 300)),
    "4-spread-18": fleet_of((90, 1600), (45, 700), (15, 200), (5, 80)),
    "16-mixed": fleet_of((90, 1600, 2), (80, 1300, 2), (60, 960, 4), (60, 900, 1), (45, 700, 1), (45, 700, 2), (42, 600, 1),
                         (36, 540, 1), (36, 540, 1), (30, 450, 2), (30, 400, 1), (20, 300, 1), (15, 200, 1), (10, 150, 1),
                         (8, 100, 1), (5, 80, 1)),
}
JOBS = {"2-equal": (12,), "4-equal": (24, 40), "4-spread-3": (24, 40), "4-spread-18": (24, 40), "16-mixed": (200,)}


@dataclasses.dataclass
class Job:
    name: str
    needs: list  # indices of earlier jobs
    prompt: int  # tokens, the results that it needs included
    answer: int
    told: int  # the bound on its answer that a client may be told
    shared: str
    text: str


def flat(source, count):
    return [[] for _ in range(count)]


def divide_and_conquer(source, count):
    """Groups of one that divides, some that work, one that joins; a last one joins the groups."""
    needs = []
    groups = max(1, round(count / 9))
    joins = []
    for group in range(groups):
        size = (count - (groups > 1) - len(needs)) // (groups - group)
        if size < 3:
            needs += [[] for _ in range(size)]
            continue
        first = len(needs)
        needs.append([])
        needs += [[first] for _ in range(size - 2)]
        needs.append(list(range(first + 1, first + size - 1)))
        joins.append(len(needs) - 1)
    while len(needs) < count:
        needs.append(list(joins))
    return needs


def pipelines(source, count):
    needs = []
    while len(needs) < count:
        stages = source.randint(2, 6)
        for stage in range(min(stages, count - len(needs))):
            needs.append([] if stage == 0 else [len(needs) - 1])
    return needs


def random_dag(source, count):
    needs = []
    for job in range(count):
        window = range(max(0, job - max(10, count // 2)), job)
        wanted = 0 if job < 4 else source.choice((0, 1, 1, 2, 3))
        needs.append(sorted(source.sample(window, min(wanted, len(window)))))
    return needs


MAKERS = {"flat": flat, "divide-and-conquer": divide_and_conquer, "pipelines": pipelines, "random-dag": random_dag,
          "heavy-tailed": random_dag}


def lognormal(source, median, sigma, least, most):
    return int(min(most, max(least, round(median * math.exp(sigma * source.gauss(0, 1))))))


def stated_length(source, truth):
    """An upper bound as a person would set it: a guess with log-sigma 0.5, times the margin that keeps any guess from
    cutting an answer. It lies between 1 and 7.4 times the truth, 2.7 times in the median."""
    while True:
        normal = source.gauss(0, 1)
        if abs(normal) <= LENGTH_CUT:
            return math.ceil(truth * math.exp(LENGTH_SIGMA * (normal + LENGTH_CUT)))


def filler(source, size):
    words = []
    while size > 0:
        word = source.choice(WORDS)
        words.append(word)
        size -= len(word) + 1
    return " ".join(words)


class Workload:
    """Jobs with their dependencies; the same shape, seed and count are always the same work."""

    def __init__(self, shape, seed, count, *, shared_tokens=0, groups=3, tiny=False):
        self.shape, self.seed, self.count = shape, seed, count
        source = random.Random(f"{shape} {seed} {count} {shared_tokens} {tiny}")
        needs = MAKERS[shape](source, count)
        sigma, most = (1.2, 900) if shape == "heavy-tailed" else (0.6, 500)
        answers = [1 if tiny else lognormal(source, 80, sigma, 6, most) for _ in needs]
        shared = [filler(source, 4 * shared_tokens) for _ in range(groups)] if shared_tokens else [""]
        self.jobs = []
        for job, (needed, answer) in enumerate(zip(needs, answers)):
            own = LEAST_PROMPT if tiny else lognormal(source, 300, 0.6, LEAST_PROMPT, 1500)
            common = shared[job % len(shared)]
            prompt = own + (len(common) + 3) // 4 + sum(answers[other] + RESULT_TOKENS for other in needed)
            name = f"{shape[:2]}{seed}-{job:03d}"
            opening = f"Job {name}: look at this.\n"
            marks = f"\n[task {name}] [prompt {prompt} tokens] [answer {answer} tokens]"
            text = opening + filler(source, 4 * own - len(opening) - len(marks) - len(INSTRUCTIONS)) + marks
            self.jobs.append(Job(name, needed, prompt, answer, stated_length(source, answer), common, text))

    def times(self, servers, scale=TIME_SCALE):
        return [[(job.prompt / server.prompt_rate + job.answer / server.answer_rate) / scale for server in servers]
                for job in self.jobs]

    def bound(self, servers, scale=TIME_SCALE):
        return lower_bound(self.times(servers, scale), [job.needs for job in self.jobs], [server.slots for server in servers])

    def plan(self, lengths=True):
        """The plan for `teamfix run`; with `lengths`, each task's maxTokens is the bound on its answer."""
        tasks = []
        for job in self.jobs:
            task = {"id": job.name, "specialist": SPECIALIST, "dependencies": [self.jobs[other].name for other in job.needs],
                    "input": {"title": job.name, "text": job.text, "shared": job.shared}}
            if lengths:
                task["sampling"] = {"maxTokens": job.told}
            tasks.append(task)
        return {"problem": f"{self.shape} {self.seed}", "tasks": tasks}


def permuted(servers, seed):
    """The servers in another order for each seed: the fastest moves through all places, the others are shuffled."""
    source = random.Random(f"order {seed}")
    others = list(servers[1:])
    source.shuffle(others)
    place = (seed + 1) % len(servers)
    return others[:place] + [servers[0]] + others[place:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shape", choices=SHAPES)
    parser.add_argument("seed", type=int)
    parser.add_argument("--fleet", choices=list(FLEETS), default="4-equal")
    parser.add_argument("--jobs", type=int, default=24)
    parser.add_argument("--fleets", action="store_true", help="print the bound on every fleet instead of the plan")
    arguments = parser.parse_args()
    work = Workload(arguments.shape, arguments.seed, arguments.jobs)
    if not arguments.fleets:
        print(json.dumps(work.plan(), indent=2))
        return
    for name, servers in FLEETS.items():
        print(f"{name:12} {work.bound(servers):6.3f} s")


if __name__ == "__main__":
    main()
