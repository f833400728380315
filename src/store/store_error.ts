// A store that cannot be used: what is wrong with it, and what to do.

/** Caught where the program starts: it is the operator's to settle. */
export class StoreError extends Error {}
