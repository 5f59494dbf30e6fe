// What leaves the page for the loudspeaker, sample by sample.

import assert from "node:assert/strict";
import { test } from "node:test";
import { RATE, Room, SCREENS, pause } from "./room.mjs";

const AUDIBLE = 1e-4;

/** The last sample that can be heard from the frame `from` on, before a quiet of 100 ms. */
function silentAt({ from: first, samples }, from) {
  let last = from - first;
  for (let i = last; i < samples.length && i - last < RATE / 10; i += 1) {
    if (Math.abs(samples[i]) > AUDIBLE) last = i;
  }
  return last + first;
}

/** The first sample that can be heard at or after the frame `from`. */
function soundsAt({ from: first, samples }, from) {
  for (let i = Math.max(0, from - first); i < samples.length; i += 1) {
    if (Math.abs(samples[i]) > AUDIBLE) return i + first;
  }
  return Infinity;
}

const middle = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const ms = (frames) => (frames / RATE) * 1000;

test("a touch is silence within 25 ms, as the median of 20", async (t) => {
  const room = await Room.open(t, { page: "rest.html", screen: SCREENS[0], hears: true });
  await room.start();
  const waits = [];
  let tries = 0;
  while (waits.length < 20) {
    tries += 1;
    await room.goesOn((view) => view.phase === "playing", 30);
    await pause(500 + 90 * (tries % 8));
    if ((await room.view()).phase !== "playing") continue;
    await room.touch();
    const touched = await room.page.evaluate(() => window.touched);
    await room.until((view) => view.phase === "paused", 3);
    await pause(300);
    const heard = await room.recording(touched - RATE);
    const before = heard.samples.slice(Math.max(0, touched - heard.from - 960), touched - heard.from);
    // Only where something sounded there is anything to be silenced.
    if (before.some((sample) => Math.abs(sample) > 0.003)) waits.push(silentAt(heard, touched) - touched);
    await room.touch();
  }
  console.log(`touch to silence: median ${ms(middle(waits)).toFixed(1)} ms, most ${ms(Math.max(...waits)).toFixed(1)} ms`);
  assert.ok(ms(middle(waits)) <= 25, `${waits.map(ms)}`);
});

test("each sentence sounds when it should, and stands on the screen within 100 ms of that", async (t) => {
  const room = await Room.open(t, { page: "rest.html", screen: SCREENS[1], hears: true });
  await room.page.evaluate(() => {
    const caption = document.getElementById("caption");
    window.shown = [];
    new MutationObserver(() => window.shown.push([Math.round(window.context.currentTime * 48000), caption.textContent]))
      .observe(caption, { childList: true, characterData: true, subtree: true });
  });
  await room.start();
  await room.goesOn((view) => view.sentences_begun >= 9);
  // The recording last: while it is handed over, the page stands still.
  const shown = await room.page.evaluate(() => window.shown);
  const latency = await room.page.evaluate(() => window.context.outputLatency * 48000);
  const [calls, heard] = [await room.calls(), await room.recording()];
  const plays = calls.flatMap(([, answer]) => (JSON.parse(answer).commands ?? []).filter((it) => it.sound?.kind === "speech"));
  const said = plays.filter(({ sound }) => shown.some(([, text]) => text === sound.text));
  // The page counts from the beginning of the session. A clip begins with a moment of quiet: how long, it knows itself.
  const base = await room.page.evaluate(() => player.graph.base);
  const quiet = await room.page.evaluate(async (keys, audible) => {
    const clips = await Promise.all(keys.map((key) => player.clip(key)));
    return clips.map((clip) => clip.getChannelData(0).findIndex((sample) => Math.abs(sample) > audible));
  }, said.map(({ sound }) => sound.clip), AUDIBLE);
  assert.ok(said.length >= 6, `${said.length} sentences`);
  const late = [];
  for (const [number, { at, sound }] of said.entries()) {
    const expected = at - base + quiet[number];
    const begins = soundsAt(heard, at - base);
    assert.ok(Math.abs(begins - expected) <= 1, `${sound.text}: ${begins - expected} frames off`);
    const [frame] = shown.find(([, text]) => text === sound.text);
    late.push(ms(frame - latency - (at - base)));
  }
  console.log(`captions: ${Math.min(...late).toFixed(0)} to ${Math.max(...late).toFixed(0)} ms after the sentence begins`);
  assert.ok(late.every((off) => Math.abs(off) <= 100), `${late}`);
});
