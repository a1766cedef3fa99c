import { expect, test } from "vitest";
import { dmemKind } from "../../../conformance/dmem-replayer.ts";
import { pageCounterKind } from "../../../conformance/page-counter-replayer.ts";
import { replay } from "../../../conformance/replay.ts";
import type { Subject } from "../../../conformance/subject.ts";
import { readDirectory } from "../../../conformance/vectors.ts";
import * as library from "../../../src/index.ts";
import { PageCounter } from "../../../src/page-counter/index.ts";

const subject = { ...library, PageCounter } as unknown as Subject;
const counter = pageCounterKind(subject);
const KINDS = new Map([
  ["page_counter", counter],
  ["protection", counter],
  ["dmem", dmemKind(subject)],
]);
const scenarios = readDirectory("test/fixtures/linux-7.3");

test.each([...KINDS])("does with %s what Linux 7.3 did", (name, kind) => {
  const outcomes = scenarios.filter((scenario) => scenario.kind === name).map((scenario) => replay(scenario, kind));
  expect(outcomes.filter(({ verdict }) => verdict === "failed").map(({ reason }) => reason)).toEqual([]);
});
