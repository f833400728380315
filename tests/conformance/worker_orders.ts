// What the worker of these tests can be told.

export type Order =
  | { do: "echo"; what: unknown }
  | { do: "listen"; host: string; port: number; greeting: string }
  | { do: "take"; seats: SharedArrayBuffer; node: number; times: number; max: number }
  | { do: "throw" | "reject" | "spin" }
  | { do: "exit"; code: number; after: number };
