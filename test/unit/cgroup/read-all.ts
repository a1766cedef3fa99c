import type { Cgroup } from "../../../src/index.ts";

/** All files of a group with what they hold. */
export function readAll(group: Cgroup): Record<string, string> {
  return Object.fromEntries(group.files.map((file) => [file, group.read(file)]));
}
