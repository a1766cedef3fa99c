import { show } from "../core/bytes.ts";
import { DmemError, typeError } from "../core/errors.ts";
import type { Cgroup } from "./cgroup.ts";
import {
  type DmemSetting,
  type DrmSetting,
  formatDmem,
  formatDrm,
  limitText,
  parseDmem,
  parseDrm,
} from "./file-syntax.ts";
import type { PoolValues } from "./pool-record.ts";
import { setLimits, setMax, type WriteOptions } from "./reclaim.ts";
import type { Region } from "./region.ts";
import { readControllers, readSubtreeControl, writeSubtreeControl } from "./subtree-control.ts";
import type { Tree } from "./tree.ts";

/** One write(2). */
export interface Write {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly options: WriteOptions;
}

const SUBTREE_CONTROL = "cgroup.subtree_control";
const CONTROLLERS = "cgroup.controllers";
/** A page: what one write to an interface file may carry. */
const WRITE_MAX = 4096;

/** A file of the controller: the word that it shows, and where it exists. */
interface ValueFile {
  readonly word: keyof PoolValues | "capacity";
  readonly onRoot: boolean;
  readonly elsewhere: boolean;
  readonly written: boolean;
}

const VALUE_FILES: Readonly<Record<string, ValueFile>> = {
  capacity: { word: "capacity", onRoot: true, elsewhere: false, written: false },
  current: { word: "usage", onRoot: true, elsewhere: true, written: false },
  peak: { word: "peak", onRoot: false, elsewhere: true, written: false },
  min: { word: "min", onRoot: false, elsewhere: true, written: true },
  low: { word: "low", onRoot: false, elsewhere: true, written: true },
  max: { word: "max", onRoot: false, elsewhere: true, written: true },
};

/** The controller's name, as its files begin. */
export function controllerName(tree: Tree): "dmem" | "drm" {
  return tree.hasDrmFiles ? "drm" : "dmem";
}

/** The files that a cgroup has. */
export function fileNames(tree: Tree, isRoot: boolean, controlled = true): string[] {
  const names = Object.entries(VALUE_FILES)
    .filter(
      ([name, file]) => controlled && (isRoot ? file.onRoot : file.elsewhere) && !(tree.hasDrmFiles && name === "peak"),
    )
    .map(([name]) => `${controllerName(tree)}.${name}`);
  return [CONTROLLERS, SUBTREE_CONTROL, ...names];
}

/** Whether a directory of this name would stand where some cgroup has a file. */
export function isFileName(tree: Tree, name: string): boolean {
  // Stryker disable next-line StringLiteral: only quicker; no file's name is without a dot
  return name.includes(".") && [true, false].some((isRoot) => fileNames(tree, isRoot).includes(name));
}

export function readFile(tree: Tree, cgroup: Cgroup, file: string): string {
  if (file === CONTROLLERS) return readControllers(tree, cgroup);
  if (file === SUBTREE_CONTROL) return readSubtreeControl(tree, cgroup);
  const { word } = valueFile(tree, cgroup, file);
  const lines = tree.regions.flatMap((region) => {
    const shown = value(cgroup, region, word);
    return shown === null ? [] : [{ region, value: shown }];
  });
  const shown = word === "capacity" ? String : limitText;
  if (!tree.hasDrmFiles)
    return formatDmem(
      lines.map(({ region, value }) => ({ name: region.name, value })),
      shown,
    );
  return formatDrm(
    lines.map(({ region, value }) => ({ ...deviceAndRegion(region.name), value })),
    shown,
  );
}

/** `null` if another thread unregistered the region since it was listed: then it has no line any more. */
function value(cgroup: Cgroup, region: Region, word: ValueFile["word"]): bigint | null {
  try {
    return word === "capacity" ? BigInt(region.size) : cgroup.pool(region).values()[word];
  } catch (error) {
    if (region.registered) throw error;
    return null;
  }
}

export function writeFile(tree: Tree, cgroup: Cgroup, write: Write): number {
  const { file, bytes } = write;
  if (file !== SUBTREE_CONTROL && file !== CONTROLLERS) valueFile(tree, cgroup, file);
  if (bytes.length === 0) return 0;
  if (bytes.length > WRITE_MAX) {
    throw new DmemError("E2BIG", `One write to ${file} carries at most ${WRITE_MAX} bytes, not ${bytes.length}.`);
  }
  if (file === SUBTREE_CONTROL) writeSubtreeControl(tree, cgroup, bytes);
  else applySettings(tree, cgroup, write);
  return bytes.length;
}

function applySettings(tree: Tree, cgroup: Cgroup, { file, bytes, options }: Write): void {
  const known = file === CONTROLLERS ? undefined : valueFile(tree, cgroup, file);
  if (!known?.written) throw new DmemError("EINVAL", `${file} is only read.`);
  const targets = tree.hasDrmFiles ? drmTargets(tree, parseDrm(bytes)) : [dmemTarget(tree, parseDmem(bytes))];
  const settings = targets.map(({ region, value }) => ({ pool: cgroup.pool(region), value }));
  for (const { pool } of settings) pool.provide();
  if (known.word === "max") setMax(tree.core, settings, options);
  else setLimits(known.word as "min" | "low", settings);
}

function valueFile(tree: Tree, cgroup: Cgroup, file: string): ValueFile {
  if (typeof file !== "string") throw typeError(`A file's name is a string, not ${show(file)}.`);
  const isHere = fileNames(tree, cgroup.parent === null, cgroup.controlled).includes(file);
  const known = isHere ? VALUE_FILES[file.slice(`${controllerName(tree)}.`.length)] : undefined;
  if (known === undefined) {
    throw new DmemError(
      "ENOENT",
      `"${cgroup.path}" has no file ${JSON.stringify(file)}; it has ${cgroup.files.join(", ")}.`,
    );
  }
  return known;
}

function dmemTarget(tree: Tree, setting: DmemSetting): { region: Region; value: bigint } {
  return { region: tree.regionNamed(setting.name), value: setting.value };
}

function drmTargets(tree: Tree, settings: DrmSetting[]): { region: Region; value: bigint }[] {
  const regions = tree.regions;
  return settings.map((setting) => {
    const region = regions.find(({ name }) => {
      const known = deviceAndRegion(name);
      return known.device === setting.device && known.region === setting.region;
    });
    if (region !== undefined) return { region, value: setting.value };
    throw new DmemError("EINVAL", `No region "${setting.region}" of a device "${setting.device}" is registered.`);
  });
}

/** `drm/0000:03:00.0/vram0` is the region `vram0` of the device `0000:03:00.0`. */
export function deviceAndRegion(name: string): { device: string; region: string } {
  const at = name.lastIndexOf("/");
  return { device: name.slice(name.startsWith("drm/") ? 4 : 0, Math.max(at, 0)), region: name.slice(at + 1) };
}
