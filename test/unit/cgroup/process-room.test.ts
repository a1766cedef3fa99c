import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { AGENT_ASKER, AGENT_IDS } from "../../../assembly/abi.ts";
import { missing, needsAddon, openDmem, SMALL, sharedFolder } from "../../support/native-addon.ts";
import { SharingProcess } from "../../support/sharing-process.ts";
import { agentWord, memoryOf } from "../../support/small-dmem.ts";

/** Longer than any test waits: who is waited for so long is not waited for. */
const FOR_EVER_MS = 600_000;

describe.skipIf(missing !== null)(needsAddon("room that another process can make"), () => {
  const folder = sharedFolder();
  let files = 0;

  /** A controller with the pool of /a, which is full when others have charged 100. */
  function shared() {
    const path = join(folder, `${files++}`);
    const dmem = openDmem(path, { capacity: SMALL });
    const pool = dmem.root.mkdir("a").pool(dmem.registerRegion("vram", { size: 1000 }));
    const holder = async (bytes: number, offer: string) => {
      const other = await SharingProcess.start(path);
      await other.ask("charge", bytes);
      await other.ask(offer);
      return other;
    };
    const words = new Uint32Array(memoryOf(dmem).buffer);
    /** Who asks the first of them. */
    const asker = () => (words[agentWord(dmem, 2, AGENT_ASKER)] ?? 0) & AGENT_IDS;
    return { path, pool, holder, asker };
  }

  test("is made when it is asked for, there where the memory is held", async () => {
    const { pool, holder } = shared();
    const other = await holder(100, "offer");
    expect([await pool.reclaim(30), pool.usage, await other.ask("held")]).toEqual([30, 70, 70]);
  });

  test("can be asked for by each of two processes at the same time", async () => {
    const { pool, holder } = shared();
    const [one, two] = [await holder(100, "offer"), await holder(50, "offer")];
    const answers = await Promise.all([one.ask("reclaim", 10), two.ask("reclaim", 10), pool.reclaim(10)]);
    const brought = answers.reduce<number>((sum, bytes) => sum + Number(bytes), 0);
    expect(Math.min(...answers.map(Number))).toBeGreaterThanOrEqual(10); // what came meanwhile for others counts, too
    expect(pool.usage).toBe(120);
    expect(brought).toBeGreaterThanOrEqual(30);
  });

  test("is found elsewhere if one does not answer in time", async () => {
    const { pool, holder } = shared();
    const [busy, other] = [await holder(100, "offer"), await holder(100, "offer")];
    await busy.stop();
    expect(await pool.reclaim(150, { timeoutMs: 20 })).toBe(100);
    expect([pool.usage, await other.ask("held")]).toEqual([100, 0]);
    busy.resume();
    expect([await pool.reclaim(40), await busy.ask("held")]).toEqual([40, 60]); // nothing for what it was too late for
  });

  test("is not waited for when who was asked is killed meanwhile", async () => {
    const { pool, holder } = shared();
    const other = await holder(100, "offerForEver");
    const answer = pool.reclaim(10, { timeoutMs: FOR_EVER_MS });
    await vi.waitUntil(() => pool.usage === 101, { timeout: 10_000 }); // it is in the middle of its callback
    await other.kill();
    expect(await answer).toBe(0);
    await vi.waitUntil(() => pool.usage === 0, { timeout: 10_000 });
  });

  test("is not waited for behind another one who asked, and was killed", async () => {
    const { path, pool, holder, asker } = shared();
    const other = await holder(100, "offer");
    const first = await SharingProcess.start(path);
    await other.stop();
    first.child.send(["reclaim", 10]);
    await vi.waitUntil(() => asker() === 3, { timeout: 10_000 });
    const answer = pool.reclaim(10, { timeoutMs: FOR_EVER_MS });
    await first.kill();
    await vi.waitUntil(() => asker() === 1, { timeout: 10_000 });
    other.resume();
    expect(await answer).toBeGreaterThanOrEqual(10);
  });

  test("leaves no socket when everybody has gone, and no callback of who was killed", async () => {
    const { path, pool, holder } = shared();
    const [ended, killed] = [await holder(10, "offer"), await holder(10, "offer")];
    const sockets = () => readdirSync(folder).filter((name) => name.startsWith(`${path.slice(folder.length + 1)}.`));
    expect(sockets()).toHaveLength(2);
    await ended.end();
    expect(sockets()).toHaveLength(1);
    await killed.kill();
    const next = await SharingProcess.start(path); // gets a slot of theirs
    await next.ask("charge", 10);
    expect(await pool.reclaim(10, { timeoutMs: FOR_EVER_MS })).toBe(0);
  });
});
