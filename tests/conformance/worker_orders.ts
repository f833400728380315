// What the worker of these tests can be told.

export type Order =
  | { do: "echo"; what: unknown }
  | { do: "listen"; host: string; port: number; greeting: string }
  | {
    do: "compete";
    seats: SharedArrayBuffer;
    node: number;
    holders: SharedArrayBuffer;
    times: number;
  }
  | { do: "throw" | "reject" | "spin" }
  | { do: "exit"; code: number; after: number };
