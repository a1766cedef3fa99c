import { BUSY, COLLECTABLE, OK } from "../../../assembly/abi.ts";
import { REFUSAL } from "./access.ts";
import { Agent } from "./agent.ts";
import type { Group, Pool } from "./world.ts";

/** What an agent does in a program's script, as the library does it. Each call is noted with what it came to. */
export class Tenant extends Agent {
  /** Charges if the limits allow it, and notes whether they did. */
  tryCharge(account: number, pool: Pool, bytes: number): boolean {
    if (this.actor.isAtomic && this.whole(() => this.access(REFUSAL, 0)) === 1) {
      this.answer("refused");
      return false;
    }
    const result = this.waitOut(() => this.call.tryCharge(account, pool.stamp, bytes));
    this.answer(result === OK ? "charged" : result > 0 ? "refused" : "gone"); // group, region or both
    return result === OK;
  }

  /** Returns what is held, and collects the pool if nobody needs it any more. */
  uncharge(account: number, pool: Pool, bytes: number): void {
    const result = this.waitOut(() => this.call.uncharge(account, pool.stamp, bytes));
    this.answer(result < 0 ? result : "returned");
    if (result === COLLECTABLE) this.waitOut(() => this.call.collect(this.id, pool.id));
  }

  /** Charges whatever the limits say. */
  charge(account: number, pool: Pool, bytes: number): void {
    this.#note(this.waitOut(() => this.call.charge(account, pool.stamp, bytes)));
  }

  setMax(pool: Pool, max: number): void {
    this.#note(this.waitOut(() => this.call.setMax(this.id, pool.id, pool.stamp, BigInt(max))));
  }

  /** @returns whether it could be lowered: usage is not above */
  lowerMax(pool: Pool, max: number): boolean {
    const result = this.waitOut(() => this.call.lowerMax(this.id, pool.id, pool.stamp, BigInt(max)));
    this.#note(result);
    return result === OK;
  }

  setMin(pool: Pool, min: number): void {
    this.#note(this.waitOut(() => this.call.setMin(this.id, pool.id, pool.stamp, BigInt(min))));
  }

  setLow(pool: Pool, low: number): void {
    this.#note(this.waitOut(() => this.call.setLow(this.id, pool.id, pool.stamp, BigInt(low))));
  }

  effectiveMin(root: Pool, pool: Pool): number {
    return this.#note(this.call.effectiveProtection(root.id, pool.id, false));
  }

  /** @returns the new group; its answer is not the id, as which slot it has does not matter */
  mkdir(parent: Group, name: string): Group | null {
    const length = this.layDown(name);
    const id = this.waitOut(() => this.call.createCgroup(this.id, parent.id, parent.generation, length));
    this.answer(id < 0 ? id : "made");
    return id < 0 ? null : this.group(id);
  }

  rmdir(group: Group): void {
    this.#note(this.waitOut(() => this.call.removeCgroup(this.id, group.id, group.generation)));
  }

  find(parent: Group, name: string): void {
    const length = this.layDown(name);
    this.#note(this.waitOut(() => this.call.findCgroup(this.id, parent.id, parent.generation, length)));
  }

  /** Hands the controller to the children of a group, or takes it away. */
  delegate(group: Group, on: boolean): void {
    this.#note(this.waitOut(() => this.call.delegate(this.id, group.id, group.generation, on)));
  }

  registerRegion(name: string): void {
    const length = this.layDown(name);
    const id = this.waitOut(() => this.call.registerRegion(this.id, length, 2 ** 30));
    this.answer(id < 0 ? id : "registered");
  }

  unregisterRegion(region: Group): void {
    this.#note(this.waitOut(() => this.call.unregisterRegion(this.id, region.id, region.generation)));
  }

  /** The pool of a group for a region, made on first need. `incarnation`: the group's state that is meant. */
  pool(group: Group, region: Group, incarnation = 0): Pool | null {
    const { id, generation } = group;
    const pool = this.waitOut(() =>
      this.call.createPool(this.id, id, generation, incarnation, region.id, region.generation),
    );
    this.answer(pool < 0 ? pool : "made");
    return pool < 0 ? null : this.poolAt(pool);
  }

  account(pool: Pool): number {
    const account = this.waitOut(() => this.call.openAccount(this.id, pool.id));
    this.answer(account < 0 ? account : "opened");
    return account;
  }

  /** @returns the ticket */
  handOver(account: number, pool: Pool, bytes: number): number {
    return this.#note(this.waitOut(() => this.call.handOver(this.id, account, pool.stamp, bytes)));
  }

  adopt(account: number, pool: Pool, ticket: { id: number; generation: number }): number {
    return this.#note(this.waitOut(() => this.call.adopt(this.id, account, pool.stamp, ticket.id, ticket.generation)));
  }

  /** To the slot that it had. */
  attach(): void {
    this.#note(this.waitOut(() => this.call.attach(this.id, 1, this.id)));
  }

  detach(): void {
    this.#note(this.waitOut(() => this.call.detach(this.id, 0)));
  }

  held(account: number, pool: Pool): number {
    return this.#note(this.call.held(account, pool.stamp));
  }

  #note(result: number): number {
    if (result === BUSY) throw new Error("busy, and not waited for");
    this.answer(result);
    return result;
  }
}
