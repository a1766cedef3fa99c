import { expect } from "vitest";
import type { Dmem, Pool, Ticket } from "../../src/index.ts";
import { compareAnswers, compareState, compareTwoAnswers } from "./comparison.ts";
import { Handles } from "./handles.ts";
import type { Model, ModelGroup, ModelRegion } from "./model.ts";
import type { ModelPool, ModelTicket } from "./model-pool.ts";
import { AGENTS, type Operation, type PoolOperation } from "./operations.ts";
import { expectOutcome, outcome } from "./outcome.ts";

/**
 * Does everything twice, in the arena and in the model, and compares each answer and after each operation the state.
 */
export class Player {
  readonly #observer: Dmem;
  readonly #model: Model;
  readonly #agents: Handles[];
  readonly #tickets = new Map<ModelTicket, Ticket>();

  constructor(observer: Dmem, model: Model) {
    this.#observer = observer;
    this.#model = model;
    this.#agents = Array.from({ length: AGENTS }, () => new Handles(observer, model));
  }

  play(operation: Operation): void {
    const handles = this.#agents[operation.agent];
    if (handles !== undefined) this.#do(operation, handles);
    for (const [index, agent] of this.#agents.entries()) compareState(agent, this.#model, index);
  }

  /** All agents go, and with them all that they hold. */
  end(): void {
    for (const index of this.#agents.keys()) this.#detach(index);
    for (const { group, usage } of this.#model.pools) expect([group.path, usage]).toEqual([group.path, 0n]);
  }

  #do(operation: Operation, agent: Handles): void {
    const { groups, regions, pools, tickets } = this.#model;
    switch (operation.op) {
      case "mkdir":
        this.#mkdir(agent, chosen(groups, operation.group), operation.name);
        break;
      case "rmdir":
        this.#rmdir(agent, chosen(groups, operation.group));
        break;
      case "register":
        this.#register(agent, operation.name);
        break;
      case "unregister":
        this.#unregister(agent, chosen(regions, operation.region));
        break;
      case "adopt":
        this.#adopt(operation.agent, chosen(pools, operation.pool), chosen(tickets, operation.ticket));
        break;
      case "ask":
        this.#ask(agent, operation);
        break;
      case "askTwice":
        this.#askTwice(agent, operation);
        break;
      case "reattach":
        this.#reattach(operation.agent);
        break;
      default:
        this.#onPool(operation, chosen(pools, operation.pool));
    }
    for (const each of this.#agents) each.add(this.#model);
  }

  #mkdir(agent: Handles, parent: ModelGroup | undefined, name: string): void {
    const handle = parent && agent.groups.get(parent);
    if (parent === undefined || handle === undefined) return;
    const group = this.#model.mkdir(parent, name);
    expectOutcome(() => handle.mkdir(name).path, typeof group === "string" ? group : group.path);
  }

  #rmdir(agent: Handles, group: ModelGroup | undefined): void {
    const handle = group && agent.groups.get(group);
    if (group !== undefined && handle !== undefined) expectOutcome(() => handle.rmdir(), this.#model.rmdir(group));
  }

  #register(agent: Handles, name: string): void {
    const region = this.#model.register(name);
    const expected = typeof region === "string" ? region : region.name;
    expectOutcome(() => agent.dmem.registerRegion(name, { size: 1 }).name, expected);
  }

  #unregister(agent: Handles, region: ModelRegion | undefined): void {
    const handle = region && agent.regions.get(region);
    if (region === undefined || handle === undefined) return;
    expectOutcome(() => handle.unregister(), this.#model.unregister(region));
  }

  #ask(agent: Handles, { pool, other, ignoreLow }: Extract<Operation, { op: "ask" }>): void {
    const [one, two] = [chosen(this.#model.pools, pool), chosen(this.#model.pools, other)];
    if (one !== undefined && two !== undefined) compareAnswers(agent, one, two, ignoreLow);
  }

  #askTwice(agent: Handles, { pool, other, questions }: Extract<Operation, { op: "askTwice" }>): void {
    const [one, two] = [chosen(this.#model.pools, pool), chosen(this.#model.pools, other)];
    if (one !== undefined && two !== undefined) compareTwoAnswers(agent, one, two, questions);
  }

  #reattach(index: number): void {
    this.#detach(index);
    this.#agents[index] = new Handles(this.#observer, this.#model);
  }

  #detach(index: number): void {
    this.#returnNested(index);
    this.#agents[index]?.dmem.dispose();
    this.#model.forget(index);
  }

  /**
   * Returns what an agent holds of retired pools, if they lie above each other: where others have returned too much, it
   * matters in which order that is done, and no order is promised.
   */
  #returnNested(index: number): void {
    const retired = this.#model.pools.filter((pool) => !pool.live && !pool.gone && pool.isUsedBy(index));
    if (!retired.some((pool) => pool.path.some((above) => above !== pool && retired.includes(above)))) return;
    for (const pool of retired) this.#returnAll(index, pool);
  }

  #returnAll(agent: number, pool: ModelPool): void {
    for (const ticket of pool.tickets) if (ticket.giver === agent && ticket.open) this.#adopt(agent, pool, ticket);
    for (let held = pool.heldBy(agent); held > 0n; held = pool.heldBy(agent)) {
      const bytes = Math.min(Number(held), Number.MAX_SAFE_INTEGER);
      expectOutcome(() => this.#agents[agent]?.pools.get(pool)?.uncharge(bytes), pool.uncharge(agent, BigInt(bytes)));
      expect(pool.heldBy(agent)).toBeLessThan(held); // a model of which nothing goes would have it go on for ever
    }
  }

  #adopt(agent: number, pool: ModelPool | undefined, ticket: ModelTicket | undefined): void {
    const handle = pool && this.#agents[agent]?.pools.get(pool);
    const number = ticket && this.#tickets.get(ticket);
    if (pool === undefined || handle === undefined || ticket === undefined || number === undefined) return;
    expectOutcome(() => handle.adopt(number), pool.adopt(agent, ticket));
  }

  #onPool(operation: PoolOperation, pool: ModelPool | undefined): void {
    const { agent, op, bytes } = operation;
    const handle = pool && this.#agents[agent]?.pools.get(pool);
    if (pool === undefined || handle === undefined) return;
    if (op === "limit") {
      const set = () => void Object.assign(handle, { [operation.limit]: bytes });
      expectOutcome(set, pool.setLimit(operation.limit, bytes));
    } else if (op === "tryCharge") this.#tryCharge(handle, pool, operation);
    else if (op === "handOver") this.#handOver(handle, pool, operation);
    else expectOutcome(() => handle[op](bytes), pool[op](agent, BigInt(bytes)));
  }

  #tryCharge(handle: Pool, pool: ModelPool, { agent, bytes }: PoolOperation): void {
    const full = pool.tryCharge(agent, BigInt(bytes));
    const expected = full === null || typeof full === "string" ? full : this.#agents[agent]?.pools.get(full);
    const answer = outcome(() => handle.tryCharge(bytes));
    expect([String(answer), answer === expected]).toEqual([String(expected), true]);
  }

  #handOver(handle: Pool, pool: ModelPool, { agent, bytes }: PoolOperation): void {
    const ticket = pool.handOver(agent, BigInt(bytes));
    if (typeof ticket === "string") {
      expectOutcome(() => handle.handOver(bytes), ticket);
      return;
    }
    this.#model.tickets.push(ticket);
    this.#tickets.set(ticket, handle.handOver(bytes));
  }
}

function chosen<T>(list: readonly T[], index: number): T | undefined {
  return list[index % list.length];
}
