// The page itself: what it says before a session, where it cannot run, and as a site.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { PAGES, ROOT, Room, SCREENS, journal, pause } from "./room.mjs";

const KINDS = { html: "text/html", js: "text/javascript", wasm: "application/wasm", svg: "image/svg+xml", png: "image/png",
  webmanifest: "application/manifest+json" };

/** A folder, served as a midwife's site would. */
async function serve(folder) {
  const server = createServer((request, response) => {
    const name = new URL(request.url, "http://localhost").pathname.replace(/\/$/, "/index.html");
    try {
      const bytes = readFileSync(path.join(folder, name));
      response.writeHead(200, { "content-type": KINDS[name.split(".").pop()] ?? "application/octet-stream" });
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { server, url: `http://127.0.0.1:${server.address().port}/` };
}

test("without JavaScript or WebAssembly it says so, and names the audio file", async (t) => {
  for (const without of ["JavaScript", "WebAssembly"]) {
    const before = without === "WebAssembly" ? () => delete window.WebAssembly : undefined;
    const room = await Room.open(t, { script: without !== "JavaScript", before });
    await pause(500);
    const client = await room.page.createCDPSession();
    const { root } = await client.send("DOM.getDocument");
    const { nodeId } = await client.send("DOM.querySelector", { nodeId: root.nodeId, selector: "#cannot" });
    const { model } = await client.send("DOM.getBoxModel", { nodeId });
    assert.ok(model.height > 100, "it is shown");
    const { outerHTML } = await client.send("DOM.getOuterHTML", { nodeId });
    assert.match(outerHTML, /softback export upper-back -o upper-back\.m4b/);
  }
});

test("where nothing can be kept, only rest begins", async (t) => {
  const before = () => Object.defineProperty(window, "localStorage", { get() { throw new Error("not here"); } });
  const moves = await Room.open(t, { before });
  await moves.ready();
  assert.match(await moves.text("closed"), /keeps nothing/);
  assert.ok(await moves.page.$eval("#start", (button) => button.disabled));
  const rest = await Room.open(t, { before, page: "rest.html" });
  await rest.start();
  // Nobody knows here that she hears it.
  await rest.says("Before you close your eyes", 20);
});

test("a second page does not begin a session beside the first", async (t) => {
  const first = await Room.open(t, { kept: { journal: journal(30) } });
  await first.start();
  await first.says("Welcome back.", 20);
  const second = await first.browser.newPage();
  await second.goto(first.url);
  await second.waitForFunction(() => !document.getElementById("setup").hidden, { timeout: 60_000 });
  await second.evaluate(() => (document.getElementById("read").checked = true));
  await second.click("#start");
  await second.waitForFunction(() => !document.getElementById("closed").hidden, { timeout: 10_000 });
});

test("the buttons of a headset pause and go on, and never answer", async (t) => {
  const before = () => {
    window.buttons = {};
    navigator.mediaSession.setActionHandler = (name, handler) => (window.buttons[name] = handler);
  };
  const room = await Room.open(t, { before, kept: { journal: journal(30) } });
  await room.start();
  const press = (name) => room.page.evaluate((name) => window.buttons[name](), name);
  await room.says("Welcome back.", 20);
  await press("pause");
  await room.until((view) => view.phase === "paused", 3);
  await press("play");
  await room.until((view) => view.phase === "playing", 3);
  await room.until((view) => view.phase === "ready" && view.waits, 40);
  await press("play");
  await room.until((view) => view.question?.[0] === 1, 30);
  await press("play");
  await press("nexttrack");
  assert.equal((await room.view()).question[0], 1);
  await press("stop");
  await room.says("Stopping now.", 10);
  const playing = await room.page.evaluate(() => navigator.mediaSession.metadata.title);
  assert.match(playing, /release/i);
});

test("as a site it can be installed, and works offline", async (t) => {
  const { server, url } = await serve(path.join(PAGES, "site"));
  const room = await Room.open(t, { url });
  await room.ready();
  await room.page.evaluate(() => navigator.serviceWorker.ready);
  const client = await room.page.createCDPSession();
  const { installabilityErrors } = await client.send("Page.getInstallabilityErrors");
  // A context of a test is always a private one.
  const errors = installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito");
  assert.deepEqual(errors, []);
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await room.page.reload();
  await room.start();
  await room.says("Hello", 20);
  assert.deepEqual(room.requests.filter((asked) => !asked.startsWith(url) && !/^(data|blob):/.test(asked)), []);
  assert.deepEqual(room.errors, []);
});

test("it fits every screen in both themes, with nobody left out", async (t) => {
  for (const screen of SCREENS) {
    for (const dark of [false, true]) {
      const room = await Room.open(t, { screen, dark });
      await room.ready();
      assert.deepEqual(await room.leavesOut(), []);
      const wide = await room.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      assert.ok(!wide, "nothing is cut off at the side");
      if (process.env.SOFTBACK_SHOTS && screen[0] === 360) {
        const name = path.join(ROOT, "docs", `page-before-${dark ? "dark" : "light"}.png`);
        await room.page.screenshot({ path: name });
      }
    }
  }
});
