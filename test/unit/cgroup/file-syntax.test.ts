import { describe, expect, test } from "vitest";
import { formatDmem, formatDrm, limitText, parseDmem, parseDrm } from "../../../src/cgroup/file-syntax.ts";
import { UNLIMITED } from "../../../src/cgroup/memparse.ts";
import { expectRefusal } from "../../support/refusal.ts";

const refused = expect.objectContaining({ code: "EINVAL" });

/** One byte for each character. */
const bytes = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
const utf8 = (text: string) => new TextEncoder().encode(text);

describe("parseDmem", () => {
  test("reads a name, a space and an amount", () => {
    expect(parseDmem(bytes("vram0 6G"))).toEqual({ name: "vram0", value: 6n << 30n });
  });

  test("takes a tab as the separator", () => {
    expect(parseDmem(bytes("vram0\t1"))).toEqual({ name: "vram0", value: 1n });
  });

  test("takes max as 2^51-1", () => {
    expect(parseDmem(bytes("vram0 max")).value).toBe(UNLIMITED);
  });

  test.each(["vram0", "vram0 \n", "\tvram0"])("refuses %j, which has no amount", (text) => {
    expect(() => parseDmem(bytes(text))).toThrow(refused);
  });

  test.each(["\t", "\n", "\v", "\f", "\r", " ", "\u00a0"])("drops %j at both ends", (white) => {
    expect(parseDmem(bytes(`${white}${white}vram0 1${white}`))).toEqual({ name: "vram0", value: 1n });
  });

  test.each(["\b", "\u000e", "\u0085"])("keeps %j, the control case", (other) => {
    expect(() => parseDmem(bytes(`vram0 1${other}`))).toThrow(refused);
  });

  test("ends at the first NUL byte", () => {
    expect(parseDmem(bytes("vram0 1 \0 and more"))).toEqual({ name: "vram0", value: 1n });
  });

  test.each(["", " ", "\n\n", "\0vram0 1"])("refuses %j, which names nothing", (text) => {
    expectRefusal(() => parseDmem(bytes(text)), "EINVAL", "Nothing to apply");
  });

  test.each(["vram0  1", "vram0 \t1", "vram0 1 2", "vram0 1\ngtt 2", "vram0 1x", "vram0 -1"])("refuses %j", (text) => {
    expect(() => parseDmem(bytes(text))).toThrow(refused);
  });

  test("takes a line break as part of the name", () => {
    expect(parseDmem(bytes("vram0\n 1")).name).toBe("vram0\n");
  });

  test("reads a name in UTF-8", () => {
    expect(parseDmem(utf8("Gerät/vram0 1")).name).toBe("Gerät/vram0");
  });

  test("keeps what looks like a byte order mark", () => {
    expect(parseDmem(utf8("\uFEFFvram0 1")).name).toBe("\uFEFFvram0");
  });

  test("refuses a name that is not UTF-8", () => {
    expect(() => parseDmem(bytes("Ger\u00e4t 1"))).toThrow(refused);
  });
});

describe("parseDrm", () => {
  const one = { device: "0000:03:00.0", region: "vram0", value: 4096n };

  test("reads a device and one region", () => {
    expect(parseDrm(bytes("0000:03:00.0 region.vram0=4096"))).toEqual([one]);
  });

  test("reads several regions of a device, in order", () => {
    const stolen = { device: "0000:03:00.0", region: "stolen", value: UNLIMITED };
    expect(parseDrm(bytes("0000:03:00.0 region.stolen=max region.vram0=4096\n"))).toEqual([stolen, one]);
  });

  test("reads several devices", () => {
    const other = { device: "card1", region: "vram0", value: 0n };
    expect(parseDrm(bytes("0000:03:00.0 region.vram0=4096\ncard1 region.vram0=0"))).toEqual([one, other]);
  });

  test("skips empty lines and takes blanks by the run", () => {
    expect(parseDrm(bytes("\n\n 0000:03:00.0 \t region.vram0=4096 \r\n\n"))).toEqual([one]);
  });

  test("skips empty lines between others, and blanks at the ends of each", () => {
    const other = { device: "card1", region: "vram0", value: 0n };
    expect(parseDrm(bytes("0000:03:00.0 region.vram0=4096\n\n \t\ncard1 region.vram0=0\t\n"))).toEqual([one, other]);
    expect(parseDrm(bytes("card1 region.vram0=0 \n 0000:03:00.0 region.vram0=4096"))).toEqual([other, one]);
  });

  test("takes a leading 0 as decimal", () => {
    expect(parseDrm(bytes("card0 region.vram0=010"))).toMatchObject([{ value: 10n }]);
  });

  test("takes 2^64-1 and refuses one more", () => {
    expect(parseDrm(bytes("card0 region.vram0=18446744073709551615"))).toMatchObject([{ value: 2n ** 64n - 1n }]);
    expect(() => parseDrm(bytes("card0 region.vram0=18446744073709551616"))).toThrow(refused);
  });

  test.each(["", "\n", "card0", "card0\ncard1 region.vram0=1"])("refuses %j, which sets nothing somewhere", (text) => {
    expect(() => parseDrm(bytes(text))).toThrow(refused);
  });

  test.each(["1G", "0x10", "-1", "+1", "1.5", "", "Max", "1=1"])("refuses %j as a value", (value) => {
    expect(() => parseDrm(bytes(`card0 region.vram0=${value}`))).toThrow(refused);
  });

  test.each(["vram0=1", "region.=1", "region.vram0", "regions.vram0=1", "1"])("refuses the item %j", (item) => {
    expect(() => parseDrm(bytes(`card0 region.gtt=1 ${item}`))).toThrow(refused);
  });

  test("refuses a device that is not UTF-8", () => {
    expect(() => parseDrm(bytes("Ger\u00e4t region.vram0=1"))).toThrow(refused);
  });
});

describe("limitText", () => {
  test("shows max from 2^51-1 on", () => {
    expect(limitText(UNLIMITED - 1n)).toBe("2251799813685246");
    expect(limitText(UNLIMITED)).toBe("max");
    expect(limitText(2n ** 64n - 1n)).toBe("max");
  });
});

describe("formatDmem", () => {
  const settings = [
    { name: "vram0", value: 4096n },
    { name: "gtt", value: UNLIMITED },
  ];

  test("writes a line a region", () => {
    expect(formatDmem(settings)).toBe("vram0 4096\ngtt max\n");
  });

  test("shows a capacity as the number it is", () => {
    expect(formatDmem(settings, String)).toBe("vram0 4096\ngtt 2251799813685247\n");
  });

  test("writes nothing for no regions", () => {
    expect(formatDmem([])).toBe("");
  });
});

describe("formatDrm", () => {
  const settings = [
    { device: "card0", region: "vram0", value: 1n },
    { device: "card1", region: "vram0", value: 2n },
    { device: "card0", region: "stolen", value: UNLIMITED },
  ];

  test("writes a line a device, in order of appearance", () => {
    expect(formatDrm(settings)).toBe("card0 region.vram0=1 region.stolen=max\ncard1 region.vram0=2\n");
  });

  test("is read back as it was", () => {
    const [card0, card1, stolen] = settings;
    expect(parseDrm(bytes(formatDrm(settings)))).toEqual([card0, stolen, card1]);
  });
});
