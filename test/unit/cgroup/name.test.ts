import { describe, expect, test } from "vitest";
import { expectRefusalUnchanged, onePool, smallDmem } from "../../support/small-dmem.ts";

// Two bytes each in UTF-8.
const UMLAUTS_254 = "ü".repeat(127);

test("an error says whose name it is", () => {
  const { dmem } = onePool();
  const long = "x".repeat(256);
  expectRefusalUnchanged(dmem, () => dmem.root.mkdir(long), "ENAMETOOLONG", "A cgroup's name has at most");
  const register = () => dmem.registerRegion(long, { size: 1 });
  expectRefusalUnchanged(dmem, register, "ENAMETOOLONG", "A region's name has at most");
});

describe("a cgroup's name", () => {
  test.each(["", ".", "..", "a/b", "/", "a\0b", "a\nb", "\n"])("is not %j", (name) => {
    const { dmem, group } = onePool();
    expectRefusalUnchanged(dmem, () => group.mkdir(name), "RangeError", JSON.stringify(name), "slash, NUL or newline");
    expectRefusalUnchanged(dmem, () => group.child(name), "RangeError", JSON.stringify(name));
  });

  test.each([
    "a",
    "...",
    ".a",
    " ",
    "a b",
    "a\tb",
    "a\\b",
    "ü",
    "日本",
    "😀",
    "\uFEFF",
    "__proto__",
    "cgroup.",
    "dmem.x",
    "drm.max",
  ])("may be %j", (name) => {
    const { group } = onePool();
    const made = group.mkdir(name);
    expect([made.name, group.child(name)]).toEqual([name, made]);
  });

  test.each([5, null, undefined, {}, ["a"]])("is a string and not %s", (name) => {
    const { dmem, group } = onePool();
    expectRefusalUnchanged(dmem, () => group.mkdir(name as never), "TypeError", "A cgroup's name is a string");
  });

  test.each(["\ud800", "a\udc00", "\ude00\ud83d"])("has no half of a surrogate pair: %j", (name) => {
    const { dmem, group } = onePool();
    expectRefusalUnchanged(dmem, () => group.mkdir(name), "RangeError", "surrogate", JSON.stringify(name));
  });

  test.each(["a".repeat(255), `${UMLAUTS_254}x`, "😀".repeat(63)])("has 255 bytes of UTF-8 at most: %s", (name) => {
    const { dmem, group } = onePool();
    const length = Buffer.byteLength(name);
    const longer = `${name}${"b".repeat(256 - length)}`;
    expectRefusalUnchanged(dmem, () => group.mkdir(longer), "ENAMETOOLONG", "255", "256", longer.slice(0, 20));
    expect(group.mkdir(name).name).toBe(name);
  });

  test("counts bytes, not characters", () => {
    const { dmem, group } = onePool();
    expectRefusalUnchanged(dmem, () => group.mkdir(`${UMLAUTS_254}ü`), "ENAMETOOLONG", "256");
  });

  test.each([
    "cgroup.controllers",
    "cgroup.subtree_control",
    "dmem.capacity",
    "dmem.current",
    "dmem.peak",
    "dmem.min",
    "dmem.low",
    "dmem.max",
  ])("is not that of an interface file: %s", (name) => {
    const { dmem, group } = onePool();
    expectRefusalUnchanged(dmem, () => group.mkdir(name), "EEXIST", `"/a/${name}"`, "interface file");
    expectRefusalUnchanged(dmem, () => dmem.root.mkdir(name), "EEXIST", `"/${name}"`);
    expect(group.mkdir(`${name}s`).name).toBe(`${name}s`);
  });

  test("knows the files of the form in use", () => {
    const dmem = smallDmem({ controller: "drm" });
    expectRefusalUnchanged(dmem, () => dmem.root.mkdir("drm.max"), "EEXIST", '"/drm.max"');
    expect(dmem.root.mkdir("dmem.max").name).toBe("dmem.max");
  });
});

describe("a region's name", () => {
  test.each(["", " ", "a b", "a\tb", "a\nb", "a\0b", "a\u00a0b", "a\u2028b", "a\u007fb", "a\u0085b"])(
    "is not %j",
    (name) => {
      const dmem = smallDmem();
      const register = () => dmem.registerRegion(name, { size: 1 });
      expectRefusalUnchanged(dmem, register, "RangeError", JSON.stringify(name), "white space");
    },
  );

  test.each(["a", "drm/0000:03:00.0/vram0", "/", "..", "ü/😀", "max", "__proto__"])("may be %j", (name) => {
    const dmem = smallDmem();
    expect(dmem.region(dmem.registerRegion(name, { size: 1 }).name).name).toBe(name);
  });

  test.each([5, null, undefined, {}])("is a string and not %s", (name) => {
    const dmem = smallDmem();
    const register = () => dmem.registerRegion(name as never, { size: 1 });
    expectRefusalUnchanged(dmem, register, "TypeError", "A region's name is a string");
  });

  test.each(["intended", "linux-7.3"] as const)("has 255 bytes and no half of a pair in %s semantics", (semantics) => {
    const dmem = smallDmem({ semantics });
    const register = (name: string) => dmem.registerRegion(name, { size: 1 });
    expectRefusalUnchanged(dmem, () => register(`${UMLAUTS_254}ü`), "ENAMETOOLONG", "255", "256");
    expectRefusalUnchanged(dmem, () => register("a\ud800"), "RangeError", "surrogate");
    expect(register(`${UMLAUTS_254}x`).name).toBe(`${UMLAUTS_254}x`);
  });
});
