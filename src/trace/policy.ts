import { parseDocument } from "yaml";
import { isBytes, show } from "../core/bytes.ts";
import { unknownName } from "./nearest.ts";
import { parseSize, SIZE_FORMS, type Size, sizeInBytes } from "./size.ts";
import { TraceError } from "./trace-error.ts";

/** The limits that a policy sets, by their names in the interface files (`dmem.min` ...). */
export type LimitName = "min" | "low" | "max";
export const LIMIT_NAMES: readonly LimitName[] = ["min", "low", "max"];

export type TenantPolicy = { readonly [Name in LimitName]?: Size } & {
  /** Whether the tenant's memory may be moved to system memory when others need the card. */
  readonly movable?: boolean;
};

/** How a card is shared. What is left out is not said, and comes from elsewhere: a flag, another policy, a default. */
export interface Policy {
  /** Bytes, at least 1. */
  readonly capacity?: number;
  readonly region?: string;
  readonly tenants: ReadonlyMap<string, TenantPolicy>;
}

export const NO_POLICY: Policy = { tenants: new Map() };
export const MAX_POLICY_BYTES = 65_536;

/** A policy needs three levels. */
const MAX_NESTING = 16;
const DEEP_LINE = new RegExp(`(?:[-?:][ \\t]+){${MAX_NESTING + 1}}`);

const FIELDS = ["capacity", "region", "tenants"];
const TENANT_FIELDS = [...LIMIT_NAMES, "movable"];

/**
 * Reads a policy from JSON or YAML. docs/TRACES.md has the fields.
 *
 * @param source what the errors call the input, usually its path
 * @throws {TraceError} naming the field: no JSON or YAML, an unknown field, a value that is not allowed
 */
export function parsePolicy(text: string, source: string): Policy {
  const top = asFields(parseYaml(text, source), source);
  checkNames(top, FIELDS, source);
  const tenants = new Map<string, TenantPolicy>();
  for (const [name, value] of asFields(top.get("tenants") ?? new Map(), `${source}: tenants`)) {
    tenants.set(name, parseTenant(value, `${source}: tenants.${name}`));
  }
  const [capacity, region] = [top.get("capacity"), top.get("region")];
  if (region !== undefined && typeof region !== "string")
    throw new TraceError(`${source}: region: ${show(region)} is not a text`);
  return {
    ...(capacity === undefined ? {} : { capacity: parseCapacity(capacity, `${source}: capacity`) }),
    ...(region === undefined ? {} : { region }),
    tenants,
  };
}

/**
 * Reads the size of a card: a number of bytes, or a text such as `8G`.
 *
 * @param place what the errors call the value
 * @throws {TraceError} if it is no amount, a share, `max`, or 0
 */
export function parseCapacity(value: unknown, place: string): number {
  const size = readSize(value);
  if (size?.unit === "bytes" && size.bytes > 0) return size.bytes;
  throw new TraceError(`${place}: ${show(value)} is no capacity; allowed: 1 byte to 2^53-1, such as 8589934592 or 8G`);
}

/**
 * Reads a limit: a number of bytes, or a text that {@link parseSize} takes.
 *
 * @throws {TraceError} naming the `place`
 */
export function parseAmount(value: unknown, place: string): Size {
  const size = readSize(value);
  if (size !== null) return size;
  throw new TraceError(`${place}: ${show(value)} is not an amount; allowed: ${SIZE_FORMS}`);
}

function readSize(value: unknown): Size | null {
  if (isBytes(value)) return { unit: "bytes", bytes: value };
  return typeof value === "string" ? parseSize(value) : null;
}

/** `base` where `override` says nothing, field by field. */
export function overridePolicy(base: Policy, override: Policy): Policy {
  const tenants = new Map(base.tenants);
  for (const [name, tenant] of override.tenants) tenants.set(name, { ...tenants.get(name), ...tenant });
  return { ...base, ...override, tenants };
}

/** The limits of one tenant in bytes, `Infinity` for none; by default no protection and no limit. */
export function limitsInBytes(limits: TenantPolicy, capacity: number): Record<LimitName, number> {
  const inBytes = (size: Size | undefined, unset: number): number =>
    size === undefined ? unset : sizeInBytes(size, capacity);
  return {
    min: inBytes(limits.min, 0),
    low: inBytes(limits.low, 0),
    max: inBytes(limits.max, Number.POSITIVE_INFINITY),
  };
}

function parseTenant(value: unknown, place: string): TenantPolicy {
  const fields = asFields(value, place);
  checkNames(fields, TENANT_FIELDS, place);
  const entries = [...fields].map(([name, value]) => {
    const parse = name === "movable" ? parseSwitch : parseAmount;
    return [name, parse(value, `${place}.${name}`)];
  });
  return Object.fromEntries(entries);
}

function parseSwitch(value: unknown, place: string): boolean {
  if (typeof value === "boolean") return value;
  throw new TraceError(`${place}: ${show(value)} is neither; allowed: true, false`);
}

/**
 * JSON is read as the YAML that it is. Keys are texts of a `Map`; aliases are refused, they could multiply a small
 * file.
 */
function parseYaml(text: string, source: string): unknown {
  if (text.length > MAX_POLICY_BYTES)
    throw new TraceError(`${source}: longer than ${MAX_POLICY_BYTES} characters, which is the limit`);
  checkNesting(text, source);
  try {
    const document = parseDocument(text, { logLevel: "silent", prettyErrors: true, stringKeys: true });
    if (document.errors[0] !== undefined) throw document.errors[0];
    return document.toJS({ mapAsMap: true, maxAliasCount: 0 });
  } catch (error) {
    const [sentence] = (error as Error).message.split("\n");
    throw new TraceError(`${source}: no valid JSON or YAML: ${sentence?.replace(/:$/, "")}`);
  }
}

/**
 * The YAML library goes down once for each level, and V8 may abort the process, not only throw, where the stack ends.
 * So the depth is bounded beforehand: that of brackets, whether or not they are quoted, and of `- - -` within a line.
 * Indentation needs no bound of its own, as n levels of it take n * n / 2 characters.
 */
function checkNesting(text: string, source: string): void {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    if (depth > MAX_NESTING)
      throw new TraceError(`${source}: brackets more than ${MAX_NESTING} deep, which is the limit`);
  }
  if (DEEP_LINE.test(text))
    throw new TraceError(`${source}: a line with lists more than ${MAX_NESTING} deep, which is the limit`);
}

function asFields(value: unknown, place: string): ReadonlyMap<string, unknown> {
  if (value instanceof Map) return value;
  throw new TraceError(
    `${place}: ${value === null ? "empty" : show(value)}; allowed: fields, such as capacity: 8G or {"min": "1G"}`,
  );
}

function checkNames(fields: ReadonlyMap<string, unknown>, allowed: readonly string[], place: string): void {
  for (const name of fields.keys()) {
    if (!allowed.includes(name)) throw new TraceError(`${place}: ${unknownName("field", name, allowed)}`);
  }
}
