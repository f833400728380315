#!/usr/bin/env python3
"""Compares a server with the limit line (or any other server) in one run.

    compare.py --server 'dist/tcp-server --port {port} --no-admin --log-level warning' \
               --load 'echo --conns 64 --depth 16 --payload 32 --seconds 2' [--against 'CMD {port}'] [--pairs 3]

Both servers are started afresh for every pair, on free ports of 127.0.0.1, and driven in turn (A B, A B, ...).
Prints one JSON object: the medians of both, and the median of the ratios server / against taken pair by pair.
"""
import argparse, json, sys
from servers import Failed, build, command, measured, median


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--server", required=True)
    p.add_argument("--against", default=command("limit"))
    p.add_argument("--load", required=True)
    p.add_argument("--pairs", type=int, default=3)
    a = p.parse_args()
    try:
        build()
        rows = [(measured(a.server, a.load), measured(a.against, a.load)) for _ in range(a.pairs)]
    except Failed as error:
        print(json.dumps({"failed": str(error)}))
        sys.exit(1)
    of = lambda values: round(median(values), 3)
    keys = [k for k in rows[0][0] if k not in ("mode", "conns", "depth", "payload", "failures")]
    both = [k for k in keys if all(k in o for _, o in rows)]
    print(json.dumps({
        "load": a.load,
        "server": {k: of([s[k] for s, _ in rows]) for k in keys},
        "against": {k: of([o[k] for _, o in rows]) for k in both},
        "ratio": {k: of([s[k] / o[k] for s, o in rows]) for k in both if all(o[k] for _, o in rows)},
        "ratios_per_s": [round(s["per_s"] / o["per_s"], 3) for s, o in rows if o.get("per_s")],
    }, indent=1))


if __name__ == "__main__":
    main()
