import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { Contents, type Move, PAGE_BYTES, SwapFile, SystemManager, TtmDevice } from "../../../src/ttm/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { smallDmem } from "../../support/small-dmem.ts";

const SYSTEM = [{ type: "system" }];
const SWAP = [{ type: "swap" }];

/** A device with system memory and a swap file of 4 pages. */
function swapping() {
  const folder = mkdtempSync(join(tmpdir(), "contents-"));
  const file = SwapFile.open(join(folder, "contents.swap"), { pages: 4 });
  const contents = new Contents({ swap: file });
  const dmem = smallDmem();
  const moves: string[] = [];
  const device = new TtmDevice({
    dmem,
    memories: { system: { manager: new SystemManager() }, swap: { manager: file } },
    driver: {
      evictionPlacement: () => SYSTEM,
      move(move: Move) {
        contents.move(move);
        moves.push(`${move.from} to ${move.to}`);
      },
    },
  });
  onTestFinished(() => {
    device.dispose();
    file.close();
    rmSync(folder, { recursive: true });
  });
  const create = (fill: number, pages = 2) => {
    const bo = device.create({ owner: dmem.root, size: pages * PAGE_BYTES, placement: SYSTEM });
    contents.of(bo).fill(fill);
    return bo;
  };
  return { file, contents, device, moves, create };
}

function filled(fill: number, pages = 2): Uint8Array {
  return new Uint8Array(pages * PAGE_BYTES).fill(fill);
}

test("new contents are zero", () => {
  const { contents, device } = swapping();
  const bo = device.create({ owner: device.dmem.root, size: PAGE_BYTES, placement: SYSTEM });
  expect(contents.of(bo)).toEqual(filled(0, 1));
});

test("contents come back from the swap file as they went there", () => {
  const { contents, device, create } = swapping();
  const [first, second] = [create(1), create(2)];
  expect(device.swapOut(4 * PAGE_BYTES, "system", "swap")).toBe(4 * PAGE_BYTES);
  second.validate(SYSTEM);
  first.validate(SYSTEM);
  expect([contents.of(first), contents.of(second)]).toEqual([filled(1), filled(2)]);
  expect(device.usedPages("swap")).toBe(0);
});

test("contents that were swapped out are not in memory", () => {
  const { contents, device, create } = swapping();
  const bo = create(1);
  device.swapOut(1, "system", "swap");
  expect([bo.place, device.usedPages("system")]).toEqual(["swap", 0]);
  expectRefusal(() => contents.of(bo), "EINVAL", "in swap", "not in memory");
});

test("contents move from one place in the file to another", () => {
  const { contents, device, create } = swapping();
  const [low, bo] = [create(1, 1), create(2, 1)];
  device.swapOut(2 * PAGE_BYTES, "system", "swap");
  low.free();
  bo.validate([{ type: "swap", end: 1 }]);
  bo.validate(SYSTEM);
  expect(contents.of(bo)).toEqual(filled(2, 1));
});

test("a swap file takes what was used least recently, as much as was asked for", () => {
  const { device, create } = swapping();
  const buffers = [create(1, 1), create(2, 1), create(3, 1)];
  buffers[0]?.touch();
  expect(device.swapOut(PAGE_BYTES, "system", "swap")).toBe(PAGE_BYTES);
  expect(buffers.map(({ place }) => place)).toEqual(["system", "swap", "system"]);
});

test("pinned buffers stay in memory", () => {
  const { device, create } = swapping();
  const bo = create(1);
  bo.pin();
  expect([device.swapOut(1, "system", "swap"), bo.place]).toEqual([0, "system"]);
});

test("a full swap file takes no more, and gives nothing back for it", () => {
  const { contents, device, moves, create } = swapping();
  const [first, large, small] = [create(1, 3), create(2, 2), create(3, 1)];
  expect(device.swapOut(6 * PAGE_BYTES, "system", "swap")).toBe(4 * PAGE_BYTES);
  expect([first, large, small].map(({ place }) => place)).toEqual(["swap", "system", "swap"]);
  expect(moves.filter((move) => move.endsWith("to system"))).toEqual(Array(3).fill("null to system"));
  expect(contents.of(large)).toEqual(filled(2, 2));
});

test("a buffer without backing has no contents, and gets new ones", () => {
  const { contents, create } = swapping();
  const bo = create(1);
  bo.validate([]);
  expectRefusal(() => contents.of(bo), "EINVAL", "nowhere");
  bo.validate(SYSTEM);
  expect(contents.of(bo)).toEqual(filled(0));
});

test("a buffer that begins in the swap file is zero", () => {
  const { file, contents, device, create } = swapping();
  create(9).validate(SWAP);
  device.buffers[0]?.free();
  const bo = device.create({ owner: device.dmem.root, size: 2 * PAGE_BYTES, placement: SWAP });
  expect(file.usedPages).toBe(2);
  bo.validate(SYSTEM);
  expect(contents.of(bo)).toEqual(filled(0));
});

test("what is discardable is given up when it has to go", () => {
  const { contents, device, create } = swapping();
  const bo = create(1);
  bo.discardable = true;
  device.evictAll("system");
  expect(bo.place).toBeNull();
  expectRefusal(() => contents.of(bo), "EINVAL", "nowhere");
});

test("a freed buffer has no contents, and leaves the swap file", () => {
  const { file, contents, create } = swapping();
  const bo = create(1);
  bo.validate(SWAP);
  bo.free();
  expect(file.usedPages).toBe(0);
  expectRefusal(() => contents.of(bo), "EINVAL", "nowhere");
});

describe("when the file fails", () => {
  test("on the way out, contents stay in memory", () => {
    const { file, contents, device, create } = swapping();
    const bo = create(1);
    file.close();
    expectRefusal(() => bo.validate(SWAP), "EINVAL", "closed");
    expect([bo.place, device.usedPages("swap")]).toEqual(["system", 0]);
    expect(contents.of(bo)).toEqual(filled(1));
  });

  test("on the way back, contents stay in the file", () => {
    const { file, device, create } = swapping();
    const bo = create(1);
    bo.validate(SWAP);
    file.close();
    expectRefusal(() => bo.validate(SYSTEM), "EINVAL", "closed");
    expect([bo.place, device.usedPages("system"), device.usedPages("swap")]).toEqual(["swap", 0, 2]);
  });
});

test("without a swap file, contents stay where they are in this process", () => {
  const contents = new Contents();
  const dmem = smallDmem();
  const memories = { vram: { manager: new SystemManager() }, system: { manager: new SystemManager() } };
  const driver = { evictionPlacement: () => SYSTEM, move: (move: Move) => contents.move(move) };
  using device = new TtmDevice({ dmem, memories, driver });
  const bo = device.create({ owner: dmem.root, size: PAGE_BYTES, placement: [{ type: "vram" }] });
  const bytes = contents.of(bo);
  device.evictAll("vram");
  expect([bo.place, contents.of(bo)]).toEqual(["system", bytes]);
  expect(contents.of(bo)).toBe(bytes);
});
