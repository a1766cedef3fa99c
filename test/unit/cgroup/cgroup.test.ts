import { describe, expect, test } from "vitest";
import { CGROUP, CGROUP_STATE } from "../../../assembly/abi.ts";
import { Tree } from "../../../src/cgroup/tree.ts";
import { Dmem } from "../../../src/index.ts";
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

const DEPTH_MAX = 1024;

test("the root is there from the start", () => {
  const { root } = smallDmem();
  expect(root).toMatchObject({ name: "", path: "/", parent: null, children: [], removed: false });
  expect(String(root)).toBe("/");
});

describe("mkdir", () => {
  test("makes a group that knows its place", () => {
    const { root } = smallDmem();
    const a = root.mkdir("a");
    const b = a.mkdir("b");
    expect([b.name, b.path, b.parent, b.removed]).toEqual(["b", "/a/b", a, false]);
    expect([a.parent, root.children, a.children]).toEqual([root, [a], [b]]);
  });

  test("lists children in order of creation, whatever was removed between them", () => {
    const { root } = smallDmem();
    for (const name of ["c", "a", "d", "b"]) root.mkdir(name);
    root.child("a")?.rmdir();
    root.child("b")?.rmdir();
    root.mkdir("a");
    expect(root.children.map(({ name }) => name)).toEqual(["c", "d", "a"]);
    root.child("c")?.rmdir();
    expect(root.children.map(({ name }) => name)).toEqual(["d", "a"]);
  });

  test("refuses a name that exists, and takes it in another group", () => {
    const { dmem, group } = onePool();
    expectRefusalUnchanged(dmem, () => dmem.root.mkdir("a"), "EEXIST", '"/a"');
    expect(group.mkdir("a").path).toBe("/a/a");
  });

  test("refuses below a group that was removed", () => {
    const { dmem, group } = onePool();
    group.rmdir();
    expectRefusalUnchanged(dmem, () => group.mkdir("b"), "ENODEV", '"/a"');
  });

  test.each([false, true])("refuses if its group is removed at once, with another in its place: %s", (another) => {
    const { dmem, group, pool } = onePool();
    const other = attachTo(dmem);
    onceAfter(coreOf(pool), "createCgroup", () => {
      other.cgroup("/a/b").rmdir();
      if (another) other.root.mkdir("c");
    });
    expectRefusal(() => group.mkdir("b"), "ENODEV", '"/a/b"');
  });

  test("goes 1,024 levels down, and no further", () => {
    using dmem = Dmem.create({ capacity: { cgroups: 2 * DEPTH_MAX, agents: 2 } });
    let group = dmem.root;
    for (let depth = 1; depth <= DEPTH_MAX; depth++) group = group.mkdir("d");
    expectRefusalUnchanged(dmem, () => group.mkdir("e"), "EAGAIN", "1024 levels", '/d/e"');
    expect(group.parent?.mkdir("e").path.length).toBe(2 * DEPTH_MAX);
    using other = Dmem.attach(dmem.handle);
    expect(other.cgroup(group.path).path).toBe(group.path);
  });

  test("is known from 1,024 levels down, whoever comes from below", () => {
    using dmem = Dmem.create({ capacity: { cgroups: 2 * DEPTH_MAX } });
    const region = dmem.registerRegion("vram", { size: 1 });
    let group = dmem.root;
    for (let depth = 1; depth <= DEPTH_MAX; depth++) group = group.mkdir("d");
    expect(new Tree(coreOf(group.pool(region))).cgroup(group.id)?.path).toBe(group.path);
  });
});

describe("child", () => {
  test("is the same object every time, and null where there is none", () => {
    const { dmem, group } = onePool();
    expect([dmem.root.child("a"), dmem.cgroup("/a"), dmem.root.child("b")]).toEqual([group, group, null]);
    expect(dmem.root.child("a")).toBe(group);
  });

  test("is found among many, by any agent", () => {
    using dmem = Dmem.create({ capacity: { cgroups: 600 } });
    const made = Array.from({ length: 500 }, (_, i) => dmem.root.mkdir(`g${i}`));
    using other = Dmem.attach(dmem.handle);
    for (const { name } of made) expect(other.root.child(name)?.path).toBe(`/${name}`);
    expect(other.root.children.map(({ name }) => name)).toEqual(made.map(({ name }) => name));
  });

  test("is null where there is none, whatever lies before the groups' records", () => {
    const { dmem, pool } = onePool();
    const core = coreOf(pool);
    core.words[(core.addressOf(CGROUP, 0) + CGROUP_STATE) / 4] = 1;
    expect(dmem.root.child("b")).toBeNull();
  });

  test("is refused for a group that was removed", () => {
    const { dmem, group } = onePool();
    group.rmdir();
    expectRefusalUnchanged(dmem, () => group.child("b"), "ENODEV", '"/a"');
    expectRefusalUnchanged(dmem, () => group.children, "ENODEV", '"/a"');
  });
});

describe("rmdir", () => {
  test("takes a group out of the tree for every agent", () => {
    const { dmem, group } = onePool();
    const seen = attachTo(dmem).cgroup("/a");
    group.rmdir();
    expect([group.removed, seen.removed, dmem.root.children]).toEqual([true, true, []]);
    expect([group.name, group.path, group.parent]).toEqual(["a", "/a", dmem.root]);
  });

  test("refuses a group with children, and takes it without", () => {
    const { dmem, group } = onePool();
    const child = group.mkdir("b");
    expectRefusalUnchanged(dmem, () => group.rmdir(), "EBUSY", '"/a"', "children");
    child.rmdir();
    group.rmdir();
  });

  test("refuses the root, with children or without", () => {
    const { dmem, group } = onePool();
    expectRefusalUnchanged(dmem, () => dmem.root.rmdir(), "EBUSY", '"/"');
    group.rmdir();
    expectRefusalUnchanged(dmem, () => dmem.root.rmdir(), "EBUSY", '"/"');
  });

  test("refuses the second time, also while charges keep the record", () => {
    const { dmem, group, pool } = onePool();
    pool.charge(5);
    group.rmdir();
    expectRefusalUnchanged(dmem, () => group.rmdir(), "ENODEV", '"/a"', "removed");
    pool.uncharge(5);
    expectRefusalUnchanged(dmem, () => group.rmdir(), "ENODEV", '"/a"', "removed");
  });

  test.each([0, 5])("frees the name for a new group, with %i bytes charged to the old one", (bytes) => {
    const { dmem, group, region, pool } = onePool();
    pool.charge(bytes);
    pool.max = 100;
    group.rmdir();
    const again = dmem.root.mkdir("a");
    expect(again).not.toBe(group);
    expect([group.removed, again.removed, dmem.root.child("a")]).toEqual([true, false, again]);
    expect(again.pool(region)).not.toBe(pool);
    expect(again.pool(region)).toMatchObject({ usage: 0, peak: 0, max: Number.POSITIVE_INFINITY });
    expectRefusalUnchanged(dmem, () => group.mkdir("b"), "ENODEV", '"/a"');
  });

  test("keeps a record as long as it or one below it has charges", () => {
    const { dmem, group, region, pool } = onePool();
    const child = group.mkdir("b");
    const below = child.pool(region);
    below.charge(5);
    pool.charge(1);
    child.rmdir();
    group.rmdir();
    expect(slotsUsed(dmem)).toMatchObject({ cgroups: 3, pools: 3 });
    pool.uncharge(1);
    expect(slotsUsed(dmem)).toMatchObject({ cgroups: 3, pools: 3 });
    below.uncharge(5);
    expect(slotsUsed(dmem)).toMatchObject({ cgroups: 1, pools: 1 });
  });
});

describe("a pool by its id", () => {
  test("is found once it is known, also when the group was removed", () => {
    const { group, region, pool } = onePool();
    pool.charge(1);
    const id = pool.find();
    group.rmdir();
    expect([group.poolWithId(region, id), group.poolWithId(region, id + 1)]).toEqual([pool, null]);
  });

  test("is not made for a group that was removed, nor for a region that was unregistered", () => {
    const { dmem, group, region } = onePool();
    const other = dmem.root.mkdir("b");
    group.rmdir();
    expect(group.poolWithId(region, 1)).toBeNull();
    region.unregister();
    expect(other.poolWithId(region, 1)).toBeNull();
  });
});
