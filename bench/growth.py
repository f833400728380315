#!/usr/bin/env python3
"""How the cost of a message grows with connections and with its size: processor time of the server for each message.

    growth.py [--rounds 3] [--seconds 1.5] [--only connections|payload] [--runtime bun|deno|all]

Echo with one Request in flight on every connection: 1 to 15 000 of them with 32 bytes, then 64 with 32 B to 1 MiB. A round
goes through all servers and sizes, started afresh each time; figures are medians of the rounds. The claim: at 10 000
connections a message costs at most 1.3 times what it costs at 1 000, as the median of ratios of neighbouring runs.
"""
import argparse, resource, sys, time
from servers import OPTIONS, RUNTIMES, Failed, Server, build, command, count, machine, median, missing, spread

CONNECTIONS = [1, 100, 1000, 10000, 15000]
PAYLOADS = [32, 256, 1024, 4096, 16384, 65536, 262144, 1048576]
FEW, MANY, BAR = 1000, 10000, 1.3
PAYLOAD_CONNECTIONS, SPARE_DESCRIPTORS, WARMUP_S = 64, 100, 1


def cost(runtime, conns, payload, seconds):
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if limit < conns + SPARE_DESCRIPTORS:
        return Failed(f"the descriptor limit is {limit}")
    try:
        with Server(command(runtime, f"{OPTIONS} --handler echo")) as server:
            f = server.measure(f"echo --conns {conns} --depth 1 --payload {payload} --seconds {seconds} --warmup {WARMUP_S}")
            if "user_us" not in f:
                return Failed(f"no answer within {seconds:g} s")
            return f | {"us": f["user_us"] + f["kernel_us"]}
    except Failed as error:
        return error


def cell(figures, payload):
    failed = next((f for f in figures if isinstance(f, Failed)), None)
    if failed:
        return f"not measured: {failed}"
    of = lambda key: median([f[key] for f in figures])
    rate = f"{count(of('per_s'))} /s" if payload < 4096 else f"{of('per_s') * payload / 2**20:.0f} MiB/s"
    return f"**{of('us'):.1f}** ({of('kernel_us'):.1f} kernel), {rate}"


def size(n):
    return f"{n} B" if n < 1024 else f"{n >> 10} KiB" if n < 1 << 20 else f"{n >> 20} MiB"


def table(title, runtimes, shapes, a):
    """Prints the rows of `shapes` ({name: (connections, payload)}); returns all figures by runtime and shape."""
    figures = {(r, shape): [] for shape in shapes.values() for r in runtimes}
    for _ in range(a.rounds):
        for r in runtimes:
            for shape in shapes.values():
                figures[r, shape].append(cost(r, *shape, a.seconds))
    print(f"| {title} | {' | '.join(f'{r}: µs for each message' for r in runtimes)} |\n{'| --- ' * (len(runtimes) + 1)}|")
    for name, shape in shapes.items():
        print(f"| {name} | {' | '.join(cell(figures[r, shape], shape[1]) for r in runtimes)} |", flush=True)
    print()
    return figures


def judged(runtime, figures):
    """Says whether the claim holds; false where it does not."""
    pairs = list(zip(figures[runtime, (FEW, 32)], figures[runtime, (MANY, 32)]))
    if any(isinstance(f, Failed) for pair in pairs for f in pair):
        print(f"{runtime}: not measured")
        return False
    ratios = [many["us"] / few["us"] for few, many in pairs]
    print(f"{runtime}: a message at {count(MANY)} connections costs {spread(ratios)} times what it costs at {count(FEW)}"
          f" (bar {BAR}): {'holds' if median(ratios) <= BAR else 'DOES NOT HOLD'}")
    return median(ratios) <= BAR


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--seconds", type=float, default=1.5)
    p.add_argument("--only", choices=["connections", "payload", ""], default="")
    p.add_argument("--runtime", choices=[*RUNTIMES, "all"], default="all")
    a = p.parse_args()
    begun, good = time.monotonic(), True
    build()
    wanted = [r for r in RUNTIMES if a.runtime in (r, "all")]
    for r in wanted:
        if missing(r):
            print(f"{r}: not measured, {missing(r)}")
    runtimes = [r for r in wanted if not missing(r)]
    print(f"{machine()}\n{a.rounds} rounds of {a.seconds:g} s for each figure.\n")
    if a.only != "payload":
        figures = table("connections, 32 B", [*runtimes, "limit"], {count(n): (n, 32) for n in CONNECTIONS}, a)
        good = all([judged(r, figures) for r in runtimes])
        print()
    if a.only != "connections":
        shapes = {size(n): (PAYLOAD_CONNECTIONS, n) for n in PAYLOADS}
        table(f"payload, {PAYLOAD_CONNECTIONS} connections", [*runtimes, "limit"], shapes, a)
    print(f"Took {time.monotonic() - begun:.0f} s.")
    sys.exit(0 if good else 1)


main()
