import { existsSync, linkSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readAgents } from "../../src/core/agent-table.ts";
import { Dmem } from "../../src/index.ts";
import { missing, needsAddon, openDmem, SMALL, sharedFolder } from "../support/native-addon.ts";
import { failEach, type Scene } from "./fail-each.ts";
import { systemCalls } from "./system-calls.ts";

vi.mock("node:fs", async (original) => {
  const { failingFiles } = await import("./system-calls.ts");
  const fs = failingFiles(await original<typeof import("node:fs")>());
  return { ...fs, default: fs };
});

vi.mock("../../src/core/native.ts", async (original) => {
  const { failingAddon } = await import("./system-calls.ts");
  const { native } = await original<typeof import("../../src/core/native.ts")>();
  let addon: ReturnType<typeof native> | undefined;
  return {
    native: () => {
      addon ??= failingAddon(native());
      return addon;
    },
  };
});

/** Calls that have done what they are for when they fail. */
const CLOSING = ["closeSync", "drop"];

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

describe.skipIf(missing !== null)(needsAddon("a system call that fails"), () => {
  const folder = sharedFolder();
  let files = 0;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }); // they are counted
    systemCalls.failed = [];
  });
  afterEach(() => void vi.useRealTimers());

  const fresh = () => join(folder, `arena-${files++}`);

  function descriptors(): string[] {
    const links = readdirSync("/proc/self/fd").map((descriptor) => {
      try {
        return readlinkSync(`/proc/self/fd/${descriptor}`);
      } catch {
        return ""; // the one that the folder was read through
      }
    });
    return links.filter((link) => link.startsWith(folder)).sort();
  }

  const temporaries = () => readdirSync(folder).filter((name) => !name.startsWith("arena-"));

  /** How often something of the folder is mapped, once what nobody refers to is collected. */
  function mapped(): number {
    collect();
    return readFileSync("/proc/self/maps", "utf8").split(folder).length - 1;
  }

  /** What an attempt could leave behind, the arena at `path` itself excepted. */
  function remains(path: string): unknown {
    return {
      descriptors: descriptors(),
      temporaries: temporaries(),
      agents: existsSync(path) ? readAgents(path, "user") : [],
      timers: vi.getTimerCount(),
      listeners: process.listenerCount("exit"),
    };
  }

  /** What an attempt opens is disposed of when nothing fails any more. */
  function scene(path: string, attempt: () => Dmem): Scene {
    const before = remains(path);
    let opened: Dmem | undefined;
    return {
      fault: systemCalls,
      attempt: () => {
        opened = attempt();
      },
      state: () => null,
      audit: () => {
        opened?.dispose();
        opened = undefined;
        removeWhatCouldNotBe();
        expect(remains(path), `after ${systemCalls.failed.at(-1)} failed`).toEqual(before);
      },
    };
  }

  /** Of a file whose removal fails the name has to stay. */
  function removeWhatCouldNotBe(): void {
    if (systemCalls.failed.at(-1) === "unlinkSync") for (const name of temporaries()) rmSync(join(folder, name));
  }

  /** Each of these calls was made to fail. All but those that close something were failures, `overcome` excepted. */
  async function expectFailures(setUp: () => Scene, calls: string, overcome = 0): Promise<void> {
    const before = mapped();
    const failures = await failEach(setUp);
    await vi.waitUntil(() => mapped() <= before, { timeout: 10_000 });
    expect(systemCalls.failed.join(" ")).toBe(calls);
    expect(failures + overcome).toBe(systemCalls.failed.filter((call) => !CLOSING.includes(call)).length);
  }

  /** As if another process had mapped what this one has mapped: who opens it maps it anew. */
  function forgetMappings(): void {
    Reflect.deleteProperty(globalThis, Symbol.for("dmemcg.mappings"));
  }

  function openAnew(path: string): Dmem {
    forgetMappings();
    return Dmem.open(path, { capacity: SMALL });
  }

  const OPENING = "lstatSync openSync fstatSync";
  const LOOKING = `${OPENING} readSync fstatSync fstatSync`;
  const MAPPING = `${OPENING} fstatSync map closeSync`;
  const ENTERING = "hold lock fstatSync closeSync";
  const MAKING = `lstatSync openSync fchmodSync reserve hold fstatSync ${MAPPING} lock linkSync`;
  const CLEARING = "closeSync unlinkSync";

  // The temporary file stayed if it could not be closed, and whoever had made the arena was attached.
  test("leaves nothing of an arena that is made", async () => {
    const setUp = () => {
      const path = fresh();
      return scene(path, () => Dmem.open(path, { capacity: SMALL }));
    };
    await expectFailures(setUp, `${MAKING} ${CLEARING}`);
  });

  test("leaves nothing of an arena that is made while another one is faster", async () => {
    const setUp = () => {
      const [path, other] = [fresh(), fresh()];
      Dmem.open(other, { capacity: SMALL }).dispose();
      systemCalls.before("linkSync", () => {
        linkSync(other, path);
        forgetMappings();
      });
      return scene(path, () => Dmem.open(path, { capacity: SMALL }));
    };
    await expectFailures(setUp, `${MAKING} drop ${CLEARING} ${LOOKING} ${MAPPING} ${ENTERING}`);
  });

  // He stayed attached if the file could not be looked at or closed in the end, and a file open that could not be.
  test("leaves nothing of whoever joins an arena", async () => {
    const path = fresh();
    openDmem(path, { capacity: SMALL });
    const setUp = () => scene(path, () => openAnew(path));
    await expectFailures(setUp, `${LOOKING} ${MAPPING} ${ENTERING}`);
  });

  // He kept the file open if a lock could not be released.
  test("leaves nothing of whoever joins an arena that is being removed", async () => {
    const setUp = () => {
      const path = fresh();
      Dmem.open(path, { capacity: SMALL }).dispose();
      systemCalls.before("hold", () => rmSync(path)); // so it joins what has no name any more
      return scene(path, () => openAnew(path));
    };
    const leaving = "hold lock fstatSync drop closeSync"; // without a lock, too: there is nothing to be joined any more
    await expectFailures(setUp, `${LOOKING} ${MAPPING} ${leaving} ${MAKING} ${CLEARING}`, 1);
  });

  test("leaves nothing of whoever attaches by a handle", async () => {
    const path = fresh();
    const { handle } = openDmem(path, { capacity: SMALL });
    await expectFailures(() => scene(path, () => Dmem.attach(handle)), `${OPENING} fstatSync hold lock closeSync`);
  });

  test("leaves nothing of whoever disposes, once that succeeds", async () => {
    const path = fresh();
    openDmem(path, { capacity: SMALL });
    const before = remains(path);
    const setUp = () => {
      const dmem = Dmem.open(path);
      const attempt = () => dmem.dispose();
      const audit = () => {
        dmem.dispose();
        expect(remains(path)).toEqual(before);
      };
      return { fault: systemCalls, attempt, state: () => null, audit };
    };
    await expectFailures(setUp, "drop");
  });
});
