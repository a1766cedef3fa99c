import assert from "node:assert/strict";

const DEPTH_MAX = 4;
const SHARED_NAMES = 3;
const SIZE = 2 ** 40;
const LINES = /^(\S+ (\d+|max)\n)*$/;

/**
 * Groups and regions come and go. No path is ever used twice, so that a path says which group is meant: `w<thread>.<n>`
 * is made by one thread only; `r<round>.<n>` is what several try to make in its round, and is removed in later ones.
 */
export function treeMoves({ dmem, index, random, view }) {
  let serial = 0;

  function make() {
    const parent = view.someGroup();
    if (parent.parent === null || parent.path.split("/").length > DEPTH_MAX) return;
    const name = random.oneIn(2) ? `r${view.round}.${random.below(SHARED_NAMES)}` : `w${index}.${serial++}`;
    const losses = {
      ENODEV: () => parent.removed || parent.child(name) === null,
      ENOSPC: () => true,
      EEXIST: () => name.startsWith("r") && parent.child(name) !== null,
    };
    const group = view.race("mkdir", losses, () => parent.mkdir(name));
    if (group === undefined) return;
    view.requireChild(group, parent, name);
    view.learn(group);
  }

  function remove() {
    const group = view.someMadeGroup();
    if (group === undefined || group.name.startsWith(`r${view.round}.`)) return;
    const losses = { EBUSY: () => true, ENODEV: () => group.removed };
    if (view.race("rmdir", losses, () => group.rmdir() ?? true)) assert.ok(group.removed);
    if (group.removed) view.forget(group);
  }

  function lookAround() {
    const parent = view.someGroup();
    const children = view.race("children", { ENODEV: () => parent.removed }, () => parent.children);
    if (children === undefined) {
      view.forget(parent);
      return;
    }
    for (const child of children) assert.equal(child.parent, parent);
    if (children.length === 0) return;
    const { name } = random.pick(children);
    const child = view.race("child", { ENODEV: () => parent.removed }, () => parent.child(name));
    if (!child) return;
    view.requireChild(child, parent, name);
    view.learn(child);
  }

  function makeExisting() {
    assert.throws(() => dmem.cgroup("/soft").mkdir("p0"), { code: "EEXIST" });
    view.count("mkdir EEXIST");
  }

  function read() {
    const group = view.someGroup();
    const file = random.pick(["dmem.current", "dmem.peak", "dmem.min", "dmem.low", "dmem.max"]);
    if (group.parent === null) return;
    const text = view.race("read", { ENODEV: () => group.removed }, () => group.read(file));
    if (text !== undefined) assert.match(text, LINES);
  }

  function register() {
    const name = `drm/1/w${index}.${serial++}`;
    const losses = { ENOSPC: () => true, ENODEV: () => dmem.regions.every((region) => region.name !== name) };
    view.race("register", losses, () => dmem.registerRegion(name, { size: SIZE }));
    view.refreshRegions();
  }

  function unregister() {
    const region = random.pick(dmem.regions.slice(1));
    if (region === undefined) return;
    view.race("unregister", { ENODEV: () => !region.registered }, () => region.unregister());
    assert.ok(!region.registered);
    view.refreshRegions();
  }

  return [
    [3, make],
    [6, remove],
    [4, lookAround],
    [1, makeExisting],
    [2, read],
    [1, register],
    [1, unregister],
  ];
}
