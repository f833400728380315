// The description of the API: valid OpenAPI 3.1, with every path that there is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { AdminStage } from "./admin_stage.ts";

const PATHS = {
  "/healthz": "get",
  "/readyz": "get",
  "/api/v1/server": "get",
  "/api/v1/sessions": "get",
  "/api/v1/sessions/{id}": "delete get patch",
  "/api/v1/sessions/{id}/send": "post",
  "/api/v1/sessions/{id}/request": "post",
  "/api/v1/users/{user}": "delete",
  "/api/v1/users/{user}/send": "post",
  "/api/v1/users/{user}/timeline": "get",
  "/api/v1/groups": "get",
  "/api/v1/groups/{name}/send": "post",
  "/api/v1/groups/{name}/sessions/{id}": "delete put",
  "/api/v1/broadcast": "post",
  "/api/v1/kick": "post",
  "/api/v1/closed": "get",
  "/api/v1/bans": "delete get post",
  "/api/v1/events": "get",
  "/api/v1/drain": "post",
  "/api/v1/reload": "post",
};

test("the description is valid OpenAPI 3.1 and names every path and method", async () => {
  const { status, body } = await (await AdminStage.open()).ask("GET /openapi.json");
  assert.equal(status, 200);
  assert.equal(body["openapi"], "3.1.0");
  const { valid, errors } = await new Validator().validate(structuredClone(body));
  assert.ok(valid, JSON.stringify(errors, null, 2));
  const paths = Object.entries(body["paths"] as Record<string, object>)
    .map(([path, methods]) => [path, Object.keys(methods).toSorted().join(" ")]);
  assert.deepEqual(Object.fromEntries(paths), PATHS);
});

test("a validator that accepts anything would be noticed", async () => {
  const { body } = await (await AdminStage.open()).ask("GET /openapi.json");
  const { valid } = await new Validator().validate({ ...body, paths: { x: 1 } });
  assert.equal(valid, false);
});
