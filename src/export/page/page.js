// What she sees, and what her hands do: touch, keys, the buttons of a headset.
"use strict";

const stage = byId("session");
const STATES = { paused: "Paused. Touch to go on, hold to stop.", ready: "Touch when you are ready.", closing: "", playing: "" };
const GO = { playing: "Pause", paused: "Go on", ready: "I am ready", asking: "Ask again" };
const show = (id, shown) => (byId(id).hidden = !shown);
const say = (id, text) => {
  if (byId(id).textContent !== text) byId(id).textContent = text;
};

let player = null;
/** The last touch, until the next. */
let touch = null;
let awake = null;

// ---------------------------------------------------------------- the screen

const display = {
  draw(view, now, heard) {
    stage.dataset.phase = now.phase;
    show("answers", now.phase === "asking");
    const before = view.part === "before" ? "Before we begin" : [view.section, view.movement].filter(Boolean).join(": ");
    say("where", view.question ? `Question ${view.question[0]} of ${view.question[1]}` : before);
    const sentence = [view.leading, view.sentence].filter(Boolean).join(" ");
    say("caption", view.unheard ? `${view.unheard.why}. ${view.unheard.remedy ?? ""}` : sentence);
    byId("caption").classList.toggle("long", sentence.length > 140);
    say("state", STATES[now.phase] ?? "");
    say("go", GO[now.phase] ?? "");
    show("go", now.phase !== "closing");
    this.picture(view);
    this.breath(view.breath, heard);
    if ("mediaSession" in navigator) {
      navigator.mediaSession.playbackState = now.phase === "playing" || now.phase === "closing" ? "playing" : "paused";
    }
  },
  picture(view) {
    const named = (data.pictures[view.posture] ?? []).find(([title]) => title === (view.movement || view.section));
    const drawn = (view.part === "routine" && named?.[1]) || "";
    if (this.drawn !== drawn) byId("picture").innerHTML = drawn;
    this.drawn = drawn;
  },
  /** The shape grows with the breath in, and falls with the breath out. */
  breath(breath, heard) {
    show("breath", breath);
    if (!breath) return;
    const done = Math.min(1, Math.max(0, (heard - breath.began) / breath.length));
    const risen = 0.5 - 0.5 * Math.cos(Math.PI * (breath.phase === "in" ? done : 1 - done));
    byId("breath").style.setProperty("--size", (0.45 + 0.55 * risen).toFixed(3));
    say("count", `${breath.phase === "in" ? "In" : "Out"} ${breath.repetition}/${breath.of}`);
  },
  words(reply) {
    this.last = reply.words.length > 0 ? reply.words : this.last;
    if (reply.error) this.tell(reply);
  },
  /** What is not spoken. */
  tell({ error, remedy }) {
    say("told", [error, remedy].filter(Boolean).join(". "));
  },
  /** Nothing has begun, and why. */
  refused({ error, remedy }) {
    this.leave();
    show("session", false);
    welcome();
    show("closed", true);
    say("closed", [error, remedy].filter(Boolean).join(". "));
    byId("closed").scrollIntoView();
  },
  /** Lets go of all that a session holds. */
  leave() {
    quiet.still = true;
    quiet.pause();
    awake?.release().catch(() => {});
    player.unlock?.();
    player = null;
  },
  broken(error) {
    this.leave();
    broken(error);
  },
  finish() {
    this.leave();
    byId("words").replaceChildren(...(this.last ?? []).map((words) => Object.assign(document.createElement("p"), { textContent: words })));
    show("session", false);
    show("after", true);
    say("opens", closed(opening()));
    byId("ended").focus();
  },
};

// ---------------------------------------------------------------- her hands

const upper = (event) => event.clientY < window.innerHeight / 2;

function press(key) {
  const paused = player.view.phase === "paused";
  // Nothing is gone to from a pause: it goes on, and then there.
  if (paused && ["back", "next", "again"].includes(key)) player.key("pause");
  player.key(key);
}

stage.addEventListener("pointerdown", (event) => {
  if (!player?.view) return;
  const { phase, sentence } = player.view;
  if (phase === "playing") player.key("pause");
  if (touch?.down) return;
  touch = { phase, sentence, upper: upper(event), used: phase === "playing", down: true };
  touch.hold = setTimeout(() => {
    touch.used = true;
    player?.key("stop");
  }, HOLD);
});

function lift(event) {
  if (!event.isPrimary || !touch?.down) return;
  clearTimeout(touch.hold);
  touch.down = false;
  const { phase, sentence, used } = touch;
  const same = touch.upper === upper(event);
  // The click that follows, sooner or later, belongs to it.
  if (used || event.type !== "pointerup" || phase !== "asking" || !player) return;
  touch.used = true;
  if (player.view.phase !== phase || player.view.sentence !== sentence) return;
  player.key(same ? (touch.upper ? "yes" : "no") : "other");
}
stage.addEventListener("pointerup", lift);
stage.addEventListener("pointercancel", lift);

stage.addEventListener("click", (event) => {
  // Without a touch before it, it comes from a screen reader or a key.
  const helped = event.detail === 0;
  if (!player?.view || (!helped && touch?.used)) return;
  const key = event.target.closest("button")?.dataset.key;
  if (key) press(key);
  else if (player.view.phase !== "closing") player.key("pause");
});
stage.addEventListener("contextmenu", (event) => event.preventDefault());

addEventListener("keydown", (event) => {
  if (!player?.view || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (["Shift", "Control", "Alt", "Meta", "CapsLock"].includes(event.key)) return;
  const still = ["paused", "closing"].includes(player.view.phase);
  const pressed = [" ", "Enter"].includes(event.key) && event.target.closest("button");
  if (pressed || (still && event.key === "Tab")) return;
  event.preventDefault();
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  player.key(KEYS[name] ?? "other");
});

// ---------------------------------------------------------------- what is round the page

/** Next to nothing, again and again: a page that plays it is given the buttons of a headset. */
const quiet = byId("quiet");
quiet.addEventListener("pause", () => {
  if (!quiet.still) player?.key("media-pause");
});

function listen() {
  if ("audioSession" in navigator) navigator.audioSession.type = "playback";
  quiet.still = false;
  quiet.play().catch(() => {});
  if (!("mediaSession" in navigator)) return;
  navigator.mediaSession.metadata = new MediaMetadata({ title: data.title, artist: "Softback" });
  for (const [button, key] of Object.entries(MEDIA)) {
    try {
      navigator.mediaSession.setActionHandler(button, () => player?.key(key));
    } catch {
      // A browser that does not know the button does not send it.
    }
  }
}

async function stayAwake() {
  awake = await navigator.wakeLock?.request("screen").catch(() => null);
}

/** She does not reach the page any more, or again. */
let away = false;
function reach() {
  const gone = document.hidden || !document.hasFocus();
  if (gone && !away) player?.tell("focus-lost");
  if (!gone && away && player) {
    player.context.resume().catch(() => {});
    stayAwake();
  }
  away = gone;
}
addEventListener("blur", reach);
addEventListener("focus", reach);
document.addEventListener("visibilitychange", reach);
addEventListener("pagehide", () => player?.key("leave"));

// ---------------------------------------------------------------- before it

let core = null;
let pack = null;
const chosen = (name) => byId("choice").elements[name]?.value || null;

function opening() {
  const answer = core.call({ do: "opening", time: time(), journal: store.journal(), left: store.get("left") });
  if (!store.append(answer.append)) answer.closed ??= { why: "no-storage", opens: null };
  return answer;
}

/** Why nothing with movement begins now, and until when. */
function closed({ closed: why }) {
  if (!why) return "";
  const until = why.opens ? ` They open again on ${new Date(why.opens).toLocaleString()}.` : "";
  return `${data.closed[why.why]}${data.moves ? until : ""}`;
}

function welcome() {
  const answer = opening();
  const { unfinished, last } = answer;
  for (const [name, value] of Object.entries(last ?? {})) {
    const option = document.querySelector(`#choice input[name="${name}"][value="${value}"]`);
    if (option) option.checked = true;
  }
  const offered = unfinished?.routine === data.routine;
  show("unfinished", offered);
  byId("pick").checked = offered;
  say("left-at", offered ? `Go on with the session that was not finished, from: ${unfinished.title}` : "");
  show("closed", data.moves && answer.closed && !offered);
  say("closed", closed(answer));
  byId("start").disabled = data.moves && answer.closed?.why === "no-storage";
  show("after", false);
  show("before", true);
  return answer;
}

/** Holds off a second page: what lets it go, or `null` where no lock is to be had. Then only rest begins. */
function lock() {
  return new Promise((got) => {
    const hold = (lock) => new Promise((release) => got(lock ? release : void release()));
    if (!navigator.locks) return got();
    navigator.locks.request("softback", { ifAvailable: true }, hold).catch(() => got());
  });
}

/** What she has chosen; a session that is gone on with is as it was. */
function request(answer, journal) {
  const going = byId("pick").checked && answer.unfinished;
  const { posture, pace, length } = going || {};
  return {
    time: time(), journal, left: store.get("left"), routine: data.routine, text: data.text,
    posture: posture ?? chosen("posture") ?? "seated", pace: pace ?? chosen("pace") ?? "standard",
    length: length ?? Number(chosen("length") ?? 10), emergency: data.emergency, hands: "touch",
    pick_up: Boolean(going), sound_check: store.get("heard") === null,
  };
}

async function begin() {
  player = new Player(core, pack, display);
  listen();
  player.unlock = await lock();
  const answer = opening();
  const journal = player.unlock ? store.journal() : null;
  show("before", false);
  show("session", true);
  away = false;
  stage.focus();
  stayAwake();
  await player.start(request(answer, journal));
}

async function ready() {
  [core, pack] = await Promise.all([part("softback.wasm").then(Core.open), part("clips.bin")]);
  welcome();
  show("cannot", false);
  show("setup", true);
  byId("choice").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!player) begin().catch(broken);
  });
  byId("again").addEventListener("click", welcome);
  if (data.site) await navigator.serviceWorker?.register("worker.js");
}

function broken(error) {
  say("why", `It cannot go on: ${error.message ?? error}. Open the page again; should that not help, there is another way.`);
  for (const id of ["cannot", "before"]) show(id, true);
  for (const id of ["setup", "session"]) show(id, false);
}

ready().catch(broken);
