import { describe, expect, test } from "vitest";
import { show } from "../../../src/core/bytes.ts";
import type { Dmem } from "../../../src/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import {
  attachTo,
  coreOf,
  expectRefusalUnchanged,
  onceAfter,
  onePool,
  slotsUsed,
  smallDmem,
} from "../../support/small-dmem.ts";
import { readAll } from "./read-all.ts";

const WRITE_MAX = 4096;

describe("dmem files", () => {
  test("of the root", () => {
    const { dmem, pool } = onePool();
    pool.charge(5);
    expect(readAll(dmem.root)).toEqual({
      "cgroup.controllers": "dmem\n",
      "cgroup.subtree_control": "dmem\n",
      "dmem.capacity": "vram 1000\n",
      "dmem.current": "vram 5\n",
    });
  });

  test("of a group, before and after the first charge", () => {
    const { group, pool } = onePool();
    const untouched = {
      "cgroup.controllers": "dmem\n",
      "cgroup.subtree_control": "dmem\n",
      "dmem.current": "vram 0\n",
      "dmem.peak": "vram 0\n",
      "dmem.min": "vram 0\n",
      "dmem.low": "vram 0\n",
      "dmem.max": "vram max\n",
    };
    expect(readAll(group)).toEqual(untouched);
    pool.charge(5);
    pool.uncharge(2);
    pool.min = 1;
    pool.low = 2;
    pool.max = 4;
    expect(readAll(group)).toEqual({
      ...untouched,
      "dmem.current": "vram 3\n",
      "dmem.peak": "vram 5\n",
      "dmem.min": "vram 1\n",
      "dmem.low": "vram 2\n",
      "dmem.max": "vram 4\n",
    });
  });

  test("have a line for each region, in order of registration", () => {
    const { dmem, region, group } = onePool();
    dmem.registerRegion("gtt", { size: 2000 });
    group.write("dmem.low", "gtt 7");
    expect(dmem.root.read("dmem.capacity")).toBe("vram 1000\ngtt 2000\n");
    expect(group.read("dmem.low")).toBe("vram 0\ngtt 7\n");
    region.unregister();
    expect(group.read("dmem.low")).toBe("gtt 7\n");
  });

  test("show a capacity as the number it is, however large", () => {
    const dmem = smallDmem();
    dmem.registerRegion("huge", { size: 2 ** 53 - 1 });
    expect(dmem.root.read("dmem.capacity")).toBe("huge 9007199254740991\n");
  });

  test("are empty without regions", () => {
    const { root } = smallDmem();
    expect(root.read("dmem.capacity")).toBe("");
    expect(root.mkdir("a").read("dmem.max")).toBe("");
  });

  test("are not changed by reading: no counter is made", () => {
    const { dmem, group } = onePool();
    readAll(group);
    expect(slotsUsed(dmem)).toMatchObject({ pools: 0, accounts: 0 });
  });

  test.each([
    ["dmem.min", "min"],
    ["dmem.low", "low"],
    ["dmem.max", "max"],
  ] as const)("%s can be written", (file, limit) => {
    const { group, pool } = onePool();
    expect(group.write(file, "vram 64K\n")).toBe(9);
    expect([pool[limit], group.read(file)]).toEqual([65536, "vram 65536\n"]);
    group.write(file, new TextEncoder().encode("vram max"));
    expect([pool[limit], group.read(file)]).toEqual([Number.POSITIVE_INFINITY, "vram max\n"]);
    group.write(file, "vram 0");
    expect([pool[limit], group.read(file)]).toEqual([0, "vram 0\n"]);
  });

  test("take what no number holds exactly", () => {
    const { group, pool } = onePool();
    group.write("dmem.max", "vram 18446744073709551615");
    expect([pool.values().max, group.read("dmem.max")]).toEqual([2n ** 64n - 1n, "vram max\n"]);
  });

  test("name the first of several regions of one name", () => {
    const { dmem, group, pool } = onePool({ semantics: "linux-7.3" });
    const second = dmem.registerRegion("vram", { size: 1 });
    group.write("dmem.low", "vram 5");
    expect([pool.low, group.pool(second).low]).toEqual([5, 0]);
  });

  test("are written by one agent and read by another", () => {
    const { dmem, group } = onePool();
    group.write("dmem.max", "vram 5");
    expect(attachTo(dmem).cgroup("/a").read("dmem.max")).toBe("vram 5\n");
  });
});

describe("a file that is not there", () => {
  test.each([
    "dmem.capacity",
    "dmem.high",
    "dmem.",
    "dmem",
    "",
    "memory.max",
    "drm.max",
    "dmem.constructor",
    "dmem.max\n",
  ])("cannot be read or written: %j", (file) => {
    const { dmem, group } = onePool();
    expectRefusalUnchanged(dmem, () => group.read(file), "ENOENT", '"/a"', JSON.stringify(file), "dmem.max");
    expectRefusalUnchanged(dmem, () => group.write(file, "vram 5"), "ENOENT", '"/a"', JSON.stringify(file));
  });

  test.each(["dmem.peak", "dmem.min", "dmem.low", "dmem.max"])("on the root: %s", (file) => {
    const { dmem } = onePool();
    expectRefusalUnchanged(dmem, () => dmem.root.read(file), "ENOENT", '"/"', `"${file}"`, "dmem.capacity");
    expectRefusalUnchanged(dmem, () => dmem.root.write(file, "vram 5"), "ENOENT", '"/"', `"${file}"`);
  });

  test.each([5, null, undefined, {}])("because its name is %s", (file) => {
    const { dmem, group } = onePool();
    expectRefusalUnchanged(dmem, () => group.read(file as never), "TypeError");
    expectRefusalUnchanged(dmem, () => group.write(file as never, "vram 5"), "TypeError");
  });
});

describe("write", () => {
  test.each(["dmem.current", "dmem.peak", "cgroup.controllers"])("refuses %s, which is only read", (file) => {
    const { dmem, group } = onePool();
    expectRefusalUnchanged(dmem, () => group.write(file, "vram 5"), "EINVAL", file, "only read");
  });

  test("refuses dmem.capacity of the root, which is only read", () => {
    const { dmem } = onePool();
    expectRefusalUnchanged(dmem, () => dmem.root.write("dmem.capacity", "vram 5"), "EINVAL", "only read");
  });

  test("names all regions that are registered, one after the other", () => {
    const { dmem, group } = onePool();
    dmem.registerRegion("more", { size: 1 });
    expectRefusal(() => group.write("dmem.max", "gtt 5"), "EINVAL", 'registered: "vram", "more"');
  });

  test("says that no region is registered where there is none", () => {
    const dmem = smallDmem();
    expectRefusal(() => dmem.root.mkdir("a").write("dmem.max", "vram 5"), "EINVAL", "registered: none");
  });

  test("refuses a region that is not registered, and names those that are", () => {
    const { dmem, group } = onePool();
    expectRefusalUnchanged(dmem, () => group.write("dmem.max", "gtt 5"), "EINVAL", '"gtt"', '"vram"');
  });

  test.each(["vram", "vram ", "vram x", "vram -1", "vram 1.5", "vram  5", "vram 5 6", "vram 5\nvram 6", " ", "\n"])(
    "refuses a text that it does not take: %j",
    (text) => {
      const { dmem, group } = onePool();
      expectRefusalUnchanged(dmem, () => group.write("dmem.max", text), "EINVAL");
    },
  );

  test.each([5, null, undefined, {}, ["vram 5"], new ArrayBuffer(4)])("refuses %s for a text", (text) => {
    const { dmem, group } = onePool();
    expectRefusalUnchanged(
      dmem,
      () => group.write("dmem.max", text as never),
      "TypeError",
      "string or a Uint8Array",
      show(text),
    );
  });

  test("of nothing writes nothing, in a file that exists", () => {
    const { dmem, group } = onePool();
    expect(group.write("dmem.max", "")).toBe(0);
    expect(slotsUsed(dmem).pools).toBe(0);
    expectRefusalUnchanged(dmem, () => group.write("dmem.x", ""), "ENOENT", '"dmem.x"');
  });

  test("carries 4,096 bytes and not one more, counted in UTF-8", () => {
    const { dmem, group } = onePool();
    expect(group.write("dmem.max", "vram 5".padEnd(WRITE_MAX))).toBe(WRITE_MAX);
    const longer = "vram 6".padEnd(WRITE_MAX - 1, "ü");
    expectRefusalUnchanged(
      dmem,
      () => group.write("dmem.max", "vram 6".padEnd(WRITE_MAX + 1)),
      "E2BIG",
      "4096",
      "4097",
    );
    expectRefusalUnchanged(dmem, () => group.write("dmem.max", longer), "E2BIG", "4096");
    expect(group.read("dmem.max")).toBe("vram 5\n");
  });

  test("counts the bytes of what was written", () => {
    const { dmem, group } = onePool();
    dmem.registerRegion("ü", { size: 1 });
    expect(group.write("dmem.max", "ü 5\n")).toBe(5);
  });
});

test.each(["read", "write"] as const)("%s is refused once the group was removed", (operation) => {
  const { dmem, group } = onePool();
  group.rmdir();
  expectRefusalUnchanged(dmem, () => group[operation]("dmem.max", "vram 5"), "ENODEV", '"/a"');
  expectRefusalUnchanged(dmem, () => group.files, "ENODEV", '"/a"');
});

describe("while a file is read", () => {
  /** A group with two regions, of which another agent does something to the second once the first was read. */
  function meanwhile(action: (other: Dmem) => void) {
    const { dmem, group, pool } = onePool();
    dmem.registerRegion("more", { size: 1 });
    const other = attachTo(dmem);
    onceAfter(coreOf(pool), "findPool", () => action(other));
    return group;
  }

  test("a region that is unregistered has no line any more", () => {
    const group = meanwhile((other) => other.region("more").unregister());
    expect(group.read("dmem.current")).toBe("vram 0\n");
  });

  test("a group that is removed has no file any more", () => {
    const group = meanwhile((other) => other.cgroup("/a").rmdir());
    expectRefusal(() => group.read("dmem.current"), "ENODEV", '"/a"');
  });
});
