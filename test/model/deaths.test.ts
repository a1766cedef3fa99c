import { explore } from "./explore.ts";
import { DEATHS } from "./programs/deaths.ts";

explore(DEATHS);
