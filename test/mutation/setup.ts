import { configureGlobal } from "fast-check";

// Of a mutant it is enough to know that it is noticed, not by how little.
configureGlobal({ endOnFailure: true });
