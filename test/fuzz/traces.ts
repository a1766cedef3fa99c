import { readJsonlTrace } from "../../src/trace/jsonl-trace.ts";
import { readPickle } from "../../src/trace/pickle.ts";
import { parsePolicy } from "../../src/trace/policy.ts";
import { readPytorchSnapshot, VIEWS } from "../../src/trace/pytorch-snapshot.ts";
import type { Random } from "../property/random.ts";
import { pickleOf } from "../support/pickle-writer.ts";
import { mutated } from "./mutation.ts";
import type { Target } from "./target.ts";

const POLICIES = [
  'capacity: 8G\nregion: drm/0000:03:00.0/vram0\ntenants:\n  game: { low: 6G, movable: true }\n  train:\n    max: 50%\n    min: "1.5GiB"\n',
  '{"capacity": 8589934592, "tenants": {"game": {"low": "6G"}, "train": {"max": "max", "movable": false}}}',
  "tenants: {}\n",
].map((text) => Buffer.from(text));

const JSONL = [
  '{"dmemcg-trace":1,"name":"game","movable":true,"events":4}\n{"op":"alloc","id":1,"bytes":4096,"us":0}\n{"op":"alloc","id":"a","bytes":0,"place":"system","us":1.5}\n{"op":"free","id":1,"us":2}\n{"op":"free","id":"b","us":2}\n',
  '{"dmemcg-trace":1,"note":"x"}\n\n{"op":"alloc","id":-1,"bytes":9007199254740991,"place":"vram"}\n{"op":"free","id":-1}',
].map((text) => Buffer.from(text));

/** Each opcode of plain data once, in the old protocols and the new. */
const PICKLES = [
  pickleOf({ list: [1, -1, 1.5, 2n ** 70n, "text", null, true, false], nested: [[[]], {}] }),
  Buffer.from("(dp0\nS'a'\n.", "latin1"),
  Buffer.from("(lp0\nI1\naI01\naL12345678901234567890L\naF1.5\naVte\\u00e9xt\np1\nag1\na(I1\nI2\nta.", "latin1"),
  Buffer.from(
    "800595080000000000000028 4b01 4d0200 4a03000000 8a0104 85 86 87 94 6800 8f 28 4b05 90 74 2e".replace(/ /g, ""),
    "hex",
  ),
  Buffer.from(
    "80045d942843004201000000788c0178580100000079 4e888929 4700000000000000007d94284b014b0275652e".replace(/ /g, ""),
    "hex",
  ),
];

const EVENT = { action: "alloc", addr: 4096, size: 512, stream: 0, time_us: 17, frames: [] };
const SNAPSHOT = {
  segments: [],
  device_traces: [
    [
      { ...EVENT, action: "segment_alloc" },
      EVENT,
      { ...EVENT, action: "free_requested" },
      { ...EVENT, action: "free_completed", addr: 2 ** 60 },
      { ...EVENT, time_us: 18.5 },
      { ...EVENT, action: "segment_free" },
    ],
    [],
  ],
};
const SNAPSHOTS = [SNAPSHOT, { device_traces: [[EVENT], [EVENT]] }, { device_traces: [[EVENT]] }].map(pickleOf);

export const traceTargets: readonly Target[] = [
  {
    name: "policy",
    take: (random) => void parsePolicy(text(changed(random, POLICIES)), "fuzz"),
  },
  {
    name: "jsonl",
    take: (random) => void readJsonlTrace(text(changed(random, JSONL)).split("\n"), "fuzz"),
  },
  {
    name: "pickle",
    take: (random) => void readPickle(changed(random, PICKLES), "fuzz"),
  },
  {
    name: "snapshot",
    take(random) {
      const bytes = random.oneIn(2) ? changed(random, SNAPSHOTS) : pickleOf(bent(random, SNAPSHOT));
      const [view, device] = [random.pick(VIEWS) ?? "tensors", random.pick([null, 0, 1, 7]) ?? null];
      readPytorchSnapshot(bytes, { source: "fuzz", view, device });
    },
  },
];

function changed(random: Random, valid: readonly Uint8Array[]): Uint8Array {
  return mutated(random, random.pick(valid) as Uint8Array, valid);
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}

const ODD = [
  null,
  true,
  -1,
  0,
  0.5,
  2 ** 53,
  2n ** 64n,
  -(2n ** 64n),
  Number.NaN,
  Number.POSITIVE_INFINITY,
  "",
  "alloc",
  "\ud800",
  [],
  {},
];

/** The same values, here and there another one: a valid pickle of something that is not what it should be. */
function bent(random: Random, value: unknown): unknown {
  if (random.oneIn(20)) return random.pick(ODD);
  if (Array.isArray(value)) return value.map((item) => bent(random, item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (random.oneIn(30) ? [] : [[key, bent(random, item)]])),
  );
}
