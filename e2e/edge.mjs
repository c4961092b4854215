// The edge as a test needs it: the Worker in workerd, over the built site.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { builtSite } from "./harness.mjs";

/** The folder of the Worker's source and settings. */
export const edgeFolder = fileURLToPath(new URL("../wasm/edge", import.meta.url));

const { default: workerd } = createRequire(join(edgeFolder, "package.json"))("workerd");

/**
 * Starts the edge on a free port: {origin, said, stop}. said() is all that it wrote to
 * its two outputs, where a log would be.
 */
export async function startEdge({ frameAncestors } = {}) {
  // The settings name the site by its place, dist/ in the current folder.
  const folder = await mkdtemp(join(tmpdir(), "keepwell-edge-"));
  await symlink(builtSite, join(folder, "dist"));
  const { FRAME_ANCESTORS: _, ...env } = process.env;
  if (frameAncestors !== undefined) env.FRAME_ANCESTORS = frameAncestors;
  const server = spawn(
    workerd,
    ["serve", "--experimental", join(edgeFolder, "workerd.capnp"), "--socket-addr", "http=127.0.0.1:0", "--control-fd", "3"],
    { cwd: folder, env, stdio: ["ignore", "pipe", "pipe", "pipe"] },
  );
  const ended = once(server, "exit").then(() => undefined);
  const chunks = [];
  for (const output of [server.stdout, server.stderr]) output.on("data", (chunk) => chunks.push(chunk));
  const said = () => Buffer.concat(chunks).toString();
  const first = await Promise.race([once(createInterface({ input: server.stdio[3] }), "line"), ended]);
  if (!first) throw new Error(`workerd did not start: ${said()}`);
  return {
    origin: `http://localhost:${JSON.parse(first[0]).port}`,
    said,
    stop: async () => {
      server.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
