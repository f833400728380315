// What somebody set, before it is checked: the common form of what files, environment and flags say.

import type { KeyName } from "./keys.ts";

/** A key that somebody set. */
export interface Setting {
  readonly name: KeyName;
  /** The value as smol-toml would give it. */
  readonly raw: unknown;
  /** Where it stands: `FILE:LINE`, a variable, or a flag. */
  readonly at: string;
}

/** Something that is no setting: a whole line that says where, what, and what is wanted. */
export interface Mistake {
  readonly error: string;
}
