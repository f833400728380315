// Completion scripts: asked by the shells themselves, where they are installed.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { COMMANDS } from "../../../../src/cli/commands.ts";
import { completionsFor } from "../../../../src/cli/completions/completions.ts";
import { SHELLS } from "../../../../src/cli/completions/words.ts";
import { HELP, isBuilt } from "../../../../src/cli/options.ts";
import { KEYS } from "../../../../src/config/table.ts";
import { fakeHost } from "../../fake_host.ts";
import { runCli } from "../../../../src/cli/run.ts";

/** What a shell offers for the last word of a command line, sorted. */
type Ask = (line: string) => string[];

function run(shell: string, args: readonly string[], cwd?: string): string {
  const { error, stdout, stderr } = spawnSync(shell, args, { encoding: "utf8", cwd });
  assert.equal(error, undefined);
  assert.equal(stderr, "");
  return stdout;
}

function offered(output: string): string[] {
  const words = output.split("\n").map((line) => line.split("\t")[0]!.trim());
  return words.filter((word) => word !== "").sort();
}

const BASH: Ask = (line) => {
  const words = line.split(" ");
  const array = words.map((word) => `'${word}'`).join(" ");
  const script = `${completionsFor("bash")}
COMP_WORDS=(${array}) COMP_CWORD=${words.length - 1}
_tcp_server
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return offered(run("bash", ["-c", script]));
};

const FISH: Ask = (line) =>
  offered(run("fish", ["--no-config", "-c", `${completionsFor("fish")}\ncomplete -C '${line}'`]));

const HANDLERS = [...KEYS.handler.kind.choices!].sort();

const COMMAND_NAMES = COMMANDS.map(({ name }) => name);

function flagsOf(name: string): string[] {
  const { options } = COMMANDS.find((command) => command.name === name)!;
  return [...options, HELP].filter(isBuilt).map(({ flag }) => flag).sort();
}

function isInstalled(shell: string): boolean {
  return spawnSync(shell, ["-c", "exit 0"]).error === undefined;
}

for (const [shell, ask] of [["bash", BASH], ["fish", FISH]] as const) {
  const where = { skip: !isInstalled(shell) };

  test(`${shell} completes the names of all commands`, where, () => {
    const words = ask("tcp-server ").filter((word) => !word.startsWith("-"));
    assert.deepEqual(words, [...COMMAND_NAMES].sort());
    assert.deepEqual(ask("tcp-server print"), ["print-config"]);
  });

  test(`${shell} completes the options of each command`, where, () => {
    for (const name of COMMAND_NAMES) {
      const words = ask(`tcp-server ${name} --`).filter((word) => word !== "--version");
      assert.deepEqual(words, flagsOf(name), name);
    }
  });

  test(`${shell} completes the options of serve where no command is named`, where, () => {
    assert.deepEqual(ask("tcp-server --port 9000 --log-f"), ["--log-format"]);
    assert.deepEqual(ask("tcp-server --work"), ["--workers"]);
    assert.deepEqual(ask("tcp-server --dry"), []);
  });

  test(`${shell} completes values and words that are one of a few`, where, () => {
    assert.deepEqual(ask("tcp-server serve --handler "), HANDLERS);
    assert.deepEqual(ask("tcp-server --log-format j"), ["json"]);
    assert.deepEqual(ask("tcp-server completions z"), ["zsh"]);
    assert.deepEqual(ask("tcp-server help vers"), ["version"]);
  });
}

test("bash completes a value behind an equals sign, and the names of files", (t) => {
  assert.deepEqual(BASH("tcp-server --handler = e"), ["echo"]);
  assert.deepEqual(BASH("tcp-server --handler ="), HANDLERS);
  const folder = mkdtempSync(join(tmpdir(), "tcp-server-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "a b.toml"), "");
  for (const line of ["serve --config", "check-config", "--config ="]) {
    assert.deepEqual(BASH(`tcp-server ${line} ${folder}/a`), [`${folder}/a b.toml`]);
  }
});

test("zsh takes the script", { skip: !isInstalled("zsh") }, () => {
  run("zsh", ["-fnc", completionsFor("zsh")!]);
  const defined = run("zsh", ["-fc", `compdef() { print -- $* }\n${completionsFor("zsh")}`]);
  assert.equal(defined, "_tcp-server tcp-server\n");
});

test("zsh asks _arguments for what each command takes", { skip: !isInstalled("zsh") }, () => {
  for (const name of COMMAND_NAMES) {
    const script = `compdef() {}; _describe() {}; _arguments() { print -rl -- "$@" }
${completionsFor("zsh")}
words=(tcp-server ${name} --) CURRENT=3
_tcp-server`;
    const specs = run("zsh", ["-fc", script]).split("\n");
    // Beside an argument without an action zsh would list an option, and not insert it.
    assert.ok(specs.every((spec) => !spec.endsWith(": :")));
    const flags = specs.map((spec) => /^\*(--[a-z0-9-]+)/.exec(spec)?.[1]).filter((flag) => flag);
    assert.deepEqual(flags.filter((flag) => flag !== "--version").sort(), flagsOf(name), name);
  }
});

test("the command prints the script, and names the shells where it knows none", async () => {
  for (const shell of SHELLS) {
    const { host, output } = fakeHost({ args: ["completions", shell] });
    assert.equal(await runCli(host, { commit: "", target: "" }, never), 0);
    assert.equal(output.stdout, completionsFor(shell));
  }
  const { host, output } = fakeHost({ args: ["completions", "tcsh"] });
  assert.equal(await runCli(host, { commit: "", target: "" }, never), 2);
  assert.match(output.stderr, /^No completions for the shell "tcsh", there are: bash, zsh, fish\n/);
});

const never = {
  serve: () => assert.fail("nothing is served"),
  fetch: () => assert.fail("nothing is fetched"),
};
