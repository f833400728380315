// What the worker of worker_test.ts can be told, and what it says to its connections.

export type Order =
  | { do: "echo"; what: unknown }
  | { do: "listen"; host: string; port: number; isShared: boolean }
  | { do: "close" }
  | { do: "take"; seats: SharedArrayBuffer; node: number; times: number; max: number }
  | { do: "throw" | "reject" | "spin" }
  | { do: "exit"; code: number; after: number };

/** What it greets each connection with. */
export const HELLO = "hello\n";
