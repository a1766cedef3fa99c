import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pickleOf } from "./pickle-writer.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const MiB = 1024 ** 2;

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function dmemcg(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

const replay = (...args: string[]): Promise<Run> => dmemcg("replay", ...args);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dmemcg-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, contents: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return path;
}

/** Three buffers of 4 MiB, the second of which is freed at the end; then a free of what was never there. */
function jsonl(name: string): string {
  const allocations = [1, 2, 3].map((id) => `{"op":"alloc","id":${id},"bytes":${4 * MiB}}\n`);
  return file(name, `{"dmemcg-trace":1}\n${allocations.join("")}{"op":"free","id":2}\n{"op":"free","id":9}\n`);
}

function snapshot(name: string): string {
  const alloc = { action: "alloc", addr: 16, size: 4 * MiB, time_us: 1 };
  return file(
    name,
    pickleOf({ device_traces: [[alloc, { ...alloc, addr: 32 }, { ...alloc, action: "free_completed" }]] }),
  );
}

describe.skipIf(!existsSync(CLI))("dmemcg replay", () => {
  describe("the built-in scenario", () => {
    test("refuses the game what was derived, and says where its figures come from", async () => {
      const { code, out, err } = await replay();
      expect([code, err]).toEqual([0, ""]);
      expect(out).toContain("https://pixelcluster.github.io/VRAM-Mgmt-fixed");
      expect(out).toContain("refused because the card was full");
      expect(out).toContain("1,035,993,088");
      expect(out).toContain("There is no eviction yet");
    });

    test("gives the same figures every time", async () => {
      const [first, second] = await Promise.all([replay("--json"), replay("--json")]);
      expect(first.out).toBe(second.out);
    });

    test("takes flags", async () => {
      const { out } = await replay("--json", "--capacity", "16G", "--max", "desktop=1G");
      const report = JSON.parse(out);
      expect(report.card.max).toBe(2 ** 34);
      expect(report.tenants[0]).toMatchObject({ name: "desktop", max: 2 ** 30, charged: 2 ** 30 });
      expect(report.tenants[1].requests.refused.requests).toBe(0);
    });
  });

  describe("traces", () => {
    test("are charged up to the capacity, which is refused one byte below", async () => {
      const trace = jsonl("a.jsonl");
      const fits = JSON.parse((await replay("--json", trace, "--capacity", "12M")).out);
      const short = JSON.parse((await replay("--json", trace, "--capacity", `${12 * MiB - 1}`)).out);
      expect(fits.tenants[0]).toMatchObject({
        name: "a",
        peak: 12 * MiB,
        charged: 8 * MiB,
        requests: { refused: { requests: 0 } },
      });
      expect(short.tenants[0]).toMatchObject({ peak: 8 * MiB, charged: 4 * MiB });
      expect(short.tenants[0].requests.refused).toMatchObject({ requests: 1, bytes: 4 * MiB, byCard: { requests: 1 } });
    });

    test("that free what was never allocated are replayed, and say so", async () => {
      const { code, out } = await replay(jsonl("unknown.jsonl"), "--capacity", "1G");
      expect(code).toBe(0);
      expect(out).toContain("3 allocations and 2 frees read");
      expect(out).toContain("1 frees skipped: what they free was never allocated");
    });

    test("of both kinds share a card, each with its limits", async () => {
      const policy = file("p.yaml", "capacity: 64M\ntenants:\n  train: { min: 25%, max: 4M }\n  web: { low: 1M }\n");
      const run = await replay(
        `train=${snapshot("s.pickle")}`,
        `web=${jsonl("w.jsonl")}`,
        "--policy",
        policy,
        "--low",
        "web=2M",
        "--json",
      );
      const { tenants, order } = JSON.parse(run.out);
      expect(order).toBe("turns");
      expect(tenants[0]).toMatchObject({
        name: "train",
        cgroup: "/card/train",
        min: 16 * MiB,
        max: 4 * MiB,
        charged: 0,
      });
      expect(tenants[0].requests.refused.byTenant).toEqual({ requests: 1, bytes: 4 * MiB });
      expect(tenants[1]).toMatchObject({ name: "web", min: 0, low: 2 * MiB, max: "max", charged: 8 * MiB });
    });

    test("take a limit without a name where there is only one tenant", async () => {
      const { out } = await replay("--json", jsonl("one.jsonl"), "--capacity", "1G", "--max", "8M");
      expect(JSON.parse(out).tenants[0]).toMatchObject({ max: 8 * MiB, peak: 8 * MiB });
    });

    test("without events are fine", async () => {
      expect((await replay(file("none.jsonl", '{"dmemcg-trace":1}\n'), "--capacity", "1G")).code).toBe(0);
    });
  });

  describe("exit codes", () => {
    test("tell refusals only where asked to", async () => {
      const trace = jsonl("exit.jsonl");
      expect((await replay(trace, "--capacity", "1M")).code).toBe(0);
      expect((await replay(trace, "--capacity", "1M", "--fail-on-refusal")).code).toBe(3);
      expect((await replay(trace, "--capacity", "1G", "--fail-on-refusal")).code).toBe(0);
    });

    test("are 0 for help and version, 2 for no command", async () => {
      const runs = await Promise.all([replay("--help"), dmemcg("--version"), dmemcg()]);
      expect(runs.map(({ code }) => code)).toEqual([0, 0, 2]);
    });
  });

  describe("bad input", () => {
    test.each<[string, string[], string]>([
      ["an unknown flag", ["--jsn"], 'unknown option "--jsn" (did you mean "--json"?)'],
      ["an unknown flag with a value", ["--kapacity=1"], 'unknown option "--kapacity" (did you mean "--capacity"?)'],
      ["a missing value", ["--capacity"], "argument missing"],
      ["an unknown order", ["--order", "x"], "Allowed choices are clock, start, turns"],
      ["a capacity that is none", ["--capacity", "0"], '--capacity: "0" is no capacity'],
      ["a limit that is none", ["--min", "game=x"], '--min game=x: "x" is not an amount; allowed: bytes'],
      ["a limit for nobody", ["--min", "gane=1G"], 'unknown tenant "gane" (did you mean "game"?)'],
      ["a limit without a name", ["--min", "1G"], "allowed names: desktop, game"],
      ["a missing trace", ["missing.jsonl"], "missing.jsonl: no such file"],
      ["a directory", ["."], ".: a directory"],
      ["a policy that is a directory", ["--policy", "."], ".: a directory"],
      ["a device without a snapshot", ["--device", "0"], "--device is for memory snapshots of PyTorch"],
    ])("names %s", async (_, args, problem) => {
      const { code, out, err } = await replay(...args);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toContain(problem);
      expect(err).not.toMatch(/^\s+at /m);
    });

    test("names the class that a pickle asks for", async () => {
      const { code, err } = await replay(file("evil.pickle", "cos\nsystem\n(S'true'\ntR."), "--capacity", "1G");
      expect(code).toBe(2);
      expect(err).toContain('asks for the class "os.system"');
    });

    test("names the nearest command", async () => {
      const { code, err } = await dmemcg("repaly");
      expect(code).toBe(2);
      expect(err).toContain('unknown command "repaly" (did you mean "replay"?)');
    });
  });
});
