// The page's driver: the session in WebAssembly by the clock of the sound, her hands, the screen. It decides nothing:
// whatever reaches it becomes an input, and whatever the session commands is done.
"use strict";

const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("data").textContent);

/** How long a touch is held to stop, in milliseconds. */
const HOLD = 1500;
/** The longest wait until the clock is looked at again, and the shortest, in milliseconds. */
const LOOK = [250, 4];
/** How often the screen is drawn at the most, in milliseconds. */
const DRAW = 40;
/** Decoded clips that are kept: more than can be queued at a time. */
const CLIPS_KEPT = 60;
/** A gap of the wall clock beyond the sound's is a sleep from here on, in frames. */
const SLEEP = RATE;
const VOLUME = { step: 3, softest: -30 };

const KEYS = {
  " ": "pause", Enter: "yes", y: "yes", Tab: "no", n: "no", Escape: "stop", q: "stop", Backspace: "undo", r: "again",
  ArrowLeft: "back", ArrowRight: "next", ArrowUp: "louder", ArrowDown: "softer", "[": "slower", "]": "faster",
  t: "time-left", "?": "help", h: "help",
};

const MEDIA = {
  play: "media-play", pause: "media-pause", stop: "media-stop", nexttrack: "media-next", previoustrack: "media-previous",
};

// ---------------------------------------------------------------- what the page is made of

/** The bytes of a part: from inside the page, or from beside it. */
async function part(name) {
  const inside = byId(name);
  if (!inside) {
    const answer = await fetch(name);
    if (!answer.ok) throw new Error(`${name} cannot be read (${answer.status})`);
    return new Uint8Array(await answer.arrayBuffer());
  }
  const text = atob(inside.textContent);
  inside.remove();
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** The session, behind its interface of texts. */
class Core {
  static async open(bytes) {
    const core = new Core();
    core.wasm = (await WebAssembly.instantiate(bytes, {})).instance.exports;
    return core;
  }

  ask(door, request) {
    const bytes = new TextEncoder().encode(JSON.stringify(request));
    const at = this.wasm.alloc(bytes.length);
    new Uint8Array(this.wasm.memory.buffer, at, bytes.length).set(bytes);
    const length = this.wasm[door](at, bytes.length);
    return new Uint8Array(this.wasm.memory.buffer, this.wasm.answer(), length).slice();
  }

  call(request) {
    return JSON.parse(new TextDecoder().decode(this.ask("call", request)));
  }

  sound(cue) {
    return new Float32Array(this.ask("sound", cue).buffer);
  }
}

/** The wall clock with its zone: the day is hers. */
function time() {
  const now = new Date();
  const west = now.getTimezoneOffset();
  const two = (number) => String(Math.trunc(Math.abs(number))).padStart(2, "0");
  const local = new Date(now - west * 60000).toISOString().slice(0, 19);
  return `${local}${west > 0 ? "-" : "+"}${two(west / 60)}:${two(west % 60)}`;
}

/** What this browser keeps. Each way of failing is the same: it keeps nothing. */
const store = {
  /** The journal; `null` where nothing can be read or written. */
  journal() {
    try {
      localStorage.setItem("softback.probe", "1");
      const works = localStorage.getItem("softback.probe") === "1";
      localStorage.removeItem("softback.probe");
      return works ? (localStorage.getItem("softback.journal") ?? "") : null;
    } catch {
      return null;
    }
  },
  get(name) {
    try {
      return localStorage.getItem(`softback.${name}`);
    } catch {
      return null;
    }
  },
  /** Whether it is written; an empty text is taken away. */
  set(name, text) {
    try {
      if (text === "") localStorage.removeItem(`softback.${name}`);
      else localStorage.setItem(`softback.${name}`, text);
      return (store.get(name) ?? "") === text;
    } catch {
      return false;
    }
  },
  append(lines) {
    if (lines.length === 0) return true;
    const journal = store.journal();
    return journal !== null && store.set("journal", journal + lines.map((line) => `${line}\n`).join(""));
  },
};

// ---------------------------------------------------------------- a session

class Player {
  constructor(core, pack, display) {
    Object.assign(this, { core, pack, display, sounds: new Map(), timer: 0, drawn: 0, over: false });
    this.context = new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
    this.volume = Number(store.get("volume") ?? 0);
  }

  /** Begins, or says why not. Only a click may call it: the browser lets no sound out before one. */
  async start(request) {
    await this.context.resume();
    this.graph = new Graph(this.context);
    this.graph.loudness(this.volume);
    this.wall = { at: Date.now(), now: 0 };
    const frames = Object.entries(data.clips).map(([key, [, , length]]) => [key, length]);
    const stereo = this.context.destination.maxChannelCount > 1;
    const reply = this.ask({ ...request, do: "start", sides: stereo, clips: Object.fromEntries(frames) });
    if (!reply) return;
    if (!reply.view) {
      this.over = true;
      this.context.close();
      this.display.refused(reply);
      return;
    }
    this.take(reply);
    this.draw();
  }

  /** Asks the core. Should it fail, nothing sounds any more, and nothing begins. */
  ask(request) {
    try {
      return this.core.call(request);
    } catch (error) {
      this.over = true;
      clearTimeout(this.timer);
      this.context.close();
      this.display.broken(error);
      return null;
    }
  }

  tell(input) {
    const reply = !this.over && this.ask({ do: "handle", now: this.graph.now(), time: time(), input });
    if (reply) this.take(reply);
  }

  key(key) {
    if (this.context.state !== "running") this.context.resume().catch(() => {});
    this.tell({ key });
  }

  /** Does what the session wants. */
  take(reply) {
    if (!reply.view) return this.display.tell(reply);
    this.view = reply.view;
    const written = store.append(reply.append ?? []) && (reply.left == null || store.set("left", reply.left));
    for (const command of reply.commands) this.obey(command);
    this.display.words(reply);
    if (!written && !this.unwritten) {
      this.unwritten = true;
      this.tell("unwritten");
    }
    clearTimeout(this.timer);
    if (this.over) return;
    const due = reply.deadline === null ? LOOK[0] : ((reply.deadline - this.graph.now()) / RATE) * 1000;
    this.timer = setTimeout(() => this.look(), Math.max(Math.min(due, LOOK[0]), LOOK[1]));
  }

  obey(command) {
    const { at, sound } = command;
    switch (command.do) {
      case "cut": return this.graph.cut(at);
      case "drop-from": return this.graph.dropFrom(at, this.graph.now());
      case "play": {
        const speech = sound.kind === "speech";
        const clip = speech ? this.clip(sound.clip) : this.cue(sound);
        return void this.graph.play(at, sound.length, clip, { speech, side: sound.side }).catch(() => this.tell("voice-failed"));
      }
      case "volume": {
        this.volume = Math.min(0, Math.max(VOLUME.softest, this.volume + VOLUME.step * command.steps));
        this.graph.loudness(this.volume);
        return store.set("volume", String(this.volume));
      }
      case "note": return command.note === "sound-right" && store.set("heard", "1");
      case "finish": return this.finish();
    }
  }

  /** Looks at the clocks, and tells the session. */
  look() {
    const wall = Date.now();
    const now = this.graph.now();
    const asleep = Math.round((wall - this.wall.at) * (RATE / 1000)) - (now - this.wall.now);
    this.wall = { at: wall, now };
    if (asleep > SLEEP) this.tell({ woken: asleep });
    const change = this.graph.look();
    if (change === "lost") this.tell({ "device-lost": "away" });
    else if (change === "back") this.tell("device-back");
    this.tell("tick");
  }

  /** A sound, once it is decoded; the one that was wanted longest ago gives way. */
  kept(key, make) {
    const sound = this.sounds.get(key) ?? make();
    this.sounds.delete(key);
    this.sounds.set(key, sound);
    if (this.sounds.size > CLIPS_KEPT) this.sounds.delete(this.sounds.keys().next().value);
    return sound;
  }

  clip(key) {
    const [from, length] = data.clips[key];
    return this.kept(key, () => this.context.decodeAudioData(this.pack.slice(from, from + length).buffer));
  }

  cue(sound) {
    return this.kept(JSON.stringify(sound), () => {
      const samples = this.core.sound(sound);
      const buffer = this.context.createBuffer(1, samples.length, RATE);
      buffer.copyToChannel(samples, 0);
      return buffer;
    });
  }

  /** Draws what is heard now. */
  draw() {
    if (this.over) return;
    requestAnimationFrame(() => this.draw());
    const latency = (this.context.outputLatency || this.context.baseLatency || 0) * RATE;
    const heard = Math.max(0, this.graph.now() - Math.round(latency));
    if (performance.now() - this.drawn > DRAW) {
      this.drawn = performance.now();
      this.shown = this.ask({ do: "look", heard });
      if (!this.shown) return;
    }
    this.display.draw(this.shown ?? this.view, this.view, heard);
  }

  finish() {
    this.over = true;
    clearTimeout(this.timer);
    // The last fade is heard.
    setTimeout(() => this.context.close(), 300);
    this.display.finish();
  }
}
