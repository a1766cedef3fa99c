import { describe, expect, test } from "vitest";
import { Amdgpu, type AmdgpuDomain } from "../../../src/drivers/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { names, PAGE, smallAmdgpu, UNIQUE } from "../../support/small-card.ts";
import { smallDmem } from "../../support/small-dmem.ts";

test("VRAM is a region, GTT is not", () => {
  const { dmem, amdgpu } = smallAmdgpu();
  expect(dmem.root.read("dmem.capacity")).toBe(`drm/${UNIQUE}/vram 32768\n`);
  expect(amdgpu.region("vram")).toBe(dmem.regions[0]);
  expectRefusal(() => amdgpu.region("gtt"), "RangeError", '"gtt"', "not accounted");
});

test("VRAM is charged to the owner, GTT to nobody", () => {
  const { amdgpu, a } = smallAmdgpu();
  const inVram = amdgpu.createBuffer({ owner: a, size: 2 * PAGE, domains: ["vram"] });
  const inGtt = amdgpu.createBuffer({ owner: a, size: PAGE, domains: ["gtt"] });
  expect([inVram.pool, inGtt.pool]).toEqual([a.pool(amdgpu.region("vram")), null]);
  expect([inVram.place, inGtt.place]).toEqual(["vram", "gtt"]);
  expect(a.read("dmem.current")).toBe(`drm/${UNIQUE}/vram 8192\n`);
});

describe("the domains", () => {
  test("VRAM is VRAM or nothing", () => {
    const { amdgpu, a, b } = smallAmdgpu();
    a.pool(amdgpu.region("vram")).min = 8 * PAGE;
    amdgpu.createBuffer({ owner: a, size: 8 * PAGE, domains: ["vram"] });
    expectRefusal(() => amdgpu.createBuffer({ owner: b, size: PAGE, domains: ["vram"] }), "ENOSPC", "vram");
  });

  test("VRAM with GTT behind it: others are evicted first", () => {
    const { amdgpu, a, b } = smallAmdgpu();
    const old = amdgpu.createBuffer({ owner: a, size: 8 * PAGE, domains: ["vram"] });
    expect(amdgpu.createBuffer({ owner: b, size: PAGE, domains: ["vram", "gtt"] }).place).toBe("vram");
    expect(old.place).toBe("gtt");
  });

  test("VRAM with GTT behind it: GTT, where others are protected", () => {
    const { amdgpu, a, b } = smallAmdgpu();
    a.pool(amdgpu.region("vram")).min = 8 * PAGE;
    amdgpu.createBuffer({ owner: a, size: 8 * PAGE, domains: ["vram"] });
    expect(amdgpu.createBuffer({ owner: b, size: PAGE, domains: ["vram", "gtt"] }).place).toBe("gtt");
  });

  test("VRAM with GTT behind it: GTT, over a max that one's own buffers cannot make room for", () => {
    const { amdgpu, a } = smallAmdgpu();
    a.pool(amdgpu.region("vram")).max = 2 * PAGE;
    expect(amdgpu.createBuffer({ owner: a, size: 3 * PAGE, domains: ["vram", "gtt"] }).place).toBe("gtt");
  });
});

describe("the visible part", () => {
  test("is where the CPU has access", () => {
    const { amdgpu, a } = smallAmdgpu();
    const bo = amdgpu.createBuffer({ owner: a, size: 4 * PAGE, domains: ["vram"], cpuAccess: true });
    expect(bo.allocation?.ranges).toEqual([{ first: 0, end: 4 }]);
  });

  test("is left free as long as possible by what the CPU need not reach", () => {
    const { amdgpu, a } = smallAmdgpu();
    const bo = amdgpu.createBuffer({ owner: a, size: 4 * PAGE, domains: ["vram"] });
    expect(bo.allocation?.ranges).toEqual([{ first: 4, end: 8 }]);
    const more = amdgpu.createBuffer({ owner: a, size: PAGE, domains: ["vram"] });
    expect(more.allocation?.ranges).toEqual([{ first: 3, end: 4 }]);
  });

  test("makes room by evicting only what is in it", () => {
    const { amdgpu, a } = smallAmdgpu();
    const [behind, inside] = [4, 4].map((pages) =>
      amdgpu.createBuffer({ owner: a, size: pages * PAGE, domains: ["vram"] }),
    );
    amdgpu.createBuffer({ owner: a, size: PAGE, domains: ["vram"], cpuAccess: true });
    expect([behind?.place, inside?.place]).toEqual(["vram", "gtt"]);
  });

  test("a buffer moves into it when the CPU needs it", () => {
    const { amdgpu, a } = smallAmdgpu();
    const bo = amdgpu.createBuffer({ owner: a, size: PAGE, domains: ["vram"] });
    bo.validate(amdgpu.placement({ domains: ["vram"], cpuAccess: true }));
    expect(bo.allocation?.ranges).toEqual([{ first: 0, end: 1 }]);
    expect(a.pool(amdgpu.region("vram")).usage).toBe(PAGE);
  });

  test("cannot take what is larger; GTT can", () => {
    const { amdgpu, a } = smallAmdgpu();
    const large = { owner: a, size: 5 * PAGE, cpuAccess: true };
    expectRefusal(() => amdgpu.createBuffer({ ...large, domains: ["vram"] }), "EINVAL", "4 pages");
    expect(amdgpu.createBuffer({ ...large, domains: ["vram", "gtt"] }).place).toBe("gtt");
  });

  test("is not emptied in vain for what is larger", () => {
    const { amdgpu, a, b } = smallAmdgpu();
    const other = amdgpu.createBuffer({ owner: a, size: 8 * PAGE, domains: ["vram"] });
    amdgpu.createBuffer({ owner: b, size: 5 * PAGE, domains: ["vram", "gtt"], cpuAccess: true });
    expect(other.place).toBe("vram");
  });

  test("is all of VRAM unless it is said to be smaller", () => {
    const dmem = smallDmem();
    using amdgpu = new Amdgpu(dmem, { unique: UNIQUE, vram: 8 * PAGE });
    const bo = amdgpu.createBuffer({ owner: dmem.root, size: 8 * PAGE, domains: ["vram"], cpuAccess: true });
    expect(bo.place).toBe("vram");
  });
});

test("a contiguous buffer is in one piece, another one need not be", () => {
  const { amdgpu, a } = smallAmdgpu({ visible: 8 * PAGE });
  const pages = Array.from({ length: 8 }, () => amdgpu.createBuffer({ owner: a, size: PAGE, domains: ["gtt"] }));
  for (const bo of pages) bo.validate(amdgpu.placement({ domains: ["vram"] }));
  for (const [index, bo] of pages.entries()) if (index % 2 === 0) bo.free();
  const scattered = amdgpu.createBuffer({ owner: a, size: 2 * PAGE, domains: ["vram"] });
  expect(scattered.allocation?.ranges).toHaveLength(2);
  scattered.validate(amdgpu.placement({ domains: ["vram"], contiguous: true }));
  expect(scattered.allocation?.ranges).toHaveLength(1);
});

describe("eviction", () => {
  test("goes to GTT, and to system memory once that is full", () => {
    const { amdgpu, a } = smallAmdgpu({ gtt: 4 * PAGE });
    const [first, second] = [1, 2].map(() => amdgpu.createBuffer({ owner: a, size: 4 * PAGE, domains: ["vram"] }));
    amdgpu.device.evictAll("vram");
    expect([first?.place, second?.place]).toEqual(["gtt", "system"]);
  });

  test("from GTT goes to system memory", () => {
    const { amdgpu, a } = smallAmdgpu({ gtt: 2 * PAGE });
    const old = amdgpu.createBuffer({ owner: a, size: 2 * PAGE, domains: ["gtt"] });
    expect(amdgpu.createBuffer({ owner: a, size: PAGE, domains: ["gtt"] }).place).toBe("gtt");
    expect(old.place).toBe("system");
  });
});

test("dispose frees the buffers and unregisters the region", () => {
  const { dmem, amdgpu, a } = smallAmdgpu();
  const bo = amdgpu.createBuffer({ owner: a, size: PAGE, domains: ["vram"] });
  amdgpu.dispose();
  expect([bo.freed, dmem.regions]).toEqual([true, []]);
  expectRefusal(() => amdgpu.createBuffer({ owner: a, size: PAGE, domains: ["gtt"] }), "ENODEV", "disposed of");
});

describe("refuses", () => {
  test.each(["", "a b", "a/b"])("%j as a unique name", (unique) => {
    expectRefusal(() => smallAmdgpu({ unique }), "RangeError", JSON.stringify(unique));
  });

  test.each([0, PAGE + 1, Number.NaN])("%s bytes of VRAM", (vram) => {
    expectRefusal(() => smallAmdgpu({ vram }), "RangeError", "VRAM is whole pages", `${vram}`);
  });

  test.each([0, PAGE + 1])("%s bytes visible", (visible) => {
    expectRefusal(() => smallAmdgpu({ visible }), "RangeError", "visible part", `${visible}`);
  });

  test("a visible part that is larger than VRAM", () => {
    expectRefusal(() => smallAmdgpu({ visible: 9 * PAGE }), "RangeError", "36864", "32768");
    smallAmdgpu({ visible: 8 * PAGE });
  });

  test.each([0, PAGE + 1])("%s bytes of GTT", (gtt) => {
    expectRefusal(() => smallAmdgpu({ gtt }), "RangeError", "gtt is whole pages", `${gtt}`);
  });

  test("an unknown domain", () => {
    const { amdgpu, a } = smallAmdgpu();
    const domains = ["vram0" as AmdgpuDomain];
    const refused = () => amdgpu.createBuffer({ owner: a, size: PAGE, domains });
    expectRefusal(refused, "RangeError", "vram, gtt, system", '"vram0"');
  });

  test("a name that is taken, and leaves nothing behind", () => {
    const { dmem } = smallAmdgpu();
    expectRefusal(() => new Amdgpu(dmem, { unique: UNIQUE, vram: PAGE }), "EEXIST", "vram");
    expect(names(dmem.regions)).toEqual([`drm/${UNIQUE}/vram`]);
  });
});
