// A browser with a page of Softback in it, her finger on it, and ears that hear what it plays.

import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import axe from "axe-core";
import puppeteer from "puppeteer-core";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const PAGES = path.join(ROOT, "target/page");
export const RATE = 48000;
export const SCREENS = [[360, 640], [412, 915], [1280, 800]];

/** The browser that the set-up has unpacked: its path, and where its libraries lie. */
function chromium() {
  const lines = readFileSync(path.join(PAGES, "env"), "utf8").trim().split("\n");
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s)));
}

function launch() {
  const { CHROMIUM, LD_LIBRARY_PATH } = chromium();
  return puppeteer.launch({
    executablePath: CHROMIUM,
    env: { ...process.env, TZ: ZONE, LD_LIBRARY_PATH: LD_LIBRARY_PATH ?? "" },
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--autoplay-policy=user-gesture-required"],
    protocolTimeout: 600_000,
  });
}

/** Where it is noon now: what was begun this morning was begun today, whenever the tests are run. */
const east = 12 - new Date().getUTCHours();
const ZONE = `Etc/GMT${east > 0 ? "-" : "+"}${Math.abs(east)}`;

/** The wall clock with its zone, `hours` ago. */
export function ago(hours) {
  const then = new Date(Date.now() - hours * 3_600_000);
  return then.toISOString().replace(/\.\d+Z$/, "+00:00");
}

const version = () => Number(/^version = (\d+)/m.exec(readFileSync(path.join(ROOT, "scripts/en/screening.toml"), "utf8"))[1]);

/** A journal of one session with movement, to its end, in which all questions were passed. */
export function journal(hours, id = 1) {
  const start = {
    kind: "start", v: 1, id, at: ago(hours), routine: "upper-back", movement: true, posture: "seated",
    pace: "standard", length: 5, text_version: version(), all_asked: true, program: "0.1.0",
  };
  const end = { kind: "end", v: 1, id, at: ago(hours - 0.2), how: "done", hurt: "not-asked", active_seconds: 300 };
  return `${JSON.stringify(start)}\n${JSON.stringify(end)}\n`;
}

/** Before the page's own script: what goes into the core and comes out of it is kept, and so is each message. */
function overhear() {
  window.heard = { calls: [], captions: [] };
  const { instantiate } = window.WebAssembly ?? {};
  if (!instantiate) return;
  WebAssembly.instantiate = async (...args) => {
    const { instance } = await instantiate.call(WebAssembly, ...args);
    const { exports } = instance;
    const text = (at, length) => new TextDecoder().decode(new Uint8Array(exports.memory.buffer, at, length));
    const call = (at, length) => {
      const asked = text(at, length);
      const answered = exports.call(at, length);
      if (!asked.includes('"do":"look"')) window.heard.calls.push([asked, text(exports.answer(), answered)]);
      return answered;
    };
    return { instance: { exports: { ...exports, call } } };
  };
}

/** Before the page's own script: every sample that goes to the loudspeaker is kept, from the frame of the first. */
function record() {
  // Each block with its frame: now and then one is left out.
  const recorder = `registerProcessor("recorder", class extends AudioWorkletProcessor {
    constructor() { super(); this.blocks = [];
      this.port.onmessage = ({ data }) => this.port.postMessage(this.blocks.filter(([frame]) => frame >= data)); }
    process([[left]]) { this.blocks.push([currentFrame, left ? left.slice() : new Float32Array(128)]); return true; }
  });`;
  const { connect } = AudioNode.prototype;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to === this.context.destination) {
      window.context = this.context;
      const module = `data:text/javascript,${encodeURIComponent(recorder)}`;
      this.context.audioWorklet.addModule(module).then(() => {
        const node = new AudioWorkletNode(this.context, "recorder", { channelCount: 1, channelCountMode: "explicit" });
        connect.call(this, node);
        window.recorder = node;
      });
    }
    return connect.call(this, to, ...rest);
  };
  addEventListener("pointerdown", () => (window.touched = Math.round((window.context?.currentTime ?? 0) * 48000)), true);
}

export class Room {
  /** A browser of its own for a test: what is in front in one is not in front in another. */
  static async open(test, { page = "upper-back.html", screen = SCREENS[0], kept = {}, dark = false, hears = false, script = true, url, before } = {}) {
    const room = new Room();
    room.browser = await launch();
    test.after(() => room.browser.close());
    room.page = await room.browser.newPage();
    const [width, height] = screen;
    Object.assign(room, { width, height, requests: [], errors: [] });
    await room.page.setViewport({ width, height, hasTouch: true, isMobile: width < 1000 });
    await room.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
    room.page.on("request", (request) => room.requests.push(request.url()));
    room.page.on("pageerror", (error) => room.errors.push(error.message));
    room.page.on("console", (message) => message.type() === "error" && room.errors.push(message.text()));
    await room.page.evaluateOnNewDocument(overhear);
    if (hears) {
      // The page's own policy forbids the recorder, too.
      await room.page.setBypassCSP(true);
      await room.page.evaluateOnNewDocument(record);
    }
    if (!script) await room.page.setJavaScriptEnabled(false);
    if (before) await room.page.evaluateOnNewDocument(before);
    room.url = url ?? pathToFileURL(path.join(PAGES, page)).href;
    room.page.setDefaultTimeout(120_000);
    await room.page.goto(room.url);
    await room.keep({ heard: "1", ...kept });
    await room.page.reload();
    return room;
  }

  /** Lays these values into the storage, where there is one. Not before the page's own script: a storage that is touched
      so early is at times one that no other document sees. */
  keep(values) {
    return this.page.evaluate((values) => {
      try {
        for (const [name, value] of Object.entries(values)) localStorage.setItem(`softback.${name}`, value);
      } catch {
        // It keeps nothing.
      }
    }, values);
  }

  /** Waits until the page is ready to begin, or says that it cannot. */
  async ready() {
    await this.page.waitForFunction(() => !document.getElementById("setup").hidden, { polling: 250 });
  }

  async start(choices = {}) {
    await this.ready();
    await this.page.evaluate((choices) => {
      for (const [name, value] of Object.entries(choices)) {
        document.querySelector(`input[name="${name}"][value="${value}"]`).checked = true;
      }
      document.getElementById("read").checked = true;
    }, choices);
    await this.page.tap("#start");
    await this.until((view) => view);
  }

  calls() {
    return this.page.evaluate(() => window.heard.calls);
  }

  /** The view that the session gave last. */
  view() {
    return this.page.evaluate(() => {
      const last = window.heard.calls.findLast(([, answer]) => answer.includes('"view":{'));
      return last ? JSON.parse(last[1]).view : null;
    });
  }

  /** Waits until `fits` is true of the view. */
  async until(fits, seconds = 60) {
    const by = Date.now() + seconds * 1000;
    let view = null;
    while (Date.now() < by) {
      view = await this.view();
      if (view && fits(view)) return view;
      await pause(60);
    }
    throw new Error(`not within ${seconds} s: ${fits}\nlast: ${JSON.stringify(view)}`);
  }

  /** The same, and is ready whenever the voice waits for that. */
  async goesOn(fits, seconds = 120) {
    const waited = (view) => view.phase === "ready" && view.waits;
    for (;;) {
      const view = await this.until((view) => fits(view) || waited(view), seconds);
      if (fits(view)) return view;
      await this.touch();
      await pause(200);
    }
  }

  /** Waits until a sentence that begins so is said. */
  says(words, seconds) {
    return this.until((view) => view.sentence.startsWith(words), seconds);
  }

  touch(height = 0.5) {
    return this.page.touchscreen.tap(this.width / 2, this.height * height);
  }

  async hold(ms, height = 0.5) {
    const finger = await this.page.touchscreen.touchStart(this.width / 2, this.height * height);
    await pause(ms);
    await finger.end();
  }

  yes() {
    return this.touch(0.2);
  }

  no() {
    return this.touch(0.85);
  }

  text(id) {
    return this.page.$eval(`#${id}`, (element) => element.textContent);
  }

  /** What would leave somebody out, by axe: rules broken, each with its places. */
  async leavesOut() {
    await this.page.evaluate(axe.source);
    return this.page.evaluate(async () => {
      const { violations } = await window.axe.run();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
    });
  }

  shows(id) {
    return this.page.$eval(`#${id}`, (element) => element.checkVisibility());
  }

  /** What was played since that frame of the context's clock: mono, and the frame of its first sample. */
  async recording(since = 0) {
    return this.page.evaluate((since) => new Promise((done) => {
      window.recorder.port.onmessage = ({ data: blocks }) => {
        const from = blocks[0][0];
        const all = new Float32Array(blocks.at(-1)[0] + 128 - from);
        for (const [frame, block] of blocks) all.set(block, frame - from);
        const text = Array.from(new Uint8Array(all.buffer), (byte) => String.fromCharCode(byte)).join("");
        done({ from, bytes: btoa(text) });
      };
      window.recorder.port.postMessage(since);
    }), since).then(({ from, bytes }) => {
      const raw = Buffer.from(bytes, "base64");
      return { from, samples: new Float32Array(raw.buffer, raw.byteOffset, raw.length / 4) };
    });
  }
}

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));
