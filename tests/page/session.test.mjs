// Whole ways through a session, by touch alone, on three screens.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { PAGES, Room, SCREENS, journal, pause } from "./room.mjs";

/** Nobody is left out by what the page shows now. */
async function fitsAll(room) {
  assert.deepEqual(await room.leavesOut(), []);
}

/** Nothing was asked of any network, and nothing went wrong unseen. */
function isQuiet(room) {
  assert.deepEqual(room.requests.filter((url) => !/^(file|data|blob):/.test(url)), []);
  assert.deepEqual(room.errors, []);
}

/** Through the three questions of the day and the last check, into the routine. */
async function passes(room) {
  await room.start({ length: "5", pace: "standard", posture: "seated" });
  const welcome = await room.until((view) => view.phase === "ready" && view.waits, 40);
  assert.equal(welcome.sentence, "Touch the screen when sitting.");
  await room.touch();
  for (const question of [1, 2, 3]) {
    const asked = (view) => view.phase === "asking" && view.question?.[0] === question;
    await room.until(asked, 30);
    // A touch on no, before the question is said to its end, is no answer.
    if (question === 1) {
      await pause(3000);
      await room.no();
      await pause(1000);
      assert.ok(asked(await room.view()), "it goes on asking");
    }
    await room.until((view) => asked(view) && view.waits, 60);
    await room.no();
  }
  const last = await room.until((view) => view.phase === "asking" && view.answers?.no === "unwell" && view.waits, 30);
  assert.match(last.sentence, /upper half/);
  await room.yes();
  await room.until((view) => view.part === "routine", 20);
}

/** Stops by holding, and answers whether something hurt. */
async function stops(room, hurt) {
  await room.hold(1700);
  await room.says("Stopping now.", 10);
  assert.equal((await room.view()).phase, "closing");
  await room.until((view) => view.phase === "asking" && view.answers?.yes === "hurt" && view.waits, 40);
  await (hurt ? room.yes() : room.no());
}

describe("a day", { concurrency: 3 }, () => {
  for (const [index, screen] of SCREENS.entries()) {
    const hurt = index !== 1;
    test(`at ${screen.join("×")}, stopped ${hurt ? "because something hurt" : "while nothing hurt"}`, async (t) => {
      const kept = { journal: journal(5) };
      const room = await Room.open(t, { screen, kept });
      await room.ready();
      await fitsAll(room);
      await passes(room);

      // A pause, and the sentence again.
      const { sentence } = await room.until((view) => view.sentence.length > 30 && view.phase === "playing", 60);
      await room.touch();
      assert.equal((await room.view()).phase, "paused");
      await room.says("Paused.", 5);
      await fitsAll(room);
      await room.touch();
      const again = await room.until((view) => view.phase === "playing" && view.sentence === sentence, 5);
      assert.equal(again.sentence, sentence);

      // Out of sight it pauses, and says why.
      const other = await room.browser.newPage();
      await other.bringToFront();
      await room.until((view) => view.phase === "paused", 5);
      await room.page.bringToFront();
      await room.says("The page is not in front now", 10);
      await room.touch();
      await room.until((view) => view.phase === "playing", 5);

      // The warm-up counts as begun; then she stops.
      const begun = (calls) => calls.some(([, answer]) => answer.includes('\\"kind\\":\\"start\\"'));
      for (let waited = 0; !begun(await room.calls()); waited += 1) {
        assert.ok(waited < 120, "it counts as begun within two minutes");
        await pause(1000);
      }
      await stops(room, hurt);
      await room.page.waitForFunction(() => !document.getElementById("after").hidden, { timeout: 120_000, polling: 250 });
      await fitsAll(room);
      isQuiet(room);

      // The next time it is closed, and says so aloud.
      await room.page.reload();
      await room.ready();
      const why = hurt ? /Something hurt/ : /two sessions today/;
      if (!hurt) {
        assert.ok(await room.shows("unfinished"), "it may be picked up");
        await room.page.evaluate(() => (document.getElementById("pick").checked = false));
      } else {
        assert.match(await room.text("closed"), why);
      }
      await room.start();
      const refused = await room.until((view) => view.part === "close" && view.sentence, 20);
      assert.match(refused.sentence, hurt ? /movements stay closed/ : /two sessions today/);
      isQuiet(room);
    });
  }

  test("a yes to the first question closes at once, with whom to call", async (t) => {
    const room = await Room.open(t, { screen: SCREENS[1], kept: { journal: journal(30) } });
    await room.start();
    await room.until((view) => view.phase === "ready" && view.waits, 40);
    await room.touch();
    await room.until((view) => view.question?.[0] === 1 && view.phase === "asking", 30);
    await pause(1500);
    await room.yes();
    const closed = await room.until((view) => view.part === "close", 10);
    assert.match((await room.says("Call ", 10)).sentence, /^Call .* now, or ask someone near you to call\.$/);
    assert.equal(closed.part, "close");
    const kept = await room.page.evaluate(() => localStorage.getItem("softback.journal"));
    assert.match(kept, /"ask-all"/);
    assert.doesNotMatch(kept, /emergency/, "which answer it was is not kept");
  });

  test("a whole rest, skipped through, is what the program would have done", async (t) => {
    const room = await Room.open(t, { page: "rest.html", screen: SCREENS[2] });
    await room.start({ pace: "standard" });
    const first = await room.goesOn((view) => view.number > 0 && view.phase === "playing");
    // Next, from a pause.
    await room.touch();
    await room.until((view) => view.phase === "paused", 3);
    await room.page.tap('#controls [data-key="next"]');
    const next = await room.until((view) => view.phase === "playing" && view.number !== first.number, 5);
    assert.equal(next.number, first.number + 1);
    // By the key of a screen reader, without a pause before it.
    await room.page.$eval('#controls [data-key="back"]', (button) => button.click());
    await room.until((view) => view.number === first.number, 5);
    // By the keyboard: any key pauses, and Escape stops.
    await room.page.keyboard.press("x");
    await room.until((view) => view.phase === "paused", 3);
    await room.page.keyboard.press("Space");
    await room.until((view) => view.phase === "playing", 3);
    await room.page.keyboard.press("Escape");
    await room.until((view) => view.phase === "asking" && view.waits, 40);
    await room.page.keyboard.press("Tab");
    await room.page.waitForFunction(() => !document.getElementById("after").hidden, { timeout: 60_000, polling: 250 });
    // `make verify` has the program answer the same requests: see src/page/tests/browser.rs.
    const calls = await room.calls();
    mkdirSync(path.join(PAGES, "log"), { recursive: true });
    for (const [column, name] of ["requests", "answers"].entries()) {
      writeFileSync(path.join(PAGES, "log", `${name}.jsonl`), calls.map((call) => `${call[column]}\n`).join(""));
    }
    isQuiet(room);
  });
});

// "gentle" has fewer sentences than "upper-back".
test("each page is at most 12 MB", () => {
  for (const name of ["upper-back", "rest"]) {
    const { length } = readFileSync(path.join(PAGES, `${name}.html`));
    assert.ok(length <= 12_000_000, `${name}: ${length} bytes`);
  }
});
