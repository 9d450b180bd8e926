"""Cases of failing builds: how they are laid out, how teamfix is tried on one, how a fix is judged and compared with the human one.

A case is a folder with `repo`, a git repository whose last commit fails to build, and `case.json`:
{"build": COMMAND, "files": [what a fix may touch], "protect": [what it may not],
 "behaviour": {"run", "cases": [{"stdin", "stdout"}]}, "fix": {FILE: its good text}}. The last two may be missing.
A JSON Lines file of such cases (with "id" and "files": {FILE: its broken text}) is laid out by `unpack`.
"""
import hashlib
import json
import math
import os
import pathlib
import re
import shutil
import sqlite3
import statistics
import subprocess
import tempfile
import time

GIT = ["git", "-c", "user.name=case", "-c", "user.email=case@example.org", "-c", "core.autocrlf=false", "-c", "commit.gpgsign=false"]
# Where a change near the true one begins to be another one: the lines that a diff shows around a change.
CONTEXT = 3


def git(folder, *words):
    return subprocess.run([*GIT, "-C", str(folder), *words], check=True, capture_output=True).stdout


def unpack(lines, folder):
    """Lays out the cases of a JSON Lines file below a folder, and returns their folders in the file's order."""
    made = []
    for line in lines.read_text().splitlines():
        case = json.loads(line)
        place = folder / case["id"]
        made.append(place)
        if (place / "case.json").exists():
            continue
        shutil.rmtree(place, ignore_errors=True)
        (place / "repo").mkdir(parents=True)
        git(place / "repo", "init", "-q", "-b", "main")
        (place / "repo/.gitignore").write_text("/main\n/run\n__pycache__/\n")
        for path, text in case["files"].items():
            (place / "repo" / path).write_text(text)
        git(place / "repo", "add", "-A")
        git(place / "repo", "commit", "-q", "-m", "Add the program")
        (place / "case.json").write_text(json.dumps(
            {"build": case["build"], "files": sorted(case["fix"]), "protect": case["protect"], "behaviour": case.get("behaviour"),
             "fix": case["fix"]}, indent=1))
    return made


def gathered(sources, folder):
    """The case folders of all that was named: folders of cases, and JSON Lines files, which are laid out below `folder`."""
    found = []
    for source in map(pathlib.Path, sources):
        if source.is_dir():
            found += sorted(path for path in source.iterdir() if (path / "case.json").exists())
        else:
            found += unpack(source, folder)
    return found


def truths(paths):
    """The good texts by case, of JSON Lines files."""
    return {case["id"]: case["fix"] for path in paths for case in map(json.loads, pathlib.Path(path).read_text().splitlines())}


def digest(folder):
    """Everything in a repository that teamfix must not touch."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).as_posix()
        if inside.startswith((".git/objects", ".git/refs/heads/teamfix", ".git/logs/refs/heads/teamfix")) or path.is_dir():
            continue
        total.update(inside.encode() + b"\0" + (os.readlink(path).encode() if path.is_symlink() else path.read_bytes()))
    return total.hexdigest()


def judged(case, spec, tree):
    """What a tree is worth: with every file but the case's own put back, it builds and behaves. The tree is changed by this."""
    def run(command, stdin=b"", limit=120):
        try:
            return subprocess.run(command, shell=True, cwd=tree, input=stdin, capture_output=True, timeout=limit)
        except subprocess.TimeoutExpired:
            return None

    for path in (case / "repo").rglob("*"):
        inside = path.relative_to(case / "repo")
        if path.is_file() and ".git" not in inside.parts and str(inside) not in spec["files"]:
            (tree / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, tree / inside)
    built = run(spec["build"])
    if built is None or built.returncode:
        return "the build fails"
    behaviour = spec.get("behaviour") or {}
    for sample in behaviour.get("cases", []):
        done = run(behaviour["run"], sample["stdin"].encode(), 2)
        if done is None or done.stdout[:4000].decode("latin-1") != sample["stdout"]:
            return "it behaves differently"
    return "mended"


def hunks(old, new):
    """The differences of two texts as git sees them: (first old line, old lines, new lines), without context."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("old", old), ("new", new)):
            (pathlib.Path(folder) / name).write_bytes(text)
        done = subprocess.run(["git", "diff", "--no-index", "--no-color", "--no-ext-diff", "--text", "-U0", "old", "new"],
                              cwd=folder, capture_output=True)
    found = []
    for start, count, added in re.findall(rb"^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@", done.stdout, re.M):
        found.append((int(start), int(count) if count else 1, int(added) if added else 1))
    return found


def size(parts):
    """The changed lines of a diff: those taken plus those put."""
    return sum(taken + put for _, taken, put in parts)


def outside(mine, true, context):
    """How many of my changed lines are further than `context` lines from every change of the true fix."""
    # An insertion after line n is the empty place between n and n + 1.
    ranges = [(start - context, start + count - 1 + context) if count else (start + 1 - context, start + context)
              for start, count, _ in true]
    gaps = {start for start, count, _ in true if not count}

    def is_near(line):
        return any(low <= line <= high for low, high in ranges)

    total = 0
    for start, taken, put in mine:
        if not taken:
            total += put if not (start in gaps or is_near(start) or is_near(start + 1)) else 0
            continue
        total += sum(not is_near(start + index) for index in range(taken))
        total += sum(not is_near(start + min(index, taken - 1)) for index in range(put))
    return total


def compared(repository, commit, fix):
    """A branch's changes against the human fix's: sizes in lines, and what lies elsewhere."""
    base = git(repository, "rev-parse", "HEAD").decode().strip()
    names = [name for name in git(repository, "diff", "--name-only", "--no-renames", "-z", base, commit).decode().split("\0") if name]

    def text(at, name):
        done = subprocess.run(["git", "-C", str(repository), "show", f"{at}:{name}"], capture_output=True)
        return done.stdout if done.returncode == 0 else b""

    mine = {name: hunks(text(base, name), text(commit, name)) for name in names}
    figures = {"diff_lines": sum(map(size, mine.values()))}
    if fix is None:
        return figures
    true = {name: hunks(text(base, name), good.encode() if isinstance(good, str) else good) for name, good in fix.items()}
    return figures | {
        "human_lines": sum(map(size, true.values())),
        "collateral": sum(outside(parts, true.get(name, []), CONTEXT) for name, parts in mine.items()),
        "collateral_strict": sum(outside(parts, true.get(name, []), 0) for name, parts in mine.items()),
        "other_files": sorted(set(mine) - set(true)),
    }


def attempt(teamfix, case, work, seconds, arguments, fix=None):
    """Tries `teamfix fix` on a fresh copy of a case below `work`, which stays there, and says what came of it."""
    spec = json.loads((case / "case.json").read_text())
    fix = spec.get("fix") or fix
    repository = work / case.name / "repo"
    shutil.rmtree(repository.parent, ignore_errors=True)
    shutil.copytree(case / "repo", repository, symlinks=True)
    before = digest(repository)
    protect = [word for path in spec["protect"] for word in ("--protect", path)]
    command = [teamfix, "fix", "--build", spec["build"], "--budget", str(seconds), "--format", "json", *protect, *arguments]
    began, started = time.time(), time.monotonic()
    try:
        done = subprocess.run(command, cwd=repository, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds + 60)
        status, output, errors = done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired:
        status, output, errors = -1, b"{}", b"killed: it went on for a minute beyond its budget"
    took = time.monotonic() - started
    try:
        report = json.loads(output)
    except ValueError:
        report = {}
    verdict, sizes = "no branch", {}
    branch = report.get("branch")
    if status == 0 and branch:
        with tempfile.TemporaryDirectory() as folder:
            tree = pathlib.Path(folder) / "tree"
            git(repository, "clone", "-q", "--branch", branch, str(repository), str(tree))
            shutil.rmtree(tree / ".git")
            verdict = judged(case, spec, tree)
        sizes = compared(repository, branch, fix)
    if digest(repository) != before:
        verdict = "the repository was touched"
    figures = report.get("statistics") or {}
    builds = report.get("verification") or {}
    tokens = figures.get("tokens") or {}
    entry = {
        "case": case.name, "verdict": verdict, "status": status, "seconds": round(took, 2), "began": round(began, 3),
        "builtin": bool(branch) and all(not step.get("model") for step in report.get("steps", [])),
        "build_seconds": round(builds.get("buildTime", 0), 2), "builds": builds.get("builds", 0),
        "model_seconds": round(figures.get("orchestrationTime") or 0, 2),
        "tokens": tokens.get("answer", 0), "prompt_tokens": tokens.get("prompt", 0), **sizes,
        "outcome": report.get("outcome"), "reason": report.get("reason"), "branch": branch,
        "titles": [step["title"] for step in report.get("steps", [])], "patch": report.get("patch"),
    }
    if status and not report:
        entry["reason"] = errors.decode("utf-8", "replace").strip()[-300:]
    return entry


def wilson(good, count, z=1.96):
    """Wilson's score interval (E. B. Wilson, 1927)."""
    if not count:
        return 0.0, 1.0
    share = good / count
    centre = share + z * z / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, (centre - spread) / (1 + z * z / count)), min(1.0, (centre + spread) / (1 + z * z / count))


def rate(good, count):
    low, high = wilson(good, count)
    return f"{good} of {count} ({100 * good / max(1, count):.0f} %, 95 % interval {100 * low:.0f} to {100 * high:.0f} %)"


def median(values):
    values = list(values)
    return statistics.median(values) if values else 0


class Record:
    """Results in OUT/results.jsonl, a line a case. What an earlier measurement left is moved aside unless it is gone on with."""

    def __init__(self, out, resume, about):
        self.out = out
        path = out / "results.jsonl"
        out.mkdir(parents=True, exist_ok=True)
        if path.exists() and not resume:
            number = next(n for n in range(1, 10_000) if not (out / f"before-{n}").exists())
            aside = out / f"before-{number}"
            aside.mkdir()
            # Answers that are known from before would make a measurement of time another one.
            for name in ("results.jsonl", "run.json", "state", "cache", "config", "work"):
                if (out / name).exists():
                    (out / name).rename(aside / name)
        self.path = path
        self.done = {}
        if path.exists():
            # A line that a kill has cut is a case that wasn't done.
            whole = []
            for line in path.read_text().splitlines():
                try:
                    entry = json.loads(line)
                except ValueError:
                    continue
                whole.append(line)
                self.done[self.key(entry)] = entry
            path.write_text("".join(line + "\n" for line in whole))
        for name in ("state", "config", "cache"):
            os.environ[f"XDG_{name.upper()}_HOME"] = str((out / name).absolute())
        self.teamfix = about["teamfix"][:12]
        runs = json.loads((out / "run.json").read_text()) if (out / "run.json").exists() else []
        (out / "run.json").write_text(json.dumps(runs + [about], indent=1) + "\n")

    @staticmethod
    def key(entry):
        return (entry.get("variant"), entry["case"])

    def add(self, entry):
        entry["teamfix"] = self.teamfix
        self.done[self.key(entry)] = entry
        with self.path.open("a") as file:
            file.write(json.dumps(entry) + "\n")


class Answers:
    """The folder of answers that variants share: which of them a run recalled, and what they cost when they were new."""

    def __init__(self, out):
        self.path = out / "cache/teamfix/answers.sqlite"

    def forget_use(self):
        """The time of last use is noted only when it is long past: makes it so."""
        if self.path.exists():
            with sqlite3.connect(self.path, timeout=30) as database:
                database.execute("UPDATE answers SET used = 0")
            database.close()

    def recalled(self, began):
        if not self.path.exists():
            return []
        database = sqlite3.connect(self.path, timeout=30)
        rows = database.execute("SELECT text FROM answers WHERE used >= ? AND kept < ?", (began, began)).fetchall()
        database.close()
        return [json.loads(text).get("usage") or {} for text, in rows]


def service(usage):
    """A server's own seconds on an answer."""
    parts = [usage.get(name) or 0 for name in ("loadDuration", "promptDuration", "answerDuration")]
    return sum(parts) or usage.get("totalDuration") or usage.get("elapsed") or 0


def pinned(teamfix, out):
    """A copy of the program below OUT, so that a build in the meantime doesn't change what is measured."""
    out.mkdir(parents=True, exist_ok=True)
    # A name of its own first: a running copy can't be written to, but it can be replaced.
    shutil.copy2(teamfix, out / "teamfix.new")
    (out / "teamfix.new").replace(out / "teamfix")
    return str(out / "teamfix")


def fingerprint(teamfix):
    return hashlib.sha256(pathlib.Path(teamfix).read_bytes()).hexdigest()


def about(teamfix, seconds, arguments):
    """What a measurement was made with."""
    version = subprocess.run([teamfix, "--version"], capture_output=True, text=True).stdout.strip()
    return {"started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "version": version, "teamfix": fingerprint(teamfix),
            "seconds": seconds, "arguments": arguments}


def chosen(folders, first=None, only=()):
    """The folders that were asked for: those named, or the first ones."""
    missing = set(only) - {folder.name for folder in folders}
    if missing:
        raise SystemExit(f"no such case: {', '.join(sorted(missing))}")
    return [folder for folder in folders if not only or folder.name in only][:first]


def line(entry):
    said = entry["titles"][0].splitlines()[0] if entry["titles"] else entry["reason"]
    against = f"{entry['diff_lines']:3} lines" if "diff_lines" in entry else " " * 9
    return f"{entry['case']:28} {entry['verdict']:28} {entry['seconds']:6.1f} s {against}  {said}"


def summary(entries):
    """Time, tokens and sizes of what was mended, as lines of text."""
    good = [entry for entry in entries if entry["verdict"] == "mended"]
    total = sum(entry["seconds"] for entry in entries)
    texts = []
    programs = {entry.get("teamfix") for entry in entries}
    if len(programs) > 1:
        texts.append(f"measured with {len(programs)} different programs: {', '.join(sorted(map(str, programs)))}")
    if good:
        texts.append(
            f"a fix: median {median(e['seconds'] for e in good):.1f} s and {median(e['tokens'] for e in good):.0f} answer tokens; "
            f"all time and tokens over what was mended: {total / len(good):.1f} s, "
            f"{sum(e['tokens'] for e in entries) / len(good):.0f} tokens")
    texts.append(
        f"all cases: median {median(e['seconds'] for e in entries):.1f} s, in all {total:.0f} s: "
        f"{100 * sum(e['model_seconds'] for e in entries) / max(total, 0.1):.0f} % with models at work, "
        f"{100 * sum(e['build_seconds'] for e in entries) / max(total, 0.1):.0f} % building (both overlap); "
        f"{sum(e['prompt_tokens'] for e in entries)} prompt and {sum(e['tokens'] for e in entries)} answer tokens")
    sized = [entry for entry in good if "human_lines" in entry]
    if sized:
        wide = [entry for entry in sized if entry["collateral"] or entry["other_files"]]
        texts.append(
            f"changed lines: median {median(e['diff_lines'] for e in sized):g}, the human fix's {median(e['human_lines'] for e in sized):g}; "
            f"larger in {sum(e['diff_lines'] > e['human_lines'] for e in sized)} of {len(sized)}, "
            f"smaller in {sum(e['diff_lines'] < e['human_lines'] for e in sized)}")
        texts.append(
            f"collateral (more than {CONTEXT} lines from the human fix's changes, or in other files): "
            f"{sum(e['collateral'] for e in sized)} lines in {len(wide)} of {len(sized)}"
            + "".join(f"; {e['case']}: {', '.join([str(e['collateral']) + ' lines', *e['other_files']])}" for e in wide[:10])
            + f"; on other lines than the human fix's at all: {sum(e['collateral_strict'] for e in sized)}")
    return texts
