import { PickleInput } from "./pickle-input.ts";
import { DICT_BYTES, LIST_BYTES, type PickleLimits, PickleMachine, type PickleValue } from "./pickle-machine.ts";
import * as values from "./pickle-values.ts";

export type { PickleLimits, PickleValue };

export const PICKLE_LIMITS: PickleLimits = { depth: 1_000, memoryBytes: 1024 ** 3 };

const STOP = 0x2e;
const MAX_PROTOCOL = 5;

/**
 * Reads a pickle of plain data: dicts, lists, tuples, sets, strings, bytes, numbers, booleans and None.
 *
 * Whatever asks for a class or calls something is refused, so that a file can only ever be data. Integers beyond ±2^53
 * are bigints. Cost: linear in the file, memory bounded by `limits`.
 *
 * @param source what the errors call the input, usually its path
 * @throws {TraceError} naming the byte: a class look-up, an unknown opcode, a truncated file, a length beyond its end,
 *   a memo entry that was never set, nesting or memory beyond `limits`
 */
export function readPickle(bytes: Uint8Array, source: string, limits = PICKLE_LIMITS): PickleValue {
  const machine: PickleMachine = new PickleMachine(new PickleInput(bytes, source), limits);
  for (;;) {
    const opcode = machine.input.opcode();
    if (opcode === STOP) return machine.finish();
    const step = STEPS.get(opcode);
    if (step === undefined)
      machine.input.fail(`unknown opcode 0x${opcode.toString(16)}: not a pickle, or a damaged one`);
    step(machine);
  }
}

type Step = (machine: PickleMachine) => void;

/**
 * The opcodes of protocols 0 to 5 (Python: Lib/pickletools.py), less those of Python 2's strings and of shared buffers.
 */
const STEPS: ReadonlyMap<number, Step> = new Map<number, Step>([
  [0x80 /* PROTO */, (m) => checkProtocol(m)],
  [0x95 /* FRAME */, (m) => checkFrame(m)],
  [0x28 /* MARK */, (m) => m.mark()],
  [0x30 /* POP */, (m) => m.pop()],
  [0x31 /* POP_MARK */, (m) => m.popToMark()],
  [0x4e /* NONE */, (m) => m.push(null)],
  [0x88 /* NEWTRUE */, (m) => m.push(true)],
  [0x89 /* NEWFALSE */, (m) => m.push(false)],
  [0x49 /* INT */, (m) => values.pushInt(m)],
  [0x4a /* BININT */, (m) => m.push(m.input.i32())],
  [0x4b /* BININT1 */, (m) => m.push(m.input.u8())],
  [0x4d /* BININT2 */, (m) => m.push(m.input.u16())],
  [0x4c /* LONG */, (m) => values.pushDigits(m, m.input.line().replace(/L$/, ""))],
  [0x8a /* LONG1 */, (m) => values.pushLong(m, m.input.u8())],
  [0x8b /* LONG4 */, (m) => values.pushLong(m, m.input.u32())],
  [0x46 /* FLOAT */, (m) => values.pushFloat(m)],
  [0x47 /* BINFLOAT */, (m) => m.push(m.input.f64())],
  [0x56 /* UNICODE */, (m) => values.pushEscaped(m)],
  [0x8c /* SHORT_BINUNICODE */, (m) => values.pushText(m, m.input.u8())],
  [0x58 /* BINUNICODE */, (m) => values.pushText(m, m.input.u32())],
  [0x8d /* BINUNICODE8 */, (m) => values.pushText(m, m.input.u64())],
  [0x43 /* SHORT_BINBYTES */, (m) => values.pushBytes(m, m.input.u8())],
  [0x42 /* BINBYTES */, (m) => values.pushBytes(m, m.input.u32())],
  [0x8e /* BINBYTES8 */, (m) => values.pushBytes(m, m.input.u64())],
  [0x96 /* BYTEARRAY8 */, (m) => values.pushBytes(m, m.input.u64())],
  [0x5d /* EMPTY_LIST */, (m) => m.push([], LIST_BYTES)],
  [0x6c /* LIST */, (m) => values.pushList(m)],
  [0x61 /* APPEND */, (m) => m.append([m.pop()])],
  [0x65 /* APPENDS */, (m) => m.append(m.popToMark())],
  [0x29 /* EMPTY_TUPLE */, (m) => m.push([], LIST_BYTES)],
  [0x74 /* TUPLE */, (m) => values.pushList(m)],
  [0x85 /* TUPLE1 */, (m) => values.pushTuple(m, 1)],
  [0x86 /* TUPLE2 */, (m) => values.pushTuple(m, 2)],
  [0x87 /* TUPLE3 */, (m) => values.pushTuple(m, 3)],
  [0x7d /* EMPTY_DICT */, (m) => m.push(new Map(), DICT_BYTES)],
  [0x64 /* DICT */, (m) => values.pushDict(m)],
  [0x73 /* SETITEM */, (m) => m.setItems([m.pop(), m.pop()].reverse())],
  [0x75 /* SETITEMS */, (m) => m.setItems(m.popToMark())],
  [0x8f /* EMPTY_SET */, (m) => m.push(new Set(), DICT_BYTES)],
  [0x90 /* ADDITEMS */, (m) => m.addToSet(m.popToMark())],
  [0x91 /* FROZENSET */, (m) => values.pushFrozenSet(m)],
  [0x70 /* PUT */, (m) => m.remember(values.memoIndex(m))],
  [0x71 /* BINPUT */, (m) => m.remember(m.input.u8())],
  [0x72 /* LONG_BINPUT */, (m) => m.remember(m.input.u32())],
  [0x94 /* MEMOIZE */, (m) => m.rememberNext()],
  [0x67 /* GET */, (m) => m.recall(values.memoIndex(m))],
  [0x68 /* BINGET */, (m) => m.recall(m.input.u8())],
  [0x6a /* LONG_BINGET */, (m) => m.recall(m.input.u32())],
  // Reading data needs none of the following. Each is refused, by the name of the class where the pickle says it.
  [0x63 /* GLOBAL */, (m) => refuseClass(m, m.input.line(), m.input.line())],
  [0x69 /* INST */, (m) => refuseClass(m, m.input.line(), m.input.line())],
  [0x93 /* STACK_GLOBAL */, (m) => refuseClass(m, ...m.stack.slice(-2))],
  [0x6f /* OBJ */, (m) => refuse(m, "a call (OBJ)")],
  [0x52 /* REDUCE */, (m) => refuse(m, "a call (REDUCE)")],
  [0x62 /* BUILD */, (m) => refuse(m, "a call (BUILD)")],
  [0x81 /* NEWOBJ */, (m) => refuse(m, "a call (NEWOBJ)")],
  [0x92 /* NEWOBJ_EX */, (m) => refuse(m, "a call (NEWOBJ_EX)")],
  [0x82 /* EXT1 */, (m) => refuse(m, `the class number ${m.input.u8()} of Python's extension registry`)],
  [0x83 /* EXT2 */, (m) => refuse(m, `the class number ${m.input.u16()} of Python's extension registry`)],
  [0x84 /* EXT4 */, (m) => refuse(m, `the class number ${m.input.u32()} of Python's extension registry`)],
  [0x50 /* PERSID */, (m) => refuse(m, `the object ${values.quote(m.input.line())} outside of the file`)],
  [0x51 /* BINPERSID */, (m) => refuse(m, "an object outside of the file")],
]);

function refuseClass(machine: PickleMachine, module?: PickleValue, name?: PickleValue): never {
  const named = typeof module === "string" && typeof name === "string";
  refuse(machine, named ? `the class ${values.quote(`${module}.${name}`)}` : "a class");
}

function refuse(machine: PickleMachine, asked: string): never {
  machine.input.fail(`asks for ${asked}; only plain data is read, no class is ever looked up`);
}

function checkProtocol(machine: PickleMachine): void {
  const protocol = machine.input.u8();
  if (protocol > MAX_PROTOCOL) machine.input.fail(`protocol ${protocol} is unknown; allowed: 0 to ${MAX_PROTOCOL}`);
}

function checkFrame(machine: PickleMachine): void {
  const length = machine.input.u64();
  if (length > machine.input.left)
    machine.input.fail(`a frame of ${length} bytes begins where ${machine.input.left} are left`);
}
