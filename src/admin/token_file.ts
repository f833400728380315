// The file of the admin token: read, or made where there is none.

import type { Host } from "../transport/host.ts";
import { newSecret, secretIn, type Token, tokenOf } from "./token.ts";

/**
 * The token in `file`; where there is no such file, a new one that only its owner may read.
 *
 * @throws {Error} If it can be neither read nor made, or does not hold a token.
 */
export async function tokenFrom(
  host: Pick<Host, "readTextFile" | "createPrivateFile" | "randomBytes">,
  file: string,
): Promise<{ token: Token; isNew: boolean }> {
  try {
    const text = textOf(host, file);
    if (text !== undefined) return { token: await tokenOf(secretIn(text)), isNew: false };
    const secret = newSecret(host.randomBytes);
    host.createPrivateFile(file, `${secret}\n`);
    return { token: await tokenOf(secret), isNew: true };
  } catch (cause) {
    throw new Error(`Cannot use the token file "${file}"`, { cause });
  }
}

function textOf(host: Pick<Host, "readTextFile">, file: string): string | undefined {
  try {
    return host.readTextFile(file);
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  }
}
