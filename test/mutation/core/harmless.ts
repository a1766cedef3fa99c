import type { Mutation } from "./mutations.ts";

/** Changes that no test can notice, and why. */
const HARMLESS: readonly { readonly in: string; readonly from: string; readonly to: string; readonly why: string }[] =
  [];

/** Whether this change of `text` is listed: by the line that it is in, and what it does there. */
export function isHarmless(text: string, { start, end, replacement }: Mutation): boolean {
  const line = text.slice(text.lastIndexOf("\n", start) + 1, text.indexOf("\n", start)).trim();
  const from = text.slice(start, end);
  return HARMLESS.some((known) => known.in === line && known.from === from && known.to === replacement);
}
