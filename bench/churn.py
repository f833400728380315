#!/usr/bin/env python3
"""Memory while sessions come and go: at an exact rate, for as long as asked, each runtime beside the other.

    churn.py [--seconds 600] [--rate 500] [--warmup 60] [--runtime bun|deno|all]

Each session connects, shakes hands, asks once, gets its answer and leaves. Resident memory is read once a second; what the
server began with is the median of the tenth of the time behind the warm-up, what it ends with that of the last tenth. The
claim: the two differ by 10 % at most. The admin API is on, as it is by default, because it remembers who has left.
"""
import argparse, os, subprocess, sys, tempfile, time
from servers import OPTIONS, RUNTIMES, Failed, Server, build, command, count, machine, median, missing, running, stop

BAR, TELL_S = 0.10, 60


class Run:
    """One server, the clients that come and go, and its memory, second by second."""

    def __init__(self, runtime, folder, a):
        self.runtime, self.samples = runtime, []
        token = {"TCP_SERVER_ADMIN_TOKEN_FILE": os.path.join(folder, f"{runtime}.token")}
        self.server = Server(command(runtime, OPTIONS.replace("--no-admin", "--admin-port 0")), environment=token)
        self.clients = subprocess.Popen(self.server.words(f"churn --rate {a.rate} --seconds {a.seconds}"),
                                        stdout=subprocess.PIPE, text=True, start_new_session=True)
        running.add(self.clients)

    def sample(self):
        self.samples.append(self.server.memory_mib())

    def finish(self):
        """What the clients counted."""
        said, _ = self.clients.communicate(timeout=60)
        running.discard(self.clients)
        stop(self.server.process)
        return {k: v for k, v in (p.split("=") for p in said.split())}


def report(run, a):
    """One row of the table, and whether the claim holds."""
    told = run.finish()
    window = max(1, a.seconds // 10)
    first, last = median(run.samples[a.warmup:a.warmup + window]), median(run.samples[-window:])
    good = abs(last / first - 1) <= BAR and told["failures"] == "0"
    print(f"| {run.runtime} | {first:.1f} MiB | {last:.1f} MiB | **{last / first:.3f}** | {max(run.samples):.1f} MiB"
          f" | {count(int(told['done']))} at {told['per_s']} /s | {told['failures']} | {told['late']}"
          f" | {float(told['p50_us']) / 1000:.2f}, {float(told['p99_us']) / 1000:.2f} ms |")
    return good


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--seconds", type=int, default=600)
    p.add_argument("--rate", type=int, default=500)
    p.add_argument("--warmup", type=int, default=60, help="seconds; at most half of them all")
    p.add_argument("--runtime", choices=[*RUNTIMES, "all"], default="all")
    a = p.parse_args()
    a.warmup = min(a.warmup, a.seconds // 2)
    build()
    wanted = [r for r in RUNTIMES if a.runtime in (r, "all")]
    for r in wanted:
        if missing(r):
            print(f"{r}: not measured, {missing(r)}")
    print(f"{machine()}\n{a.rate} sessions a second for {a.seconds} s.\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        runs = [Run(r, folder, a) for r in wanted if not missing(r)]
        begun = time.monotonic()
        for second in range(1, a.seconds + 1):
            time.sleep(max(0, begun + second - time.monotonic()))
            for run in runs:
                run.sample()
            if second % TELL_S == 0:
                print(f"after {second} s: {', '.join(f'{r.runtime} {r.samples[-1]:.1f} MiB' for r in runs)}", flush=True)
        print(f"\n| server | after {a.warmup} s | at the end | end / after warm-up | most | sessions | failures | late"
              f" | p50, p99 of a session |\n{'| --- ' * 9}|")
        good = [report(run, a) for run in runs]
    print(f"\nThe claim (within {BAR:.0%}, no failures) {'holds' if all(good) else 'DOES NOT HOLD'}.")
    sys.exit(0 if all(good) else 1)


try:
    main()
except Failed as error:
    sys.exit(str(error))
