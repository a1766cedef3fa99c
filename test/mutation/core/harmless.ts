import type { Mutation } from "./mutations.ts";

/** Changes that no test can notice, by the line that they are in: what becomes of what there, and why it may. */
const HARMLESS: Readonly<Record<string, { readonly changes: readonly string[]; readonly why: string }>> = {
  "let isPeak = false;": {
    changes: ["false -> true"],
    why: "only quicker: who raises the marks compares once more",
  },
  "if (usage > load64(counter + POOL_LOCAL_PEAK)) isPeak = true;": {
    changes: ["usage > load64(counter + POOL_LOCAL_PEAK) -> true", "> -> >="],
    why: "only quicker: the same",
  },
  "if (isPeak) raisePeaks(leaf);": {
    changes: ["isPeak -> true"],
    why: "only quicker: the same",
  },
  "if (usage > load64(counter + POOL_LOCAL_PEAK) && usage <= load64(counter + POOL_MAX)) raisePeak(counter, usage);": {
    changes: [
      "usage > load64(counter + POOL_LOCAL_PEAK) && usage <= load64(counter + POOL_MAX) -> true",
      "&& -> ||",
      "> -> >=",
    ],
    why: "only quicker; usage is above max for others' charges alone, which the model checker sees",
  },
  "if (usage <= load64(below + POOL_MAX)) raisePeak(below, usage); // not what a racing charge is refused": {
    changes: ["usage <= load64(below + POOL_MAX) -> true"],
    why: "usage is above max for others' charges alone, which the model checker sees",
  },
  "return status == OK ? GONE : status; // a stamp never comes back; freed and made again is not the same": {
    changes: ["status == OK -> false"],
    why: "what it says: there is no such status",
  },
  "if (usage <= load64(counter + POOL_LOCAL_PEAK)) return;": {
    changes: ["<= -> <"],
    why: "only quicker: it stores what is there",
  },
  "if (usage > load64(counter + POOL_PEAK)) store64(counter + POOL_PEAK, usage);": {
    changes: ["> -> >="],
    why: "only quicker: the same",
  },
  "if (charged == 0) return;": {
    changes: ["charged == 0 -> false"],
    why: "only quicker: to return nothing changes nothing",
  },
  "return isCollectable(pool) ? COLLECTABLE : OK;": {
    changes: ["isCollectable(pool) -> true"],
    why: "only quicker: who collects looks again",
  },
  "return (get32(pool + POOL_STAMP) & (OFFLINE | DETACHED)) != 0 && load64(pool + POOL_USAGE) == 0;": {
    changes: ["&& -> ||", "& -> |", "0 -> (0 + 1)"],
    why: "the same",
  },
  "if (value != 0) list(pool);": {
    changes: ["value != 0 -> true"],
    why: "only quicker: what asks for nothing adds nothing",
  },
  "if ((load16(pool + POOL_FLAGS) & PROTECTION) == 0) {": {
    changes: ["(load16(pool + POOL_FLAGS) & PROTECTION) == 0 -> true"],
    why: "only quicker: nobody reads it where the flag is set",
  },
  "if (get64(pool + POOL_USAGE) > value) return BELOW_USAGE;": {
    changes: ["get64(pool + POOL_USAGE) > value -> false"],
    why: "only sooner: it is seen behind the change, too, and that taken back",
  },
  "const before = get64(pool + POOL_MAX);": {
    changes: ["+ -> -"],
    why: "read for the sake of a charge in this very moment, which the model checker sees",
  },
  "if (get64(pool + POOL_USAGE) <= value) return OK;": {
    changes: ["get64(pool + POOL_USAGE) <= value -> true"],
    why: "the same",
  },
  "put64(pool + POOL_MAX, before);": {
    changes: ["put64(pool + POOL_MAX, before); -> ;", "+ -> -"],
    why: "the same",
  },
  "const SUM_TRIES = 64;": {
    changes: ["64 -> (64 + 1)"],
    why: "how often is not exact",
  },
  "for (let tries = 0; tries < SUM_TRIES; tries++) {": {
    changes: ["0 -> (0 + 1)", "< -> <=", "tries++ -> tries--"],
    why: "the same",
  },
  "sum = 0;": {
    changes: ["sum = 0; -> ;"],
    why: "for the sake of a record that is freed in this very moment, which the model checker sees",
  },
  "if (child == 0 && get32(ARENA_VERSION) == version) break;": {
    changes: [
      ...["true", "false"].map((by) => `child == 0 && get32(ARENA_VERSION) == version -> ${by}`),
      ...["&& -> ||", "== -> !=", "0 -> (0 + 1)", "break; -> ;"],
    ],
    why: "the same, or only quicker: it is done again, and comes to the same",
  },
  "if (!recursive || parentEffective <= siblings || parentUsage <= siblings || usage <= own) return own;": {
    changes: ["<= -> <"],
    why: "only quicker: at the edge nothing is left to be shared out",
  },
  "if (parent == 0) return 0;": {
    changes: ["parent == 0 -> false", "0 -> (0 + 1)"],
    why: "whoever asks has seen that the root is above",
  },
  "if (parent == root) return load64(counter + POOL_MIN + kind);": {
    changes: ["parent == root -> false"],
    why: "only quicker: a step from a root comes to the same",
  },
  "if (parent != root) remembered(root, parent, kind);": {
    changes: ["parent != root -> true"],
    why: "only quicker: nothing is left in a root",
  },
  "let sum: u64 = 0;": {
    changes: ["0 -> (0 + 1)"],
    why: "each try begins with 0",
  },
  "if (clz(a) + clz(b) >= 64) return (a * b) / c;": {
    changes: ["clz(a) + clz(b) >= 64 -> false", ">= -> >", "64 -> (64 + 1)"],
    why: "only quicker: the other ways come to the same",
  },
  "const estimate = (<f64>a * <f64>b) / <f64>c;": {
    changes: ["/ -> *"],
    why: "only quicker: with no estimate it is done by limbs",
  },
  "if (estimate > ESTIMATE_MAX || c > DIVISOR_MAX) return mulDivLimbs(a, b, c);": {
    changes: ["estimate > ESTIMATE_MAX || c > DIVISOR_MAX -> true", "> -> >="],
    why: "only quicker: limbs come to the same",
  },
  "while (rest < 0) {": {
    changes: ["< -> <=", "0 -> (0 + 1)"],
    why: "only quicker: what is one too small is put right below",
  },
  "while (quotient > 0xffffffff || quotient * tail > ((remainder << 32) | next)) {": {
    changes: ["0xffffffff -> (4294967295 + 1)"],
    why: "a digit of 2^32 is told by the tail as well: the remainder is smaller than that then",
  },
  "if (remainder > 0xffffffff) break;": {
    changes: ["> -> >="],
    why: "no digit times the tail is above such a remainder",
  },
  "const ESTIMATE_MAX: f64 = 1125899906842624; // 2^50": {
    changes: ["1125899906842624 -> (1125899906842624 + 1)"],
    why: "a bound with room to spare",
  },
  "const DIVISOR_MAX: u64 = 1 << 61;": {
    changes: ["<< -> >>", "1 -> (1 + 1)", "61 -> (61 + 1)"],
    why: "only quicker, or a bound with room to spare",
  },
};

/** Whether this change of `text` is listed. */
export function isHarmless(text: string, { start, end, replacement }: Mutation): boolean {
  const line = text.slice(text.lastIndexOf("\n", start) + 1, text.indexOf("\n", start)).trim();
  return HARMLESS[line]?.changes.includes(`${text.slice(start, end)} -> ${replacement}`) ?? false;
}
