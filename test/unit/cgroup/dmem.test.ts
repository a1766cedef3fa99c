import { describe, expect, test } from "vitest";
import { Dmem } from "../../../src/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { attachTo, coreOf, expectRefusalUnchanged, onceAfter, onePool, smallDmem } from "../../support/small-dmem.ts";

describe("create", () => {
  test.each(["", "DMEM", "gpu", 5, null])("refuses the controller %s", (controller) => {
    expectRefusal(
      () => Dmem.create({ controller: controller as never }),
      "RangeError",
      "controller",
      '"dmem" or "drm"',
    );
  });

  test.each(["", "on", true, null])("refuses subtreeControl %s", (subtreeControl) => {
    const create = () => Dmem.create({ subtreeControl: subtreeControl as never });
    expectRefusal(create, "RangeError", "subtreeControl", '"auto" or "manual"');
  });

  test("refuses a capacity that is none", () => {
    expectRefusal(() => Dmem.create({ capacity: { pools: 0 } }), "RangeError", "capacity.pools", "not 0");
  });

  test("takes what is undefined for not given", () => {
    const options = { semantics: undefined, controller: undefined, subtreeControl: undefined, capacity: undefined };
    using dmem = Dmem.create(options as never);
    expect(dmem.semantics).toBe("intended");
    expect(dmem.root.files).toContain("dmem.current");
  });

  test("makes controllers that know nothing of each other", () => {
    const [one, two] = [smallDmem(), smallDmem()];
    one.root.mkdir("a");
    one.registerRegion("vram", { size: 1 });
    expect([two.root.children, two.regions]).toEqual([[], []]);
  });
});

describe("cgroup", () => {
  test("finds a group by its path", () => {
    const { dmem, group } = onePool();
    const below = group.mkdir("b c");
    expect([dmem.cgroup("/"), dmem.cgroup("/a"), dmem.cgroup("/a/b c")]).toEqual([dmem.root, group, below]);
    expect(dmem.cgroup("//a//b c/")).toBe(below);
  });

  test("names the part that is missing", () => {
    const { dmem } = onePool();
    expectRefusalUnchanged(dmem, () => dmem.cgroup("/a/b/c"), "ENOENT", '"/a" has no child "b"');
    expectRefusalUnchanged(dmem, () => dmem.cgroup("/b"), "ENOENT", '"/" has no child "b"');
  });

  test.each(["", "a", "a/b", "./a", 5, null, undefined])("refuses a path that does not begin with /: %s", (path) => {
    const { dmem } = onePool();
    expectRefusalUnchanged(dmem, () => dmem.cgroup(path as never), "RangeError", 'begins with "/"');
  });

  test.each(["/a/..", "/.", "/a\n"])("refuses a part that is no name: %j", (path) => {
    const { dmem } = onePool();
    expectRefusalUnchanged(dmem, () => dmem.cgroup(path), "RangeError", "slash, NUL or newline");
  });
});

describe("two agents of one arena in one thread", () => {
  test("see the same tree, each with handles of its own", () => {
    const { dmem, group } = onePool();
    const other = attachTo(dmem);
    const seen = other.cgroup("/a");
    expect([seen.path, seen === group, other.root.child("a") === seen]).toEqual(["/a", false, true]);
    const below = seen.mkdir("b");
    expect(group.children.map(String)).toEqual(["/a/b"]);
    below.rmdir();
    expect(group.children).toEqual([]);
  });

  test("see each other's charges, limits and regions", () => {
    const { dmem, region, pool } = onePool();
    const other = attachTo(dmem);
    const same = other.cgroup("/a").pool(other.region("vram"));
    pool.charge(5);
    same.max = 6;
    expect([same.usage, pool.max, pool.tryCharge(2), same.tryCharge(2)]).toEqual([5, 6, pool, same]);
    other.region("vram").unregister();
    expect(region.registered).toBe(false);
  });

  test("each take the controller's options from the arena", () => {
    const other = attachTo(smallDmem({ controller: "drm", subtreeControl: "manual", semantics: "linux-7.3" }));
    expect([other.semantics, other.root.read("cgroup.controllers"), other.root.read("cgroup.subtree_control")]).toEqual(
      ["linux-7.3", "drm\n", ""],
    );
  });
});

test("a region that another agent unregisters at once is none", () => {
  const { dmem, pool } = onePool();
  const other = attachTo(dmem);
  const unregister = () => other.region("more").unregister();
  onceAfter(coreOf(pool), "registerRegion", unregister);
  expectRefusal(() => dmem.registerRegion("more", { size: 1 }), "ENODEV", '"more"');
  onceAfter(coreOf(pool), "registerRegion", () => {
    unregister();
    other.registerRegion("instead", { size: 1 });
  });
  expectRefusal(() => dmem.registerRegion("more", { size: 1 }), "ENODEV", '"more"');
});

test("the end of a using block disposes of it", () => {
  const dmem = smallDmem();
  dmem[Symbol.dispose]();
  expect(dmem.attached).toBe(false);
});

describe("when the process ends", () => {
  const listeners = () => process.listeners("exit");

  test("every controller that is left is detached from", () => {
    const before = listeners();
    const controllers = [smallDmem(), smallDmem()];
    const added = listeners().filter((listener) => !before.includes(listener));
    expect(added.length).toBe(1);
    added[0]?.(0);
    expect(controllers.map(({ attached }) => attached)).toEqual([false, false]);
  });

  test("nothing is left to do once the last one is disposed of", () => {
    const before = listeners();
    const one = smallDmem();
    expect(listeners().length).toBe(before.length + 1);
    const two = smallDmem();
    one.dispose();
    expect(listeners().length).toBe(before.length + 1);
    two.dispose();
    expect(listeners()).toEqual(before);
  });
});
