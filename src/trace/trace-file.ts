import type { AllocationTrace } from "./allocation-trace.ts";
import { InputFile } from "./input-file.ts";
import { MAX_LINE_BYTES, readJsonlTrace } from "./jsonl-trace.ts";
import { readPytorchSnapshot, type View } from "./pytorch-snapshot.ts";
import { TraceError } from "./trace-error.ts";

export const MAX_PICKLE_BYTES = 128 * 1024 * 1024;

/** How to read a trace; both options are for snapshots of PyTorch only. */
export interface TraceFileOptions {
  readonly view: View;
  readonly device: number | null;
}

export interface TraceFile {
  readonly path: string;
  readonly format: "pytorch" | "jsonl";
  /** The tenant's name that the file proposes. */
  readonly name: string | null;
  /** Whether the file says that the tenant's memory can be moved to system memory. */
  readonly movable: boolean;
  /** Number of the GPU; `null` where the format knows none. */
  readonly device: number | null;
  readonly trace: AllocationTrace;
  /** Events that were read and are not replayed, by action. */
  readonly leftOut: ReadonlyMap<string, number>;
}

// What a pickle can begin with: PROTO, or in protocols 0 and 1 a mark, a list or a dict.
const PICKLE_STARTS: ReadonlySet<number> = new Set([0x80, 0x28, 0x5d, 0x7d]);
const PICKLE_ENDING = /\.(?:pickle|pkl)$/;
const JSONL_START = 0x7b;
const GZIP_START = 0x1f;

/**
 * Reads a trace in either format; the first byte tells which, for a pickle also the ending of its name.
 *
 * @throws {TraceError} naming the file, and the byte or line where there is one
 */
export function readTraceFile(path: string, options: TraceFileOptions): TraceFile {
  const file = new InputFile(path);
  try {
    return readTrace(file, options);
  } finally {
    file.close();
  }
}

function readTrace(file: InputFile, options: TraceFileOptions): TraceFile {
  const { path } = file;
  const first = file.start.find((byte) => !isSpace(byte));
  if (first === undefined) throw new TraceError(`${path}: empty`);
  if (first === JSONL_START) {
    return {
      path,
      format: "jsonl",
      device: null,
      leftOut: new Map(),
      ...readJsonlTrace(file.lines(MAX_LINE_BYTES), path),
    };
  }
  if (PICKLE_STARTS.has(first) || PICKLE_ENDING.test(path)) {
    const snapshot = readPytorchSnapshot(file.readAll(MAX_PICKLE_BYTES), { source: path, ...options });
    return { path, format: "pytorch", name: null, movable: false, ...snapshot };
  }
  const hint = first === GZIP_START ? " (compressed? unpack it first)" : "";
  throw new TraceError(
    `${path}: not a trace${hint}; allowed: a memory snapshot of PyTorch (a pickle), or JSON Lines that begin with {"dmemcg-trace":1}`,
  );
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
