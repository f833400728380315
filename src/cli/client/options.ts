// The options of `client`.

import { keyOf } from "../../config/keys.ts";
import { CLIENT_BOUNDS } from "../../limits/client.ts";
import { JSON_OUTPUT, type Option } from "../options.ts";
import { spanText } from "../units.ts";

/** Where a server listens that nobody has told otherwise. */
export const DEFAULT_TO = `127.0.0.1:${keyOf("port").kind.default}`;

export const TO: Option = {
  flag: "--to",
  value: "HOST:PORT",
  help: `The server, or its port here (default ${DEFAULT_TO})`,
};
export const CREDENTIAL: Option = {
  flag: "--token",
  value: "TOKEN",
  help: "The credential, where the server asks for one; without this TCP_SERVER_TOKEN",
};
export const NAME: Option = {
  flag: "--user",
  value: "USER",
  help: "Who this is, where the server believes it",
};
export const PLAIN: Option = {
  flag: "--plain",
  help: "Without routes and resume, as the simplest clients are",
};
export const COMMAND: Option = {
  flag: "--command",
  short: "c",
  value: "COMMAND",
  help: 'Do this and leave (-c): "request sys.echo hello"; may be given again',
};
export const PATIENCE: Option = {
  flag: "--timeout",
  value: "TIME",
  help: `How long to wait for an answer (default ${
    spanText(CLIENT_BOUNDS.requestTimeoutMs.default)
  })`,
};

export const CLIENT_OPTIONS: readonly Option[] = [
  TO,
  CREDENTIAL,
  NAME,
  PLAIN,
  COMMAND,
  PATIENCE,
  { ...JSON_OUTPUT, help: "Print one JSON object a line" },
];
