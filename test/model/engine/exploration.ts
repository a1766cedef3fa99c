import type { Access } from "./access.ts";
import type { Actor, Answers, Saved } from "./actor.ts";
import { mix } from "./words.ts";
import type { World } from "./world.ts";

/**
 * One move of a schedule: that agent goes on, its oldest store is seen, it dies, or its charge is refused without a
 * reason.
 */
export interface Move {
  readonly actor: number;
  readonly kind: "step" | "flush" | "death" | "refusal";
}

/** What a search found. */
export interface Exploration {
  readonly states: number;
  /** How many ways lead through them. */
  readonly schedules: number;
  readonly moves: number;
  readonly sharedWords: number;
  /** The answers of all agents, as text, and a schedule that leads there. */
  readonly outcomes: ReadonlyMap<string, readonly Move[]>;
}

/** Far more than any program needs. */
const MOVES_MAX = 1000;

/** What was explored took a word for one agent's own that is shared. */
class Discovery extends Error {}

/** A schedule that ended in what must not be. */
export class Failure extends Error {
  readonly moves: readonly Move[];

  constructor(message: string, moves: readonly Move[], cause?: unknown) {
    super(message, { cause });
    this.moves = moves;
  }
}

/**
 * Runs every schedule of a program: depth first, each state once. A state is the arena's contents and where each agent
 * stands, which is what it has read since its last call began and what its calls came to.
 */
export class Explorer {
  readonly #world: World;
  readonly #check: (answers: readonly Answers[]) => void;
  readonly #isAtomic: boolean;
  readonly #preemptions: number;
  readonly #visited = new Map<number, number>();
  readonly #path: Move[] = [];
  #moves = 0;
  #outcomes = new Map<string, readonly Move[]>();

  constructor(
    world: World,
    { check, isAtomic = false }: { check: (answers: readonly Answers[]) => void; isAtomic?: boolean },
  ) {
    this.#world = world;
    this.#check = check;
    this.#isAtomic = isAtomic;
    this.#preemptions = world.program.preemptions ?? Number.POSITIVE_INFINITY;
  }

  /** Until no word turns out to be shared that was not known to be. */
  explore(): Exploration {
    const { words, actors } = this.#world;
    const start = words.mark();
    const initial = actors.map((actor) => actor.save());
    for (;;) {
      try {
        return this.#round();
      } catch (error) {
        if (!(error instanceof Discovery)) throw error;
      } finally {
        words.rewind(start);
        for (const [index, actor] of actors.entries()) actor.restore(initial[index] as Saved);
      }
    }
  }

  #round(): Exploration {
    this.#begin();
    const schedules = this.#visit(-1, 0);
    return {
      states: this.#visited.size,
      schedules,
      moves: this.#moves,
      sharedWords: this.#world.sharing.words,
      outcomes: this.#outcomes,
    };
  }

  #begin(): void {
    this.#world.sharing.isNew = false;
    this.#world.sharing.running = 0xff;
    this.#visited.clear();
    this.#outcomes = new Map();
    this.#path.length = 0;
    this.#moves = 0;
    for (const actor of this.#world.actors) {
      actor.isAtomic = this.#isAtomic;
      actor.begin();
      if (this.#world.sharing.isNew) throw new Discovery();
    }
  }

  /**
   * Runs one schedule, then whatever is possible to the end, and calls back before each move. Which words are shared
   * must have been found out.
   *
   * @returns what the agents' calls came to
   */
  replay(moves: readonly Move[], before: (move: Move, access: Access | null) => void = () => {}): readonly Answers[] {
    const { actors } = this.#world;
    this.#begin();
    const move = (next: Move) => {
      const actor = actors[next.actor] as Actor;
      before(next, next.kind === "flush" ? (actor.stores[0] ?? null) : actor.next);
      this.#move(next);
    };
    for (const next of moves) move(next);
    for (let next = this.#possible()[0]; next !== undefined && next.kind !== "death"; next = this.#possible()[0])
      move(next);
    this.#end();
    return actors.map((actor) => actor.answers);
  }

  /** @returns how many schedules begin in the present state */
  #visit(last: number, preemptions: number): number {
    const key = this.#key(last, preemptions);
    const known = this.#visited.get(key);
    if (known !== undefined) return known;
    if (this.#path.length > MOVES_MAX) throw this.#failure("it does not come to an end");
    const { words, actors } = this.#world;
    const moves = this.#possible();
    const mark = words.mark();
    let schedules = 0;
    for (const move of moves) {
      const isPreemption = move.kind === "step" && last >= 0 && move.actor !== last && actors[last]?.isReady(actors);
      const spent = preemptions + (isPreemption ? 1 : 0);
      if (spent > this.#preemptions) continue;
      const saved = actors.map((actor) => actor.save());
      this.#path.push(move);
      this.#moves++;
      this.#move(move);
      schedules += this.#visit(move.kind === "step" ? move.actor : last, spent);
      this.#path.pop();
      words.rewind(mark);
      for (const [index, actor] of actors.entries()) actor.restore(saved[index] as Saved);
    }
    if (!moves.some(({ kind }) => kind !== "death")) {
      this.#end();
      schedules++;
    }
    this.#visited.set(key, schedules);
    return schedules;
  }

  #possible(): Move[] {
    const { actors, program } = this.#world;
    const moves: Move[] = [];
    for (const actor of actors) {
      if (actor.isReady(actors)) moves.push({ actor: actor.id, kind: "step" });
      if (actor.isRefusable && program.answers === "refusals") moves.push({ actor: actor.id, kind: "refusal" });
      if (actor.hasStores) moves.push({ actor: actor.id, kind: "flush" });
    }
    if (moves.length === 0) {
      for (const actor of actors) if (actor.isYielding) moves.push({ actor: actor.id, kind: "step" });
    }
    if (!actors.some(({ state }) => state === "dead")) {
      for (const id of program.mortals ?? []) moves.push({ actor: id, kind: "death" });
    }
    return moves;
  }

  #move({ actor: id, kind }: Move): void {
    const { actors } = this.#world;
    const actor = actors[id] as Actor;
    this.#world.sharing.running = actors.reduce((mask, { isRunning, id }) => (isRunning ? mask | (1 << id) : mask), 0);
    try {
      if (kind === "death") actor.die();
      else if (kind === "flush") actor.flush();
      else {
        actor.isRefused = kind === "refusal";
        actor.step();
      }
    } catch (error) {
      throw this.#failure(error);
    }
    if (this.#world.sharing.isNew) throw new Discovery();
    for (const other of actors) if (other !== actor) other.notice();
  }

  /** Nobody can do anything any more. */
  #end(): void {
    const { actors } = this.#world;
    const answers = actors.map((actor) => actor.answers);
    const stuck = actors.filter((actor) => actor.state !== "ended" && actor.state !== "dead" && !actor.isIdle);
    try {
      if (stuck.length > 0) throw new Error(`agent ${stuck.map(({ id }) => id + 1)} waits for ever`);
      const mark = this.#world.words.mark();
      this.#check(answers);
      this.#world.words.rewind(mark);
    } catch (error) {
      throw this.#failure(error);
    }
    const outcome = JSON.stringify(answers);
    if (!this.#outcomes.has(outcome)) this.#outcomes.set(outcome, [...this.#path]);
  }

  #failure(error: unknown): Failure {
    const message = error instanceof Error ? error.message : String(error);
    return new Failure(message, [...this.#path], error);
  }

  #key(last: number, preemptions: number): number {
    const { words, actors } = this.#world;
    let { hash0, hash1 } = words;
    if (this.#preemptions !== Number.POSITIVE_INFINITY) {
      hash0 = mix(hash0, last + 1 + preemptions * 8, 0x2545f491);
      hash1 = mix(hash1, last + 1 + preemptions * 8, 0x2545f491);
    }
    for (const actor of actors) {
      hash0 = mix(hash0, actor.hash0 ^ actor.condition, 0x9e3779b1);
      hash1 = mix(hash1, actor.hash1 ^ actor.condition, 0x85ebca6b);
      for (const { address, value } of actor.stores) {
        hash0 = mix(hash0 ^ address, value | 0, 0x9e3779b1);
        hash1 = mix(hash1 ^ address, value | 0, 0x85ebca6b);
      }
    }
    return (hash0 >>> 0) * 2 ** 21 + (hash1 >>> 11);
  }
}
