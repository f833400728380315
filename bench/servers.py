"""What every measurement needs: the C programs, servers that are started and always ended, loads against them, the machine.

Servers run on free ports of 127.0.0.1. The C programs are built where their sources are newer than what lies in BUILD.
"""
import atexit, os, platform, shlex, shutil, signal, socket, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(HERE)
BUILD = os.path.join(tempfile.gettempdir(), f"frame-bench-{os.getuid()}")
PROGRAMS = {"load": ["client.h"], "storm": ["client.h"], "churn": ["client.h"], "limit": []}
EXECUTABLE = os.environ.get("TCP_SERVER_BENCH", f"{TOP}/dist/tcp-server")
COMMANDS = {
    "bun": EXECUTABLE,
    "deno": f"deno run --quiet --no-prompt --config {TOP}/deno.json -P {TOP}/main.ts",
    "limit": f"{BUILD}/limit",
}
RUNTIMES = ["bun", "deno"]
ADDRESS = "--host 127.0.0.1 --port {port} --port-file {ready}"
OPTIONS = f"{ADDRESS} --no-admin --log-level warning --max-connections 20000"
SETTLE_S, START_S_MAX, LOAD_S_MAX = 0.2, 15, 900

running = set()


class Failed(Exception):
    """A server that does not start, or a load that fails: said in the place of its figures."""


class Absent(Failed):
    """What this machine, or this version, does not have: no failure of the measurement."""


def end_all(*_):
    for process in list(running):
        stop(process)


def end_by_signal(number, _):
    sys.exit(128 + number)


# Servers have a session of their own, so nothing but this ends them when this program is told to end.
atexit.register(end_all)
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, end_by_signal)


def build():
    """Builds the C programs; raises Absent where there is no compiler."""
    compiler = shutil.which("cc")
    os.makedirs(BUILD, exist_ok=True)
    for name, headers in PROGRAMS.items():
        target, source = f"{BUILD}/{name}", f"{HERE}/{name}.c"
        newest = max(os.path.getmtime(file) for file in (source, *(f"{HERE}/{header}" for header in headers)))
        if os.path.exists(target) and os.path.getmtime(target) >= newest:
            continue
        if not compiler:
            raise Absent("no C compiler: put cc on PATH")
        subprocess.run([compiler, "-O2", "-o", target, source], check=True)


def missing(runtime):
    """Why this runtime cannot be measured here; an empty text where it can."""
    if runtime == "deno" and not shutil.which("deno"):
        return "no deno on PATH (make bench fetches it)"
    if runtime == "bun" and not os.path.exists(EXECUTABLE):
        return f"no {os.path.relpath(EXECUTABLE, TOP)} (make build-bun)"
    return ""


def command(runtime, options=OPTIONS):
    """The command line of a server; {port}, and {ready}, a file it writes when it listens, are filled in when it is started."""
    return f"{COMMANDS[runtime]} {'{port}' if runtime == 'limit' else options}"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def listens(port, ready):
    if ready:
        if os.path.exists(ready):
            os.remove(ready)
            return True
        return False
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def start(line, output=subprocess.DEVNULL, environment=None):
    """Starts a server and waits until it says that it listens, or where it does not say so until it takes a connection."""
    port, errors = free_port(), tempfile.TemporaryFile("w+")
    ready = f"{BUILD}/ready-{port}"
    words = shlex.split(line.replace("{port}", str(port)).replace("{ready}", ready))
    process = subprocess.Popen(words, stdout=output, stderr=errors, env={**os.environ, **(environment or {})},
                               start_new_session=True)
    running.add(process)
    until = time.monotonic() + START_S_MAX
    while time.monotonic() < until:
        if process.poll() is not None:
            running.discard(process)
            errors.seek(0)
            said = errors.read().strip().splitlines()
            raise Failed(f"server ended with {process.returncode}: {said[0] if said else line}")
        if listens(port, ready if ready in words else None):
            time.sleep(SETTLE_S)
            return process, port
        time.sleep(0.01)
    stop(process)
    raise Failed(f"server does not listen within {START_S_MAX} s: {line}")


def stop(process, how=signal.SIGKILL):
    """Ends a program that was started here; SIGKILL takes what it started itself with it."""
    if process.poll() is None:
        os.killpg(process.pid, how)
    process.wait()
    running.discard(process)


def listening_pid(process, port):
    """The process that holds the listening socket (a wrapper may have started it)."""
    with open("/proc/net/tcp") as f:
        lines = [line.split() for line in f.readlines()[1:]]
    inodes = {f"socket:[{l[9]}]" for l in lines if l[3] == "0A" and int(l[1].split(":")[1], 16) == port}
    for pid in (p for p in os.listdir("/proc") if p.isdigit()):
        try:
            if any(os.readlink(f"/proc/{pid}/fd/{fd}") in inodes for fd in os.listdir(f"/proc/{pid}/fd")):
                return int(pid)
        except OSError:
            continue
    return process.pid


class Server:
    """A running server, ended with its block."""

    def __init__(self, line, output=subprocess.DEVNULL, environment=None):
        self.process, self.port = start(line, output, environment)
        self.pid = listening_pid(self.process, self.port)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        stop(self.process)

    def memory_mib(self, key="VmRSS"):
        with open(f"/proc/{self.pid}/status") as f:
            return next(int(line.split()[1]) for line in f if line.startswith(key)) / 1024

    def measure(self, load):
        """The figures of one load ("echo --conns 64"), by name."""
        done = subprocess.run(self.words(load), capture_output=True, text=True, timeout=LOAD_S_MAX)
        if done.returncode != 0:
            raise Failed(f"{load.split()[0]}: {(done.stdout + done.stderr).strip()}")
        return {k: v if k == "mode" else float(v) for k, v in (p.split("=") for p in done.stdout.split())}

    def load(self, load):
        """A load that runs beside: to be ended with stop()."""
        process = subprocess.Popen(self.words(load), stdout=subprocess.DEVNULL, start_new_session=True)
        running.add(process)
        return process

    def words(self, load):
        name, *rest = shlex.split(load)
        if name in PROGRAMS:
            return [f"{BUILD}/{name}", "--port", str(self.port), *rest]
        return [f"{BUILD}/load", name, "--port", str(self.port), "--pid", str(self.pid), *rest]


def measured(line, load):
    """One load against a fresh server."""
    with Server(line) as server:
        return server.measure(load)


def median(values):
    return statistics.median(values)


def spread(values, form="{:.2f}"):
    """A median and its range, as the tables have them."""
    texts = [form.format(v) for v in (median(values), min(values), max(values))]
    return texts[0] if len(values) == 1 else f"{texts[0]} ({texts[1]} to {texts[2]})"


def count(n):
    """A large number with its thousands apart."""
    return f"{n:,.0f}".replace(",", " ")


def said_by(*words):
    """What a command prints; nothing where it cannot run."""
    try:
        return subprocess.run(words, capture_output=True, text=True, cwd=TOP, timeout=10).stdout.strip()
    except OSError:
        return ""


def machine():
    """Where and of what something was measured, in two lines."""
    with open("/proc/cpuinfo") as f:
        names = [line.split(":", 1)[1].strip() for line in f if line.startswith("model name")]
    gib = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    built = dict(line.split(None, 1) for line in said_by(EXECUTABLE, "version").splitlines()[1:] if " " in line)
    commit = said_by("git", "describe", "--always", "--dirty", "--exclude=*") or "unknown"
    deno = " ".join(said_by("deno", "--version").split()[:2]) or "no deno"
    return (f"Measured on {time.strftime('%Y-%m-%d %H:%M')}: {platform.system()} {platform.release()} {platform.machine()},"
            f" {os.cpu_count()} cores{f' ({names[0]})' if names else ''}, {gib:.0f} GiB.\n"
            f"Commit {commit}; the executable is {built.get('commit', 'missing')} with {built.get('runtime', 'no runtime')};"
            f" from source with {deno}.")
