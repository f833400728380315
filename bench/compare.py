#!/usr/bin/env python3
"""Compare a server with the limit line (or any other server) in one run.

    compare.py --server 'dist/tcp-server --port {port} --no-admin --log-level warning' \
               --load 'echo --conns 64 --depth 16 --payload 32 --seconds 2' [--against 'CMD {port}'] [--pairs 3]

Both servers are started afresh for every pair, on free ports of 127.0.0.1, and driven in turn (A B, A B, ...).
Prints one JSON object: the medians of both, and the median of the ratios server / against taken pair by pair.
`--load idle` adds the resident memory per connection of both. The C programs are built into --build (default: a
folder beside the system's temporary files).
"""
import argparse, json, os, shlex, signal, socket, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
DEFAULT_BUILD = os.path.join(tempfile.gettempdir(), "frame-bench")


def build(folder):
    os.makedirs(folder, exist_ok=True)
    for name, *headers in (("load", "client.h"), ("limit",)):
        target, source = os.path.join(folder, name), os.path.join(HERE, name + ".c")
        newest = max(os.path.getmtime(os.path.join(HERE, file)) for file in (source, *headers))
        if not os.path.exists(target) or os.path.getmtime(target) < newest:
            subprocess.run(["cc", "-O2", "-o", target, source], check=True)
    return os.path.join(folder, "load"), os.path.join(folder, "limit")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start(command, output=subprocess.DEVNULL):
    port = free_port()
    process = subprocess.Popen(shlex.split(command.replace("{port}", str(port))), stdout=output,
                               stderr=subprocess.DEVNULL, start_new_session=True)
    for _ in range(300):
        if process.poll() is not None:
            sys.exit(f"server ended with {process.returncode}: {command}")
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(0.3)
                return process, port
        time.sleep(0.05)
    sys.exit(f"server does not listen: {command}")


def stop(process):
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def listening_pid(process, port):
    """The process that holds the listening socket (a wrapper may have started it)."""
    inode = None
    with open("/proc/net/tcp") as f:
        for line in f.readlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].split(":")[1], 16) == port:
                inode = fields[9]
    for pid in (p for p in os.listdir("/proc") if p.isdigit()):
        try:
            for fd in os.listdir(f"/proc/{pid}/fd"):
                if os.readlink(f"/proc/{pid}/fd/{fd}") == f"socket:[{inode}]":
                    return int(pid)
        except OSError:
            continue
    return process.pid


def measure(load, words, port):
    """Runs one load against a port; its figures by name, or what failed."""
    done = subprocess.run([load, words[0], "--port", str(port), *words[1:]], capture_output=True, text=True)
    if done.returncode != 0:
        return {"failed": (done.stdout + done.stderr).strip()}
    return {k: float(v) if k not in ("mode",) else v for k, v in (p.split("=") for p in done.stdout.split())}


def drive(load, arguments, command):
    process, port = start(command)
    try:
        words = shlex.split(arguments)
        if words[0] == "idle":
            words += ["--pid", str(listening_pid(process, port))]
        return measure(load, words, port)
    finally:
        stop(process)


def compare(server, arguments, against=None, pairs=3, folder=None):
    """Drives both in turn, `pairs` times; returns the rows of figures, or raises with what failed."""
    load, limit = build(folder or DEFAULT_BUILD)
    against = against or f"{limit} {{port}}"
    rows = [(drive(load, arguments, server), drive(load, arguments, against)) for _ in range(pairs)]
    failed = [r["failed"] for pair in rows for r in pair if "failed" in r]
    if failed:
        raise RuntimeError(failed)
    return rows


def median(values):
    return round(statistics.median(values), 3)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--server", required=True)
    p.add_argument("--against")
    p.add_argument("--load", required=True)
    p.add_argument("--pairs", type=int, default=3)
    p.add_argument("--build", default=DEFAULT_BUILD)
    a = p.parse_args()
    try:
        rows = compare(a.server, a.load, a.against, a.pairs, a.build)
    except RuntimeError as error:
        print(json.dumps({"failed": error.args[0]}))
        sys.exit(1)
    keys = [k for k in rows[0][0] if k not in ("mode", "conns", "depth", "payload", "failures")]
    print(json.dumps({
        "load": a.load,
        "server": {k: median([s[k] for s, _ in rows]) for k in keys},
        "against": {k: median([o[k] for _, o in rows]) for k in keys},
        "ratio": {k: median([s[k] / o[k] for s, o in rows]) for k in keys if all(o[k] for _, o in rows)},
        "ratios_per_s": [round(s["per_s"] / o["per_s"], 3) for s, o in rows if o["per_s"]],
    }, indent=1))


if __name__ == "__main__":
    main()
