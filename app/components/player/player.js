// Two videos in step: the first leads, the second is pulled along by speed, and by a jump if far off.
const icon = (path) => `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${path}"/></svg>`;
const ICONS = {
  play: icon("M4 2l9 6-9 6z"), pause: icon("M4 2h3v12H4zM9 2h3v12H9z"),
  back: icon("M11 2v12L4 8zM3 2h1.600v12H3z"), next: icon("M5 2l7 6-7 6zM11.400 2H13v12h-1.600z"),
  full: icon("M2 6V2h4v1.600H3.600V6zM10 2h4v4h-1.600V3.600H10zM2 10h1.600v2.400H6V14H2zM12.400 10H14v4h-4v-1.600h2.400z"),
  loud: icon("M2 6h2.500L8 3v10L4.500 10H2zM10 5.200a4 4 0 0 1 0 5.600zM10.500 2.600a6 6 0 0 1 0 10.800v-1.600a4.600 4.600 0 0 0 0-7.600z"),
  mute: icon("M2 6h2.500L8 3v10L4.500 10H2zM10 6l1-1 1.500 1.500L14 5l1 1-1.500 1.500L15 9l-1 1-1.500-1.500L11 10l-1-1 1.500-1.500z"),
};

export default function (component) {
  const root = component.parentElement;
  root.player ??= new Player(root);
  root.player.update(component.data);
}

class Player {
  constructor(root) {
    this.parts = Object.fromEntries(["player", "stage", "first", "second", "one", "two", "divider", "left", "right",
      "failed", "play", "back", "next", "clock", "scrub", "range", "in", "out", "sound", "full"]
      .map((name) => [name, root.querySelector("." + name)]));
    this.modes = [...root.querySelectorAll("[data-mode]")];
    this.mode = "swipe"; this.split = 0.5; this.data = {}; this.loop = [null, null];
    const { stage, first, second, play, back, next, scrub, sound, full } = this.parts;
    for (const name of ["back", "next", "full"]) this.parts[name].innerHTML = ICONS[name];
    play.innerHTML = ICONS.play; sound.innerHTML = ICONS.loud;
    stage.addEventListener("pointerdown", (event) => {
      if (this.data.second && this.mode === "swipe") { stage.setPointerCapture(event.pointerId); this.move(event); }
      else this.toggle();
    });
    stage.addEventListener("pointermove", (event) => { if (event.buttons && this.data.second && this.mode === "swipe") this.move(event); });
    scrub.addEventListener("input", () => this.seek(scrub.value / 1000 * (first.duration || 0)));
    play.addEventListener("click", () => this.toggle());
    back.addEventListener("click", () => this.step(-1));
    next.addEventListener("click", () => this.step(1));
    sound.addEventListener("click", () => this.mute());
    this.parts.in.addEventListener("click", () => this.mark(0));
    this.parts.out.addEventListener("click", () => this.mark(1));
    full.addEventListener("click", () => document.fullscreenElement ? document.exitFullscreen() : this.parts.player.requestFullscreen?.());
    for (const button of this.modes) button.addEventListener("click", () => this.show(button.dataset.mode));
    for (const name of ["play", "pause", "ended"]) first.addEventListener(name, () => this.told());
    for (const video of [first, second]) {
      video.addEventListener("error", () => { if (video.getAttribute("src")) this.parts.failed.textContent = "The browser cannot play this file. Open it from its folder, or make a proxy."; });
      video.addEventListener("loadedmetadata", () => {
        this.layout();
        if (video === first && this.data.length) { this.loop = [this.data.shift, this.data.shift + this.data.length - 0.02]; this.seek(this.data.shift); }
      });
    }
    new ResizeObserver(() => this.layout()).observe(stage);
    const every = () => { if (!this.parts.player.isConnected) { first.pause(); second.pause(); return; } this.follow(); requestAnimationFrame(every); };
    requestAnimationFrame(every);
    if (window.brushreelKeys) window.removeEventListener("keydown", window.brushreelKeys, true);
    window.brushreelKeys = (event) => { if (this.parts.player.isConnected) this.key(event); };
    window.addEventListener("keydown", window.brushreelKeys, true);
  }

  update(data) {
    this.data = data;
    const { player, first, second, left, right } = this.parts;
    player.classList.toggle("single", !data.second); player.classList.toggle("low", data.low);
    player.classList.toggle("short", Boolean(data.short));
    for (const [video, source] of [[first, data.first], [second, data.second]]) {
      if ((video.getAttribute("src") || "") === source) continue;
      this.parts.failed.textContent = "";
      source ? video.setAttribute("src", source) : video.removeAttribute("src");
      video.load();
    }
    left.textContent = data.first_name; right.textContent = data.second ? data.second_name : "";
    this.show(this.mode);
    if (data.leap && data.leap.number !== this.leapt) { this.leapt = data.leap.number; first.pause(); this.seek(data.leap.time + 0.5 / (data.rate || 25)); }
  }

  follow() {
    const { first, second, scrub, clock, range } = this.parts;
    const [from, to] = this.loop;
    if (to !== null && !first.paused && (first.currentTime >= to || first.currentTime < (from ?? 0) - 0.1)) this.seek(from ?? 0);
    if (this.data.second) {
      const lead = first.currentTime - (this.data.shift || 0);
      const off = second.currentTime - lead;
      if (Math.abs(off) > (first.paused ? 0.001 : 0.12) && !second.seeking && !first.seeking) second.currentTime = Math.max(0, lead);
      else second.playbackRate = first.paused ? 1 : Math.max(0.9, Math.min(1.1, 1 - off * 2));
      if (second.paused !== first.paused) first.paused ? second.pause() : second.play().catch(() => {});
    }
    const length = first.duration || 0;
    if (length && document.activeElement !== scrub) scrub.value = first.currentTime / length * 1000;
    clock.textContent = this.time(first.currentTime) + " / " + this.time(length);
    if (length && (from !== null || to !== null)) {
      range.style.left = (from ?? 0) / length * 100 + "%"; range.style.right = 100 - (to ?? length) / length * 100 + "%";
      range.style.display = "";
    } else range.style.display = "none";
  }

  told() {
    const paused = this.parts.first.paused;
    this.parts.play.innerHTML = paused ? ICONS.play : ICONS.pause;
    this.parts.play.setAttribute("aria-label", paused ? "Play" : "Pause");
  }

  toggle() { const { first } = this.parts; first.paused ? first.play().catch(() => {}) : first.pause(); }
  seek(time) { const { first, second } = this.parts; first.currentTime = time; if (this.data.second) second.currentTime = Math.max(0, time - (this.data.shift || 0)); }
  step(by) {
    const { first } = this.parts, rate = this.data.rate || 25;
    first.pause();
    this.seek(Math.max(0, Math.min(first.duration || 0, (Math.round(first.currentTime * rate - 0.5) + by + 0.5) / rate)));
  }
  mute() { const { first, sound } = this.parts; first.muted = !first.muted; sound.innerHTML = first.muted ? ICONS.mute : ICONS.loud; }
  mark(which) {
    const now = this.parts.first.currentTime;
    this.loop[which] = this.loop[which] !== null && Math.abs(this.loop[which] - now) < 0.02 ? null : now;
    if (this.loop[0] !== null && this.loop[1] !== null && this.loop[1] <= this.loop[0]) this.loop[1 - which] = null;
    this.parts.in.classList.toggle("on", this.loop[0] !== null); this.parts.out.classList.toggle("on", this.loop[1] !== null);
  }
  show(mode) {
    this.mode = mode;
    const { player } = this.parts;
    for (const name of ["swipe", "side", "difference"]) player.classList.toggle(name, name === mode && Boolean(this.data.second));
    for (const button of this.modes) button.setAttribute("aria-checked", String(button.dataset.mode === mode));
    this.layout();
  }
  layout() {
    const { stage, first, two, divider } = this.parts;
    const box = stage.getBoundingClientRect();
    const ratio = first.videoWidth / first.videoHeight || 16 / 9;
    this.shown = Math.min(box.width, box.height * ratio); this.left = (box.width - this.shown) / 2;
    const at = this.left + this.split * this.shown;
    two.style.clipPath = this.mode === "swipe" ? `inset(0 0 0 ${at}px)` : "none";
    divider.style.left = at + "px";
  }
  move(event) {
    const box = this.parts.stage.getBoundingClientRect();
    this.split = Math.max(0, Math.min(1, (event.clientX - box.left - this.left) / this.shown));
    this.layout();
  }
  key(event) {
    const at = event.composedPath()[0];
    if (at.closest?.("input:not([type=range]), textarea, select, [contenteditable=true], [role=combobox], [role=dialog]")
      || event.ctrlKey || event.metaKey || event.altKey) return;
    const onControl = at !== this.parts.scrub && at.closest?.("input, [role=slider], button, [role=radio], [role=tab], [role=checkbox], [role=option], summary, a");
    const order = ["swipe", "side", "difference"];
    const acts = {
      c: () => this.data.second && this.show(order[(order.indexOf(this.mode) + 1) % 3]),
      f: () => this.parts.full.click(), m: () => this.mute(), i: () => this.mark(0), o: () => this.mark(1),
      " ": () => this.toggle(), arrowleft: () => this.step(-1), arrowright: () => this.step(1),
    };
    const act = acts[event.key.toLowerCase()];
    if (!act || (onControl && !/^[cfmio]$/i.test(event.key))) return;
    event.preventDefault(); event.stopImmediatePropagation(); act();
  }
  time(seconds) {
    const rate = Math.max(1, Math.round(this.data.rate || 25)), whole = Math.floor((seconds || 0) * rate + 0.001);
    const two = (value) => String(Math.floor(value)).padStart(2, "0");
    return `${two(whole / rate / 60)}:${two(whole / rate % 60)}:${two(whole % rate)}`;
  }
}
