// Buttons are kept from one update to the next, so that focus and scroll stay where they are.
export default function ({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector(".cards");
  heard(data);
  box.className = "cards " + (data.wide ? "wide" : "grid");
  box.setAttribute("aria-label", data.label);
  while (box.children.length > data.cards.length) box.lastChild.remove();
  data.cards.forEach((card, place) => {
    const button = box.children[place] ?? box.appendChild(made());
    button.onclick = () => tell(setTriggerValue, data, data.to, card.name);
    button.title = card.about;
    button.setAttribute("aria-pressed", String(card.chosen));
    button.classList.toggle("active", card.active);
    button.querySelector(".name").textContent = card.label;
    button.querySelector(".note").textContent = card.note;
    button.querySelector(".mark").style.display = card.chosen ? "" : "none";
    const picture = button.querySelector(".picture");
    picture.parentElement.classList.toggle("empty", card.picture === null);
    if (card.picture) { if (picture.getAttribute("src") !== card.picture) picture.src = card.picture; }
    else picture.removeAttribute("src");
    button.classList.toggle("without", card.picture === "");
  });
  clearTimeout(box.timer);
  box.turn = (box.turn || 0) + 1;
  ask(box, data, box.turn);
}

// Drawings that are still being made are asked for here, so that the page need not run again.
async function ask(box, data, turn) {
  const open = data.cards.filter((card) => card.picture === null && card.token);
  if (!open.length || !box.isConnected || turn !== box.turn) return;
  try {
    const answer = await fetch(data.ask + "?tokens=" + open.map((card) => card.token).join(","));
    const found = await answer.json();
    if (turn !== box.turn) return;
    for (const card of open) {
      const address = found[card.token];
      if (address === undefined || address === null) continue;
      card.picture = address;
      const button = box.children[data.cards.indexOf(card)], picture = button.querySelector(".picture");
      picture.parentElement.classList.remove("empty");
      button.classList.toggle("without", address === "");
      if (address) picture.src = address;
    }
  } catch { /* the server is gone for a moment */ }
  box.timer = setTimeout(() => ask(box, data, turn), 400);
}

function made() {
  const button = document.createElement("button");
  button.type = "button";
  button.innerHTML = '<span class="frame"><img class="picture" alt="" draggable="false"></span><span class="name"></span><span class="note"></span><span class="mark" aria-hidden="true">✓</span>';
  return button;
}
