// One viewer per page. Python sends addresses of pictures; what the user does goes back as acts.
const icon = (path) => `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${path}"/></svg>`;
const ICONS = {
  play: icon("M4 2l9 6-9 6z"), pause: icon("M4 2h3v12H4zM9 2h3v12H9z"),
  back: icon("M11 2v12L4 8zM3 2h1.6v12H3z"), next: icon("M5 2l7 6-7 6zM11.4 2H13v12h-1.6z"),
  full: icon("M2 6V2h4v1.6H3.6V6zM10 2h4v4h-1.6V3.6H10zM2 10h1.6v2.4H6V14H2zM12.4 10H14v4h-4v-1.6h2.4z"),
};

export default function (component) {
  const root = component.parentElement;
  root.viewer ??= new Viewer(root);
  root.viewer.update(component);
}

class Viewer {
  constructor(root) {
    const find = (name) => root.querySelector("." + name);
    this.parts = Object.fromEntries(["viewer", "stage", "before", "after", "divider", "play", "back",
      "next", "clock", "scrub", "total", "full", "right", "map", "actual"].map((name) => [name, find(name)]));
    this.modes = [...root.querySelectorAll("[data-mode]")];
    this.split = 0.5; this.mode = "split"; this.playing = null;
    this.sent = null; this.wanted = null; this.data = {};
    this.center = [0.5, 0.5]; this.held = null; this.zooming = false;
    const { stage, play, back, next, scrub, full, viewer, actual } = this.parts;
    for (const name of ["back", "next", "full"]) this.parts[name].innerHTML = ICONS[name];
    play.innerHTML = ICONS.play;
    stage.addEventListener("pointerdown", (event) => {
      stage.setPointerCapture(event.pointerId); this.take(event);
    });
    stage.addEventListener("pointermove", (event) => event.buttons ? this.drag(event) : this.hover(event));
    stage.addEventListener("pointerup", () => stage.classList.remove("panning"));
    stage.addEventListener("dblclick", (event) => this.magnify(event));
    actual.addEventListener("click", () => this.magnify());
    scrub.addEventListener("input", () => { this.stop(); this.seek(Number(scrub.value)); });
    play.addEventListener("click", () => this.toggle());
    back.addEventListener("click", () => this.step(-1));
    next.addEventListener("click", () => this.step(1));
    full.addEventListener("click", () => this.fullscreen());
    for (const button of this.modes) button.addEventListener("click", () => this.show(button.dataset.mode));
    new ResizeObserver(() => this.layout()).observe(stage);
    if (window.brushreelKeys) window.removeEventListener("keydown", window.brushreelKeys, true);
    window.brushreelKeys = (event) => { if (viewer.isConnected) this.key(event); };
    window.addEventListener("keydown", window.brushreelKeys, true);
    if (window.brushreelClicks) window.removeEventListener("click", window.brushreelClicks, true);
    window.brushreelClicks = (event) => { if (viewer.isConnected) this.press(event); };
    window.addEventListener("click", window.brushreelClicks, true);
  }

  // A button of Streamlit's is pressed or not: that it was pressed twice, and what before, is lost.
  press(event) {
    const kind = ["undo", "redo", "reset"].find((name) => event.target.closest?.(`.st-key-${name} button:enabled`));
    if (!kind) return;
    event.preventDefault(); event.stopImmediatePropagation();
    this.act({ kind });
  }

  update({ data, setTriggerValue }) {
    this.act = (wish) => tell(setTriggerValue, this.data, this.data.to, wish);
    heard(data);
    const fresh = data.number !== this.data.number || data.name !== this.data.name;
    this.data = data;
    const { scrub, viewer, right } = this.parts;
    scrub.max = data.count - 1;
    if (this.sent === null || data.number === this.sent) { this.sent = null; }
    if (this.wanted === null) { scrub.value = data.number; this.clock(data.number); }
    viewer.classList.toggle("plain", !data.after);
    right.textContent = data.after ? [data.name, data.note].filter(Boolean).join(" · ") : "";
    this.parts.total.textContent = this.time(data.count / data.rate);
    this.zooming = false;
    this.load(data);
    this.show(this.mode);
    if (fresh || this.sent === null) this.send();
  }

  // Pictures of another size come into sight together with their place.
  async load(data) {
    const before = data.before, after = data.after || data.before;
    const turn = (this.turn = (this.turn || 0) + 1);
    try {
      await Promise.all([before, after].map((src) => { const image = new Image(); image.src = src; return image.decode(); }));
    } catch { /* given up by the server: the next picture is on its way */ }
    if (turn !== this.turn) return;
    this.seen = data;
    if (this.parts.before.getAttribute("src") !== before) this.parts.before.src = before;
    if (this.parts.after.getAttribute("src") !== after) this.parts.after.src = after;
    this.layout();
  }

  // At most one seek is under way; of those wished for meanwhile only the last counts.
  seek(number) {
    number = Math.max(0, Math.min(this.data.count - 1, number));
    this.wanted = number; this.parts.scrub.value = number; this.clock(number);
    this.send();
  }

  send() {
    this.parts.viewer.classList.toggle("waiting", this.sent !== null || this.wanted !== null || this.zooming);
    if (this.wanted === null) return;
    if (this.sent !== null && performance.now() - this.sentAt < 4000) return;
    this.sent = this.wanted; this.wanted = null; this.sentAt = performance.now();
    if (this.sent === this.data.number) { this.sent = null; this.parts.viewer.classList.remove("waiting"); return; }
    this.act({ kind: "seek", number: this.sent });
  }

  step(by) { this.stop(); this.seek((this.wanted ?? this.sent ?? this.data.number) + by); }

  toggle() {
    if (this.playing) { this.stop(); return; }
    const start = this.data.number >= this.data.count - 1 ? 0 : this.data.number;
    const begun = performance.now();
    this.parts.play.innerHTML = ICONS.pause; this.parts.play.setAttribute("aria-label", "Pause");
    // Shown as fast as this machine draws, on the clock of the video: frames are left out.
    this.playing = setInterval(() => {
      if (!this.parts.viewer.isConnected) { this.stop(); return; }
      if (this.sent !== null && performance.now() - this.sentAt < 4000) return;
      const number = start + Math.floor((performance.now() - begun) / 1000 * this.data.rate);
      if (number >= this.data.count) { this.stop(); this.seek(this.data.count - 1); return; }
      this.seek(number);
    }, 20);
  }

  stop() {
    clearInterval(this.playing); this.playing = null;
    this.parts.play.innerHTML = ICONS.play; this.parts.play.setAttribute("aria-label", "Play");
  }

  show(mode) {
    this.mode = mode;
    for (const button of this.modes) button.setAttribute("aria-checked", String(button.dataset.mode === mode));
    this.layout();
  }

  layout() {
    const { stage, before, after, divider, right, viewer, actual } = this.parts;
    const { width, height, actual: large } = this.seen || this.data;
    actual.setAttribute("aria-pressed", String(Boolean(this.data.actual)));
    viewer.classList.toggle("actual", Boolean(large));
    if (!width) return;
    const box = stage.getBoundingClientRect();
    const scale = large ? 1 / (window.devicePixelRatio || 1) : Math.min(box.width / width, box.height / height);
    this.size = [width * scale, height * scale];
    this.corner = [box.width, box.height].map((room, axis) => this.placed(room, this.size[axis], this.center[axis]));
    for (const image of [before, after]) Object.assign(image.style, large
      ? { left: this.corner[0] + "px", top: this.corner[1] + "px", width: this.size[0] + "px", height: this.size[1] + "px" }
      : { left: "", top: "", width: "", height: "" });
    this.left = Math.max(0, this.corner[0]);
    this.shown = Math.min(box.width, this.corner[0] + this.size[0]) - this.left;
    const plain = !this.data.after;
    const split = plain || this.mode === "after" ? 0 : this.mode === "before" ? 1 : this.split;
    const at = this.at = this.left + split * this.shown;
    after.style.clipPath = plain ? "none" : `inset(0 0 0 ${large ? at - this.corner[0] : at}px)`;
    divider.style.left = at + "px";
    divider.style.display = this.mode === "split" && !plain ? "block" : "none";
    viewer.querySelector(".left").style.display = plain || this.mode === "after" ? "none" : "";
    right.style.display = this.mode === "before" ? "none" : "";
    this.chart(box);
  }

  // Where an edge of the picture lies: centered where there is room, else no farther than its end.
  placed(room, size, at) {
    const ratio = window.devicePixelRatio || 1;
    const place = size <= room ? (room - size) / 2 : Math.min(0, Math.max(room - size, room / 2 - at * size));
    return Math.round(place * ratio) / ratio;
  }

  // Which part of the picture is in sight.
  chart(box) {
    const { map } = this.parts, room = [box.width, box.height];
    const large = (this.seen || this.data).actual && this.size.some((size, axis) => size > room[axis] + 1);
    map.style.display = large ? "block" : "none";
    if (!large) return;
    map.style.height = 96 * this.size[1] / this.size[0] + "px";
    const part = (axis) => [Math.max(0, -this.corner[axis]) / this.size[axis], Math.min(1, room[axis] / this.size[axis])];
    const [[x, w], [y, h]] = [part(0), part(1)];
    Object.assign(map.firstElementChild.style, { left: x * 100 + "%", width: w * 100 + "%", top: y * 100 + "%", height: h * 100 + "%" });
  }

  // To every pixel, around the place pointed at, and back.
  magnify(event) {
    if (!this.data.actual && event && this.shown) {
      const box = this.parts.stage.getBoundingClientRect();
      this.center = [event.clientX - box.left, event.clientY - box.top].map((at, axis) =>
        Math.max(0, Math.min(1, (at - this.corner[axis]) / this.size[axis])));
    }
    this.zooming = true; this.send();
    this.act({ kind: "actual", on: !this.data.actual });
  }

  pan(x, y) {
    if (!this.data.actual) return;
    const box = this.parts.stage.getBoundingClientRect();
    this.center = [x, y].map((by, axis) => {
      const half = Math.min(0.5, [box.width, box.height][axis] / this.size[axis] / 2);
      return Math.max(half, Math.min(1 - half, this.center[axis] - by / this.size[axis]));
    });
    this.layout();
  }

  onDivider(event) {
    const box = this.parts.stage.getBoundingClientRect();
    return this.data.after && this.mode === "split" && Math.abs(event.clientX - box.left - this.at) < 16;
  }

  hover(event) { this.parts.stage.classList.toggle("over", Boolean(this.data.actual && this.onDivider(event))); }

  take(event) {
    this.last = [event.clientX, event.clientY];
    this.held = this.data.actual && !this.onDivider(event) ? "picture" : "divider";
    this.parts.stage.classList.toggle("panning", this.held === "picture");
    if (this.held === "divider" && !this.data.actual) this.move(event);
  }

  drag(event) {
    if (this.held !== "picture") { this.move(event); return; }
    this.pan(event.clientX - this.last[0], event.clientY - this.last[1]);
    this.last = [event.clientX, event.clientY];
  }

  move(event) {
    if (!this.data.after || !this.shown) return;
    const box = this.parts.stage.getBoundingClientRect();
    this.split = Math.max(0, Math.min(1, (event.clientX - box.left - this.left) / this.shown));
    this.show("split");
  }

  key(event) {
    const at = event.composedPath()[0];
    const typing = at.closest?.("input:not([type=range]), textarea, select, [contenteditable=true], [role=combobox], [role=dialog]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const onControl = at.closest?.("input, [role=slider], [role=option], button, [role=radio], [role=tab], [role=checkbox], summary, a");
    const mine = at === this.parts.scrub;
    const next = { split: "before", before: "after", after: "split" };
    const acts = {
      c: () => this.data.after && this.show(next[this.mode]),
      r: () => this.act({ kind: "reset" }),
      f: () => this.fullscreen(), z: () => this.magnify(),
      a: () => this.pan(80, 0), d: () => this.pan(-80, 0), w: () => this.pan(0, 80), s: () => this.pan(0, -80),
      " ": () => this.toggle(),
      arrowleft: () => this.step(event.shiftKey ? -Math.round(this.data.rate) : -1),
      arrowright: () => this.step(event.shiftKey ? Math.round(this.data.rate) : 1),
    };
    const act = acts[event.key.toLowerCase()];
    if (!act || (onControl && !mine && !/^[crfzwasd]$/i.test(event.key))) return;
    event.preventDefault(); event.stopImmediatePropagation(); act();
  }

  fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.parts.viewer.requestFullscreen?.();
  }

  clock(number) { this.parts.clock.textContent = this.time(number / this.data.rate, number); }

  time(seconds, number) {
    const two = (value) => String(Math.floor(value)).padStart(2, "0");
    const text = `${two(seconds / 60)}:${two(seconds % 60)}`;
    if (number === undefined) return text;
    return `${text}:${two(number % Math.max(1, Math.round(this.data.rate)))}`;
  }
}
