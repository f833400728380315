"""The company one keeps, measured: rows of the table of run.py, one function each, that start their own servers.

slow peers: 2 000 connections of which 20 never read, 16 KiB Broadcasts in a closed loop; the others' latency with and
            without those 20, in turn within one run, and the memory of the server.
vanished:   peers that stop without a FIN while the server keeps sending to them; the time until they are `stale`.
bystander:  one session that asks `sys.echo` 100 times a second, alone and while Broadcasts go to 10 000 others in a
            closed loop; how much later its answers come.
scrape:     the metrics of a server with 10 000 sessions, asked for once a second: how long that takes, and how much
            later the answers of such a session come meanwhile.
"""
import datetime, json, os, re, signal, socket, struct, tempfile, threading, time, urllib.request
from servers import ADDRESS, Failed, Server, command, count, free_port, median, stop

OPTIONS = f"{ADDRESS} --no-admin --log-format json --handler chat"
PEERS, SLOW, SLOW_BAR = 2000, 20, 1.5
VANISHING, SESSION_TIMEOUT_S = 20, 3
BYSTANDERS, BYSTANDER_BAR_MS = 10000, 25
SCRAPED, SCRAPE_BAR_MS = 10000, 50
OPENING_S_MAX = 30
HANDSHAKE = struct.pack(">IBQ", 9, 0x01, 1)
NOTIFICATION = struct.pack(">IBQ", 13, 0x12, 1) + b"news"


class LoggedServer(Server):
    """A server whose log is read, for the ends of its sessions."""

    def __init__(self, runtime, **settings):
        self.log = tempfile.TemporaryFile("w+")
        super().__init__(command(runtime, OPTIONS), self.log, {f"TCP_SERVER_{k}": str(v) for k, v in settings.items()})

    def ended(self):
        """The lines of all sessions that have ended so far."""
        text = os.pread(self.log.fileno(), os.fstat(self.log.fileno()).st_size, 0).decode()
        lines = (json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n"))
        return [line for line in lines if line["event"] in ("session ended", "refused")]


def budget_mib():
    """What outbound.bytes_budget is by default: a quarter of the memory of the machine, or of its container."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if os.path.exists("/sys/fs/cgroup/memory.max"):
        with open("/sys/fs/cgroup/memory.max") as f:
            memory = min([memory, *(int(word) for word in f.read().split() if word != "max")])
    return memory / 4 / 2**20


def slow_peers(runtime, rounds, seconds):
    with LoggedServer(runtime) as server:
        f = server.measure(f"slow --conns {PEERS - SLOW} --slow {SLOW} --rounds {rounds} --seconds {seconds} --payload 16384")
        lives = [e["durationMs"] / 1000 for e in server.ended() if e["name"] == "slow_consumer"]
        of = lambda which: [f[f"{which}_p99_us_{r}"] / 1000 for r in range(1, rounds + 1)]
        ratio = median([with_slow / alone for with_slow, alone in zip(of("with"), of("alone"))])
        return (f"**{ratio:.2f}**; p99 {median(of('with')):.0f} ms with, {median(of('alone')):.0f} without;"
                f" slow_consumer {len(lives)} of {f['slow_opened']:.0f} within {max(lives, default=0):.1f} s;"
                f" peak {server.memory_mib('VmHWM'):.0f} MiB of {budget_mib():.0f}")


def talk(talker, seconds):
    """Keeps the server sending to everybody: what it sends to a peer is no sign of that peer's life."""
    until = time.time() + seconds
    while time.time() < until:
        talker.sendall(NOTIFICATION)
        talker.recv(65536)
        time.sleep(0.1)


def vanished(runtime, *_):
    interval = f"{SESSION_TIMEOUT_S * 1000 // 3}ms"
    with LoggedServer(runtime, HEARTBEAT_INTERVAL=interval, SESSION_TIMEOUT=f"{SESSION_TIMEOUT_S}s") as server, \
            socket.create_connection(("127.0.0.1", server.port)) as talker:
        talker.sendall(HANDSHAKE)
        peers = server.load(f"idle --conns {VANISHING} --seconds 60")
        try:
            talk(talker, 2 * SESSION_TIMEOUT_S)  # the peers live: Pings are answered, nobody is stale yet
            early = len([e for e in server.ended() if e["framesReceived"]])
            os.kill(peers.pid, signal.SIGSTOP)
            stopped = time.time()
            talk(talker, 2 * SESSION_TIMEOUT_S)
        finally:
            stop(peers)
        times = [datetime.datetime.fromisoformat(e["time"].replace("Z", "+00:00")).timestamp() - stopped
                 for e in server.ended() if e["name"] == "stale"]
        return (f"stale {len(times)} of {VANISHING}, {min(times, default=0):.1f} to {max(times, default=0):.1f} s after they"
                f" stopped; {early} before")


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


def wait_until(there, what):
    until = time.time() + OPENING_S_MAX
    while not there():
        if time.time() > until:
            raise Failed(f"{what} not there within {OPENING_S_MAX} s")


def bystander(runtime, _, seconds):
    with LoggedServer(runtime, MAX_CONNECTIONS=BYSTANDERS + 10) as server:
        echo = Echo(server.port)
        alone = echo.p99_ms(seconds)
        others = server.load(f"fanout --conns {BYSTANDERS} --depth 1 --payload 64 --seconds {2 * seconds + OPENING_S_MAX}")
        try:
            wait_until(lambda: echo.p99_ms(0.1) and echo.broadcasts >= 3, "Broadcasts")
            before = echo.broadcasts
            busy = echo.p99_ms(2 * seconds)
        finally:
            stop(others)
        rate = (echo.broadcasts - before) * BYSTANDERS / (2 * seconds)
        return f"{busy - alone:.1f} ms more: {busy:.1f} at {count(rate)} deliveries /s, {alone:.1f} alone"


def scrape(runtime, _, seconds):
    metrics = free_port()
    with LoggedServer(runtime, MAX_CONNECTIONS=SCRAPED + 10, ENABLE_METRICS="true", METRICS_PORT=metrics) as server:
        echo = Echo(server.port)
        others = server.load(f"idle --conns {SCRAPED} --seconds {4 * seconds + OPENING_S_MAX}")
        times, stopped = [], threading.Event()

        def ask():
            asked = time.perf_counter()
            with urllib.request.urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=10) as answer:
                text = answer.read().decode()
            times.append((time.perf_counter() - asked) * 1000)
            states = re.findall(r'^tcp_server_connections\{state="(?:active|idle)"\} (\d+)', text, re.M)
            return sum(int(n) for n in states)

        def ask_on():
            while not stopped.wait(1):
                ask()

        asker = threading.Thread(target=ask_on)
        try:
            wait_until(lambda: ask() > SCRAPED or time.sleep(0.5), "sessions")
            alone = echo.p99_ms(seconds)
            times.clear()
            asker.start()
            busy = echo.p99_ms(2 * seconds)
        finally:
            stopped.set()
            if asker.is_alive():
                asker.join()
            stop(others)
        return f"{median(times):.1f} ms, at most {max(times):.1f}; echo p99 {busy:.1f} ms meanwhile, {alone:.1f} alone"
