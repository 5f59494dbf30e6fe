// The mixer graph: src/audio/graph.rs in the words of Web Audio. Times are frames since the session began.
"use strict";

const RATE = 48000;
/** The fade of a cut, in frames: 10 ms. */
const FADE = 480;
/** Cues under speech, as a factor, and how fast they duck and come back, in seconds to 1/e. */
const DUCKED = 0.35;
const DUCK_DOWN = 0.03;
const DUCK_UP = 0.25;
const VOLUME_GLIDE = 0.05;
/** Half a cosine from 1 to 0: no corner at either end, so no click. */
const FADE_OUT = Float32Array.from({ length: 65 }, (_, i) => 0.5 + 0.5 * Math.cos((Math.PI * i) / 64));
/** The context is lost when its clock stands still for so long, in milliseconds. */
const STILL = 400;

class Graph {
  constructor(context) {
    this.context = context;
    this.base = -Math.round(context.currentTime * RATE);
    this.last = 0;
    this.moved = { at: performance.now(), clock: context.currentTime };
    this.lostAt = null;
    this.volume = context.createGain();
    this.volume.connect(context.destination);
    this.begin();
  }

  begin() {
    this.items = [];
    this.bus = this.context.createGain();
    this.bus.connect(this.volume);
    this.cues = this.context.createGain();
    this.cues.connect(this.bus);
  }

  /** How many frames have gone by. Never goes back, and goes on by the wall clock while the context stands still. */
  now() {
    const lost = this.lostAt && this.lostAt.now + Math.round((performance.now() - this.lostAt.at) * (RATE / 1000));
    this.last = Math.max(this.last, lost ?? Math.round(this.context.currentTime * RATE) + this.base);
    return this.last;
  }

  /** Whether the context has stopped ("lost") or goes again ("back") since this was asked last. */
  look() {
    const at = performance.now();
    const clock = this.context.currentTime;
    const moves = this.context.state === "running" && clock !== this.moved.clock;
    if (moves) this.moved = { at, clock };
    if (moves && this.lostAt) {
      this.base = this.now() - Math.round(clock * RATE);
      this.lostAt = null;
      return "back";
    }
    if (!moves && !this.lostAt && at - this.moved.at > STILL) {
      this.lostAt = { at, now: this.now() };
      return "lost";
    }
    return null;
  }

  /** The context's time of a frame, in seconds; never before now. */
  seconds(frame) {
    return Math.max((frame - this.base) / RATE, this.context.currentTime);
  }

  /** What sounds fades, what is queued is dropped. */
  cut(at) {
    this.drop(0, at, this.bus);
    this.begin();
  }

  /** Drops everything that begins at or after `from`. */
  dropFrom(from, now) {
    this.drop(from, now, null);
    this.duck();
  }

  drop(from, now, bus) {
    const dropped = this.items.filter((item) => item.at >= from);
    this.items = this.items.filter((item) => item.at < from);
    for (const item of dropped) {
      item.dropped = true;
      // Stopped behind its fade. What has not begun never begins.
      item.source?.stop(item.at < now ? this.seconds(now + 2 * FADE) : 0);
      if (!bus && item.at < now) this.fade(item.gain);
    }
    if (bus) {
      this.fade(bus);
      setTimeout(() => bus.disconnect(), 200);
    }
  }

  fade(node) {
    node.gain.setValueCurveAtTime(FADE_OUT, this.context.currentTime, FADE / RATE);
  }

  /** Plays what `sound` will be, for `frames` from `at` on; speech lowers the cues, and may come from one side. */
  async play(at, frames, sound, { speech = false, side = null } = {}) {
    const item = { at, frames, speech, gain: this.context.createGain(), dropped: false };
    const bus = speech ? this.bus : this.cues;
    const now = this.now();
    this.items = this.items.filter((old) => old.at + old.frames > now);
    this.items.push(item);
    const buffer = await sound;
    if (item.dropped) return;
    item.source = this.context.createBufferSource();
    item.source.buffer = buffer;
    item.source.connect(item.gain).connect(side ? this.panner(side, bus) : bus);
    item.source.start(this.seconds(at), 0, frames / RATE);
    item.at = Math.max(at, this.now());
    this.duck();
  }

  panner(side, bus) {
    const panner = this.context.createStereoPanner();
    panner.pan.value = side === "left" ? -1 : 1;
    panner.connect(bus);
    return panner;
  }

  /** Cues are low under each sentence that is queued. */
  duck() {
    const { gain } = this.cues;
    gain.cancelScheduledValues(this.context.currentTime);
    for (const { at, frames } of this.items.filter((item) => item.speech && item.source)) {
      gain.setTargetAtTime(DUCKED, this.seconds(at), DUCK_DOWN);
      gain.setTargetAtTime(1, this.seconds(at + frames), DUCK_UP);
    }
  }

  /** As loud as this, in decibels from 0 down. */
  loudness(decibels) {
    const { currentTime } = this.context;
    this.volume.gain.setTargetAtTime(10 ** (decibels / 20), currentTime, VOLUME_GLIDE);
  }
}
