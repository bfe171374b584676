// Plays a quote at its second and stops at its end; whoever presses play then hears how it went on.
"use strict";
const LAST_WORD_S = 0.25; // a recogniser's word ends a little before the voice does
let until = null;
let started = 0;

function play(quote) {
  const audio = document.getElementById("sound-" + quote.dataset.take);
  if (!audio) return;
  stopOthers(audio);
  started = Number(quote.dataset.start);
  until = Number(quote.dataset.end) + LAST_WORD_S;
  audio.currentTime = started;
  audio.play();
}

function stopOthers(audio) {
  for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
}

function follow(audio) {
  const head = document.getElementById("line-" + audio.dataset.take);
  if (head && audio.duration) {
    const at = (100 * audio.currentTime) / Number(audio.dataset.length || audio.duration) + "%";
    head.setAttribute("x1", at);
    head.setAttribute("x2", at);
    head.removeAttribute("visibility");
  }
  // While somebody moves it, where it stands says nothing of the quote's end.
  if (until !== null && !audio.paused && !audio.seeking && audio.currentTime >= until) {
    until = null;
    audio.pause();
  }
}

for (const audio of document.querySelectorAll("audio")) {
  audio.addEventListener("play", () => {
    stopOthers(audio);
    (function step() {
      follow(audio);
      if (!audio.paused) requestAnimationFrame(step);
    })();
  });
  audio.addEventListener("timeupdate", () => follow(audio));
  audio.addEventListener("seeking", () => {
    if (Math.abs(audio.currentTime - started) > 0.01) until = null; // moved by hand
  });
}

document.addEventListener("click", (event) => {
  const quote = event.target.closest("[data-start]");
  if (quote) play(quote);
});
document.addEventListener("keydown", (event) => {
  const mark = event.target.closest('[role="button"][data-start]');
  if (mark && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    play(mark);
  }
});
