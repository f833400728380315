// How the main thread of a program, its supervisor, and the workers it starts reach each other. Messages are structured
// clones; they arrive in order. How many may wait for a thread that does not read is for those to bound who post.

/** A thread that runs this program's own file, as the main thread sees it. */
export interface WorkerThread {
  /** Sends a message; array buffers in `transfer` are moved instead of copied. Nobody hears it once the thread is gone. */
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Ends the thread in whatever it does; its sockets are closed. */
  terminate(): void;
}

/** The main thread, as a worker sees it. */
export interface Supervisor {
  /** As for `WorkerThread`. */
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Calls back with each message, also those that came before; to be called once. */
  onMessage(callback: (message: unknown) => void): void;
  /**
   * Calls back once with an error that nobody caught and that is about to end this thread, so that sessions can be told
   * why they end. It ends when `leave` is called, after a second in any case, or with the next such error.
   */
  onCrash(callback: (error: unknown, leave: () => void) => void): void;
}
