// What is done to a shared word: the vocabulary in which the model build tells its scheduler. Both compilers read it.
// `LOAD` and `STORE` are plain, `GET` and `PUT` sequentially consistent.

export const LOAD = 0;
export const STORE = 1;
export const GET = 2;
export const PUT = 3;
export const ADD = 4;
export const SUBTRACT = 5;
export const REPLACE = 6;
export const WAKE = 7;
