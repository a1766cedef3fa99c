import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compileModel } from "./engine/model-core.ts";
import { explorerOf } from "./engine/run.ts";
import { readSchedule } from "./engine/schedule.ts";
import { PROGRAMS } from "./programs/programs.ts";
import { RACES } from "./races.ts";

const module = await compileModel();
const document = readFileSync("docs/CONCURRENCY.md", "utf8");

test.each(RACES.map((race) => [race.program, race.schedule, race.answers]))("%s: %s", (name, schedule, answers) => {
  const program = PROGRAMS.find((program) => program.name === name);
  if (program === undefined) throw new Error(`There is no program "${name}".`);
  const { explorer } = explorerOf(module, program);
  explorer.explore();
  expect(JSON.stringify(explorer.replay(readSchedule(schedule)))).toBe(answers);
  expect(document).toContain(`${name}: \`${schedule}\``);
});
