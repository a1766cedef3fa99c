import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, onTestFinished } from "vitest";
import { native } from "../../src/core/native.ts";
import { Dmem, type OpenOptions } from "../../src/index.ts";

/** Why tests that need the addon are left out; `null`: they are not. */
export const missing: string | null = whatIsMissing();

if (missing !== null) console.warn(`SKIPPED, for want of the addon: ${missing}`);

/** What is said of a group of such tests. */
export function needsAddon(name: string): string {
  return missing === null ? name : `${name} (skipped: no addon; npm run build:native)`;
}

function whatIsMissing(): string | null {
  try {
    native();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

const MEMORY = "/dev/shm";

/** A folder in memory that goes when the tests of the calling file are done. None for tests that are left out. */
export function sharedFolder(): string {
  if (missing !== null) return ""; // nothing would remove it: what is to be done after skipped tests is skipped, too
  const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), "dmemcg-test-"));
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
