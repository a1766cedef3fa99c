import { expect, test } from "vitest";
import { loadNative } from "../../../src/core/native.ts";
import { expectRefusal } from "../../support/refusal.ts";

const ADDON = Object.fromEntries(
  ["map", "reserve", "hold", "drop", "lock", "unlock", "probe"].map((name) => [name, () => 0]),
);

function surroundings(load: (file: string) => unknown, platform = "linux") {
  return { platform, arch: "x64", root: () => "/package", load };
}

test("what was built here is preferred to what came with the package", () => {
  const files: string[] = [];
  const load = (file: string) => {
    files.push(file);
    return ADDON;
  };
  expect(loadNative(surroundings(load))).toBe(ADDON);
  expect(files).toEqual(["/package/native/build/Release/dmemcg.node"]);
});

test("what came with the package is used where nothing was built", () => {
  const load = (file: string) => {
    if (file.includes("Release")) throw new Error("no such file");
    return { ...ADDON, file };
  };
  expect(loadNative(surroundings(load))).toHaveProperty("file", "/package/native/prebuilds/linux-x64/dmemcg.node");
});

// It was taken, and failed in the middle of opening a file.
test("what was built of another version is passed over, and told", () => {
  const { hold: _, ...older } = ADDON;
  const load = (file: string) => (file.includes("Release") ? older : ADDON);
  expect(loadNative(surroundings(load))).toBe(ADDON);
  expectRefusal(() => loadNative(surroundings(() => older)), "ENOTSUP", "built of another version, without hold");
});

test("where none can be loaded, both paths are named, what each said, and how to build it", () => {
  const load = (file: string) => {
    throw new Error(file.includes("Release") ? "cannot open: no such file" : "version `GLIBC_9.9' not found\nmore");
  };
  expectRefusal(
    () => loadNative(surroundings(load)),
    "ENOTSUP",
    "/package/native/build/Release/dmemcg.node: cannot open: no such file; ",
    "/package/native/prebuilds/linux-x64/dmemcg.node: version `GLIBC_9.9' not found. ",
    "npm run build:native",
    "npx node-gyp rebuild",
  );
});

test("a package that cannot be found is told as such", () => {
  const lost = {
    ...surroundings(() => ADDON),
    root: () => {
      throw new Error("Cannot find module 'dmemcg/package.json'");
    },
  };
  expectRefusal(() => loadNative(lost), "ENOTSUP", "Cannot find module 'dmemcg/package.json'");
});

test.each(["win32", "darwin", "freebsd"])("%s is told that it takes Linux, without trying anything", (platform) => {
  const load = () => {
    throw new Error("was tried");
  };
  expectRefusal(() => loadNative(surroundings(load, platform)), "ENOTSUP", "needs Linux", platform, "Dmem.create");
});
