import { explore } from "./explore.ts";
import { LIVES } from "./programs/programs.ts";

explore(LIVES);
