import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CLI, MiB, replay } from "../../support/command-line.ts";

const GiB = 1024 * MiB;

/** The part of the table that is about one tenant: what it says, by the first column. */
function compared(out: string, tenant: string): Record<string, string[]> {
  const [, rows = ""] = new RegExp(`^${tenant}\\n((?: {2}.*\\n)+)`, "m").exec(out) ?? [];
  const cells = rows.split("\n").map((row) => row.trim().split(/ {2,}/));
  return Object.fromEntries(cells.map(([label, ...figures]) => [label, figures]));
}

describe.skipIf(!existsSync(CLI))("dmemcg replay, the built-in scenario", () => {
  test("shows the experiment without and with protection, next to what was published", async () => {
    const { code, out, err } = await replay();
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/tenant +without protection +published +with protection +published\n/);
    expect(compared(out, "game")).toMatchObject({
      "in VRAM": ["6 GiB", "7.0 GiB"],
      "in system memory": ["1.6 GiB", "1.6 GiB", "650 MiB", "650 MiB"],
      evicted: ["0 buffers", "0 buffers"],
      moved: ["0 bytes", "0 bytes"],
      refused: ["0 requests", "0 requests"],
    });
    expect(Object.keys(compared(out, "desktop"))).toEqual(expect.arrayContaining(["in VRAM", "evicted", "moved"]));
  });

  test("says where its figures come from", async () => {
    const { out } = await replay();
    expect(out).toContain("https://pixelcluster.github.io/VRAM-Mgmt-fixed");
    for (const kind of ["published", "derived", "made up"]) expect(out).toContain(`  ${kind}`);
  });

  test("puts 1.6 GiB of the game outside of VRAM without protection, and evicts nothing", async () => {
    const { unprotected } = JSON.parse((await replay("--json")).out);
    const [desktop, game] = unprotected.tenants;
    expect(game).toMatchObject({ low: 0, charged: 6 * GiB, inSystem: 1638 * MiB });
    expect(game.requests.inSystem).toMatchObject({ asked: { bytes: 650 * MiB }, noRoom: { bytes: 988 * MiB } });
    expect(desktop).toMatchObject({ charged: 2 * GiB, inSystem: 0, evicted: { buffers: 0 } });
  });

  test("puts only the game's own 650 MiB there with low, and evicts the desktop for the rest", async () => {
    const { tenants } = JSON.parse((await replay("--json")).out);
    const [desktop, game] = tenants;
    expect(game).toMatchObject({ low: 7132 * MiB, charged: 7132 * MiB, inSystem: 650 * MiB });
    expect(game.requests.inSystem).toMatchObject({ asked: { bytes: 650 * MiB }, noRoom: { bytes: 0 } });
    expect(desktop.charged + desktop.inSystem).toBe(2 * GiB);
    expect(desktop.evicted.bytes).toBeGreaterThanOrEqual(988 * MiB);
    expect(desktop.evicted.bytes).toBeLessThan(988 * MiB + 16 * MiB);
    expect(desktop.moved).toEqual(desktop.evicted);
  });

  test("gives the same output every time", async () => {
    const [first, second] = await Promise.all([replay(), replay()]);
    expect(first.out).toBe(second.out);
  });

  test("takes flags, and takes protection only away for the comparison", async () => {
    const { out } = await replay("--json", "--capacity", "16G", "--max", "desktop=1G", "--min", "desktop=5%");
    const { card, tenants, unprotected } = JSON.parse(out);
    expect(card.max).toBe(16 * GiB);
    expect(tenants[0]).toMatchObject({ name: "desktop", max: GiB, charged: GiB, inSystem: GiB });
    expect(tenants[1].inSystem).toBe(650 * MiB);
    expect(tenants[0].min).toBeGreaterThan(0);
    expect(unprotected.tenants[0]).toMatchObject({ min: 0, max: GiB, charged: GiB });
  });

  test("comes out the same with the semantics of Linux 7.3", async () => {
    const { semantics, tenants, unprotected } = JSON.parse((await replay("--json", "--semantics", "linux-7.3")).out);
    expect(semantics).toBe("linux-7.3");
    expect(tenants[1].inSystem).toBe(650 * MiB);
    expect(unprotected.tenants[1].inSystem).toBe(1638 * MiB);
  });
});
