import { type Command, Option } from "commander";
import type { Semantics } from "../index.ts";
import { unknownName } from "../trace/nearest.ts";
import {
  LIMIT_NAMES,
  type LimitName,
  type Policy,
  parseAmount,
  parseCapacity,
  type TenantPolicy,
} from "../trace/policy.ts";
import { VIEWS, type View } from "../trace/pytorch-snapshot.ts";
import { ORDERS, type Order } from "../trace/schedule.ts";
import { TraceError } from "../trace/trace-error.ts";
import { DEFAULT_REGION } from "./replay-plan.ts";

/** The flags as commander hands them over. */
export interface ReplayFlags {
  readonly capacity?: string;
  readonly policy?: string;
  readonly region?: string;
  readonly min?: readonly string[];
  readonly low?: readonly string[];
  readonly max?: readonly string[];
  readonly movable?: readonly string[];
  readonly order?: Order;
  readonly semantics?: Semantics;
  readonly view?: View;
  readonly device?: string;
  readonly failOnRefusal?: boolean;
  readonly json?: boolean;
  readonly progress: boolean;
}

const SEMANTICS: readonly Semantics[] = ["intended", "linux-7.3"];

const LIMIT_HELP: Readonly<Record<LimitName, string>> = {
  min: "what is never evicted of a tenant",
  low: "what is evicted of it last",
  max: "what it can have at most",
};

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export function addReplayOptions(command: Command): Command {
  command
    .argument("[traces...]", "allocation traces, NAME=PATH or PATH (the tenant is then called as the file)")
    .option("--capacity <bytes>", "size of the card, such as 8G; with traces, here or in the policy")
    .option("--policy <file>", "capacity and limits from a JSON or YAML file; flags override it");
  for (const name of LIMIT_NAMES) {
    const flag = new Option(`--${name} <[name=]amount>`, `${LIMIT_HELP[name]}; may be repeated`);
    command.addOption(flag.argParser(collect));
  }
  const movable = new Option(
    "--movable <name>",
    "a tenant whose memory can be moved to system memory; may be repeated",
  );
  return command
    .addOption(movable.argParser(collect))
    .option("--region <name>", `name of the region (default: ${DEFAULT_REGION})`)
    .addOption(
      new Option(
        "--order <order>",
        "how the tenants' events follow each other (default: clock if all traces have times, else turns)",
      ).choices(ORDERS),
    )
    .addOption(
      new Option(
        "--semantics <semantics>",
        "keep what the controller promises, or do as Linux 7.3 does (default: intended)",
      ).choices(SEMANTICS),
    )
    .addOption(new Option("--view <view>", "what of a PyTorch snapshot is replayed (default: tensors)").choices(VIEWS))
    .option("--device <number>", "GPU of a PyTorch snapshot (default: the only one with events)")
    .option("--fail-on-refusal", "exit with 3 if a request was refused")
    .option("--json", "print one JSON document, all amounts in bytes")
    .option("--no-progress", "never show a progress bar");
}

/** The number after `--device`. @throws {TraceError} if it is none */
export function parseDevice(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,6}$/.test(text))
    throw new TraceError(`--device: ${JSON.stringify(text)} is not the number of a GPU; allowed: 0, 1, ...`);
  return Number(text);
}

/**
 * The policy that the flags make up.
 *
 * @param tenants all names; a limit without a name is for the only one
 * @throws {TraceError} naming the flag: an amount that is none, a name that is missing
 */
export function policyOfFlags(flags: ReplayFlags, tenants: readonly string[]): Policy {
  const policies = new Map<string, TenantPolicy>();
  for (const name of flags.movable ?? []) {
    requireTenant(name, `--movable ${name}`, tenants);
    policies.set(name, { movable: true });
  }
  for (const limit of LIMIT_NAMES) {
    for (const value of flags[limit] ?? []) {
      const [tenant, amount] = splitLimit(value, `--${limit}`, tenants);
      policies.set(tenant, { ...policies.get(tenant), [limit]: parseAmount(amount, `--${limit} ${value}`) });
    }
  }
  return {
    ...(flags.capacity === undefined ? {} : { capacity: parseCapacity(flags.capacity, "--capacity") }),
    ...(flags.region === undefined ? {} : { region: flags.region }),
    tenants: policies,
  };
}

/** The amount follows the last `=`: a tenant's name may contain one. */
function splitLimit(value: string, flag: string, tenants: readonly string[]): [tenant: string, amount: string] {
  const equals = value.lastIndexOf("=");
  if (equals >= 0) {
    const name = value.slice(0, equals);
    requireTenant(name, `${flag} ${value}`, tenants);
    return [name, value.slice(equals + 1)];
  }
  const [only, ...others] = tenants;
  if (only !== undefined && others.length === 0) return [only, value];
  throw new TraceError(`${flag} ${value}: say for which tenant, NAME=${value}; allowed names: ${tenants.join(", ")}`);
}

function requireTenant(name: string, place: string, tenants: readonly string[]): void {
  if (!tenants.includes(name)) throw new TraceError(`${place}: ${unknownName("tenant", name, tenants)}`);
}
