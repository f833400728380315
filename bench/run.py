#!/usr/bin/env python3
"""What the project claims about speed and memory, measured: one table, each row next to the C limit line.

    run.py [--pairs 5] [--only echo] [--runtime bun|deno|all]

Each figure is the median of ratios taken pair by pair, server then limit line, started afresh each time. The generator
and the server share the machine: keep everything else still.
"""
import argparse, os, shlex, shutil, signal, subprocess, sys, tempfile, time
from compare import compare, median

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OPTIONS = "--host 127.0.0.1 --port {port} --no-admin --log-level warning --max-connections 20000"
SERVERS = {
    "bun": f"{TOP}/dist/tcp-server {OPTIONS}",
    "deno": f"deno run --quiet --no-prompt --config {TOP}/deno.json -P {TOP}/main.ts {OPTIONS}",
}
# name, handler, load
LOADS = [
    ("echo 64 x 16, 32 B", "echo", "echo --conns 64 --depth 16 --payload 32 --seconds 2"),
    ("echo 64 x 1, 32 B", "echo", "echo --conns 64 --depth 1 --payload 32 --seconds 2"),
    ("echo 10 000 x 1, 32 B", "echo", "echo --conns 10000 --depth 1 --payload 32 --seconds 3"),
    ("fanout 10 000, 64 B", "chat", "fanout --conns 10000 --depth 1 --payload 64 --seconds 3"),
    ("idle 10 000", "echo", "idle --conns 10000 --seconds 2"),
]


STARTS = 9


def start_ms(runtime, options):
    """From the command to the port in its file."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "port")
        command = f"{SERVERS[runtime].split(' --host')[0]} --host 127.0.0.1 --port 0 --port-file {file} --log-level error {options}"
        begun = time.perf_counter()
        process = subprocess.Popen(shlex.split(command), cwd=folder, stdout=subprocess.DEVNULL)
        while not os.path.exists(file):
            time.sleep(0.0005)
        took = (time.perf_counter() - begun) * 1000
        process.send_signal(signal.SIGTERM)
        process.wait()
        return took


def starts(runtime):
    of = lambda options: median([start_ms(runtime, options) for _ in range(STARTS)])
    size = f"   the executable has {os.path.getsize(f'{TOP}/dist/tcp-server') / 2**20:.0f} MiB" if runtime == "bun" else ""
    return f"{of('--no-admin'):.0f} ms without HTTP, {of('--admin-port 0'):.0f} ms with the admin API{size}"


def row(name, runtime, handler, load, pairs):
    rows = compare(f"{SERVERS[runtime]} --handler {handler}", load, pairs=pairs)
    ours = lambda key: median([s[key] for s, _ in rows])
    theirs = lambda key: median([o[key] for _, o in rows])
    if load.startswith("idle"):
        return f"{name:22} {runtime:5} {ours('kib_per_conn'):>9.2f} KiB per connection"
    ratios = sorted(round(s["per_s"] / o["per_s"], 2) for s, o in rows)
    return (f"{name:22} {runtime:5} {median(ratios):>5.2f} of the limit   {ours('per_s'):>9.0f} /s against {theirs('per_s'):>9.0f} /s"
            f"   p50 {ours('p50_us') / 1000:.1f} ms   p99/p50 {median([s['p99_us'] / s['p50_us'] for s, _ in rows]):.2f}"
            f"   pairs {ratios[0]} to {ratios[-1]}")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--pairs", type=int, default=5)
    p.add_argument("--only", default="", help="loads whose name contains this")
    p.add_argument("--runtime", choices=["bun", "deno", "all"], default="all")
    a = p.parse_args()
    if not shutil.which("deno"):
        sys.exit("deno is not on PATH: call this through make bench")
    for name, handler, load in LOADS:
        for runtime in SERVERS if a.runtime == "all" else [a.runtime]:
            if a.only in name:
                print(row(name, runtime, handler, load, a.pairs), flush=True)
    for runtime in SERVERS if a.runtime == "all" else [a.runtime]:
        if a.only in "start":
            print(f"{'start to listening':22} {runtime:5} {starts(runtime)}", flush=True)


main()
