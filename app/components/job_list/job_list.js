// Rows are kept from one refresh to the next, so that focus, scroll and dragging are not lost.
const ICONS = {
  pause: "M4 2h3v12H4zM9 2h3v12H9z", resume: "M4 2l9 6-9 6z",
  retry: "M8 2a6 6 0 1 1-5.700 4.100l1.600.500A4.300 4.300 0 1 0 8 3.700V6L4 3l4-3z",
  cancel: "M3 4.200L4.200 3 8 6.800 11.800 3 13 4.200 9.200 8l3.800 3.800-1.200 1.200L8 9.200 4.200 13 3 11.800 6.800 8z",
  clear: "M5 2h6l.6 1.500H14V5H2V3.500h2.400zM3 6h10l-.8 8H3.800z",
};
const NAMES = { pause: "Pause now", resume: "Go on", retry: "Try again", cancel: "Cancel", clear: "Forget" };

export default function ({ parentElement, data, setTriggerValue }) {
  const list = parentElement.querySelector(".jobs");
  list.setAttribute("aria-label", data.label);
  const act = (wish) => setTriggerValue("act", wish);
  const known = new Map([...list.children].map((item) => [item.dataset.id, item]));
  const rows = data.rows.map((row) => fill(known.get(String(row.id)) ?? made(String(row.id)), row));
  rows.forEach((item, place) => { if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null); });
  while (list.children.length > rows.length) list.lastChild.remove();

  function fill(item, row) {
    item.className = row.tone;
    item.setAttribute("aria-selected", String(row.id === data.chosen));
    const put = (name, text) => { const part = item.querySelector("." + name); if (part.textContent !== text) part.textContent = text; };
    put("title", row.title); put("about", row.about); put("state", row.state); put("numbers", row.numbers);
    const picture = item.querySelector(".picture");
    if (!row.picture) picture.removeAttribute("src");
    else if (picture.getAttribute("src") !== row.picture) picture.src = row.picture;
    item.querySelector(".side").title = row.numbers;
    item.querySelector(".progress").style.width = row.share * 100 + "%";
    item.onclick = () => act({ kind: "choose", id: row.id });
    item.onkeydown = (event) => {
      if (event.target !== item) return;
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.stopPropagation(); item.onclick(); }
      if (event.key === "ArrowDown") { event.preventDefault(); item.nextElementSibling?.focus(); }
      if (event.key === "ArrowUp") { event.preventDefault(); item.previousElementSibling?.focus(); }
    };
    item.draggable = row.movable;
    item.ondragstart = (event) => event.dataTransfer.setData("application/x-brushreel", String(row.id));
    item.ondragover = (event) => { if (row.movable) { event.preventDefault(); item.classList.add("over"); } };
    item.ondragleave = () => item.classList.remove("over");
    item.ondrop = (event) => {
      event.preventDefault(); item.classList.remove("over");
      const moved = Number(event.dataTransfer.getData("application/x-brushreel"));
      if (moved && moved !== row.id) act({ kind: "move", id: moved, before: row.id });
    };
    const buttons = item.querySelector(".buttons");
    if (buttons.dataset.acts !== row.acts.join()) {
      buttons.dataset.acts = row.acts.join();
      buttons.replaceChildren(...row.acts.map((kind) => {
        const button = document.createElement("button");
        button.type = "button"; button.title = NAMES[kind]; button.dataset.kind = kind;
        button.setAttribute("aria-label", `${NAMES[kind]}: ${row.title}`);
        button.innerHTML = `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${ICONS[kind]}"/></svg>`;
        button.onclick = (event) => { event.stopPropagation(); act({ kind, id: row.id }); };
        return button;
      }));
    }
    return item;
  }
}

function made(id) {
  const item = document.createElement("li");
  item.dataset.id = id; item.tabIndex = 0; item.setAttribute("role", "option");
  item.innerHTML = '<span class="dot"></span><img class="picture" alt="" draggable="false"><span class="words"><div class="title"></div><div class="about"></div></span>' +
    '<span class="side"><div class="state"></div><div class="numbers"></div></span><span class="buttons"></span><i class="progress"></i>';
  return item;
}
