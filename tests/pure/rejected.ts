// What the inner layers must not know: this compiles only as long as every name here is an error.

// @ts-expect-error: a runtime
Deno;
// @ts-expect-error: a runtime
Bun;
// @ts-expect-error: a runtime
process;
// @ts-expect-error: a runtime
Buffer;
// @ts-expect-error: time
setTimeout;
// @ts-expect-error: time
setInterval;
// @ts-expect-error: time
setImmediate;
// @ts-expect-error: time
performance;
// @ts-expect-error: an order of events that the simulator cannot decide
queueMicrotask;
// @ts-expect-error: output
console;
// @ts-expect-error: randomness
crypto;
// @ts-expect-error: the network
fetch;
// @ts-expect-error: threads
Worker;
