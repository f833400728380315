// What this program is: its version from package.json, and what only the build knows.

import packageJson from "../../package.json" with { type: "json" };

/** The version of this program. */
export const VERSION: string = packageJson.version;

/** What only the build knows. */
export interface BuildInfo {
  /** The commit it was built from; "unknown" outside of a build. */
  readonly commit: string;
  /** The platform it was built for, e.g. `linux-x64`. */
  readonly target: string;
}
