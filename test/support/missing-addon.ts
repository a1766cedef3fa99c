import { native } from "../../src/core/native.ts";

/** Why what needs the addon is left out; `null`: it is not. */
export const missing: string | null = whatIsMissing();

function whatIsMissing(): string | null {
  try {
    native();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
