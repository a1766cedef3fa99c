/** Tells agents that are still there from those that ended without detaching. */
export interface Liveness {
  /** Shows that this agent is there, until it releases that or ends. `false`: somebody else shows it still. */
  claim(agent: number): boolean;
  release(agent: number): void;
  /** Whether somebody shows that this agent is there. One that is merely stopped is. */
  isAlive(agent: number): boolean;
}
