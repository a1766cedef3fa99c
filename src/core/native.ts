import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DmemError } from "./errors.ts";

/** What the addon offers, see native/dmemcg.c. Results are 0 or an errno. */
export interface Native {
  map(memory: WebAssembly.Memory, descriptor: number): number;
  reserve(descriptor: number, bytes: number): number;
  /** A descriptor that is closed when this thread ends, however it does; negative: an errno. */
  hold(descriptor: number): number;
  drop(held: number): number;
  lock(descriptor: number, start: number, bytes: number): number;
  unlock(descriptor: number, start: number, bytes: number): number;
  probe(descriptor: number, start: number, bytes: number): number;
}

const FUNCTIONS: readonly (keyof Native)[] = ["map", "reserve", "hold", "drop", "lock", "unlock", "probe"];

/** Where an addon is looked for, and how. */
export interface Surroundings {
  readonly platform: string;
  readonly arch: string;
  /** The folder of this package; throws if it is not to be found. */
  root(): string;
  load(file: string): unknown;
}

const SOURCE = "native/dmemcg.c";
const here = createRequire(import.meta.url);

const SURROUNDINGS: Surroundings = { platform: process.platform, arch: process.arch, root: packageFolder, load };

/** As `require` does, without looking for what else the path could mean. */
function load(file: string): unknown {
  const module = { exports: {} };
  process.dlopen(module, file);
  return module.exports;
}

/** A folder above this file; if this became part of somebody's bundle, what its name leads to, which takes longer. */
function packageFolder(): string {
  const file = import.meta.url;
  const above = dirname(file.startsWith("file:") ? fileURLToPath(file) : file);
  for (const way of ["..", "../.."]) if (existsSync(join(above, way, SOURCE))) return join(above, way);
  return dirname(here.resolve("dmemcg/package.json"));
}

let loaded: Native | undefined;

/**
 * The addon, loaded when it is first needed.
 *
 * @throws {DmemError} `ENOTSUP`: there is none that works here, and why
 */
export function native(): Native {
  loaded ??= loadNative(SURROUNDINGS);
  return loaded;
}

/** Tries what was built here, then what came with the package. */
export function loadNative({ platform, arch, root, load }: Surroundings): Native {
  if (platform !== "linux") {
    throw new DmemError(
      "ENOTSUP",
      `Sharing a controller among processes needs Linux, for its locks on open files; this is ${platform}. ` +
        "Within one process, worker threads share what Dmem.create makes.",
    );
  }
  const failures: string[] = [];
  for (const folder of ["build/Release", `prebuilds/${platform}-${arch}`]) {
    let file = `native/${folder}/dmemcg.node`;
    try {
      file = join(root(), file);
      return requireNative(load(file));
    } catch (error) {
      failures.push(`${file}: ${firstLine(error)}`);
    }
  }
  throw new DmemError(
    "ENOTSUP",
    `Sharing a controller among processes needs the addon in native/, and none could be loaded. ${failures.join("; ")}. ` +
      "In a clone `npm run build:native` builds it; in an installed package, `npx node-gyp rebuild -C native` in its folder.",
  );
}

/** What was built of an older source would fail later, in the middle of something. */
function requireNative(addon: unknown): Native {
  const offered = addon as Readonly<Record<string, unknown>>;
  for (const name of FUNCTIONS) {
    if (typeof offered[name] !== "function") throw new Error(`it was built of another version, without ${name}`);
  }
  return addon as Native;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
}
