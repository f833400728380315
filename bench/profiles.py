#!/usr/bin/env python3
"""Where the time goes: shares of the kernel, the runtime and each part of this program, for echo and fan-out.

    profiles.py [--load echo|fanout|all] [--runtime bun|deno|all] [--seconds 4] [--top 12] [--keep FOLDER]

Two runs from source for each: in one, perf says how the processor time divides into kernel, native code of the runtime and
compiled JavaScript; in the other, the runtime's own --cpu-prof says whose JavaScript that is. --keep leaves the files there:
perf.data for `perf report`, .cpuprofile for the developer tools of a browser.
"""
import argparse, collections, contextlib, glob, json, os, re, shutil, signal, subprocess, sys, tempfile, time
from servers import OPTIONS, RUNTIMES, TOP, Failed, Server, build, machine, stop

LOADS = {
    "echo": ("echo", "echo --conns 64 --depth 16 --payload 32"),
    "fanout": ("chat", "fanout --conns 10000 --depth 1 --payload 64"),
}
SOURCES = {
    "bun": "bun --no-env-file {flags} " + f"{TOP}/main.ts",
    "deno": f"deno run --quiet --no-prompt --config {TOP}/deno.json -P " + "{flags} " + f"{TOP}/main.ts",
}
PARTS = {
    "codec": ["codec"],
    "session": ["session", "server", "base", "limits", "observe"],
    "handler": ["messaging", "handlers"],
    "adapter": ["runtime", "transport"],
}
SAMPLE_US = 250
# Not the processor's time, or not JavaScript: perf has counted it already.
NOT_SCRIPT = {"(idle)", "(program)", "(garbage collector)", "(root)"}


def native_shares(runtime, options, load, seconds, folder):
    """Shares of kernel, native code and compiled JavaScript, in percent."""
    data = os.path.join(folder, "perf.data")
    with Server(f"{SOURCES[runtime].format(flags='')} {options}") as server:
        clients = server.load(f"{load} --seconds {seconds + 8}")
        try:
            wait_until_busy(server)
            done = subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "2999", "-o", data, "-p", str(server.pid),
                                   "--", "sleep", str(seconds)], capture_output=True, text=True, timeout=seconds + 30)
        finally:
            stop(clients)
    if done.returncode != 0:
        raise Failed(f"perf: {done.stderr.strip()}")
    said = subprocess.run(["perf", "report", "-i", data, "--stdio", "--no-children", "-s", "dso", "-t", ";"],
                          capture_output=True, text=True, timeout=60).stdout
    shares = collections.Counter()
    for percent, where in re.findall(r"^\s*([\d.]+)%\s*;(.+)$", said, re.M):
        script = re.search(r"JIT|anon|perf-\d+", where)
        shares["kernel" if "kernel" in where else "script" if script else "native"] += float(percent)
    if not shares:
        raise Failed("perf saw nothing")
    return shares


def wait_until_busy(server, seconds=20):
    """Until the load has opened its connections: the server then takes most of a core, for a second."""
    ticks, busy = 0, 0
    for _ in range(4 * seconds):
        time.sleep(0.25)
        with open(f"/proc/{server.pid}/stat") as f:
            now = sum(int(n) for n in f.read().rsplit(")", 1)[1].split()[11:13])
        busy, ticks = busy + 1 if now - ticks >= 10 else 0, now
        if busy >= 8:
            return
    raise Failed(f"the server is not busy within {seconds} s")


def script_samples(runtime, options, load, seconds, folder):
    """How often each function was the one that ran, by name and file; of the time the load was measured."""
    flags = f"--cpu-prof --cpu-prof-interval={SAMPLE_US} --cpu-prof-dir={folder}"
    with Server(f"{SOURCES[runtime].format(flags=flags)} {options}") as server:
        server.measure(f"{load} --seconds {seconds}")
        over = time.monotonic()
        stop(server.process, signal.SIGTERM)
        exited = time.monotonic()
    files = glob.glob(f"{folder}/*.cpuprofile")
    if not files:
        raise Failed(f"{runtime} has written no profile")
    with open(files[0]) as f:
        profile = json.load(f)
    nodes = {node["id"]: node["callFrame"] for node in profile["nodes"]}
    end = (over - exited) * 1e6
    at, samples = profile["startTime"] - profile["endTime"], collections.Counter()
    for node, delta in zip(profile["samples"], profile["timeDeltas"]):
        at += delta
        if end - seconds * 1e6 <= at <= end:
            samples[nodes[node]["functionName"] or "(anonymous)", nodes[node]["url"]] += 1
    return samples


def part_of(url):
    found = re.search(r"/src/(\w+)/", url)
    return next((part for part, folders in PARTS.items() if found and found[1] in folders), "runtime")


@contextlib.contextmanager
def kept(folder):
    """A new folder in the place of that of an earlier run."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    yield folder


def row(runtime, name, a, folder):
    handler, load = LOADS[name]
    options = f"{OPTIONS} --handler {handler}"
    native = native_shares(runtime, options, load, a.seconds, folder)
    samples = script_samples(runtime, options, load, a.seconds, folder)
    # A function without a file is native code, which perf has counted as the runtime's or the kernel's.
    script = collections.Counter()
    for (function, url), n in samples.items():
        if url and function not in NOT_SCRIPT:
            script[part_of(url)] += n
    total = sum(script.values()) or 1
    shares = {part: native["script"] * script[part] / total for part in [*PARTS, "runtime"]}
    shares["runtime"] += native["native"]
    print(f"| {runtime} | {name} | {native['kernel']:.0f} % | {shares.pop('runtime'):.0f} % | "
          f"{' | '.join(f'{share:.1f} %' for share in shares.values())} |", flush=True)
    busiest = [(k, n) for k, n in samples.most_common() if k[0] not in NOT_SCRIPT][:a.top]
    seen = sum(n for (function, _), n in samples.items() if function not in NOT_SCRIPT) or 1
    return [f"{n / seen:6.1%}  {function}  {url.split(TOP)[-1].replace('file://', '').lstrip('/') or '(native)'}"
            for (function, url), n in busiest]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--load", choices=[*LOADS, "all"], default="all")
    p.add_argument("--runtime", choices=[*RUNTIMES, "all"], default="all")
    p.add_argument("--seconds", type=int, default=4)
    p.add_argument("--top", type=int, default=12, help="functions that are listed")
    p.add_argument("--keep", help="a folder for the profiles")
    a = p.parse_args()
    build()
    for tool in ("perf", *(r for r in RUNTIMES if a.runtime in (r, "all"))):
        if not shutil.which(tool):
            sys.exit(f"{tool} is not on PATH")
    print(f"{machine()}\n\n| runtime | load | kernel | runtime | {' | '.join(PARTS)} |\n{'| --- ' * (4 + len(PARTS))}|")
    lists = {}
    for name in [l for l in LOADS if a.load in (l, "all")]:
        for runtime in [r for r in RUNTIMES if a.runtime in (r, "all")]:
            with kept(f"{a.keep}/{runtime}-{name}") if a.keep else tempfile.TemporaryDirectory() as folder:
                lists[f"{runtime}, {name}"] = row(runtime, name, a, folder)
    for title, lines in lists.items():
        print(f"\n{title}: JavaScript functions, and native ones they call, by their own share of the samples\n" + "\n".join(lines))


try:
    main()
except Failed as error:
    sys.exit(str(error))
