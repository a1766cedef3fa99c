import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readDirectory, type Scenario } from "../../conformance/vectors.ts";

// Runs the replayer as a user does, against the built package, over a few scenarios of every kind in one file.

const root = fileURLToPath(new URL("../..", import.meta.url));
const fixtures = readDirectory(join(root, "test/fixtures/linux-7.3"));
const folder = mkdtempSync(join(tmpdir(), "dmemcg-conformance-"));

const KINDS = ["page_counter", "protection", "memparse", "dmem"];
const TIMEOUT_MS = 60_000;

/** Three scenarios of every kind, the kinds taking turns. */
const mixed = [0, 1, 2].flatMap((turn) => KINDS.map((kind) => plain(nth(kind, turn))));

afterAll(() => rmSync(folder, { recursive: true }));

describe("over a small mixed directory", () => {
  let run: ReturnType<typeof conformance>;

  beforeAll(() => {
    run = conformance(directory("mixed", mixed));
  }, TIMEOUT_MS);

  test("ends with how many passed", () => {
    expect(run.lines.at(-1)).toBe("12 passed, 0 failed");
  });

  test("succeeds", () => {
    expect(run).toMatchObject({ status: 0, stderr: "" });
  });

  test.each(KINDS)("counts %s apart", (kind) => {
    expect(run.lines).toContainEqual(expect.stringMatching(new RegExp(`mixed\\.jsonl +${kind} +3 +0 +0$`)));
  });
});

// The canaries: what was changed has to be found, or nothing else here means anything.
test.each(KINDS)(
  "fails when one answer of a %s scenario is not what is expected",
  (kind) => {
    const changed = plain(nth(kind, 0));
    const operation = changed.ops.find(({ exp }) => exp !== undefined);
    if (operation !== undefined) operation.exp = { "no such answer": true };
    const run = conformance(directory(`answer-${kind}`, [changed, ...mixed.slice(1, 4)]));
    expect(run.status).toBe(1);
    expect(run.lines.at(-1)).toMatch(/^[0-9]+ passed, 1 failed$/);
    expect(run.stdout).toContain(`failed ${changed.id}, operation ${changed.ops.indexOf(operation ?? {})} `);
  },
  TIMEOUT_MS,
);

test.each(["page_counter", "protection", "dmem"])(
  "fails when one field of the state of a %s scenario is not what is expected",
  (kind) => {
    const changed = plain(nth(kind, 0));
    const operation = changed.ops.find(({ d }) => Object.values(d ?? {}).some((fields) => "usage" in fields));
    for (const fields of Object.values(operation?.d ?? {})) fields.usage = 12345;
    const run = conformance(directory(`state-${kind}`, [changed]));
    expect(run.status).toBe(1);
    expect(run.lines.at(-1)).toBe("0 passed, 1 failed");
    expect(run.stdout).toMatch(
      new RegExp(`failed ${changed.id}, operation [0-9]+ .*: usage of .*: expected 12345, got `),
    );
  },
  TIMEOUT_MS,
);

test(
  "fails when there is nothing to run",
  () => {
    expect(conformance(directory("nothing", []))).toMatchObject({
      status: 1,
      lines: expect.arrayContaining(["0 passed, 0 failed"]),
    });
  },
  TIMEOUT_MS,
);

describe("bad input exits with 2 and says what is wrong", () => {
  const [good] = mixed;
  const unknownKind = { ...good, kind: "misc" };
  const unknownOperation = { ...good, ops: [{ op: "freeze" }] };
  const noSuchCounter = { ...good, ops: [{ op: "charge", id: 7, n: 1 }] };
  const badAmount = { ...good, ops: [...(good?.ops.slice(0, 1) ?? []), { op: "charge", id: 0, n: -1 }] };

  const noSuchField = { ...good, ops: [{ ...good?.ops[0], d: { "0": { colour: 1 } } }] };

  test.each([
    ["a directory that is not there", () => join(folder, "absent"), /absent is not a directory/],
    ["a directory without vectors", () => emptyDirectory("empty"), /empty has no vectors/],
    ["a line that is not JSON", () => directory("broken", ["{"]), /broken\.jsonl, line 1: not JSON/],
    ["a line that is no scenario", () => directory("list", [[]]), /list\.jsonl, line 1: not a scenario/],
    ["a kind that is unknown", () => directory("kind", [unknownKind]), /unknown kind "misc"/],
    ["an operation that is unknown", () => directory("op", [unknownOperation]), /"freeze" is unknown/],
    ["an operation on what was never made", () => directory("id", [noSuchCounter]), /operation 0 .*no counter 7/],
    ["an amount that is none", () => directory("amount", [badAmount]), /operation 1 .*"n" is not a whole number/],
    ["a field that there is not", () => directory("field", [noSuchField]), /operation 0 .*"d" is not made of fields/],
  ])(
    "%s",
    (_, make, message) => {
      const run = conformance(make());
      expect(run).toMatchObject({ status: 2, stderr: expect.stringMatching(message) });
      expect(run.stdout).not.toMatch(/passed, /);
    },
    TIMEOUT_MS,
  );

  test(
    "a core that there is not",
    () => {
      expect(conformance("--core", "fast")).toMatchObject({ status: 2, stderr: expect.stringMatching(/--core fast/) });
    },
    TIMEOUT_MS,
  );
});

interface PlainOperation {
  exp?: unknown;
  d?: Record<string, Record<string, unknown>>;
}

function nth(kind: string, turn: number): Scenario {
  const scenario = fixtures.filter((each) => each.kind === kind)[turn];
  if (scenario === undefined) throw new Error(`the fixtures have no ${turn + 1} scenarios of kind ${kind}`);
  return scenario;
}

/** The scenario as its line has it, in a copy that may be changed. */
function plain({ id, kind, tags, operations }: Scenario) {
  const ops: PlainOperation[] = structuredClone(operations.map(({ json }) => json));
  return { id, kind, tags, ops };
}

function directory(name: string, lines: readonly unknown[]): string {
  const path = emptyDirectory(name);
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  writeFileSync(join(path, `${name}.jsonl`), `${text.join("\n")}\n`);
  return path;
}

function emptyDirectory(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

function conformance(...args: string[]) {
  const core = args.includes("--core") ? [] : ["--core", "release"];
  const command = ["--import", "tsx", "conformance/main.ts", ...args, ...core];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: "utf8" });
  return { status, stdout, stderr, lines: stdout.trimEnd().split("\n") };
}
