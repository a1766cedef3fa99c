import type { Pool } from "dmemcg";

/** What is below `pool.tryCharge`: the module's functions, and the account and the stamp that they are called with. */
export interface WasmExport {
  readonly call: {
    tryCharge(account: number, stamp: number, bytes: number): number;
    uncharge(account: number, stamp: number, bytes: number): number;
  };
  readonly account: number;
  readonly stamp: number;
}

/** Looks below the surface of a pool that this thread has charged to. No other instance of the module is made. */
export function wasmExport(pool: Pool): WasmExport {
  const { core, book, use } = pool as unknown as { core: { call: WasmExport["call"] }; book: number; use: number };
  return { call: core.call, account: book, stamp: use };
}
