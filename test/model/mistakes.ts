import type { Edit } from "./engine/model-core.ts";

/** A mistake that somebody could make in the core, and the program that must notice. */
export interface Mistake {
  readonly name: string;
  readonly edits: readonly Edit[];
  readonly program: string;
}

export const MISTAKES: readonly Mistake[] = [
  {
    name: "an add is a load and a store",
    edits: [
      {
        file: "sync.ts",
        find: "return model(ADD, 64, address, amount) + amount;",
        replace: "{ const sum = load64(address) + amount; store64(address, sum); return sum; }",
      },
    ],
    program: "two charges of one counter with room for both",
  },
  {
    name: "a limit is checked before the charge is added",
    edits: [
      {
        file: "page-counter.ts",
        find: "    usage = add64(counter + POOL_USAGE, amount);\n  }",
        replace: "    usage = load64(counter + POOL_USAGE) + amount; add64(counter + POOL_USAGE, amount);\n  }",
      },
    ],
    program: "two charges that stay, of one leaf, three levels, room for one at the top",
  },
  {
    name: "a refused charge stays at the levels below",
    edits: [
      { file: "page-counter.ts", find: "  unwind(leaf, counter, amount);\n  if ((load16", replace: "  if ((load16" },
    ],
    program: "two charges of one leaf, three levels, room for one at the top",
  },
  {
    name: "max is lowered without a second look at the usage",
    edits: [
      {
        file: "limit.ts",
        find: "if (get64(pool + POOL_USAGE) <= value) return OK;",
        replace: "if (value != 99) return OK;",
      },
    ],
    program: "max is lowered if it holds, amid a charge",
  },
  {
    name: "whether a pool is still the same is checked before the charge is added",
    edits: [
      {
        file: "page-counter.ts",
        find: "  let usage = add64(leaf + POOL_USAGE, amount);\n  if (get32(leaf + POOL_STAMP) != stamp) return backOut(leaf, stamp, amount);",
        replace:
          "  if (get32(leaf + POOL_STAMP) != stamp) return GONE;\n  let usage = add64(leaf + POOL_USAGE, amount);",
      },
    ],
    program: "a group is removed amid a charge, and collected after it",
  },
  {
    name: "the lock is taken by a load and a store",
    edits: [
      {
        file: "lock.ts",
        find: "if (get32(ARENA_LOCK) == 0 && replace32(ARENA_LOCK, 0, token) == 0) return true;",
        replace: "if (get32(ARENA_LOCK) == 0) { put32(ARENA_LOCK, token); return true; }",
      },
    ],
    program: "two make a group of the same name",
  },
  {
    name: "nobody is woken when the lock is given back",
    edits: [{ file: "lock.ts", find: "if (get32(ARENA_LOCK_WAITERS) != 0) wake(ARENA_LOCK);", replace: "" }],
    program: "two sleep until the lock is free",
  },
  {
    name: "who waits for the lock is looked up before it is given back",
    edits: [
      {
        file: "lock.ts",
        find: "  put32(ARENA_LOCK, 0);\n  if (get32(ARENA_LOCK_WAITERS) != 0) wake(ARENA_LOCK);",
        replace:
          "  const waiters = get32(ARENA_LOCK_WAITERS);\n  put32(ARENA_LOCK, 0);\n  if (waiters != 0) wake(ARENA_LOCK);",
      },
    ],
    program: "two sleep until the lock is free",
  },
  {
    name: "a stock that is returned is not announced",
    edits: [{ file: "stock.ts", find: "  wakeAll(ARENA_RETURNS);\n", replace: "" }],
    program: "a charge that fits only with another's stock returned is not refused",
  },
  {
    name: "a stock is put down by a store",
    edits: [
      {
        file: "stock.ts",
        find: "const shelf = replace32(account + ACCOUNT_SHELF, token, load32(account + ACCOUNT_STOCK));",
        replace: "const shelf = token; put32(account + ACCOUNT_SHELF, load32(account + ACCOUNT_STOCK));",
      },
    ],
    program: "a charge that fits only with another's stock returned is not refused",
  },
  {
    name: "a stock is picked up by a store",
    edits: [
      {
        file: "stock.ts",
        find: "if (replace32(account + ACCOUNT_SHELF, shelf, token) != shelf) continue; // somebody took it: it is 0 now",
        replace: "put32(account + ACCOUNT_SHELF, token);",
      },
    ],
    program: "a stock is returned while its agent charges and returns from it",
  },
  {
    name: "a stock is noted when the charge ahead is done",
    edits: [
      {
        file: "stock.ts",
        find: "    store32(account + ACCOUNT_STOCK, stock);\n    finish(account, charged + lacking + stock);",
        replace: "    finish(account, charged + lacking + stock);\n    store32(account + ACCOUNT_STOCK, stock);",
      },
    ],
    program: "a charge that fits only with another's stock returned is not refused",
  },
  {
    name: "whoever waits for stocks wakes itself",
    edits: [
      {
        file: "stock.ts",
        find: "if (replace32(account + ACCOUNT_SHELF, token, 0) != token) callBack(account);",
        replace: "if (token != 0) callBack(account);",
      },
    ],
    program: "two that keep stocks charge all there is room for",
  },
  {
    name: "nothing says that a charge is under way",
    edits: [{ file: "account.ts", find: "  store64(account + ACCOUNT_INTENDED, charged + gain);\n", replace: "" }],
    program: "death amid a charge",
  },
  {
    name: "an operation is counted when it is done already",
    edits: [
      {
        file: "account.ts",
        find: "  store32(account + ACCOUNT_SEQUENCE, load32(account + ACCOUNT_SEQUENCE) + 1);\n  store64(account + ACCOUNT_CHARGED, charged);",
        replace:
          "  store64(account + ACCOUNT_CHARGED, charged);\n  store32(account + ACCOUNT_SEQUENCE, load32(account + ACCOUNT_SEQUENCE) + 1);",
      },
    ],
    program: "death amid a return",
  },
  {
    name: "the gate is looked at a second time to tell why a charge was not let in",
    edits: [
      {
        file: "account.ts",
        find: "  return accountAt(id) != 0 ? BUSY : BAD_ID;",
        replace: "  return load32(ARENA_GATE) == 0 && accountAt(id) != 0 ? BUSY : BAD_ID;",
      },
    ],
    program: "death amid a return",
  },
  {
    name: "nothing says whose stock is being taken off the shelf",
    edits: [{ file: "recall.ts", find: "    if (isTaken) store32(taking, pool);\n", replace: "" }],
    program: "death while it takes another's stock off the shelf",
  },
  {
    name: "a region is published before it is made",
    edits: [
      { file: "region.ts", find: "  put32(region + REGION_STATE, REGION_REGISTERED);\n", replace: "" },
      {
        file: "region.ts",
        find: "  store32(ARENA_LAST_REGION, region);\n",
        replace: "  store32(ARENA_LAST_REGION, region);\n  put32(region + REGION_STATE, REGION_REGISTERED);\n",
      },
    ],
    program: "death while it registers a region",
  },
  {
    name: "what is held is forgotten by who detaches",
    edits: [
      {
        file: "agent.ts",
        find: ">>> STAMP_SHIFT) returnAll(account);",
        replace: ">>> STAMP_SHIFT) endStock(account);",
      },
    ],
    program: "an agent detaches amid a charge of another",
  },
  {
    name: "the lock is kept by who makes nothing",
    edits: [
      {
        file: "cgroup.ts",
        find: "  const result = create(giver, parentId, generation, length);\n  unlock();",
        replace: "  const result = create(giver, parentId, generation, length);\n  if (result > 0) unlock();",
      },
    ],
    program: "two make a group of the same name",
  },
  {
    name: "a ticket that was adopted is still open",
    edits: [
      {
        file: "ticket.ts",
        find: "  put32(ticket + TICKET_GENERATION, load32(ticket + TICKET_GENERATION) + 1);\n  put32(ticket + TICKET_STATE, TICKET_FREE);\n",
        replace: "",
      },
    ],
    program: "two adopt the same ticket",
  },
];
