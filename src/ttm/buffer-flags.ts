import type { Priority } from "./lru.ts";

// What is so about a buffer, in one number: there are hundreds of thousands of buffers, and each field costs 8 bytes.
//
//    bit 0  1  2  3   4, 5       from 6 on
//        |  |  |  |   priority   how often it is pinned
//        |  |  |  its contents need not be kept
//        |  |  it was freed
//        |  the driver is at work on it
//        something is being done with it
//
// The numbers are added and subtracted, so that no count of pins can reach the other bits.

export const RESERVED = 1;
export const MOVING = 2;
export const FREED = 4;
export const DISCARDABLE = 8;
const PRIORITY = 16;
const PIN = 64;

export function has(flags: number, flag: number): boolean {
  return (flags & flag) !== 0;
}

export function withFlag(flags: number, flag: number, on: boolean): number {
  if (has(flags, flag) === on) return flags;
  return on ? flags + flag : flags - flag;
}

export function priorityIn(flags: number): Priority {
  return ((flags & (PIN - 1)) >> 4) as Priority;
}

export function withPriority(flags: number, priority: Priority): number {
  return flags + (priority - priorityIn(flags)) * PRIORITY;
}

export function pinsIn(flags: number): number {
  return Math.floor(flags / PIN);
}

export function withPins(flags: number, pins: number): number {
  return flags + (pins - pinsIn(flags)) * PIN;
}
