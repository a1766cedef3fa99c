import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { Dmem, type OpenOptions } from "../../src/index.ts";
import { missing } from "./missing-addon.ts";

export { missing };

if (missing !== null) console.warn(`SKIPPED, for want of the addon: ${missing}`);

/** What is said of a group of such tests. */
export function needsAddon(name: string): string {
  return missing === null ? name : `${name} (skipped: no addon; npm run build:native)`;
}

const MEMORY = "/dev/shm";

/**
 * A folder in memory, for the time in which the tests of the calling file run. Not made before: where all of them are
 * left out, nothing would remove it.
 */
export function sharedFolder(): string {
  const folder = join(existsSync(MEMORY) ? MEMORY : tmpdir(), `dmemcg-test-${randomBytes(8).toString("hex")}`);
  beforeAll(() => void mkdirSync(folder, { mode: 0o700 }));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const SMALL = { cgroups: 16, regions: 3, pools: 32, agents: 6, accounts: 96, tickets: 8 };

/** A controller in a file, disposed of when the test ends. */
export function openDmem(path: string, options: OpenOptions = {}): Dmem {
  const dmem = Dmem.open(path, options);
  onTestFinished(() => dmem.dispose());
  return dmem;
}

/** The descriptors that this process has open. */
export function openDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}
