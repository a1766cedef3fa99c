import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CLI, dmemcg, InputFolder, MiB, replay } from "../../support/command-line.ts";

const input = new InputFolder();

describe.skipIf(!existsSync(CLI))("dmemcg replay", () => {
  describe("traces", () => {
    test("are charged up to the capacity, which is refused one byte below", async () => {
      const trace = input.threeBuffers("a.jsonl");
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
      const { code, out } = await replay(input.threeBuffers("unknown.jsonl"), "--capacity", "1G");
      expect(code).toBe(0);
      expect(out).toContain("3 allocations and 2 frees read");
      expect(out).toContain("1 frees skipped: what they free was never allocated");
    });

    test("of both kinds share a card, each with its limits", async () => {
      const policy = input.write(
        "p.yaml",
        "capacity: 64M\ntenants: { train: { min: 25%, max: 4M }, web: { low: 1M } }\n",
      );
      const traces = [`train=${input.snapshot("s.pickle")}`, `web=${input.threeBuffers("w.jsonl")}`];
      const run = await replay(...traces, "--policy", policy, "--low", "web=2M", "--json");
      const { tenants, order } = JSON.parse(run.out);
      expect(order).toBe("turns");
      expect(tenants[0]).toMatchObject({ name: "train", cgroup: "/train", min: 16 * MiB, max: 4 * MiB, charged: 0 });
      expect(tenants[0].requests.refused.byTenant).toEqual({ requests: 1, bytes: 4 * MiB });
      expect(tenants[1]).toMatchObject({ name: "web", min: 0, low: 2 * MiB, max: "max", charged: 8 * MiB });
    });

    test("take a limit without a name where there is only one tenant", async () => {
      const { out } = await replay("--json", input.threeBuffers("one.jsonl"), "--capacity", "1G", "--max", "8M");
      expect(JSON.parse(out).tenants[0]).toMatchObject({ max: 8 * MiB, peak: 8 * MiB });
    });

    test("without events are fine", async () => {
      expect((await replay(input.trace("none.jsonl", []), "--capacity", "1G")).code).toBe(0);
    });

    test("are played by many tenants, more events than fit into one line to the card", async () => {
      const events = Array.from({ length: 3_000 }, (_, id) => ({ op: "alloc", id, bytes: 1 }));
      const traces = ["a", "b", "c"].map((name) => input.trace(`${name}.jsonl`, events));
      const { tenants, card } = JSON.parse((await replay("--json", ...traces, "--capacity", "7000")).out);
      expect(tenants.map(({ charged }: { charged: number }) => charged)).toEqual([2334, 2333, 2333]);
      expect(card).toEqual({ charged: 7000, peak: 7000, max: 7000 });
    });
  });

  describe("memory that can be moved", () => {
    const buffer = (id: number, place?: string) => ({ op: "alloc", id, bytes: 4 * MiB, place });

    test("makes room for memory that cannot, which is refused where none can", async () => {
      const game = input.threeBuffers("game.jsonl");
      const train = input.trace("train.jsonl", [buffer(1), buffer(2)]);
      const args = ["--json", game, train, "--capacity", "12M", "--order", "turns"];
      const moved = JSON.parse((await replay(...args, "--movable", "game")).out);
      expect(moved.tenants[0]).toMatchObject({ movable: true, inSystem: 8 * MiB, evicted: { bytes: 4 * MiB } });
      expect(moved.tenants[1]).toMatchObject({ movable: false, charged: 8 * MiB });
      const refused = JSON.parse((await replay(...args)).out);
      expect(refused.tenants[0]).toMatchObject({ movable: false, evicted: { buffers: 0, bytes: 0 }, inSystem: 0 });
      expect(refused.tenants[1].requests.refused.requests).toBe(1);
    });

    test("is what a flag, a policy or the trace says", async () => {
      const [full, card] = [input.threeBuffers("full.jsonl"), ["--capacity", "4M"]];
      const policy = input.write("m.yaml", "tenants: { full: { movable: true } }\n");
      const runs = await Promise.all([
        replay(full, ...card, "--json", "--movable", "full"),
        replay(full, ...card, "--json", "--policy", policy),
        replay(`full=${input.threeBuffers("says.jsonl", { movable: true })}`, ...card, "--json"),
      ]);
      for (const { out } of runs) {
        expect(JSON.parse(out).tenants[0]).toMatchObject({ movable: true, charged: 4 * MiB, inSystem: 4 * MiB });
      }
    });

    test("is told apart from what asked for system memory", async () => {
      const trace = input.trace("place.jsonl", [buffer(1, "system"), buffer(2), buffer(3)]);
      const { code, out } = await replay(trace, "--capacity", "4M", "--movable", "place", "--fail-on-refusal");
      expect(code).toBe(0);
      expect(out).toContain("place (movable): 3 allocations");
      expect(out).toContain("1 requests (4,194,304 bytes) asked for system memory");
      expect(out).toContain("1 requests (4,194,304 bytes) went to system memory");
    });
  });

  describe("exit codes", () => {
    test("tell refusals only where asked to", async () => {
      const trace = input.threeBuffers("exit.jsonl");
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
      ["unknown semantics", ["--semantics", "linux-73"], 'intended, linux-7.3. Did you mean "linux-7.3"?'],
      ["a capacity that is none", ["--capacity", "0"], '--capacity: "0" is no capacity'],
      ["a limit that is none", ["--min", "game=x"], '--min game=x: "x" is not an amount; allowed: bytes'],
      ["a limit for nobody", ["--min", "gane=1G"], 'unknown tenant "gane" (did you mean "game"?)'],
      ["a limit without a name", ["--min", "1G"], "allowed names: desktop, game"],
      ["memory of nobody", ["--movable", "gane"], '--movable gane: unknown tenant "gane" (did you mean "game"?)'],
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

    test("names a tenant that no group can be called after", async () => {
      const { code, err } = await replay(`dmem.max=${input.threeBuffers("x.jsonl")}`, "--capacity", "1G");
      expect(code).toBe(2);
      expect(err).toContain('"/dmem.max" is an interface file');
    });

    test("names the class that a pickle asks for", async () => {
      const { code, err } = await replay(input.write("evil.pickle", "cos\nsystem\n(S'true'\ntR."), "--capacity", "1G");
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
