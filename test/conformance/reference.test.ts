import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { pageCounterKind } from "../../conformance/page-counter-replayer.ts";
import { replay } from "../../conformance/replay.ts";
import { readDirectory } from "../../conformance/vectors.ts";
import { ReferenceCounter } from "../reference/page-counter.ts";

const fixtures = fileURLToPath(new URL("../fixtures/linux-7.3", import.meta.url));

test("the plain reference of the page counter does what Linux 7.3 does", () => {
  const kind = pageCounterKind({ PageCounter: ReferenceCounter });
  const scenarios = readDirectory(fixtures).filter(({ kind }) => ["page_counter", "protection"].includes(kind));
  const outcomes = scenarios.map((scenario) => replay(scenario, kind));
  expect(outcomes).toHaveLength(824);
  expect(
    outcomes.filter(({ verdict }) => verdict !== "passed").map(({ scenario, reason }) => [scenario.id, reason]),
  ).toEqual([]);
}, 60_000);
