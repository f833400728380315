// Routes: which names there may be, and who serves which.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Endpoint, refusing } from "../../../src/messaging/endpoint.ts";
import { Router } from "../../../src/messaging/router.ts";

function routerOf(...patterns: string[]) {
  const router = new Router();
  const names = new Map<Endpoint, string>();
  for (const pattern of patterns) {
    const endpoint = refusing("no_route", pattern);
    names.set(endpoint, pattern);
    router.add(pattern, endpoint);
  }
  return (name: string) => {
    const endpoint = router.find(name);
    return endpoint && names.get(endpoint);
  };
}

test("the most specific pattern wins", () => {
  const find = routerOf("*", "a.*", "a.b.*", "a.b.c", "a.b", "a");
  assert.equal(find("a.b.c"), "a.b.c");
  assert.equal(find("a.b.d"), "a.b.*");
  assert.equal(find("a.b.c.d"), "a.b.*");
  assert.equal(find("a.b"), "a.b");
  assert.equal(find("a.c"), "a.*");
  assert.equal(find("a"), "a");
  assert.equal(find("b.a"), "*");
});

test("a wildcard stands for at least one word, and for whole words", () => {
  const find = routerOf("a.*");
  assert.equal(find("a"), undefined);
  assert.equal(find("ab.c"), undefined);
  assert.equal(find("a.b.c.d.e"), "a.*");
});

test("no wildcard serves the default route", () => {
  assert.equal(routerOf("*")(""), undefined);
  assert.equal(routerOf("*", "")(""), "");
});

test("what can be no route is refused with the name, and so is what is taken", () => {
  const router = new Router();
  const endpoint = refusing("no_route", "");
  for (const bad of ["A", "a b", ".a", "a.", "a..b", "a.*.b", "*.a", "a*", "ü", "a".repeat(256)]) {
    assert.throws(() => router.add(bad, endpoint), /Cannot add the route/, bad);
  }
  router.add("a.b", endpoint);
  assert.throws(() => router.add("a.b", endpoint), /"a\.b": it is taken/);
  router.freeze();
  assert.throws(() => router.add("c", endpoint), /listens already/);
});
