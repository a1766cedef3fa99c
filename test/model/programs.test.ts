import { explore } from "./explore.ts";
import { LATE, LIVES } from "./programs/programs.ts";

explore([...LIVES, ...LATE]);
