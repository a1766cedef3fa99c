/** What the module offers. A number is a 32-bit integer or an f64, a bigint a 64-bit integer. Statuses are negative. */
export interface CoreExports {
  attach(agent: number, process: number, thread: number): number;
  detach(agent: number, generation: number): number;
  takeOver(agent: number, token: number): number;
  recover(agent: number, dead: number, generation: number): number;
  postpone(): void;

  openAccount(agent: number, pool: number): number;
  renewAccount(account: number): number;
  /** Amounts below 2^32; the others go through the large doors. */
  tryCharge(account: number, stamp: number, bytes: number): number;
  tryChargeLarge(account: number, stamp: number, bytes: number): number;
  charge(account: number, stamp: number, bytes: number): number;
  uncharge(account: number, stamp: number, bytes: number): number;
  unchargeLarge(account: number, stamp: number, bytes: number): number;
  held(account: number, stamp: number): number;
  handOver(agent: number, account: number, stamp: number, bytes: number): number;
  adopt(agent: number, account: number, stamp: number, ticket: number, generation: number): number;

  keepStock(agent: number, account: number, batch: number): number;
  tryChargeAhead(account: number, stamp: number, bytes: number): number;
  unchargeAhead(account: number, stamp: number, bytes: number): number;
  shelve(account: number): number;
  stockOf(agent: number, pool: number): number;
  mightFit(agent: number, pool: number, bytes: number): number;
  gatherStock(agent: number, pool: number): number;
  need(agent: number, isNeeded: boolean): number;

  createRoot(): number;
  createCgroup(agent: number, parent: number, generation: number, nameLength: number): number;
  findCgroup(agent: number, parent: number, generation: number, nameLength: number): number;
  removeCgroup(agent: number, cgroup: number, generation: number): number;
  cgroupCondition(cgroup: number, generation: number): number;
  delegate(agent: number, cgroup: number, generation: number, on: boolean): number;

  registerRegion(agent: number, nameLength: number, size: number): number;
  unregisterRegion(agent: number, region: number, generation: number): number;
  regionCondition(region: number, generation: number): number;

  createPool(
    agent: number,
    cgroup: number,
    cgroupGeneration: number,
    incarnation: number,
    region: number,
    regionGeneration: number,
    forCharge?: boolean,
  ): number;
  findPool(cgroup: number, cgroupGeneration: number, region: number, regionGeneration: number): number;
  poolCondition(pool: number, stamp: number): number;
  readPool(pool: number, stamp: number, word: number): number;
  collect(agent: number, pool: number): number;

  setMax(agent: number, pool: number, stamp: number, value: bigint): number;
  lowerMax(agent: number, pool: number, stamp: number, value: bigint): number;
  setHigh(agent: number, pool: number, stamp: number, value: bigint): number;
  setMin(agent: number, pool: number, stamp: number, value: bigint): number;
  setLow(agent: number, pool: number, stamp: number, value: bigint): number;

  evictValuable(limit: number, test: number, ignoreLow: boolean): number;
  isProtected(root: number, test: number, low: boolean): number;
  effectiveProtection(root: number, test: number, low: boolean): number;
  askedByChildren(group: number, low: boolean): number;
  askedLess(test: number, low: boolean, bytes: number): number;
  effectiveWithin(test: number, low: boolean, budget: number, asked: number): number;
  valuableWithin(
    test: number,
    ignoreLow: boolean,
    minBudget: number,
    minAsked: number,
    lowBudget: number,
    lowAsked: number,
  ): number;
  coverage(group: number, budget: number, asked: number): number;

  createCounter(agent: number, parent: number, protection: boolean, countFailures: boolean): number;
  tryChargeCounter(counter: number, amount: bigint): number;
  chargeCounter(counter: number, amount: bigint): number;
  unchargeCounter(counter: number, amount: bigint): bigint;
  cancelCounter(counter: number, amount: bigint): bigint;
  resetCounterPeak(counter: number, localOnly: boolean): number;
  protectCounter(root: number, counter: number, recursive: boolean): number;
  counterProtectedUsage(counter: number, low: boolean): bigint;
  counterChildrenProtectedUsage(counter: number, low: boolean): bigint;

  lock(agent: number): number;
  unlock(): void;

  /** a * b / c, rounded down, with a product of 128 bits; the largest 64-bit number if that is too large. */
  mulDiv(a: bigint, b: bigint, c: bigint): bigint;
  mulDivLimbs(a: bigint, b: bigint, c: bigint): bigint;
}
