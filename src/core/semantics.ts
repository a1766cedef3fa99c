import {
  RULE_ANY_REGION_NAME,
  RULE_CHARGE_WRAPS,
  RULE_EMPTY_RECLAIM_REPEATS,
  RULE_EVICTOR_PAYS,
  RULE_HOPELESS_REQUEST_EVICTS,
  RULE_QUERIES_REMEMBER,
  RULE_REFUSED_CHARGE_RAISES_PEAK,
  RULE_ROOT_LIMIT_IGNORES_PROTECTION,
  RULE_UNCHARGE_CLAMPS,
} from "../../assembly/abi.ts";
import { show } from "./bytes.ts";
import { rangeError } from "./errors.ts";

/**
 * `"linux-7.3"` behaves as Linux 7.3 does, to the byte, also where that contradicts what the controller promises;
 * `"intended"` keeps the promise. Each difference is a rule, told in docs/LINUX.md.
 */
export type Semantics = "intended" | "linux-7.3";

/** Everything in which the two differ. Code asks for a rule, never for the mode. */
export const LINUX_RULES =
  RULE_ROOT_LIMIT_IGNORES_PROTECTION |
  RULE_REFUSED_CHARGE_RAISES_PEAK |
  RULE_UNCHARGE_CLAMPS |
  RULE_CHARGE_WRAPS |
  RULE_QUERIES_REMEMBER |
  RULE_EMPTY_RECLAIM_REPEATS |
  RULE_EVICTOR_PAYS |
  RULE_HOPELESS_REQUEST_EVICTS |
  RULE_ANY_REGION_NAME;

export function rulesOf(semantics: Semantics): number {
  if (semantics === "intended") return 0;
  if (semantics === "linux-7.3") return LINUX_RULES;
  throw rangeError(`semantics is "intended" or "linux-7.3", not ${show(semantics)}.`);
}

export function semanticsOf(rules: number): Semantics {
  return rules === 0 ? "intended" : "linux-7.3";
}
