import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { missing, needsAddon } from "../support/native-addon.ts";
import { runNode } from "./command.ts";
import { install, ROOT } from "./install.ts";

// The package with the addon in it, as it is packed after `npm run build:native -- --prebuild`.

const ADDON = `native/prebuilds/${process.platform}-${process.arch}/dmemcg.node`;
/** Of an ELF file, where the kind of processor stands, and one that this is not. */
const [ELF_MACHINE, OTHER_MACHINE] = [18, 0xf3f3];

describe.skipIf(missing !== null)(needsAddon("an installed package"), () => {
  const { consumer, files } = missing === null ? withPrebuild(install) : { consumer: "", files: [] };
  const installed = join(consumer, "node_modules/dmemcg", ADDON);
  const path = join(consumer, "card");

  test("has the prebuilt addon, and what it is built from", () => {
    expect(files.filter((file) => file.startsWith("native/")).sort()).toEqual(
      ["native/binding.gyp", "native/dmemcg.c", ADDON].sort(),
    );
  });

  test("opens a controller by its path, imported in one process and required in another", () => {
    onTestFinished(() => rmSync(path, { force: true }));
    expect(JSON.parse(runNode(consumer, "join.mjs", path))).toEqual({
      during: { usage: 120, held: 20 },
      after: 100,
    });
  });

  test("says what is missing where the addon is, and works without it", () => {
    renameSync(installed, `${installed}.away`);
    onTestFinished(() => renameSync(`${installed}.away`, installed));
    expectRefusal(installed, "cannot open shared object file: No such file or directory");
  });

  test("says so if the addon was built for another processor, or is none", () => {
    const whole = readFileSync(installed);
    onTestFinished(() => writeFileSync(installed, whole));
    const other = Buffer.from(whole);
    other.writeUInt16LE(OTHER_MACHINE, ELF_MACHINE);
    writeFileSync(installed, other);
    expectRefusal(installed, "cannot open shared object file");
    writeFileSync(installed, "not a program");
    expectRefusal(installed, "file too short");
  });

  /** Expects that nothing is opened, and that the error names the file, what is wrong with it, and what to do. */
  function expectRefusal(...words: string[]): void {
    const { name, code, message, ...rest } = JSON.parse(runNode(consumer, "refused.mjs", path));
    expect([name, code]).toEqual(["DmemError", "ENOTSUP"]);
    for (const word of [...words, "npx node-gyp rebuild -C native"]) expect(message).toContain(word);
    expect(rest).toEqual({ made: false, root: "/" });
  }
});

/** Leaves behind what was there. */
function withPrebuild<T>(use: () => T): T {
  const file = join(ROOT, ADDON);
  const isThere = existsSync(file);
  const { status, stderr } = spawnSync(process.execPath, ["scripts/build-native.mjs", "--prebuild"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  try {
    return use();
  } finally {
    if (!isThere) rmSync(join(ROOT, "native/prebuilds"), { recursive: true });
  }
}
