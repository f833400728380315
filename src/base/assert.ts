// Assertions for the programmer's own mistakes; what a peer can cause is never asserted.

/**
 * Crashes when `condition` is false: a broken invariant of this program.
 *
 * @throws {Error} If `condition` is false.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`Assertion failed: ${message}`);
}
