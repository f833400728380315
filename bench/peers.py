#!/usr/bin/env python3
"""What the project claims about the company one keeps, measured: one table, each figure with its bar.

    peers.py [--only slow|vanished|storm|bystander|scrape] [--runtime bun|deno|all] [--rounds 3] [--seconds 8]

slow peers: 2 000 connections of which 20 never read, 16 KiB Broadcasts in a closed loop; the others' latency with and
            without those 20, in turn within one run, and the memory of the server.
vanished:   peers that stop without a FIN while the server keeps sending to them; the time until they are `stale`.
storm:      10 000 clients that connect at once, to a fresh server and then again as soon as they have left it.
bystander:  one session that asks `sys.echo` 100 times a second, alone and while Broadcasts go to 10 000 others in a
            closed loop; how much later its answers come.
scrape:     the metrics of a server with 10 000 sessions, asked for once a second: how long that takes, and how much
            later the answers of such a session come meanwhile.

Servers run on free ports of 127.0.0.1 with a log in JSON, out of which the ends of sessions are counted.
"""
import argparse, collections, datetime, json, os, re, shutil, signal, socket, struct, subprocess, sys, tempfile, threading, time
import urllib.request
from compare import DEFAULT_BUILD, build, free_port, listening_pid, measure, median, start, stop

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SERVERS = {
    "bun": os.environ.get("TCP_SERVER_BENCH", f"{TOP}/dist/tcp-server"),
    "deno": f"deno run --quiet --no-prompt --config {TOP}/deno.json -P {TOP}/main.ts",
}
OPTIONS = "--host 127.0.0.1 --port {port} --no-admin --log-format json --handler chat"
PEERS, SLOW = 2000, 20
VANISHING, SESSION_TIMEOUT_S = 20, 3
STORM, STORM_BAR_S = 10000, 10
BYSTANDERS, BYSTANDER_BAR_MS = 10000, 25
SCRAPED, SCRAPE_BAR_MS = 10000, 50
HANDSHAKE = struct.pack(">IBQ", 9, 0x01, 1)
NOTIFICATION = struct.pack(">IBQ", 13, 0x12, 1) + b"news"


class Server:
    """A running server, its process and the lines of its log."""

    def __init__(self, runtime, environment=""):
        self.log = tempfile.TemporaryFile("w+")
        self.process, self.port = start(f"env {environment} {SERVERS[runtime]} {OPTIONS}", self.log)
        self.pid = listening_pid(self.process, self.port)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        stop(self.process)

    def ended(self):
        """The lines of all sessions that have ended so far."""
        text = os.pread(self.log.fileno(), os.fstat(self.log.fileno()).st_size, 0).decode()
        lines = (json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n"))
        return [line for line in lines if line["event"] in ("session ended", "refused")]

    def peak_mib(self):
        with open(f"/proc/{self.pid}/status") as f:
            return next(int(line.split()[1]) for line in f if line.startswith("VmHWM")) / 1024


def budget_mib():
    """What outbound.bytes_budget is by default: a quarter of the memory of the machine, or of its container."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if os.path.exists("/sys/fs/cgroup/memory.max"):
        with open("/sys/fs/cgroup/memory.max") as f:
            memory = min([memory, *(int(word) for word in f.read().split() if word != "max")])
    return memory / 4 / 2**20


def slow_peers(load, runtime, a):
    words = f"slow --conns {PEERS - SLOW} --slow {SLOW} --rounds {a.rounds} --seconds {a.seconds} --payload 16384".split()
    with Server(runtime) as server:
        f = measure(load, [*words, "--pid", str(server.pid)], server.port)
        if "failed" in f:
            return f"failed: {f['failed']}; ends {dict(collections.Counter(e['name'] for e in server.ended()))}"
        lives = [e["durationMs"] / 1000 for e in server.ended() if e["name"] == "slow_consumer"]
        of = lambda which: [f[f"{which}_p99_us_{r}"] / 1000 for r in range(1, a.rounds + 1)]
        ratios = sorted(with_slow / alone for with_slow, alone in zip(of("with"), of("alone")))
        return (f"p99 {median(of('with')):.0f} ms with, {median(of('alone')):.0f} ms without: {median(ratios):.2f} (bar 1.50,"
                f" rounds {ratios[0]:.2f} to {ratios[-1]:.2f})   slow_consumer {len(lives)} of {f['slow_opened']:.0f}"
                f" within {max(lives, default=0):.1f} s   {f['with_per_s']:.0f} /s with, {f['alone_per_s']:.0f} /s without"
                f"   memory {f['with_rss_kib'] / 1024:.0f} MiB with, {f['alone_rss_kib'] / 1024:.0f} without,"
                f" peak {server.peak_mib():.0f} (budget {budget_mib():.0f})")


def talk(talker, seconds):
    """Keeps the server sending to everybody: what it sends to a peer is no sign of that peer's life."""
    until = time.time() + seconds
    while time.time() < until:
        talker.sendall(NOTIFICATION)
        talker.recv(65536)
        time.sleep(0.1)


def vanished(load, runtime, _):
    settings = f"TCP_SERVER_HEARTBEAT_INTERVAL={SESSION_TIMEOUT_S * 1000 // 3}ms TCP_SERVER_SESSION_TIMEOUT={SESSION_TIMEOUT_S}s"
    with Server(runtime, settings) as server, socket.create_connection(("127.0.0.1", server.port)) as talker:
        talker.sendall(HANDSHAKE)
        peers = subprocess.Popen([load, "idle", "--port", str(server.port), "--conns", str(VANISHING), "--seconds", "60"],
                                 stdout=subprocess.DEVNULL)
        try:
            talk(talker, 2 * SESSION_TIMEOUT_S)  # the peers live: Pings are answered, nobody is stale yet
            early = len([e for e in server.ended() if e["framesReceived"]])
            peers.send_signal(signal.SIGSTOP)
            stopped = time.time()
            talk(talker, 2 * SESSION_TIMEOUT_S)
        finally:
            peers.kill()
            peers.wait()
        times = [datetime.datetime.fromisoformat(e["time"].replace("Z", "+00:00")).timestamp() - stopped
                 for e in server.ended() if e["name"] == "stale"]
        return (f"stale {len(times)} of {VANISHING}, {min(times, default=0):.2f} to {max(times, default=0):.2f} s after they stopped"
                f" (bar {SESSION_TIMEOUT_S:.2f}); {early} ended before")


def storm(load, runtime, _):
    waves = []
    with Server(runtime) as server:
        for _ in range(2):
            f = measure(load, ["storm", "--conns", str(STORM)], server.port)
            if "failed" in f:
                return f"failed: {f['failed']}"
            waves.append(f)
        first, second = waves
        return (f"all in {first['seconds']:.2f} s, and again in {second['seconds']:.2f} s (bar {STORM_BAR_S})"
                f"   retries {first['retries']:.0f} and {second['retries']:.0f},"
                f" of them told so {first['refusals']:.0f} and {second['refusals']:.0f}, none refused for good"
                f"   peak {server.peak_mib():.0f} MiB")


class Echo:
    """One session that asks and measures. Its Python adds some 0.1 ms, with and without the others."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")
        hello = b'{"features":["routes"]}'
        self.socket.sendall(struct.pack(">IBQ", 9 + len(hello), 0x01, 1) + hello)
        self.broadcasts = 0
        self.until(0x02)

    def until(self, wanted):
        while True:
            length, kind, _ = struct.unpack(">IBQ", self.file.read(13))
            self.file.read(length - 9)
            self.broadcasts += kind == 0x13
            if kind in (wanted, 0xFF):
                return

    def p99_ms(self, seconds):
        route, times, until = b"sys.echo", [], time.time() + seconds
        while time.time() < until:
            asked = time.perf_counter()
            self.socket.sendall(struct.pack(">IBQB", 10 + len(route), 0x10, len(times), len(route)) + route)
            self.until(0x11)
            times.append(time.perf_counter() - asked)
            time.sleep(max(0, 0.01 - times[-1]))
        return sorted(times)[int(len(times) * 0.99)] * 1000


def bystander(load, runtime, a):
    with Server(runtime, f"TCP_SERVER_MAX_CONNECTIONS={BYSTANDERS + 10}") as server:
        echo = Echo(server.port)
        alone = echo.p99_ms(a.seconds)
        words = f"fanout --port {server.port} --conns {BYSTANDERS} --depth 1 --payload 64 --seconds {2 * a.seconds + 10}"
        others = subprocess.Popen([load, *words.split()], stdout=subprocess.DEVNULL)
        try:
            while echo.broadcasts < 3:
                echo.p99_ms(0.1)
            before = echo.broadcasts
            busy = echo.p99_ms(2 * a.seconds)
        finally:
            others.kill()
            others.wait()
        rate = (echo.broadcasts - before) * BYSTANDERS / (2 * a.seconds)
        return (f"p99 {busy:.1f} ms while {rate:.0f} deliveries /s go to {BYSTANDERS} others, {alone:.1f} ms alone:"
                f" {busy - alone:.1f} ms more (bar {BYSTANDER_BAR_MS})")


def scrape(load, runtime, a):
    metrics = free_port()
    settings = f"TCP_SERVER_MAX_CONNECTIONS={SCRAPED + 10} TCP_SERVER_ENABLE_METRICS=true TCP_SERVER_METRICS_PORT={metrics}"
    with Server(runtime, settings) as server:
        echo = Echo(server.port)
        words = f"idle --port {server.port} --conns {SCRAPED} --seconds {4 * a.seconds + 20}"
        others = subprocess.Popen([load, *words.split()], stdout=subprocess.DEVNULL)
        times, stopped = [], threading.Event()

        def ask():
            asked = time.perf_counter()
            with urllib.request.urlopen(f"http://127.0.0.1:{metrics}/metrics") as answer:
                text = answer.read().decode()
            times.append((time.perf_counter() - asked) * 1000)
            states = re.findall(r'^tcp_server_connections\{state="(?:active|idle)"\} (\d+)', text, re.M)
            return sum(int(count) for count in states)

        def ask_on():
            while not stopped.wait(1):
                ask()

        try:
            while ask() <= SCRAPED:
                time.sleep(0.5)
            alone = echo.p99_ms(a.seconds)
            times.clear()
            asker = threading.Thread(target=ask_on)
            asker.start()
            busy = echo.p99_ms(2 * a.seconds)
            stopped.set()
            asker.join()
        finally:
            others.kill()
            others.wait()
        return (f"{median(times):.1f} ms, at most {max(times):.1f} ms (bar {SCRAPE_BAR_MS}) with {SCRAPED} sessions;"
                f" echo p99 {busy:.1f} ms meanwhile, {alone:.1f} ms alone")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--only", default="", help="rows whose name contains this")
    p.add_argument("--runtime", choices=[*SERVERS, "all"], default="all")
    p.add_argument("--rounds", type=int, default=3, help="of slow peers: without and with them")
    p.add_argument("--seconds", type=float, default=8, help="of slow peers: one round without them")
    a = p.parse_args()
    if not shutil.which("deno"):
        sys.exit("deno is not on PATH: call this as tools/with deno -- bench/peers.py")
    load, _ = build(DEFAULT_BUILD)
    for name, row in (("slow peers", slow_peers), ("vanished", vanished), ("storm", storm), ("bystander", bystander), ("scrape", scrape)):
        for runtime in SERVERS if a.runtime == "all" else [a.runtime]:
            if a.only in name:
                print(f"{name:12} {runtime:5} {row(load, runtime, a)}", flush=True)


main()
