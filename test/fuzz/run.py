#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the fuzz targets, as many at a time as there are processors, and prints a line for each.

Called by `make fuzz` and by tools/test. Each target begins with its corpus (corpus/NAME), what was
ever found by it (found/NAME) and what earlier runs have added in the build folder; then it looks
for more. The last line reads `N passed, N failed, N skipped`, a target each; the exit status is 1
when there is a finding, which is then shown with how to reproduce it.

With --merge it does not look for more: it keeps in corpus/NAME, of all that, as few inputs as reach
the same code.
"""
import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "test/fuzz"
BUILD = ROOT / "build-fuzz"
# Far above what any input takes, also on a machine that is busy with other things.
UNIT_SECONDS = 60
SHOWN_LINES = 30


class Result(NamedTuple):
    """What a run of a target has come to."""
    executions: int
    edges: int
    added: int
    findings: list  # paths of the inputs
    failure: str    # why the target could not do its work, or ""


def targets_list():
    """The paths of the programs that the build has for test/fuzz/meson.build, by name."""
    listing = subprocess.run(["meson", "introspect", "--targets", str(BUILD)], check=True,
                             capture_output=True, text=True).stdout
    return {target["name"]: Path(target["filename"][0]) for target in json.loads(listing)
            if target["type"] == "executable"
            and Path(target["defined_in"]) == FOLDER / "meson.build"}


def dictionary(name):
    own = FOLDER / f"{name}.dict"
    return own if own.exists() else FOLDER / "http.dict"


def inputs_of(name):
    """The folders of what the tree has for a target."""
    return [path for path in (FOLDER / "corpus" / name, FOLDER / "found" / name) if path.exists()]


def environment():
    """Without variables that the target `options` would take for its own."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("SELKIE_")}
    env.setdefault("UBSAN_OPTIONS", "print_stacktrace=1")
    return env


def number_of(pattern, text):
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def fuzz(name, program, seconds):
    """Runs one target for so many seconds: its Result."""
    grown, found = BUILD / "corpus" / name, BUILD / "found" / name
    shutil.rmtree(found, ignore_errors=True)
    found.mkdir(parents=True)
    grown.mkdir(parents=True, exist_ok=True)
    # What a target itself says on stderr is closed: `options` says a line for each input.
    command = [program, f"-max_total_time={seconds}", f"-timeout={UNIT_SECONDS}",
               "-print_final_stats=1", "-close_fd_mask=2", f"-dict={dictionary(name)}",
               f"-artifact_prefix={found}/", grown, *inputs_of(name)]
    run = subprocess.run(list(map(str, command)), capture_output=True, text=True,
                         errors="replace", env=environment(), stdin=subprocess.DEVNULL,
                         check=False)
    findings = sorted(path for path in found.iterdir() if not path.name.startswith("slow-unit-"))
    failure = run.stderr if run.returncode and not findings else ""
    return Result(number_of(r"number_of_executed_units: +(\d+)", run.stderr),
                  number_of(r"\bcov: (\d+)", run.stderr),
                  number_of(r"new_units_added: +(\d+)", run.stderr), findings, failure)


def show(name, program, result):
    """Prints the line of a target, and what is wrong with it."""
    verdict = "no finding"
    if result.findings or result.failure:
        verdict = f"{len(result.findings)} findings" if result.findings else "FAILED"
    print(f"{name:10} {result.executions:12,} executions {result.edges:6,} edges"
          f" {result.added:6,} inputs added   {verdict}", flush=True)
    if result.failure:
        print(*result.failure.splitlines()[-SHOWN_LINES:], sep="\n")
    for path in result.findings:
        again = subprocess.run([program, path], capture_output=True, text=True, errors="replace",
                               env=environment(), check=False)
        print(*again.stderr.splitlines()[:SHOWN_LINES], sep="\n")
        print(f"to reproduce: {program} {path}\n"
              f"to keep it:   mkdir -p test/fuzz/found/{name} && cp {path} test/fuzz/found/{name}/",
              flush=True)


def run_all(targets, seconds):
    """Runs the targets; returns how many passed and how many failed."""
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = {pool.submit(fuzz, name, program, seconds): name
                for name, program in targets.items()}
        for run in concurrent.futures.as_completed(runs):
            result = run.result()
            show(runs[run], targets[runs[run]], result)
            failed += bool(result.findings or result.failure)
    return len(targets) - failed, failed


def merge(name, program):
    """Makes corpus/NAME as small as it can be."""
    kept = BUILD / "merged" / name
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    sources = [path for path in (*inputs_of(name), BUILD / "corpus" / name) if path.exists()]
    # Without the counters an input stands for code that no other reaches, not for how often.
    subprocess.run([str(program), "-set_cover_merge=1", "-use_counters=0", "-close_fd_mask=2", str(kept),
                    *map(str, sources)], check=True, env=environment(), capture_output=True)
    corpus = FOLDER / "corpus" / name
    shutil.rmtree(corpus, ignore_errors=True)
    shutil.copytree(kept, corpus)
    files = list(corpus.iterdir())
    print(f"{name:10} {len(files):4} files {sum(path.stat().st_size for path in files):7} bytes")


def main():
    parser = argparse.ArgumentParser(description="Runs the fuzz targets.")
    parser.add_argument("--seconds", type=int, default=60, help="for each target [60]")
    parser.add_argument("--merge", action="store_true", help="make the corpus small instead")
    parser.add_argument("names", nargs="*", metavar="NAME", help="the targets [all]")
    arguments = parser.parse_args()
    if not (BUILD / "build.ninja").exists():
        print("fuzzing: skipped: `make fuzz` sets up build-fuzz/, with clang and its libFuzzer\n"
              "0 passed, 0 failed, 1 skipped")
        return 0
    subprocess.run(["ninja", "-C", str(BUILD), "--quiet", "fuzz"], check=True)
    targets = targets_list()
    unknown = set(arguments.names) - set(targets)
    if unknown:
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    chosen = {name: targets[name] for name in arguments.names or sorted(targets)}
    if arguments.merge:
        for name, program in chosen.items():
            merge(name, program)
        return 0
    passed, failed = run_all(chosen, arguments.seconds)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
