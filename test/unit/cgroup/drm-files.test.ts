import { describe, expect, test } from "vitest";
import { expectRefusalUnchanged, smallDmem } from "../../support/small-dmem.ts";
import { readAll } from "./read-all.ts";

const CORE = ["cgroup.controllers", "cgroup.subtree_control"];

function drmDmem() {
  const dmem = smallDmem({ controller: "drm" });
  const [vram, stolen] = ["vram0", "stolen"].map((name) => dmem.registerRegion(`drm/card0/${name}`, { size: 1000 }));
  const far = dmem.registerRegion("drm/card1/vram0", { size: 5 });
  return { dmem, group: dmem.root.mkdir("a"), vram: vram ?? far, stolen: stolen ?? far, far };
}

describe("drm files", () => {
  test("have a line for each device", () => {
    const { dmem, group, stolen } = drmDmem();
    group.pool(stolen).charge(3);
    expect(readAll(dmem.root)).toEqual({
      "cgroup.controllers": "drm\n",
      "cgroup.subtree_control": "drm\n",
      "drm.capacity": "card0 region.vram0=1000 region.stolen=1000\ncard1 region.vram0=5\n",
      "drm.current": "card0 region.vram0=0 region.stolen=3\ncard1 region.vram0=0\n",
    });
    expect(group.files).toEqual([...CORE, "drm.current", "drm.min", "drm.low", "drm.max"]);
    expect(group.read("drm.max")).toBe("card0 region.vram0=max region.stolen=max\ncard1 region.vram0=max\n");
  });

  test("take several regions and devices in one write", () => {
    const { group } = drmDmem();
    group.write("drm.low", "card0 region.stolen=3 region.vram0=4\ncard1 region.vram0=max\n");
    expect(group.read("drm.low")).toBe("card0 region.vram0=4 region.stolen=3\ncard1 region.vram0=max\n");
  });

  test("know a device by its name, also without drm/ before it", () => {
    const dmem = smallDmem({ controller: "drm" });
    dmem.registerRegion("card0/vram0", { size: 7 });
    expect(dmem.root.read("drm.capacity")).toBe("card0 region.vram0=7\n");
  });

  test("let the last of several values for one region count", () => {
    const { group } = drmDmem();
    group.write("drm.max", "card0 region.vram0=3 region.vram0=4");
    expect(group.read("drm.max")).toContain("region.vram0=4 ");
  });

  test.each([
    ["an unknown region", "card0 region.vram0=3 region.gtt=4", '"gtt"'],
    ["an unknown device", "card0 region.vram0=3\ncard2 region.vram0=4", '"card2"'],
    ["a bad value", "card0 region.vram0=3 region.stolen=x", '"region.stolen=x"'],
    ["a line without a region", "card0 region.vram0=3\ncard1", '"card1"'],
  ])("are not changed at all by a write with %s", (_, text, named) => {
    const { dmem, group } = drmDmem();
    for (const file of ["drm.min", "drm.low", "drm.max"]) {
      expectRefusalUnchanged(dmem, () => group.write(file, text), "EINVAL", named);
    }
  });

  test("are not changed at all when there is no room for one of the counters", () => {
    const dmem = smallDmem({ controller: "drm", capacity: { pools: 3 } });
    for (const name of ["vram0", "stolen"]) dmem.registerRegion(`drm/card0/${name}`, { size: 1 });
    const group = dmem.root.mkdir("a");
    const write = () => group.write("drm.low", "card0 region.vram0=3 region.stolen=4");
    expect(write).toThrow("ENOSPC");
    expect(group.read("drm.low")).toBe("card0 region.vram0=0 region.stolen=0\n");
  });

  test("have their old limits again when a callback throws", () => {
    const { group, vram, stolen } = drmDmem();
    group.pool(vram).charge(10);
    group.pool(stolen).charge(10);
    stolen.reclaim = () => {
      throw new Error("no device");
    };
    expect(() => group.write("drm.max", "card0 region.vram0=30 region.stolen=4")).toThrow("no device");
    expect(group.read("drm.max")).toContain("card0 region.vram0=max region.stolen=max\n");
  });

  test.each(["vram0", "drm/vram0", "drm//vram0", "/vram0", "drm/card0/", "drm/card0/a=b"])(
    "cannot spell the region %s, so it is not registered",
    (name) => {
      const { dmem } = drmDmem();
      const register = () => dmem.registerRegion(name, { size: 1 });
      expectRefusalUnchanged(dmem, register, "RangeError", JSON.stringify(name), "drm/<device>/<region>");
    },
  );
});
