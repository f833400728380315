// The closed list of codes against section 7 of the protocol.

import assert from "node:assert/strict";
import { test } from "node:test";
import { codeByNumber, type CodeName, codeOf, CODES } from "../../../src/codec/codes.ts";

// Number, name, reconnect (- where there is none). Codes are never renumbered: clients switch on them.
const TABLE = `
1000 normal no
1001 draining yes
1002 kicked no
1003 replaced no
1100 bad_length no
1101 frame_too_large no
1102 unknown_type no
1103 bad_handshake no
1104 unsupported_version no
1105 handshake_required no
1106 bad_payload no
1107 frame_timeout yes
1200 handshake_timeout yes
1201 stale yes
1202 slow_consumer yes
1203 over_budget yes
1300 server_full yes
1301 too_many_from_address yes
1302 too_many_for_user yes
1303 rate_limited yes
1400 unauthorized token
1401 forbidden no
1402 banned no
1500 internal yes
1600 transport_lost -
1601 resume_expired -
2000 no_route -
2001 handler_failed -
2002 handler_timeout -
2003 too_many_in_flight -
2004 backend_unavailable -
2005 cancelled -
2006 answer_lost -
2007 route_forbidden -
`.trim().split("\n");

test("the list of codes is the protocol's, row by row", () => {
  const rows = CODES.map(({ code, name, reconnect }) => `${code} ${name} ${reconnect ?? "-"}`);
  assert.deepEqual(rows, TABLE);
});

test("numbers and names are unique, names fit for metric labels, 3000 to 3999 left to applications", () => {
  assert.equal(new Set(CODES.map(({ code }) => code)).size, CODES.length);
  assert.equal(new Set(CODES.map(({ name }) => name)).size, CODES.length);
  for (const { code, name } of CODES) {
    assert.match(name, /^[a-z]+(_[a-z]+)*$/);
    assert.ok(code >= 1000 && code < 3000);
    assert.notEqual(name, "application");
  }
});

test("codeOf() and codeByNumber() find every row", () => {
  for (const row of CODES) {
    assert.equal(codeOf(row.name), row);
    assert.equal(codeByNumber(row.code), row);
  }
});

test("codeByNumber() is undefined for numbers nobody defined and for the application's own", () => {
  for (const code of [-1, 0, 999, 1004, 1000.5, 2008, 3000, 3999, 2 ** 32 + 1000, NaN, Infinity]) {
    assert.equal(codeByNumber(code), undefined);
  }
});

test("codeOf() knows no names that objects inherit", () => {
  for (const name of ["toString", "__proto__", "constructor"]) {
    assert.equal(codeOf(name as CodeName), undefined);
  }
});
