// WebKitGTK by its WebDriver, on a screen of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Session } from "./webdriver.mjs";
import { until } from "./until.mjs";

/** The path of WebKitGTK's own small browser, which its driver starts; undefined where there is none. */
export function findMiniBrowser() {
  for (const library of ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"]) {
    if (!existsSync(library)) continue;
    const paths = readdirSync(library).map((folder) => join(library, folder, "MiniBrowser"));
    const found = paths.find((path) => path.includes("webkit2gtk-") && existsSync(path));
    if (found) return found;
  }
}

/** Starts WebKitGTK. */
export async function startWebKit() {
  const home = await mkdtemp(join(tmpdir(), "keepwell-webkit-"));
  const screen = await startScreen();
  const port = await freePort();
  const driver = await startDriver(port, { ...process.env, DISPLAY: screen.display, HOME: home, XDG_RUNTIME_DIR: home, GSETTINGS_BACKEND: "memory", NO_AT_BRIDGE: "1" });
  const session = await Session.start(`http://127.0.0.1:${port}`, {
    "webkitgtk:browserOptions": { binary: findMiniBrowser(), args: ["--automation"] },
  });
  return {
    version: session.version,
    gone: driver.gone,
    open: (url) => session.open(url),
    pages: () => session.pages(),
    stop: async () => {
      await session.end();
      await driver.stop();
      await screen.stop();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

// startScreen starts an X server without a screen, on the first display that is free,
// and a window manager on it.
async function startScreen() {
  const server = start("Xvfb", ["-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const display = await Promise.race([once(server.process.stdio[3], "data"), server.gone]);
  if (!display) throw new Error("Xvfb did not start");
  const name = `:${String(display).trim()}`;
  // Without a window manager no window ever has the focus.
  const manager = start("matchbox-window-manager", ["-use_titlebar", "no"], { env: { ...process.env, DISPLAY: name }, stdio: "ignore" });
  const stop = async () => {
    await manager.stop();
    await server.stop();
  };
  return { display: name, stop };
}

async function startDriver(port, env) {
  const driver = start("WebKitWebDriver", [`--port=${port}`], { env, stdio: ["ignore", "ignore", "ignore"] });
  const answers = () => fetch(`http://127.0.0.1:${port}/status`).then((response) => response.ok, () => false);
  await until(answers, "WebKitWebDriver");
  return driver;
}

// start runs a command that ends with this process at the latest.
function start(command, args, options) {
  const process_ = spawn(command, args, options);
  const kill = () => process_.kill();
  process.once("exit", kill);
  const gone = new Promise((resolve) => {
    process_.once("error", () => resolve());
    process_.once("exit", () => resolve());
  });
  const stop = async () => {
    process.off("exit", kill);
    kill();
    await gone;
  };
  return { process: process_, gone, stop };
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
