// The sizes both ends rely on, against the protocol's text.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LINGER_BYTES_MAX, LINGER_MS, LINGERING_MAX } from "../../../src/limits/lingering.ts";
import * as wire from "../../../src/limits/wire.ts";

test("the wire's sizes are the protocol's", () => {
  assert.deepEqual({ ...wire }, {
    HEADER_BYTES: 13,
    LENGTH_MIN: 9,
    FRAME_BYTES_CEILING: 16_777_216,
    PAYLOAD_BYTES_CEILING: 16_777_207,
    SEQUENCE_BYTES: 8,
    PING_PAYLOAD_BYTES_MAX: 64,
    END_PAYLOAD_BYTES_MAX: 8192,
    CLIENT_NAME_CHARS_MAX: 64,
    USER_CHARS_MAX: 128,
    TAGS_MAX: 16,
    TAG_CHARS_MAX: 64,
  });
});

test("a socket lingers for 2 s and 1 MiB at most, and 1000 sockets at once", () => {
  assert.deepEqual([LINGER_MS, LINGER_BYTES_MAX, LINGERING_MAX], [2000, 1_048_576, 1000]);
});
