import { randomBytes } from "node:crypto";
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, rmSync, symlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAgents } from "../../src/core/agent-table.ts";
import { Dmem, type OpenOptions } from "../../src/index.ts";
import type { Random } from "../property/random.ts";
import { missing } from "../support/missing-addon.ts";
import { contents, damage, OPTIONS, PARTS, wordsOf } from "./arena-damage.ts";
import { Steps, visit } from "./arena-visit.ts";
import type { Target } from "./target.ts";

const OTHER_OPTIONS: readonly OpenOptions[] = [
  { create: false },
  { semantics: "linux-7.3" },
  { controller: "drm" },
  { subtreeControl: "manual" },
  { capacity: { pools: 17 } },
];
const FILES: readonly unknown[] = [5, "", {}, { path: "/" }, { path: 5, device: 1n, inode: 1n, mode: 0 }];

/** An arena's file whose contents, and sometimes length, are changed in place; nobody has it open meanwhile. */
class Folder {
  readonly path: string;
  readonly #path = join(
    existsSync("/dev/shm") ? "/dev/shm" : tmpdir(),
    `dmemcg-fuzz-${randomBytes(8).toString("hex")}`,
  );
  readonly #descriptor: number;
  readonly whole: readonly Uint8Array[];

  constructor() {
    mkdirSync(join(this.#path, "folder"), { recursive: true, mode: 0o700 });
    this.path = join(this.#path, "arena");
    this.whole = contents(() => Dmem.open(this.path, OPTIONS));
    symlinkSync(this.path, join(this.#path, "link"));
    this.#descriptor = openSync(this.path, "r+");
  }

  write(bytes: Uint8Array): void {
    ftruncateSync(this.#descriptor, bytes.length);
    writeSync(this.#descriptor, bytes, 0, bytes.length, 0);
  }

  /** Something else than a file, or nothing. */
  other(random: Random): string {
    return join(this.#path, random.pick(["folder", "link", "nowhere", "arena/below", "\0"]) ?? "");
  }

  remove(): void {
    closeSync(this.#descriptor);
    rmSync(this.#path, { recursive: true, force: true });
  }
}

/** A file of another length. */
function cut(random: Random, bytes: Uint8Array): Uint8Array {
  const length = random.pick([0, 4, 1023, 1024, 4096, bytes.length - 1, bytes.length + 1, 2 * bytes.length]) ?? 0;
  return Buffer.concat([bytes, bytes]).subarray(0, length);
}

export function openTarget(): Target {
  let made: Folder | null = null; // where it is left out, no folder is made
  return {
    name: "open",
    missing,
    take(random: Random): void {
      made ??= new Folder();
      const options = random.oneIn(16) ? (random.pick(OTHER_OPTIONS) ?? {}) : {};
      if (random.oneIn(32)) {
        Dmem.open(made.other(random), { ...options, create: false }).dispose();
        return;
      }
      const bytes = Uint8Array.from(random.pick(made.whole) as Uint8Array);
      const part = random.pick(PARTS) ?? "header";
      damage(random, wordsOf(bytes), part);
      made.write(random.oneIn(16) ? cut(random, bytes) : bytes);
      const { path } = made;
      const steps = new Steps();
      steps.try(() => void readAgents(path, "user"));
      steps.try(() => {
        const dmem = Dmem.open(path, options);
        if (random.oneIn(8)) steps.try(() => void Dmem.attach({ ...dmem.handle, file: random.pick(FILES) }));
        visit(dmem, part === "numbers");
      });
      steps.end();
    },
    close: () => made?.remove(),
  };
}
