import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runNode } from "./command.ts";
import { install } from "./install.ts";

const { consumer } = install();

/** A consumer with every check on, Node's types, and no DOM. */
const STRICT = {
  module: "node16",
  moduleResolution: "node16",
  target: "es2022",
  lib: ["es2022"],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  noEmit: true,
};

const PROGRAM = `
const options: DmemOptions = { semantics: "linux-7.3", capacity: { cgroups: 16 } };
const dmem: Dmem = Dmem.create(options);
const reclaim: Reclaim = (pool: Pool, target: Bytes, region: Region) => (pool.usage > target ? region.name : undefined);
const vram: Region = dmem.registerRegion("vram", { size: 8 * GiB, reclaim });
const group: Cgroup = dmem.root.mkdir("game");
const pool: Pool = group.pool(vram);
const limit: Pool | null = pool.tryCharge(MiB);
const ticket: Ticket = pool.handOver(1);
const bytes: Bytes = pool.adopt(ticket);
const handle: DmemHandle = dmem.handle;
Dmem.attach(handle).dispose();
const counter: PageCounter = PageCounter.create().child({ protection: false });
const usage: bigint = counter.values().usage;
try {
  group.write("dmem.max", "vram 1G", { nonblock: true });
} catch (error) {
  if (error instanceof DmemError && error.code === "EINVAL") console.log(error.errno, limit, bytes, usage);
}
// @ts-expect-error: an amount is a number
pool.charge("1");
// @ts-expect-error: an internal member is not declared
pool.find();
`;

const NAMES = "Dmem, DmemError, GiB, MiB";
const TYPES = "Bytes, Cgroup, DmemHandle, DmemOptions, Pool, Reclaim, Region, Ticket";

test("the types are right for a strict ESM consumer", () => {
  const imports = `import { ${NAMES} } from "dmemcg";
import type { ${TYPES} } from "dmemcg";
import { PageCounter } from "dmemcg/page-counter";`;
  expect(compile("esm.mts", imports + PROGRAM)).toBe("");
});

test("the types are right for a strict CJS consumer", () => {
  const imports = `import { ${NAMES} } from "dmemcg";
import type { ${TYPES} } from "dmemcg";
import counters = require("dmemcg/page-counter");
import PageCounter = counters.PageCounter;`;
  expect(compile("cjs.cts", imports + PROGRAM)).toBe("");
});

test("a wrong program is noticed", () => {
  expect(() => compile("wrong.mts", 'import { Dmem } from "dmemcg";\nDmem.create(1);\n')).toThrow(/TS2559/);
});

/** @returns what the compiler prints about a program in a folder of its own */
function compile(file: string, program: string): string {
  const folder = join(consumer, file.replace(".", "-"));
  mkdirSync(folder);
  writeFileSync(join(folder, file), program);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: STRICT, files: [file] }));
  return runNode(process.cwd(), join("node_modules", "typescript", "bin", "tsc"), "-p", folder);
}
