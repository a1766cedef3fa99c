import * as abi from "../../../assembly/abi.ts";
import { Records } from "../audit/records.ts";
import { type Access, DEATH, NAMES, UNTIL, WAIT, YIELD } from "./access.ts";
import type { Explorer, Move } from "./exploration.ts";
import type { World } from "./world.ts";

const KINDS = ["AGENT", "ACCOUNT", "CGROUP", "REGION", "POOL", "TICKET"] as const;
/** Constants of the abi that begin like the word of a record and are none. */
const NO_WORDS =
  /_(STRIDE|SHIFT|FREE|ATTACHED|DEAD|BITS|IDS|ONLINE|REMOVED|REGISTERED|UNREGISTERED|OPEN|MAGIC|RECORDS)$/;

/** Runs one schedule. @returns a line for each of its moves, with what the word was before */
export function trace(explorer: Explorer, world: World, moves: readonly Move[]): string[] {
  const lines: string[] = [];
  try {
    explorer.replay(moves, (move, access) => lines.push(describe(world, move, access)));
  } catch (error) {
    lines.push(error instanceof Error ? error.message : String(error));
  }
  return lines;
}

function describe(world: World, { actor, kind }: Move, access: Access | null): string {
  const letter = String.fromCharCode(65 + actor);
  if (kind === "death" || access === null) return `${letter} ${kind}`;
  const { what, bits, address, value, expected } = access;
  const name = `${letter} ${kind === "flush" ? "seen: " : ""}${NAMES[what]}`;
  if (what === YIELD || what === DEATH) return name;
  const before = `(${world.words.read(address, bits)})`;
  const operands = what === WAIT || what === UNTIL ? `${expected}` : what < 2 && what % 2 === 0 ? "" : `${value}`;
  return `${name} ${wordName(world, address)} ${operands} ${before}`.replace("  ", " ");
}

/** "pool 2 usage". */
function wordName(world: World, address: number): string {
  const records = new Records(world.words);
  for (const [kind, name] of KINDS.entries()) {
    const at = records.all(kind).findLastIndex((record) => record <= address);
    const record = records.all(kind)[at];
    const stride = (abi as Record<string, unknown>)[`${name}_STRIDE`] as number;
    if (record === undefined || address >= record + stride) continue;
    return `${name.toLowerCase()} ${at + 1} ${fieldName(name, address - record)}`;
  }
  const kind = Math.floor((address - abi.ARENA_SLOTS) / abi.SLOTS_SIZE);
  if (kind < 0 || kind >= KINDS.length) return fieldName("ARENA", address);
  return `${KINDS[kind]?.toLowerCase()}s ${fieldName("SLOTS", (address - abi.ARENA_SLOTS) % abi.SLOTS_SIZE)}`;
}

function fieldName(prefix: string, offset: number): string {
  const names = Object.entries(abi).filter(([name, value]) => {
    return name.startsWith(`${prefix}_`) && !NO_WORDS.test(name) && value === offset;
  });
  const [name] = names.map(([name]) =>
    name
      .slice(prefix.length + 1)
      .toLowerCase()
      .replaceAll("_", " "),
  );
  return name ?? `+${offset}`;
}
