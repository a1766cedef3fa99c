import { describe, expect, test } from "vitest";
import { attachTo, expectRefusalUnchanged, slotsUsed, smallDmem } from "../../support/small-dmem.ts";

const FILE = "cgroup.subtree_control";
const CORE = ["cgroup.controllers", FILE];

/** `/a` and `/a/b`; the controller is handed on where `write` says so. */
function manual() {
  const dmem = smallDmem({ subtreeControl: "manual" });
  const region = dmem.registerRegion("vram", { size: 1000 });
  const a = dmem.root.mkdir("a");
  const b = a.mkdir("b");
  return { dmem, region, root: dmem.root, a, b };
}

/** The same, switched on down to `/a/b`. */
function switchedOn() {
  const made = manual();
  made.root.write(FILE, "+dmem");
  made.a.write(FILE, "+dmem");
  return { ...made, pool: made.b.pool(made.region) };
}

test("in auto mode every group has the controller and hands it on", () => {
  const { root } = smallDmem();
  const group = root.mkdir("a").mkdir("b");
  expect(CORE.map((file) => group.read(file))).toEqual(["dmem\n", "dmem\n"]);
});

test("in manual mode only the root has it, and hands on nothing", () => {
  const { root, a } = manual();
  expect(CORE.map((file) => root.read(file))).toEqual(["dmem\n", ""]);
  expect(CORE.map((file) => a.read(file))).toEqual(["", ""]);
  expect([root.files, a.files]).toEqual([[...CORE, "dmem.capacity", "dmem.current"], CORE]);
});

test("+ gives it to the children, those there and those to come, and not below", () => {
  const { root, a, b } = manual();
  expect(root.write(FILE, "+dmem\n")).toBe(6);
  const later = root.mkdir("later");
  expect([root, a, later, b].map((group) => group.read("cgroup.controllers"))).toEqual([
    "dmem\n",
    "dmem\n",
    "dmem\n",
    "",
  ]);
  expect([root, a, later].map((group) => group.read(FILE))).toEqual(["dmem\n", "", ""]);
  expect(a.files).toContain("dmem.max");
});

test("a second + or - changes nothing", () => {
  const { dmem, root, a, region } = switchedOn();
  const pool = a.pool(region);
  pool.max = 5;
  root.write(FILE, "+dmem");
  expect([a.pool(region) === pool, pool.max]).toEqual([true, 5]);
  a.write(FILE, "-dmem");
  a.write(FILE, "-dmem");
  expect(dmem.cgroup("/a/b").read("cgroup.controllers")).toBe("");
});

describe("a group without the controller", () => {
  test("charges to the nearest ancestor that has it", () => {
    const { root, a, b, region } = manual();
    expect([b.pool(region), a.pool(region)]).toEqual([root.pool(region), root.pool(region)]);
    root.write(FILE, "+dmem");
    expect(b.pool(region)).toBe(a.pool(region));
    expect(a.pool(region)).not.toBe(root.pool(region));
    b.pool(region).charge(5);
    expect(a.read("dmem.current")).toBe("vram 5\n");
  });

  test("has none of its files", () => {
    const { dmem, b } = manual();
    expectRefusalUnchanged(dmem, () => b.read("dmem.current"), "ENOENT", '"dmem.current"', '"/a/b"');
    expectRefusalUnchanged(dmem, () => b.write("dmem.max", "vram 5"), "ENOENT", '"dmem.max"');
  });

  test("gets a pool of its own when it gets the controller, what was charged above stays there", () => {
    const { root, a, region } = manual();
    const above = a.pool(region);
    above.charge(5);
    root.write(FILE, "+dmem");
    const own = a.pool(region);
    own.charge(1);
    expect([own === above, own.usage, above.usage, above.held]).toEqual([false, 1, 6, 5]);
    above.uncharge(5);
  });
});

describe("switching off", () => {
  test("keeps the charges, drops the limits and refuses new charges", () => {
    const { dmem, a, region, pool } = switchedOn();
    pool.charge(5);
    pool.max = 7;
    pool.low = 3;
    a.write(FILE, "-dmem");
    expect(pool).toMatchObject({ usage: 5, held: 5, low: 0, max: Number.POSITIVE_INFINITY });
    expect(a.pool(region).usage).toBe(5);
    expectRefusalUnchanged(dmem, () => pool.tryCharge(1), "ENODEV", 'vram in "/a/b"', "switched off");
    expectRefusalUnchanged(dmem, () => pool.charge(1), "ENODEV", "switched off");
    expectRefusalUnchanged(dmem, () => Object.assign(pool, { max: 5 }), "ENODEV", "switched off");
    pool.uncharge(5);
    expect([a.pool(region).usage, slotsUsed(dmem).pools]).toEqual([0, 2]);
  });

  test("makes the parent's pool that of the group", () => {
    const { a, b, region, pool } = switchedOn();
    a.write(FILE, "-dmem");
    expect([b.pool(region) === a.pool(region), b.pool(region) === pool]).toEqual([true, false]);
  });

  test("and on again begins anew, beside what is still charged", () => {
    const { dmem, a, b, region, pool } = switchedOn();
    pool.charge(5);
    pool.max = 7;
    a.write(FILE, "-dmem");
    a.write(FILE, "+dmem");
    const fresh = b.pool(region);
    expect(fresh).not.toBe(pool);
    expect(fresh).toMatchObject({ usage: 0, peak: 0, max: Number.POSITIVE_INFINITY });
    fresh.charge(2);
    expect([fresh.usage, pool.usage, a.pool(region).usage]).toEqual([2, 5, 7]);
    expectRefusalUnchanged(dmem, () => pool.charge(1), "ENODEV");
    pool.uncharge(5);
    expect([fresh.usage, a.pool(region).usage]).toEqual([2, 2]);
  });

  test("ends a handle that was never used, though the controller is on again", () => {
    const { dmem, a, b, region, pool } = switchedOn();
    a.write(FILE, "-dmem");
    a.write(FILE, "+dmem");
    expectRefusalUnchanged(dmem, () => pool.charge(1), "ENODEV", 'vram in "/a/b"');
    b.pool(region).charge(1);
    expectRefusalUnchanged(dmem, () => pool.charge(1), "ENODEV", 'vram in "/a/b"');
    expect([pool.usage, b.pool(region).usage]).toEqual([0, 1]);
  });

  test("is refused while a child hands it on", () => {
    const { dmem, root, a } = switchedOn();
    expectRefusalUnchanged(dmem, () => root.write(FILE, "-dmem"), "EBUSY", '"/"', "in use");
    a.write(FILE, "-dmem");
    root.write(FILE, "-dmem");
    expect(a.read("cgroup.controllers")).toBe("");
  });

  test("is seen by another agent's handles", () => {
    const { dmem, a, pool } = switchedOn();
    const other = attachTo(dmem);
    const same = other.cgroup("/a/b").pool(other.region("vram"));
    same.charge(5);
    a.write(FILE, "-dmem");
    expect(other.cgroup("/a/b").pool(other.region("vram"))).not.toBe(same);
    expectRefusalUnchanged(dmem, () => same.charge(1), "ENODEV");
    same.uncharge(5);
    expect(pool.usage).toBe(0);
  });

  test("many times over leaks nothing", () => {
    const { dmem, a, b, region } = switchedOn();
    for (let i = 0; i < 1000; i++) {
      const pool = b.pool(region);
      pool.charge(1);
      a.write(FILE, "-dmem");
      pool.uncharge(1);
      a.write(FILE, "+dmem");
    }
    expect(slotsUsed(dmem)).toMatchObject({ cgroups: 3, pools: 2, accounts: 1 });
  });
});

describe("what is written", () => {
  test.each(["+dmem -dmem", "-dmem\n", " \t-dmem ", "+dmem +dmem -dmem", "-dmem\0+dmem"])(
    "switches off: %j",
    (text) => {
      const { a, b } = switchedOn();
      expect(a.write(FILE, text)).toBe(text.length);
      expect(b.read("cgroup.controllers")).toBe("");
    },
  );

  test("may be white space alone, which changes nothing", () => {
    const { dmem, a, b } = switchedOn();
    expect(a.write(FILE, " \n")).toBe(2);
    expect([b.read("cgroup.controllers"), slotsUsed(dmem).pools]).toEqual(["dmem\n", 0]);
  });

  test.each(["dmem", "+", "-", "+memory", "+drm", "+dmem +memory", "+DMEM", "+dmem,-dmem", "*dmem", "- dmem"])(
    "is refused: %j",
    (text) => {
      const { dmem, a } = switchedOn();
      const word = text.split(" ").find((candidate) => candidate !== "+dmem") ?? text;
      expectRefusalUnchanged(dmem, () => a.write(FILE, text), "EINVAL", JSON.stringify(word), "+dmem or -dmem");
    },
  );

  test("is refused with ENOENT where the controller is not there to hand on", () => {
    const { dmem, a } = manual();
    expectRefusalUnchanged(dmem, () => a.write(FILE, "+dmem"), "ENOENT", '"/a"', FILE);
    a.write(FILE, "-dmem");
  });

  test("is refused once the group was removed", () => {
    const { dmem, b } = switchedOn();
    b.rmdir();
    expectRefusalUnchanged(dmem, () => b.write(FILE, "+dmem"), "ENODEV", '"/a/b"');
  });

  test("calls the controller by its name in the drm form", () => {
    const dmem = smallDmem({ controller: "drm", subtreeControl: "manual" });
    dmem.root.write(FILE, "+drm");
    expect(dmem.root.read(FILE)).toBe("drm\n");
    expectRefusalUnchanged(dmem, () => dmem.root.write(FILE, "-dmem"), "EINVAL", '"-dmem"', "+drm or -drm");
  });
});
