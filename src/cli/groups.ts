import { formatBytes } from "../core/bytes.ts";
import { type Access, type Cgroup, Dmem, DmemError, type Region } from "../index.ts";
import { textTable } from "./text-table.ts";

/** A group and what it uses, with all below it, of each region that it has a counter for: bytes by name. */
export interface GroupUsage {
  readonly path: string;
  readonly usage: Readonly<Record<string, number>>;
}

interface Groups {
  readonly regions: readonly { readonly name: string; readonly size: number }[];
  readonly groups: readonly GroupUsage[];
}

/** All groups of the controller in a file, each before those below it. */
export function readGroups(path: string, access: Access): Groups {
  const dmem = Dmem.open(path, { access, create: false });
  try {
    const { regions } = dmem;
    return { regions: regions.map(({ name, size }) => ({ name, size })), groups: [...visit(dmem.root, regions)] };
  } finally {
    dmem.dispose();
  }
}

function* visit(cgroup: Cgroup, regions: readonly Region[]): Generator<GroupUsage> {
  const usage = regions.map((region) => [region.name, cgroup.pool(region).usage] as const);
  yield { path: cgroup.path, usage: Object.fromEntries(usage) };
  for (const child of childrenOf(cgroup)) yield* visit(child, regions);
}

/** None of a group that somebody removed since it was listed. */
function childrenOf(cgroup: Cgroup): readonly Cgroup[] {
  try {
    return cgroup.children;
  } catch (error) {
    if (error instanceof DmemError && error.code === "ENODEV") return [];
    throw error;
  }
}

/** The tree, with a column for each region. */
export function groupsText({ regions, groups }: Groups): string {
  const rows = groups.map(({ path, usage }) => {
    const names = path.split("/").filter((name) => name !== "");
    const name = `${"  ".repeat(names.length)}${names.at(-1) ?? "/"}`;
    return [name, ...regions.map((region) => formatBytes(usage[region.name] ?? 0))];
  });
  const sizes = ["(size)", ...regions.map(({ size }) => formatBytes(size))];
  return textTable(["cgroup", ...regions.map(({ name }) => name)], regions.length === 0 ? rows : [...rows, sizes]);
}
