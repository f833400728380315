// Reads the body of an HTTP answer as far as a bound, and no further: what a service may answer is not what we must hold.

/** What was read of a body. */
export interface Body {
  readonly bytes: Uint8Array;
  /** Whether that is all of it. */
  readonly isWhole: boolean;
}

/** Reads at most `bytesMax` bytes; the rest is never taken off the connection, which then ends. */
export async function readBody(response: Response, bytesMax: number): Promise<Body> {
  const reader = response.body?.getReader();
  if (reader === undefined) return { bytes: new Uint8Array(0), isWhole: true };
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length <= bytesMax) {
    const { done, value } = await reader.read();
    if (done) return { bytes: joined(chunks, length), isWhole: true };
    chunks.push(value);
    length += value.length;
  }
  // Whether it can still be told does not matter: nobody listens to this connection any more.
  reader.cancel().catch(() => {});
  return { bytes: joined(chunks, length).subarray(0, bytesMax), isWhole: false };
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
