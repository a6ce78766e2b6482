// What the page offers about somebody: never what the server would refuse, never what makes no sense as they are now.

import assert from "node:assert/strict";
import { test } from "node:test";

import { may, offered } from "../../static/js/room/permissions.js";
import { person } from "./people.mjs";

const host = person("host", 1, { role: "host" });
const moderator = person("moderator", 2, { role: "moderator", position: "audience" });
const speaker = person("speaker", 3, { muted: false });
const listener = person("listener", 0, { position: "audience" });
const here = { hand: false, invited: false, here: true };

test("a listener mutes for themselves, blocks and reports, and does nothing else to others", () => {
  assert.deepEqual(offered(listener, speaker, here), ["person.quiet", "person.block", "person.report"]);
});

test("whom one has muted for oneself one can hear again, and not mute again", () => {
  assert.deepEqual(offered(listener, speaker, { ...here, quiet: true }), ["person.hear", "person.block", "person.report"]);
});

test("nobody is offered anything about themselves", () => {
  assert.deepEqual(offered(host, host, here), []);
});

test("a host mutes and moves who speaks, and invites who listens", () => {
  const aboutSpeaker = offered(host, speaker, here);
  assert.ok(aboutSpeaker.includes("person.mute") && aboutSpeaker.includes("person.move"));
  assert.ok(!aboutSpeaker.includes("stage.invite"));
  const aboutListener = offered(host, listener, here);
  assert.ok(aboutListener.includes("stage.invite") && !aboutListener.includes("person.mute"));
});

test("who is muted is not muted again", () => {
  assert.ok(!offered(host, { ...speaker, muted: true }, here).includes("person.mute"));
});

test("a hand is lowered and an invitation withdrawn only while there is one", () => {
  const without = offered(host, listener, here);
  assert.ok(!without.includes("hand.lower_other") && !without.includes("stage.withdraw"));
  const withBoth = offered(host, listener, { ...here, hand: true, invited: true });
  assert.ok(withBoth.includes("hand.lower_other") && withBoth.includes("stage.withdraw"));
  assert.ok(!withBoth.includes("stage.invite"));
});

test("who has left can be banned and reported, and not removed", () => {
  const about = offered(host, listener, { ...here, here: false });
  assert.ok(about.includes("person.ban") && about.includes("person.report") && !about.includes("person.remove"));
});

test("a moderator does nothing to the host", () => {
  assert.ok(offered(moderator, host, here).every((command) => ["person.report", "person.block", "person.quiet"].includes(command)));
});

test("what a role may depends on where they sit", () => {
  assert.ok(may(moderator, "stage.join") && !may({ ...moderator, position: "stage" }, "stage.join"));
  assert.ok(may(host, "room.end") && !may(speaker, "room.end"));
  assert.ok(!may(host, "nothing.of.ours") && !may({ ...host, role: "nobody" }, "room.end"));
});
