import { closeSync, openSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ByteLocks } from "../../../src/core/byte-locks.ts";
import { native } from "../../../src/core/native.ts";
import type { Dmem } from "../../../src/index.ts";
import { missing, needsAddon, openDescriptors, openDmem, SMALL, sharedFolder } from "../../support/native-addon.ts";
import { SharingProcess } from "../../support/sharing-process.ts";

describe.skipIf(missing !== null)(needsAddon("ByteLocks"), () => {
  const folder = sharedFolder();
  let files = 0;

  function newFile(): string {
    const path = join(folder, `${files++}`);
    writeFileSync(path, "");
    return path;
  }

  function locksOn(path: string): ByteLocks {
    const descriptor = openSync(path, "r+");
    const locks = new ByteLocks(native(), descriptor);
    closeSync(descriptor);
    onTestFinished(() => locks.close());
    return locks;
  }

  function twoOnOneFile(): [ByteLocks, ByteLocks] {
    const path = newFile();
    return [locksOn(path), locksOn(path)];
  }

  test("a claim is seen by its owner and by others, and by its number alone", () => {
    const [one, two] = twoOnOneFile();
    expect([one.isAlive(1), two.isAlive(1), one.claim(1)]).toEqual([false, false, true]);
    expect([one.isAlive(1), two.isAlive(1), two.isAlive(2), two.isAlive(0xffff)]).toEqual([true, true, false, false]);
  });

  test("only one has a claim, until it releases it", () => {
    const [one, two] = twoOnOneFile();
    expect([one.claim(1), two.claim(1), two.claim(2), two.isAlive(1)]).toEqual([true, false, true, true]);
    two.release(1); // not its own
    expect(two.claim(1)).toBe(false);
    one.release(1);
    expect([two.isAlive(1), two.claim(1), one.claim(1)]).toEqual([false, true, false]);
  });

  test("closing gives up all claims and the descriptor", () => {
    const path = newFile();
    const two = locksOn(path);
    const before = openDescriptors();
    const one = locksOn(path);
    expect([one.claim(1), one.claim(2), openDescriptors()]).toEqual([true, true, before + 1]);
    one.close();
    one.close();
    expect([two.isAlive(1), two.isAlive(2), openDescriptors()]).toEqual([false, false, before]);
  });

  test("closing off keeps everybody out, and is refused while anybody is in", () => {
    const [one, two] = twoOnOneFile();
    one.claim(7);
    expect([two.closeOff(), two.isClosedOff, one.isClosedOff]).toEqual([false, false, false]);
    one.release(7);
    expect([two.closeOff(), one.isClosedOff, one.claim(7), one.claim(0xffff)]).toEqual([true, true, false, false]);
    two.close();
    expect([one.isClosedOff, one.claim(7)]).toEqual([false, true]);
  });

  test("the file does not grow", () => {
    const path = newFile();
    locksOn(path).claim(0xffff);
    expect(statSync(path).size).toBe(0);
  });

  /** A controller with /a in vram, of which this process is agent 1, and somebody who looks who is there. */
  function shared(): { path: string; dmem: Dmem; observer: ByteLocks; usage: () => number } {
    const path = join(folder, `${files++}`);
    const dmem = openDmem(path, { capacity: SMALL });
    const pool = dmem.root.mkdir("a").pool(dmem.registerRegion("vram", { size: 1000 }));
    return { path, dmem, observer: locksOn(path), usage: () => pool.usage };
  }

  test("an agent of a process that is killed is dead at once, and what it held comes back", async () => {
    const { path, observer, usage } = shared();
    const other = await SharingProcess.start(path);
    await other.ask("charge", 5);
    expect([observer.isAlive(1), observer.isAlive(2), usage()]).toEqual([true, true, 5]);
    await other.kill();
    expect([observer.isAlive(1), observer.isAlive(2)]).toEqual([true, false]);
    await vi.waitUntil(() => usage() === 0, { timeout: 10_000 });
  });

  test("an agent of a process that exits is gone", async () => {
    const { path, observer, usage } = shared();
    const other = await SharingProcess.start(path);
    await other.ask("charge", 5);
    await other.end();
    expect([observer.isAlive(2), usage()]).toEqual([false, 0]);
  });

  test("an agent of a process that is stopped is alive", async () => {
    const { path, observer } = shared();
    const other = await SharingProcess.start(path);
    await other.stop();
    expect(observer.isAlive(2)).toBe(true);
    other.resume();
    expect(await other.ask("held")).toBe(0);
  });

  test("the agent of a worker is dead when that is terminated, and its process's is not", async () => {
    const { path, observer, usage } = shared();
    const other = await SharingProcess.start(path, "with a thread");
    await other.ask("charge", 5);
    expect([2, 3].map((agent) => observer.isAlive(agent))).toEqual([true, true]);
    await other.ask("terminate");
    expect([2, 3].map((agent) => observer.isAlive(agent))).toEqual([true, false]);
    await vi.waitUntil(() => usage() === 0, { timeout: 10_000 });
  });

  test("an agent that is disposed of leaves its slot to the next", async () => {
    const { path, observer } = shared();
    const other = await SharingProcess.start(path);
    await other.ask("dispose");
    expect(observer.isAlive(2)).toBe(false);
    await SharingProcess.start(path);
    expect(observer.isAlive(2)).toBe(true);
  });
});
