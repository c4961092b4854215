// The address by which keepwell.mjs finds what starts Keepwell in the page of a
// portal that serves these files itself.
export { ended } from "./web/static/embedded.mjs";
