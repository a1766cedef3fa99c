import { join } from "node:path";
import { expect, test } from "vitest";
import { missing, needsAddon, openDmem, SMALL, sharedFolder } from "../support/native-addon.ts";
import { SharingProcess } from "../support/sharing-process.ts";
import { EFFORT } from "./effort.ts";

const CHARGES = 20_000_000 * EFFORT;
const BYTES = 3;
const folder = sharedFolder();

test.skipIf(missing !== null)(needsAddon(`two processes make ${CHARGES} charges each on one leaf`), async () => {
  const path = join(folder, "card");
  const dmem = openDmem(path, { capacity: SMALL });
  const region = dmem.registerRegion("vram", { size: 1 });
  const [leaf, top] = [dmem.root.mkdir("a").pool(region), dmem.root.pool(region)];
  const others = await Promise.all([SharingProcess.start(path), SharingProcess.start(path)]);
  const held = await Promise.all(others.map((other) => other.ask("chargeOften", CHARGES)));
  expect(held).toEqual([(CHARGES / 2) * BYTES, (CHARGES / 2) * BYTES]); // every second charge is returned at once
  expect([leaf.usage, top.usage]).toEqual([CHARGES * BYTES, CHARGES * BYTES]);
  await Promise.all(others.map((other) => other.end()));
  expect([leaf.usage, top.usage]).toEqual([0, 0]);
});
