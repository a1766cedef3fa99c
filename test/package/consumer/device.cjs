// A device of one entry on a controller of another: their classes are the same.

const { Dmem, DmemError } = require("dmemcg");
const { PAGE_BYTES, RangeManager, SystemManager, TtmDevice } = require("dmemcg/ttm");

const dmem = Dmem.create();
const region = dmem.registerRegion("vram", { size: 16 * PAGE_BYTES });
const memories = { vram: { manager: new RangeManager(16), region }, system: { manager: new SystemManager() } };
const device = new TtmDevice({ dmem, memories, driver: { evictionPlacement: () => [{ type: "system" }] } });
const owner = dmem.root.mkdir("game");
const make = () => device.create({ size: 10 * PAGE_BYTES, owner, placement: [{ type: "vram" }] });
const [first, second] = [make(), make()];

function thrown(act) {
  try {
    act();
  } catch (error) {
    return error instanceof DmemError ? error.code : String(error);
  }
}

console.log(JSON.stringify([first.place, second.place, thrown(() => first.unpin())]));
