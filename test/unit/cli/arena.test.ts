import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { AGENT_FIRST_ACCOUNT } from "../../../assembly/abi.ts";
import { Dmem } from "../../../src/index.ts";
import { CLI, dmemcg } from "../../support/command-line.ts";
import { missing, needsAddon, openDmem, SMALL, sharedFolder } from "../../support/native-addon.ts";
import { SharingProcess } from "../../support/sharing-process.ts";
import { agentWord, memoryOf, slotsUsed } from "../../support/small-dmem.ts";

const MiB = 1024 ** 2;
const ready = missing === null && existsSync(CLI);

describe.skipIf(!ready)(needsAddon("dmemcg ls, agents, rm"), () => {
  const folder = sharedFolder();

  /** Two regions, /a with 3 MiB of one and /a/b below it with 1 MiB of them. */
  function card(name: string, agents = SMALL.agents) {
    const path = join(folder, name);
    const dmem = openDmem(path, { capacity: { ...SMALL, agents } });
    const [vram, stolen] = ["drm/0/vram", "drm/0/stolen"].map((name) => dmem.registerRegion(name, { size: 8 * MiB }));
    if (vram === undefined || stolen === undefined) throw new Error("No regions.");
    const group = dmem.root.mkdir("a");
    group.pool(vram).charge(2 * MiB);
    group.mkdir("b").pool(vram).charge(MiB);
    return { path, dmem, pool: group.pool(vram), stolen };
  }

  test("ls shows the tree, with a column for each region", async () => {
    const { path, dmem } = card("tree");
    const { code, out, err } = await dmemcg("ls", path);
    expect([code, err]).toEqual([0, ""]);
    expect(out.split("\n").map((line) => line.trimEnd())).toEqual([
      "cgroup  drm/0/vram  drm/0/stolen",
      "/            3 MiB       0 bytes",
      "  a          3 MiB       0 bytes",
      "    b        1 MiB       0 bytes",
      "(size)       8 MiB         8 MiB",
      "",
    ]);
    expect(slotsUsed(dmem)).toMatchObject({ agents: 1, pools: 3 });
  });

  test("ls --json has every figure", async () => {
    const { path } = card("json");
    const { groups, regions } = JSON.parse((await dmemcg("ls", path, "--json")).out);
    expect(regions).toEqual(["drm/0/vram", "drm/0/stolen"].map((name) => ({ name, size: 8 * MiB })));
    expect(groups[2]).toEqual({ path: "/a/b", usage: { "drm/0/vram": MiB, "drm/0/stolen": 0 } });
  });

  test("agents tells the living from the dead, and what each holds, tickets too", async () => {
    const { path, dmem, pool, stolen } = card("agents", 2); // full: nobody can attach any more
    pool.handOver(MiB);
    dmem.root.pool(stolen).charge(5);
    const other = await SharingProcess.start(path);
    const { code, out } = await dmemcg("agents", path);
    expect(code).toBe(0);
    expect(out.split("\n").map((line) => line.trimEnd().replace(/ +/g, " "))).toEqual([
      "slot process thread state holds drm/0/stolen holds drm/0/vram",
      `1 ${process.pid} 0 alive 5 bytes 3 MiB`,
      `2 ${other.child.pid} 0 alive 0 bytes 0 bytes`,
      "",
    ]);
  });

  test("agents shows who was killed, until somebody has cleared up", async () => {
    const path = join(folder, "killed");
    const dmem = Dmem.open(path, { capacity: SMALL });
    dmem.root.mkdir("a").pool(dmem.registerRegion("vram", { size: 100 }));
    const other = await SharingProcess.start(path);
    await other.ask("charge", 7);
    dmem.dispose();
    await other.kill();
    const agents = JSON.parse((await dmemcg("agents", path, "--json")).out);
    expect(agents).toEqual([{ slot: 2, process: other.child.pid, thread: 0, alive: false, holds: { vram: 7 } }]);
  });

  test("rm is refused while somebody alive is attached", async () => {
    const { path, dmem } = card("removed");
    const refused = await dmemcg("rm", path);
    expect([refused.code, refused.out, existsSync(path)]).toEqual([2, "", true]);
    expect(refused.err).toContain(`EBUSY: "${path}" is in use`);
    dmem.dispose();
    expect(await dmemcg("rm", path)).toEqual({ code: 0, out: "", err: "" });
    expect(existsSync(path)).toBe(false);
  });

  test.each([
    ["out of it", 0x7fffff00],
    ["to no record", 1028],
  ])("agents tells that a file is damaged where a thread's accounts lead %s", async (_, address) => {
    const { path, dmem } = card(`damaged-${address}`);
    const [words, first] = [new Uint32Array(memoryOf(dmem).buffer), agentWord(dmem, 1, AGENT_FIRST_ACCOUNT)];
    const before = words[first] as number;
    words[first] = address;
    const { code, err } = await dmemcg("agents", path);
    words[first] = before;
    expect([code, err]).toEqual([2, expect.stringContaining("EIO: The arena is damaged.")]);
  });

  test.each(["ls", "agents", "rm"])("%s names a file that is not there, and makes none", async (command) => {
    const path = join(folder, "missing");
    const { code, out, err } = await dmemcg(command, path);
    expect([code, out, existsSync(path)]).toEqual([2, "", false]);
    expect(err).toBe(`dmemcg: ENOENT: "${path}" does not exist.\nTry: dmemcg ${command} --help\n`);
  });

  test("an unknown flag, access and command are named", async () => {
    expect((await dmemcg("ls", "x", "--jsn")).err).toContain('unknown option "--jsn" (did you mean "--json"?)');
    expect((await dmemcg("rm", "x", "--access", "usr")).err).toContain('Did you mean "user"?');
    expect((await dmemcg("agent")).err).toContain('unknown command "agent" (did you mean "agents"?)');
    expect((await dmemcg("ls")).code).toBe(2);
  });
});
