// A program for own_worker_test.ts that is its own worker. It does one thing with it, and prints what it saw, line by line.

import { connect } from "node:net";
import process from "node:process";
import { selectHost } from "../../src/runtime/select_host.ts";
import type { Supervisor } from "../../src/transport/worker_thread.ts";

const host = await selectHost();
if (host.supervisor === null) lead(host.args[0]!);
else work(host.supervisor);

const bytes = (text: string) => new TextEncoder().encode(text);

function lead(what: string): void {
  const print = (...words: unknown[]) => void host.stdout(`${words.map(String).join(" ")}\n`);
  const onConnection = ["throw", "reject", "terminate"].includes(what);
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  if (!onConnection) close();
  const worker = host.startWorker("w1", (message) => {
    if (typeof message === "number") return dial(message);
    print(message);
    if (message === "SIGTERM?") process.kill(process.pid, "SIGTERM");
  }, (error) => {
    // On Bun a stack follows.
    const [line = null] = error?.split("\n") ?? [];
    print("end:", line?.replace(/^Error: /, "") ?? null);
    end();
  });
  host.onSignal("SIGTERM", () => {
    print("main thread: SIGTERM");
    worker.post("leave");
  });
  worker.post(onConnection ? "listen" : what);
  void Promise.all([ended, closed]).then(() => host.exit(0));

  // Who was greeted is known to the worker.
  function dial(port: number): void {
    const socket = connect(port, "127.0.0.1");
    let heard = "";
    socket.setEncoding("utf8").on("data", (text: string) => {
      if (heard === "") what === "terminate" ? worker.terminate() : worker.post(what);
      heard += text;
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      print("client:", heard);
      close();
    });
  }
}

function work(supervisor: Supervisor): void {
  const orders: Record<string, () => void> = {
    hello: () => {
      supervisor.post(`args: ${host.args.length}`);
      host.stdout("standard output of a worker\n");
      host.exit(0);
    },
    exit: () => host.exit(5),
    leave: () => host.exit(0),
    signal: () => supervisor.post("SIGTERM?"),
    listen,
    throw: () => {
      throw new Error("thrown");
    },
    reject: () => void Promise.reject(new Error("rejected")),
    silent: () => {
      supervisor.onCrash(() => {});
      setTimeout(orders["throw"]!);
    },
    twice: () => {
      supervisor.onCrash(() => {
        throw new Error("once more");
      });
      setTimeout(orders["throw"]!);
    },
  };
  supervisor.onMessage((order) => orders[order as string]!());

  function listen(): void {
    const listener = host.transport(() => {}).listen(
      { host: "127.0.0.1", port: 0 },
      (connection) => {
        connection.write(bytes("hello"), true);
        supervisor.onCrash((error, leave) => {
          supervisor.post(`crash: ${(error as Error).message}`);
          connection.write(bytes(" farewell"), true);
          host.clock.afterIo(() => host.clock.afterIo(leave));
        });
        return { onData() {}, onWritable() {}, onEnd: () => connection.end(), onClose() {} };
      },
    );
    supervisor.post(listener.address.port);
  }
}
