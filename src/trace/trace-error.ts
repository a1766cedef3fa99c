/**
 * Something is wrong with what the replay was given: a trace, a policy, or a value on the command line.
 *
 * The message is one sentence for whoever gave it: it names the place (file and line, or file and byte), the value, and
 * what is allowed there. Nobody needs the stack.
 */
export class TraceError extends Error {
  override readonly name = "TraceError";
}
