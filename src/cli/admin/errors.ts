// Why a command that talks to a server fails, each as one line for the person who typed it.

/** What was typed is not right. Ends with the exit code for wrong usage. */
export class UsageError extends Error {}

/** The server cannot be reached, or refuses. `status` is 0 where there is no answer. */
export class AnswerError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
