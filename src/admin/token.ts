// The admin token: made, read, and compared without telling by the time it takes how much of it was right.

import { bytesEqual, hexOf } from "../base/bytes.ts";
import { encodeText } from "../base/text.ts";
import { TOKEN_BYTES, TOKEN_CHARS_MAX, TOKEN_CHARS_MIN } from "../limits/admin.ts";

/** What is kept of a token: not the token. */
export interface Token {
  readonly digest: Uint8Array;
  /** Enough of the digest to tell tokens apart in a log; it opens nothing. */
  readonly fingerprint: string;
}

/** Characters of a fingerprint. */
const FINGERPRINT_CHARS = 8;

/** A new token: 256 random bits that fit a header and a URL. */
export function newSecret(randomBytes: (length: number) => Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...randomBytes(TOKEN_BYTES)));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * The token in the text of a file.
 *
 * @throws {Error} If it is too short to be safe, or could not stand in a header.
 */
export function secretIn(text: string): string {
  const secret = text.trim();
  if (secret.length < TOKEN_CHARS_MIN || secret.length > TOKEN_CHARS_MAX) {
    throw new Error(
      `The token has ${secret.length} characters, allowed: ${TOKEN_CHARS_MIN} to ${TOKEN_CHARS_MAX}`,
    );
  }
  if (!/^[\x21-\x7e]+$/.test(secret)) throw new Error("The token must be one word of plain ASCII");
  return secret;
}

/** What is kept of `secret`. */
export async function tokenOf(secret: string): Promise<Token> {
  const digest = await digestOf(secret);
  return { digest, fingerprint: hexOf(digest).slice(0, FINGERPRINT_CHARS) };
}

/** Whether `secret` is the token. Digests have one length, and all of their bytes are looked at. */
export async function isToken(secret: string, token: Token): Promise<boolean> {
  return bytesEqual(await digestOf(secret), token.digest);
}

async function digestOf(secret: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", encodeText(secret)));
}
