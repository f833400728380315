// Which server is asked, and with which token.

import assert from "node:assert/strict";
import { test } from "node:test";
import { run, type StageOptions } from "./stage.ts";

const LIST = () => ({ json: { items: [], nextCursor: null } });

async function asked(args: string, given: StageOptions = {}) {
  const { code, asked, stderr } = await run(["closed", ...args.split(" ").filter(Boolean)], {
    script: LIST,
    ...given,
  });
  return { code, stderr, token: asked[0]?.token, url: asked[0]?.path.replace(/\/api.*/, "") };
}

test("the flag beats the environment, which beats the configuration's file", async () => {
  const files = { "admin.token": "filed\n" };
  const env = { TCP_SERVER_ADMIN_TOKEN: "set", TCP_SERVER_ADMIN: "http://set:1" };
  const flags = "--token typed --admin http://typed:2";
  assert.deepEqual(await asked(flags, { env, files }), {
    code: 0,
    stderr: "",
    token: "typed",
    url: "http://typed:2",
  });
  const fromEnvironment = await asked("", { env, files });
  assert.deepEqual([fromEnvironment.token, fromEnvironment.url], ["set", "http://set:1"]);
  const fromFile = await asked("", { env: {}, files });
  assert.deepEqual([fromFile.token, fromFile.url], ["filed", ""]);
});

test("a token file stands beside the configuration file that is named", async () => {
  const files = { "etc/server.toml": "", "etc/admin.token": "beside" };
  assert.equal((await asked("--config etc/server.toml", { env: {}, files })).token, "beside");
});

test("without a token nothing is asked, and the ways to give one are told", async () => {
  const { code, url, stderr } = await asked("", { env: {} });
  assert.deepEqual([code, url], [2, undefined]);
  assert.equal(
    stderr,
    'No token: give "--token", TCP_SERVER_ADMIN_TOKEN or "--config" ' +
      '(cannot read "admin.token": No such file)\n',
  );
});

test("a token that no header could hold is refused and not shown", async () => {
  const { code, stderr } = await asked("--token=se\ncret");
  assert.equal(code, 2);
  assert.equal(stderr, "--token: no token, allowed: one word of plain ASCII\n");
});

test("a URL may be an address and a port, and nothing that is no URL is asked", async () => {
  assert.equal((await asked("--admin localhost:9101")).url, "http://localhost:9101");
  assert.equal((await asked("--admin https://a.example/b/")).url, "https://a.example/b");
  for (const wrong of ["ftp://a", "http://", "http://a:x"]) {
    const { code, stderr } = await asked(`--admin ${wrong}`);
    assert.equal(code, 2);
    assert.equal(
      stderr,
      `--admin: "${wrong}", allowed: a URL like "http://127.0.0.1:9101"\n`,
    );
  }
});

test("a port that the server chose itself has to be said", async () => {
  const given = { env: { TCP_SERVER_ADMIN_TOKEN: "secret" }, files: { a: "[admin]\nport = 0" } };
  const { code, stderr } = await asked("--config a", given);
  assert.deepEqual([code, stderr], [
    2,
    'admin.port is 0: say with "--admin" which port it became\n',
  ]);
  assert.equal((await asked("--config a --admin localhost:7", given)).url, "http://localhost:7");
});

test("an address that means all of them is reached over loopback", async () => {
  const env = { TCP_SERVER_ADMIN_TOKEN: "secret", TCP_SERVER_ADMIN_PORT: "7" };
  for (const [host, url] of [["0.0.0.0", "127.0.0.1"], ["::", "[::1]"], ["fe80::1", "[fe80::1]"]]) {
    const given = { env: { ...env, TCP_SERVER_ADMIN_HOST: host! } };
    assert.equal((await asked("", given)).url, `http://${url}:7`);
  }
});

test("a wrong configuration is told as the server tells it", async () => {
  const { code, stderr } = await asked("--config a", { env: {}, files: { a: "prot = 1" } });
  assert.deepEqual([code, stderr], [2, 'a:1: prot: Unknown key, did you mean "port"?\n']);
});

test("a server that cannot be reached is one line, with 1", async () => {
  const refused = new TypeError("client error (Connect): Connection refused (os error 111)");
  const { code, stderr } = await asked("", { script: () => refused });
  assert.equal(code, 1);
  assert.equal(
    stderr,
    "Cannot reach the admin API at http://127.0.0.1:9101: connection refused " +
      "(is the server running, and admin.enabled?)\n",
  );
  const behind = new TypeError("fetch failed", { cause: refused });
  assert.equal((await asked("", { script: () => behind })).stderr, stderr);
  const late = new DOMException("signal timed out", "TimeoutError");
  assert.match((await asked("", { script: () => late })).stderr, /: no answer within 10 s\n$/);
});

test("an error of the API is one line that cannot disturb a terminal", async () => {
  const error = { code: "not_found", message: "No session \x1b[2J" };
  const { code, stderr } = await asked("", { script: () => ({ status: 404, json: { error } }) });
  assert.deepEqual([code, stderr], [1, "No session \\u{1b}[2J (not_found)\n"]);
});

test("a refused token is told with where it came from, a wrong value ends with 2", async () => {
  const refused = { error: { code: "unauthorized", message: "This is not the token" } };
  assert.deepEqual(await asked("", { script: () => ({ status: 401, json: refused }) }), {
    code: 1,
    stderr: "The server refuses the token (TCP_SERVER_ADMIN_TOKEN): This is not the token\n",
    token: "secret",
    url: "",
  });
  const invalid = { error: { code: "invalid", message: "code: Must be a code" } };
  assert.equal((await asked("", { script: () => ({ status: 400, json: invalid }) })).code, 2);
});
