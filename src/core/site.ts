import type { FileIdentity } from "./arena-file.ts";
import type { Liveness } from "./liveness.ts";

/** What there is to an arena besides its memory. */
export interface Site {
  /** Tells the living from the dead where they are not all threads of this process. */
  readonly liveness: (Liveness & { close(): void }) | null;
  /** The file that the memory shows. */
  readonly file: FileIdentity | null;
}

export const IN_MEMORY: Site = { liveness: null, file: null };
