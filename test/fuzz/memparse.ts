import { memparse, parseCounter, parseLimit, UNLIMITED } from "../../src/cgroup/memparse.ts";
import type { Random } from "../property/random.ts";
import { mutated } from "./mutation.ts";
import { require, type Target } from "./target.ts";

const VALID = [
  "0",
  "1073741824",
  "0x7fffffff",
  "0755",
  "8G",
  "16e",
  "18446744073709551615",
  "max",
  "-1",
  "4096k",
  "",
].map((text) => Buffer.from(text));
const LARGEST = 2n ** 64n - 1n;

export const memparseTarget: Target = {
  name: "memparse",
  take(random: Random): void {
    const bytes = mutated(random, random.pick(VALID) as Uint8Array, VALID);
    const { value, end } = memparse(bytes);
    require(value >= 0n && value <= LARGEST, `${value} is no amount`);
    require(end >= 0 && end <= bytes.length && (end > 0 || value === 0n), `${end} is not within the text`);
    const pages = parseCounter(bytes, random.oneIn(2) ? "max" : "-1");
    require(pages >= 0n && pages <= UNLIMITED, `${pages} is no number of pages`);
    const limit = parseLimit(bytes);
    require(limit >= 0n && limit <= LARGEST, `${limit} is no limit`);
  },
};
