#!/usr/bin/env python3
"""What the project claims about speed and memory, measured: one table, ready for docs/PERFORMANCE.md.

    run.py [--pairs 3] [--seconds 1] [--rounds 1] [--only echo] [--runtime bun|deno|all] [--all]

Each ratio is the median of ratios taken pair by pair: all servers and the limit line are driven in turn, started afresh
each time. Generator and server share the machine: keep everything else still. --all adds the rows that take longer.
"""
import argparse, os, shlex, signal, subprocess, sys, tempfile, time
import peers
from servers import (COMMANDS, EXECUTABLE, RUNTIMES, Absent, Failed, Server, build, command, count, machine, measured, median,
                     missing, running, spread)

COLUMNS = {"bun": "Bun executable", "deno": "Deno from source", "limit": "limit line"}
NAME_WIDTH, WIDTH = 34, 62
START_S_MAX = 15


def driven(runtimes, a, options, load):
    """The figures of each server, round by round: Bun, limit line, Deno, so that both stand next to the limit line."""
    order = [*runtimes[:1], "limit", *runtimes[1:]]
    lines = {r: command(r) if r == "limit" else f"{command(r)} {options}" for r in order}
    rounds = [{name: attempt(measured, line, load) for name, line in lines.items()} for _ in range(a.pairs)]
    return {name: [r[name] for r in rounds] for name in lines}


def attempt(measure, *arguments):
    """What was measured, or the failure itself, for the cell of the table. A zero to divide by: nothing was heard at all."""
    try:
        return measure(*arguments)
    except (Failed, OSError, subprocess.SubprocessError, ZeroDivisionError) as error:
        return error if isinstance(error, Failed) else Failed(repr(error))


def failure_in(figures):
    return next((f for f in figures if isinstance(f, Failed)), None)


def ratios(handler, load, options=""):
    """A row of rates as shares of the limit line's."""
    def row(runtimes, a):
        figures = driven(runtimes, a, f"--handler {handler} {options}", f"{load} --seconds {a.seconds}")
        return {name: failure_in(own) or failure_in(figures["limit"]) or attempt(cell, name, own, figures["limit"])
                for name, own in figures.items()}

    def cell(name, own, limit):
        rate = f"{count(median([f['per_s'] for f in own]))} /s, p50 {median([f['p50_us'] for f in own]) / 1000:.1f} ms"
        if name == "limit":
            return rate
        tail = median([f["p99_us"] / f["p50_us"] for f in own])
        return f"**{spread([s['per_s'] / o['per_s'] for s, o in zip(own, limit)])}**; {rate}, p99/p50 {tail:.1f}"

    return row


def with_workers(workers, handler, load):
    """The same with threads, where the server takes the option."""
    def refusal(runtime):
        try:
            with Server(f"{command(runtime)} --workers {workers}"):
                return None
        except Failed as error:
            return Absent(error)

    def row(runtimes, a):
        refused = {r: why for r in runtimes if (why := refusal(r))}
        able = [r for r in runtimes if r not in refused]
        return refused | (ratios(handler, load, f"--workers {workers}")(able, a) if able else {})

    return row


def idle(runtimes, a):
    figures = driven(runtimes, argparse.Namespace(pairs=1), "", "idle --conns 10000 --seconds 1")
    return {name: failure_in(own) or f"**{own[0]['kib_per_conn']:.1f} KiB** each" for name, own in figures.items()}


def storm(conns):
    def waves(line):
        with Server(line) as server:
            return [server.measure(f"storm --conns {conns}") for _ in range(2)]

    def row(runtimes, _):
        figures = {name: attempt(waves, command(name)) for name in [*runtimes, "limit"]}
        return {name: f if isinstance(f, Failed) else f"**{f[0]['seconds']:.1f} s**, again at once {f[1]['seconds']:.1f} s;"
                f" retries {f[0]['retries']:.0f} and {f[1]['retries']:.0f}" for name, f in figures.items()}

    return row


def resume_storm(conns, waves):
    def row(runtimes, _):
        figures = {name: attempt(measured, command(name), f"storm --conns {conns} --waves {waves}") for name in runtimes}
        return {name: f if isinstance(f, Failed) else f"**{f['seconds']:.2f} s**, worst {f['worst']:.2f} s of {waves};"
                f" {f['recovered']:.0f} of {conns * waves} recovered; retries {f['retries']:.0f}" for name, f in figures.items()}

    return row


def company(measure):
    """A row of peers.py, which has no limit line."""
    return lambda runtimes, a: {r: attempt(measure, r, a.rounds, 4) for r in runtimes}


def start_ms(runtime, options):
    """From the command to the port in its file."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "port")
        line = f"{COMMANDS[runtime]} --host 127.0.0.1 --port 0 --port-file {file} --log-level error {options}"
        begun = time.perf_counter()
        process = subprocess.Popen(shlex.split(line), cwd=folder, stdout=subprocess.DEVNULL, start_new_session=True)
        running.add(process)
        while not os.path.exists(file) and process.poll() is None and time.perf_counter() - begun < START_S_MAX:
            time.sleep(0.0005)
        took, listening = (time.perf_counter() - begun) * 1000, os.path.exists(file)
        process.send_signal(signal.SIGTERM)
        process.wait(START_S_MAX)
        running.discard(process)
        if not listening:
            raise Failed(f"not listening within {START_S_MAX} s")
        return took


def starts(runtimes, a):
    of = lambda r, options: spread([start_ms(r, options) for _ in range(2 * a.pairs + 1)], "{:.0f}")
    both = lambda r: f"**{of(r, '')} ms**; with an admin API that was asked for {of(r, '--admin-port 0')} ms"
    return {r: attempt(both, r) for r in runtimes}


def size(runtimes, _):
    return {"bun": f"**{os.path.getsize(EXECUTABLE) / 2**20:.0f} MiB**"} if "bun" in runtimes else {}


# What `make bench` prints: name, how it is measured. Few connections need more time until their code is compiled well.
ROWS = [
    ("echo 64 x 16, 32 B", ratios("echo", "echo --conns 64 --depth 16 --payload 32 --warmup 1")),
    ("echo 64 x 1, 32 B", ratios("echo", "echo --conns 64 --depth 1 --payload 32 --warmup 1")),
    ("echo 10 000 x 1, 32 B", ratios("echo", "echo --conns 10000 --depth 1 --payload 32")),
    ("fan-out 10 000, 64 B", ratios("chat", "fanout --conns 10000 --depth 1 --payload 64")),
    ("idle memory, 10 000", idle),
    ("connection storm, 10 000", storm(10000)),
    ("resume storm, 2 000", resume_storm(2000, 3)),
    ("slow peers, 20 of 2 000 (bar 1.5)", company(peers.slow_peers)),
    ("start to listening", starts),
    ("size of the executable", size),
    ("workers 2: echo 64 x 16, 32 B", with_workers(2, "echo", "echo --conns 64 --depth 16 --payload 32 --warmup 1")),
    ("workers 2: echo 10 000 x 1, 32 B", with_workers(2, "echo", "echo --conns 10000 --depth 1 --payload 32")),
]
LONGER = [
    ("vanished peers (bar 3 s)", company(peers.vanished)),
    ("bystander of fan-out (bar 25 ms)", company(peers.bystander)),
    ("scrape with 10 000 (bar 50 ms)", company(peers.scrape)),
]
WITHOUT_GENERATOR = (starts, size)


def line(cells):
    widths = [NAME_WIDTH] + [WIDTH] * (len(cells) - 1)
    print("| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip() + " |", flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--pairs", type=int, default=3)
    p.add_argument("--seconds", type=float, default=1, help="of each run that gives a rate")
    p.add_argument("--rounds", type=int, default=1, help="of the slow peers: without and with them")
    p.add_argument("--only", default="", help="rows whose name contains this")
    p.add_argument("--runtime", choices=[*RUNTIMES, "all"], default="all")
    p.add_argument("--all", action="store_true", help="the rows that take longer too")
    a = p.parse_args()
    begun, times, failed = time.monotonic(), [], False
    wanted = [r for r in RUNTIMES if a.runtime in (r, "all")]
    lacking = {r: Absent(missing(r)) for r in wanted if missing(r)}
    runtimes = [r for r in wanted if r not in lacking]
    generator = attempt(build)
    rows = [row for row in ROWS + LONGER if a.only in row[0] and (a.only or a.all or row in ROWS)]
    print(f"{machine()}\n{a.pairs} pairs of {a.seconds:g} s. In bold: rates as shares of the limit line (more is better), memory,"
          " time and latency with slow peers (less is better).\n")
    columns = [*wanted, "limit"]
    line(["load", *(COLUMNS[c] for c in columns)])
    line(["---"] * (len(columns) + 1))
    for name, measure in rows:
        row_begun = time.monotonic()
        blocked = isinstance(generator, Failed) and measure not in WITHOUT_GENERATOR
        cells = {c: generator for c in columns} if blocked else measure(runtimes, a)
        cells |= lacking
        failed = failed or any(isinstance(cell, Failed) and not isinstance(cell, Absent) for cell in cells.values())
        line([name, *(f"not measured: {c}" if isinstance(c, Failed) else c for c in (cells.get(c, "") for c in columns))])
        times.append(f"{name} {time.monotonic() - row_begun:.0f} s")
    print(f"\nTook {time.monotonic() - begun:.0f} s: {'; '.join(times)}.")
    sys.exit(1 if failed else 0)


main()
