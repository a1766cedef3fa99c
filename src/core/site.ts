import type { FileIdentity } from "./arena-file.ts";
import { type Bell, ThreadBell } from "./bell.ts";
import type { Core } from "./core.ts";
import { type Liveness, ThreadLiveness } from "./liveness.ts";
import { SocketBell } from "./socket-bell.ts";

/** What there is to an arena besides its memory. */
export interface Site {
  /** Tells the living from the dead where they are not all threads of this process. */
  readonly liveness: (Liveness & { close(): void }) | null;
  /** The file that the memory shows. */
  readonly file: FileIdentity | null;
}

export const IN_MEMORY: Site = { liveness: null, file: null };

/** How agents of an arena find out about each other: within a process by its memory, otherwise by its file too. */
export function siteParts(core: Core): { liveness: Liveness; bell: Bell } {
  const { liveness, file } = core.site;
  const bell = new ThreadBell(core);
  return {
    liveness: liveness ?? new ThreadLiveness(core),
    bell: file === null ? bell : new SocketBell(bell, { ...file, agent: () => core.agent }),
  };
}
