import { inspect } from "node:util";
import { isObject } from "./operation.ts";

/** Says where two JSON values differ, place by place: `dev.0.bo.2.at: expected vram, got tt`. */
export function jsonDifference(expected: unknown, actual: unknown, at: string): string[] {
  const [left, right] = [parts(expected), parts(actual)];
  if (left === null || right === null || Array.isArray(expected) !== Array.isArray(actual)) {
    return expected === actual ? [] : [`${at}: expected ${shown(expected)}, got ${shown(actual)}`];
  }
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].flatMap((key) => jsonDifference(left[key], right[key], `${at}.${key}`));
}

function parts(value: unknown): Record<string, unknown> | null {
  return isObject(value) || Array.isArray(value) ? (value as Record<string, unknown>) : null;
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : inspect(value, { breakLength: Infinity, depth: 3 });
}
