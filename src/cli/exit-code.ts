/** What the program tells a script. */
export const EXIT = {
  /** The replay ran to its end, whether or not requests were refused. */
  done: 0,
  /** The program itself is at fault. */
  internal: 1,
  /** The command line, a trace or a policy is at fault; the error stream says what. */
  usage: 2,
  /** With `--fail-on-refusal`: it ran to its end, and something was refused. */
  refused: 3,
} as const;
