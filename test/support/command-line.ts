import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";
import { pickleOf } from "./pickle-writer.ts";

/** The command line as it was built. */
export const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
export const MiB = 1024 ** 2;

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export function dmemcg(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

export const replay = (...args: string[]): Promise<Run> => dmemcg("replay", ...args);

/** Files to be replayed, in a folder of their own for as long as the tests of the calling file run. */
export class InputFolder {
  #path = "";

  constructor() {
    beforeAll(() => {
      this.#path = mkdtempSync(join(tmpdir(), "dmemcg-"));
    });
    afterAll(() => rmSync(this.#path, { recursive: true }));
  }

  write(name: string, contents: string | Uint8Array): string {
    const path = join(this.#path, name);
    writeFileSync(path, contents);
    return path;
  }

  /** A trace in JSON Lines, with what the header says besides the version. */
  trace(name: string, events: readonly object[], header: object = {}): string {
    const lines = [{ "dmemcg-trace": 1, ...header }, ...events].map((line) => `${JSON.stringify(line)}\n`);
    return this.write(name, lines.join(""));
  }

  /** Three buffers of 4 MiB, the second of which is freed at the end; then a free of what was never there. */
  threeBuffers(name: string, header: object = {}): string {
    const allocations = [1, 2, 3].map((id) => ({ op: "alloc", id, bytes: 4 * MiB }));
    return this.trace(name, [...allocations, { op: "free", id: 2 }, { op: "free", id: 9 }], header);
  }

  /** A snapshot of PyTorch: one tensor of 4 MiB that stays, one that was freed. */
  snapshot(name: string): string {
    const alloc = { action: "alloc", addr: 16, size: 4 * MiB, time_us: 1 };
    const events = [alloc, { ...alloc, addr: 32 }, { ...alloc, action: "free_completed" }];
    return this.write(name, pickleOf({ device_traces: [events] }));
  }
}
